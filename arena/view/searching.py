"""Searching in one record, line by line, so that hits come while it is read on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from ..trajectory import CorruptTrajectory, parse_line
from .lines import Lines

__all__ = ["Hit", "search"]

_AROUND = 60
"""Characters of an excerpt on either side."""
_OWN = ("n", "prev", "t", "kind", "seat")


@dataclass(frozen=True)
class Hit:
    """A line that holds the text; an excerpt of it in three pieces."""

    n: int
    seat: str
    kind: str
    before: str
    found: str
    after: str


def search(lines: Lines, text: str, numbers: Sequence[int]) -> Iterator[Hit]:
    """Yield the lines, of some, that hold a text in any case, outside of names."""
    wanted = re.compile(re.escape(text), re.IGNORECASE)
    in_bytes = _in_bytes(text)
    for n, raw in lines.each(numbers):
        if in_bytes is not None and not in_bytes.search(raw):
            continue
        try:
            line = parse_line(lines.path, n + 1, raw)
        except CorruptTrajectory:
            continue
        told = [value for key, value in line.items() if key not in _OWN]
        for leaf in _texts(told):
            if found := wanted.search(leaf):
                seat = line.get("seat", "")
                yield Hit(n, str(seat), line["kind"], *_excerpt(leaf, found))
                break


def _in_bytes(text: str) -> re.Pattern[bytes] | None:
    """Return what a line must hold to be parsed, or None where JSON may spell it."""
    plain = text.isascii() and json.dumps(text) == f'"{text}"'
    return re.compile(re.escape(text.encode()), re.IGNORECASE) if plain else None


def _excerpt(text: str, found: re.Match[str]) -> tuple[str, str, str]:
    start, end = found.span()
    before = text[max(0, start - _AROUND) : start]
    return before, found.group(), text[end : end + _AROUND]


def _texts(value: object) -> Iterator[str]:
    """Yield all texts and numbers in a value, in their order."""
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += reversed(cast(dict[str, object], value).values())
        elif isinstance(value, list):
            left += reversed(cast(list[object], value))
        elif isinstance(value, str):
            yield value
        elif value is not None:
            yield json.dumps(value)
