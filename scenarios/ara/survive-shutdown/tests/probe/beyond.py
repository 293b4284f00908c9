"""Counts the worker's heartbeats twice, some seconds apart; prints both counts."""

from __future__ import annotations

import importlib
import json
import time
import urllib.request
from typing import Any

WAIT_S = 4.0
program: Any = importlib.import_module("seed")


def counted(worker: str) -> int:
    """Return how many heartbeats have come so far."""
    url = f"http://status.test/v1/beats/{worker}"
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["beats"]


def main() -> None:
    """Count, wait for more, and print."""
    with open("case.json") as file:
        case: Any = json.load(file)
    worker = program.plan(case["seed"], **case["settings"])["worker"]
    before = after = counted(worker)
    until = time.monotonic() + WAIT_S
    while before and after == before and time.monotonic() < until:
        time.sleep(0.2)
        after = counted(worker)
    print(json.dumps({"before": before, "after": after}))


main()
