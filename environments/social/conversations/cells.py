"""Questions about calls: what was said, who takes what to be so, and who knows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from arena.items import Label

from ..drafts import Draft, listed
from ..games_of_rules.asking import answers_of
from ..hearing import effective_order, stages_of
from .calls import VERSIONS, Call
from .telling import CallReader, rules_for
from .topics import Topic

__all__ = ["Told", "belief", "belief_about", "fact", "knows", "who_knows"]

_ORDINALS = ("first", "second", "third", "fourth and last")
_LAST = VERSIONS - 1


@dataclass(frozen=True, slots=True)
class Told:
    """A call as it was told, and which item is made of it.

    Attributes:
        rng: For the question alone.
        call: What happens.
        topic: What is settled.
        values: The versions of it.
        host: Who settles it.
        companion: Who heard everything: a name, or `you`.
        story: The call as told.
        design: Number of the pair.
        twin: Whether the item is the twin.
    """

    rng: random.Random
    call: Call
    topic: Topic
    values: tuple[str, ...]
    host: str
    companion: str
    story: tuple[str, ...]
    design: int
    twin: bool

    @property
    def rules(self) -> str:
        """As in `Item`."""
        return rules_for(self.host, self.topic)

    @property
    def reader(self) -> CallReader:
        """The second labeller."""
        return CallReader(self.story, self.host, self.topic)


def fact(told: Told) -> Draft:
    """What was said at one of the times; nothing about minds."""
    version = stages_of(VERSIONS, told.design)[told.twin]
    picks = _picks(told.values)
    gold = told.values[version]
    return Draft(
        measures="control",
        rules=told.rules,
        story=told.story,
        question=f"What did {told.host} say about {told.topic.what} the "
        f"{_ORDINALS[version]} time?",
        answers=answers_of(told.values, gold, picks),
        labels=(
            Label("plan", gold, f"version {version + 1} of {VERSIONS}"),
            Label("call reader", told.reader.said[version], "as read in the story"),
        ),
        picks=picks,
        facts={"topic": told.topic.name},
    )


def _picks(values: Sequence[str]) -> dict[str, str]:
    """Return what who always answers with one of the versions answers."""
    return dict(zip(("initial", "second", "third", "reality"), values, strict=True))


def belief(told: Told) -> Draft:
    """What someone takes to be so who missed some of the versions."""
    call, person = told.call, told.call.absentee
    version, picks = call.belief(person), _picks(told.values)
    gold = told.values[version]
    return Draft(
        measures="tom",
        rules=told.rules,
        story=told.story,
        question=f"After all this, {_what(told)} according to {person}?",
        answers=answers_of(told.values, gold, picks),
        labels=(
            Label("plan", gold, f"version {version + 1} reached {person} last"),
            Label("call reader", told.reader.beliefs[person,], "followed line by line"),
        ),
        picks=picks,
        order=int(version != _LAST),
        nominal=1,
        facts={"topic": told.topic.name, "version": version},
    )


def belief_about(told: Told) -> Draft:
    """What one takes another to take to be so."""
    call, one, other = told.call, told.call.thinker, told.call.other
    version = call.belief_about(one, other)
    own, real = call.belief(one), call.belief(other)
    order = effective_order(version, own, real, _LAST)
    gold = told.values[version]
    picks = {
        **_picks(told.values),
        "drop-first": told.values[real],
        "drop-last": told.values[own],
    }
    return Draft(
        measures="tom",
        rules=told.rules,
        story=told.story,
        question=f"After all this, {_what(told)} according to {other}, as {one} "
        "thinks?",
        answers=answers_of(told.values, gold, picks),
        labels=(
            Label("plan", gold, f"{one} knows of version {version + 1} for {other}"),
            Label(
                "call reader", told.reader.beliefs[one, other], "followed line by line"
            ),
        ),
        picks=picks,
        fair=() if order == 2 else ("drop-first", "drop-last"),
        order=order,
        nominal=2,
        facts={"topic": told.topic.name, "version": version},
    )


def knows(told: Told) -> Draft:
    """Whether someone knows what holds, asked in four ways."""
    call, person, what = told.call, told.call.doubted, told.topic.what
    wording, denied = told.design % 4, told.design % 2 == 1
    question = (
        f"After all this, does {person} know {what}?",
        f"After all this, is {person} wrong about {what}?",
        f"Would {person}, if asked about {what} now, give the answer that holds?",
        f"Would {person}, if asked about {what} now, give an answer that no longer "
        "holds?",
    )[wording]
    knowing = call.belief(person) == _LAST
    read = person in told.reader.knowing([person])
    return Draft(
        measures="tom",
        rules=told.rules,
        story=told.story,
        question=question,
        answers=answers_of(("Yes", "No"), _yes(knowing != denied), {}),
        labels=(
            Label("plan", _yes(knowing != denied), _reached(person, knowing)),
            Label("call reader", _yes(read != denied), _reached(person, read)),
        ),
        order=int(not knowing),
        nominal=1,
        facts={"topic": told.topic.name, "wording": wording},
    )


def who_knows(told: Told, *, missed: bool) -> Draft:
    """Who of the people knows what holds, or who does not.

    Each wrong list names one or two wrongly and leaves as many out; all are as long,
    and each of four people stands in two of the four lists.
    """
    call, rng = told.call, told.rng
    knowing = {*call.knowing()}
    right = {x for x in call.listed if (x in knowing) != missed}
    ins = rng.sample([x for x in call.listed if x in right], 2)
    outs = rng.sample([x for x in call.listed if x not in right], 2)

    def names(people: set[str]) -> str:
        return listed([x for x in call.listed if x in people])

    gold = names(right)
    answers: dict[str, tuple[str, ...]] = {gold: ("correct",)}
    for wrong in ([0], [1], [0, 1]):
        people = right - {ins[i] for i in wrong} | {outs[i] for i in wrong}
        answers[names(people)] = (f"{len(wrong)}-wrong",)
    read = told.reader.knowing(call.listed)
    reread = names({x for x in call.listed if (x in read) != missed})
    verb = "does not know" if missed else "knows"
    return Draft(
        measures="tom",
        rules=told.rules,
        story=told.story,
        # Without the names: no list of them is then nearer to the question.
        question=f"Leaving out {told.host} and {told.companion}: after all this, who "
        f"{verb} {told.topic.what}?",
        answers=answers,
        labels=(
            Label("plan", gold, "whom the last version reached, or not"),
            Label("call reader", reread, "followed line by line"),
        ),
        order=1,
        nominal=1,
        facts={"topic": told.topic.name, "knowing": len(knowing)},
    )


def _reached(person: str, knowing: bool) -> str:
    return f"the last message {'reached' if knowing else 'did not reach'} {person}"


def _what(told: Told) -> str:
    return f"what is {told.topic.what}"


def _yes(so: bool) -> str:
    return "Yes" if so else "No"
