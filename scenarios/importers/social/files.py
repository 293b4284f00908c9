"""Reading files row by row, whatever is wrong with one of the rows."""

from __future__ import annotations

import codecs
import csv
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from arena.errors import UserError

from .rows import BadRow, Row

__all__ = [
    "columns",
    "decoded",
    "files_below",
    "json_lines",
    "json_object",
    "json_rows",
    "read_bytes",
]

MOST_BYTES = 2_000_000_000


def files_below(source: Path, suffixes: tuple[str, ...]) -> list[tuple[Path, str]]:
    """Return the files to import with their names, sorted.

    Raises:
        UserError: If there is none, or if one is too large.
    """
    if source.is_dir():
        found = sorted(p for p in source.rglob("*") if p.suffix in suffixes)
        files = [(path, _name(path.relative_to(source).as_posix())) for path in found]
    else:
        files = [(source, _name(source.name))]
    files = [(path, name) for path, name in files if path.is_file()]
    if not files:
        wanted = " or ".join(suffixes)
        raise UserError(f"{source}: no file there, with a name that ends in {wanted}")
    if sum(path.stat().st_size for path, _ in files) > MOST_BYTES:
        raise UserError(f"{source}: more than {MOST_BYTES // 10**9} GB")
    return files


def read_bytes(path: Path) -> bytes:
    """Return the content of a file, without a byte order mark.

    Raises:
        UserError: If it cannot be read.
    """
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None


def decoded(raw: bytes, file: str, number: int) -> str | BadRow:
    """Return the text of a line, or what is wrong with it."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadRow(file, number, "", f"not UTF-8 at byte {error.start}")


def json_lines(path: Path, name: str) -> Iterator[Row | BadRow]:
    """Yield the objects of a file with one a line; or of a file that is one list."""
    content = read_bytes(path)
    if content.lstrip()[:1] == b"[":
        yield from json_rows(path, name)
        return
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip():
            continue
        line = decoded(raw, name, number)
        if isinstance(line, BadRow):
            yield line
            continue
        try:
            yield _row(name, number, json.loads(line))
        except (ValueError, RecursionError) as error:
            yield BadRow(name, number, "", f"not valid JSON: {_why(error)}")


def json_rows(
    path: Path, name: str, *, below: str | None = None
) -> Iterator[Row | BadRow]:
    """Yield the objects of a file that is one list, or holds one under a key."""
    content = json_object(path, name)
    if isinstance(content, BadRow):
        yield content
        return
    if below is not None and isinstance(content, dict):
        content = cast(dict[str, Any], content).get(below)
    if not isinstance(content, list):
        inside = f" under {below!r}" if below else ""
        yield BadRow(name, 0, "", f"should hold a list of rows{inside}")
        return
    for number, value in enumerate(cast(list[object], content), start=1):
        yield _row(name, number, value)


def json_object(path: Path, name: str) -> object:
    """Return what a JSON file holds, or a BadRow for the whole of it."""
    text = decoded(read_bytes(path), name, 0)
    if isinstance(text, BadRow):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return BadRow(name, 0, "", f"not valid JSON: {_why(error)}")


def columns(
    delimiter: str, wanted: Callable[[int], bool], what: str, *, named: bool = False
) -> Callable[[Path, str], Iterator[Row | BadRow]]:
    """Return a reader of files with columns, called "1", "2", … if not named.

    Args:
        delimiter: Between columns.
        wanted: Whether a row may have so many columns.
        what: How many it should have, in words.
        named: Whether the first row has the names of the columns.
    """

    def rows(path: Path, name: str) -> Iterator[Row | BadRow]:
        text = decoded(read_bytes(path), name, 0)
        if isinstance(text, BadRow):
            yield text
            return
        # Longer texts than its 131,072 characters are no reason to drop a row; the
        # limit is the whole process's, so it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
        lines = (line + "\n" for line in text.split("\n"))
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        names: list[str] | None = None
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(name, number, "", _csv_problem(str(error)))
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if named and names is None:
                names = cells
            elif not wanted(len(cells)):
                said = f"has {len(cells)} columns, should have {what}"
                yield BadRow(name, number, "", said)
            else:
                keys = names or [str(i) for i in range(1, len(cells) + 1)]
                yield Row(name, number, dict(zip(keys, cells, strict=False)))

    return rows


def _name(name: str) -> str:
    """Return a name without bytes that are no text; it goes into the items."""
    return os.fsencode(name).decode("utf-8", "replace")


def _row(name: str, number: int, value: object) -> Row | BadRow:
    if not isinstance(value, dict):
        return BadRow(name, number, "", "should be an object with fields")
    return Row(name, number, cast(dict[str, Any], value))


def _why(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _csv_problem(message: str) -> str:
    if "unexpected end of data" in message:
        return "a quotation mark opens and never closes, up to the end of the file"
    return f"not valid columns: {message}"
