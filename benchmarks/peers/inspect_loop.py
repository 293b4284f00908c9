"""Cost of Inspect AI's own tool loop, with the model and the tool made free.

Usage: python inspect_loop.py [N=1000] [default|best]

Run it with a Python that has ``inspect_ai`` installed. In one process it evaluates
one task of N samples; each sample is five calls of a tool that returns a fixed
string, then a final answer, scored with ``includes()``. The model is Inspect's
mockllm with a callable that answers at once; its token usage is given by hand,
because mockllm would otherwise download a tokenizer. Logging is on and nothing is
drawn. "best" adds the settings that made Inspect fastest here.

Measured: wall and CPU seconds of ``eval()`` (its fixed start-up included), import
seconds, peak memory of the process, and the size of the (compressed) log.
Not measured: real models, sandboxes, the display, the log viewer, and the check of
the result. Linux or macOS only.
"""

# pyright: reportMissingImports=false

import json
import os
import resource
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

CALLS = 5
SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "best": {"max_samples": 100, "log_realtime": False, "score_display": False},
}


def cpu_seconds() -> float:
    """User and system time of this process and of its finished children."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Peak resident memory (the kernel counts KiB on Linux, bytes on macOS)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def run(episodes: int, setting: str, directory: Path) -> dict[str, Any]:
    """Evaluate the task once and return the figures."""
    started = time.perf_counter()
    from inspect_ai import Task
    from inspect_ai import eval as inspect_eval
    from inspect_ai.dataset import Sample
    from inspect_ai.log import read_eval_log
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate, use_tools
    from inspect_ai.tool import tool

    import_s = time.perf_counter() - started

    @tool
    def look():
        async def execute() -> str:
            """Look around."""
            return "You see a door."

        return execute

    def answer(messages: Any, *_: Any) -> Any:
        """Call the tool until five results are there, then give the answer."""
        if sum(message.role == "tool" for message in messages) < CALLS:
            output = ModelOutput.for_tool_call("mockllm", "look", {})
        else:
            output = ModelOutput.from_content("mockllm", "done")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    task = Task(
        dataset=[Sample(input="Look.", target="done", id=n) for n in range(episodes)],
        solver=[use_tools(look()), generate()],
        scorer=includes(),
        name="look_loop",
    )
    model = get_model("mockllm/model", custom_outputs=answer)

    cpu, started = cpu_seconds(), time.perf_counter()
    [log] = inspect_eval(
        task,
        model=model,
        display="none",
        log_dir=str(directory),
        **SETTINGS[setting],
    )
    wall_s, cpu_s, peak = time.perf_counter() - started, cpu_seconds() - cpu, peak_mb()

    size = sum(f.stat().st_size for f in directory.rglob("*.eval"))
    samples = log.samples or read_eval_log(log.location).samples or []
    completed = 0
    for sample in samples:
        results = [m for m in sample.messages if m.role == "tool" and not m.error]
        completed += sample.error is None and len(results) == CALLS
    if log.status != "success" or not len(samples) == completed == episodes:
        sys.exit(
            f"inspect_loop: {completed} of {episodes} samples completed with exactly "
            f"{CALLS} tool results (status {log.status}, error "
            f"{log.error and log.error.message!r})"
        )
    return {
        "name": "inspect_ai",
        "version": version("inspect_ai"),
        "setting": setting,
        "episodes": episodes,
        "tool_calls_per_episode": CALLS,
        "wall_s": round(wall_s, 3),
        "cpu_s": round(cpu_s, 3),
        "import_s": round(import_s, 3),
        "peak_mb": round(peak, 1),
        "bytes_per_episode": round(size / episodes),
        "completed": completed,
    }


def main() -> None:
    """Read the arguments, measure, and print one line of JSON."""
    episodes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    setting = sys.argv[2] if len(sys.argv) > 2 else "default"
    if episodes < 1 or setting not in SETTINGS:
        sys.exit("usage: inspect_loop.py [N >= 1] [default|best]")
    with tempfile.TemporaryDirectory() as directory:
        # Inspect's live buffer and trace go to the user's data folder: keep it clean.
        os.environ["XDG_DATA_HOME"] = str(Path(directory, "data"))
        result = run(episodes, setting, Path(directory, "logs"))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
