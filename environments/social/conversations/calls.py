"""Calls that people leave and come back to, as plans of who hears which version.

On a call the host says four times how something is settled; the last version holds.
A plan says where everyone is at each version and who is sent a copy of it. The first
labeller answers from the plan by the formulas below.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..hearing import last_heard, one_hearer, stages_of

__all__ = ["VERSIONS", "Call", "Flip", "State", "plan_call"]

VERSIONS = 4
State = Literal["on", "deaf", "away"]
"""On the call; on it with the sound off, which nobody notices; not on it."""
Flip = Literal["belief", "belief 2", "knows", "list"]

_MISSING: tuple[State, State] = ("deaf", "away")


@dataclass(frozen=True, slots=True)
class Post:
    """What the host sends to some of the people right after a version.

    Attributes:
        version: After which.
        to: One person alone, or two who see that the other gets it.
        copy: Whether it is a copy of the version; else it is a photo.
    """

    version: int
    to: tuple[str, ...]
    copy: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A plan of a call.

    Attributes:
        thinker: Whose belief about another's is asked for.
        other: That other.
        absentee: Whose belief is asked for.
        doubted: Of whom is asked whether they know.
        listed: Whom the lists name.
        states: Person -> where they are at each version.
        posts: In order of versions.
        flips: For each question, the place in `posts` of what its twin changes.
    """

    thinker: str
    other: str
    absentee: str
    doubted: str
    listed: tuple[str, ...]
    states: Mapping[str, tuple[State, ...]]
    posts: tuple[Post, ...]
    flips: Mapping[Flip, int]

    def flipped(self, question: Flip) -> Call:
        """Return the twin for a question: a copy is a photo there, or a photo one."""
        posts = [*self.posts]
        at = self.flips[question]
        posts[at] = replace(posts[at], copy=not posts[at].copy)
        return replace(self, posts=tuple(posts))

    def heard(self, person: str) -> tuple[bool, ...]:
        """Return which versions reached a person."""
        return tuple(
            self.states[person][version] == "on" or self._copied(version, {person})
            for version in range(VERSIONS)
        )

    def belief(self, person: str) -> int:
        """Return the version that a person goes by."""
        return last_heard(self.heard(person))

    def belief_about(self, person: str, other: str) -> int:
        """Return the version that one person takes another to go by."""
        counted = [
            (
                self.states[person][version] == "on"
                and self.states[other][version] != "away"
            )
            or self._copied(version, {person, other})
            for version in range(VERSIONS)
        ]
        return last_heard(tuple(counted))

    def knowing(self) -> tuple[str, ...]:
        """Return who of the listed goes by the last version."""
        return tuple(x for x in self.listed if self.belief(x) == VERSIONS - 1)

    def _copied(self, version: int, people: set[str]) -> bool:
        return any(
            post.copy and post.version == version and people <= {*post.to}
            for post in self.posts
        )


def plan_call(rng: random.Random, design: int, people: Sequence[str]) -> Call:
    """Return a call.

    Args:
        rng: For all that the design leaves open.
        design: Over 24 designs each version is believed equally often, in tests and
            twins together.
        people: Seven.
    """
    thinker, other, absentee, doubted, *others = people
    plan = _Plan(rng, people)
    low, high = stages_of(VERSIONS, design)
    plan.hearer(absentee, one_hearer(rng, VERSIONS, low, high)[0])
    plan.flip("belief", high, (absentee,), copy=bool(design // 6 % 2))
    plan.two(thinker, other, shared=design % 2)
    twin_at = VERSIONS - 2 + design // 2 % 2
    plan.flip("belief 2", twin_at, (thinker, other), copy=bool(design // 4 % 2))
    last = VERSIONS - 1
    plan.hearer(doubted, _random_heard(rng, last=False))
    plan.flip("knows", last, (doubted,), copy=bool(design // 8 % 2))
    plan.hearer(others[0], _random_heard(rng, last=False))
    plan.flip("list", last, (others[0],), copy=bool(design // 3 % 2))
    # Whatever the twin of the lists changes, two to four others know the last version.
    knowing = sum(plan.knows_last(x) for x in people[:4])
    more = rng.randint(max(0, 2 - knowing), min(2, VERSIONS - knowing))
    lasts = [True] * more + [False] * (2 - more)
    rng.shuffle(lasts)
    for person, knows in zip(others[1:], lasts, strict=True):
        plan.hearer(person, _random_heard(rng, last=knows))
    plan.photos()
    order = [*people]
    rng.shuffle(order)
    states = {person: tuple(states) for person, states in plan.states.items()}
    posts, flips = plan.ordered()
    return Call(thinker, other, absentee, doubted, tuple(order), states, posts, flips)


def _random_heard(rng: random.Random, *, last: bool) -> tuple[bool, ...]:
    return (True, *(rng.random() < 0.5 for _ in range(VERSIONS - 2)), last)


class _Plan:
    """A plan in the making."""

    def __init__(self, rng: random.Random, people: Sequence[str]) -> None:
        self._rng = rng
        self.states: dict[str, list[State]] = {
            person: ["on"] * VERSIONS for person in people
        }
        self._posts: list[Post] = []
        self._flips: dict[Flip, Post] = {}

    def hearer(self, person: str, heard: Sequence[bool]) -> None:
        """Let some versions reach a person, in one of the ways in which they can."""
        for version, reached in enumerate(heard):
            if version == 0 or (reached and self._rng.random() < 0.6):
                continue
            self.states[person][version] = self._rng.choice(_MISSING)
            if reached:
                self._posts.append(Post(version, (person,), copy=True))

    def two(self, thinker: str, other: str, *, shared: int) -> None:
        """Let one take the other to go by version 0 or 1, though both go by a later."""
        while True:
            ways = [self._rng.choice(_APART) for _ in range(VERSIONS)]
            if shared:
                ways[1] = self._rng.choice(_TOGETHER)
            later = ways[2:]
            if any(x.reaches_thinker for x in later) and any(
                x.reaches_other for x in later
            ):
                break
        for version, way in enumerate(ways[1:], 1):
            self.states[thinker][version] = way.thinker
            self.states[other][version] = way.other
            for person, copied in ((thinker, way.copied), (other, way.copied_other)):
                if copied:
                    self._posts.append(Post(version, (person,), copy=True))

    def flip(
        self, question: Flip, version: int, to: tuple[str, ...], *, copy: bool
    ) -> None:
        """Add what the twin of a question changes."""
        post = Post(version, to, copy)
        self._posts.append(post)
        self._flips[question] = post

    def knows_last(self, person: str) -> bool:
        """Return whether the last version reaches a person, as planned so far."""
        last = VERSIONS - 1
        return self.states[person][last] == "on" or any(
            post.copy and post.version == last and person in post.to
            for post in self._posts
        )

    def photos(self) -> None:
        """Add a few photos, so that one says nothing about what is asked."""
        for _ in range(2):
            version = self._rng.randrange(1, VERSIONS)
            person = self._rng.choice([*self.states])
            taken = [post.to for post in self._posts if post.version == version]
            if all(person not in to for to in taken):
                self._posts.append(Post(version, (person,), copy=False))

    def ordered(self) -> tuple[tuple[Post, ...], dict[Flip, int]]:
        """Return what is sent by version, in random order after each."""
        posts = [*self._posts]
        self._rng.shuffle(posts)
        posts.sort(key=lambda post: post.version)
        places = {id(post): place for place, post in enumerate(posts)}
        return tuple(posts), {x: places[id(post)] for x, post in self._flips.items()}


@dataclass(frozen=True, slots=True)
class _Way:
    """How a version reaches, or does not reach, two people."""

    thinker: State
    other: State
    copied: bool = False
    copied_other: bool = False

    @property
    def reaches_thinker(self) -> bool:
        return self.thinker == "on" or self.copied

    @property
    def reaches_other(self) -> bool:
        return self.other == "on" or self.copied_other


# The thinker takes the other to have heard it.
_TOGETHER = (_Way("on", "on"), _Way("on", "deaf"))
# The thinker does not: not there to hear it, or the other is not, or had it in secret.
_APART = (
    _Way("away", "on"),
    _Way("deaf", "on"),
    _Way("on", "away"),
    _Way("on", "away", copied_other=True),
    _Way("away", "away", copied=True),
    _Way("deaf", "deaf", copied=True),
    _Way("deaf", "away", copied_other=True),
)
