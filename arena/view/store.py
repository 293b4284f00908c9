"""Where the index is kept: one SQLite file in the user's cache, never the only copy."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from ..errors import UserError
from .records import Record

__all__ = ["RECORD_COLUMNS", "Store"]

RECORD_COLUMNS = tuple(field.name for field in fields(Record))
"""The columns of `episodes` that hold a `Record`."""

_VERSION = 5
# `changed` is in nanoseconds; a record is listed again where its size, its time or the
# digest in the manifest has changed. `searched` is the size at which its text was read,
# and `damage` what was found there. `texts` has the text in pieces; those of an older
# state stay, and nothing in `pieces` names them.
_SCHEMA = f"""
CREATE TABLE runs (
    key TEXT PRIMARY KEY, signature TEXT, summary TEXT,
    scores_file INTEGER NOT NULL DEFAULT 0, scores_read INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE episodes (
    run TEXT NOT NULL, id TEXT NOT NULL,
    size INTEGER NOT NULL, changed INTEGER NOT NULL, sealed TEXT NOT NULL,
    searched INTEGER NOT NULL DEFAULT -1, damage TEXT,
    {", ".join(RECORD_COLUMNS)},
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
CREATE INDEX states ON episodes (run, id, size, changed, sealed, searched, reason);
CREATE INDEX costs ON episodes (run, cost_usd);
CREATE INDEX children ON episodes (parent_run, parent_episode);
CREATE TABLE scores (
    run TEXT NOT NULL, episode TEXT NOT NULL, scorer TEXT NOT NULL, value REAL,
    PRIMARY KEY (run, episode, scorer)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (said, content='');
CREATE TABLE pieces (
    text INTEGER PRIMARY KEY, run TEXT NOT NULL, episode TEXT NOT NULL
);
CREATE INDEX pieces_of ON pieces (run, episode);
"""


class Store:
    """A database of one root folder; one that is old or damaged is made anew.

    Raises:
        UserError: If the cache cannot be written.
    """

    def __init__(self, root: Path) -> None:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
        self._path = _cache() / f"view-{name}.sqlite"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._path.parent.stat().st_uid != os.getuid():
                raise PermissionError("the folder is another user's")
            if not self._is_good():
                self.make_anew()
        except (OSError, sqlite3.Error) as error:
            raise UserError(
                f"{self._path}: cannot keep the index there: {error}; set "
                "XDG_CACHE_HOME to a folder that can be written"
            ) from error

    @contextmanager
    def open(self) -> Generator[sqlite3.Connection]:
        """Yield a connection in a transaction that is committed at the end."""
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("PRAGMA synchronous = OFF")  # it can be made again
            with connection:
                yield connection
        finally:
            connection.close()

    def make_anew(self) -> None:
        """Delete what there is, with what SQLite keeps beside it, and begin again."""
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        self._path.touch(mode=0o600)
        with self.open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")

    def _is_good(self) -> bool:
        if not self._path.exists():
            return False
        try:
            with self.open() as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                return version == _VERSION
        except sqlite3.OperationalError:  # locked, or no permission
            raise
        except sqlite3.DatabaseError:
            return False


def _cache() -> Path:
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if os.path.isabs(given) else Path.home() / ".cache") / "arena"
