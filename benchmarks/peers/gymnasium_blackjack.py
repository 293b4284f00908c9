"""Speed of Gymnasium's Blackjack-v1 under uniformly random actions.

Usage: python gymnasium_blackjack.py [SECONDS=1.0]

Run it with any Python that has ``gymnasium`` installed. After a warm-up it plays
hands (one ``reset`` and as many ``step`` as the hand lasts) for SECONDS, five times,
on one environment from ``gymnasium.make``, with the wrappers that adds by default.

Measured: hands and steps per second of wall time, in one process. The action is one
call of ``random.random``, so nearly all the time is the environment's.
Not measured: import, ``make``, rendering, logging, vector environments.
"""

# pyright: reportMissingImports=false

import json
import sys
import time
from random import random, seed
from typing import Any

import gymnasium

REPETITIONS = 5
BATCH = 50  # hands between two looks at the clock


def play(env: Any, seconds: float) -> tuple[float, float]:
    """Play for at least the given time; return hands and steps per second."""
    hands = steps = 0
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        for _ in range(BATCH):
            env.reset()
            over = False
            while not over:
                _, _, terminated, truncated, _ = env.step(1 if random() < 0.5 else 0)
                over = terminated or truncated
                steps += 1
        hands += BATCH
    return hands / elapsed, steps / elapsed


def main() -> None:
    """Read the arguments, measure, and print one line of JSON."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    if seconds <= 0:
        sys.exit("usage: gymnasium_blackjack.py [SECONDS > 0]")
    seed(0)
    env = gymnasium.make("Blackjack-v1", sab=False)
    env.reset(seed=0)
    play(env, seconds / 4)
    rates = [play(env, seconds) for _ in range(REPETITIONS)]
    env.close()
    result = {
        "name": "gymnasium Blackjack-v1",
        "version": gymnasium.__version__,
        "hands_per_s": [round(hands) for hands, _ in rates],
        "steps_per_s": [round(steps) for _, steps in rates],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
