"""Lists a large run, and opens pages of `arena view`, over HTTP on loopback.

Usage: `viewing.py FOLDER`, a folder that `large_runs.py` has made. The first index is
made here, in a cache of its own. Prints one line of JSON; see `bench.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.request import (
    HTTPCookieProcessor,
    OpenerDirector,
    ProxyHandler,
    build_opener,
)

from arena.view.index import Index

ARENA = Path(sys.executable).with_name("arena")
TIMES = 5
RUN, LONG = "hands", "long"


def main() -> None:
    """Measure all and print the figures."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        first_s, records = _first_index(folder)
        list_s = [_list(folder, records) for _ in range(TIMES)]
        with _served(folder) as (opener, address):
            (file,) = (folder / LONG / "episodes").glob("*.jsonl")
            episode = f"{address}/run/{LONG}/episode/{file.stem}"
            # Once each before anything is kept, as for who opens it first.
            opened = [_seconds(opener, f"{address}/run/{RUN}")]
            long_first_s = _seconds(opener, episode)
            opened += [_seconds(opener, f"{address}/run/{RUN}") for _ in range(TIMES)]
            middle = _of_windows(opener, episode)
    figures = {
        "index_s": round(first_s, 3),
        "list_s": [round(each, 4) for each in list_s],
        "page_first_s": round(opened[0], 4),
        "page_s": [round(each, 4) for each in opened[1:]],
        "long_s": round(long_first_s, 4),
        "window_s": round(middle, 4),
    }
    print(json.dumps(figures))


def _first_index(folder: Path) -> tuple[float, int]:
    """Return how long the first index takes, texts for searching and all."""
    begun = time.perf_counter()
    index = Index(folder)
    while (done := index.refresh(RUN)).searched < done.records:
        time.sleep(0.05)
    index.refresh(LONG)
    index.close()
    return time.perf_counter() - begun, done.records


def _list(folder: Path, records: int) -> float:
    """Return how long the list takes a program that was just started."""
    begun = time.perf_counter()
    index = Index(folder)
    index.refresh(RUN)
    _, total = index.episodes(RUN)
    taken = time.perf_counter() - begun
    index.close()
    if total != records:
        sys.exit(f"only {total} of {records} episodes were listed at once")
    return taken


@contextmanager
def _served(folder: Path) -> Generator[tuple[OpenerDirector, str]]:
    """Serve the pages with `arena view`; give who has come in, and the address."""
    command = [ARENA, "view", folder, "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        entrance = server.stdout.readline().strip()
        opener = build_opener(ProxyHandler({}), HTTPCookieProcessor())
        opener.open(entrance).read()
        yield opener, entrance.partition("/?")[0]
    finally:
        server.terminate()
        server.wait()


def _of_windows(opener: OpenerDirector, episode: str) -> float:
    """Return the median time of windows all over an episode, as scrolling asks."""
    plan = json.loads(opener.open(f"{episode}/plan").read())
    windows = len(plan["windows"])
    asked = [windows * part // TIMES for part in range(TIMES)]
    return median(_seconds(opener, f"{episode}/events?window={n}") for n in asked)


def _seconds(opener: OpenerDirector, address: str) -> float:
    return _timed(lambda: opener.open(address).read())


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
