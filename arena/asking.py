"""A person at the terminal: who oversees an episode, or breaks it off."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

import anyio

from .oversight import Decision
from .text import shown

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["Person", "interrupt_run"]

ON_CALL = "[a]pprove (Enter), [r]eject, [e]dit, [q]uit: "
ON_OBSERVATION = "[a]pprove (Enter), [e]dit, [q]uit: "


class Person:
    """Asks on standard error and reads standard input, which is a terminal.

    What agents wrote is shown with its control characters spelt out. To quit is to
    interrupt the run, which goes on from there when it is called again.
    """

    def __init__(self) -> None:
        self._held = b""

    async def on_call(self, seat: str, call: ToolCall) -> Decision | None:
        """Show a call and ask."""
        _say(f"\n{seat} wants to call {call['name']}:")
        for name, value in call["args"].items():
            _say(f"  {name}: {value if isinstance(value, str) else json.dumps(value)}")
        match await self._choice(ON_CALL, "are"):
            case "r":
                reason = await self._line("reason, which the agent is told: ")
                return Decision("reject", reason or "no reason was given")
            case "e":
                return Decision("edit_action", args=await self._arguments())
            case _:
                return Decision("approve")

    async def on_observation(self, seat: str, text: str) -> Decision | None:
        """Show what a seat is about to see, and ask."""
        _say(f"\n{seat} is about to see:\n{text}")
        if await self._choice(ON_OBSERVATION, "ae") == "e":
            return Decision("edit_observation", text=await self._text())
        return Decision("approve")

    async def _choice(self, question: str, letters: str) -> str:
        while True:
            said = (await self._line(question)).strip().lower()[:1] or "a"
            if said == "q":
                await interrupt_run()
            if said in letters:
                return said

    async def _arguments(self) -> Mapping[str, Any]:
        while True:
            line = await self._line("all arguments, as a JSON object in one line: ")
            try:
                read = json.loads(line)
            except (ValueError, RecursionError) as error:
                _say(f"not JSON: {error}")
                continue
            if isinstance(read, dict):
                return cast(dict[str, Any], read)
            _say('not an object, as {"command": "ls"}')

    async def _text(self) -> str:
        _say("what it sees instead; a line with only a dot ends it")
        lines: list[str] = []
        while (line := await self._line("")) != ".":
            lines.append(line)
        return "\n".join(lines)

    async def _line(self, question: str) -> str:
        """Return the next line; the event loop goes on meanwhile."""
        print(question, end="", file=sys.stderr, flush=True)
        while b"\n" not in self._held:
            await anyio.wait_readable(sys.stdin)
            try:
                read = os.read(sys.stdin.fileno(), 4096)
            except OSError:  # the terminal is gone
                read = b""
            if not read:
                await interrupt_run()
            self._held += read
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(errors="replace")


async def interrupt_run() -> NoReturn:
    """Interrupt the run as Ctrl-C does, and wait until that has come through."""
    signal.raise_signal(signal.SIGINT)
    while True:
        await anyio.sleep_forever()


def _say(text: str) -> None:
    print(shown(text), file=sys.stderr, flush=True)
