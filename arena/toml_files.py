"""Reading TOML into checked models, with errors that name file, line and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from .errors import UserError, nearest, one_line

__all__ = ["TomlError", "line_of", "read_model", "read_toml"]

M = TypeVar("M", bound=BaseModel)


class TomlError(UserError):
    """A file that does not say what it should; names file and line."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path = path
        self.line = line
        super().__init__(f"{path}, line {line}: {problem}")


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a file's text and its content.

    Raises:
        TomlError: Where it is not TOML.
        UserError: Where it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {one_line(str(error))}") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column \d+\)", message)
        line = int(place.group(1)) if place else text.count("\n") + 1
        problem = message.replace(place.group(0), "") if place else message
        raise TomlError(path, line, f"not valid TOML: {problem}") from error


def read_model(path: Path, kind: type[M]) -> tuple[str, M]:
    """Return a file's text and its content as a checked model.

    Raises:
        TomlError: Where a field is wrong, with what is allowed.
    """
    text, content = read_toml(path)
    try:
        return text, kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = [part for part in first["loc"] if part != "function-wrap"]
        field = ".".join(str(part) for part in place)
        if first["type"] == "extra_forbidden":
            known = _fields_at(kind, place[:-1])
            close = nearest(str(place[-1]), known)
            hint = f"did you mean {close!r}? " if close else ""
            problem = f"unknown field {field!r}; {hint}allowed: {', '.join(known)}"
        elif first["type"] == "missing":
            problem = f"field {field!r} is missing"
        else:
            message = first["msg"].removeprefix("Value error, ")
            given = one_line(repr(first["input"]), 60)
            problem = f"field {field!r}: {message}, given {given}"
        raise TomlError(path, line_of(text, place), problem) from None


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line, from 1, where a field stands, or else the nearest table above.

    Args:
        text: TOML that parses.
        place: Keys and array indexes from the root.
    """
    best, line = 0, 1
    table: list[str | int] = []
    counts: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[(\[)?\s*(.+?)\s*\]\]?\s*(#.*)?$", raw)
        key = re.match(
            r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*[^=\s]+)*)\s*=""", raw
        )
        if header and not key:
            keys: list[str | int] = list(_keys(header.group(2)))
            if header.group(1):
                name = ".".join(map(str, keys))
                counts[name] = counts.get(name, -1) + 1
            table = _with_indexes(keys, counts)
            here = table
        elif key:
            here = [*table, *_keys(key.group(1))]
        else:
            continue
        if list(place[: len(here)]) == here and len(here) > best:
            best, line = len(here), number
    return line


def _keys(dotted: str) -> list[str]:
    return [
        a or b or c
        for a, b, c in re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", dotted)
    ]


def _with_indexes(keys: Sequence[str | int], counts: dict[str, int]) -> list[str | int]:
    """Put the index of the current element behind each key of an array of tables."""
    full: list[str | int] = []
    for end, key in enumerate(keys, 1):
        full.append(key)
        name = ".".join(map(str, keys[:end]))
        if name in counts:
            full.append(counts[name])
    return full


def _fields_at(kind: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Return the field names of the model that stands at a place inside `kind`."""
    model: type[BaseModel] = kind
    for part in place:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = _model_in(field.annotation) if field else None
        if inner is None:
            return []
        model = inner
    return sorted(f.alias or name for name, f in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if found := _model_in(argument):
            return found
    return None
