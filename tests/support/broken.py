"""Environments and agents that fail, each at one place, for tests of the loop."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, cast

from langchain_core.messages import AIMessage, ToolMessage

from arena.env import Env, View
from arena.errors import EpisodeError
from arena.sandboxing import SandboxError
from arena.tools import tool


class Fragile(Env):
    """A countdown that breaks where it is told to, for some seeds or for all."""

    def __init__(
        self,
        *,
        breaks: Literal["reset", "step", "evidence", "never"] = "never",
        one_in: int = 1,
        steps: int = 3,
    ) -> None:
        self.breaks = breaks
        self.one_in = one_in
        self.steps = steps
        super().__init__()

    def instructions(self, seat: str) -> str:
        """Return the task."""
        return "Go on until the end."

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin."""
        self.unlucky = bool(self.np_random.integers(self.one_in) == 0)
        self.left = self.steps
        self._break("reset")

    @tool
    def go(self) -> str:
        """Go on."""
        self._break("step")
        self.left -= 1
        self.over = self.left == 0
        return f"{self.left} left"

    def observe(self, seat: str) -> str:
        """Return nothing beyond what the tool tells."""
        return ""

    def view(self, seat: str) -> dict[str, object]:
        """Return what is legal."""
        return {"legal": self.legal(seat)}

    def evidence(self) -> dict[str, object]:
        """Return nothing."""
        self._break("evidence")
        return {}

    def _break(self, place: str) -> None:
        if self.breaks == place and self.unlucky:
            raise RuntimeError(f"broken at {place}")


class Unsteady(Fragile):
    """A countdown whose sandbox fails, the first time only or always."""

    begun: ClassVar[list[int]] = []
    """The draw of every start."""

    def __init__(self, *, always: bool = False) -> None:
        self.always = always
        super().__init__()

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin, or fail."""
        super().start(options)
        draw = int(self.np_random.integers(2**31))
        again = draw in self.begun
        self.begun.append(draw)
        if self.always or not again:
            raise EpisodeError("sandbox", SandboxError("the engine was busy"))


class Slow(Fragile):
    """A countdown whose every step takes a while, off the event loop."""

    blocking = True

    @tool
    def go(self) -> str:
        """Go on, slowly."""
        import time

        time.sleep(0.05)
        return super().go()


class Mute:
    """An agent that returns nothing, against its contract."""

    def reset(self, **given: object) -> None:
        """Take whatever is given."""

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return nothing."""
        return cast(AIMessage, None)
