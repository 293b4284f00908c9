"""The table of blind baselines, for people and for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ..tables import console
from ..text import shown
from .gates import Audit, Row

__all__ = ["audit_rows", "print_audits", "worst_rows"]


def worst_rows(audit: Audit) -> list[Row]:
    """Return, for each cell, the rule that comes closest to failing or fails most."""
    by_cell: defaultdict[str, list[Row]] = defaultdict(list)
    for row in audit.rows:
        if row.n:
            by_cell[row.cell].append(row)
    return [max(rows, key=lambda row: row.excess) for rows in by_cell.values()]


def print_audits(audits: Mapping[str, Audit], *, every: bool = False) -> None:
    """Print how blind rules do in each cell.

    Args:
        audits: By the name of what was audited.
        every: All rules, and not only each cell's worst.
    """
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("cell", "rule" if every else "worst rule"):
        table.add_column(name, overflow="fold")
    for name in ("n", "right", "chance", "at most", "fair", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for name, audit in audits.items():
        table.add_row(Text(shown(name), style="bold"))
        for row in audit.rows if every else worst_rows(audit):
            names = (f"  {row.cell}", row.rule)
            table.add_row(*(Text(shown(text)) for text in names), *_numbers(row))
    if table.row_count:
        console().print(table)


def audit_rows(audit: Audit) -> list[dict[str, Any]]:
    """Return every row as JSON types."""
    return [
        {
            "cell": row.cell,
            "rule": row.rule,
            "n": row.n,
            "accuracy": row.accuracy,
            "chance": row.chance,
            "bound": row.bound,
            "fair": row.fair,
            "passed": row.passed,
        }
        for row in audit.rows
    ]


def _numbers(row: Row) -> tuple[str, ...]:
    if not row.n:  # fair everywhere
        return ("0", "–", "–", "–", "1.00", "")
    numbers = (row.accuracy, row.chance, row.bound)
    return (
        str(row.n),
        *(f"{number:.3f}" for number in numbers),
        f"{row.fair:.2f}",
        "" if row.passed else "FAILS",
    )
