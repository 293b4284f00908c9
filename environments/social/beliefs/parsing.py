"""Reads a story that `telling.py` told back into the world and its events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from arena.errors import UserError

from .events import (
    Distract,
    Enter,
    Event,
    Leave,
    Look,
    Move,
    Noise,
    Setting,
    Tell,
)

__all__ = ["parse_story"]

_WHO = r"(?P<who>\w+)"
_SAID = r'(?: to (?P<to>[^:]+))?: "The (?P<thing>\w+) is in the (?P<place>\w+)\."'

_FURNITURE = re.compile(r"In the (\w+) there is (.+)\.")
_PRESENT = re.compile(r"(.+?) (?:is|are) (?:in the (\w+)|elsewhere)\.")
_DISTRUST = re.compile(
    r"(\w+) believes? nothing that (\w+) says?, and everyone knows it\."
)
_LIES = re.compile(r"The (\w+) is in the (\w+)(, as all in the \w+ see)?\.")

_MOVE = re.compile(
    rf"{_WHO} moves? the (?P<thing>\w+) to the (?P<place>\w+)\.(?P<watched>.*)"
)
_WATCH = re.compile(r"(\w+) watch(?:es)? secretly(?: and sees? ([^.]+) watch)?\.")
_ENTER = re.compile(rf"{_WHO} comes? into the (?P<place>\w+)\.")
_LEAVE = re.compile(rf"{_WHO} leaves? the \w+\.")
_LOOK = re.compile(rf"{_WHO} looks? into the (?P<place>\w+)\.")
_SAY = re.compile(rf"{_WHO} says? aloud{_SAID}")
_WHISPER = re.compile(rf"{_WHO} whispers?{_SAID}")
_AWAY = re.compile(rf"{_WHO} stops? paying attention\.")
_BACK = re.compile(rf"{_WHO} pays? attention again\.")

_Name = Callable[[str], str]


def parse_story(
    lines: Iterable[str], you: str | None = None
) -> tuple[Setting, list[Event]]:
    """Return the world and the events; a line of no known form is noise.

    Args:
        lines: A story as `tell_story` tells it.
        you: Who is meant by "you".

    Raises:
        UserError: If the story calls someone "you" and nobody is meant.
    """
    left = list(lines)
    setting = _parse_setting(left, you)
    return setting, [_event(line, you) for line in left]


def _event(line: str, you: str | None = None) -> Event:
    """Return the event of a line."""
    name = _namer(you)
    if found := _MOVE.fullmatch(line):
        watchers = _watchers(found["watched"], name)
        return Move(name(found["who"]), found["thing"], found["place"], watchers)
    if found := _ENTER.fullmatch(line):
        return Enter(name(found["who"]), found["place"])
    if found := _LEAVE.fullmatch(line):
        return Leave(name(found["who"]))
    if found := _LOOK.fullmatch(line):
        return Look(name(found["who"]), found["place"])
    if found := _SAY.fullmatch(line):
        return _tell(found, name, public=True)
    if found := _WHISPER.fullmatch(line):
        return _tell(found, name, public=False)
    if found := _AWAY.fullmatch(line):
        return Distract(name(found["who"]), away=True)
    if found := _BACK.fullmatch(line):
        return Distract(name(found["who"]), away=False)
    return Noise(line)


def _parse_setting(left: list[str], you: str | None) -> Setting:
    """Take the lines of the setting off the front of those left."""
    name = _namer(you)
    containers: dict[str, str] = {}
    closed: set[str] = set()
    rooms = [
        _furniture(found, containers, closed) for found in _taken(left, _FURNITURE)
    ]
    people: dict[str, str | None] = {}
    for found in _taken(left, _PRESENT, unless=_LIES):
        people |= dict.fromkeys(map(name, _names(found[1])), found[2])
    distrust = {(name(x[1]), name(x[2])) for x in _taken(left, _DISTRUST)}
    things: dict[str, str] = {}
    announced = True
    for found in _taken(left, _LIES):
        things[found[1]] = found[2]
        announced = found[3] is not None
    return Setting(
        rooms=tuple(rooms),
        containers=containers,
        closed=frozenset(closed),
        things=things,
        people=people,
        distrust=frozenset(distrust),
        announced=announced,
    )


def _taken(
    left: list[str], form: re.Pattern[str], unless: re.Pattern[str] | None = None
) -> Iterable[re.Match[str]]:
    while left and not (unless and unless.fullmatch(left[0])):
        found = form.fullmatch(left[0])
        if not found:
            return
        left.pop(0)
        yield found


def _furniture(
    found: re.Match[str], containers: dict[str, str], closed: set[str]
) -> str:
    if found[2] != "nothing":
        for words in _names(found[2]):
            container = words.split()[-1]
            containers[container] = found[1]
            if words.startswith("a closed "):
                closed.add(container)
    return found[1]


def _tell(found: re.Match[str], name: _Name, *, public: bool) -> Tell:
    to = tuple(map(name, _names(found["to"]))) if found["to"] else ()
    return Tell(name(found["who"]), to, found["thing"], found["place"], public)


def _watchers(text: str, name: _Name) -> dict[str, int]:
    levels: dict[str, int] = {}
    for who, seen in _WATCH.findall(text):
        lower = [levels[name(person)] for person in _names(seen)] if seen else []
        levels[name(who)] = 1 + max(lower, default=0)
    return levels


def _names(text: str) -> list[str]:
    return re.split(r", | and ", text)


def _namer(you: str | None) -> _Name:
    def name(told: str) -> str:
        if told.casefold() != "you":
            return told
        if you is None:
            raise UserError('the story says "you"; say who is meant.')
        return you

    return name
