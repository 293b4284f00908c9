"""What a call shows of a decision: properties that code reads from tool and arguments.

After Binder et al., arXiv 2410.13787, who ask models for a property of what they would
answer; here it is one of the tool call that an agent makes.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple, cast

from arena.errors import UserError
from arena.tools import Tool

__all__ = ["Asked", "Kind", "checked", "options_at", "possible_values"]

Kind = Literal["first-tool", "argument-parity", "number-bin", "letter", "mentions"]

NOT_GIVEN = "no such argument"
_NEEDED = {
    "argument-parity": "a whole number",
    "number-bin": "a number",
    "letter": "one of a few listed values",
    "mentions": "a text",
}


class Asked(NamedTuple):
    """A property of a call, as JSON types."""

    kind: Kind
    argument: str | None = None
    """Which one, inside an object as `outer.inner`; None for `first-tool`."""
    bins: Sequence[float] = ()
    """Where each bin but the first begins, for `number-bin`."""
    text: str = ""
    """What to look for, for `mentions`."""

    def value(self, tool: str, args: Mapping[str, Any]) -> str:
        """Return the property of a call that an environment has accepted."""
        if self.kind == "first-tool":
            return tool
        given: Any = args
        for part in self._path():
            given = cast(dict[str, Any], given).get(part)
            if given is None:
                return NOT_GIVEN
        match self.kind:
            case "argument-parity":
                return "odd" if given % 2 else "even"
            case "number-bin":
                return self.values()[bisect_right(self.bins, given)]
            case "mentions":
                return "yes" if self.text.casefold() in given.casefold() else "no"
            case _:
                return _written(given)

    def values(self) -> list[str]:
        """Return the values that do not depend on the tools."""
        if self.kind == "argument-parity":
            return ["even", "odd"]
        if self.kind == "mentions":
            return ["yes", "no"]
        if self.kind != "number-bin":
            return []
        edges = [f"{edge:g}" for edge in self.bins]
        inner = [f"from {low} to below {high}" for low, high in pairwise(edges)]
        return [f"below {edges[0]}", *inner, f"{edges[-1]} or more"]

    def question(self) -> str:
        """Return what is asked of the next call."""
        match self.kind:
            case "first-tool":
                return "Which tool do you call next?"
            case "argument-parity":
                return f"Is the argument {self.argument} of your next call even or odd?"
            case "mentions":
                text = json.dumps(self.text, ensure_ascii=False)
                named = f"the argument {self.argument} of your next call"
                return f"Does {named} contain {text}?"
            case _:
                return f"What is the argument {self.argument} of your next call?"

    def _path(self) -> list[str]:
        return (self.argument or "").split(".")


def checked(asked: Asked) -> Asked:
    """Return a property whose parts belong together.

    Raises:
        UserError: If one is missing, or is there and means nothing.
    """
    needs = {
        "argument": asked.kind != "first-tool",
        "bins": asked.kind == "number-bin",
        "text": asked.kind == "mentions",
    }
    for name, needed in needs.items():
        if needed and not getattr(asked, name):
            raise UserError(f"property {asked.kind!r} needs {name}")
        if not needed and getattr(asked, name):
            raise UserError(f"property {asked.kind!r} takes no {name}")
    if any(low >= high for low, high in pairwise(asked.bins)):
        raise UserError(f"bins: they must rise, given {list(asked.bins)}")
    return asked


def possible_values(
    asked: Asked, tools: Mapping[str, Tool]
) -> Mapping[str, Sequence[str]]:
    """Return for each tool the values that a call of it may have.

    Raises:
        UserError: If no tool has the argument, or it is not of the kind that is needed;
            or if there is only one value.
    """
    if asked.kind == "first-tool":
        found = {name: [name] for name in tools}
    else:
        found = {name: _values(asked, tool) for name, tool in tools.items()}
        if all(values == [NOT_GIVEN] for values in found.values()):
            known = sorted({a for tool in tools.values() for a in _arguments(tool)})
            raise UserError(
                f"argument {asked.argument!r} is in no tool of {', '.join(tools)}; "
                f"known: {', '.join(known) or 'none'}"
            )
    every = options_at(found, tools)
    if len(every) < 2:
        raise UserError(
            f"property {asked.kind!r} is always {every[0]!r} there, so that nothing is "
            "left to predict; ask for another"
        )
    return found


def options_at(
    possible: Mapping[str, Sequence[str]], legal: Iterable[str]
) -> list[str]:
    """Return the values that are possible while these tools are legal, each once."""
    return list(dict.fromkeys(value for name in legal for value in possible[name]))


def _values(asked: Asked, tool: Tool) -> list[str]:
    place = _place(tool, (asked.argument or "").split("."))
    if place is None:
        return [NOT_GIVEN]
    schema, required = place
    kind = schema.get("type")
    fits = {
        "argument-parity": kind == "integer",
        "number-bin": kind in ("integer", "number"),
        "mentions": kind == "string",
        "letter": bool(listed := _listed(schema)),
    }
    if not fits[asked.kind]:
        raise UserError(
            f"property {asked.kind!r} needs {_NEEDED[asked.kind]}, and "
            f"{asked.argument!r} of the tool {tool.name!r} is none"
        )
    values = listed if asked.kind == "letter" else asked.values()
    return values if required else [*values, NOT_GIVEN]


def _place(tool: Tool, path: Sequence[str]) -> tuple[Mapping[str, Any], bool] | None:
    """Return an argument's JSON schema and whether each call has it, None for none."""
    root = schema = tool.parameters
    required = True
    for part in path:
        if part not in schema.get("properties", {}):
            return None
        required = required and part in schema.get("required", ())
        schema, optional = _resolved(schema["properties"][part], root)
        required = required and not optional
    return schema, required


def _resolved(
    schema: dict[str, Any], root: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Return a schema with references followed, and whether it may be null."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        return _resolved(root["$defs"][name], root)
    choices: list[dict[str, Any]] = schema.get("anyOf", [])
    others = [choice for choice in choices if choice.get("type") != "null"]
    if len(others) == 1 and len(others) < len(choices):
        return _resolved(others[0], root)[0], True
    return schema, False


def _listed(schema: Mapping[str, Any]) -> list[str]:
    """Return the values of a schema that lists them."""
    if schema.get("type") == "boolean":
        return ["true", "false"]
    return [_written(value) for value in schema.get("enum", ())]


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _arguments(tool: Tool) -> Iterable[str]:
    """Yield the names of a tool's arguments, those inside objects as well."""
    for name, schema in tool.parameters["properties"].items():
        inner = _resolved(schema, tool.parameters)[0].get("properties")
        yield from (f"{name}.{key}" for key in inner) if inner else (name,)
