"""Train the Hold'em strategy: `python -m arena.environments.poker.training --help`."""

from __future__ import annotations

import argparse
import math
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    """Read the command line and train."""
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
        "--every", type=float, default=2.0, help="minutes from save to save; default: 2"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="file to write, its record beside it"
    )
    given = parser.parse_args()
    wanted = 1 if given.iterations is None else given.iterations
    if not given.minutes > 0 or wanted < 1 or given.seed < 0:
        parser.error("--minutes and --iterations must be above 0, --seed 0 or above")
    if not given.out.parent.is_dir():
        parser.error(f"--out: there is no folder {given.out.parent}")
    if find_spec("numba") is None:
        parser.error("training needs numba: pip install 'arena-evals[train]'")
    from .strategy import write_strategy

    minutes = math.inf if given.iterations is not None else given.minutes
    limit = (given.iterations, 60 * minutes)
    write_strategy(given.out, given.seed, *limit, pause=60 * given.every)


if __name__ == "__main__":
    main()
