"""Belief worlds a second of CPU time: made, labelled on all paths, and told twice.

A world has four people and 14 events; its paths go to order 4 (160 of them), and it is
told in third and in first person. The second figure is of both labellers, untold; the
third of lattice stories of order 4. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

from arena.environments.social.beliefs.filtering import believed_by_all
from arena.environments.social.beliefs.lattice import lattice
from arena.environments.social.beliefs.random_worlds import random_world
from arena.environments.social.beliefs.table import BeliefTable, belief_table
from arena.environments.social.beliefs.telling import tell_story

REPETITIONS = 5
ORDER = 4


def main() -> None:
    """Make worlds for `argv[1]` seconds, five times, in each way."""
    seconds = float(sys.argv[1])
    parts: dict[str, Callable[[random.Random], None]] = {
        "worlds_per_s": _world,
        "twice_labelled_per_s": _twice_labelled,
        "lattices_per_s": _lattice,
    }
    figures: dict[str, list[int]] = {}
    for name, part in parts.items():
        _rate(part, seconds / 5)
        figures[name] = [round(_rate(part, seconds)) for _ in range(REPETITIONS)]
    print(json.dumps(figures))


def _world(rng: random.Random) -> None:
    setting, events = random_world(rng)
    belief_table(setting, events, "ball", ORDER)
    tell_story(setting, events)
    tell_story(setting, events, next(iter(setting.people)))


def _twice_labelled(rng: random.Random) -> None:
    setting, events = random_world(rng)
    table = belief_table(setting, events, "ball", ORDER)
    if table != believed_by_all(setting, events, "ball", ORDER):
        sys.exit("the labellers disagree")


def _lattice(rng: random.Random) -> None:
    story = lattice(rng, ORDER, 0, 2)
    setting, events = story.setting, story.events
    table = BeliefTable(setting, story.thing, ORDER, story.chain)
    for event in events:
        table.apply(event)
    tell_story(setting, events)
    tell_story(setting, events, story.chain[0])


def _rate(part: Callable[[random.Random], None], seconds: float) -> float:
    rng = random.Random(1)
    count = 0
    begun = time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        part(rng)
        count += 1
    return count / passed


if __name__ == "__main__":
    main()
