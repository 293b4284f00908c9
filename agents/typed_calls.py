"""A line that a person types, read as a tool call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from arena.errors import UnknownName
from arena.tools import Tool

__all__ = ["LONGER", "TypedCall", "positional", "read_call", "resolved"]

LONGER = "<<"
"""In place of a value: its lines are asked for."""


@dataclass(frozen=True)
class TypedCall:
    """A call as it was typed; whether it fits is for `Tool.check` to say.

    Attributes:
        args: Those that were given.
        longer: The names of those whose text is still to be asked for.
    """

    tool: Tool
    args: dict[str, Any]
    longer: tuple[str, ...] = ()


def read_call(line: str, tools: Mapping[str, Tool]) -> TypedCall:
    """Read `NAME`, and behind it nothing, values, `argument=value …` or a JSON object.

    Values without names are the arguments that must be given, in order; the last takes
    the rest of the line as it stands. So is a value with a name: all up to the next
    name, or what JSON says where it begins with a quote or a bracket. `<<` is a text of
    several lines.

    Raises:
        UnknownName: If there is no such tool.
    """
    name, rest = (*line.split(maxsplit=1), "", "")[:2]
    rest = rest.rstrip()
    if name not in tools:
        raise UnknownName("tool", name, tools)
    tool = tools[name]
    fields: Mapping[str, Any] = tool.parameters["properties"]
    args = _as_object(rest, fields)
    if args is not None:
        return TypedCall(tool, args)
    named = _named(rest, fields)
    given = named or _in_order(rest, positional(tool))
    args = {
        key: _value(text, fields.get(key, {}), tool.parameters, quoted=bool(named))
        for key, text in given.items()
        if text != LONGER
    }
    return TypedCall(tool, args, tuple(k for k in given if k not in args))


def positional(tool: Tool) -> list[str]:
    """Return the arguments that may be given without their names.

    They are those that must be given; where none must, the first.
    """
    required: Sequence[str] = tool.parameters.get("required", ())
    return list(required) or list(tool.parameters["properties"])[:1]


def resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema, or the definition of its root that it stands for."""
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    return root["$defs"][name] if name else schema


def _as_object(text: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the arguments that a JSON object gives; None for any other text."""
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None  # as `{ ls; }`, which is a command
    # A list of the one argument `predictions`, say, is an object of other names.
    return value if set(value) <= set(fields) or len(fields) != 1 else None


def _in_order(text: str, names: Sequence[str]) -> dict[str, str]:
    """Give words to arguments in order, and the rest of the text to the last."""
    words = text.split(maxsplit=max(len(names) - 1, 0)) if text else []
    if not names and words:
        return {text: ""}  # for the check to refuse by name
    return dict(zip(names, words, strict=False))


def _named(text: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each `argument=value`; nothing where it begins otherwise."""
    names = "|".join(re.escape(name) for name in fields)
    begins = re.compile(rf"(?:^|\s+)({names})=") if names else None
    found: dict[str, str] = {}
    at = begins.match(text) if begins else None
    while begins is not None and at is not None:
        start = at.end()
        end = _end_of_json(text, start)
        after = begins.search(text, start if end is None else end)
        while after is not None and after[1] in {*found, at[1]}:
            after = begins.search(text, after.end())  # the second is part of a value
        until = after.start() if after else len(text)
        found[at[1]] = text[start:until].strip()
        at = after
    return found


def _end_of_json(text: str, start: int) -> int | None:
    """Return where a quoted or bracketed value ends; None where there is none."""
    if text[start : start + 1] not in ('"', "[", "{"):
        return None
    try:
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return end


def _value(
    text: str, schema: Mapping[str, Any], root: Mapping[str, Any], *, quoted: bool
) -> object:
    """Return what a text means to an argument: itself, or what it is as JSON.

    Args:
        text: What was typed.
        schema: Of the argument.
        root: The schema that definitions are in.
        quoted: Whether a text may stand in quotes.
    """
    is_text = resolved(schema, root).get("type") == "string"
    if is_text and not quoted:
        return text  # as a command with quotes of its own
    try:
        value = cast(object, json.loads(text))
    except (ValueError, RecursionError):
        return text
    return text if is_text and not isinstance(value, str) else value
