"""An environment that is changed between a run and its replay."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from playing import play_run
from pydantic import Field

from arena.env import Env
from arena.errors import EpisodeError
from arena.tools import tool


class Ladder(Env):
    """Two players climb in turn; what a step is worth is drawn at the start."""

    changed: ClassVar[str] = ""
    """What is other now: `text`, `reward`, `end`, `evidence`, `crash`, `sandbox`."""

    seats = ("a", "b")

    def instructions(self, seat: str) -> str:
        """Return the rules."""
        return f"Climb, {seat}."

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin at the bottom."""
        self.height = 0
        self.worth = int(self.np_random.integers(1, 100))

    @tool
    def climb(self, rungs: Annotated[int, Field(ge=1, le=3)]) -> str:
        """Climb some rungs."""
        self.height += 1
        late = self.height >= 4
        if late and self.changed == "crash":
            raise RuntimeError("a rung broke")
        if late and self.changed == "sandbox":
            raise EpisodeError("sandbox", OSError("the engine is gone"))
        extra = 1 if late and self.changed == "reward" else 0
        self.payoffs[self.turn] += self.worth * rungs + extra
        self.turn = "b" if self.turn == "a" else "a"
        self.over = self.height >= (5 if self.changed == "end" else 6)
        return "up!" if late and self.changed == "text" else "up"

    def observe(self, seat: str) -> str:
        """Return the height."""
        return f"{seat} is at {self.height}"

    def view(self, seat: str) -> dict[str, object]:
        """Return the same."""
        return {"legal": self.legal(seat), "height": self.height}

    def evidence(self) -> dict[str, object]:
        """Return what a step was worth."""
        return {"worth": self.worth + (self.changed == "evidence")}


def ladder_run(folder: Path, *, epochs: int) -> Path:
    """Play a ladder against `random` into a new run, and return its folder."""
    scenario = folder / "ladder"
    scenario.mkdir()
    (scenario / "scenario.toml").write_text(
        'description = "A ladder."\nenvironment = "changed:Ladder"\n'
        '[seats]\nb = "random"\n[[scorers]]\nname = "payoff"\n'
    )
    return play_run(folder / "run", str(scenario), epochs=epochs)
