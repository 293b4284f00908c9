"""Playing runs in tests: the real thing, told to nobody."""

from pathlib import Path
from typing import Any

from arena.agent import AgentSpec
from arena.episode import EpisodeResult
from arena.plan import Plan
from arena.planning import make_plan
from arena.run import RunOutcome, run
from arena.run_folder import RunFolder
from arena.scenario import find_scenarios, load_suite
from arena.specification import EpisodeSpec
from arena.trajectory import Trajectory

GAMES = [name for name in find_scenarios() if name.startswith("games/")]


class Quiet:
    """An observer that only counts."""

    def __init__(self) -> None:
        self.ended: list[EpisodeResult] = []

    def preparing(self, text: str) -> None:
        """Nothing to tell."""

    def started(self, total: int, already: int) -> None:
        """Nothing to tell."""

    def finished(self, spec: EpisodeSpec, result: EpisodeResult) -> None:
        """Remember the result."""
        self.ended.append(result)


def plan_of(
    *names: str, agent: AgentSpec | str = "random", epochs: int = 2, **more: Any
) -> Plan:
    """Plan scenarios or suites by name, for one agent."""
    spec = AgentSpec.parse(agent) if isinstance(agent, str) else agent
    suites = [load_suite(name) for name in names]
    return make_plan(suites, agents=[spec], epochs=epochs, **more)


def play_run(path: Path, *names: str, **more: Any) -> Path:
    """Play a run into a folder and return it."""
    play_plan(plan_of(*names, **more), path)
    return path


def play_plan(plan: Plan, path: Path, **more: Any) -> RunOutcome:
    """Play a plan."""
    return run(plan, path, observer=Quiet(), **more)


def play_one(path: Path, name: str, **more: Any) -> Trajectory:
    """Play one episode of a scenario and return its trajectory."""
    play_run(path, name, epochs=1, **more)
    folder = RunFolder(path)
    (episode,) = folder.manifest.episodes
    return folder.trajectory(episode)
