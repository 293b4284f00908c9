"""Rules that change step by step, as plain values.

A ladder is the rule as it was first and after each change. Each of its rules is a
mapping: key -> value for tables, two things -> the winner or None for duels, day ->
the next day for weeks.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations

from .families import DuelFamily, TableFamily, WeekFamily

__all__ = [
    "Duel",
    "Table",
    "Week",
    "after",
    "best_reply",
    "duel_ladder",
    "inverse",
    "reply_ladder",
    "table_ladder",
    "tally",
    "tally_ladder",
    "week_ladder",
]

Table = Mapping[str, str]
Week = Mapping[str, str]
Duel = Mapping[frozenset[str], str | None]
"""For each two things the one that beats the other; None: they are equal."""
Rounds = Sequence[tuple[str, str]]
"""What two players showed in each round, the first player's things first."""


def inverse(table: Table, value: str) -> str:
    """Return the key that has a value."""
    return next(key for key, held in table.items() if held == value)


def after(week: Week, day: str, steps: int) -> str:
    """Return the day so many steps after another."""
    for _ in range(steps):
        day = week[day]
    return day


def best_reply(duel: Duel, against: str) -> str | None:
    """Return the one thing that beats another; None if there is no one."""
    winners = [
        winner for two, winner in duel.items() if against in two and winner != against
    ]
    beating = [winner for winner in winners if winner is not None]
    return beating[0] if len(beating) == 1 else None


def tally(duel: Duel, rounds: Rounds) -> int:
    """Return by how many more rounds the first player won, as -1, 0 or 1."""
    lead = 0
    for mine, theirs in rounds:
        winner = duel.get(frozenset((mine, theirs)))
        lead += (winner == mine) - (winner == theirs)
    return (lead > 0) - (lead < 0)


def table_ladder(rng: random.Random, family: TableFamily, final: int) -> list[Table]:
    """Return a table and its three changes; no key has a value twice in the first 3.

    Args:
        rng: For which changes.
        family: The first rule is as is usual there.
        final: The last rule: equal to rule 0, 1 or 2, or, with 3, a new one.
    """
    # Rows of a Latin square of order 4: of Klein's group, or of the cyclic one.
    order = [0, 1, 2, 3]
    rng.shuffle(order)
    shifts = [1, 2, 3]
    rng.shuffle(shifts)
    cyclic = rng.random() < 0.5
    rows: list[Table] = []
    for shift in (0, *shifts):
        moved = [(i + shift) % 4 if cyclic else i ^ shift for i in range(4)]
        to = {order[i]: order[moved[i]] for i in range(4)}
        rows.append({key: family.values[to[i]] for i, key in enumerate(family.keys)})
    return [*rows[:3], rows[final]]


def week_ladder(
    rng: random.Random, family: WeekFamily, day: str, steps: int, final: int
) -> list[Week]:
    """Return a week and its three changes; the day asked for differs in the first 3.

    Args:
        rng: For which changes.
        family: The first order is as is usual there.
        day: From which is counted.
        steps: How many days are counted on.
        final: The last order: equal to order 0, 1 or 2, or, with 3, a new one, which
            gives the fourth possible day.
    """
    usual = list(family.days)
    at = usual.index(day)
    first = usual[(at + steps) % len(usual)]
    targets = [x for x in usual if x not in (day, first)]
    rng.shuffle(targets)
    weeks = [_circle(usual)]
    for target in targets[:3]:
        others = [x for x in usual if x not in (day, target)]
        rng.shuffle(others)
        others.insert(steps - 1, target)
        weeks.append(_circle([day, *others]))
    return [*weeks[:3], weeks[final]]


def _circle(days: Sequence[str]) -> Week:
    return dict(zip(days, [*days[1:], days[0]], strict=True))


def duel_ladder(
    rng: random.Random, family: DuelFamily, two: tuple[str, str], turned: int
) -> list[Duel]:
    """Return three duel rules that give three results for two things.

    Args:
        rng: For everything else.
        family: The first rule is as is usual there, where two things are not equal.
        two: Things of which one usually beats the other.
        turned: 0: the second rule turns the result round and the third makes the two
            equal; 1: the other way.
    """
    pair = frozenset(two)
    first = {**_first_duel(rng, family)}
    if first[pair] is None:
        first[pair] = rng.choice(sorted(two))
    loser = next(thing for thing in two if thing != first[pair])
    changed: list[Duel] = []
    for result in (None, loser) if turned else (loser, None):
        duel = {**_random_duel(rng, family)}
        duel[pair] = result
        changed.append(duel)
    return [first, *changed]


def reply_ladder(rng: random.Random, family: DuelFamily, against: str) -> list[Duel]:
    """Return three duel rules in which three different things beat one.

    The family must be `unique`, and `against` one of its first three things.
    """
    first = {**_first_duel(rng, family)}
    others = [thing for thing in family.things if thing != against]
    if family.beats is None:
        _set_winner(rng, first, against, rng.choice(others))
    best = best_reply(first, against)
    changed = [thing for thing in others if thing != best]
    rng.shuffle(changed)
    ladder: list[Duel] = [first]
    for winner in changed:
        duel = {**_random_duel(rng, family)}
        _set_winner(rng, duel, against, winner)
        ladder.append(duel)
    return ladder


def _set_winner(
    rng: random.Random, duel: dict[frozenset[str], str | None], against: str, best: str
) -> None:
    for two in duel:
        if against in two:
            duel[two] = best if best in two else rng.choice((against, None))


def tally_ladder(
    rng: random.Random, family: DuelFamily, first: int, *later: int
) -> tuple[list[Duel], Rounds]:
    """Return duel rules, and three rounds with a given `tally` by each of the rules.

    Args:
        rng: For everything else.
        family: The first rule is as is usual there; with things that can be equal.
        first: Of the first rule.
        later: Of each later rule.
    """
    while True:
        usual = _first_duel(rng, family)
        rounds = [_two(rng, family.things) for _ in range(3)]
        if tally(usual, rounds) == first:
            break
    ladder = [usual]
    for wanted in later:
        while tally(duel := _random_duel(rng, family), rounds) != wanted:
            pass
        ladder.append(duel)
    return ladder, rounds


def _two(rng: random.Random, things: Sequence[str]) -> tuple[str, str]:
    one, other = rng.sample(things, 2)
    return one, other


def _first_duel(rng: random.Random, family: DuelFamily) -> Duel:
    if family.beats is None:
        return _random_duel(rng, family)
    usual = {frozenset(two): two[0] for two in family.beats}
    return {two: usual.get(two) for two in _pairs(family)}


def _random_duel(rng: random.Random, family: DuelFamily) -> Duel:
    return {two: rng.choice((*sorted(two), None)) for two in _pairs(family)}


def _pairs(family: DuelFamily) -> list[frozenset[str]]:
    return [frozenset(two) for two in combinations(family.things, 2)]
