"""Tools are methods: a typed signature becomes the schema that a model sees."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .arguments import Arguments

__all__ = ["Tool", "tool", "tools_of"]

F = TypeVar("F", bound=Callable[..., str | None])
_MARK = "__arena_tool__"


def tool(method: F) -> F:
    """Mark a method of an environment as a tool that agents may call.

    Its name, docstring and typed signature are what the model sees; describe and bound
    arguments with `Annotated[int, Field(ge=0, le=100, description="…")]`. The method
    may return text for the seat that called it, and raises `IllegalAction` before it
    changes anything where the rules forbid the call.
    """
    setattr(method, _MARK, True)
    return method


class Tool:
    """A tool as a seat sees it.

    Attributes:
        name: What a tool call names.
        description: The docstring, for the model.
        parameters: JSON schema of the arguments, always an object.
    """

    def __init__(
        self,
        name: str,
        description: str,
        function: Callable[..., str | None],
        arguments: Arguments,
    ) -> None:
        self.name = name
        self.description = description
        self.function = function
        self.arguments = arguments
        self.parameters: dict[str, Any] = arguments.json_schema()

    @classmethod
    def of(cls, method: Callable[..., str | None]) -> Tool:
        """Read a tool from a method marked with `@tool`."""
        name = method.__name__
        return cls(name, inspect.getdoc(method) or "", method, Arguments.of(method, 1))

    def taking(self, optional: Iterable[str] = (), **types: Any) -> Tool:
        """Return this tool with exactly these arguments.

        For environments whose arguments depend on their parameters, for example on
        the number of players.

        Args:
            optional: The names of those that may be left out.
            types: The type of each, by name.
        """
        arguments = Arguments(self.name, types, frozenset(optional))
        return Tool(self.name, self.description, self.function, arguments)

    def check(self, args: object) -> dict[str, Any]:
        """Return the checked arguments.

        Raises:
            BadArguments: With one sentence for each problem.
        """
        return self.arguments.check(args)

    @property
    def schema(self) -> dict[str, Any]:
        """The tool in OpenAI's function form, as LangChain's `bind_tools` takes it."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": self.parameters,
            },
        }


@functools.cache
def tools_of(kind: type) -> Mapping[str, Tool]:
    """Return the tools of an environment class by name, in order of definition."""
    methods: dict[str, Callable[..., str | None]] = {}
    for base in reversed(kind.__mro__):
        for name, value in vars(base).items():
            if getattr(value, _MARK, False):
                methods[name] = value
            else:  # an override without the mark is no tool any more
                methods.pop(name, None)
    return {name: Tool.of(method) for name, method in methods.items()}
