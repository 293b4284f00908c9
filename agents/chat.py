"""A language model that calls tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from arena.agent import Note
from arena.env import View
from arena.errors import EpisodeError
from arena.tools import Tool

from .completions import completion
from .conversation import Conversation
from .models import ask, open_model

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
    from langchain_core.runnables import Runnable

__all__ = ["ChatAgent"]


class ChatAgent:
    """Any LangChain chat model with tool calling.

    Args:
        model: `provider:name`, as in `openai:gpt-5`.
        base_url: Of a server that speaks the provider's protocol.
        temperature: Of sampling; by default the provider's own.
        window_tokens: How much the model reads; by default what LangChain knows of it.
            The oldest exchanges are dropped to stay within, and the record says so.
        timeout_s: For one reply, in seconds.
        attempts: How often a call is made at most, where failures may pass.
        model_options: Further arguments of the provider's class.
    """

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        temperature: Annotated[float, Field(ge=0)] | None = None,
        window_tokens: Annotated[int, Field(ge=256)] | None = None,
        timeout_s: Annotated[float, Field(gt=0)] = 300.0,
        attempts: Annotated[int, Field(ge=1, le=20)] = 6,
        model_options: dict[str, Any] | None = None,
    ) -> None:
        options = dict(model_options or {})
        if temperature is not None:
            options["temperature"] = temperature
        self._model = open_model(model, base_url, options)
        profile: Mapping[str, Any] = self._model.profile or {}
        self._window = window_tokens or profile.get("max_input_tokens")
        self._timeout_s = timeout_s
        self._attempts = attempts

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Begin a new conversation."""
        schemas = [tool.schema for tool in tools]
        self._note = note
        self._asked = self.prepared(self._model, tools)
        self._conversation = Conversation(
            self.system_prompt(instructions, tools), schemas, self._window, note
        )

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the model's reply to what has happened since its last one."""
        self._conversation.hear(self.heard(observation, results))
        reply = await self.reply(self._asked, self._conversation)
        return self.understood(reply)

    def watch(
        self,
        observation: str,
        view: View,
        results: Sequence[ToolMessage],
        message: AIMessage,
    ) -> None:
        """Take what another one said in this seat for one's own."""
        conversation = self.conversation
        conversation.hear(self.heard(observation, results))
        conversation.say(self.remembered(message))

    def complete(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer in a conversation that is not the agent's: that of a task's world."""
        return completion(self._model, request)

    def prepared(self, model: Any, tools: Sequence[Tool]) -> Runnable[Any, AIMessage]:
        """Return the model with the tools bound to it."""
        return model.bind_tools([tool.schema for tool in tools])

    def system_prompt(self, instructions: str, tools: Sequence[Tool]) -> str:
        """Return the system message."""
        return instructions

    def heard(
        self, observation: str, results: Sequence[ToolMessage]
    ) -> Sequence[BaseMessage]:
        """Return the messages that tell the model what has happened."""
        from langchain_core.messages import HumanMessage

        return results or [HumanMessage(content=observation)]

    @property
    def conversation(self) -> Conversation:
        """The conversation that goes on now."""
        return self._conversation

    def remembered(self, message: AIMessage) -> AIMessage:
        """Return a message of this seat as the model would have written it."""
        return message

    def understood(self, reply: AIMessage) -> AIMessage:
        """Return the reply as the episode reads it."""
        return reply

    async def reply(
        self, model: Runnable[Any, AIMessage], conversation: Conversation
    ) -> AIMessage:
        """Return what a model says next in a conversation, and add it there."""
        from langchain_core.exceptions import ContextOverflowError

        while True:
            try:
                reply = await ask(
                    model,
                    conversation.messages(),
                    self._note,
                    timeout_s=self._timeout_s,
                    attempts=self._attempts,
                )
            except ContextOverflowError as error:
                if not conversation.drop_half():
                    raise EpisodeError("model", error) from error
            else:
                conversation.say(reply)
                return reply
