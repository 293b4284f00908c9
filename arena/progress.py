"""Telling how a run goes on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .episode import EpisodeResult
from .run import Observer
from .specification import EpisodeSpec
from .text import shown

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["make_observer"]

_EVERY_S = 5.0


@contextmanager
def make_observer(*, plain: bool = False) -> Generator[Observer]:
    """Yield what tells of progress, on the standard error stream.

    Args:
        plain: Tell it in lines on a terminal too, where somebody is asked there.
    """
    if plain or not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress)


class _Bar:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._errors = 0

    def preparing(self, text: str) -> None:
        self._progress.console.print(shown(text), style="dim", markup=False)

    def started(self, total: int, already: int) -> None:
        self._task = self._progress.add_task("episodes", total=total, completed=already)

    def finished(self, spec: EpisodeSpec, result: EpisodeResult) -> None:
        if result.error is not None:
            self._errors += 1
            text = f"{spec.episode}: {result.error}"
            self._progress.console.print(shown(text), style="red", markup=False)
        errors = f", {self._errors} failed" if self._errors else ""
        self._progress.update(self._task, advance=1, description=f"episodes{errors}")


class _Lines:
    def __init__(self) -> None:
        self._done = 0
        self._total = 0
        self._last = time.monotonic()

    def preparing(self, text: str) -> None:
        self._say(shown(text))

    def started(self, total: int, already: int) -> None:
        self._total, self._done = total, already
        self._say(f"{total} episodes, {already} of them there already")

    def finished(self, spec: EpisodeSpec, result: EpisodeResult) -> None:
        self._done += 1
        if result.error is not None:
            self._say(shown(f"{spec.episode}: {result.error}"))
        now = time.monotonic()
        if self._done == self._total or now - self._last >= _EVERY_S:
            self._last = now
            self._say(f"{self._done}/{self._total} episodes")

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
