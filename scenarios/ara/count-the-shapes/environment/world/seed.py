"""The seeded world: a poster with shapes in near colours, and a question about it.

arena-canary be502edf-4019-4d44-8eb8-6a537b7fa54c
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import operator
import random
import sys
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 600, 400
NOISE, HARD_NOISE = 12, 28
OVERLAP = (
    "No two shapes overlap or touch.\n",
    "A shape may hide a part of another, but no more than a third of it; those of the\n"
    "same colour, and of the two most similar ones, do not touch.\n",
)
"""What is said of it where it is not hard, and where it is."""
TRIES = 40
"""How often a place that overlaps is looked for before one that does not is taken."""
DEEPEST = 0.2
"""How far shapes reach into each other where it is hard, of the sum of their sizes."""
KINDS = ("disc", "ring", "square", "triangle")
PAPER = (236, 228, 212)
# Neighbours in this list are the near colours: 0 and 1, 2 and 3, and so on. Any two
# are at least 52 apart, and noise moves a pixel by at most 21; in the hard variant by
# up to 48, so that a pixel of one may look like one of the other.
COLOURS = {
    "red": (204, 40, 44),
    "rust": (156, 60, 36),
    "green": (40, 148, 72),
    "teal": (36, 140, 124),
    "blue": (44, 76, 196),
    "violet": (92, 60, 184),
    "yellow": (228, 196, 52),
    "amber": (224, 144, 44),
}


def dice(seed: int, hard: bool) -> random.Random:
    """The source of every choice of one world."""
    name = f"count-the-shapes/{seed}" + ("/hard" if hard else "")
    digest = hashlib.sha256(name.encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(rng: random.Random) -> dict[str, Any]:
    """Choose the question, its answer and the shades."""
    names = list(COLOURS)
    kind, colour = rng.choice(KINDS), rng.choice(names)
    near = names[names.index(colour) ^ 1]
    count = rng.randint(9, 24)
    wanted = {(k, c): rng.randint(0, 2) for k in KINDS for c in names}
    for other in KINDS:
        wanted[other, colour] = rng.randint(3, 7)
        wanted[other, near] = rng.randint(1, 4)
    wanted[kind, near] = rng.randint(5, 9)
    wanted[kind, colour] = count
    shades: dict[str, tuple[int, ...]] = {}
    for first in range(0, len(names), 2):
        # Both of a pair move alike, so that they stay as near as they are.
        shift = [rng.randint(-7, 7) for _ in range(3)]
        for name in names[first : first + 2]:
            shades[name] = tuple(v + shift[i] for i, v in enumerate(COLOURS[name]))
    return dict(kind=kind, colour=colour, count=count, wanted=wanted, shades=shades)


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    chosen = plan(dice(seed, hard))
    found = {name: chosen[name] for name in ("kind", "colour", "count")}
    return {**found, "hard": hard}


def place(
    rng: random.Random, wanted: dict[tuple[str, str], int], hard: bool
) -> list[Any]:
    """Give every shape a place, a size and an angle.

    The place is its own; where it is hard, one other shape may reach into it.
    """
    todo = [what for what, n in sorted(wanted.items()) for _ in range(n)]
    rng.shuffle(todo)
    placed: list[Any] = []
    overlapping: set[int] = set()
    for kind, colour in todo:
        size = 11 + 8 * rng.random()
        tries = 0
        while True:
            tries += 1
            x = size + 2 + rng.random() * (WIDTH - 2 * size - 4)
            y = size + 2 + rng.random() * (HEIGHT - 2 * size - 4)
            shape = (kind, colour, x, y, size)
            near = [n for n, p in enumerate(placed) if reach(shape, p) > -3]
            if not near and (not hard or tries > TRIES):
                break
            if hard and len(near) == 1 and overlapping.isdisjoint(near):
                other = placed[near[0]]
                deep = reach(shape, other) / (size + other[4])
                if 0 <= deep <= DEEPEST and not alike(shape, other):
                    overlapping |= {near[0], len(placed)}
                    break
            size = max(11.0, size * 0.99)
        placed.append((*shape, rng.random() * 2 * math.pi))
    return placed


def reach(shape: Any, other: Any) -> float:
    """Return how many pixels the circles of two shapes reach into each other."""
    apart = math.hypot(shape[2] - other[2], shape[3] - other[3])
    return shape[4] + other[4] - apart


def alike(shape: Any, other: Any) -> bool:
    """Whether two shapes are of one colour, or of near ones."""
    names = list(COLOURS)
    return names.index(shape[1]) // 2 == names.index(other[1]) // 2


def covers(kind: str, dx: float, dy: float, size: float) -> bool:
    """Whether a shape at the origin, not turned, covers a point."""
    if kind == "disc":
        return dx * dx + dy * dy <= size * size
    if kind == "ring":
        return 0.36 * size * size <= dx * dx + dy * dy <= size * size
    if kind == "square":
        return max(abs(dx), abs(dy)) <= size / math.sqrt(2)
    return dx >= -size / 2 and dx + math.sqrt(3) * abs(dy) <= size


def draw(canvas: list[bytes], shape: Any, shade: bytes) -> None:
    """Paint one shape."""
    kind, _, x, y, size, turn = shape
    cos, sin = math.cos(turn), math.sin(turn)
    for row in range(int(y - size), int(y + size) + 2):
        for column in range(int(x - size), int(x + size) + 2):
            dx, dy = column - x, row - y
            if covers(kind, cos * dx + sin * dy, cos * dy - sin * dx, size):
                canvas[row * WIDTH + column] = shade


def dirty(
    rng: random.Random, canvas: list[bytes], placed: list[Any], inks: Any
) -> None:
    """Put single wrong pixels into the shapes, and specks between them."""
    for _, _, x, y, size, _ in placed:
        for _ in range(int(size * size / 40)):
            column, row = int(x + size * (rng.random() - 0.5)), int(y)
            row += int(size * (rng.random() - 0.5))
            canvas[row * WIDTH + column] = rng.choice(inks)
    for _ in range(500):
        x, y = rng.randrange(WIDTH - 3), rng.randrange(HEIGHT - 3)
        if all(math.hypot(x - p[2], y - p[3]) > p[4] + 6 for p in placed):
            ink = rng.choice(inks)
            for row in range(y, y + rng.randint(1, 3)):
                for column in range(x, x + rng.randint(1, 3)):
                    canvas[row * WIDTH + column] = ink


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the world below `root`.

    Args:
        seed: Of the world.
        root: The agent's folder.
        hard: Whether shapes overlap, and noise lets near colours look alike.
    """
    rng = dice(seed, hard)
    chosen, most = plan(rng), HARD_NOISE if hard else NOISE
    shades: dict[str, tuple[int, ...]] = chosen["shades"]
    # Lower by the noise, which is then added as 0 to twice as much.
    inks = {name: bytes(v - most for v in shade) for name, shade in shades.items()}
    canvas = [bytes(v - most for v in PAPER)] * (WIDTH * HEIGHT)
    placed = place(rng, chosen["wanted"], hard)
    for shape in placed:
        draw(canvas, shape, inks[shape[1]])
    dirty(rng, canvas, placed, list(inks.values()))
    size = 3 * WIDTH * HEIGHT
    table = bytes(i * (2 * most + 1) // 256 for i in range(256))
    noise = rng.getrandbits(8 * size).to_bytes(size, "big").translate(table)
    light = map(operator.add, b"".join(canvas), noise)
    pixels = bytes(map(min, light, itertools.repeat(255)))
    (root / "poster.ppm").write_bytes(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + pixels)
    legend = [f"{name}: {r} {g} {b}" for name, (r, g, b) in shades.items()]
    (root / "legend.txt").write_text("\n".join(legend) + "\n")
    asked = f"How many {chosen['colour']} {chosen['kind']}s are on the poster?\n"
    about = f"Every channel of every pixel is off by up to {most}.\n"
    (root / "question.txt").write_text(asked + about + OVERLAP[hard])


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
