"""Measure the players of Hold'em: what beats them, and what each decision costs.

`python -m arena.environments.poker.training.measure --help`
"""

from __future__ import annotations

import argparse
import hashlib
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arena.intervals import Estimate, t_quantile

from ..betting import HOLDEM
from ..data_files import record
from ..losses import flat, packed
from ..policies import policy_names, table
from ..rule import PREFERENCES, preferences
from ..tabular import infosets
from ..values import Deals, Player, Response, best_response, head_to_head
from .deals import pool

__all__ = ["Sample"]

MBB = 500.0
"""Thousandths of a big blind in a chip."""
Floats = NDArray[np.float64]


class Sample:
    """Random deals on which players of Hold'em are valued.

    Args:
        n: How many.
        seed: Equal seeds give equal deals.
    """

    def __init__(self, n: int, seed: int) -> None:
        self._pool = pool(n, seed)
        self._sets = infosets(HOLDEM)
        # (2, rounds, n), and contiguous along the deals.
        buckets = np.ascontiguousarray(self._pool.buckets.transpose(1, 2, 0))
        self.deals = Deals(
            buckets.astype(np.int64),
            self._pool.winner,
            np.full(n, 1 / n),
            self._sets.cards.counts,
        )

    def player(self, name: str) -> Player:
        """Return a player of Hold'em on these deals."""
        found = table(HOLDEM.name, name)
        own = found.sets.cards is PREFERENCES
        return Player(
            found.by_decision(), self._preferences if own else self.deals.buckets
        )

    def wins(self, name: str, opponent: str) -> Estimate:
        """Return what a player wins from another, in mbb a hand, in both seats."""
        players = self.player(name), self.player(opponent)
        return estimated(head_to_head(self._sets.tree, *players, self.deals))

    def responses(self, name: str) -> tuple[Response, Response]:
        """Return the cross-fitted best responses from the two positions."""
        first, second = (
            best_response(
                self._sets.tree, self.player(name), self.deals, p, cross_fit=True
            )
            for p in range(2)
        )
        return first, second

    @cached_property
    def _preferences(self) -> NDArray[np.int64]:
        cards = self._pool.cards.astype(np.int64)
        laid = [sum(HOLDEM.board[: r + 1]) for r in range(len(HOLDEM.board))]
        found = [
            [preferences(cards[:, p : p + 2], cards[:, 4 : 4 + k]) for k in laid]
            for p in (0, 2)
        ]
        return np.array(found, dtype=np.int64)


def estimated(chips: Floats) -> Estimate:
    """Return the mean of chips a hand in mbb, with Student's t interval."""
    n, mean = len(chips), float(chips.mean()) * MBB
    half = t_quantile(0.975, n - 1) * float(chips.std(ddof=1)) * MBB / math.sqrt(n)
    return Estimate(n, mean, mean - half, mean + half, 0.95, "t")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `losses-NAME.xz` with its record for each player."""
    names = policy_names(HOLDEM.name)
    parser = argparse.ArgumentParser(
        prog="python -m arena.environments.poker.training.measure",
        description="Measure players of Hold'em: what 'cfr' and best responses win.",
    )
    parser.add_argument("names", nargs="*", metavar="PLAYER", help="default: all")
    parser.add_argument("--deals", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    given = parser.parse_args(arguments)
    for name in given.names:
        if name not in names:
            parser.error(f"no player {name!r}; there are {', '.join(names)}")
    if given.deals < 1000:
        parser.error(f"--deals {given.deals} measures nothing; give at least 1000")
    if not given.out.is_dir():
        parser.error(f"--out {given.out} is no folder; make it first")
    sample = Sample(given.deals, given.seed)
    command = f"{parser.prog} --deals {given.deals} --seed {given.seed} --out FOLDER"
    for name in given.names or names:
        first, second = sample.responses(name)
        data = packed(flat(infosets(HOLDEM), first, second))
        best = estimated((first.values + second.values) / 2)
        wins = {"cfr": sample.wins("cfr", name), "best_response": best}
        given.out.joinpath(f"losses-{name}.xz").write_bytes(data)
        text = _record(command, data, wins)
        given.out.joinpath(f"losses-{name}.toml").write_text(text, encoding="utf-8")
        told = ", ".join(f"{by} wins {e.value:.0f}" for by, e in wins.items())
        print(f"{name}: {told} mbb/h, {len(data):,} bytes", flush=True)


def _record(command: str, data: bytes, wins: dict[str, Estimate]) -> str:
    """Return the record of a measurement, TOML."""
    lines = [
        f'command = "{command}"',
        f'cfr = "{record("cfr")["sha256"]}" # the strategy file it was measured with',
        f"bytes = {len(data)}",
        f'sha256 = "{hashlib.sha256(data).hexdigest()}"',
        "",
        "[wins] # thousandths of a big blind a hand, in both seats of every deal",
        f"deals = {wins['cfr'].n}",
    ]
    for by, found in wins.items():
        ends = f"low = {found.low:.1f}, high = {found.high:.1f}"
        lines.append(f"{by} = {{ value = {found.value:.1f}, {ends} }}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
