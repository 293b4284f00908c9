"""Arena's side of the comparison: episodes of five tool calls with an instant model.

The whole loop with default logging: `chat` agent, LangChain message objects, checked
tool calls, trajectory on disk, score. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def main() -> None:
    """Play `argv[1]` episodes and print the figures."""
    episodes = int(sys.argv[1])
    begun = time.perf_counter()
    from whole_run import played

    from arena.agent import AgentSpec
    from arena.planning import make_plan
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
    took = played(plan)
    figures = {
        "name": "arena",
        "version": version("arena-evals"),
        "episodes": episodes,
        "wall_s": round(took.wall_s, 3),
        "cpu_s": round(took.cpu_s, 3),
        "import_s": round(import_s, 3),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1
        ),
        "bytes_per_episode": took.size // episodes,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
