"""Plans of worlds of `evidence.py`, such that one line decides an answer.

Each plan has two forms, a test and its twin, that differ by how one step is made. The
answer is at a known stage in each; it is derived from the world all the same.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from .evidence import OTHER, SHARED, STEPS, SUBJECT, Step, Way, switches, ways

__all__ = [
    "PAIRS",
    "Plan",
    "belief_plan",
    "deceiving_plan",
    "decoy_plan",
    "knowing_plan",
    "second_order_plan",
    "unlearning_plan",
    "who_knows_plan",
]

PAIRS = ((0, 2), (0, 3), (1, 3), (1, 4), (2, 4))
"""Stages of the answers of a test and its twin: each is in two of five.

At least two steps follow the test's, so that these can be of either kind and still one
of them moves the thing.
"""

_SUBJECT = frozenset({SUBJECT})
_SHARED = frozenset({SHARED})
_BOTH = frozenset({SUBJECT, OTHER})
_NONE: frozenset[str] = frozenset()


class Plan(NamedTuple):
    """Four steps, and which of the stages matter.

    Attributes:
        steps: For v1 to v4.
        before: Stage of the subject's belief in the test, or of the shared one.
        after: The same in the twin.
        last: Stage of the last move: where the thing is at the end.
    """

    steps: tuple[Step, ...]
    before: int
    after: int
    last: int


def belief_plan(rng: random.Random, before: int, after: int) -> Plan:
    """Return a plan for what the subject believes: v_before, and in the twin v_after.

    In the test that is not where the thing is.
    """
    return _decided(rng, before, after, _SUBJECT)


def second_order_plan(rng: random.Random, before: int, after: int) -> Plan:
    """Return a plan for what the other thinks that the subject believes.

    In the test that is neither what the subject believes, nor what the other does, nor
    where the thing is: the second order is needed.
    """

    def needs_both(plan: Plan) -> bool:
        later = [step.way.reach for step in plan.steps[before:]]
        return any(SUBJECT in x for x in later) and any(OTHER in x for x in later)

    while not needs_both(plan := _decided(rng, before, after, _SHARED)):
        pass
    return plan


def knowing_plan(rng: random.Random) -> Plan:
    """Return a plan where the subject learns of the last move in the twin only."""
    last = rng.randint(1, STEPS)
    steps = [_step(rng, ways()) for _ in range(last - 1)]
    steps.append(_switched(rng, _NONE, _SUBJECT, _SUBJECT, move=True))
    steps += _idle(rng, STEPS - last, SUBJECT)
    return Plan(tuple(steps), _last_reached(steps[:-1], last), last, last)


def unlearning_plan(rng: random.Random) -> Plan:
    """Return a plan where the subject knows, and in the twin is told something false.

    The subject learns of the last move and, in the twin, believes what is said later.
    """
    last = rng.randint(1, STEPS - 1)
    told = rng.randint(last + 1, STEPS)
    steps = [_step(rng, ways()) for _ in range(last - 1)]
    steps.append(_step(rng, ways(move=True, reaches=SUBJECT)))
    steps += _idle(rng, told - last - 1, SUBJECT)
    steps.append(_switched(rng, _NONE, _SUBJECT, _SUBJECT, move=False))
    steps += _idle(rng, STEPS - told, SUBJECT)
    return Plan(tuple(steps), last, told, last)


def decoy_plan(rng: random.Random) -> Plan:
    """Return a plan where the subject is right, and in the twin the thing was moved.

    In the test another thing is moved at that step, and no later move follows; the
    subject learns of neither. `last` is of the twin; in the test it is `before`.
    """
    last = rng.randint(1, STEPS)
    known = rng.randint(0, last - 1)
    steps = [_step(rng, ways()) for _ in range(max(0, known - 1))]
    if known:
        steps.append(_step(rng, ways(move=True, reaches=SUBJECT)))
    steps += _idle(rng, last - known - 1, SUBJECT)
    unseen = _step(rng, ways(move=True, misses=SUBJECT))
    steps.append(Step(unseen.way, unseen.way, unseen.absent, decoy=True))
    steps += _idle(rng, STEPS - last, SUBJECT)
    return Plan(tuple(steps), known, known, last)


def who_knows_plan(
    rng: random.Random, before: frozenset[str], after: frozenset[str]
) -> Plan:
    """Return a plan where these learn of the last move; in the twin those."""
    last = rng.randint(1, STEPS)
    steps = [_step(rng, ways()) for _ in range(last - 1)]
    steps.append(_switched(rng, before, after, _BOTH, move=True))
    steps += _idle(rng, STEPS - last, f"{SUBJECT} {OTHER}")
    return Plan(tuple(steps), last, last, last)


def deceiving_plan(
    rng: random.Random, before: frozenset[str], after: frozenset[str]
) -> Plan:
    """Return a plan that ends with a lie that these believe; in the twin those."""
    steps = [_step(rng, ways()) for _ in range(STEPS - 1)]
    steps.append(_switched(rng, before, after, _BOTH, move=False))
    last = _last(steps)
    return Plan(tuple(steps), last, last, last)


def _decided(
    rng: random.Random, before: int, after: int, among: frozenset[str]
) -> Plan:
    """Return steps of which `before` is the last to reach, and `after` in the twin."""
    (wanted,) = among
    moves = _kinds(rng, before, after)
    steps: list[Step] = []
    for stage, move in enumerate(moves, start=1):
        if stage < before:
            steps.append(_step(rng, ways(move=move)))
        elif stage == before:
            steps.append(_step(rng, ways(move=move, reaches=wanted)))
        elif stage == after:
            steps.append(_switched(rng, _NONE, among, among, move=move))
        else:
            steps.append(_step(rng, ways(move=move, misses=wanted)))
    return Plan(tuple(steps), before, after, _last(steps))


def _kinds(rng: random.Random, before: int, after: int) -> list[bool]:
    """Return which steps are moves: one after `before` is, not always `after`."""
    moves = [rng.random() < 0.5 for _ in range(STEPS)]
    if not any(moves[before:]):
        others = [stage for stage in range(before + 1, STEPS + 1) if stage != after]
        moves[rng.choice(others) - 1] = True
    return moves


def _step(rng: random.Random, among: Sequence[Way]) -> Step:
    return Step(_formed(rng, among), absent=rng.choice(("out", "distracted")))


def _formed(rng: random.Random, among: Sequence[Way]) -> Way:
    """Draw a way: each form of line as often, so that its form tells less."""
    form = rng.choice(sorted({way.form for way in among}))
    return rng.choice([way for way in among if way.form == form])


def _idle(rng: random.Random, count: int, misses: str) -> list[Step]:
    """Return sayings that do not reach."""
    return [_step(rng, ways(move=False, misses=misses)) for _ in range(count)]


def _switched(
    rng: random.Random,
    before: frozenset[str],
    after: frozenset[str],
    among: frozenset[str],
    move: bool | None = None,
) -> Step:
    pairs = switches(before, after, among, move)
    form = rng.choice(sorted({(one.form, two.form) for one, two in pairs}))
    one, two = rng.choice([(a, b) for a, b in pairs if (a.form, b.form) == form])
    return Step(one, two, rng.choice(("out", "distracted")))


def _last(steps: Sequence[Step]) -> int:
    moves = [stage for stage, step in enumerate(steps, start=1) if step.way.move]
    return max(moves, default=0)


def _last_reached(steps: Sequence[Step], before: int) -> int:
    """Return the last stage before one that reaches the subject; 0 is the start."""
    reached = [
        stage
        for stage, step in enumerate(steps, start=1)
        if stage < before and SUBJECT in step.way.reach
    ]
    return max(reached, default=0)
