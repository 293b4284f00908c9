"""Completion of calls at the prompt: tools, their arguments, and listed values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from arena.tools import Tool

from .tool_help import choices
from .typed_calls import positional

__all__ = ["CallCompleter"]


class CallCompleter(Completer):
    """Completes the word before the cursor.

    Args:
        tools: By name.
        commands: Further first words.
    """

    def __init__(self, tools: Mapping[str, Tool], commands: Sequence[str]) -> None:
        self._tools = tools
        self._commands = commands

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what may stand in place of the word before the cursor."""
        *before, word = document.text_before_cursor.lstrip().split(" ")
        for text in self._candidates(before, word):
            if text.startswith(word):
                yield Completion(text, -len(word))

    def _candidates(self, before: Sequence[str], word: str) -> Iterator[str]:
        """Yield what a word can be, by the words before it."""
        if not before:
            for name, tool in self._tools.items():
                yield f"{name} " if tool.parameters["properties"] else name
            yield from self._commands
            return
        if before[0] in self._commands:
            yield from self._tools  # as in `/tools bash`
            return
        tool = self._tools.get(before[0])
        if tool is None:
            return
        fields: Mapping[str, Any] = tool.parameters["properties"]
        name, equals, _ = word.partition("=")
        if equals and name in fields:
            values = choices(fields[name], tool.parameters)
            yield from (f"{name}={value}" for value in values)
            return
        given = {part.partition("=")[0] for part in before[1:] if "=" in part}
        if not given:
            yield from self._in_order(tool, len(before) - 1)
        yield from (f"{name}=" for name in fields if name not in given)

    def _in_order(self, tool: Tool, place: int) -> Sequence[str]:
        """Return the listed values of the argument in a place."""
        names = positional(tool)[place : place + 1]
        fields = tool.parameters["properties"]
        return [v for n in names for v in choices(fields[n], tool.parameters)]
