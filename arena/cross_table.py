"""Who wins how much against whom, from sessions of two seats.

A match is one session of two agents in one world, played in every rotation of the seats
that the run has: with both seats on the same deals, the luck of the deal falls out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any, Literal

from .analysis import Episode
from .intervals import Estimate, mean_interval

__all__ = ["EQUAL", "Cell", "CrossTable", "Match", "cross_table"]

Pair = tuple[str, str]
"""Labels of two agents, the one that is named first in the run first."""
EQUAL = 1e-8
"""Payoffs are recorded to nine digits: what differs by less is equal."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a duplicate pair of sessions came to, in the unit of the table.

    Attributes:
        agents: The two.
        payoffs: Of each, a part (hand, round) of a session, over both seats.
        parts: The same for every part that was played in both seats; a part is a
            duplicate deal.
    """

    agents: Pair
    payoffs: tuple[float, float]
    parts: tuple[tuple[float, float], ...]

    def payoff(self, agent: str) -> float:
        """Return what one of the two got, a part."""
        return self.payoffs[self.agents.index(agent)]

    @property
    def winner(self) -> str | None:
        """Who got more; None where both got the same."""
        first, second = self.payoffs
        if abs(first - second) < EQUAL:
            return None
        return self.agents[0] if first > second else self.agents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One agent against another.

    Attributes:
        row: Whose payoffs these are.
        column: The opponent.
        estimate: Mean payoff a part, by Student's t.
        n_of: What the estimate's n counts: matches, as parts of one session with
            memory are alike; or the parts of the only match, taken as independent.
        matches: How many matches it stands on.
        parts: Parts played in them, each seat counted.
        missing: Matches of which an episode failed or was not played: missing data.
        cut: Matches of which a limit cut an episode short: not comparable, left out.
        forfeits: Parts that the row's agent lost by rule, for making no legal move;
            what they cost is in the estimate.
    """

    row: str
    column: str
    estimate: Estimate
    n_of: Literal["matches", "parts"]
    matches: int
    parts: int
    missing: int
    cut: int
    forfeits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTable:
    """All pairs that met.

    Attributes:
        agents: In the order of the run.
        unit: Of payoffs.
        cells: By row and column, both ways round.
        matches: In the order of the run.
    """

    agents: tuple[str, ...]
    unit: str
    cells: Mapping[Pair, Cell]
    matches: tuple[Match, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return agents, unit and cells as JSON types."""
        cells = [asdict(cell) for cell in self.cells.values()]
        return {"agents": list(self.agents), "unit": self.unit, "cells": cells}


@dataclass(slots=True)
class _Met:
    """What is known of one pair while the episodes are read."""

    matches: list[Match]
    parts: int = 0
    missing: int = 0
    cut: int = 0


def cross_table(
    episodes: Iterable[Episode],
    confidence: float = 0.95,
    *,
    rotations: Collection[int] | None = None,
) -> CrossTable:
    """Tabulate the sessions of two different agents in two seats.

    Payoffs are those of `parts` in the evidence where there are any, times the unit's
    `per_payoff`, and else of whole sessions, in points. Other episodes are left out.

    Args:
        episodes: Of one game.
        confidence: Of the intervals.
        rotations: What every match should have; by default all those of which an
            episode of its scenario has ended.
    """
    sessions = [e for e in episodes if len(set(_seated(e).values())) == 2]
    agents = tuple(dict.fromkeys(a for e in sessions for a in _named(e)))
    unit = next((e.evidence["unit"]["name"] for e in sessions if _in_unit(e)), "points")
    met: dict[Pair, _Met] = {}
    forfeits: Counter[Pair] = Counter()
    for pair, group, expected in _groups(sessions, agents):
        known = met.setdefault(pair, _Met([]))
        for episode in group:
            forfeits.update(_forfeits(episode))
        wanted = set(expected if rotations is None else rotations)
        if any(e.missing for e in group) or {e.rotation for e in group} != wanted:
            known.missing += 1
        elif any(e.reason != "completed" for e in group):
            known.cut += 1
        else:
            known.matches.append(_match(pair, group))
            known.parts += sum(max(1, len(_parts(e))) for e in group)
    cells = {
        (row, column): _cell(row, column, known, forfeits[row, column], confidence)
        for pair, known in met.items()
        for row, column in (pair, pair[::-1])
    }
    matches = tuple(match for known in met.values() for match in known.matches)
    return CrossTable(agents=agents, unit=unit, cells=cells, matches=matches)


def _groups(
    sessions: Sequence[Episode], agents: Sequence[str]
) -> list[tuple[Pair, list[Episode], set[int]]]:
    """Return the episodes of every match, and the rotations that its scenario has."""
    rotations: dict[tuple[str, str], set[int]] = {}
    groups: dict[tuple[Pair, str, str, int, int], list[Episode]] = {}
    for e in sessions:
        first, second = sorted(_named(e), key=agents.index)
        key = ((first, second), e.run, e.scenario, e.sample, e.epoch)
        groups.setdefault(key, []).append(e)
        rotations.setdefault((e.run, e.scenario), set()).add(e.rotation)
    return [(k[0], group, rotations[k[1], k[2]]) for k, group in groups.items()]


def _match(pair: Pair, group: Sequence[Episode]) -> Match:
    """Average what each of two agents got over the rotations of its seat."""
    by_part = [{part["part"]: part for part in _parts(e)} for e in group]
    common = [n for n in by_part[0] if all(n in parts for parts in by_part)]
    seats = [{agent: seat for seat, agent in _seated(e).items()} for e in group]
    scales = [_scale(e) for e in group]

    def of_part(agent: str, number: int) -> float:
        return fmean(
            parts[number]["payoffs"][seat[agent]] * scale
            for parts, seat, scale in zip(by_part, seats, scales, strict=True)
        )

    first, second = pair
    return Match(
        agents=pair,
        payoffs=(_payoff(group, first), _payoff(group, second)),
        parts=tuple((of_part(first, n), of_part(second, n)) for n in common),
    )


def _payoff(group: Sequence[Episode], agent: str) -> float:
    """Return the mean payoff a part, every session with the same weight."""
    means: list[float] = []
    for e in group:
        seat = next(seat for seat, seated in _seated(e).items() if seated == agent)
        values = [part["payoffs"][seat] for part in _parts(e)] or [e.payoffs[seat]]
        means.append(fmean(values) * _scale(e))
    return fmean(means)


def _cell(row: str, column: str, met: _Met, forfeits: int, confidence: float) -> Cell:
    values = [match.payoff(row) for match in met.matches]
    alone = len(met.matches) == 1 and len(met.matches[0].parts) > 1
    if alone:
        (match,) = met.matches
        values = [part[match.agents.index(row)] for part in match.parts]
    return Cell(
        row=row,
        column=column,
        estimate=mean_interval(values, confidence),
        n_of="parts" if alone else "matches",
        matches=len(met.matches),
        parts=met.parts,
        missing=met.missing,
        cut=met.cut,
        forfeits=forfeits,
    )


def _forfeits(episode: Episode) -> list[Pair]:
    """Return who forfeited to whom, once a part."""
    seated = _seated(episode)
    lost = [part.get("forfeited") for part in _parts(episode)]
    return [
        (seated[seat], next(a for s, a in seated.items() if s != seat))
        for seat in lost
        if seat is not None
    ]


def _seated(episode: Episode) -> dict[str, str]:
    """Return the label of the agent in each seat; empty unless there are two."""
    if len(episode.seats) != 2:
        return {}
    return {seat: agent.label for seat, agent in episode.seats.items()}


def _named(episode: Episode) -> list[str]:
    """Return the two labels, the tested agent's first."""
    seated = _seated(episode)
    return sorted(seated.values(), key=lambda a: a != seated[episode.tested[0]])


def _parts(episode: Episode) -> Sequence[Mapping[str, Any]]:
    return episode.evidence.get("parts", ())


def _in_unit(episode: Episode) -> bool:
    return "unit" in episode.evidence


def _scale(episode: Episode) -> float:
    return episode.evidence["unit"]["per_payoff"] if _in_unit(episode) else 1.0
