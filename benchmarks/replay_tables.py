"""Replaying and looking at large runs; no peer replays."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table
from running import Figures, figures, middle, number, say

__all__ = ["replay_tables"]

ARENA = Path(sys.executable).with_name("arena")
HANDS = int(os.environ.get("BENCH_HANDS", "10000"))
LONG_MB = int(os.environ.get("BENCH_LONG_MB", "100"))


def replay_tables(rounds: int) -> list[Table]:
    """Measure all, so many times, and return the table."""
    looked: list[Figures] = []
    verified: list[Figures] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        say(f"{HANDS} hands and an episode of {LONG_MB} MB are made")
        made = figures(sys.executable, "large_runs.py", folder, HANDS, LONG_MB)
        for round_ in range(rounds):
            say(f"round {round_ + 1} of {rounds}: replay and pages")
            verified.append(_verified(folder / "hands"))
            looked.append(figures(sys.executable, "viewing.py", folder))
    return [_table(made, verified, looked)]


def _verified(run: Path) -> Figures:
    """Replay a run as a user does; exit unless every episode is as recorded."""
    begun, cpu_s = time.perf_counter(), _cpu_of_children()
    command = [ARENA, "replay", run, "--verify"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    taken = time.perf_counter() - begun
    if done.returncode != 0:
        sys.exit(f"arena replay --verify failed with exit code {done.returncode}")
    return {"verify_s": taken, "verify_cpu_s": _cpu_of_children() - cpu_s}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _table(made: Figures, verified: list[Figures], looked: list[Figures]) -> Table:
    table = Table(
        title=f"{HANDS:,} hands of Blackjack and an episode of {LONG_MB} MB "
        f"({made['events']:,} events), seconds",
        box=SIMPLE_HEAD,
    )
    table.add_column("")
    for name in ("median", "n"):
        table.add_column(name, justify="right")
    rows = (
        (f"arena replay --verify of {HANDS:,} hands", "verify_s", verified),
        ("the same, CPU time", "verify_cpu_s", verified),
        ("the first index of both runs", "index_s", looked),
        (f"the list of {HANDS:,} episodes after it", "list_s", looked),
        ("the page of that run, opened first", "page_first_s", looked),
        ("the page of that run, later", "page_s", looked),
        (f"the page of {LONG_MB} MB, opened first", "long_s", looked),
        ("a window of it, scrolled to", "window_s", looked),
    )
    for title, key, found in rows:
        values = [v for each in found for v in _all(each[key])]
        table.add_row(title, number(middle(found, key)), str(len(values)))
    table.caption = f"Playing the hands took {number(made['play_s'])} s."
    return table


def _all(value: float | list[float]) -> list[float]:
    return value if isinstance(value, list) else [value]
