"""The world's record of all that was asked and all that came of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

__all__ = ["MOST_LINES", "Ledger", "broken_at"]

MOST_LINES = 20_000
FIRST = "0" * 64


class Ledger:
    """Lines of JSON, each with the digest of the one before.

    A line has `n` from 1 on, `t` in seconds of the world's clock, `kind`, what the kind
    brings, and `prev`. The kind `request` is what somebody asked; all others are
    effects, named as `site.what`, as `bank.transfer`.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.lines: list[str] = []
        self._now = now
        self._last = FIRST
        self._hear: list[Callable[[str, dict[str, Any]], None]] = []

    @property
    def full(self) -> bool:
        """Whether there is no room for another request; effects are still written."""
        return len(self.lines) >= MOST_LINES

    def write(self, kind: str, **data: Any) -> None:
        """Append a line, and tell it to those who listen."""
        line = {"n": len(self.lines) + 1, "t": self._now(), "kind": kind, **data}
        told = json.dumps({**line, "prev": self._last}, separators=(",", ":"))
        self._last = hashlib.sha256(told.encode()).hexdigest()
        self.lines.append(told)
        for hear in self._hear:
            hear(kind, data)

    def listen(self, hear: Callable[[str, dict[str, Any]], None]) -> None:
        """Have every line told, by its kind and what it brings."""
        self._hear.append(hear)


def broken_at(lines: list[str]) -> int | None:
    """Return the number of the first line that does not follow from those before it."""
    last = FIRST
    for number, told in enumerate(lines, 1):
        try:
            line: Any = json.loads(told)
            if (line["prev"], line["n"]) != (last, number):
                return number
        except (ValueError, TypeError, KeyError):
            return number
        last = hashlib.sha256(told.encode()).hexdigest()
    return None
