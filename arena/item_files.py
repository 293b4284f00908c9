"""Files of items: one item a line, as JSON, checked when read."""

from __future__ import annotations

import codecs
import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, Required, cast, get_type_hints

from typing_extensions import TypedDict

from .errors import UserError, nearest, one_line
from .items import Item, ItemError, check_item
from .text import shown

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["MOST_OPTIONS", "BadLine", "item_line", "read_items", "write_items"]

MOST_OPTIONS = 26
"""Options are called A to Z."""


class BadLine(UserError):
    """A line that is no item; names file, line and field."""

    def __init__(self, path: Path, line: int, field: str, problem: str) -> None:
        self.path = path
        self.line = line
        self.field = field
        place = f", field {field!r}" if field else ""
        super().__init__(shown(f"{path}, line {line}{place}: {problem}"))


def read_items(path: Path) -> list[Item]:
    """Return the items of a file, checked, in its order.

    Raises:
        BadLine: For the first line that is no item, or whose id an earlier line has.
        UserError: If the file cannot be read, or holds no item.
    """
    if path.exists() and not path.is_file():
        raise UserError(f"{path}: not a file of items")  # a pipe would wait for ever
    items: list[Item] = []
    seen: dict[str, int] = {}
    try:
        with path.open("rb") as file:
            for number, line in _lines(file):
                item = _item(path, number, line)
                if item.id in seen:
                    problem = f"{item.id!r} is the id of line {seen[item.id]} too"
                    raise BadLine(path, number, "id", problem)
                seen[item.id] = number
                items.append(item)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    if not items:
        raise UserError(f"{path}: holds no item; each line should be one, as JSON")
    return items


def write_items(path: Path, items: Iterable[Item]) -> int:
    """Write items, one a line, and return how many.

    Raises:
        UserError: If the file cannot be written.
    """
    written = 0
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for item in items:
                file.write(item_line(item))
                written += 1
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from None
    return written


def item_line(item: Item) -> str:
    """Return an item as its line of a file; what is left at its default is left out."""
    empty: tuple[object, ...] = (None, "", (), {})
    needed = {each.name for each in fields(item) if _needed(each)}
    told = {k: v for k, v in asdict(item).items() if k in needed or v not in empty}
    told["labels"] = [label._asdict() for label in item.labels]
    return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"


def _lines(file: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty; only a line feed ends one."""
    for number, line in enumerate(file, start=1):
        text = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if text.strip():
            yield number, text


def _item(path: Path, number: int, line: bytes) -> Item:
    from pydantic import ValidationError

    if b"NaN" in line or b"Infinity" in line:
        _refuse_nan(path, number, line)
    try:
        item = check_item(Item(**_adapter().validate_json(line)))
    except ItemError as error:
        raise BadLine(path, number, "", str(error)) from None
    except ValidationError as error:
        # An unknown field explains a missing one, which it may be meant for.
        found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        raise BadLine(path, number, *_told(dict(found[0]))) from None
    if len(item.options) > MOST_OPTIONS:
        problem = f"at most {MOST_OPTIONS} options, here are {len(item.options)}"
        raise BadLine(path, number, "options", problem)
    for field, text in (("id", item.id), ("cell", item.cell), *_options(item)):
        if not text.strip():
            raise BadLine(path, number, field, "is empty")
    return item


def _options(item: Item) -> Iterator[tuple[str, str]]:
    yield from ((f"options.{i}", text) for i, text in enumerate(item.options))


def _refuse_nan(path: Path, number: int, line: bytes) -> None:
    def refuse(name: str) -> None:
        raise BadLine(path, number, "", f"{name} is no JSON; leave the field out")

    try:
        json.loads(line, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadLine):
            raise
        # What else is wrong with it is told by the check of all lines.


def _told(error: dict[str, Any]) -> tuple[str, str]:
    """Return the field that a problem is in, and the problem."""
    field = ".".join(str(part) for part in error["loc"])
    if error["type"] == "json_invalid":
        reason = str(error["msg"]).removeprefix("Invalid JSON: ")
        # It reads one line, whose number in the file is told already.
        return "", "not valid JSON: " + re.sub(r"line \d+ column", "column", reason)
    if error["type"].startswith("missing"):
        return field, "is missing"
    if error["type"] == "extra_forbidden":
        close = nearest(field, [each.name for each in fields(Item)])
        hint = f"did you mean {close!r}?" if close else "items have no such field"
        return field, f"is unknown; {hint}"
    if not field:
        return "", "not an item: a line should be one object with its fields"
    message = str(error["msg"]).removeprefix("Input ")
    return field, f"{message}, given {one_line(repr(error['input']), 60)}"


@functools.cache
def _adapter() -> TypeAdapter[dict[str, Any]]:
    """Return a checker of the fields of an item: strict, and of no other field."""
    from pydantic import ConfigDict, TypeAdapter

    hints = get_type_hints(Item)
    kinds = {
        each.name: (Required if _needed(each) else NotRequired)[hints[each.name]]
        for each in fields(Item)
    }
    shape = TypedDict("Item", kinds)  # pyright: ignore  (a functional TypedDict)
    shape.__pydantic_config__ = ConfigDict(  # pyright: ignore
        strict=True, extra="forbid"
    )
    return cast("TypeAdapter[dict[str, Any]]", TypeAdapter(shape))


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
