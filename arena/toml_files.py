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
    if path.exists() and not path.is_file():
        raise UserError(f"{path}: not a file of text")  # a pipe would wait for ever
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
        # An unknown field explains a missing one, which it may be meant for.
        problems = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        first = problems[0]
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

    TOML's reader keeps no lines, so this asks it from which line on the text that ends
    there has the field.

    Args:
        text: TOML that parses.
        place: Keys and array indexes from the root.
    """
    content = _parsed(text)
    while place and not _holds(content, place):
        place = place[:-1]
    if not place:
        return 1
    lines = text.replace("\r\n", "\n").split("\n")
    whole = 0  # lines up to the end of the last whole statement
    for end in range(1, len(lines) + 1):
        content = _parsed("\n".join(lines[:end]))
        if content is None:  # within a value of several lines, perhaps an array
            content, closed = _parsed("\n".join([*lines[:end], "]"])), False
        else:
            closed = True
        if content is not None and _holds(content, place):
            return whole + 1 if closed else end
        if closed:
            whole = end
    return 1


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _holds(content: Any, place: Sequence[str | int]) -> bool:
    for part in place:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


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
