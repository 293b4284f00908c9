"""Plays a plan as `arena run` does, and says what that took."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from arena.plan import Plan
from arena.progress import make_observer
from arena.run import run
from arena.run_folder import RunFolder

__all__ = ["Played", "played"]


@dataclass(frozen=True)
class Played:
    """What a run took: seconds on the clock and of the processor, and bytes."""

    wall_s: float
    cpu_s: float
    size: int


def played(plan: Plan) -> Played:
    """Play a plan in a temporary folder; exit unless every episode scores 1."""
    planned = sum(1 for _ in plan.episodes())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        cpu_s, wall = _cpu(), time.perf_counter()
        with make_observer() as observer:
            run(plan, path, observer=observer)
        wall_s, cpu_s = time.perf_counter() - wall, _cpu() - cpu_s
        scores = RunFolder(path).scores()
        completed = sum(s.value == 1.0 for group in scores.values() for s in group)
        size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    if completed != planned:
        sys.exit(f"only {completed} of {planned} episodes were completed")
    return Played(wall_s, cpu_s, size)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
