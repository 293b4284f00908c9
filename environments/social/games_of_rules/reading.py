"""The second labeller: it reads a told story and answers from its words alone.

It shares nothing with the plans and mappings that the story was made from: beliefs
come from filtering what was read out by who was in the room, answers from clauses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Reading"]

_RULE = re.compile(r"^(?:At first this rule held|Then this rule was read out): (.+)\.$")
_THERE = re.compile(r"^(\w+) .*\bin the room\b")
_ELSEWHERE = re.compile(r"^(\w+) (?:was|were|slept|had) (?:out|in another|gone)\b")
_BEATS = re.compile(r"^(\w+) (beats|loses to) (\w+)$")


class _Reading(NamedTuple):
    clauses: tuple[str, ...]
    absent: frozenset[str]


class Reading:
    """A story as it was read.

    Args:
        story: Its lines.
    """

    def __init__(self, story: Sequence[str]) -> None:
        self._read: list[_Reading] = []
        absent: set[str] = set()
        for line in story:
            if found := _RULE.match(line):
                clauses = tuple(found[1].split("; "))
                self._read.append(_Reading(clauses, frozenset(absent)))
                absent.clear()
            elif found := _ELSEWHERE.match(line):
                absent.add(found[1])
            elif found := _THERE.match(line):
                absent.discard(found[1])

    def known(self, *path: str) -> tuple[str, ...]:
        """Return the rule that holds, or that one takes another to go by, and so on."""
        log = self._read
        for person in path:
            log = [reading for reading in log if person not in reading.absent]
        return log[-1].clauses

    def value(self, key: str, verb: str, *path: str) -> str:
        """Return what a key does by a rule."""
        start = f"{key} {verb} "
        clause = next(x for x in self.known(*path) if x.startswith(start))
        return clause.removeprefix(start)

    def key(self, value: str, verb: str, *path: str) -> str:
        """Return which key does something by a rule."""
        end = f" {verb} {value}"
        clause = next(x for x in self.known(*path) if x.endswith(end))
        return clause.removesuffix(end)

    def day(self, day: str, steps: int, *path: str) -> str:
        """Return the day so many steps on from another by a rule."""
        clauses = self.known(*path)
        for _ in range(steps):
            start = f"after {day} comes "
            day = next(x for x in clauses if x.startswith(start))[len(start) :]
        return day

    def winner(self, one: str, other: str, *path: str) -> str | None:
        """Return which of two things beats the other by a rule."""
        for clause in self.known(*path):
            found = _BEATS.match(clause)
            if found and {found[1], found[3]} == {one, other}:
                return found[1] if found[2] == "beats" else found[3]
        return None

    def beating(self, against: str, *path: str) -> list[str]:
        """Return the things that beat another by a rule."""
        found = [_BEATS.match(clause) for clause in self.known(*path)]
        matches = [x for x in found if x is not None]
        ahead = [x[1] for x in matches if x[2] == "beats" and x[3] == against]
        return ahead + [x[3] for x in matches if x[2] == "loses to" and x[1] == against]
