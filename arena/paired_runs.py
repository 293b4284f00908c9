"""Two agents compared in the same worlds, episode by episode, in one run or across two.

An episode of the one is paired with that of the other of the same scenario, sample,
epoch, rotation and seed. A pair of which one has no score is missing, and no zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, NamedTuple

from .errors import UserError
from .intervals import Estimate, paired_difference
from .plan import PlannedScenario
from .registry import load
from .results import by_world
from .run_folder import RunFolder
from .scoring import Score, Scorer
from .specification import EpisodeSpec

__all__ = [
    "Comparison",
    "Difference",
    "Pair",
    "Side",
    "compare",
    "units_of",
]

_Key = tuple[int, int, int, int]
"""Sample, epoch, rotation and seed."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared."""

    folder: RunFolder
    agent: str
    """Its label."""
    name: str
    """What tells it from the other side."""

    def as_dict(self) -> dict[str, str]:
        """Return the run's id, and who plays in it."""
        run = self.folder.manifest.run
        return {"run": run, "agent": self.agent, "name": self.name}


class Pair(NamedTuple):
    """Two episodes in one world, as one scorer sees them."""

    scenario: str
    scorer: str
    sample: int
    epoch: int
    rotation: int
    episodes: tuple[str, str]
    """Ids, the first side's first."""
    values: tuple[float, float]

    @property
    def difference(self) -> float:
        """The first less the second."""
        return self.values[0] - self.values[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """By how much the first side scores more than the second, by one scorer."""

    scenario: str
    """Its name, or how many scenarios it is over."""
    scorer: str
    headline: bool
    """Whether it is the scenario's first scorer."""
    better: str
    """`higher` or `lower`."""
    means: tuple[float | None, float | None]
    """Of each side, over the same; None without any pair."""
    estimate: Estimate
    """Of the first less the second, by Student's t. Its n counts epochs; worlds, where
    a scenario fixes several; or scenarios, which weigh the same."""
    pairs: int
    """Those of which both have a score."""
    better_in: tuple[int, int]
    """In how many pairs the first is better, and the second."""
    missing: int
    """Pairs that were planned and of which a score is missing."""
    why_missing: Mapping[str, int]
    """How many episodes of which side are missing, and why."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is known of two sides.

    Attributes:
        differences: For every scenario and scorer that both have.
        overall: For every scorer that several scenarios share, controls left out.
        pairs: All that have both scores, those that differ most first.
        caveats: What else differs than the agent, a sentence each.
    """

    first: Side
    second: Side
    differences: list[Difference]
    overall: list[Difference]
    pairs: list[Pair]
    caveats: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return {
            "first": self.first.as_dict(),
            "second": self.second.as_dict(),
            "differences": [asdict(difference) for difference in self.differences],
            "overall": [asdict(difference) for difference in self.overall],
            "pairs": [pair._asdict() for pair in self.pairs],
            "caveats": self.caveats,
        }


class _Read(NamedTuple):
    """What is read of a run once, though both sides are of it."""

    specs: list[EpisodeSpec]
    scores: dict[str, list[Score]]


def _read(folder: RunFolder) -> _Read:
    return _Read(list(folder.manifest.plan.episodes()), folder.scores())


class _Played:
    """What one side has played, and how it was scored."""

    def __init__(self, side: Side, read: _Read) -> None:
        self.name = side.name
        self.plan = side.folder.manifest.plan
        self.scenarios = {
            scenario.ref.name: scenario
            for scenario in self.plan.scenarios
            if side.agent in [agent.label for agent in scenario.agents]
        }
        self.specs: dict[str, dict[_Key, EpisodeSpec]] = {}
        for spec in read.specs:
            if spec.label == side.agent:
                key = (spec.sample, spec.epoch, spec.rotation, spec.seed)
                self.specs.setdefault(spec.scenario.name, {})[key] = spec
        self._seals = side.folder.manifest.episodes
        self._scores = read.scores

    def score(self, episode: str, scorer: str) -> float | str:
        """Return the score of an episode, or why there is none."""
        seal = self._seals.get(episode)
        if seal is None:
            return "not played"
        scores = self._scores.get(episode, ())
        value = next((s.value for s in scores if s.scorer == scorer), None)
        if value is not None:
            return value
        states = {"error": "failed", "interrupted": "interrupted"}
        return states.get(seal.reason, "unscored")


def compare(first: Side, second: Side, confidence: float = 0.95) -> Comparison:
    """Compare two sides in what they have in common.

    Raises:
        UserError: If they have no scenario in common.
    """
    read = _read(first.folder)
    other = read if second.folder is first.folder else _read(second.folder)
    ours, theirs = both = _Played(first, read), _Played(second, other)
    shared = [name for name in ours.scenarios if name in theirs.scenarios]
    if not shared:
        raise UserError(f"{first.name} and {second.name} have no scenario in common")
    found: list[tuple[Difference, list[Pair]]] = []
    for name in shared:
        known = [choice.name for choice in theirs.scenarios[name].scorers]
        for index, choice in enumerate(ours.scenarios[name].scorers):
            if choice.name in known:
                pairs, why = _pairs(name, choice.name, both)
                planned = ours.specs[name].keys() & theirs.specs[name].keys()
                told = _difference(
                    *(name, choice.name, index == 0, pairs, units_of(pairs)),
                    (len(planned) - len(pairs), why),
                    confidence,
                )
                found.append((told, pairs))
    controls = {scenario.control for scenario in ours.scenarios.values()}
    counted = [entry for entry in found if entry[0].scenario not in controls]
    every = [pair for _, pairs in found for pair in pairs]
    return Comparison(
        first=first,
        second=second,
        differences=[difference for difference, _ in found],
        overall=list(_overall(counted, confidence)),
        pairs=sorted(every, key=lambda pair: -abs(pair.difference)),
        caveats=list(_caveats(shared, both)),
    )


def _pairs(
    scenario: str, scorer: str, both: tuple[_Played, _Played]
) -> tuple[list[Pair], Counter[str]]:
    """Return the pairs that have both scores, and why others have not."""
    ours, theirs = (side.specs[scenario] for side in both)
    pairs: list[Pair] = []
    why: Counter[str] = Counter()
    for key in sorted(ours.keys() & theirs.keys()):
        episodes = ours[key].episode, theirs[key].episode
        first, second = (
            side.score(episode, scorer)
            for side, episode in zip(both, episodes, strict=True)
        )
        if isinstance(first, str) or isinstance(second, str):
            for side, value in zip(both, (first, second), strict=True):
                why.update([f"{side.name}: {value}"] * isinstance(value, str))
        else:
            pairs.append(Pair(scenario, scorer, *key[:3], episodes, (first, second)))
    return pairs, why


def units_of(pairs: Sequence[Pair]) -> list[tuple[float, float]]:
    """Return the scores of both in what is independent; rotations of a deal are one."""
    deals: dict[tuple[int, int], list[Pair]] = {}
    for pair in pairs:
        deals.setdefault((pair.sample, pair.epoch), []).append(pair)
    first, second = (
        {deal: fmean(pair.values[i] for pair in own) for deal, own in deals.items()}
        for i in (0, 1)
    )
    return list(zip(by_world(first), by_world(second), strict=True))


def _means(values: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return fmean(first for first, _ in values), fmean(second for _, second in values)


def _difference(
    scenario: str,
    scorer: str,
    headline: bool,
    pairs: Sequence[Pair],
    units: Sequence[tuple[float, float]],
    missing: tuple[int, Mapping[str, int]],
    confidence: float,
) -> Difference:
    judge: Scorer = load("scorers", scorer)
    higher = sum(pair.difference > 0 for pair in pairs)
    lower = sum(pair.difference < 0 for pair in pairs)
    return Difference(
        scenario=scenario,
        scorer=scorer,
        headline=headline,
        better=judge.better,
        means=_means(units) if units else (None, None),
        estimate=paired_difference(units, confidence),
        pairs=len(pairs),
        better_in=(higher, lower) if judge.better == "higher" else (lower, higher),
        missing=missing[0],
        why_missing=dict(missing[1]),
    )


def _overall(
    found: Sequence[tuple[Difference, list[Pair]]], confidence: float
) -> Iterator[Difference]:
    for scorer in dict.fromkeys(difference.scorer for difference, _ in found):
        own = [entry for entry in found if entry[0].scorer == scorer]
        if len(own) < 2:
            continue
        units = [_means(units_of(pairs)) for _, pairs in own if pairs]
        why: Counter[str] = Counter()
        for told, _ in own:
            why.update(told.why_missing)
        yield _difference(
            f"{len(units)} of {len(own)} scenarios",
            scorer,
            any(told.headline for told, _ in own),
            [pair for _, pairs in own for pair in pairs],
            units,
            (sum(told.missing for told, _ in own), why),
            confidence,
        )


def _caveats(shared: Sequence[str], both: tuple[_Played, _Played]) -> Iterator[str]:
    ours, theirs = both
    if ours.plan.oversight != theirs.plan.oversight:
        yield "The oversight of the two runs differs."
    if ours.plan.forks != theirs.plan.forks:
        yield "The two runs do not go on from the same moments of one episode."
    for name in shared:
        differ = _what_differs(ours.scenarios[name], theirs.scenarios[name])
        if differ:
            yield f"{name}: {' and '.join(differ)} differ between the runs."
        alone = [
            len(one.specs[name].keys() - other.specs[name].keys())
            for one, other in (both, both[::-1])
        ]
        if any(alone):
            yield (
                f"{name}: {alone[0]} episodes of {ours.name} and {alone[1]} of "
                f"{theirs.name} have no counterpart of the same seed and epoch."
            )
    for side in both:
        own = [name for name in side.scenarios if name not in shared]
        if own:
            yield f"Only {side.name} has {len(own)} scenarios more."


def _what_differs(ours: PlannedScenario, theirs: PlannedScenario) -> list[str]:
    found: list[str] = []
    if ours.ref.digest != theirs.ref.digest:
        found.append("its file or data")
    if ours.ref.parameters != theirs.ref.parameters:
        found.append("its parameters")
    if ours.fixed != theirs.fixed:
        found.append("who takes the other seats")
    if ours.limits != theirs.limits:
        found.append("its limits")
    return found
