"""What a person does in saying something: by belief, by reality, and by a purpose.

White lies and sarcasm are one structure. Who says what they believe is right or
mistaken; who says what they do not believe does one of two things, told apart by who
gains, or by whether the hearer is taken to know better.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from .news import BELIEF, Report, last_learned, now_believed
from .scene import Asked, Reading, flipped_pairs, only

__all__ = ["SARCASM", "WHITE_LIE", "Saying", "Untruth"]

_RIGHT, _MISTAKEN = 0, 1


class Untruth(NamedTuple):
    """What tells the two ways apart of saying what one does not believe."""

    cell: str
    you: str
    measures: str
    rules: str
    question: str
    options: tuple[str, str, str, str]
    """Right, mistaken, and the untruth with the first or the second circumstance."""
    circumstances: tuple[tuple[str, ...], tuple[str, ...]]


class _State(NamedTuple):
    changes: bool
    learned: bool
    says_first: bool
    circumstance: int


def _later(state: _State) -> bool:
    """Whether what the speaker believes is what came later."""
    return state.changes and state.learned


def _untrue(state: _State) -> bool:
    return state.says_first == _later(state)


def _learn(state: _State) -> _State | None:
    return state._replace(learned=not state.learned) if state.changes else None


def _say(state: _State) -> _State | None:
    return state._replace(says_first=not state.says_first) if state.changes else None


def _turn(state: _State) -> _State | None:
    """Turn the circumstance, which matters only to an untruth."""
    if not (state.changes and _untrue(state)):
        return None
    return state._replace(circumstance=1 - state.circumstance)


def _happen(state: _State) -> _State | None:
    """Let the change happen or not, of which a sincere speaker learns nothing."""
    if state.learned or _untrue(state):
        return None
    return state._replace(changes=not state.changes)


_PAIRS = flipped_pairs(
    [
        _State(changes, learned, says_first, circumstance)
        for changes in (False, True)
        for learned in (False, True)
        for says_first in (False, True)
        for circumstance in (0, 1)
        if changes or not learned
    ],
    [_learn, _say, _turn, _happen],
)


class _Topic(NamedTuple):
    states: tuple[str, str]
    """Clauses in the past: good, bad."""
    sayings: tuple[str, str]


_TOPICS = (
    _Topic(
        ("the soup turned out well", "the soup turned out badly"),
        ("The soup is excellent.", "The soup is dreadful."),
    ),
    _Topic(
        ("the tent kept out the rain", "the tent let in the rain"),
        ("That tent is as tight as a drum.", "That tent is full of holes."),
    ),
    _Topic(
        ("the choir sang in tune", "the choir sang out of tune"),
        ("The choir sings like larks.", "The choir sings like crows."),
    ),
    _Topic(
        ("the picnic place was dry", "the picnic place was flooded"),
        ("It is a lovely dry place.", "It is an awfully wet place."),
    ),
    _Topic(
        ("the new road was smooth", "the new road was bumpy"),
        ("What a smooth road.", "What a bumpy road."),
    ),
    _Topic(
        ("the kite flew high", "the kite did not fly at all"),
        ("That kite flies splendidly.", "That kite is a failure."),
    ),
    _Topic(
        ("the jokes made everyone laugh", "the jokes made nobody laugh"),
        ("Those jokes are great fun.", "Those jokes are a great bore."),
    ),
    _Topic(
        ("the ferry came on time", "the ferry came hours late"),
        ("The ferry is perfectly punctual.", "The ferry is hopelessly late."),
    ),
    _Topic(
        ("the pears were sweet", "the pears were sour"),
        ("These pears are as sweet as honey.", "These pears are as sour as vinegar."),
    ),
    _Topic(
        ("the speech was short", "the speech was endless"),
        ("That speech was nice and short.", "That speech went on for ever."),
    ),
)
_FIRST = (
    "{a} {a:hears|hear} that {x}.",
    "Somebody tells {a} that {x}.",
    "{a} {a:gets|get} a note that says that {x}.",
)
_CHANGE = (
    "It is looked into, and that was an error: in truth {x}.",
    "Those who were there know better: in truth {x}.",
    "In the evening it is put right: in truth {x}.",
)
_NO_CHANGE = (
    "It is looked into, and that was no error: in truth {x}.",
    "Those who were there know it too: in truth {x}.",
    "In the evening it is borne out: in truth {x}.",
)
_LEARNED = (
    "{a} {a:learns|learn} of this as well.",
    "This too comes to {a's} ears.",
)
_UNLEARNED = (
    "{a} {a:learns|learn} nothing of this.",
    "This does not come to {a's} ears.",
)

WHITE_LIE = Untruth(
    cell="white lie",
    you="a",
    measures="self-state",
    rules=(
        "Whoever says what they do not believe lies, even if it should be true, and "
        "does it for the good of whoever gains if it is believed. Whoever says what "
        "they believe does not lie; if it is not so, they are mistaken."
    ),
    question="What {a:does|do} {a} do in saying so?",
    options=(
        "{a:speaks|speak} sincerely and {a:is|are} right",
        "{a:speaks|speak} sincerely and {a:is|are} mistaken",
        "{a:lies|lie} for the good of {b}",
        "{a:lies|lie} for {a's} own good",
    ),
    circumstances=(
        (
            "If {b} {b:believes|believe} what {a} {a:says|say} of it, {b} gets a prize "
            "and {a} {a:goes|go} away empty-handed.",
            "Whatever {a} {a:says|say} of it, believing it will do {b} good, and {a} "
            "{a:has|have} nothing to gain.",
        ),
        (
            "If {b} {b:believes|believe} what {a} {a:says|say} of it, {a} {a:gets|get} "
            "a prize and {b} goes away empty-handed.",
            "Whatever {a} {a:says|say} of it, believing it will do {a} good, and {b} "
            "has nothing to gain.",
        ),
    ),
)
"""Lies by who gains: the liar, or the one who is lied to."""

SARCASM = Untruth(
    cell="sarcasm",
    you="b",
    measures="tom",
    rules=(
        "Whoever says what they do not believe, to somebody who in their eyes knows "
        "all that they know, mocks. Whoever says it to somebody who in their eyes "
        "knows nothing of the matter deceives. Whoever says what they believe is in "
        "earnest, right or mistaken."
    ),
    question="What {a:does|do} {a} do in saying so?",
    options=(
        "{a:is|are} in earnest and right",
        "{a:is|are} in earnest and mistaken",
        "{a:mocks|mock} before {b}",
        "{a:deceives|deceive} {b}",
    ),
    circumstances=(
        (
            "All that {a} {a:learns|learn} of it, {b} {b:learns|learn} too, standing "
            "beside {a}, and each sees the other there.",
            "{b} {b:sits|sit} beside {a} and {b:hears|hear} all that {a} "
            "{a:hears|hear} of it, as both can see.",
        ),
        (
            "All that {a} {a:learns|learn} of it, {b} {b:learns|learn} too, standing "
            "behind the door, but {a} {a:thinks|think} that {b} {b:was|were} away.",
            "{b} {b:sits|sit} far from {a} and {b:hears|hear} nothing that {a} "
            "{a:hears|hear} of it, as both can see.",
        ),
    ),
)
"""What is said against one's belief: mockery if the hearer is taken to know it."""


class Saying:
    """One of four things that a speaker does; one line flips it.

    The speaker learns of a state of a matter, and learns of its change or does not; and
    says that it is in one of the states. What is said may be true and yet a lie.
    """

    designs = len(_PAIRS)
    options = 4

    def __init__(self, untruth: Untruth) -> None:
        self.cell = untruth.cell
        self._untruth = untruth

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        state = _PAIRS[design][twin]
        untruth, topic, first = self._untruth, rng.choice(_TOPICS), rng.randrange(2)
        ways = [rng.randrange(3), rng.randrange(3), rng.randrange(2), rng.randrange(2)]
        last = 1 - first if state.changes else first
        change = (_CHANGE if state.changes else _NO_CHANGE)[ways[1]]
        said = first if state.says_first else 1 - first
        lines = [
            _FIRST[ways[0]].replace("{x}", topic.states[first]),
            change.replace("{x}", topic.states[last]),
            (_LEARNED if state.learned else _UNLEARNED)[ways[2]],
            untruth.circumstances[state.circumstance][ways[3]],
            f'{{a}} {{a:says|say}} to {{b}}: "{topic.sayings[said]}"',
        ]
        speaker = frozenset("a")
        learned = speaker if state.learned else frozenset[str]()
        reports = (Report(first, speaker), Report(last, learned))
        lie = 2 + state.circumstance
        naive = _RIGHT if said == last else lie
        return Asked(
            people="ab",
            you=untruth.you,
            measures="self-state" if untruth.measures == "self-state" else "tom",
            rules=f"{BELIEF} {untruth.rules}",
            lines=lines,
            question=untruth.question,
            options=untruth.options,
            readings=(
                _judged(reports, said, lie),
                _conditions(reports, said, lines[3], untruth),
            ),
            roles={"reality": naive},
            picks={"reality": naive},
            fair=["reality"] if now_believed(reports, "a") == last else [],
            facts={
                "false belief": now_believed(reports, "a") != last,
                "true lie": said == last and now_believed(reports, "a") != said,
            },
        )


def _judged(reports: Sequence[Report], said: int, lie: int) -> Reading:
    """Ask first whether the speaker believes it, then whether it is so."""
    believed = now_believed(reports, "a")
    if said != believed:
        return Reading("speech table", lie, "{a} {a:believes|believe} the opposite")
    right = said == reports[-1].state
    answer = _RIGHT if right else _MISTAKEN
    return Reading(
        "speech table",
        answer,
        f"{{a}} {{a:believes|believe}} it, and it is {'' if right else 'not '}so",
    )


def _conditions(
    reports: Sequence[Report], said: int, circumstance: str, untruth: Untruth
) -> Reading:
    """Look for the one answer whose conditions hold, by the circumstance as told."""
    sincere = last_learned(reports, "a") == said
    so = reports[-1].state == said
    first, second = (circumstance in told for told in untruth.circumstances)
    holding = [
        sincere and so,
        sincere and not so,
        not sincere and first,
        not sincere and second,
    ]
    return Reading(
        "conditions",
        only(holding),
        f"{{a}} {{a:has|have}} learned {'that' if sincere else 'otherwise'}, and it is "
        f"{'' if so else 'not '}so",
    )
