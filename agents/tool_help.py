"""How a tool is called, in the words of its schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arena.tools import Tool

from .typed_calls import resolved

__all__ = ["choices", "explained"]

MOST_CHOICES = 12
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
    "minLength": "at least",
    "maxLength": "at most",
    "minItems": "at least",
    "maxItems": "at most",
}
_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "null": "null",
}


def explained(tool: Tool) -> str:
    """Return how a tool is called, what it does, and what each argument takes."""
    return "\n".join(_lines(tool))


def choices(schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """Return the texts that a value can be, where they can be told.

    Args:
        schema: Of an argument.
        root: The schema that definitions are in.
    """
    schema = resolved(schema, root)
    inner = (text for part in _parts(schema) for text in choices(part, root))
    return [*_values(schema), *inner]


def _lines(tool: Tool) -> Iterator[str]:
    fields: Mapping[str, Any] = tool.parameters["properties"]
    required: Sequence[str] = tool.parameters.get("required", ())
    shape = (f"{key}=…" if key in required else f"[{key}=…]" for key in fields)
    yield " ".join((tool.name, *shape))
    yield from (f"  {line}".rstrip() for line in tool.description.splitlines())
    for key, schema in fields.items():
        told = f". {schema['description']}" if "description" in schema else ""
        yield f"  {key}: {_kind(schema, tool.parameters)}{told}"


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Return what values fit a schema, as pydantic writes it."""
    schema = resolved(schema, root)
    if told := _values(schema):
        more = "…" if len(told) > MOST_CHOICES else ""
        return " | ".join([*told[:MOST_CHOICES], *more])
    if parts := _parts(schema):
        return " or ".join(_kind(part, root) for part in parts)
    match schema.get("type"):
        case "array":
            items = schema.get("items", {})
            return f"a list [{_kind(items, root)}, …]{_bounds(schema)}"
        case "object":
            fields: Mapping[str, Any] = schema.get("properties", {})
            inner = (f'"{key}": {_kind(part, root)}' for key, part in fields.items())
            return "{" + ", ".join(inner) + "}"
        case kind:
            return _KINDS.get(str(kind), "any JSON") + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    """Return the bounds of a number, or of a length."""
    unit = {"string": " characters", "array": " entries"}.get(schema.get("type", ""))
    told = [
        f"{word} {schema[key]:,}{unit or ''}"
        for key, word in _BOUNDS.items()
        if key in schema
    ]
    return f" ({', '.join(told)})" if told else ""


def _parts(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the schemas of which a value fits one."""
    return schema.get("anyOf", schema.get("oneOf", ()))


def _values(schema: Mapping[str, Any]) -> list[str]:
    """Return what a value can be where that is listed, as it is typed."""
    if schema.get("type") == "boolean":
        return ["true", "false"]
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return [v if isinstance(v, str) else json.dumps(v) for v in listed]
