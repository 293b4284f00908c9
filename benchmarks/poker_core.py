"""Hold'em's rules and evaluator alone, with random legal play.

A hand is dealt (all nine cards by one draw of a numpy generator), played to its end and
paid; with text, whoever acts is also told the state in words. The evaluator ranks
seven-card hands one by one, and in arrays of the 1,081 holes that a board leaves.
All by CPU time of one core. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import random
import sys
import time

import numpy as np

from arena.environments.poker.betting import HOLDEM
from arena.environments.poker.evaluator import strength, strengths
from arena.environments.poker.rules import LimitPoker

REPETITIONS = 5
HANDS = 2000
HOLES = 1081


def main() -> None:
    """Measure each part for `argv[1]` seconds, five times."""
    seconds = float(sys.argv[1])
    figures: dict[str, object] = {"name": "arena"}
    for prefix, text in (("", False), ("text_", True)):
        rates = [_play(part, text=text) for part in _parts(seconds)][1:]
        figures[f"{prefix}hands_per_s"] = [hands for hands, _ in rates]
        figures[f"{prefix}decisions_per_s"] = [decisions for _, decisions in rates]
    figures["evaluations_per_s"] = [_evaluate(s) for s in _parts(seconds)][1:]
    figures["in_arrays_per_s"] = [_evaluate_arrays(s) for s in _parts(seconds)][1:]
    print(json.dumps(figures))


def _parts(seconds: float) -> list[float]:
    return [seconds / 4, *[seconds] * REPETITIONS]  # the first warms up


def _play(seconds: float, *, text: bool) -> tuple[int, int]:
    """Return hands and decisions a second."""
    game, rng = LimitPoker(HOLDEM), np.random.default_rng(0)
    hands = decisions = 0
    begun = time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        state = game.new(rng)
        while movers := game.to_move(state):
            [mover] = movers
            if text:
                game.text(state, mover)
            legal = game.legal(state, mover)
            move = legal[int(random.random() * len(legal))]
            state = game.apply(state, {mover: move})
            decisions += 1
        game.payoffs(state)
        hands += 1
    return round(hands / passed), round(decisions / passed)


def _evaluate(seconds: float) -> int:
    rng = random.Random(0)
    hands = [rng.sample(range(52), 7) for _ in range(HANDS)]
    count = 0
    begun = time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        for hand in hands:
            strength(hand)
        count += HANDS
    return round(count / passed)


def _evaluate_arrays(seconds: float) -> int:
    rng = np.random.default_rng(0)
    hands = rng.random((HOLES, 52)).argsort(axis=1)[:, :7]
    count = 0
    begun = time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        strengths(hands)
        count += HOLES
    return round(count / passed)


if __name__ == "__main__":
    main()
