"""Arena beside its peers, measured in one run on one machine: `make bench`.

Each figure is of a process of its own, Arena and peer in turn, so that a machine that
gets slower meanwhile hits both; ratios are of medians. Peers are installed into
environments of their own under `.bench/`, at the first call.
"""

from __future__ import annotations

import os
import sys
from statistics import median

from peer_environments import inspect_python
from poker_tables import poker_tables
from replay_tables import replay_tables
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from running import Figures, figures, middle, number, say
from sandbox_tables import sandbox_tables

EPISODES = int(os.environ.get("BENCH_EPISODES", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = "1.0"
PARTS = ("loop", "steps", "worlds", "poker", "replay", "sandboxes")


def main() -> None:
    """Measure everything, or the parts that are named, and print the tables."""
    parts = sys.argv[1:] or PARTS
    if not set(parts) <= set(PARTS):
        sys.exit(f"usage: bench.py [{'|'.join(PARTS)}]…")
    console = Console(width=130)
    if "loop" in parts:
        console.print(_episode_table(*_episodes()))
    if "steps" in parts:
        console.print(_step_table())
    if "worlds" in parts:
        console.print(_world_table())
    if "poker" in parts:
        console.print(*poker_tables(ROUNDS, SECONDS), sep="\n")
    if "replay" in parts:
        console.print(*replay_tables(ROUNDS), sep="\n")
    if "sandboxes" in parts:
        console.print(*sandbox_tables(ROUNDS), sep="\n")


def _episodes() -> tuple[list[Figures], list[Figures], list[Figures]]:
    inspect, script = inspect_python(), "peers/inspect_loop.py"
    ours: list[Figures] = []
    default: list[Figures] = []
    best: list[Figures] = []
    for round_ in range(ROUNDS):
        say(f"round {round_ + 1} of {ROUNDS}: {EPISODES} episodes of 5 tool calls")
        ours.append(figures(sys.executable, "episodes.py", EPISODES))
        default.append(figures(inspect, script, EPISODES, "default"))
        best.append(figures(inspect, script, EPISODES, "best"))
    return ours, default, best


def _episode_table(
    ours: list[Figures], default: list[Figures], best: list[Figures]
) -> Table:
    table = Table(
        title=f"{EPISODES} episodes of 5 tool calls, instant model, logging on "
        f"(medians of {ROUNDS})",
        box=SIMPLE_HEAD,
    )
    names = ("", "Arena", "Inspect AI", "ratio", "Inspect AI, best settings", "ratio")
    for name in names:
        table.add_column(name, justify="right" if name else "left")
    rows = (
        ("wall, ms an episode", "wall_s", 1000 / EPISODES),
        ("CPU, ms an episode", "cpu_s", 1000 / EPISODES),
        ("peak memory, MB", "peak_mb", 1),
        ("import, s", "import_s", 1),
        ("log, bytes an episode", "bytes_per_episode", 1),
    )
    for title, key, scale in rows:
        a, b, c = (
            median(f[key] for f in each) * scale for each in (ours, default, best)
        )
        ratios = (f"{b / a:.1f} x", f"{c / a:.1f} x")
        table.add_row(title, number(a), number(b), ratios[0], number(c), ratios[1])
    table.caption = (
        "Arena's log is plain JSON lines, Inspect's a zip file; import is not in wall "
        "and CPU."
    )
    return table


def _step_table() -> Table:
    peer = "peers/gymnasium_blackjack.py"
    blackjack: list[float] = []
    guessing: list[float] = []
    theirs: list[float] = []
    their_steps: list[float] = []
    for round_ in range(ROUNDS):
        say(f"round {round_ + 1} of {ROUNDS}: steps a second")
        name = "arena/Blackjack-v1"
        hands = figures(sys.executable, "steps.py", name, SECONDS)
        blackjack += hands["episodes_per_s"]
        beside = figures(sys.executable, peer, SECONDS)
        theirs += beside["hands_per_s"]
        their_steps += beside["steps_per_s"]
        name = "arena/NumberGuessing-v1"
        guess = figures(sys.executable, "steps.py", name, SECONDS)
        guessing += guess["steps_per_s"]
    table = Table(
        title=f"Environments alone, random calls, text on (medians of {ROUNDS} x 5)",
        box=SIMPLE_HEAD,
    )
    for name in ("", "Arena", "Gymnasium Blackjack-v1", "ratio"):
        table.add_column(name, justify="right" if name else "left")
    rows = (
        ("Blackjack, hands a second", median(blackjack), median(theirs)),
        ("number guessing, steps a second", median(guessing), median(their_steps)),
    )
    for title, ours, peers in rows:
        table.add_row(title, f"{ours:,.0f}", f"{peers:,.0f}", f"{ours / peers:.2f} x")
    return table


def _world_table() -> Table:
    rounds: list[Figures] = []
    suites: list[Figures] = []
    for round_ in range(ROUNDS):
        say(f"round {round_ + 1} of {ROUNDS}: belief worlds a second")
        rounds.append(figures(sys.executable, "belief_worlds.py", SECONDS))
        suites.append(figures(sys.executable, "suite_items.py"))
    table = Table(
        title=f"Belief worlds, CPU time of one core (medians of {ROUNDS} x 5)",
        box=SIMPLE_HEAD,
    )
    table.add_column("")
    table.add_column("a second", justify="right")
    rows = (
        ("four people, all 160 paths to order 4, told twice", "worlds_per_s"),
        ("the same by both labellers, not told", "twice_labelled_per_s"),
        ("lattice stories of order 4, all paths, told twice", "lattices_per_s"),
    )
    for title, key in rows:
        table.add_row(title, number(middle(rounds, key)))
    items, seconds, peak = (
        middle(suites, key) for key in ("items", "cpu_s", "peak_mb")
    )
    table.caption = (
        f"All {number(items)} items of egosocialarena take {number(seconds)} s of CPU, "
        f"and {number(peak)} MB at most."
    )
    return table


if __name__ == "__main__":
    main()
