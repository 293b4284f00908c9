"""The Swiss system: who plays whom in the next round, from the results so far.

Monrad's form: neighbours in the standing play each other, as far as they have not met.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Round", "next_pairs", "standing"]

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Round:
    """A round that was played.

    Attributes:
        pairs: Who met. Who is in no pair had a bye.
        points: By player: 1 for a win, ½ for a draw or where the result is missing, 1
            for a bye.
    """

    pairs: tuple[Pair, ...]
    points: dict[str, float]


def standing(players: Sequence[str], rounds: Sequence[Round], seed: int) -> list[str]:
    """Return the players by points, best first.

    Those with equal points stand by the points of the opponents they met (Buchholz),
    then in an order drawn from the seed, which alone decides before the first round.
    """
    drawn = sorted(players)
    random.Random(seed).shuffle(drawn)
    points = _points(players, rounds)
    met: dict[str, float] = dict.fromkeys(players, 0.0)
    for played in rounds:
        for first, second in played.pairs:
            met[first] += points[second]
            met[second] += points[first]
    return sorted(drawn, key=lambda p: (-points[p], -met[p]))


def next_pairs(
    players: Sequence[str], rounds: Sequence[Round], seed: int
) -> tuple[Pair, ...]:
    """Pair the next round.

    Nobody meets anybody a second time while it can be avoided in this round. Of an odd
    number, the lowest of those with the fewest byes has one, unless another of those
    saves a second meeting.

    Args:
        players: Two or more different names, the same in every round.
        rounds: Those that were played.
        seed: Of the order among equals.

    Returns:
        Pairs, the better placed first; the highest of all first.
    """
    order = standing(players, rounds, seed)
    meetings = Counter(frozenset(pair) for r in rounds for pair in r.pairs)
    fields = [tuple(p for p in order if p != bye) for bye in _byes(order, rounds)]
    for repeats in range(sum(meetings.values()) + 1):
        for field in fields:
            found = _Pairing(meetings).within(field, repeats)
            if found is not None:
                return tuple(found)
    raise AssertionError("any pairing repeats at most all meetings")


class _Pairing:
    """A search for pairs with few repeated meetings, by backtracking."""

    def __init__(self, meetings: Counter[frozenset[str]]) -> None:
        self._meetings = meetings
        self._failed: set[tuple[tuple[str, ...], int]] = set()

    def within(self, field: tuple[str, ...], repeats: int) -> list[Pair] | None:
        """Pair a field, best first, with at most so many repeats; None if none can."""
        if not field:
            return []
        if (field, repeats) in self._failed:
            return None
        first, *others = field
        for second in others:
            left = repeats - self._meetings[frozenset((first, second))]
            if left < 0:
                continue
            rest = self.within(tuple(p for p in others if p != second), left)
            if rest is not None:
                return [(first, second), *rest]
        self._failed.add((field, repeats))
        return None


def _byes(order: Sequence[str], rounds: Sequence[Round]) -> list[str | None]:
    """Return who may have the bye, the lowest first; only None for an even number."""
    if len(order) % 2 == 0:
        return [None]
    had = Counter(
        player
        for played in rounds
        for player in set(order) - {p for pair in played.pairs for p in pair}
    )
    fewest = min(had[player] for player in order)
    return [player for player in reversed(order) if had[player] == fewest]


def _points(players: Sequence[str], rounds: Sequence[Round]) -> dict[str, float]:
    return {p: sum(played.points[p] for played in rounds) for p in players}
