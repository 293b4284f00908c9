"""The table of a run: scores by scenario and agent, with n and interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import fmean
from typing import Any

from .errors import UserError
from .intervals import (
    Estimate,
    cluster_bootstrap,
    mean_interval,
    paired_difference,
    pass_at_k,
    pass_hat_k,
    rate_interval,
)
from .registry import load
from .run_folder import Manifest
from .scoring import Score, Scorer
from .specification import EpisodeSpec

__all__ = ["Cell", "Results", "Row", "by_world", "cells_of", "results"]

# A bootstrap of fewer clusters gives intervals that are far too short.
FEWEST_CLUSTERS = 5


@dataclass(frozen=True)
class Row:
    """One agent in one scenario, by one scorer."""

    scenario: str
    agent: str
    scorer: str
    headline: bool
    """Whether it is the scenario's first scorer."""
    better: str
    """`higher` or `lower`."""
    estimate: Estimate
    """Its n counts episodes, those of one deal in several rotations as one; or worlds
    where the scenario fixes several."""
    planned: int
    """Episodes."""
    played: int
    errors: int
    """Episodes that failed for an infrastructure reason: missing data."""
    unscored: int
    """Episodes that ended well but that the scorer could not judge: missing data."""
    why_unscored: dict[str, int] = field(default_factory=dict[str, int])
    """The reasons, with how many episodes each."""
    pass_k: dict[str, float] = field(default_factory=dict[str, float])
    """`pass@k` and `pass^k`, for the k asked for, where every score is 0 or 1."""


@dataclass(frozen=True)
class Results:
    """All that a run says.

    Attributes:
        rows: One for each scenario, agent and scorer.
        differences: Scenario minus control, episode by episode of the same seed.
        overall: One for each agent and scorer that several scenarios share, controls
            left out; with an interval from five scenarios on.
    """

    rows: list[Row]
    differences: list[Row]
    overall: list[Row]

    @property
    def errors(self) -> int:
        """Episodes that failed for an infrastructure reason."""
        return sum(row.errors for row in self.rows if row.headline)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class Cell:
    """The scores of one scenario, agent and scorer."""

    specs: Sequence[EpisodeSpec]
    """All that were planned."""
    values: Mapping[tuple[int, int], float]
    """By sample and epoch; of several rotations of the seats their mean."""
    errors: int
    """Episodes that failed for an infrastructure reason."""
    played: int
    why_unscored: list[str]
    """The reason of each episode that ended well and was not judged."""


def results(
    manifest: Manifest,
    scores: Mapping[str, Sequence[Score]],
    *,
    confidence: float = 0.95,
    ks: Sequence[int] = (),
) -> Results:
    """Summarise a run.

    Args:
        manifest: What was planned and played.
        scores: By episode.
        confidence: Of the intervals, above 0 and below 1.
        ks: For which k to give pass@k and pass^k.

    Raises:
        UserError: For a k above the number of epochs.
    """
    cells = cells_of(manifest, scores)
    rows: list[Row] = []
    differences: list[Row] = []
    for scenario in manifest.plan.scenarios:
        for agent in (a.label for a in scenario.agents):
            for index, choice in enumerate(scenario.scorers):
                key = (scenario.ref.name, agent, choice.name)
                estimate = _estimate(choice.name, cells[key].values, confidence)
                row = _row(key, index == 0, cells[key], estimate, ks)
                rows.append(row)
                other = cells.get((scenario.control or "", agent, choice.name))
                if scenario.control is not None and other is not None:
                    pairs = _pairs(cells[key], other)
                    name = f"{scenario.ref.name} − control"
                    differences.append(
                        _row(
                            (name, agent, choice.name),
                            index == 0,
                            cells[key],
                            paired_difference(pairs, confidence),
                            (),
                        )
                    )
    controls = {scenario.control for scenario in manifest.plan.scenarios}
    overall = list(_overall(rows, cells, controls, confidence))
    return Results(rows, differences, overall)


def cells_of(
    manifest: Manifest, scores: Mapping[str, Sequence[Score]]
) -> dict[tuple[str, str, str], Cell]:
    """Return the scores of a run by scenario, agent and scorer.

    Args:
        manifest: What was planned and played.
        scores: By episode.
    """
    return dict(_cells(manifest, scores))


def _cells(
    manifest: Manifest, scores: Mapping[str, Sequence[Score]]
) -> Iterator[tuple[tuple[str, str, str], Cell]]:
    specs: dict[tuple[str, str], list[EpisodeSpec]] = {}
    for spec in manifest.plan.episodes():
        specs.setdefault((spec.scenario.name, spec.label), []).append(spec)
    for scenario in manifest.plan.scenarios:
        for agent in (a.label for a in scenario.agents):
            planned = specs[scenario.ref.name, agent]
            seals = [manifest.episodes.get(spec.episode) for spec in planned]
            errors = sum(1 for seal in seals if seal and seal.reason == "error")
            for choice in scenario.scorers:
                values: dict[tuple[int, int], list[float]] = {}
                reasons: list[str] = []
                for spec, seal in zip(planned, seals, strict=True):
                    score = _of(choice.name, scores.get(spec.episode, ()))
                    if score is None or seal is None:
                        continue
                    rate = load("scorers", choice.name).measure == "rate"
                    if rate and not 0 <= (score.value or 0) <= 1:
                        reasons.append(f"a rate of {score.value} in scores.jsonl")
                    elif score.value is not None:
                        values.setdefault((spec.sample, spec.epoch), []).append(
                            score.value
                        )
                    elif seal.reason not in ("error", "interrupted"):
                        reasons.append(score.reason or "no reason given")
                played = sum(
                    1 for seal in seals if seal and seal.reason != "interrupted"
                )
                means = {key: fmean(group) for key, group in values.items()}
                cell = Cell(planned, means, errors, played, reasons)
                yield (scenario.ref.name, agent, choice.name), cell


def _of(scorer: str, scores: Sequence[Score]) -> Score | None:
    return next((score for score in scores if score.scorer == scorer), None)


def _estimate(
    scorer: str, values: Mapping[tuple[int, int], float], confidence: float
) -> Estimate:
    judge: Scorer = load("scorers", scorer)
    interval = rate_interval if judge.measure == "rate" else mean_interval
    return interval(by_world(values), confidence)


def by_world(values: Mapping[tuple[int, int], float]) -> list[float]:
    """Return the values that an interval counts: of several worlds the means of each.

    Epochs of one fixed world are alike, so the worlds are the units.

    Args:
        values: By sample and epoch.
    """
    by_sample: dict[int, list[float]] = {}
    for (sample, _), value in values.items():
        by_sample.setdefault(sample, []).append(value)
    if len(by_sample) < 2:
        return list(values.values())
    return [fmean(group) for group in by_sample.values()]


def _row(
    key: tuple[str, str, str],
    headline: bool,
    cell: Cell,
    estimate: Estimate,
    ks: Sequence[int],
) -> Row:
    scenario, agent, scorer = key
    judge: Scorer = load("scorers", scorer)
    return Row(
        scenario=scenario,
        agent=agent,
        scorer=scorer,
        headline=headline,
        better=judge.better,
        estimate=estimate,
        planned=len(cell.specs),
        played=cell.played,
        errors=cell.errors,
        unscored=len(cell.why_unscored),
        why_unscored=dict(sorted(Counter(cell.why_unscored).items())),
        pass_k=_pass_k(cell.values, ks) if judge.measure == "rate" else {},
    )


def _pass_k(
    values: Mapping[tuple[int, int], float], ks: Sequence[int]
) -> dict[str, float]:
    """Average pass@k and pass^k over samples; each sample's epochs are its tries."""
    tries: dict[int, list[float]] = {}
    for (sample, _), value in values.items():
        tries.setdefault(sample, []).append(value)
    if not tries or any(value not in (0.0, 1.0) for value in values.values()):
        return {}
    found: dict[str, float] = {}
    for k in ks:
        if not all(1 <= k <= len(group) for group in tries.values()):
            fewest = min(len(group) for group in tries.values())
            raise UserError(f"k = {k}: there are {fewest} scored epochs of a sample")
        for name, chance in (("pass@", pass_at_k), ("pass^", pass_hat_k)):
            chances = [chance(len(g), int(sum(g)), k) for g in tries.values()]
            found[f"{name}{k}"] = sum(chances) / len(chances)
    return found


def _pairs(cell: Cell, control: Cell) -> list[tuple[float, float]]:
    both = cell.values.keys() & control.values.keys()
    return [(cell.values[key], control.values[key]) for key in sorted(both)]


def _overall(
    rows: Sequence[Row],
    cells: Mapping[tuple[str, str, str], Cell],
    controls: set[str | None],
    confidence: float,
) -> Iterator[Row]:
    """Average over scenarios, each with the same weight, where a scorer is shared."""
    shared: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.scenario in controls:
            continue
        shared.setdefault((row.agent, row.scorer), []).append(row)
    for (agent, scorer), group in shared.items():
        if len(group) < 2:
            continue
        members = {row.scenario: cells[row.scenario, agent, scorer] for row in group}
        clusters = {name: list(cell.values.values()) for name, cell in members.items()}
        estimate = cluster_bootstrap(clusters, confidence)
        filled = sum(1 for values in clusters.values() if values)
        if filled < FEWEST_CLUSTERS:
            estimate = replace(estimate, low=None, high=None)
        yield Row(
            scenario=f"{filled} of {len(group)} scenarios",
            agent=agent,
            scorer=scorer,
            headline=any(row.headline for row in group),
            better=group[0].better,
            estimate=estimate,
            planned=sum(row.planned for row in group),
            played=sum(row.played for row in group),
            errors=sum(row.errors for row in group),
            unscored=sum(row.unscored for row in group),
        )
