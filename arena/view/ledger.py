"""The ledger of a world: what was done there, line by line, as evidence of the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ..text import json_text
from .events import object_of

__all__ = ["Entry", "Ledger", "ledger_of"]

_OWN = ("n", "t", "kind", "prev")


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes:
        n: Its number, as the ledger says.
        t: Seconds of the world's clock.
        kind: `request` for what somebody asked, else what came of it.
        told: What the kind brings, by name.
    """

    n: str
    t: str
    kind: str
    told: Mapping[str, str]


@dataclass(frozen=True)
class Ledger:
    """All lines of a world."""

    entries: Sequence[Entry]

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many lines there are of each kind, by name."""
        return dict(sorted(Counter(entry.kind for entry in self.entries).items()))

    def filtered(self, kind: str, text: str) -> list[Entry]:
        """Return the lines of a kind that hold a text, in any case; "" for all."""
        wanted = text.casefold()
        return [
            entry
            for entry in self.entries
            if kind in ("", entry.kind) and wanted in _line(entry).casefold()
        ]


def ledger_of(evidence: Mapping[str, Any]) -> Ledger:
    """Return the ledger that is in the evidence, empty where there is none."""
    told = object_of(evidence.get("world")).get("ledger", evidence.get("ledger"))
    lines = cast(list[object], told) if isinstance(told, list) else []
    return Ledger(list(_entries(lines)))


def _entries(lines: Sequence[object]) -> Iterator[Entry]:
    for raw in lines:
        line = raw
        if isinstance(raw, str):
            try:
                line = json.loads(raw)
            except (ValueError, RecursionError):
                line = {"kind": "unreadable", "line": raw}
        fields = object_of(line)
        told = {k: _text(v) for k, v in fields.items() if k not in _OWN}
        n, t, kind = (_text(fields.get(key, "")) for key in ("n", "t", "kind"))
        yield Entry(n, t, kind, told)


def _line(entry: Entry) -> str:
    return " ".join([entry.kind, *(f"{k} {v}" for k, v in entry.told.items())])


def _text(value: object) -> str:
    return value if isinstance(value, str) else json_text(value)
