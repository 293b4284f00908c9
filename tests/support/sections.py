"""Reading the tables of an analysis by title and column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.analysis import Section, Table
from arena.intervals import Estimate

__all__ = ["rows", "table"]


def table(sections: Sequence[Section], title: str) -> Table:
    return next(t for s in sections for t in s.tables if t.title == title)


def rows(sections: Sequence[Section], title: str) -> list[dict[str, Any]]:
    """The rows of a table by column, of estimates only the value."""
    found = table(sections, title)
    return [
        {
            column: value.value if isinstance(value, Estimate) else value
            for column, value in zip(found.columns, row, strict=True)
        }
        for row in found.rows
    ]
