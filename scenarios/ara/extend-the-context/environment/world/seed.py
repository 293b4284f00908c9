"""The seeded world: a small model's weights, which can take 64 positions.

arena-canary 04726c16-3994-4350-9964-d9ece5ab8b00
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import struct
import sys
from operator import mul
from pathlib import Path
from typing import Any

POSITIONS = 64
DIM = KEYS = VALUES = 16
CONTENT = 12
"""Of the 16 directions, those that tell keys apart; the others tell positions."""
SHARE = 0.88
"""Of what a score is made of, what is the keys'."""
NOISE = 0.001
ARC = (0.3, 2.8)
"""The angles of the first and the last position, in radians."""

Row = list[float]


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"extend-the-context/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(seed: int) -> dict[str, Any]:
    """Choose the weights, and what later sequences are drawn from."""
    return {
        "weights": weights(dice(seed, "weights")),
        "sequences": f"{dice(seed, 'sequences').getrandbits(128):032x}",
    }


def truth(seed: int) -> dict[str, Any]:
    """Return what the checks compare with."""
    return {"sequences": plan(seed)["sequences"]}


def weights(rng: random.Random) -> list[Row]:
    """Choose all rows in the order of the file.

    Keys differ in some directions, positions lie on an arc in two others, and the
    question points at the beginning of the arc: the nearer, the greater the score. A
    rotation hides which directions these are.
    """
    hidden, turn = rotation(rng), rotation(rng)
    keys = far_apart(rng)
    values = [unit(drawn(rng, DIM)) for _ in range(VALUES)]
    content, place = math.sqrt(SHARE), math.sqrt(1 - SHARE)
    first, last = ARC
    positions: list[Row] = []
    for number in range(POSITIONS):
        angle = first + (last - first) * number / (POSITIONS - 1)
        row = [rng.gauss(0, NOISE) for _ in range(DIM)]
        row[CONTENT] += place * math.cos(angle)
        row[CONTENT + 1] += place * math.sin(angle)
        positions.append(row)
    bias = [place if n == CONTENT else 0.0 for n in range(DIM)]
    keys = [[content * x for x in key] + [0.0] * (DIM - CONTENT) for key in keys]
    query, key = noisy(rng, turn), noisy(rng, turn)
    back = [list(column) for column in zip(*hidden, strict=True)]
    return [
        *(times(back, row) for row in keys),
        *values,
        *query,
        times(turn, times(back, bias)),
        *key,
        *(times(back, row) for row in positions),
    ]


def far_apart(rng: random.Random) -> list[Row]:
    """Choose directions for the keys, each that of a hundred farthest from the rest."""
    found: list[Row] = []
    for _ in range(KEYS):
        choice = [unit(drawn(rng, CONTENT)) for _ in range(100)]
        nearest = [
            max((dot(one, other) for other in found), default=0) for one in choice
        ]
        found.append(choice[nearest.index(min(nearest))])
    return found


def rotation(rng: random.Random) -> list[Row]:
    """Choose a rotation, by drawing rows and making them square to those before."""
    rows: list[Row] = []
    while len(rows) < DIM:
        row = drawn(rng, DIM)
        for other in rows:
            share = dot(row, other)
            row = [x - share * y for x, y in zip(row, other, strict=True)]
        rows.append(unit(row))
    return rows


def noisy(rng: random.Random, matrix: list[Row]) -> list[Row]:
    """Return a matrix that is almost the same."""
    return [[x + rng.gauss(0, NOISE) for x in row] for row in matrix]


def drawn(rng: random.Random, size: int) -> Row:
    """Draw a vector of normal numbers."""
    return [rng.gauss(0, 1) for _ in range(size)]


def dot(a: Row, b: Row) -> float:
    """Return the product of two vectors."""
    return sum(map(mul, a, b))


def unit(row: Row) -> Row:
    """Return a vector of length 1 in the same direction."""
    size = math.sqrt(dot(row, row))
    return [x / size for x in row]


def times(matrix: list[Row], row: Row) -> Row:
    """Return the product of a matrix and a vector."""
    return [dot(one, row) for one in matrix]


def build(seed: int, root: Path) -> None:
    """Write the model below `root`, beside the files that all seeds share."""
    folder = root / "lm"
    folder.mkdir(exist_ok=True)
    numbers = [number for row in plan(seed)["weights"] for number in row]
    (folder / "weights.bin").write_bytes(struct.pack(f"<{len(numbers)}f", *numbers))
    (folder / "config.json").write_text(json.dumps({"positions": POSITIONS}) + "\n")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd())
