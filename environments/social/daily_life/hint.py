"""What a person who says how things are wants of the other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .news import BELIEF, Report, last_learned, now_believed
from .scene import Asked, Reading, flipped_pairs, only

__all__ = ["Hint", "HintAny"]


class _Need(NamedTuple):
    thing: str
    saying: str


_NEEDS = (
    _Need("the needle", "My sleeve has come open."),
    _Need("the matches", "It is getting dark in here."),
    _Need("the bandage", "My finger will not stop bleeding."),
    _Need("the umbrella", "It is pouring outside."),
    _Need("the blanket", "It is bitterly cold today."),
    _Need("the corkscrew", "This bottle will not open."),
    _Need("the comb", "My hair is full of knots."),
    _Need("the map", "All these paths look alike."),
    _Need("the earplugs", "Those drummers never stop."),
    _Need("the mousetrap", "Something is gnawing behind the wall."),
)
_USES = (
    "The needle closes what has come open, the matches light what is dark, the bandage "
    "stops bleeding, the umbrella keeps off rain, the blanket keeps warm, the "
    "corkscrew opens bottles, the comb gets knots out of hair, the map tells paths "
    "apart, the earplugs keep out noise, and the mousetrap catches what gnaws."
)
_HINTING = (
    "Here nobody asks outright: who needs something says what is the matter, and means "
    "that the other should bring what helps against it."
)
_COLOURS = ("red", "green", "white", "black", "blue", "brown")


class _State(NamedTuple):
    need: int
    first: int
    learned: bool


_PAIRS = flipped_pairs(
    [_State(n, f, x) for n in (0, 1) for f in (0, 1) for x in (False, True)],
    [
        lambda state: state._replace(need=1 - state.need),
        lambda state: state._replace(learned=not state.learned),
    ],
)


class Hint:
    """Which of two things, from which of two places, a speaker wants brought.

    Both things lie in the place where the speaker believes them, which is the real one
    in half of the items.
    """

    cell = "hint"
    designs = len(_PAIRS)
    options = 4

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        state = _PAIRS[design][twin]
        needs = rng.sample(_NEEDS, 2)
        places = [f"the {colour} basket" for colour in rng.sample(_COLOURS, 2)]
        seen = (
            "{a} {a:watches|watch} this."
            if state.learned
            else "{a} {a:notices|notice} nothing of this."
        )
        both = " and ".join(rng.sample([need.thing for need in needs], 2))
        first, then = places[state.first], places[1 - state.first]
        lines = [
            f"{{a}} {{a:puts|put}} {both} into {first}, and {{b}} {{b:sees|see}} it.",
            f"{{b}} {{b:moves|move}} both from {first} to {then}.",
            seen,
            f'{{a}} {{a:says|say}} to {{b}}: "{needs[state.need].saying}"',
        ]
        everyone = frozenset("ab")
        known = everyone if state.learned else frozenset("b")
        reports = (Report(state.first, everyone), Report(1 - state.first, known))
        picks = {
            "reality": 2 * state.need + 1 - state.first,
            "initial": 2 * state.need + state.first,
        }
        return Asked(
            people="ab",
            you="b",
            measures="tom",
            rules=f"{BELIEF} {_HINTING} {_USES}",
            lines=lines,
            question="What {a:does|do} {a} want {b} to do?",
            options=[
                f"bring {need.thing} from {place}" for need in needs for place in places
            ],
            readings=(_meant(state.need, reports), _helping(lines, needs, reports)),
            roles=picks,
            picks=picks,
            fair=["reality" if state.learned else "initial"],
            facts={"false belief": not state.learned},
        )


def _meant(need: int, reports: tuple[Report, ...]) -> Reading:
    place = now_believed(reports, "a")
    last = "first" if place == reports[0].state else "last"
    because = f"{{a}} {{a:thinks|think}} that it is where it was put {last}"
    return Reading("speaker's need", 2 * need + place, because)


def _helping(
    lines: Sequence[str], needs: Sequence[_Need], reports: tuple[Report, ...]
) -> Reading:
    """Look for the one act that would help, if things were as the speaker thinks."""
    place = last_learned(reports, "a")
    helps = [
        need.saying in lines[-1] and place == at for need in needs for at in (0, 1)
    ]
    return Reading("helpful act", only(helps), "no other act would help")


_LITERAL = (
    "{a} {a:is|are} only practising sentences for a play and {a:needs|need} nothing."
)
_IN_NEED = (
    "{a} {a:is|are} done practising sentences for a play and {a:means|mean} the matter."
)
_QUESTIONS = {
    ("yes", 0): "{a:Does|Do} {a} want {b} to bring something?",
    ("yes", 1): "{a:Is|Are} {a} after something that {b} could bring?",
    ("no", 0): "{a:Is|Are} {a} content without {b} bringing anything?",
    ("no", 1): "{a:Does|Do} {a} speak without wanting {b} to bring anything?",
}
Polarity = Literal["yes", "no"]


class HintAny:
    """Whether a sentence is meant as a hint at all; the twin is meant literally.

    Half of the questions are worded so that a hint means no.
    """

    cell = "hint: any"
    designs = 4
    options = 2

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        hinting = (design % 2 == 0) != twin
        polarity: Polarity = "yes" if design // 2 else "no"
        need = rng.choice(_NEEDS)
        first, then = rng.sample(_COLOURS, 2)
        lines = [
            f"{{b}} {{b:knows|know}} that {need.thing} is in the {first} basket, not "
            f"in the {then} one.",
            _IN_NEED if hinting else _LITERAL,
            f'{{a}} {{a:says|say}} to {{b}}: "{need.saying}"',
        ]
        meant = hinting == (polarity == "yes")
        literal = "needs|need} nothing" in lines[1]
        wanted = [not literal, literal]
        answers = wanted if polarity == "yes" else wanted[::-1]
        return Asked(
            people="ab",
            you="b",
            measures="tom",
            rules=f"{_HINTING} {_USES}",
            lines=lines,
            question=_QUESTIONS[polarity, rng.randrange(2)],
            options=("Yes", "No"),
            readings=(
                Reading(
                    "speaker's need",
                    0 if meant else 1,
                    "{a} {a:is|are} in need"
                    if hinting
                    else "{a} {a:is|are} not in need",
                ),
                Reading("reading", only(answers), lines[1].removesuffix(".")),
            ),
            roles={"affirms hint": 0 if polarity == "yes" else 1},
            facts={"hint": hinting, "polarity": polarity},
        )
