"""An environment in which much can happen, and agents that say anything."""

import copy
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from langchain_core.messages import AIMessage, ToolMessage
from pydantic import Field

from arena.agent import Note
from arena.env import Env, View
from arena.errors import IllegalAction
from arena.tools import Tool, tool


class Wild(Env):
    """Two players shout in turn or out of it; draws decide what that is worth."""

    seats = ("a", "b")

    def instructions(self, seat: str) -> str:
        """Return the rules."""
        return f"Shout, {seat}."

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin."""
        self.heard: list[object] = []
        self.cut = bool(self.np_random.random() < 0.3)

    def reset(self, **more: Any) -> tuple[str, dict[str, Any]]:
        """Begin with a note."""
        observation, info = super().reset(**more)
        return observation, {**info, "notes": [("drawn", {"cut": self.cut})]}

    def step(self, action: Any) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Cut some games short, and note down what is good."""
        observation, reward, over, _, info = super().step(action)
        cut = self.cut and len(self.heard) == 4
        notes = [] if "error" in info else [("heard", {"n": len(self.heard)})]
        return observation, reward, over, cut, {**info, "notes": notes}

    @tool
    def shout(self, text: Annotated[str, Field(max_length=99)]) -> str:
        """Shout something; the other one is next."""
        self._hear(text)
        self.turn = "b" if self.turn == "a" else "a"
        return f"{text!r} was shouted, Authorization: Bearer {'0123456789abcdef' * 2}"

    @tool
    def count(self, number: float, whole: int = 0) -> str:
        """Say a number, and go on."""
        if number == 7:
            raise IllegalAction("not seven.")
        self._hear(number)
        return f"{number} and {whole}"

    def forfeit(self, seat: str) -> bool:
        """Lose a turn, unless the game is nearly over."""
        if len(self.heard) > 4:
            return False
        self._hear(None)
        self.turn = "b" if seat == "a" else "a"
        return True

    def _hear(self, what: object) -> None:
        self.heard.append(what)
        self.payoffs[self.turn] += int(self.np_random.integers(100)) / 7
        self.over = len(self.heard) >= 8

    def observe(self, seat: str) -> str:
        """Return what was heard last."""
        return f"{seat}: {len(self.heard)} {self.heard[-1:]!r}"

    def view(self, seat: str) -> dict[str, object]:
        """Return the same."""
        return {"legal": self.legal(seat), "heard": len(self.heard)}

    def evidence(self) -> dict[str, object]:
        """Return all that was heard."""
        return {"heard": self.heard}


class Sayer:
    """Says given messages in order, then the first ones again, and thinks aloud.

    Args:
        messages: What it says.
        thoughts: A note before each message, where there is one.
    """

    def __init__(
        self,
        messages: Sequence[AIMessage],
        thoughts: Sequence[Mapping[str, object] | None],
    ) -> None:
        self._messages = messages
        self._thoughts = thoughts

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Begin with the first message."""
        self._said, self._note = 0, note
        note("awake", {"seed": seed % 10})

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the next message."""
        thought = self._thoughts[self._said % len(self._thoughts)]
        message = self._messages[self._said % len(self._messages)]
        self._said += 1
        if thought is not None:
            self._note("thought", thought)
        return copy.deepcopy(message)
