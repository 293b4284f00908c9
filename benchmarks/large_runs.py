"""Makes a run of many hands of Blackjack, and one whose only episode is a long one.

Usage: `large_runs.py FOLDER EPISODES MB`. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from arena.agent import AgentSpec
from arena.plan import Plan
from arena.planning import make_plan
from arena.progress import make_observer
from arena.redaction import Redactor
from arena.run import run
from arena.run_folder import RunFolder
from arena.scenario import load_suite
from arena.trajectory import TrajectoryWriter, read_trajectory


def main() -> None:
    """Make both, and print what playing the hands took."""
    folder, episodes, mb = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    plan = _plan("games/blackjack", "random", episodes)
    begun = time.perf_counter()
    with make_observer() as observer:
        run(plan, folder / "hands", observer=observer)
    play_s = time.perf_counter() - begun
    with make_observer() as observer:
        plan = _plan("games/number-guessing", "level-2", 1)
        run(plan, folder / "long", observer=observer)
    events = _lengthen(folder / "long", mb * 1_000_000)
    figures = {"play_s": round(play_s, 3), "events": events}
    print(json.dumps(figures))


def _plan(scenario: str, agent: str, epochs: int) -> Plan:
    suite = load_suite(scenario)
    return make_plan([suite], agents=[AgentSpec(name=agent)], epochs=epochs)


def _lengthen(path: Path, size: int) -> int:
    """Write a run's only episode anew, its events over and over, to so many bytes."""
    folder = RunFolder(path)
    (episode,) = folder.manifest.episodes
    file = folder.episode_path(episode)
    short = read_trajectory(file)
    file.unlink()
    *events, end = short.events
    with TrajectoryWriter(file, Redactor({})) as record:
        record.header(short.header)
        written = 0
        while file.stat().st_size < size:
            for event in events:
                record.write(event.kind, event.data)
            written += len(events)
        record.write(end.kind, end.data)
        folder.seal(episode, record.seal("completed"))
    folder.save()
    return written + 1


if __name__ == "__main__":
    main()
