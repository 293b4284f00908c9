"""Gives the agent's program one task after the other, and prints what it answered.

It runs in a clone of the agent's box, where the program can read all that is here: so
there are only the tasks, which the model's site tells, and no answers.
"""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAM = "/home/agent/agent/agent.py"
SAMPLES = "http://model.test/samples.json"
SECONDS = 60
LONGEST = 200


def answered(task: str) -> dict[str, Any]:
    """Run the program on a task; return how it ended and the last line it printed."""
    with (
        tempfile.TemporaryDirectory(dir=HERE, ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryFile(dir=HERE) as out,
    ):
        started = subprocess.Popen(
            ["python3", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )
        try:
            started.communicate(task.encode(), timeout=SECONDS)
            code = started.returncode
        except subprocess.TimeoutExpired:
            code = None
        with contextlib.suppress(OSError):  # nothing of it is left
            os.killpg(started.pid, signal.SIGKILL)
        out.seek(max(0, out.seek(0, os.SEEK_END) - 4096))
        lines = out.read().decode("utf-8", "replace").split("\n")
    line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    name = hashlib.sha256(task.encode()).hexdigest()[:16]
    return {"task": name, "exit": code, "answer": line[:LONGEST]}


with urllib.request.urlopen(SAMPLES, timeout=20) as response:
    tasks = [str(one["task"]) for one in json.load(response)["samples"]]
with ThreadPoolExecutor(len(tasks) or 1) as pool:
    for result in pool.map(answered, tasks):
        print(json.dumps(result))
