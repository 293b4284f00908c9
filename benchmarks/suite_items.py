"""All items of the suite egosocialarena at its standard size: seconds and memory.

Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import resource
import time

from arena.environments.social import Social
from arena.scenario import load_suite

SOCIAL = "arena/Social-v1"


def main() -> None:
    """Make every item once, and keep none."""
    suite = load_suite("egosocialarena")
    start, made = time.process_time(), 0
    for entry, scenario in suite.entries:
        if scenario.environment == SOCIAL:
            content = scenario.content
            wanted = entry.items or content.items
            made += sum(1 for _ in Social.items(content.parameters, 1, wanted))
    figures = {
        "items": made,
        "cpu_s": time.process_time() - start,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
