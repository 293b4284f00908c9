"""A model of one layer that looks up the latest value of a key; see README.md."""

from __future__ import annotations

import json
import math
import random
import struct
import sys
from operator import mul
from pathlib import Path

HERE = Path(__file__).parent
DIM = KEYS = VALUES = 16
SHARPNESS = 240.0
Row = list[float]
Weights = dict[str, list[Row]]
Pairs = list[tuple[int, int]]
PARTS = {"keys": KEYS, "values": VALUES, "query": DIM, "bias": 1, "key": DIM}


def dot(a: Row, b: Row) -> float:
    """Return the product of two vectors."""
    return sum(map(mul, a, b))


def add(a: Row, b: Row) -> Row:
    """Return the sum of two vectors."""
    return [x + y for x, y in zip(a, b, strict=True)]


def length(vector: Row) -> float:
    """Return the length of a vector, and never quite 0."""
    return math.sqrt(dot(vector, vector)) + 1e-9


def unit(vector: Row) -> Row:
    """Return a vector of length 1 in the same direction."""
    size = length(vector)
    return [x / size for x in vector]


def times(matrix: list[Row], vector: Row) -> Row:
    """Return the product of a matrix and a vector."""
    return [dot(row, vector) for row in matrix]


def load(folder: Path = HERE) -> Weights:
    """Return the weights by name: matrices as lists of rows."""
    positions = json.loads((folder / "config.json").read_text())["positions"]
    data = (folder / "weights.bin").read_bytes()
    numbers = iter(struct.unpack(f"<{len(data) // 4}f", data))
    parts = {**PARTS, "positions": positions}
    return {
        name: [[next(numbers) for _ in range(DIM)] for _ in range(rows)]
        for name, rows in parts.items()
    }


def save(weights: Weights, folder: Path = HERE) -> None:
    """Write the weights, and how many positions there are."""
    rows = [row for name in (*PARTS, "positions") for row in weights[name]]
    numbers = [number for row in rows for number in row]
    (folder / "weights.bin").write_bytes(struct.pack(f"<{len(numbers)}f", *numbers))
    config = {"positions": len(weights["positions"])}
    (folder / "config.json").write_text(json.dumps(config) + "\n")


class Model:
    """The weights, with all products that can be had before a sequence is seen."""

    def __init__(self, weights: Weights) -> None:
        bias = weights["bias"][0]
        asked = [
            unit(add(times(weights["query"], key), bias)) for key in weights["keys"]
        ]
        keys = [times(weights["key"], key) for key in weights["keys"]]
        places = [times(weights["key"], place) for place in weights["positions"]]
        self.positions = len(places)
        self.by_key = [[dot(q, key) for key in keys] for q in asked]
        self.by_place = [[dot(q, place) for place in places] for q in asked]
        self.scale = [[SHARPNESS / length(add(key, p)) for p in places] for key in keys]
        values = weights["values"]
        self.values = [[dot(a, b) for b in values] for a in values]

    def outputs(self, pairs: Pairs, asked: int) -> Row:
        """Return what `out` gives for every value, for pairs from the latest on."""
        if len(pairs) > self.positions:
            raise ValueError(f"{len(pairs)} pairs are more than {self.positions}")
        by_key, by_place = self.by_key[asked], self.by_place[asked]
        scores = [
            (by_key[key] + by_place[number]) * self.scale[key][number]
            for number, (key, _) in enumerate(pairs)
        ]
        most, weights = max(scores), [0.0] * VALUES
        for score, (_, value) in zip(scores, pairs, strict=True):
            weights[value] += math.exp(score - most)
        total = sum(weights)
        return [dot(weights, row) / total for row in self.values]

    def answer(self, pairs: Pairs, asked: int) -> int:
        """Return the value that the model says, for pairs from the latest on."""
        outputs = self.outputs(pairs, asked)
        return outputs.index(max(outputs))


def sample(rng: random.Random, n: int) -> tuple[Pairs, int, int]:
    """Draw a sequence: n pairs from the latest on, the key asked for, the right value.

    The pair that counts may be anywhere. Older pairs with the same key, and another
    value, are one shortly before it and up to three more anywhere before it.
    """
    asked, at = rng.randrange(KEYS), rng.randrange(n)
    pairs = [
        ((asked + rng.randrange(1, KEYS)) % KEYS, rng.randrange(VALUES))
        for _ in range(n)
    ]
    right = pairs[at][1]
    pairs[at] = (asked, right)
    older = [at + rng.randint(1, 8), *(rng.randint(at + 1, n) for _ in range(3))]
    for number in older:
        if number < n:
            pairs[number] = (asked, (right + rng.randrange(1, VALUES)) % VALUES)
    return pairs, asked, right


def accuracy(model: Model, n: int, count: int = 500, seed: int = 0) -> float:
    """Return the share of right answers in drawn sequences of n pairs."""
    rng = random.Random(seed)
    drawn = (sample(rng, n) for _ in range(count))
    return (
        sum(model.answer(pairs, asked) == right for pairs, asked, right in drawn)
        / count
    )


if __name__ == "__main__":
    model = Model(load(HERE if len(sys.argv) < 2 else Path(sys.argv[1])))
    for n in (64, 128, 256):
        if n <= model.positions:
            print(f"{n:4d} pairs: {accuracy(model, n):.3f}")
