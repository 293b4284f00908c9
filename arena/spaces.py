"""Gymnasium spaces of text observations and tool calls.

Gymnasium's own `Text` space refuses every character outside its charset and the empty
string, so it cannot hold what a shell or a model writes.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from gymnasium.spaces import Space

from .arguments import BadArguments
from .tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["ToolCalls", "Utf8", "sample_json"]

_LETTERS = string.ascii_letters + string.digits + " "


class Utf8(Space[str]):
    """Any text, the empty one included."""

    def __init__(self, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(None, np.str_, seed)

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """Return a short random text."""
        return cast(str, sample_json({"type": "string"}, self.np_random))

    def contains(self, x: Any) -> bool:
        """Whether `x` is a string."""
        return isinstance(x, str)

    def __repr__(self) -> str:
        return "Utf8()"


class ToolCalls(Space["ToolCall"]):
    """Calls of the given tools with arguments that fit their schemas."""

    def __init__(
        self, tools: Mapping[str, Tool], seed: int | np.random.Generator | None = None
    ) -> None:
        self.tools = tools
        super().__init__(None, None, seed)

    def sample(
        self, mask: Any | None = None, probability: Any | None = None
    ) -> ToolCall:
        """Return a random call of a random tool; it need not be legal now.

        Args:
            mask: Which tools may be called, as 0 or 1 in their order; None for all.
            probability: Of no use here.
        """
        allowed = [True] * len(self.tools) if mask is None else mask
        pairs = zip(self.tools, allowed, strict=True)
        names = [name for name, may in pairs if may] or list(self.tools)
        name = names[int(self.np_random.integers(len(names)))]
        args = sample_json(self.tools[name].parameters, self.np_random)
        return {"name": name, "args": cast(dict[str, Any], args), "id": None}

    def contains(self, x: Any) -> bool:
        """Whether `x` is a call of a known tool with fitting arguments."""
        try:
            self.tools[x["name"]].check(x["args"])
        except (BadArguments, KeyError, TypeError):
            return False
        return True

    def __repr__(self) -> str:
        return f"ToolCalls({', '.join(self.tools)})"


def sample_json(
    schema: Mapping[str, Any],
    rng: np.random.Generator,
    root: Mapping[str, Any] | None = None,
) -> object:
    """Return a random value that fits a JSON schema as pydantic writes it.

    What may be left out is left out. Integers without bounds are drawn from -100 to
    100, numbers from -1 to 1; texts have up to eight letters more than their least,
    arrays up to three items more.
    """
    root = root or schema
    if "$ref" in schema:
        definition = str(schema["$ref"]).removeprefix("#/$defs/")
        return sample_json(root["$defs"][definition], rng, root)
    if "const" in schema:
        return schema["const"]
    for key in ("enum", "anyOf", "oneOf"):
        if key in schema:
            choice = schema[key][int(rng.integers(len(schema[key])))]
            return choice if key == "enum" else sample_json(choice, rng, root)
    match schema.get("type"):
        case "object":
            fields: Mapping[str, Any] = schema.get("properties", {})
            required = schema.get("required", ())
            return {key: sample_json(fields[key], rng, root) for key in required}
        case "array":
            least = int(schema.get("minItems", 0))
            most = int(schema.get("maxItems", least + 3))
            size = int(rng.integers(least, most + 1))
            return [sample_json(schema["items"], rng, root) for _ in range(size)]
        case "integer":
            low, high = _bounds(schema, 1, 100)
            return int(rng.integers(int(low), int(high) + 1))
        case "number":
            low, high = _bounds(schema, 1e-9, 1.0)
            return float(rng.uniform(low, high))
        case "boolean":
            return bool(rng.integers(2))
        case "null":
            return None
        case _:
            least = int(schema.get("minLength", 0))
            most = min(int(schema.get("maxLength", least + 8)), least + 8)
            size = int(rng.integers(least, most + 1))
            return "".join(
                _LETTERS[int(i)] for i in rng.integers(len(_LETTERS), size=size)
            )


def _bounds(
    schema: Mapping[str, Any], inside: float, default: float
) -> tuple[float, float]:
    """Return the closed range of a number.

    Args:
        schema: Of an integer or a number.
        inside: How far inside an open bound the range begins.
        default: The range is from -default to default where there are no bounds, and
            reaches up to twice as far from a bound beyond that.
    """
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + inside
    if high is None and "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - inside
    if low is None:
        low = -default if high is None else min(-default, high - default)
    if high is None:
        high = max(default, low + default)
    return low, high
