"""Which sentence wins a person over, and which one the other chooses."""

from __future__ import annotations

import random
from typing import NamedTuple

from .news import BELIEF, Report, last_learned, now_believed
from .scene import Asked, Reading, flipped_pairs, only

__all__ = ["Persuasion"]


class _Concern(NamedTuple):
    named: str
    answer: str


_CONCERNS = (
    _Concern("the price", "It costs nothing at all."),
    _Concern("the noise", "It is quiet there from dawn to dusk."),
    _Concern("the distance", "It is just around the corner."),
    _Concern("the danger", "Nobody has ever come to harm there."),
    _Concern("the early start", "We need not leave before noon."),
    _Concern("the crowds", "Hardly anybody else will be there."),
    _Concern("the cold", "They heat the whole place."),
    _Concern("the boredom", "There is something new every minute."),
)
_OUTINGS = (
    "the boat trip",
    "the puppet theatre",
    "the cave tour",
    "the harvest fair",
    "the star-gazing night",
    "the weaving course",
    "the old lighthouse",
    "the cheese market",
)
_RULES = (
    "Someone is won over by the one sentence that answers what this person minds most; "
    "all sentences are true. Who wants to win someone over chooses the sentence that "
    "would do it, as far as they know the other. What each sentence answers: {table}"
)


class _State(NamedTuple):
    changes: bool
    first: int
    learned: bool


_FOR_CHOICE = flipped_pairs(
    [
        _State(changes=True, first=first, learned=learned)
        for first in (0, 1)
        for learned in (False, True)
    ],
    [lambda state: state._replace(learned=not state.learned)],
)
_FOR_SUCCESS = flipped_pairs(
    [
        _State(changes=changes, first=first, learned=learned)
        for changes in (False, True)
        for first in (0, 1)
        for learned in (False, True)
    ],
    [lambda state: state._replace(changes=not state.changes)],
)


class Persuasion:
    """Which of four sentences wins a person over, or is chosen to.

    Each answers what somebody minds: the target at first, the target now, the speaker,
    a third one. The target's mind changes or does not, and the speaker learns of it or
    does not. What would win the target over hangs on the first, what the speaker
    chooses on both.
    """

    designs = 8
    options = 4

    def __init__(self, cell: str, *, chosen: bool) -> None:
        self.cell = cell
        self._chosen = chosen

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        pairs = _FOR_CHOICE * 2 if self._chosen else _FOR_SUCCESS
        state = pairs[design][twin]
        concerns = rng.sample(_CONCERNS, 4)
        outing = rng.choice(_OUTINGS)
        last = 1 - state.first if state.changes else state.first
        both = frozenset("ab")
        reports = (
            Report(state.first, both),
            Report(last, both if state.learned else frozenset("b")),
        )
        picks = {"initial": state.first, "reality": last, "own": 2}
        believed = now_believed(reports, "a")
        fair = [rule for rule in ("initial", "reality") if picks[rule] == believed]
        if not self._chosen:
            fair = ["reality", *(["initial"] if state.first == last else [])]
        question = (
            f"Which sentence {{a:does|do}} {{a}} choose to win {{b}} over to {outing}?"
            if self._chosen
            else f"Which sentence would win {{b}} over to {outing}?"
        )
        return Asked(
            people="abc",
            you="a",
            measures="tom",
            rules=f"{BELIEF} {_RULES.replace('{table}', _table(rng, concerns))}",
            lines=_lines(rng, concerns, outing, state),
            question=question,
            options=[concern.answer for concern in concerns],
            readings=self._readings(reports, believed, concerns),
            roles={**picks, "third": 3},
            picks=picks,
            fair=fair,
            facts={"false belief": believed != last},
        )

    def _readings(
        self, reports: tuple[Report, ...], believed: int, concerns: list[_Concern]
    ) -> tuple[Reading, Reading]:
        judge = "a" if self._chosen else "b"
        minded = last_learned(reports, judge)
        gains = [3 if concern == minded else int(concern < 2) for concern in range(4)]
        best = only(gain == max(gains) for gain in gains)
        most = "{a} {a:takes|take} to bother" if self._chosen else "bothers"
        direct = believed if self._chosen else reports[-1].state
        return (
            Reading(
                "blocking concern",
                direct,
                f"it answers {concerns[direct].named}, which {most} {{b}} most",
            ),
            Reading("largest gain", best, "no other sentence gains as much"),
        )


def _table(rng: random.Random, concerns: list[_Concern]) -> str:
    rows = [f'"{concern.answer}" answers {concern.named}' for concern in concerns]
    rng.shuffle(rows)
    return "; ".join(rows) + "."


def _lines(
    rng: random.Random, concerns: list[_Concern], outing: str, state: _State
) -> list[str]:
    """Tell what each minds; each concern is named equally often."""
    names = [concern.named for concern in concerns]
    most, little = names[state.first], names[1 - state.first]
    if state.changes:
        change = f"By now, {{b}} {{b:minds|mind}} {little} most and {most} a little."
    else:
        change = f"By now, {{b}} still {{b:minds|mind}} {most} most and {little} a "
        change += "little."
    lines = [
        f"{{a}} {{a:wants|want}} to win {{b}} over to {outing}.",
        f"{{b}} {{b:tells|tell}} {{a}}: of such outings, {{b}} {{b:minds|mind}} {most} "
        f"most and {little} a little.",
        change,
        "{a} {a:hears|hear} of how {b} now {b:thinks|think}."
        if state.learned
        else "{a} {a:does|do} not hear of how {b} now {b:thinks|think}.",
    ]
    others = [
        f"{{a}} {{a:minds|mind}} {names[2]} most and {names[3]} a little.",
        f"{{c}} {{c:minds|mind}} {names[3]} most and {names[2]} a little.",
    ]
    rng.shuffle(others)
    for other in others:
        lines.insert(rng.randint(0, len(lines)), other)
    return lines
