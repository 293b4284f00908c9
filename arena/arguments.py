"""Checking arguments that come from outside against a typed signature.

One mechanism for the arguments of a tool call (from a model), the parameters of an
environment and the options of an agent or a scorer (from a scenario or the command
line).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NotRequired, Required, cast, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from .errors import UserError, nearest, one_line

__all__ = ["ArgumentProblem", "Arguments", "BadArguments"]


class ArgumentProblem(str):
    """One sentence about one argument; `argument` is its name."""

    argument: str

    def __new__(cls, argument: str, text: str) -> ArgumentProblem:
        """Make the sentence, which begins with the argument's name."""
        problem = super().__new__(cls, f"{argument}: {text}")
        problem.argument = argument
        return problem


class BadArguments(UserError):
    """Arguments that do not fit; `problems` has one sentence for each."""

    def __init__(self, problems: list[ArgumentProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Arguments:
    """The keyword arguments of a callable, checked strictly.

    Strictly means that `"50"` is no integer and that unknown names are refused, so
    that what was played is what was asked for.

    Args:
        name: What the arguments belong to; titles the JSON schema.
        types: Type of each argument, `Annotated` with pydantic's constraints.
        optional: The names that may be left out.
    """

    def __init__(
        self, name: str, types: Mapping[str, Any], optional: frozenset[str]
    ) -> None:
        self.types = dict(types)
        self.optional = optional
        fields = {
            key: (NotRequired if key in optional else Required)[kind]
            for key, kind in types.items()
        }
        shape = TypedDict(name, fields)  # pyright: ignore  (a functional TypedDict)
        shape.__pydantic_config__ = ConfigDict(  # pyright: ignore
            strict=True, extra="forbid", allow_inf_nan=False
        )
        self._adapter = cast(TypeAdapter[dict[str, Any]], TypeAdapter(shape))

    @classmethod
    def of(cls, function: Callable[..., object], skip: int = 0) -> Arguments:
        """Read the arguments from a signature, leaving out the first `skip`."""
        hints = get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[skip:]
        named = [
            p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        return cls(
            getattr(function, "__name__", "arguments"),
            {p.name: hints.get(p.name, Any) for p in named},
            frozenset(p.name for p in named if p.default is not p.empty),
        )

    @classmethod
    def of_class(cls, kind: type) -> Arguments:
        """Read the arguments of a class's constructor."""
        return _of_class(kind)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema of the arguments, an object without extras."""
        schema = _without_titles(self._adapter.json_schema())
        schema.setdefault("properties", {})
        schema["additionalProperties"] = False
        return schema

    def check(self, values: object) -> dict[str, Any]:
        """Return the checked arguments.

        Raises:
            BadArguments: With one sentence for each problem.
        """
        try:
            # Strict all the way down, also in types that say nothing of it themselves.
            return self._adapter.validate_python(values, strict=True)
        except ValidationError as error:
            raise BadArguments([self._sentence(dict(e)) for e in error.errors()]) from (
                None
            )

    def _names_at(self, place: Sequence[str | int]) -> Iterable[str]:
        """Return the names that the object at a place inside the arguments has."""
        root = self.json_schema()
        schema = root
        for part in place:
            inner: dict[str, Any] = schema.get("properties", {}).get(part, {})
            inner = inner or schema.get("items", {})
            reference = str(inner.get("$ref", "")).removeprefix("#/$defs/")
            schema = root.get("$defs", {}).get(reference, inner)
        return schema.get("properties", {})

    def _sentence(self, error: dict[str, Any]) -> ArgumentProblem:
        place = one_line(".".join(str(part) for part in error["loc"]), 120)
        place = place or "arguments"
        if error["type"] == "missing":
            return ArgumentProblem(place, "is missing")
        if error["type"] == "extra_forbidden":
            known = sorted(self._names_at(error["loc"][:-1]))
            close = nearest(str(error["loc"][-1]), known)
            hint = f"did you mean {close!r}?" if close else f"known: {known or 'none'}"
            return ArgumentProblem(place, f"is not an argument here; {hint}")
        message = error["msg"].removeprefix("Input ")
        return ArgumentProblem(place, f"{message}, given {_written(error['input'])}")


def _written(value: object) -> str:
    """Return the start of what was given, as Python writes it."""
    try:
        return one_line(repr(value), 60)
    except (RecursionError, ValueError):  # so many levels, or digits of a number
        return f"{type(value).__name__}, too large to show"


@functools.cache  # every episode asks, and building a checker takes a millisecond
def _of_class(kind: type) -> Arguments:
    init = cast(Callable[..., object], kind.__init__)
    if init is object.__init__:
        return Arguments(kind.__name__, {}, frozenset())
    return Arguments.of(init, skip=1)


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """Drop pydantic's titles, which only repeat the names, from a schema."""
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        if key == "properties":
            kept[key] = {k: _without_titles(v) for k, v in value.items()}
        elif isinstance(value, dict):
            kept[key] = _without_titles(cast(dict[str, Any], value))
        elif key in ("anyOf", "oneOf", "prefixItems"):
            kept[key] = [_without_titles(v) for v in cast(list[dict[str, Any]], value)]
        else:
            kept[key] = value
    return kept
