"""Train the Hold'em strategy: `python -m arena.environments.poker.training --help`."""

from __future__ import annotations

import argparse
import hashlib
import platform
import time
from pathlib import Path

import numba
import numpy as np

from ..rules import HOLDEM
from ..strategy_file import packed
from ..tabular import infosets
from .deals import pool
from .mccfr import average, ends_of, nodes_of, nothing_learned, train

BATCH = 100_000  # iterations between two looks at the clock


def main() -> None:
    """Train for a time or a number of iterations and write the file with its record."""
    parser = argparse.ArgumentParser(
        prog="python -m arena.environments.poker.training",
        description="Train the strategy of the player 'cfr' by external-sampling MCCFR "
        "in one thread. Equal seeds and numbers of iterations give equal files.",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=20.0, help="default: 20")
    length.add_argument("--iterations", type=int, help="in place of a time")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument(
        "--every", type=float, default=2.0, help="minutes from save to save"
    )
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    given = parser.parse_args()
    sets = infosets(HOLDEM)
    nodes, ends = nodes_of(sets.tree, sets.offsets), ends_of(sets.tree)
    learned = nothing_learned(sets.rows)
    rng = np.random.default_rng(given.seed)
    pool(0, 0)  # makes the tables of all boards
    print(f"{sets.rows:,} rows; the cards are ready")
    started = saved = time.monotonic()
    done, over = 0, False
    while not over:
        left = BATCH if given.iterations is None else given.iterations - done
        deals = pool(min(BATCH, left), rng)
        train(rng, nodes, ends, learned, deals.buckets, deals.winner, done)
        done += len(deals.winner)
        now = time.monotonic()
        late = given.iterations is None and now - started >= 60 * given.minutes
        over = late or done == given.iterations
        if over or now - saved >= 60 * given.every:
            saved = now
            data = packed(average(learned, sets.legal))
            given.out.write_bytes(data)
            record = _record(data, given.seed, done, now - started)
            given.out.with_suffix(".toml").write_text(record, encoding="utf-8")
            print(f"{done:,} iterations, {now - started:,.0f} s, {len(data):,} bytes")


def _record(data: bytes, seed: int, iterations: int, seconds: float) -> str:
    """Return the training record, TOML."""
    again = f"--iterations {iterations} --seed {seed} --out FILE"
    return (
        f'command = "python -m arena.environments.poker.training {again}"\n'
        'algorithm = "external-sampling MCCFR, regret matching+, linear averaging"\n'
        f"seed = {seed}\n"
        f"iterations = {iterations}\n"
        f"seconds = {seconds:.0f}\n"
        f"bytes = {len(data)}\n"
        f'sha256 = "{hashlib.sha256(data).hexdigest()}"\n'
        "\n[versions]\n"
        f'python = "{platform.python_version()}"\n'
        f'numpy = "{np.__version__}"\n'
        f'numba = "{numba.__version__}"\n'
        f'machine = "{platform.machine()}"\n'
    )


if __name__ == "__main__":
    main()
