"""Bringing the index up to date: at once where little has changed, else in a thread.

The thread lists records first, of all runs that were asked for, since lists need them.
Then it reads texts for searching, of the runs that somebody has opened.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..trajectory import Seal
from .entering import Changed, changed_records, enter, enter_scores, search, unsearched
from .store import Store

__all__ = ["Progress", "Updater"]

_AT_ONCE = 300
_AT_ONCE_BYTES = 8_000_000
_BATCH = 1000
_BATCH_S = 0.25


class Progress(NamedTuple):
    """How far the index of a run is."""

    records: int
    """In the run."""
    size: int
    """Bytes of all of them."""
    listed: int
    """Of them, those whose newest state is listed."""
    searched: int
    """Of them, those whose text is searched."""


class _Job(NamedTuple):
    run: str
    path: Path
    seals: Mapping[str, Seal]


class Updater:
    """Keeps the index up to date.

    Args:
        store: Where the index is.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._writing = threading.Lock()
        self._wake = threading.Condition()
        self._to_list: dict[str, _Job] = {}
        self._to_search: dict[str, _Job] = {}
        self._thread: threading.Thread | None = None
        self._closed = False

    def look(
        self, run: str, path: Path, seals: Mapping[str, Seal], *, searching: bool
    ) -> Progress:
        """List what has changed in a run, or have it listed soon where that is much.

        Args:
            run: Its key.
            path: Its folder.
            seals: What its manifest keeps.
            searching: Whether its texts are wanted too.
        """
        job = _Job(run, path, seals)
        with self._store.open() as connection:
            count, size, changed = changed_records(connection, run, path, seals)
        few = len(changed) <= _AT_ONCE
        if few and sum(record.size for record in changed) <= _AT_ONCE_BYTES:
            self._enter(job, changed)
            changed = []
        with self._writing, self._store.open() as connection:
            enter_scores(connection, run, path / "scores.jsonl")
            unread = len(unsearched(connection, run))
        if changed:
            self._want(self._to_list, job)
        if searching and (unread or changed):
            self._want(self._to_search, job)
        listed = count - len(changed)
        return Progress(count, size, listed, max(0, listed - unread))

    @property
    def busy(self) -> bool:
        """Whether records wait to be listed."""
        return bool(self._to_list)

    def close(self) -> None:
        """Stop reading; what was read is kept."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _want(self, jobs: dict[str, _Job], job: _Job) -> None:
        with self._wake:
            jobs[job.run] = job
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._wake.notify()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not (self._to_list or self._to_search or self._closed):
                    self._wake.wait()
                if self._closed:
                    return
                listing = bool(self._to_list)
                jobs = self._to_list if listing else self._to_search
                run, job = next(iter(jobs.items()))
            try:
                unfinished = self._list_some(job) if listing else self._search_some(job)
            except Exception:  # noqa: BLE001  (who looks at this run next is told)
                unfinished = False
            if not unfinished:
                with self._wake:
                    if jobs.get(run) is job:
                        del jobs[run]

    def _list_some(self, job: _Job) -> bool:
        """List a batch of records; return whether there are more."""
        with self._store.open() as connection:
            changed = changed_records(connection, job.run, job.path, job.seals).changed
        self._enter(job, changed[:_BATCH])
        return len(changed) > _BATCH

    def _enter(self, job: _Job, changed: list[Changed]) -> None:
        if changed:
            with self._writing, self._store.open() as connection:
                enter(connection, job.run, job.path, changed)

    def _search_some(self, job: _Job) -> bool:
        """Read texts for a moment; return whether there are more."""
        until = time.monotonic() + _BATCH_S
        with self._writing, self._store.open() as connection:
            todo = unsearched(connection, job.run)
            for episode, size in todo:
                search(connection, job.run, job.path, episode, size)
                if time.monotonic() > until:
                    return True
        return False
