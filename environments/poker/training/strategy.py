"""Training of the strategy of `cfr` up to a limit, saved with its record on the way."""

from __future__ import annotations

import hashlib
import platform
import time
from pathlib import Path

import numba
import numpy as np

from ..betting import HOLDEM
from ..strategy_file import packed
from ..tabular import infosets
from .deals import pool
from .mccfr import average, ends_of, nodes_of, nothing_learned, train

__all__ = ["write_strategy"]

BATCH = 100_000  # iterations between two looks at the clock


def write_strategy(
    path: Path, seed: int, iterations: int | None, seconds: float, *, pause: float
) -> None:
    """Train, and write the strategy file and its record (`.toml`).

    The result depends on the seed and the number of iterations alone.

    Args:
        path: The file to write.
        seed: Of all cards and sampled actions.
        iterations: When to stop; None for the time alone.
        seconds: When to stop.
        pause: Seconds between two saves.
    """
    sets = infosets(HOLDEM)
    nodes, ends = nodes_of(sets.tree, sets.offsets), ends_of(sets.tree)
    learned = nothing_learned(sets.rows)
    rng = np.random.default_rng(seed)
    pool(0, 0)  # makes the tables of all boards
    print(f"{sets.rows:,} rows; the cards are ready")
    started = saved = time.monotonic()
    done, over = 0, False
    while not over:
        left = BATCH if iterations is None else min(BATCH, iterations - done)
        deals = pool(left, rng)
        train(rng, nodes, ends, learned, deals.buckets, deals.winner, done)
        done += left
        now = time.monotonic()
        over = done == iterations or now - started >= seconds
        if over or now - saved >= pause:
            saved = now
            data = packed(average(learned, sets.legal))
            path.write_bytes(data)
            record = _record(data, seed, done, now - started)
            path.with_suffix(".toml").write_text(record, encoding="utf-8")
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
