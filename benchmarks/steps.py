"""Arena's environments alone, with random legal calls in every seat.

Blackjack goes through `gymnasium.make`, with the wrappers that it adds. Number guessing
does not, since `make` puts agents into the other seats, who would be measured with it.
Text observations are on, as they always are. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any, cast

import gymnasium

from arena.registry import register_envs
from arena.seating import Seated

REPETITIONS = 5


def main() -> None:
    """Play `argv[1]` for `argv[2]` seconds, five times."""
    name, seconds = sys.argv[1], float(sys.argv[2])
    register_envs()
    env = cast("gymnasium.Env[str, Any]", gymnasium.make(name))
    if isinstance(env.unwrapped, Seated):
        env = env.unwrapped.env
    _play(env, seconds / 5)
    rates = [_play(env, seconds) for _ in range(REPETITIONS)]
    figures = {
        "name": name,
        "episodes_per_s": [round(episodes) for episodes, _ in rates],
        "steps_per_s": [round(steps) for _, steps in rates],
    }
    print(json.dumps(figures))


def _call(info: dict[str, Any]) -> dict[str, Any]:
    """Return a random call, made cheaply, so that the environment is measured."""
    legal = info["view"]["legal"]
    if legal == ["guess"]:
        number = int(random.random() * 101)
        other = "player-2" if info["seat"] == "player-1" else "player-1"
        args = {"number": number, "predictions": {other: number}}
        return {"name": "guess", "args": args, "id": None}
    return {"name": legal[random.random() < 0.5], "args": {}, "id": None}


def _play(env: gymnasium.Env[str, Any], seconds: float) -> tuple[float, float]:
    episodes = steps = 0
    begun = time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        _, info = env.reset()
        over = False
        while not over:
            _, _, terminated, truncated, info = env.step(_call(info))
            over = terminated or truncated
            steps += 1
        episodes += 1
    return episodes / passed, steps / passed


if __name__ == "__main__":
    main()
