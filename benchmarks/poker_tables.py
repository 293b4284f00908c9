"""Poker beside OpenSpiel, RLCard and PokerKit, and the time of its players."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from peer_environments import poker_python
from rich.box import SIMPLE_HEAD
from rich.table import Table
from running import Figures, figures, middle, number, say

__all__ = ["poker_tables"]

DEALS = int(os.environ.get("BENCH_DEALS", "1000"))
ENGINES = {
    "openspiel": "OpenSpiel",
    "openspiel-best": "its best",
    "rlcard": "RLCard",
    "pokerkit": "PokerKit",
}
ROWS = {
    "hands a second": "hands_per_s",
    "decisions a second": "decisions_per_s",
    "hands a second, text for every decision": "text_hands_per_s",
    "seven-card hands evaluated a second": "evaluations_per_s",
}


def poker_tables(rounds: int, seconds: str) -> list[Table]:
    """Measure all in turn, so many times, and return the tables."""
    peer, script = poker_python(), "peers/poker_engines.py"
    ours: list[Figures] = []
    theirs: dict[str, list[Figures]] = {engine: [] for engine in ENGINES}
    evaluators: list[Figures] = []
    runs: list[Figures] = []
    for round_ in range(rounds):
        say(f"round {round_ + 1} of {rounds}: poker")
        ours.append(figures(sys.executable, "poker_core.py", seconds))
        for engine in ENGINES:
            theirs[engine].append(figures(peer, script, engine, seconds))
        evaluators.append(figures(peer, script, "evaluators", seconds))
        runs.append(figures(sys.executable, "poker_run.py", DEALS))
    for engine in ("rlcard", "pokerkit"):
        for each, found in zip(theirs[engine], evaluators, strict=True):
            each["evaluations_per_s"] = found[engine]
    return [_engine_table(ours, theirs, evaluators, rounds), _player_table(runs)]


def _engine_table(
    ours: Sequence[Figures],
    theirs: Mapping[str, Sequence[Figures]],
    evaluators: Sequence[Figures],
    rounds: int,
) -> Table:
    table = Table(
        title="Heads-up limit Hold'em, random legal play, CPU time of one core "
        f"(medians of {rounds} x 5)",
        box=SIMPLE_HEAD,
    )
    table.add_column("")
    for name in ("Arena", *(part for n in ENGINES.values() for part in (n, "ratio"))):
        table.add_column(name, justify="right")
    for title, key in ROWS.items():
        own = middle(ours, key)
        cells = [number(own)]
        for found in theirs.values():
            if key in found[0]:
                peer = middle(found, key)
                cells += [number(peer), f"{own / peer:.1f} x"]
            else:
                cells += ["–", ""]
        table.add_row(title, *cells)
    eval7, phevaluator = (
        number(middle(evaluators, each)) for each in ("eval7", "phevaluator")
    )
    table.caption = (
        "OpenSpiel deals by its chance nodes, as in its examples, and at its best gets "
        "cards that were drawn for it. RLCard folds where checking is free, so its "
        f"hands are shorter. Evaluators written in C: eval7 {eval7}, phevaluator "
        f"{phevaluator} a second; Arena's on arrays of 1,081 hands: "
        f"{number(middle(ours, 'in_arrays_per_s'))}."
    )
    return table


def _player_table(runs: Sequence[Figures]) -> Table:
    table = Table(title="Players of Hold'em, ms of CPU a decision", box=SIMPLE_HEAD)
    table.add_column("")
    for name in ("median", "99 % of them within"):
        table.add_column(name, justify="right")
    for name in runs[0]["decision_ms"]:
        times = [run["decision_ms"][name] for run in runs]
        columns = ([each[n] for each in times] for n in (0, 1))
        table.add_row(name, *(number(sorted(c)[len(c) // 2]) for c in columns))
    wall, cpu, size = (middle(runs, k) for k in ("wall_s", "cpu_s", "bytes_per_hand"))
    table.caption = (
        f"{DEALS:,} deals in both seats between cfr and tight-aggressive, "
        f"{runs[0]['hands']:,} hands through the whole loop with trajectories: "
        f"{number(wall)} s, {number(cpu)} s of CPU, {number(size)} bytes a hand."
    )
    return table
