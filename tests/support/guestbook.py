"""An environment in which seats write to each other, for tests of what is shown."""

from collections.abc import Mapping

from arena.env import Env
from arena.tools import tool


class Guestbook(Env):
    """Two guests sign, one after the other; everybody reads everything."""

    seats = ("left", "right")

    def instructions(self, seat: str) -> str:
        """Return what to do."""
        return "Sign the book."

    def start(self, options: Mapping[str, object]) -> None:
        """Open an empty page."""
        self.turn = "left"
        self.lines: list[str] = []

    @tool
    def sign(self, text: str) -> None:
        """Write into the book."""
        self.lines.append(text)
        self.over = self.turn == "right"
        self.turn = "right"

    def observe(self, seat: str) -> str:
        """Return the page."""
        return "\n".join(["The page:", *self.lines])

    def view(self, seat: str) -> dict[str, object]:
        """Return what is legal."""
        return {"legal": self.legal(seat)}
