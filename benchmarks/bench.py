"""Arena beside its peers, measured in one run on one machine: `make bench`.

Each figure is of a process of its own, Arena and peer in turn, so that a machine that
gets slower meanwhile hits both; ratios are of medians. Inspect AI is installed into an
environment of its own under `.bench/`, at the first call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from statistics import median
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
INSPECT = "inspect_ai==0.3.285"
EPISODES = int(os.environ.get("BENCH_EPISODES", "1000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = "1.0"

Figures = dict[str, Any]


def main() -> None:
    """Measure everything and print the tables."""
    console = Console(width=110)
    ours, default, best = _episodes()
    console.print(_episode_table(ours, default, best))
    console.print(_step_table())


def _episodes() -> tuple[list[Figures], list[Figures], list[Figures]]:
    inspect = _inspect_python()
    script, number = HERE / "peers" / "inspect_loop.py", str(EPISODES)
    ours: list[Figures] = []
    default: list[Figures] = []
    best: list[Figures] = []
    for round_ in range(ROUNDS):
        _say(f"round {round_ + 1} of {ROUNDS}: {EPISODES} episodes of 5 tool calls")
        ours.append(_figures(sys.executable, HERE / "episodes.py", number))
        default.append(_figures(inspect, script, number, "default"))
        best.append(_figures(inspect, script, number, "best"))
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
        table.add_row(title, _n(a), _n(b), ratios[0], _n(c), ratios[1])
    table.caption = (
        "Arena's log is plain JSON lines, Inspect's a zip file; import is not in wall "
        "and CPU."
    )
    return table


def _step_table() -> Table:
    peer = HERE / "peers" / "gymnasium_blackjack.py"
    blackjack: list[float] = []
    guessing: list[float] = []
    theirs: list[float] = []
    their_steps: list[float] = []
    for round_ in range(ROUNDS):
        _say(f"round {round_ + 1} of {ROUNDS}: steps a second")
        name = "arena/Blackjack-v1"
        hands = _figures(sys.executable, HERE / "steps.py", name, SECONDS)
        blackjack += hands["episodes_per_s"]
        beside = _figures(sys.executable, peer, SECONDS)
        theirs += beside["hands_per_s"]
        their_steps += beside["steps_per_s"]
        name = "arena/NumberGuessing-v1"
        guess = _figures(sys.executable, HERE / "steps.py", name, SECONDS)
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


def _inspect_python() -> Path:
    folder = HERE.parent / ".bench" / "inspect"
    python, done = folder / "bin" / "python", folder / INSPECT
    if not done.exists():
        _say(f"installing {INSPECT} into {folder.relative_to(HERE.parent)}, once")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", INSPECT], check=True)
        done.touch()
    return python


def _figures(python: str | Path, script: Path, *arguments: str) -> Figures:
    """Run a script that prints one line of JSON, and return it."""
    done = subprocess.run(
        [python, script, *arguments], stdout=subprocess.PIPE, stderr=None, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{script.name} failed with exit code {done.returncode}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _n(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
