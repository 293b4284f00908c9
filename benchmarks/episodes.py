"""Arena's side of the comparison: episodes of five tool calls with an instant model.

The whole loop with default logging: `chat` agent, LangChain message objects, checked
tool calls, trajectory on disk, score. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def main() -> None:
    """Play `argv[1]` episodes and print the figures."""
    episodes = int(sys.argv[1])
    begun = time.perf_counter()
    from arena.agent import AgentSpec
    from arena.plan import make_plan
    from arena.progress import make_observer
    from arena.run import run
    from arena.run_folder import RunFolder
    from arena.scenario import load_suite

    look: dict[str, object] = {"name": "look", "args": {}}
    submit: dict[str, object] = {"name": "submit", "args": {"answer": "done"}}
    agent = AgentSpec(
        name="chat",
        model="scripted:instant",
        options={"model_options": {"replies": [*([[look]] * 5), [submit]]}},
    )
    suite = load_suite(str(HERE / "look"))
    plan = make_plan([suite], agents=[agent], epochs=episodes)
    import_s = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        cpu, wall = _cpu(), time.perf_counter()
        with make_observer() as observer:
            run(plan, path, observer=observer)
        wall_s, cpu_s = time.perf_counter() - wall, _cpu() - cpu
        scores = RunFolder(path).scores()
        completed = sum(s.value == 1.0 for group in scores.values() for s in group)
        size = sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    if completed != episodes:
        sys.exit(f"only {completed} of {episodes} episodes were completed")
    figures = {
        "name": "arena",
        "version": version("arena-evals"),
        "episodes": episodes,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "import_s": round(import_s, 3),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1
        ),
        "bytes_per_episode": size // episodes,
        "completed": completed,
    }
    print(json.dumps(figures))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
