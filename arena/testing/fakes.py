"""A chat model that answers at once from a script; the rest of the loop is real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

__all__ = ["ScriptedChatModel"]


class ScriptedChatModel(BaseChatModel):
    """Replies in order, from the first again after the last.

    Which reply is due depends only on the conversation, so that one object may serve
    many conversations at once. Registered as the provider `scripted`.
    """

    model: str = "scripted"
    """The name it gives itself."""
    replies: list[str | list[dict[str, Any]]]
    """Each a text, or a list of tool calls as `{"name": …, "args": {…}}`."""
    tokens_per_reply: tuple[int, int] = (10, 5)
    """Input and output tokens that it reports."""

    def __repr_args__(self) -> list[tuple[str, object]]:
        # LangChain writes a model's repr at every call; a long script would cost more
        # than the call.
        return [("model", self.model)]

    @property
    def _llm_type(self) -> str:
        return "arena-scripted"

    def bind_tools(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, tools: Sequence[Any], **kwargs: Any
    ) -> ScriptedChatModel:
        """Return itself: its calls are written already."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> ChatResult:
        said = sum(1 for message in messages if message.type == "ai")
        reply = self.replies[said % len(self.replies)]
        calls = [] if isinstance(reply, str) else reply
        tokens_in, tokens_out = self.tokens_per_reply
        message = AIMessage(
            content=reply if isinstance(reply, str) else "",
            tool_calls=[
                {**call, "id": f"call-{said}-{number}"}
                for number, call in enumerate(calls)
            ],
            usage_metadata={
                "input_tokens": tokens_in,
                "output_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            },
            response_metadata={"model_name": self.model},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)
