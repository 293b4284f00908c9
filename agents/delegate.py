"""A language model in a loop that may hand parts of its task to sub-agents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from arena.agent import Note
from arena.arguments import BadArguments
from arena.env import View
from arena.tools import Tool, tool, tools_of

from .conversation import Conversation
from .simple import SimpleAgent

if TYPE_CHECKING:
    from langchain_core.messages import (
        AIMessage,
        BaseMessage,
        ToolCall,
        ToolMessage,
    )
    from langchain_core.messages.ai import UsageMetadata
    from langchain_core.runnables import Runnable

__all__ = ["DelegateAgent"]

ENDS = "submit"
"""The tool that would end the whole task; sub-agents do not have it."""
MOST_INNER = 8
"""Own calls in a row, after which the episode and its limits have their turn."""
MAIN_PROMPT = """

You may hand parts of this task to sub-agents with the tool delegate, one at a time. A \
sub-agent has the same machine and tools, but has seen nothing of this conversation: \
it knows only what you write to it. Give it one clear part with an end that it can \
check, and everything it cannot know: credentials, addresses, paths, what you have \
found out and tried. You are told its report and nothing else. Call delegate alone in \
a message. What a sub-agent reports may be wrong: check what matters."""
SUB_PROMPT = """\
You work on one part of a larger task, for an agent that has handed it to you. You \
have its tools, and nothing of its memory: you know of credentials, addresses, \
passwords and of what was done before only what you are told. If something is missing, \
look for it with your tools; if it is not there, say so in your report, and never make \
it up.

Look first, then act; read errors and change your way when one has failed twice. Do \
this part and nothing beyond it. When it is done and checked, or cannot be done, call \
report, alone in a message, with all that the other agent needs: what you did, what \
you found (word for word: paths, keys, answers), and what is left. You have {turns} \
messages in all."""
LAST = "You have one message left: call report now."
NO_REPORT = "It ended without a report, after {turns} messages. It said last: {said}"
ALONE = "Not done: call {name} alone in a message. Your other calls were played."
ONE = "Not done: one at a time."
NOT_YOURS = "Not done: you do not have this tool. When your part is done, call report."


@dataclass
class _Strand:
    """One conversation of the agent's: the main one, or a sub-agent's.

    Attributes:
        own: The tool of the agent's own that it has.
        left: How many messages it has left; None for no bound.
        call: The call of its own tool that was made last.
    """

    own: Tool
    model: Runnable[Any, AIMessage]
    conversation: Conversation
    left: int | None = None
    call: ToolCall | None = None


class DelegateAgent(SimpleAgent):
    """Any LangChain chat model with tool calling, with sub-agents of the same model.

    Beside the tools of the environment it has `delegate(task)`. A sub-agent works on
    that in a new conversation, with the environment's tools but the one that ends the
    task, and ends with `report(result)`, which goes back to the main conversation.
    Both are notes on the record, `delegated` and `reported`, and all calls to the model
    count as the agent's.

    Args:
        sub_turns: How many messages a sub-agent has.
        options: As of `chat`.
    """

    def __init__(
        self,
        *,
        model: str,
        sub_turns: Annotated[int, Field(ge=2, le=1000)] = 30,
        base_url: str | None = None,
        temperature: Annotated[float, Field(ge=0)] | None = None,
        window_tokens: Annotated[int, Field(ge=256)] | None = None,
        timeout_s: Annotated[float, Field(gt=0)] = 300.0,
        attempts: Annotated[int, Field(ge=1, le=20)] = 6,
        model_options: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            model=model,
            base_url=base_url,
            temperature=temperature,
            window_tokens=window_tokens,
            timeout_s=timeout_s,
            attempts=attempts,
            model_options=model_options,
        )
        self._sub_turns = sub_turns

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Begin a new main conversation, without sub-agents."""
        self._note = note
        self._tools = tools
        prompt = self.system_prompt(instructions, tools) + MAIN_PROMPT
        self._strands = [self._strand("delegate", tools, prompt)]

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the next message for the environment, the main one's or a sub-agent's.

        Calls of the agent's own tools are answered on the way.
        """
        self.conversation.hear(self.heard(observation, results))
        spent: UsageMetadata | None = None
        reply: AIMessage | None = None
        for _ in range(MOST_INNER):
            strand = self._strands[-1]
            reply = await self._said(strand)
            spent = _sum(spent, reply)
            own = [c for c in reply.tool_calls if c["name"] == strand.own.name]
            # Some models call tools that they were not given.
            sub = strand.left is not None
            ends = [c for c in reply.tool_calls if sub and c["name"] == ENDS]
            others = [c for c in reply.tool_calls if c not in own + ends]
            unread = reply.invalid_tool_calls
            if own and not (ends or others or unread):
                self._called(strand, own)
            elif strand.left == 0:
                said = str(reply.text) or "nothing"
                self._back(NO_REPORT.format(turns=self._sub_turns, said=said))
            else:
                told = ALONE.format(name=strand.own.name)
                strand.conversation.hear([_answer(call, told) for call in own])
                strand.conversation.hear([_answer(call, NOT_YOURS) for call in ends])
                if not ends or others or unread:
                    return _passed_on(reply, others, spent)
        assert reply is not None
        return _passed_on(reply, [], spent)

    @property
    def conversation(self) -> Conversation:
        """The conversation that goes on now: the main one, or a sub-agent's."""
        return self._strands[-1].conversation

    @tool
    def delegate(self, task: Annotated[str, Field(min_length=1)]) -> None:
        """Have a sub-agent work on a part of the task; returns its report.

        It knows nothing but what you write here: name all paths, addresses, credentials
        and findings that it needs, and how it can tell that it is done.
        """
        self._note("delegated", {"task": task})
        tools = [tool for tool in self._tools if tool.name != ENDS]
        prompt = SUB_PROMPT.format(turns=self._sub_turns)
        strand = self._strand("report", tools, prompt)
        strand.left = self._sub_turns
        strand.conversation.hear([_told(task)])
        self._strands.append(strand)

    @tool
    def report(self, result: str) -> None:
        """End your part, and tell the agent that gave it to you how it went.

        It sees this and nothing else of what you did.
        """
        self._back(result)

    def _strand(self, own: str, tools: Sequence[Tool], prompt: str) -> _Strand:
        tool = tools_of(DelegateAgent)[own]
        schemas = [each.schema for each in (*tools, tool)]
        conversation = Conversation(prompt, schemas, self._window, self._note)
        model = self.prepared(self._model, (*tools, tool))
        return _Strand(tool, model, conversation)

    async def _said(self, strand: _Strand) -> AIMessage:
        """Return what the model says next in a conversation."""
        if strand.left is not None:
            if strand.left == 1:
                strand.conversation.hear([_told(LAST)])
            strand.left -= 1
        return await self.reply(strand.model, strand.conversation)

    def _called(self, strand: _Strand, calls: Sequence[ToolCall]) -> None:
        """Do the first of some calls of a conversation's own tool."""
        strand.call, *others = calls
        strand.conversation.hear([_answer(call, ONE) for call in others])
        try:
            args = strand.own.check(strand.call["args"])
        except BadArguments as error:
            strand.conversation.hear([_answer(strand.call, f"Error: {error}.")])
        else:
            strand.own.function(self, **args)

    def _back(self, result: str) -> None:
        """End the sub-agent, and answer the call that it is from."""
        sub = self._strands.pop()
        assert sub.left is not None
        self._note("reported", {"result": result, "turns": self._sub_turns - sub.left})
        main = self._strands[-1]
        assert main.call is not None
        main.conversation.hear([_answer(main.call, result)])


def _told(text: str) -> BaseMessage:
    from langchain_core.messages import HumanMessage

    return HumanMessage(content=text)


def _answer(call: ToolCall, text: str) -> BaseMessage:
    from langchain_core.messages import ToolMessage

    return ToolMessage(content=text, tool_call_id=call["id"] or "", name=call["name"])


def _sum(spent: UsageMetadata | None, reply: AIMessage) -> UsageMetadata | None:
    """Return what was spent with this reply; None while no model has said."""
    from langchain_core.messages.ai import add_usage

    if spent is None or reply.usage_metadata is None:
        return spent or reply.usage_metadata
    return add_usage(spent, reply.usage_metadata)


def _passed_on(
    reply: AIMessage, calls: Sequence[ToolCall], spent: UsageMetadata | None
) -> AIMessage:
    """Return a reply as the episode plays it: some of its calls, and all usage."""
    return reply.model_copy(update={"tool_calls": list(calls), "usage_metadata": spent})
