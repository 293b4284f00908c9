"""What a session shows of each score, part by part.

A score is a ratio: what is above the line summed over parts, by what is below. Skill is
0 for guessing evenly and 1 for the ideal observer, (uniform − stated) / (uniform −
ideal) of how bad the three are; other scores are means over parts. Where nothing is
stated an even guess counts, or the type stated last, and of parts that were given up
an even guess: neither silence nor giving up where it is hard pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from arena.metrics.forecasts import divergence, squared_distance
from arena.metrics.ratios import Sums, ratio
from arena.scoring import Unscored

from .minds_evidence import Belief, Chances, Prediction, Session, switch_of

__all__ = [
    "ByPart",
    "Measure",
    "forfeits",
    "log_skill",
    "parts_to_identify",
    "parts_to_recover",
    "prediction_skill",
    "predictions_made",
    "regret",
    "score_of",
    "type_skill",
    "winnings",
]

T = TypeVar("T")

ByPart = Mapping[int, Sums]
Measure = Callable[[Session], ByPart]
Teller = Literal["stated", "ideal"]
_Badness = Callable[[Chances, Chances, Prediction], float]


def score_of(parts: ByPart) -> float:
    """Return the ratio over all parts.

    Raises:
        Unscored: Where nothing is below the line: for skill, where the ideal observer
            knows no more than who guesses evenly.
    """
    value = ratio(list(parts.values()))
    if value is None:
        raise Unscored("there is nothing to know: guessing evenly is as good as ideal")
    return value


def prediction_skill(session: Session) -> ByPart:
    """Return the skill of stated predictions, by Brier score or by hits."""
    hits = session.evidence.judged_by == "hit"
    return _predicted(session, _miss if hits else _squared)


def log_skill(session: Session) -> ByPart:
    """Return the skill of stated predictions by log score.

    Raises:
        Unscored: Where predictions are single numbers, besides other reasons.
    """
    if session.evidence.judged_by == "hit":
        raise Unscored("predictions are single numbers here, without chances")
    return _predicted(session, _divergence)


def predictions_made(session: Session) -> ByPart:
    """Return how many of the predictions that could be stated were.

    Raises:
        Unscored: Where none could be.
    """
    rows = session.predictions
    if not rows:
        raise Unscored("nothing could be predicted here")
    return _summed((row.part, float(row.stated is not None), 1.0) for row in rows)


def type_skill(session: Session) -> ByPart:
    """Return the skill of stated types, by Brier score against the true one.

    Raises:
        Unscored: Where no type was stated.
    """
    held: dict[str, Chances] = {}  # a statement holds until the next

    def gain(row: Belief) -> tuple[int, float, float]:
        true = {session.type_of(row.of, row.part): 1.0}
        even = dict.fromkeys(row.ideal, 1 / len(row.ideal))
        held[row.of] = row.stated or held.get(row.of, even)
        uniform = squared_distance(even, true)
        stated = squared_distance(held[row.of], true)
        return row.part, uniform - stated, uniform - squared_distance(row.ideal, true)

    rows = _stated_types(session)
    for row in rows:
        _of_type(row.ideal, session.type_of(row.of, row.part))
    return _with_given_up(session, _summed(map(gain, rows)))


def regret(session: Session) -> ByPart:
    """Return what own moves gave away against the others' best answer, in the unit.

    By the performance-difference identity, EV(best response) − EV(seat) is the mean
    over parts of Σ V(s) − Q(s, a): the luck of cards to come is not in it. Parts that
    somebody forfeited are left out.

    Raises:
        Unscored: Where no part was played out, or no loss is known.
    """
    if not session.played_out:
        raise Unscored("no part was played out")
    if not session.losses:
        raise Unscored("losses are not known here")
    per = session.evidence.unit.per_payoff
    rows = [
        (row.part, per * _of_type(row.by_type, session.type_of(row.of, row.part)), 0.0)
        for row in session.losses
    ]
    return _summed([*((part, 0.0, 1.0) for part in sorted(session.played_out)), *rows])


def winnings(session: Session) -> ByPart:
    """Return payoffs in the unit, forfeits as the rules have them.

    Raises:
        Unscored: Where no part was played.
    """
    per = session.evidence.unit.per_payoff
    return _of_all(session, lambda n: per * session.parts[n].payoffs[session.seat])


def forfeits(session: Session) -> ByPart:
    """Return which parts the seat lost by too many bad calls.

    Raises:
        Unscored: Where no part was played.
    """
    own = session.seat
    return _of_all(session, lambda n: float(session.parts[n].forfeited == own))


def parts_to_identify(session: Session, teller: Teller = "stated") -> int:
    """Return after how many parts the likeliest type is the true one, and stays so.

    Of a switcher until it switches. The number of all those parts where it never
    settles, or the session ended before.

    Raises:
        Unscored: Where no type was stated.
    """
    last = session.evidence.parts_planned
    switches = [switch_of(session.seats[seat]) for seat in session.others]
    ends = [at - 1 for _, _, at in filter(None, switches)]
    return _until_settled(session, session.others, teller, 1, min([last, *ends]))


def parts_to_recover(session: Session, teller: Teller = "stated") -> int:
    """Return the same from a switch on: how many parts until the new type is seen.

    Raises:
        Unscored: Where nobody switched, the session ended before, or no type was
            stated.
    """
    last = session.evidence.parts_planned
    for seat in session.others:
        switch = switch_of(session.seats[seat])
        if switch is not None and switch[2] <= last:
            if switch[2] > max(session.parts, default=0):
                raise Unscored("it ended before the switch")
            return _until_settled(session, [seat], teller, switch[2], last)
    raise Unscored("nobody switched")


def _predicted(session: Session, badness: _Badness) -> ByPart:
    if not session.played_out:
        raise Unscored("no part was played out")
    if not session.predictions:
        raise Unscored("nothing could be predicted here")
    if all(row.stated is None for row in session.predictions):
        raise Unscored("no prediction was stated")

    def gain(row: Prediction) -> tuple[int, float, float]:
        true = _of_type(row.by_type, session.type_of(row.of, row.part))
        if row.ideal is None:
            raise Unscored("there is no ideal observer here")
        uniform = badness(row.uniform, true, row)
        stated = badness(row.stated or row.uniform, true, row)
        return row.part, uniform - stated, uniform - badness(row.ideal, true, row)

    return _with_given_up(session, _summed(map(gain, session.predictions)))


def _with_given_up(session: Session, skill: ByPart) -> ByPart:
    """Add an even guess for each part that was forfeited or never played.

    Each weighs as much as the parts that were played out do on average. Parts that
    another seat forfeited are not held against this one.
    """
    planned = range(1, session.evidence.parts_planned + 1)
    own = [
        n
        for n in planned
        if n not in session.parts or session.parts[n].forfeited == session.seat
    ]
    weight = sum(below for _, below in skill.values()) / len(session.played_out)
    return {**skill, **{n: (0.0, weight) for n in own if n not in skill}}


def _squared(stated: Chances, true: Chances, row: Prediction) -> float:
    return squared_distance(stated, true)


def _divergence(stated: Chances, true: Chances, row: Prediction) -> float:
    return divergence(true, stated, row.uniform.keys() | true.keys())


def _miss(stated: Chances, true: Chances, row: Prediction) -> float:
    """Return the chance that the likeliest is not what comes; ties share evenly."""
    if stated is row.uniform:
        # Anything is drawn as likely; of 101 numbers a row lists those that it names.
        return 1 - sum(chance * true.get(n, 0.0) for n, chance in stated.items())
    most = max(stated.values(), default=0.0)
    tops = [name for name, chance in stated.items() if chance >= most - 1e-12]
    return 1 - sum(true.get(name, 0.0) for name in tops) / max(1, len(tops))


def _of_type(by_type: Mapping[str, T], name: str) -> T:
    if name not in by_type:
        raise Unscored(f"the evidence does not know how {name!r} plays")
    return by_type[name]


def _of_all(session: Session, value: Callable[[int], float]) -> ByPart:
    if not session.parts:
        raise Unscored("no part was played")
    return {number: (value(number), 1.0) for number in session.parts}


def _summed(rows: Iterable[tuple[int, float, float]]) -> ByPart:
    found: dict[int, Sums] = {}
    for part, above, below in rows:
        before = found.get(part, (0.0, 0.0))
        found[part] = before[0] + above, before[1] + below
    return found


def _stated_types(session: Session) -> list[Belief]:
    if not session.played_out:
        raise Unscored("no part was played out")
    if not session.beliefs:
        raise Unscored("types are not asked for here")
    if all(row.stated is None for row in session.beliefs):
        raise Unscored("no type was stated")
    return session.beliefs


def _until_settled(
    session: Session, about: Sequence[str], teller: Teller, first: int, last: int
) -> int:
    """Return how many parts from `first` on pass before all are right until `last`."""
    rows = _stated_types(session)
    by_forfeit = session.evidence.ended_by_forfeit is not None
    reached = max(session.played_out, default=0) if by_forfeit else len(session.parts)
    if reached < last:
        return last - first + 1
    for row in rows:
        if row.of in about and first <= row.part <= last:
            _of_type(row.ideal, session.type_of(row.of, row.part))
    held: dict[str, str | None] = {}  # a statement holds until the next
    wrong = first - 1
    for part in range(1, last + 1):
        for row in rows:
            told = row.stated if teller == "stated" else row.ideal
            if row.part == part and told is not None:
                held[row.of] = _top(told)
        if part >= first and any(
            held.get(seat) != session.type_of(seat, part) for seat in about
        ):
            wrong = part
    return wrong - first + 1


def _top(stated: Chances) -> str | None:
    """Return the likeliest type, None where two are."""
    most = max(stated.values(), default=0.0)
    tops = [name for name, chance in stated.items() if chance == most]
    return tops[0] if len(tops) == 1 else None
