"""The format of a trained strategy: 135,752 rows in less than 100 kB.

Each row of `tabular.Infosets` is two numbers of four bits: fold and raise in
fifteenths, and call is the rest. First come all folds, then all raises; the whole is
compressed by lzma.
"""

from __future__ import annotations

import lzma

import numpy as np
from numpy.typing import NDArray

__all__ = ["packed", "unpacked"]

LEVELS = 15
Floats = NDArray[np.float64]


def packed(table: Floats) -> bytes:
    """Return the file of a (rows, 3) table, every row rounded to fifteenths."""
    scaled = table * LEVELS
    levels = np.floor(scaled + 1e-9)  # what is one of them already stays so
    # The fifteenths that are left go to the largest remainders, so a row still sums up.
    order = np.argsort(levels - scaled, axis=1, kind="stable")
    missing = LEVELS - levels.sum(axis=1)
    for place in range(2):
        rows = np.flatnonzero(missing > place)
        levels[rows, order[rows, place]] += 1
    halves = levels[:, [0, 2]].T.ravel().astype(np.uint8)
    return lzma.compress((halves[::2] << 4 | halves[1::2]).tobytes(), preset=9)


def unpacked(data: bytes) -> Floats:
    """Return the (rows, 3) table of a file."""
    pairs = np.frombuffer(lzma.decompress(data), dtype=np.uint8)
    halves = np.column_stack([pairs >> 4, pairs & 15]).reshape(2, -1)
    fold, bet = halves.astype(np.int64)
    return np.column_stack([fold, LEVELS - fold - bet, bet]) / LEVELS
