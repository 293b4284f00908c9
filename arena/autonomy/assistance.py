"""How far agents get with help: hints, an expert's choices, milestones one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from ..metrics.chains import product
from ..metrics.expert_bits import acceptable_bits, implied_chance, rank_bits
from .plays import Play, plain

__all__ = [
    "Bits",
    "Chain",
    "Rung",
    "bits_of",
    "chain_of",
    "has_choices",
    "hinted",
    "hints_needed",
    "ladder",
]


@dataclass(frozen=True)
class Rung:
    """What episodes come to in which at most so many hints were shown.

    Attributes:
        hints: The most.
        succeeded: Share of all episodes with hints on offer that succeeded with no
            more.
        score: Mean S of those in which just so many were shown; None where there are
            none.
        shown: How many those are.
    """

    hints: int
    succeeded: float
    score: float | None
    shown: int


@dataclass(frozen=True)
class Bits:
    """What an expert's choices among samples were worth, per episode.

    Attributes:
        episodes: With such choices.
        succeeded: Those of them that did; the rest would have taken more than they had.
        by_rank: Mean Σ log₂(i(i + 1)) of those that succeeded; None where none did.
        totals: Σ -log₂(a/N) of each episode in which it was judged at every step how
            many samples would have done; infinite where none would have, and where it
            did not succeed all the same.
        implied: Mean Π a/N of the same, 0 where it did not succeed; None where there
            are none.
    """

    episodes: int
    succeeded: int
    by_rank: float | None
    totals: tuple[float, ...]
    implied: float | None

    @property
    def empirical(self) -> float | None:
        """The mean of the totals."""
        return fmean(self.totals) if self.totals else None


@dataclass(frozen=True)
class Chain:
    """A task's success from its milestones, beside that which was seen.

    Attributes:
        chances: Of each milestone, the share done of the episodes that had done all
            that it requires; None where there were none.
        estimate: Their product; None where one is unknown.
        power: log₁₀ of it; None of 0.
        direct: The share of episodes that succeeded.
    """

    chances: tuple[float | None, ...]
    estimate: float | None
    power: float | None
    direct: float


def hinted(plays: Sequence[Play]) -> list[Play]:
    """Return the episodes in which hints were on offer."""
    return [
        play
        for play in plain(plays)
        if play.verdict is not None
        and (play.hints or play.episode.parameters.get("hints_after") is not None)
    ]


def ladder(plays: Sequence[Play]) -> list[Rung]:
    """Return the hints ladder of one agent's episodes with hints on offer."""
    judged = [(p.hints, p.verdict) for p in plays if p.verdict is not None]
    rungs: list[Rung] = []
    for most in range(max((n for n, _ in judged), default=-1) + 1):
        won = sum(1 for n, v in judged if n <= most and v.success)
        here = [v.score for n, v in judged if n == most]
        score = fmean(here) if here else None
        rungs.append(Rung(most, won / len(judged), score, len(here)))
    return rungs


def hints_needed(plays: Sequence[Play]) -> float | None:
    """Return the median number of hints of those that succeeded."""
    found = [p.hints for p in plays if p.verdict is not None and p.verdict.success]
    return median(found) if found else None


def bits_of(plays: Sequence[Play]) -> Bits | None:
    """Return what an expert's choices were worth; None where there were none."""
    chosen = [
        (play.episode.effort.choices, play.verdict.success)
        for play in plays
        if has_choices(play) and play.episode.effort and play.verdict
    ]
    if not chosen:
        return None
    ranks = [rank_bits([c.get("chosen") for c in own]) for own, won in chosen if won]
    judged = [
        ([(c["acceptable"], c["samples"]) for c in own], won)
        for own, won in chosen
        if all(c.get("acceptable") is not None for c in own)
    ]
    chances = [implied_chance(own) if won else 0.0 for own, won in judged]
    return Bits(
        episodes=len(chosen),
        succeeded=len(ranks),
        by_rank=fmean(ranks) if ranks else None,
        totals=tuple(acceptable_bits(own) if won else math.inf for own, won in judged),
        implied=fmean(chances) if chances else None,
    )


def has_choices(play: Play) -> bool:
    """Whether an expert chose in an episode that was judged."""
    effort = play.episode.effort
    return play.verdict is not None and effort is not None and bool(effort.choices)


def chain_of(plays: Sequence[Play]) -> Chain | None:
    """Return the milestone product of one task; None unless it is scored by such."""
    verdicts = [
        play.verdict
        for play in plain(plays)
        if play.status == "scored" and play.verdict and play.verdict.done
    ]
    if not verdicts:
        return None
    chances: list[float | None] = []
    for name in verdicts[0].done:
        tried = [v.done[name] == 1 for v in verdicts if v.tried.get(name)]
        chances.append(fmean(tried) if tried else None)
    known = [chance for chance in chances if chance is not None]
    estimate, power = product(known) if len(known) == len(chances) else (None, None)
    direct = fmean(v.success for v in verdicts)
    return Chain(tuple(chances), estimate, power, direct)
