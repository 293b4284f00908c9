"""The index of the runs below a folder: what lists show, sort, filter and search.

It is made of the runs' files, and brought up to date whenever somebody looks. It is
kept in the user's cache and never the only copy of anything.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..errors import UserError
from ..run_folder import RunFolder
from ..trajectory import Seal
from .filters import FIELDS, Filter, order, where
from .finding import find_runs
from .store import Store
from .summaries import Summary, is_live, summarise
from .updating import Progress, Updater

__all__ = ["EpisodeRow", "Index", "RunRow", "State"]

_FOUND_FOR_S = 2.0
_LISTS = ("assisted", "people")
_TOTALS = ("input_tokens", "output_tokens", "cost_usd")
_SELECTED = ", ".join(
    "coalesce(e.problem, e.damage)" if name == "problem" else f"e.{name}"
    for name in FIELDS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """What a list shows of an episode; see `arena.view.records.Record`."""

    run: str
    """Key of its run."""
    id: str
    scenario: str
    agent: str
    sample: int
    epoch: int
    rotation: int
    seed: int
    reason: str
    error: str | None
    lines: int
    steps: int
    turns: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    wall_s: float
    started: str
    cell: str
    scores: Mapping[str, float | None]
    """By scorer; None where it could not judge."""
    assisted: Sequence[str]
    people: Sequence[str]
    parent_run: str | None
    parent_episode: str | None
    parent_step: int | None
    digest: str
    size: int
    """Bytes."""
    problem: str | None


class Window(NamedTuple):
    """A part of a list."""

    rows: list[EpisodeRow]
    total: int
    """Of the whole list."""


class RunRow(NamedTuple):
    """What the list of runs shows of one."""

    key: str
    path: Path
    summary: Summary
    cost_usd: float
    """Of the seats under test, in all records that are listed."""
    progress: Progress
    live: bool


class State(NamedTuple):
    """What to compare to know whether something is new."""

    version: str
    """Other whenever something was written, or read into the index."""
    live: bool
    """Whether it is being played, or still read into the index."""


class RunState(NamedTuple):
    """How far a run is."""

    state: State
    playing: bool
    progress: Progress


class Index:
    """The runs below a folder.

    Attributes:
        root: A run, or a folder with runs in it.

    Raises:
        UserError: If there is no such folder, or the cache cannot be written.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UserError(f"{root}: no such folder; name a run or a folder of runs")
        self.root = root.resolve()
        self._store = Store(self.root)
        self._updater = Updater(self._store)
        self._finding = threading.Lock()
        self._found: dict[str, Path] = {}
        self._found_at = -_FOUND_FOR_S
        self._due: dict[str, float] = {}
        self._seals: dict[str, tuple[str, Mapping[str, Seal]]] = {}

    def close(self) -> None:
        """Stop reading in the background."""
        self._updater.close()

    def make_anew(self) -> None:
        """Delete the index, as it is damaged; it is made again as pages are opened."""
        self._store.make_anew()

    def paths(self, *, anew: bool = False) -> dict[str, Path]:
        """Return the folders of all runs by key, the last changed first.

        Args:
            anew: Look for them now, and not only where that was seconds ago.
        """
        with self._finding:
            if anew or time.monotonic() - self._found_at > _FOUND_FOR_S:
                self._found = find_runs(self.root)
                self._found_at = time.monotonic()
            return self._found

    def path(self, run: str) -> Path:
        """Return the folder of a run.

        Raises:
            KeyError: If there is none of this key.
        """
        known = self.paths()
        return known[run] if run in known else self.paths(anew=True)[run]

    def runs(self) -> list[RunRow]:
        """Return all runs, the last started first; records are read in time."""
        rows: list[RunRow] = []
        for key, path in self.paths().items():
            progress = self.refresh(key, searching=False)
            with self._store.open() as connection:
                (cost,) = connection.execute(
                    "SELECT total(cost_usd) FROM episodes WHERE run = ?", (key,)
                ).fetchone()
            summary = self.summary(key)
            rows.append(RunRow(key, path, summary, cost, progress, is_live(path)))
        return sorted(rows, key=lambda row: row.summary.started, reverse=True)

    def summary(self, run: str) -> Summary:
        """Return what the manifest and the scores of a run say.

        While it is played this may be a little old: making it takes at most a tenth of
        the time.

        Raises:
            KeyError: If there is no such run.
        """
        path = self.path(run)
        signature = _signature(path / "run.json", path / "scores.jsonl")
        with self._store.open() as connection:
            known = connection.execute(
                "SELECT signature, summary FROM runs WHERE key = ? AND summary <> ''",
                (run,),
            ).fetchone()
        due = self._due.get(run, 0.0)
        if known is not None and (
            known[0] == signature or (time.monotonic() < due and is_live(path))
        ):
            try:
                return Summary.model_validate_json(known[1])
            except ValidationError as error:
                raise sqlite3.DatabaseError(str(error)) from error
        begun = time.monotonic()
        summary = summarise(path)
        self._due[run] = time.monotonic() + 9 * (time.monotonic() - begun)
        with self._store.open() as connection:
            connection.execute(
                "INSERT INTO runs (key, signature, summary) VALUES (:k, :s, :t) "
                "ON CONFLICT (key) DO UPDATE SET signature = :s, summary = :t",
                {"k": run, "s": signature, "t": summary.model_dump_json()},
            )
        return summary

    def refresh(self, run: str, *, searching: bool = True) -> Progress:
        """Bring the list of a run's episodes up to date.

        Where much has changed this is done in the background, and the list is
        incomplete for a while.

        Args:
            run: Its key.
            searching: Whether texts are to be read for searching too.

        Raises:
            KeyError: If there is no such run.
        """
        path = self.path(run)
        return self._updater.look(
            run, path, self._seals_of(run, path), searching=searching
        )

    def state(self, run: str) -> RunState:
        """Bring the list of a run up to date, and return how far it is.

        Raises:
            KeyError: If there is no such run.
        """
        path = self.path(run)
        progress = self.refresh(run)
        files = _signature(path / "run.json", path / "scores.jsonl")
        playing = is_live(path)
        state = State(
            version=_digest(files, progress, playing),
            live=playing or progress.searched < progress.records,
        )
        return RunState(state, playing, progress)

    def state_of_all(self) -> State:
        """Return what to compare to know whether something in the list is new."""
        busy = self._updater.busy
        live = {key for key, path in self.paths().items() if is_live(path)}
        told = [
            (key, _signature(path / "run.json", path / "scores.jsonl"), key in live)
            for key, path in self.paths().items()
        ]
        return State(_digest(told, busy), bool(live) or busy)

    def episodes(
        self,
        run: str,
        wanted: Filter | None = None,
        *,
        sort: str = "id",
        descending: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> Window:
        """Return a window of a run's episodes, and how many there are of the filter.

        Args:
            run: Its key.
            wanted: Which of them; by default all.
            sort: A field of `EpisodeRow`, `score` for the headline of each scenario,
                or `score:NAME`; others stand for `id`.
            descending: From the highest on; what has no value comes last either way.
            offset: Of the first, from 0.
            limit: How many at most.
        """
        condition, values = where(run, wanted or Filter())
        join, key, joined = order(sort, self.summary(run).scorers)
        direction = "DESC" if descending else "ASC"
        with self._store.open() as connection:
            (total,) = connection.execute(
                f"SELECT count(*) FROM episodes e WHERE {condition}", values
            ).fetchone()
            rows = connection.execute(
                f"SELECT e.run, {_SELECTED} FROM episodes e {join} WHERE {condition} "
                f"ORDER BY {key} IS NULL, {key} {direction}, e.id {direction} "
                "LIMIT ? OFFSET ?",
                (*joined, *values, limit, offset),
            ).fetchall()
            return Window(_rows(connection, rows), total)

    def episode(self, run: str, episode: str) -> EpisodeRow | None:
        """Return one episode, or None if it is not listed."""
        with self._store.open() as connection:
            rows = connection.execute(
                f"SELECT e.run, {_SELECTED} FROM episodes e WHERE e.run = ? "
                "AND e.id = ?",
                (run, episode),
            ).fetchall()
            return next(iter(_rows(connection, rows)), None)

    def forks(self, run_id: str, episode: str) -> list[EpisodeRow]:
        """Return the listed episodes of all runs that were forked from one.

        Args:
            run_id: The id in its run's manifest, and not the key.
            episode: Its id.
        """
        with self._store.open() as connection:
            rows = connection.execute(
                f"SELECT e.run, {_SELECTED} FROM episodes e WHERE e.parent_run = ? "
                "AND e.parent_episode = ? ORDER BY e.parent_step, e.run, e.id",
                (run_id, episode),
            ).fetchall()
            return _rows(connection, rows)

    def choices(self, run: str) -> dict[str, list[str]]:
        """Return the values of a run's episodes that one may filter by, by field."""
        fields = ("scenario", "agent", "reason", "cell")
        with self._store.open() as connection:
            return {
                field: [
                    value
                    for (value,) in connection.execute(
                        f"SELECT DISTINCT {field} FROM episodes "
                        f"WHERE run = ? AND {field} <> '' ORDER BY {field}",
                        (run,),
                    )
                ]
                for field in fields
            }

    def telling(self, run: str) -> set[str]:
        """Return which fields tell a run's episodes apart, or are not empty."""
        tests = {
            **{name: f"min({name}) <> max({name})" for name in ("scenario", "agent")},
            **{name: f"max({name}) <> ''" for name in ("cell",)},
            **{name: f"max({name}) > 0" for name in _TOTALS},
        }
        with self._store.open() as connection:
            found = connection.execute(
                f"SELECT {', '.join(tests.values())} FROM episodes WHERE run = ?",
                (run,),
            ).fetchone()
        return {
            name for name, is_telling in zip(tests, found, strict=True) if is_telling
        }

    def scorers(self, run: str) -> list[str]:
        """Return the names of the scorers that have judged in a run."""
        with self._store.open() as connection:
            return [
                name
                for (name,) in connection.execute(
                    "SELECT DISTINCT scorer FROM scores WHERE run = ? ORDER BY scorer",
                    (run,),
                )
            ]

    def _seals_of(self, run: str, path: Path) -> Mapping[str, Seal]:
        signature = _signature(path / "run.json")
        known = self._seals.get(run)
        if known is None or known[0] != signature:
            try:
                seals = RunFolder(path).manifest.episodes
            except UserError:  # its summary tells
                seals = dict[str, Seal]()
            known = self._seals[run] = (signature, seals)
        return known[1]


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def _signature(*files: Path) -> str:
    told: list[str] = []
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            told.append("none")
        else:
            told.append(f"{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}")
    return " ".join(told)


def _rows(
    connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]
) -> list[EpisodeRow]:
    made: list[EpisodeRow] = []
    for run, *values in rows:
        told = dict(zip(FIELDS, values, strict=True))
        try:
            told |= {name: json.loads(told[name]) for name in _LISTS}
            told["seed"] = int(told["seed"])
        except (ValueError, TypeError) as error:
            raise sqlite3.DatabaseError(str(error)) from error
        scores = connection.execute(
            "SELECT scorer, value FROM scores WHERE run = ? AND episode = ?",
            (run, told["id"]),
        )
        made.append(EpisodeRow(run=run, scores=dict(scores.fetchall()), **told))
    return made
