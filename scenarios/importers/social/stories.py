"""Reading stories in ToMi's manner: who comes, goes and moves what; and what is asked.

A line is one sentence, perhaps after its number:

    Ana entered the den.            Ana, Bo and Cy entered the den.
    The kite is in the box.         The box is in the den.
    Ana moved the kite to the jar.  Ana exited the den.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = [
    "Asked",
    "Story",
    "Unread",
    "places_told",
    "question_in",
    "read_question",
    "read_story",
]

_NAME = r"[A-Z][\w'-]*"
_WORD = r"[\w'-]+(?: [a-z][\w'-]*)?"
_NUMBER = re.compile(r"^\s*\d+\s+")
_ENTERED = re.compile(
    rf"({_NAME}(?:(?:, | and |, and ){_NAME})*) entered the ({_WORD})"
)
_LEFT = re.compile(rf"({_NAME}) (?:exited|left) the ({_WORD})")
_MOVED = re.compile(rf"({_NAME}) moved the ({_WORD}) to the ({_WORD})")
_IS_IN = re.compile(rf"The ({_WORD}) is in the ({_WORD})")
_SAID = re.compile(r"\b(told|claimed|said|whispered|announced|lied)\b")
_PERSON_IN = re.compile(rf"(?!The )({_NAME}) is in the ({_WORD})")
# What no belief about a place depends on. Some sets end it without a full stop.
_THING = r"[\w'-]+(?: [a-z][\w'-]*)*"
_NOISE = re.compile(
    rf"{_NAME} (?:(?:likes|loves|dislikes|hates) the {_THING}"
    rf"|(?:lost|saw) (?:his|her|their|a|an|the) {_THING}"
    rf"|made no movements and stayed in the {_THING} for \d+ minutes?)"
    r"(?:\s+(?=[A-Z])|$)"
)
_SEARCH = re.compile(
    rf"Where (?:will|would|does) ({_NAME}) (?:look|search)(?:es)? for the ({_WORD})"
)
_THINKS = re.compile(
    rf"Where does (?P<path>{_NAME}(?: (?:really )?thinks? (?:that )?{_NAME})*) "
    rf"(?:really )?(?:thinks? (?:that )?the (?P<thing>{_WORD}) is"
    rf"|(?:searche?s?|look)(?:es|s)? for the (?P<sought>{_WORD}))"
)
_REALLY = re.compile(rf"Where is the ({_WORD}) (?:really|now)")
_BEGINNING = re.compile(rf"Where was the ({_WORD}) (?:at|in) the beginning")
_LAST = re.compile(r"Where (?:is|was|will|would|does) [^.!?\n]*\?\s*$")
_BETWEEN = re.compile(r" (?:really )?thinks? (?:that )?")


class Unread(ValueError):
    """A story or question of another kind; its text is the reason, without names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks.

    Attributes:
        thing: What it is about.
        path: Who thinks that who thinks …; empty for where it is.
        beginning: Whether it asks where it was first.
    """

    thing: str
    path: tuple[str, ...] = ()
    beginning: bool = False


@dataclass
class Story:
    """A story as the social environment reads it.

    Attributes:
        containers: Room of each container of which that is said.
        start: Where each thing lies when it is first told of.
        told_at: How many events there were before that.
        told_in: The room that somebody had entered last by then.
        people: Room of each person after all events, None for elsewhere.
        rooms: All of them.
        events: Each with its kind and fields.
    """

    containers: dict[str, str] = field(default_factory=dict[str, str])
    start: dict[str, str] = field(default_factory=dict[str, str])
    told_at: dict[str, int] = field(default_factory=dict[str, int])
    told_in: dict[str, str] = field(default_factory=dict[str, str])
    people: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    rooms: list[str] = field(default_factory=list[str])
    events: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


def _sentences(lines: Sequence[str]) -> list[str]:
    """Return the sentences of a story, without numbers, full stops and noise."""
    found: list[str] = []
    for part in re.split(r"\.(?:\s+|$)|\n", "\n".join(lines)):
        text = _NUMBER.sub("", part).strip()
        while noise := _NOISE.match(text):
            text = text[noise.end() :]
        if text:
            found.append(text)
    return found


def read_story(lines: Sequence[str]) -> Story:
    """Return a story.

    Raises:
        Unread: For a sentence of another kind.
    """
    story = Story()
    for text in _sentences(lines):
        if found := _ENTERED.fullmatch(text):
            for person in re.split(r", and |, | and ", found.group(1)):
                _go(story, person, found.group(2))
        elif found := _LEFT.fullmatch(text):
            _go(story, found.group(1), None)
        elif found := _PERSON_IN.fullmatch(text):
            _go(story, *found.groups())
        elif found := _MOVED.fullmatch(text):
            _move(story, *found.groups())
        elif found := _IS_IN.fullmatch(text):
            _place(story, *found.groups())
        elif _SAID.search(text):
            raise Unread("people tell others something in it")
        else:
            raise Unread("it has a sentence of another kind")
    return story


def question_in(text: str) -> tuple[str, str] | None:
    """Return story and question of a text that ends with one of these questions."""
    found = _LAST.search(text)
    return (text[: found.start()].rstrip(), found.group().strip()) if found else None


def read_question(text: str) -> Asked:
    """Return what a question asks.

    Raises:
        Unread: If it is of another kind.
    """
    text = text.strip().rstrip("?").strip()
    if found := _BEGINNING.fullmatch(text):
        return Asked(found.group(1), beginning=True)
    if found := _REALLY.fullmatch(text):
        return Asked(found.group(1))
    if found := _SEARCH.fullmatch(text):
        return Asked(found.group(2), (found.group(1),))
    if found := _THINKS.fullmatch(text):
        thing = found.group("thing") or found.group("sought")
        return Asked(thing, tuple(_BETWEEN.split(found.group("path"))))
    raise Unread("its question is of another kind")


def places_told(lines: Sequence[str]) -> list[str]:
    """Return where things lie or are moved to, each place once; rooms are none."""
    places: dict[str, None] = {}
    rooms: set[str] = set()
    for text in _sentences(lines):
        if found := _ENTERED.fullmatch(text):
            rooms.add(found.group(2))
        elif found := _IS_IN.fullmatch(text):
            places[found.group(2)] = None
        elif found := _MOVED.fullmatch(text):
            places[found.group(3)] = None
    return [place for place in places if place not in rooms]


def _go(story: Story, person: str, room: str | None) -> None:
    if room is None:
        story.events.append({"kind": "Leave", "person": person})
    else:
        story.events.append({"kind": "Enter", "person": person, "room": room})
        if room not in story.rooms:
            story.rooms.append(room)
    story.people[person] = room


def _move(story: Story, person: str, thing: str, to: str) -> None:
    move = {"kind": "Move", "person": person, "thing": thing, "to": to}
    story.events.append(move)
    story.people.setdefault(person, None)


def _place(story: Story, inner: str, outer: str) -> None:
    """Note that a container is in a room, or a thing in a container.

    What is in a room that somebody has entered is a container.
    """
    if outer in story.rooms:
        story.containers[inner] = outer
    elif inner not in story.start:
        story.start[inner] = outer
        story.told_at[inner] = len(story.events)
        entered = [event["room"] for event in story.events if "room" in event]
        if entered:
            story.told_in[inner] = entered[-1]
