"""Tells a world and its events in plain English, in third or in first person.

Each line can be read back by `parsing.py`. Told in first person, one of the people is
"you"; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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

__all__ = ["Voice", "listed", "tell_event", "tell_setting", "tell_story"]

_YOUR_FORMS = {"is": "are", "watches": "watch", "goes": "go"}


class Voice:
    """Says who is meant, with the form of the verb that goes with it.

    Args:
        you: The person called "you", if any.
    """

    def __init__(self, you: str | None = None) -> None:
        self.you = you

    def name(self, person: str) -> str:
        """Return the name inside of a sentence."""
        return "you" if person == self.you else person

    def names(self, people: Iterable[str]) -> str:
        """Return a list of people; "you" come first."""
        ordered = sorted(people, key=lambda person: person != self.you)
        return listed([self.name(person) for person in ordered])

    def verb(self, person: str, verb: str) -> str:
        """Return a verb, given in third person, in the person's form."""
        if person != self.you:
            return verb
        return _YOUR_FORMS.get(verb) or verb.removesuffix("s")

    def does(self, person: str, verb: str, rest: str) -> str:
        """Return a sentence about what a person does, with its full stop."""
        who = "You" if person == self.you else person
        return f"{who} {self.verb(person, verb)} {rest}."

    def are(self, people: Sequence[str], where: str) -> str:
        """Return a sentence about where people are, with its full stop."""
        verb = "is" if len(people) == 1 and people[0] != self.you else "are"
        names = self.names(people)
        return f"{names[0].upper()}{names[1:]} {verb} {where}."


def tell_story(
    setting: Setting, events: Iterable[Event], you: str | None = None
) -> list[str]:
    """Return the lines of a story: the setting, then an event a line."""
    voice = Voice(you)
    rooms = dict(setting.people)
    lines = tell_setting(setting, voice)
    lines.extend(tell_event(event, rooms, voice) for event in events)
    return lines


def tell_setting(setting: Setting, voice: Voice) -> list[str]:
    """Return the lines that come before anything happens."""
    lines = [_furniture(setting, room) for room in setting.rooms]
    for room in (*setting.rooms, None):
        people = [p for p, place in setting.people.items() if place == room]
        if people:
            lines.append(voice.are(people, _where(room)))
    for hearer, speaker in sorted(setting.distrust):
        says = voice.verb(speaker, "says")
        rest = f"nothing that {voice.name(speaker)} {says}, and everyone knows it"
        lines.append(voice.does(hearer, "believes", rest))
    for thing, container in setting.things.items():
        seen = ""
        if setting.announced:
            seen = f", as all in the {setting.containers[container]} see"
        lines.append(f"The {thing} is in the {container}{seen}.")
    return lines


def tell_event(event: Event, rooms: dict[str, str | None], voice: Voice) -> str:
    """Return the line for an event; `rooms`, where everyone is, is kept up to date."""
    match event:
        case Move(person, thing, to, watchers):
            moved = voice.does(person, "moves", f"the {thing} to the {to}")
            return moved + _watched(watchers, voice)
        case Enter(person, room):
            rooms[person] = room
            return voice.does(person, "comes", f"into the {room}")
        case Leave(person):
            left, rooms[person] = rooms[person], None
            return voice.does(person, "leaves", f"the {left}")
        case Look(person, container):
            return voice.does(person, "looks", f"into the {container}")
        case Tell():
            return _said(event, voice)
        case Distract(person, True):
            return voice.does(person, "stops", "paying attention")
        case Distract(person, _):
            return voice.does(person, "pays", "attention again")
        case Noise(text):
            return text


def listed(words: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _where(room: str | None) -> str:
    return f"in the {room}" if room else "elsewhere"


def _furniture(setting: Setting, room: str) -> str:
    here = [
        f"a closed {name}" if name in setting.closed else f"a {name}"
        for name, place in setting.containers.items()
        if place == room
    ]
    return f"In the {room} there is {listed(here) or 'nothing'}."


def _said(tell: Tell, voice: Voice) -> str:
    who = "You" if tell.speaker == voice.you else tell.speaker
    how = voice.verb(tell.speaker, "says" if tell.public else "whispers")
    to = [voice.name(hearer) for hearer in tell.hearers]
    words = (
        *([who, how, "aloud"] if tell.public else [who, how]),
        *(["to", listed(to)] if to else []),
    )
    return f'{" ".join(words)}: "The {tell.thing} is in the {tell.container}."'


def _watched(watchers: Mapping[str, int], voice: Voice) -> str:
    """Return who watches secretly; each sees all those of lower levels watch."""
    told: list[str] = []
    for person, level in sorted(watchers.items(), key=lambda item: (item[1], item[0])):
        lower = [name for name in watchers if watchers[name] < level]
        seen = f" and sees {voice.names(lower)} watch" if lower else ""
        if person == voice.you:
            seen = seen.replace(" sees ", " see ")
        told.append(voice.does(person, "watches", "secretly" + seen))
    return "".join(f" {sentence}" for sentence in told)
