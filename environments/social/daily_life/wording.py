"""Sentences with marks for people, told to a reader who may be one of them.

`{a}` is a person's name, `{a's}` its possessive, and `{a:walks|walk}` the verb that
goes with it: the first where the person is named, the second where it is "you".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Wording"]

_MARK = re.compile(r"\{(\w)(?:('s)|:([^|{}]*)\|([^{}]*))?\}")
_START = re.compile(r"(?:^|[.?] )[a-z]")


@dataclass(frozen=True)
class Wording:
    """How people are called.

    Attributes:
        names: Name of each letter.
        you: The letter of the reader, or None.
    """

    names: Mapping[str, str]
    you: str | None

    def sentence(self, marked: str) -> str:
        """Return a sentence, or several, with capitals where they begin."""
        return _START.sub(lambda at: at[0].upper(), self.phrase(marked))

    def phrase(self, marked: str) -> str:
        """Return words that stand within a sentence or alone as an option."""
        return _MARK.sub(self._filled, marked)

    def _filled(self, mark: re.Match[str]) -> str:
        person, possessive, named, told = mark.groups()
        yours = person == self.you
        if named is not None:
            return told if yours else named
        if possessive:
            return "your" if yours else f"{self.names[person]}'s"
        return "you" if yours else self.names[person]
