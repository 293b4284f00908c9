"""What people reach in scenarios, and how long they take: human baselines."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from .agent import is_person
from .errors import UserError
from .intervals import Estimate, geometric_interval, mean_interval, rate_interval
from .registry import load
from .run_folder import RunFolder
from .scoring import Scorer
from .specification import EpisodeSpec
from .trajectory import Trajectory, read_trajectory

__all__ = ["Baseline", "Minutes", "human_baselines", "time_on_task"]


@dataclass(frozen=True)
class Minutes:
    """How long people took, in minutes without pauses.

    Attributes:
        n: Episodes whose time is known.
        median: None where there are none.
        geometric: The geometric mean, which one that took long moves little.
    """

    n: int
    median: float | None
    geometric: Estimate


@dataclass(frozen=True)
class Baseline:
    """What the episodes of people in one scenario come to.

    Each episode counts as one. Those with help, that a person took over from somebody
    else, or that had to begin anew and so were known, stand apart and say nothing here.

    Attributes:
        scenario: Its name.
        digest: Of its content; a scenario that was changed has a baseline of its own.
        episodes: That people played to an end without help.
        missing: That failed for an infrastructure reason, or were broken off.
        assisted: That stand apart.
        scorer: The scenario's first scorer.
        score: The mean of what it says.
        judge: The scorer that counts successes: the first rate of which every value is
            0 or 1; None where there is none.
        success: The rate of successes; None without a judge.
        minutes: Of all.
        minutes_of_successes: Of those that succeeded.
        paused: Mean minutes of pauses in an episode; None where no time is known.
    """

    scenario: str
    digest: str
    episodes: int
    missing: int
    assisted: int
    scorer: str
    score: Estimate
    judge: str | None
    success: Estimate | None
    minutes: Minutes
    minutes_of_successes: Minutes
    paused: float | None


@dataclass(frozen=True)
class _Attempt:
    """One episode that a person played to an end without help."""

    scores: dict[str, float]
    active_s: float | None
    paused_s: float | None


@dataclass
class _Scenario:
    """What was found of one scenario."""

    scorers: list[str]
    attempts: list[_Attempt]
    missing: int = 0
    assisted: int = 0


def human_baselines(
    folders: Sequence[RunFolder], confidence: float = 0.95
) -> list[Baseline]:
    """Return the baselines of all scenarios of runs in which people were tested.

    Args:
        folders: The runs, of people and of others.
        confidence: Of the intervals.

    Raises:
        UserError: If a record is damaged.
    """
    found: dict[tuple[str, str], _Scenario] = {}
    for folder in folders:
        scores = folder.scores()
        scorers = {
            s.ref.name: [choice.name for choice in s.scorers]
            for s in folder.manifest.plan.scenarios
        }
        for spec, record in _of_people(folder):
            name = spec.scenario.name
            key = (name, spec.scenario.digest)
            own = found.setdefault(key, _Scenario(scorers[name], []))
            if (record.end or {}).get("reason") in ("error", "interrupted"):
                own.missing += 1
            elif record.assisted or not _is_whole(record):
                own.assisted += 1
            else:
                told = scores.get(spec.episode, ())
                values = {s.scorer: s.value for s in told if s.value is not None}
                own.attempts.append(_Attempt(values, *time_on_task(record)))
    return [_baseline(*key, own, confidence) for key, own in found.items()]


def time_on_task(record: Trajectory) -> tuple[float | None, float | None]:
    """Return how many seconds the tested people were active, and paused.

    Both are None where the record does not tell all of it.
    """
    if not _is_whole(record):
        return None, None
    notes = [
        note
        for seat in record.header.tested
        for note in record.of_kind("note", seat)
        if note["about"] == "time" and seat in record.header.people
    ]
    active = math.fsum(_seconds(note.get("active_s")) for note in notes)
    paused = math.fsum(_seconds(note.get("paused_s")) for note in notes)
    return (active, paused) if active > 0 else (None, None)


def _is_whole(record: Trajectory) -> bool:
    """Whether whoever played it began it, and had not begun it before."""
    apart = ("differs", "played_again")
    again = any(note["about"] in apart for note in record.of_kind("note"))
    return record.header.parent is None and not again


def _of_people(folder: RunFolder) -> Iterator[tuple[EpisodeSpec, Trajectory]]:
    """Yield the ended episodes in which people are tested."""
    for spec in folder.manifest.plan.episodes():
        if spec.episode not in folder.manifest.episodes:
            continue
        if not all(_may_be_person(spec.seats[seat].name) for seat in spec.tested):
            continue
        record = read_trajectory(folder.episode_path(spec.episode))
        if set(record.header.tested) <= set(record.header.people):
            yield spec, record


@functools.cache  # so that not every record of a large run must be read
def _may_be_person(agent: str) -> bool:
    try:
        return is_person(load("agents", agent))
    except UserError:
        return True  # it is not installed here, but the record says


def _baseline(name: str, digest: str, found: _Scenario, confidence: float) -> Baseline:
    headline, judge = found.scorers[0], _judge(found)
    attempts = found.attempts
    won = [a for a in attempts if judge is not None and a.scores.get(judge) == 1]
    pauses = [a.paused_s / 60 for a in attempts if a.paused_s is not None]
    return Baseline(
        scenario=name,
        digest=digest,
        episodes=len(attempts),
        missing=found.missing,
        assisted=found.assisted,
        scorer=headline,
        score=_estimate(headline, attempts, confidence),
        judge=judge,
        success=None if judge is None else _estimate(judge, attempts, confidence),
        minutes=_minutes(attempts, confidence),
        minutes_of_successes=_minutes(won, confidence),
        paused=fmean(pauses) if pauses else None,
    )


def _judge(found: _Scenario) -> str | None:
    """Return the first scorer of which every value is a failure or a success."""
    for name in found.scorers:
        values = {a.scores[name] for a in found.attempts if name in a.scores}
        if _scorer(name).measure == "rate" and values and values <= {0.0, 1.0}:
            return name
    return None


def _estimate(scorer: str, attempts: Sequence[_Attempt], confidence: float) -> Estimate:
    interval = rate_interval if _scorer(scorer).measure == "rate" else mean_interval
    values = [a.scores[scorer] for a in attempts if scorer in a.scores]
    return interval(values, confidence)


def _minutes(attempts: Sequence[_Attempt], confidence: float) -> Minutes:
    known = [a.active_s / 60 for a in attempts if a.active_s is not None]
    middle = median(known) if known else None
    return Minutes(len(known), middle, geometric_interval(known, confidence))


def _scorer(name: str) -> Scorer:
    return load("scorers", name)


def _seconds(value: object) -> float:
    """Return a time; a record that somebody else made may hold anything."""
    if isinstance(value, int | float) and 0 < value < math.inf:
        return float(value)
    return 0.0
