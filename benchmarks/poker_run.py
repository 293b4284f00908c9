"""Duplicate hands of Hold'em between `cfr` and `tight-aggressive`, on the record.

The whole episode loop: sessions of fifty hands in both seats of the same deals, checked
tool calls, trajectory on disk, score. Then decisions of every player of known policy,
on cards that were not seen before. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
from whole_run import played

from arena.agent import AgentSpec
from arena.environments.poker.betting import HOLDEM
from arena.environments.poker.policies import policy, policy_names
from arena.environments.poker.rules import LimitPoker, State
from arena.planning import make_plan
from arena.scenario import load_suite

HERE = Path(__file__).parent
HANDS = 50
DECISIONS = 400


def main() -> None:
    """Play `argv[1]` deals, each in both seats, and print the figures."""
    sessions = max(1, int(sys.argv[1]) // HANDS)
    suite = load_suite(str(HERE / "holdem"))
    plan = make_plan([suite], agents=[AgentSpec(name="cfr")], epochs=sessions)
    took = played(plan)
    hands = 2 * sessions * HANDS
    figures = {
        "name": "arena",
        "hands": hands,
        "wall_s": round(took.wall_s, 3),
        "cpu_s": round(took.cpu_s, 3),
        "bytes_per_hand": took.size // hands,
        "decision_ms": {name: _decision_ms(name) for name in policy_names("holdem")},
    }
    print(json.dumps(figures))


def _decision_ms(name: str) -> tuple[float, float]:
    """Return the median and the 99th percentile of the time of one decision."""
    player, game = policy("holdem", name), LimitPoker(HOLDEM)
    taken: list[float] = []
    # Seeded by the name, so that no player finds the boards of another one kept.
    rng = np.random.default_rng(list(name.encode()))
    while len(taken) < DECISIONS:
        state: State = game.new(rng)
        while state.mover >= 0:
            hole, board = game.hole(state, state.mover), game.board(state)
            begun = time.process_time()
            player.distribution(state.betting, hole, board)
            taken.append(1000 * (time.process_time() - begun))
            legal = game.legal(state, state.mover)
            move = legal[int(rng.random() * len(legal))]
            state = game.apply(state, {state.mover: move})
    taken = taken[20:]  # the first ones load files and tables
    return round(median(taken), 4), round(float(np.quantile(taken, 0.99)), 4)


if __name__ == "__main__":
    main()
