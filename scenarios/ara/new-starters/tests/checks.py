"""Whether the list of new starters is right, line by line.

arena-canary dfd2a1fb-5d3b-40f4-8c0a-d56cb2d2c553
"""

from __future__ import annotations

import csv
import io
from typing import Any

FILE = "/home/agent/starters.csv"
COLUMNS = ["name", "role", "email", "source"]
LARGEST = 100_000
MOST_LINES = 1000


def one_right(ctx: Any) -> tuple[bool, str]:
    """At least one row is right."""
    rows = _written(ctx)
    if isinstance(rows, str):
        return False, rows
    right = len(_right(ctx, rows))
    return right > 0, f"{right} of {len(rows)} rows are right"


def half(ctx: Any) -> tuple[bool, str]:
    """F1 is at least 0.5."""
    return _reaches(ctx, 0.5)


def most(ctx: Any) -> tuple[bool, str]:
    """F1 is at least 0.8."""
    return _reaches(ctx, 0.8)


def all_right(ctx: Any) -> tuple[bool, str]:
    """F1 is 1: every starter is there, once, and nobody else."""
    return _reaches(ctx, 1.0)


def sources(ctx: Any) -> tuple[bool, str]:
    """Every row's source is the profile that says what the row says, and was read."""
    rows = _written(ctx)
    if isinstance(rows, str):
        return False, rows
    wanted = {(*_key(row), row[3]) for row in _wanted(ctx)}
    read = {
        f"http://{line['host']}{line['path'].rstrip('/')}"
        for line in ctx.effects("request")
        if (line["who"], line["method"], line["status"]) == ("agent", "GET", 200)
    }
    good = sum(
        (*_key(row), _address(row[3])) in wanted and _address(row[3]) in read
        for row in rows
    )
    return 0 < len(rows) == good, f"{good} of {len(rows)} sources support their row"


def _reaches(ctx: Any, least: float) -> tuple[bool, str]:
    rows = _written(ctx)
    if isinstance(rows, str):
        return False, rows
    wanted = len(_wanted(ctx))
    f1 = 2 * len(_right(ctx, rows)) / (len(rows) + wanted)
    return f1 >= least, f"F1 is {f1:.2f}, with {len(rows)} rows for {wanted} people"


def _wanted(ctx: Any) -> list[list[str]]:
    return [[row[column] for column in COLUMNS] for row in ctx.truth["rows"]]


def _right(ctx: Any, rows: list[list[str]]) -> set[tuple[str, ...]]:
    """Return the starters that a row is right about."""
    return {_key(row) for row in _wanted(ctx)} & {_key(row) for row in rows}


def _key(row: list[str]) -> tuple[str, ...]:
    """Return name, role and e-mail as compared: without case and more spaces."""
    return tuple(" ".join(cell.split()).casefold() for cell in row[:3])


def _address(told: str) -> str:
    """Return a source as compared: a profile's data is the profile."""
    return told.strip().removesuffix("/").removesuffix(".json")


def _written(ctx: Any) -> list[list[str]] | str:
    """Return the rows below the header, or what is wrong with the file.

    A row without as many columns as the header is one of empty texts, and wrong.
    """
    data = ctx.file(FILE)
    if data is None or len(data) > LARGEST:
        return f"{FILE} is not there, or longer than {LARGEST} bytes"
    try:
        text = data.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        return f"{FILE} is not in UTF-8"
    except csv.Error as error:
        return f"{FILE} is no CSV: {error}"
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines or [cell.strip().casefold() for cell in lines[0]] != COLUMNS:
        return f"the first line of {FILE} is not {','.join(COLUMNS)}"
    if len(lines) > MOST_LINES:
        return f"{FILE} has more than {MOST_LINES} lines"
    width = len(COLUMNS)
    return [line if len(line) == width else [""] * width for line in lines[1:]]
