"""What comes with the agent's calls: the world's time, a full disk, hints."""

from __future__ import annotations

from collections.abc import Mapping

from arena.sandboxing import Sandbox
from arena.task_toml import Perturbation

from .asked import DISK_FULL, Asked
from .place import Place

__all__ = ["Course"]

# All that is free, in a folder where a program might well have left it.
FILL = """\
folder="$HOME/.cache/preview" && mkdir -p "$folder" &&
free=$(df --output=avail -B1 "$HOME" | tail -n 1) && [ "$free" -gt 0 ] &&
fallocate -l "$free" "$folder/render.tmp"
"""


class Course:
    """The calls of one episode, and what happened at them.

    Args:
        asked: The task, and how it is played; None for no task.
        hints_after: After so many calls each, the next hint is shown; None for never.
    """

    def __init__(self, asked: Asked | None, hints_after: int | None) -> None:
        self._full: Perturbation | None = asked.disk_full if asked else None
        self._hints = asked.task.hints if asked and hints_after else []
        self._hints_after = hints_after or 0
        self._calls = 0
        self._hinted: list[int] = []
        self._filled_at: int | None = None

    def begin(self, place: Place) -> None:
        """Let happen what is to be so from the start."""
        self._fill_when("start", place.box)

    def call(self, place: Place) -> None:
        """Let happen what comes before a call of the agent.

        Raises:
            SandboxError: If box or world is lost.
        """
        self._calls += 1
        self._fill_when(f"calls:{self._calls}", place.box)
        if place.world is not None:
            place.world.ask("turn")

    def hint(self) -> str | None:
        """Return the next hint where it is time for one, after the agent's call."""
        shown = len(self._hinted)
        if shown >= len(self._hints) or self._calls < self._hints_after * (shown + 1):
            return None
        self._hinted.append(self._calls)
        return self._hints[shown]

    def told(self, perturbations: Mapping[str, object]) -> dict[str, object]:
        """Return what the record says of it.

        Args:
            perturbations: What the world says of its own.
        """
        full = {"fired": self._filled_at, "touched": self._filled_at}
        own = {DISK_FULL: full} if self._full else {}
        return {
            "perturbations": {**perturbations, **own},
            "hints": self._hinted,
            "assisted": ["hint"] if self._hinted else [],
        }

    def _fill_when(self, moment: str, box: Sandbox) -> None:
        due = self._full is not None and self._full.when == moment
        if due and box.exec(["bash", "-c", FILL]).exit_code == 0:
            self._filled_at = self._calls
