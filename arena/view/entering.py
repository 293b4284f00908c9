"""What the index takes from a run's files."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..reading import open_file
from ..scoring import Score
from ..text import shown
from ..trajectory import Seal
from .records import Record, read_record, read_text
from .store import RECORD_COLUMNS

__all__ = [
    "Changed",
    "changed_records",
    "enter",
    "enter_scores",
    "search",
    "unsearched",
]

_NO_TEXT = re.compile("[\udc80-\udcff]")
_QUIET_S = 60
_LONG = 1_000_000


class Changed(NamedTuple):
    """A record that is not listed as it is now."""

    id: str
    size: int
    """Bytes; 0 where the file is missing."""
    changed: int
    """When, in nanoseconds."""
    sealed: str
    """Digest of its last line in the manifest; empty where that knows none."""


class Found(NamedTuple):
    """The records of a run, in its folder or only in its manifest."""

    records: int
    size: int
    """Bytes of all together."""
    changed: list[Changed]


def _record_files(run: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files of a run's records."""
    try:
        with os.scandir(run / "episodes") as entries:
            for entry in entries:
                ours = entry.name.endswith(".jsonl") and not _NO_TEXT.search(entry.name)
                if ours and entry.is_file():
                    yield entry
    except FileNotFoundError:
        return


def changed_records(
    connection: sqlite3.Connection, run: str, path: Path, seals: Mapping[str, Seal]
) -> Found:
    """Return which records of a run are not listed as they are now.

    Those that are in neither the folder nor the manifest any more are taken off the
    list.
    """
    sealed = {episode: seal.digest for episode, seal in seals.items()}
    there = {episode: (episode, 0, 0, digest) for episode, digest in sealed.items()}
    size = 0
    for entry in _record_files(path):
        episode, stat = entry.name.removesuffix(".jsonl"), entry.stat()
        digest = sealed.get(episode, "")
        there[episode] = (episode, stat.st_size, stat.st_mtime_ns, digest)
        size += stat.st_size
    listed = "SELECT id, size, changed, sealed, reason FROM episodes WHERE run = ?"
    known: dict[str, tuple[Any, ...]] = {}
    growing: dict[str, int] = {}
    for *row, reason in connection.execute(listed, (run,)):
        known[row[0]] = tuple(row)
        if not reason:
            growing[row[0]] = row[1]
    gone = [(run, episode) for episode in known.keys() - there.keys()]
    if gone:
        connection.executemany("DELETE FROM episodes WHERE run = ? AND id = ?", gone)
    changed = [Changed(*r) for r in there.values() if r != known.get(r[0])]
    waits = {r.id for r in changed if _can_wait(r, growing.get(r.id, 0))}
    return Found(len(there), size, [r for r in changed if r.id not in waits])


def _can_wait(record: Changed, size: int) -> bool:
    """Whether a long record that was `size` bytes has grown too little to be read."""
    return (
        size > _LONG
        and size <= record.size < 1.1 * size
        and record.sealed == ""
        and record.changed > (time.time() - _QUIET_S) * 1e9
    )


def enter(
    connection: sqlite3.Connection, run: str, path: Path, records: Sequence[Changed]
) -> None:
    """List records as they are now."""
    keys = {"run": run, **Changed("", 0, 0, "")._asdict()}
    names = (*keys, *RECORD_COLUMNS)
    told = [
        {
            "run": run,
            **one._asdict(),
            **_stored(_read(path / "episodes" / f"{one.id}.jsonl", one)),
        }
        for one in records
    ]
    # A row that is there keeps what is known of its text, unless it was rewritten.
    connection.executemany(
        f"INSERT INTO episodes ({', '.join(names)}) "
        f"VALUES ({', '.join(f':{name}' for name in names)}) "
        "ON CONFLICT (run, id) DO UPDATE SET searched = CASE WHEN size = excluded.size "
        "AND changed <> excluded.changed THEN -1 ELSE searched END, "
        + ", ".join(f"{name} = excluded.{name}" for name in names),
        told,
    )


def enter_scores(connection: sqlite3.Connection, run: str, file: Path) -> None:
    """Enter the scores that were added since the last time; all of a new file."""
    inode, done = connection.execute(
        "SELECT scores_file, scores_read FROM runs WHERE key = ?", (run,)
    ).fetchone() or (0, 0)
    try:
        stat = file.stat()
    except FileNotFoundError:
        return
    if (stat.st_ino, stat.st_size) == (inode, done):
        return
    if stat.st_ino != inode or stat.st_size < done:
        connection.execute("DELETE FROM scores WHERE run = ?", (run,))
        done = 0
    try:
        with open_file(file) as opened:
            opened.seek(done)
            whole, _, _ = opened.read().rpartition(b"\n")
    except OSError:  # the summary tells
        return
    connection.executemany(
        "INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?)",
        [(run, s.episode, s.scorer, s.value) for s in _scores(whole)],
    )
    connection.execute(
        "INSERT INTO runs (key, scores_file, scores_read) VALUES (:run, :file, :read) "
        "ON CONFLICT (key) DO UPDATE SET scores_file = :file, scores_read = :read",
        {"run": run, "file": stat.st_ino, "read": done + len(whole) + bool(whole)},
    )


def unsearched(connection: sqlite3.Connection, run: str) -> list[tuple[str, int]]:
    """Return the records, with their sizes, whose text is to be read.

    One that still grows is read when it has doubled, so that all readings together
    cost no more than twice the last.
    """
    return connection.execute(
        "SELECT id, size FROM episodes WHERE run = ? AND size > 0 AND searched <> size "
        "AND (reason <> '' OR size >= 2 * searched OR changed < ?)",
        (run, (time.time() - _QUIET_S) * 1e9),
    ).fetchall()


def search(
    connection: sqlite3.Connection, run: str, path: Path, episode: str, size: int
) -> None:
    """Enter the text of a record, and the damage that is found on the way."""
    own = (run, episode)
    connection.execute("DELETE FROM pieces WHERE run = ? AND episode = ?", own)

    def add(piece: str) -> None:
        added = connection.execute("INSERT INTO texts (said) VALUES (?)", (piece,))
        connection.execute(
            "INSERT INTO pieces VALUES (?, ?, ?)", (added.lastrowid, *own)
        )

    damage = read_text(path / "episodes" / f"{episode}.jsonl", add)
    connection.execute(
        "UPDATE episodes SET searched = ?, damage = ? WHERE run = ? AND id = ?",
        (size, damage, *own),
    )


def _read(path: Path, known: Changed) -> Record:
    if not known.size and not path.exists():
        return Record(problem="missing, though the manifest lists it")
    record = read_record(path)
    if record.problem is None and known.sealed not in ("", record.digest):
        record.problem = "not the record that the manifest knows"
    return record


def _stored(record: Record) -> dict[str, Any]:
    """Return a record's fields as columns hold them."""
    told = {name: getattr(record, name) for name in RECORD_COLUMNS}
    for name, value in told.items():
        if isinstance(value, list):
            told[name] = shown(json.dumps(value))
        elif isinstance(value, str):
            told[name] = shown(value)
    return told | {"seed": str(record.seed)}  # it may have more than 64 bits


def _scores(lines: bytes) -> Iterator[Score]:
    for line in lines.split(b"\n"):
        try:
            yield Score.model_validate_json(line)
        except ValidationError:  # damaged: it is scored again
            continue
