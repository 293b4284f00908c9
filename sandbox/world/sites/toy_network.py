"""A small recurrent network whose weights are drawn: it answers, and means nothing."""

from __future__ import annotations

import math
import random
from operator import mul

__all__ = ["ToyNetwork"]

WIDTH = 96
READ_BYTES = 96
"""How much of the end of a text it reads."""
WORDS = str.split(
    "ash bay birch brook clay cloud coal dale dawn dew dune elm fern field fog frost "
    "glen grass hail heath hill ice ivy lake leaf marsh mist moon moor moss oak pine "
    "pond rain reed river rock rose salt sand sea seed sky snow soil spring star stem "
    "stone storm sun thorn tide tree vale vine wave well west wind wood yew north east"
)


class ToyNetwork:
    """An Elman network over bytes, with `WORDS` as what it can say.

    Args:
        rng: Its weights are drawn from it, `WIDTH` by `WIDTH` each.
    """

    def __init__(self, rng: random.Random) -> None:
        scale = 1.2 / math.sqrt(WIDTH)
        self._inner = [
            [rng.gauss(0, scale) for _ in range(WIDTH)] for _ in range(WIDTH)
        ]
        self._outer = [[rng.gauss(0, 1) for _ in range(WIDTH)] for _ in WORDS]
        self._bytes = [[rng.gauss(0, 1) for _ in range(WIDTH)] for _ in range(256)]

    def say(self, text: str, words: int) -> str:
        """Return what it says to a text: so many words, the likeliest each time."""
        state = [0.0] * WIDTH
        for byte in text.encode("utf-8", "replace")[-READ_BYTES:]:
            state = self._next(state, byte)
        said: list[str] = []
        for _ in range(words):
            scores = [sum(map(mul, row, state)) for row in self._outer]
            word = max(range(len(WORDS)), key=scores.__getitem__)
            said.append(WORDS[word])
            state = self._next(state, word)
        return " ".join(said)

    def _next(self, state: list[float], byte: int) -> list[float]:
        new = self._bytes[byte]
        return [
            math.tanh(sum(map(mul, row, state)) + x)
            for row, x in zip(self._inner, new, strict=True)
        ]
