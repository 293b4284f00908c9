"""Remarks that hurt: by mistake, on purpose, or nobody."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, NamedTuple

from .scene import Asked, Reading, only

__all__ = ["FauxPas", "FauxPasWho"]

_WORKS = (
    ("cake", "That cake tastes of soap."),
    ("lamp", "That lamp is an eyesore."),
    ("song", "That song is a misery to listen to."),
    ("chair", "That chair is a danger to sit on."),
    ("coat", "That coat looks like a sack."),
    ("poem", "That poem makes no sense at all."),
    ("mask", "That mask is the ugliest here."),
    ("painting", "That painting is all mud."),
    ("basket", "That basket is already falling apart."),
    ("kite", "That kite is a sorry sight."),
)
_RULES = (
    "Whoever says something bad about a thing, and is heard by the one who made it, "
    "makes a faux pas if they do not know who made it, and hurts on purpose if they "
    "do know. If the one who made it is not there, it is neither. People know who made "
    "a thing only if they made it, or were told the truth about it; who was told wrong "
    "believes what they were told."
)
Aspect = Literal["any", "knew", "purpose"]


class _State(NamedTuple):
    knows: bool
    hears: bool
    own: bool
    """Whether the hearer made the thing, or somebody far away."""


_BLUNDER = _State(knows=False, hears=True, own=True)
_ON_PURPOSE = _State(knows=True, hears=True, own=True)
# Another maker means another meaning of what the speaker was told.
_TESTS: dict[Aspect, tuple[_State, list[_State]]] = {
    "any": (
        _BLUNDER,
        [
            _BLUNDER._replace(knows=True),
            _BLUNDER._replace(hears=False),
            _State(knows=True, hears=True, own=False),
        ],
    ),
    "knew": (_ON_PURPOSE, [_BLUNDER] * 3),
    "purpose": (
        _ON_PURPOSE,
        [
            _BLUNDER,
            _ON_PURPOSE._replace(hears=False),
            _State(knows=False, hears=True, own=False),
        ],
    ),
}
_QUESTIONS: dict[tuple[Aspect, bool], str] = {
    ("any", True): "{a:Does|Do} {a} make a faux pas?",
    ("any", False): "{a:Is|Are} {a} free of any faux pas?",
    ("knew", True): "When speaking, {a:does|do} {a} know who made the {w}?",
    ("knew", False): "When speaking, {a:is|are} {a} unaware of who made the {w}?",
    ("purpose", True): "{a:Does|Do} {a} hurt anyone on purpose?",
    ("purpose", False): "{a:Does|Do} {a} speak without hurting anyone on purpose?",
}


class FauxPas:
    """Whether a remark is a faux pas, made in knowledge, or meant to hurt.

    The twin has one line else: the speaker knows, or does not; the maker cannot hear
    it; the hearer is not the maker. Half of the questions are worded so that the test
    means no.
    """

    designs = 12
    options = 2

    def __init__(self, cell: str, aspect: Aspect) -> None:
        self.cell = cell
        self._aspect: Aspect = aspect

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        base, others = _TESTS[self._aspect]
        other = others[design % 3]
        affirms, swapped = design // 3 % 2 == 0, design // 6 == 1
        state = other if twin != swapped else base
        work, remark = rng.choice(_WORKS)
        maker = "b" if state.own else "d"
        other_maker = "d" if state.own else "b"
        told = maker if state.knows else other_maker
        near = "{b} {b:sits|sit} close by and {b:hears|hear} every word."
        far = "{b} {b:is|are} out in the yard and {b:hears|hear} not a word."
        lines = [
            f"{{{maker}}} made the {work}; {{{other_maker}}} had no part in it, and "
            "{d} lives far away.",
            f"{{c}} {{c:has|have}} told {{a}} that {{{told}}} made the {work}.",
            near if state.hears else far,
            f'{{a}} {{a:says|say}} to {{c}}: "{remark}"',
        ]
        question = _QUESTIONS[self._aspect, affirms].replace("{w}", work)
        one = _judged(self._aspect, state)
        two = _read(self._aspect, lines)
        return Asked(
            people="abcd",
            you="a",
            measures="self-state",
            rules=_RULES,
            lines=lines,
            question=question,
            options=("Yes", "No"),
            readings=(
                Reading("remark table", 0 if one == affirms else 1, _words(state)),
                Reading(
                    "reading", 0 if two == affirms else 1, _reread(self._aspect, two)
                ),
            ),
            roles={"affirms": 0 if affirms else 1},
            facts={"polarity": "yes" if affirms else "no", "situation": _name(state)},
        )


def _words(state: _State) -> str:
    knows = "{a} {a:knows|know}" if state.knows else "{a} {a:does|do} not know"
    hears = "hears" if state.hears else "does not hear"
    if state.own:
        return f"{knows} who made it; it was {{b}}, who {hears} the remark"
    return (
        f"{knows} who made it; it was somebody far away, and {{b}} {hears} the remark"
    )


def _reread(aspect: Aspect, so: bool) -> str:
    what = {
        "any": "a maker hears it of whom {a} {a:does|do} not know",
        "knew": "what {a} {a:was|were} told is right",
        "purpose": "a maker hears it of whom {a} {a:knows|know}",
    }
    return f"by the lines it is {'' if so else 'not '}so that {what[aspect]}"


def _name(state: _State) -> str:
    if not (state.hears and state.own):
        return "nobody hurt"
    return "on purpose" if state.knows else "faux pas"


def _judged(aspect: Aspect, state: _State) -> bool:
    if aspect == "knew":
        return state.knows
    return _name(state) == ("faux pas" if aspect == "any" else "on purpose")


def _read(aspect: Aspect, lines: Sequence[str]) -> bool:
    """Take the answer from the lines as they are told, not from what made them."""
    maker, told = lines[0][:3], lines[1].partition(" told {a} that ")[2][:3]
    knew = maker == told
    heard = maker == "{b}" and "every word" in lines[2]
    return {"any": heard and not knew, "knew": knew, "purpose": heard and knew}[aspect]


class FauxPasWho:
    """Which of three people makes a faux pas.

    Each says something bad about a thing. One does not know that its maker hears it;
    one was told so; the third one's thing was made by somebody far away. The twin lets
    the first two change places.
    """

    cell = "faux pas: who"
    designs = 6
    options = 3

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        people = "abc"
        third = people[design % 3]
        pair = [person for person in people if person != third]
        knowing, unknowing = pair[::-1] if (design // 3 == 1) != twin else pair
        works = dict(zip(people, rng.sample(_WORKS, 3), strict=True))
        # Which two of the three made something is random, or the maker of nothing
        # would be told; the opening line evens how often each is named.
        idle = rng.choice(people)
        makers = {third: "d"} | _makers(pair, third, idle)
        named = [idle, idle if idle == third else third]
        made = [f"{{{makers[p]}}} made the {works[p][0]}." for p in people]
        said = [f'{{{p}}} {{{p}:says|say}}: "{works[p][1]}"' for p in people]
        said_by = dict(zip(people, said, strict=True))
        rng.shuffle(made)
        rng.shuffle(said)
        there = rng.sample(people, 3)
        lines = [
            f"{{{there[0]}}}, {{{there[1]}}} and {{{there[2]}}} are together; {{d}} "
            "is far away.",
            *made,
            f"{{d}} has told {{{knowing}}} in secret, but not {{{unknowing}}}, who "
            f"made which thing. {_opening(named)}",
            *said,
        ]
        return Asked(
            people="abcd",
            you="a",
            measures="tom",
            rules=_RULES,
            lines=lines,
            question="Who makes a faux pas?",
            options=[f"{{{person}}}" for person in people],
            readings=(
                Reading(
                    "remark table",
                    people.index(unknowing),
                    "a maker hears it whom the speaker does not know of",
                ),
                _who(people, lines, said_by, works),
            ),
            roles={
                "knows": people.index(knowing),
                "maker absent": people.index(third),
            },
            facts={},
        )


def _makers(pair: Sequence[str], third: str, idle: str) -> dict[str, str]:
    """Return who made what the two of the pair speak of: not themselves, nor `idle`."""
    one, other = pair
    if idle == third:
        return {one: other, other: one}
    maker = other if idle == one else one
    return {maker: third, idle: maker}


def _opening(named: Sequence[str]) -> str:
    one, other = named
    opens = f"{{{one}}} {{{one}:opens|open}} the window"
    if one == other:
        return f"{opens}, and {{{one}}} {{{one}:shuts|shut}} it."
    return f"{opens} for {{{other}}}."


def _who(
    people: str,
    lines: Sequence[str],
    said_by: dict[str, str],
    works: dict[str, tuple[str, str]],
) -> Reading:
    """Look for the one whose remark, as told, a maker hears whom they do not know."""
    told = " ".join(lines)
    blunders: list[bool] = []
    for person in people:
        maker = told.partition(f" made the {works[person][0]}.")[0][-3:]
        knows = f"told {{{person}}} in secret" in told
        heard = maker in lines[0].partition(";")[0]
        blunders.append(said_by[person] in lines and heard and not knows)
    return Reading(
        "reading", only(blunders), "the others know the maker, or no maker hears them"
    )
