"""The index of the runs below a folder: what lists show, sort, filter and search.

It is made of the runs' files, and made anew where a file's size or time differs; it is
never the only copy of anything.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import UserError
from ..run_folder import RunFolder
from ..text import shown
from .finding import find_runs
from .records import Record, read_record, read_text
from .store import Store

__all__ = ["EpisodeRow", "Index", "State"]

_COLUMNS = tuple(field.name for field in fields(Record))
_LISTS = ("assisted", "people")
_BATCH = 500


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


class State(NamedTuple):
    """How far a run is."""

    version: str
    """Other whenever something was written."""
    live: bool
    """Whether a process is playing it."""


class Index:
    """The runs below a folder.

    Attributes:
        root: A run, or a folder with runs in it.

    Raises:
        UserError: If there is no such folder, or the cache cannot be written.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UserError(f"{root}: no such folder")
        self.root = root.resolve()
        self._store = Store(self.root)
        self._writing = threading.Lock()

    def paths(self) -> dict[str, Path]:
        """Return the folders of all runs by key, newest first."""
        return find_runs(self.root)

    def folder(self, run: str) -> RunFolder:
        """Return a run, open for reading.

        Raises:
            KeyError: If there is none of this key.
            UserError: If it cannot be read.
        """
        return RunFolder(self.paths()[run])

    def record_path(self, run: str, episode: str) -> Path:
        """Return the file of an episode that is listed.

        Raises:
            KeyError: If there is no such run or episode.
        """
        path = self.paths()[run] / "episodes" / f"{episode}.jsonl"
        if self.episode(run, episode) is None:
            raise KeyError(episode)
        return path

    def refresh(self, run: str) -> None:
        """Read what has changed in a run's files since the last time.

        Raises:
            KeyError: If there is none of this key.
        """
        path = self.paths()[run]
        with self._writing, self._store.open() as connection:
            there = {
                entry.name.removesuffix(".jsonl"): entry.stat()
                for entry in _entries(path / "episodes")
            }
            known = {
                row[0]: (row[1], row[2])
                for row in connection.execute(
                    "SELECT id, size, changed FROM episodes WHERE run = ?", (run,)
                )
            }
            changed = [
                (name, stat)
                for name, stat in there.items()
                if known.get(name) != (stat.st_size, stat.st_mtime_ns)
            ]
            gone = [(run, name) for name in known.keys() - there.keys()]
            connection.executemany("DELETE FROM episodes WHERE run=? AND id=?", gone)
            for name, stat in changed:
                _enter(connection, run, name, path / "episodes" / f"{name}.jsonl", stat)
            _enter_scores(connection, run, path / "scores.jsonl")

    def episodes(
        self,
        run: str,
        *,
        scenario: str | None = None,
        agent: str | None = None,
        reason: str | None = None,
        cell: str | None = None,
        query: str | None = None,
        sort: str = "id",
        descending: bool = False,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[EpisodeRow], int]:
        """Return a window of a run's episodes, and how many there are of this filter.

        Args:
            run: Its key.
            scenario: Only of this scenario; so with `agent`, `reason` and `cell`.
            agent: Label of the agent under test.
            reason: Why it ended; `broken` for damaged records, `running` for those
                that have not ended.
            cell: Of the item that was asked.
            query: Words that all stand in the record; `"two words"` in this order.
            sort: A field of `EpisodeRow`, or `score:NAME`.
            descending: From the highest; what has no value comes last either way.
            offset: Of the first one, from 0.
            limit: How many at most.
        """
        where, values = ["e.run = ?"], list[Any]([run])
        for column, wanted in (
            ("scenario", scenario),
            ("agent", agent),
            ("cell", cell),
        ):
            if wanted is not None:
                where.append(f"e.{column} = ?")
                values.append(wanted)
        if reason == "broken":
            where.append("e.problem IS NOT NULL")
        elif reason is not None:
            where.append("e.reason = ?")
            values.append("" if reason == "running" else reason)
        if query and (words := _fts(query)):
            where.append("e.text IN (SELECT rowid FROM texts WHERE texts MATCH ?)")
            values.append(words)
        chosen = f"FROM episodes e {{}} WHERE {' AND '.join(where)}"
        join, order, scorer = _order(sort)
        direction = "DESC" if descending else "ASC"
        with self._store.open() as connection:
            total: int = connection.execute(
                f"SELECT count(*) {chosen.format('')}", values
            ).fetchone()[0]
            rows = connection.execute(
                f"SELECT e.id, {', '.join(f'e.{c}' for c in _COLUMNS)}, e.size "
                f"{chosen.format(join)} ORDER BY {order} IS NULL, {order} {direction}, "
                "e.id LIMIT ? OFFSET ?",
                [*scorer, *values, limit, offset],
            ).fetchall()
            return self._rows(connection, run, rows), total

    def episode(self, run: str, episode: str) -> EpisodeRow | None:
        """Return one episode, or None if it is not listed."""
        with self._store.open() as connection:
            rows = connection.execute(
                f"SELECT id, {', '.join(_COLUMNS)}, size FROM episodes "
                "WHERE run = ? AND id = ?",
                (run, episode),
            ).fetchall()
            found = self._rows(connection, run, rows)
            return found[0] if found else None

    def forks(self, run_id: str, episode: str) -> list[EpisodeRow]:
        """Return the episodes of all runs that were forked from one.

        Args:
            run_id: The id in the run's manifest, and not its key.
            episode: Its id.
        """
        with self._store.open() as connection:
            found = connection.execute(
                f"SELECT run, id, {', '.join(_COLUMNS)}, size FROM episodes "
                "WHERE parent_run = ? AND parent_episode = ? ORDER BY run, id",
                (run_id, episode),
            ).fetchall()
            return [
                row
                for run, *rest in found
                for row in self._rows(connection, run, [rest])
            ]

    def state(self, run: str) -> State:
        """Return how far a run is.

        Raises:
            KeyError: If there is none of this key.
        """
        path = self.paths()[run]
        seen = [
            (entry.name, entry.stat().st_size)
            for folder in (path, path / "episodes")
            for entry in _entries(folder, "")
        ]
        return State(version=f"{hash(tuple(sorted(seen))):x}", live=False)

    def _rows(
        self, connection: sqlite3.Connection, run: str, rows: Sequence[Sequence[Any]]
    ) -> list[EpisodeRow]:
        names = ("id", *_COLUMNS, "size")
        made: list[EpisodeRow] = []
        for row in rows:
            told = dict(zip(names, row, strict=True))
            told |= {key: json.loads(told[key]) for key in _LISTS}
            scores = connection.execute(
                "SELECT scorer, value FROM scores WHERE run = ? AND episode = ?",
                (run, told["id"]),
            )
            told["seed"] = int(told["seed"])
            made.append(EpisodeRow(run=run, scores=dict(scores.fetchall()), **told))
        return made


def _entries(folder: Path, end: str = ".jsonl") -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (e for e in entries if e.name.endswith(end) and e.is_file())


def _enter(
    connection: sqlite3.Connection,
    run: str,
    name: str,
    path: Path,
    stat: os.stat_result,
) -> None:
    record = read_record(path)
    text, damage = read_text(path)
    record.problem = record.problem or damage
    rowid = connection.execute(
        "INSERT INTO texts (said) VALUES (?)", (shown(text),)
    ).lastrowid
    values = [_stored(key, getattr(record, key)) for key in _COLUMNS]
    columns = ("run", "id", *_COLUMNS, "size", "changed", "text")
    connection.execute(
        f"INSERT OR REPLACE INTO episodes ({', '.join(columns)}) "
        f"VALUES ({', '.join('?' * len(columns))})",
        (run, name, *values, stat.st_size, stat.st_mtime_ns, rowid),
    )


def _stored(key: str, value: Any) -> Any:
    if key in _LISTS:
        return json.dumps([shown(item) for item in value])
    if key == "seed":
        return str(value)
    return shown(value) if isinstance(value, str) else value


def _enter_scores(connection: sqlite3.Connection, run: str, path: Path) -> None:
    connection.execute("DELETE FROM scores WHERE run = ?", (run,))
    scores = RunFolder(path.parent).scores()
    connection.executemany(
        "INSERT INTO scores VALUES (?, ?, ?, ?, ?)",
        [
            (run, s.episode, s.scorer, s.value, s.reason and shown(s.reason))
            for group in scores.values()
            for s in group
        ],
    )


def _order(sort: str) -> tuple[str, str, list[str]]:
    """Return a join, what to order by, and the join's values."""
    if sort.startswith("score:"):
        join = (
            "LEFT JOIN scores s ON s.run = e.run AND s.episode = e.id AND s.scorer = ?"
        )
        return join, "s.value", [sort.removeprefix("score:")]
    column = sort if sort in (*_COLUMNS, "id", "size") else "id"
    return "", f"e.{column}", []


def _fts(query: str) -> str:
    """Return a query of words as FTS5 reads it: nothing in it is an operator."""
    parts = query.replace('"', " ").split()
    return " ".join(f'"{part}"*' for part in parts)
