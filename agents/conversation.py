"""A conversation that stays within the model's window."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from arena.agent import Note

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

__all__ = ["Conversation"]

DROPPED = "(The oldest {count} exchanges of this conversation are no longer shown.)"


class Conversation:
    """What was said so far: the opening, and exchanges that can be dropped whole.

    The opening is the instructions and the first observation, and always stays. An
    exchange is a reply of the model and all answers to it, so that no tool message is
    ever left without its call.

    Args:
        instructions: The system message.
        tools: Schemas that are sent along and take room.
        window: How many tokens the model reads, or None for no bound; an eighth of it
            is left for the reply. Tokens are estimated from characters.
    """

    def __init__(
        self,
        instructions: str,
        tools: Sequence[dict[str, Any]],
        window: int | None,
        note: Note,
    ) -> None:
        from langchain_core.messages import SystemMessage

        self._opening: list[BaseMessage] = [SystemMessage(content=instructions)]
        self._exchanges: list[list[BaseMessage]] = []
        self._dropped = 0
        self._room = None if window is None else window - window // 8
        self._tools_tokens = len(json.dumps(list(tools))) // 4
        self._note = note

    def hear(self, messages: Sequence[BaseMessage]) -> None:
        """Add what the model is told."""
        place = self._exchanges[-1] if self._exchanges else self._opening
        place.extend(messages)

    def say(self, reply: AIMessage) -> None:
        """Add what the model replied."""
        self._exchanges.append([reply])

    def messages(self) -> list[BaseMessage]:
        """Return what to send, after dropping what does not fit."""
        if self._room is not None:
            sizes = [_tokens(exchange) for exchange in self._exchanges]
            total = _tokens(self._opening) + self._tools_tokens + sum(sizes)
            count = 0
            while total > self._room and count < len(sizes) - 1:
                total -= sizes[count]
                count += 1
            if count:
                self._drop(count, total)
        return self._sent()

    def drop_half(self) -> bool:
        """Drop the older half, for a model that says it is too much.

        Returns:
            Whether there was anything to drop.
        """
        count = len(self._exchanges) // 2
        if count:
            self._drop(count, None)
        return count > 0

    def _drop(self, count: int, tokens: int | None) -> None:
        del self._exchanges[:count]
        self._dropped += count
        about = {"dropped_exchanges": count, "kept": len(self._exchanges)}
        self._note("context", {**about, "estimated_tokens": tokens})

    def _sent(self) -> list[BaseMessage]:
        from langchain_core.messages import HumanMessage

        opening = list(self._opening)
        if self._dropped:
            opening.append(HumanMessage(content=DROPPED.format(count=self._dropped)))
        return opening + [m for exchange in self._exchanges for m in exchange]


def _tokens(messages: Sequence[BaseMessage]) -> int:
    from langchain_core.messages.utils import count_tokens_approximately

    return count_tokens_approximately(messages)
