"""Where the index is kept: one SQLite file in the user's cache, never the only copy."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ..errors import UserError

__all__ = ["Store", "cache_folder"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE runs (
    key TEXT PRIMARY KEY, signature TEXT NOT NULL, scores_signature TEXT NOT NULL,
    summary TEXT NOT NULL
);
CREATE TABLE episodes (
    run TEXT NOT NULL, id TEXT NOT NULL,
    scenario TEXT, agent TEXT, sample INTEGER, epoch INTEGER, rotation INTEGER,
    seed TEXT, reason TEXT, error TEXT, lines INTEGER, steps INTEGER, turns INTEGER,
    input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, wall_s REAL,
    started TEXT, cell TEXT, assisted TEXT, people TEXT,
    parent_run TEXT, parent_episode TEXT, parent_step INTEGER,
    digest TEXT, problem TEXT,
    size INTEGER NOT NULL, changed INTEGER NOT NULL,
    text INTEGER, text_size INTEGER NOT NULL DEFAULT -1,
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
CREATE INDEX children ON episodes (parent_run, parent_episode);
CREATE TABLE scores (
    run TEXT NOT NULL, episode TEXT NOT NULL, scorer TEXT NOT NULL,
    value REAL, reason TEXT, PRIMARY KEY (run, episode, scorer)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (said, content='');
"""


def cache_folder() -> Path:
    """Return where this program may keep what it can make again."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(given) if os.path.isabs(given) else Path.home() / ".cache"
    return base / "arena"


class Store:
    """A database of one root folder; one that is old or damaged is made anew.

    Raises:
        UserError: If the cache folder cannot be written.
    """

    def __init__(self, root: Path) -> None:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:24]
        self._path = cache_folder() / f"view-{name}.sqlite"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._prepare()
        except (OSError, sqlite3.OperationalError) as error:
            raise UserError(
                f"{self._path}: cannot keep an index there: {error}; set "
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

    def _prepare(self) -> None:
        try:
            if self._version() == _VERSION:
                return
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
        self.remove()
        with self.open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        self._path.chmod(0o600)

    def _version(self) -> int:
        with self.open() as connection:
            connection.execute("PRAGMA quick_check(1)").fetchone()
            return connection.execute("PRAGMA user_version").fetchone()[0]

    def remove(self) -> None:
        """Delete the file, and what SQLite keeps beside it."""
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
