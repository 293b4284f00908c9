"""How calls are told, and the second labeller, who reads what was told."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from ..drafts import listed
from .calls import VERSIONS, Call, State
from .topics import SMALL_TALK, Topic

__all__ = ["CallReader", "rules_for", "tell_call"]

_CHANGES: dict[tuple[State, State], str] = {
    ("on", "away"): "{} hung up.",
    ("deaf", "away"): "{} hung up.",
    ("away", "on"): "{} called in again.",
    ("away", "deaf"): "{} called in again with the sound off, which nobody noticed.",
    ("on", "deaf"): "{} turned the sound off, which nobody noticed.",
    ("deaf", "on"): "{} turned the sound on again, which nobody noticed.",
}


def rules_for(host: str, topic: Topic) -> str:
    """Return who hears what on a call, and what follows for beliefs."""
    return (
        f"{host} alone settles {topic.what}; what {host} said last about it holds, and "
        "nobody speaks of it otherwise. Whoever is on the call with the sound on hears "
        "what is said, and sees who is on the call; they take all of these to hear it, "
        "since nobody sees whose sound is off. Whoever has the sound off, or has hung "
        "up, hears nothing of it. A copy of a message is read at once by those to whom "
        "it is sent; what is sent to one alone is known to no other, and two to whom "
        "something is sent together know this of each other. Everyone goes by the last "
        "message about it that reached them, and takes another to go by the last one "
        "that, as far as they know, reached the other."
    )


def tell_call(
    rng: random.Random,
    talk_rng: random.Random,
    call: Call,
    topic: Topic,
    values: Sequence[str],
    host: str,
    companion: str,
    turns: int,
) -> tuple[str, ...]:
    """Return the story of a call, a line for each thing that happens.

    Args:
        rng: For the order; a twin changes nothing in it.
        talk_rng: For the small talk, so that its amount changes nothing else.
        call: What happens.
        topic: What is settled.
        values: The versions of it.
        host: Who settles it.
        companion: Who hears everything: a name, or `you`.
        turns: How many remarks bear on nothing.
    """
    everyone = [*call.listed, host, companion]
    rng.shuffle(everyone)
    lines = [f"On the call, with the sound on, were {listed(everyone)}."]
    remarks = [talk_rng.randrange(VERSIONS) for _ in range(turns)]
    states: dict[str, State] = dict.fromkeys(call.listed, "on")
    for version, value in enumerate(values):
        people = [*call.listed]
        rng.shuffle(people)
        for person in people:
            state = call.states[person][version]
            if state != states[person]:
                lines.append(_CHANGES[states[person], state].format(person))
            states[person] = state
        present = [companion, *(x for x in call.listed if states[x] == "on")]
        talk = [*_small_talk(talk_rng, present, remarks.count(version))]
        before = talk_rng.randint(0, len(talk))
        lines += talk[:before]
        lines.append(f'{host}: "{topic.says.format(value)}"')
        lines += _posts(call, version, host)
        lines += talk[before:]
    return tuple(lines)


def _small_talk(
    rng: random.Random, present: Sequence[str], count: int
) -> Iterator[str]:
    for _ in range(count):
        speaker = rng.choice(present)
        name = speaker[0].upper() + speaker[1:]
        yield f'{name}: "{rng.choice(SMALL_TALK)}"'


def _posts(call: Call, version: int, host: str) -> Iterator[str]:
    for post in call.posts:
        if post.version == version:
            how = "alone" if len(post.to) == 1 else "together"
            what = "a copy of that message" if post.copy else "a photo of a cat"
            yield f"{host} sent {listed(post.to)} {how} {what}."


_OPENING = re.compile(r"^On the call, with the sound on, were (.+)\.$")
_SENT = re.compile(r"^\w+ sent (.+) (?:alone|together) a copy of that message\.$")
_SAID = re.compile(r'^(\w+): "(.+)"$')
_CALLED = re.compile(r"^(\w+) (hung up|called in again|turned the sound (?:on|off))")


class CallReader:
    """The second labeller: it follows a told call line by line.

    Args:
        story: Its lines.
        host: Who settles the topic.
        topic: What is settled.
    """

    def __init__(self, story: Sequence[str], host: str, topic: Topic) -> None:
        self.beliefs: dict[tuple[str, ...], str] = {}
        """What each takes to be so, and what each takes another to take to be so."""
        self.said: list[str] = []
        """The versions, in order."""
        before, _, after = topic.says.partition("{}")
        on: set[str] = set()
        off: set[str] = set()
        for line in story:
            if found := _OPENING.match(line):
                on = set(re.split(r", | and ", found[1]))
            elif found := _SENT.match(line):
                to = found[1].split(" and ")
                self._reached(to, to)
            elif found := _SAID.match(line):
                said = found[2]
                if found[1] == host and said.startswith(before):
                    self.said.append(said[len(before) :].removesuffix(after))
                    self._reached(on - off, on)
            elif found := _CALLED.match(line):
                _follow(line, found[1], on, off)

    def _reached(self, hearers: Iterable[str], seen: Iterable[str]) -> None:
        for hearer in hearers:
            self.beliefs[hearer,] = self.said[-1]
            for other in seen:
                self.beliefs[hearer, other] = self.said[-1]

    def knowing(self, people: Sequence[str]) -> set[str]:
        """Return who of the people take the last version to be so."""
        return {x for x in people if self.beliefs[x,] == self.said[-1]}


def _follow(line: str, person: str, on: set[str], off: set[str]) -> None:
    """Change who is on a call, and whose sound is off, as a line tells."""
    if "hung up" in line:
        on.discard(person)
    elif "called in" in line:
        on.add(person)
        off.discard(person)
    if "sound off" in line:
        off.add(person)
    elif "sound on" in line:
        off.discard(person)
