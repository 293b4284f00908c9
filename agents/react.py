"""A language model without tool calling, which writes its call as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from arena.tools import Tool

from .chat import ChatAgent

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
    from langchain_core.runnables import Runnable

__all__ = ["ReactAgent"]

_BLOCK = re.compile(r"```(?:json)?[ \t]*\r?\n(.*?)```", re.DOTALL)
_PROMPT = """\
{instructions}

Tools:
{tools}

Think first if you like, then call exactly one tool, as one fenced block of JSON:
```json
{{"tool": "NAME", "args": {{…}}}}
```"""


class ReactAgent(ChatAgent):
    """Any LangChain chat model; one call a message, in a fenced JSON block.

    A reply without exactly one such block, or with one that is no call, is answered
    with what is wrong, and counted as a bad call. Arguments as of `chat`.
    """

    def prepared(self, model: Any, tools: Sequence[Tool]) -> Runnable[Any, AIMessage]:
        """Return the model as it is."""
        return model

    def system_prompt(self, instructions: str, tools: Sequence[Tool]) -> str:
        """Return the instructions with the tools and the form of a call."""
        listed = "\n".join(
            f"- {tool.name}: {tool.description}\n"
            f"  args: {json.dumps(tool.parameters, ensure_ascii=False)}"
            for tool in tools
        )
        return _PROMPT.format(instructions=instructions, tools=listed)

    def heard(
        self, observation: str, results: Sequence[ToolMessage]
    ) -> Sequence[BaseMessage]:
        """Return what has happened as one message of the user."""
        from langchain_core.messages import HumanMessage

        texts = [str(cast(object, r.content)) for r in results] or [observation]  # pyright: ignore[reportUnknownMemberType]
        return [HumanMessage(content="\n".join(texts))]

    def remembered(self, message: AIMessage) -> AIMessage:
        """Return a message with its first call as a block, where it has none yet."""
        from langchain_core.messages import AIMessage

        text = str(message.text)
        if message.tool_calls and isinstance(_read_call(text), str):
            call = message.tool_calls[0]
            block = json.dumps({"tool": call["name"], "args": call["args"]})
            text = f"{text}\n```json\n{block}\n```".lstrip()
        return AIMessage(content=text)

    def understood(self, reply: AIMessage) -> AIMessage:
        """Return the reply with its JSON block read as a tool call."""
        from langchain_core.messages import AIMessage

        call = _read_call(str(reply.text))
        bad = isinstance(call, str)
        return AIMessage(
            content=reply.content,  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            tool_calls=[] if bad else [{**call, "id": "call-1"}],
            invalid_tool_calls=[_invalid(call)] if bad else [],
            usage_metadata=reply.usage_metadata,
            response_metadata=reply.response_metadata,
            additional_kwargs=reply.additional_kwargs,
        )


def _read_call(text: str) -> dict[str, Any] | str:
    """Return the call in a reply, or what is wrong with it."""
    blocks = _BLOCK.findall(text)
    if len(blocks) != 1:
        return f"your message has {len(blocks)} fenced JSON blocks; it needs one."
    try:
        call = json.loads(blocks[0])
    except (ValueError, RecursionError) as error:
        return f"the block is not valid JSON ({error})."
    fields = cast(dict[str, Any], call) if isinstance(call, dict) else {}
    name, args = fields.get("tool"), fields.get("args", {})
    if not isinstance(name, str) or not isinstance(args, dict):
        return 'the block must be {"tool": "NAME", "args": {…}}.'
    return {"name": name, "args": cast(dict[str, Any], args)}


def _invalid(problem: str) -> dict[str, Any]:
    return {"name": None, "args": None, "id": "call-1", "error": problem}
