"""A language model in a plain loop, told how to go about long tasks."""

from __future__ import annotations

from collections.abc import Sequence

from arena.tools import Tool

from .chat import ChatAgent

__all__ = ["SimpleAgent"]

PROMPT = """\
You work on a task by yourself, step by step, with the tools you are given. Nobody \
answers questions, and nothing happens unless you call a tool.

How to work:
- First look at what there is, and write down a plan of a few steps. Say before each \
call, in a sentence or two, what you want to find out or get done.
- After each call read what came back, all of it, before you go on. An error says what \
went wrong: find its cause, and do not send the same call again in the hope of another \
answer.
- When something has failed twice, take another way. When a way turns out to be \
closed, change the plan and say how.
- Rely on what you have seen and not on what ought to be there. Read the documentation \
of whatever you use.
- Your own work counts too: check that a thing is done before you say that it is, and \
take care not to stop or delete what your work depends on.
- When all is done and checked, end it in the way the task says, once. Do not end it \
sooner because it is long.

The task:

{instructions}"""


class SimpleAgent(ChatAgent):
    """Any LangChain chat model with tool calling, in a plain loop.

    It is `chat` with a system prompt for long tasks: plan, act, look at errors, change
    the approach, end. Arguments as of `chat`.
    """

    def system_prompt(self, instructions: str, tools: Sequence[Tool]) -> str:
        """Return how to work on long tasks, and the task."""
        return PROMPT.format(instructions=instructions)
