"""An environment whose parts a seat may forfeit, for tests of the loop."""

from collections.abc import Mapping
from typing import Any

from arena.env import Env
from arena.tools import tool


class Coins(Env):
    """Three coins, each won by a call or lost by forfeit."""

    def instructions(self, seat: str) -> str:
        """Return the rules."""
        return "Take each coin."

    def start(self, options: Mapping[str, Any]) -> None:
        """Lay out the coins."""
        self.taken: list[bool] = []

    @tool
    def take(self) -> str:
        """Take a coin."""
        self._end(True)
        return "taken"

    def forfeit(self, seat: str) -> bool:
        """Let the coin go."""
        self._end(False)
        return True

    def _end(self, taken: bool) -> None:
        self.taken.append(taken)
        self.payoffs["player"] += taken
        self.over = len(self.taken) == 3

    def observe(self, seat: str) -> str:
        """Return how many are left."""
        return f"{3 - len(self.taken)} left"

    def view(self, seat: str) -> dict[str, object]:
        """Return what is legal."""
        return {"legal": self.legal(seat)}

    def evidence(self) -> dict[str, object]:
        """Return which were taken."""
        return {"taken": self.taken}
