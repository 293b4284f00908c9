"""The least environment there can be: a tool that returns a fixed text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arena.env import Env
from arena.tools import tool

__all__ = ["Looking"]


class Looking(Env):
    """Five looks, then an answer."""

    def instructions(self, seat: str) -> str:
        """Return the task."""
        return "Look five times, then submit."

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin."""

    @tool
    def look(self) -> str:
        """Look around."""
        return "You see nothing new."

    @tool
    def submit(self, answer: str) -> None:
        """Give the final answer."""
        self.over = True

    def observe(self, seat: str) -> str:
        """Return nothing beyond what the tools tell."""
        return ""

    def view(self, seat: str) -> dict[str, object]:
        """Return what is legal."""
        return {"legal": self.legal(seat)}
