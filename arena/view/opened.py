"""The episode that a request is about: its record, and the run that it is of."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from ..errors import UserError
from ..reading import open_file
from ..trajectory import CorruptTrajectory, parse_line
from .events import object_of
from .index import EpisodeRow
from .lines import Lines, lines_of
from .pages import index_of, run_key, segment

__all__ = ["Opened", "address_of", "forks_of", "key_of", "opened"]

_RUN_ID = re.compile(rb'"run":\s*"([^"\\]{1,200})"')


@dataclass(frozen=True)
class Opened:
    """An episode as it is looked at.

    Attributes:
        key: Of its run.
        id: Its own.
        run: The folder of its run.
        lines: Of its record, or of its parent's.
        names: The ids of all episodes of its run, sorted.
    """

    key: str
    id: str
    run: Path
    lines: Lines
    names: Sequence[str]

    @property
    def address(self) -> str:
        """Where its page is."""
        return address_of(self.key, self.id)

    @property
    def ended(self) -> bool:
        """Whether its last line says so."""
        last = len(self.lines) - 1
        return last > 0 and self.lines.head(last)[0] == "end"

    @property
    def parent_copy(self) -> Path | None:
        """The file of the record that it was forked from, as its run keeps it."""
        path = self.run / "parent.jsonl"
        return path if path.is_file() else None

    def line(self, n: int) -> Mapping[str, Any]:
        """Return a line's object; empty where there is none, or it is damaged."""
        if not 0 <= n < len(self.lines):
            return {}
        try:
            return parse_line(self.lines.path, n + 1, self.lines.raw(n))
        except CorruptTrajectory:
            return {}

    @property
    def seats(self) -> list[str]:
        """The seats in the order of the table; colours go by it."""
        return list(object_of(self.line(0).get("seats")))

    @property
    def boxed(self) -> bool:
        """Whether what seats see are outputs of commands."""
        return bool(self.line(0).get("sandbox"))

    @property
    def end(self) -> Mapping[str, Any]:
        """The last line; empty while the episode has not ended."""
        return self.line(len(self.lines) - 1) if self.ended else dict[str, Any]()

    @property
    def evidence(self) -> Mapping[str, Any]:
        """What the last line holds for scorers."""
        return object_of(self.end.get("evidence"))


def opened(request: Request) -> Opened:
    """Return the episode of a request; of `?of=parent`, its parent's record.

    Raises:
        HTTPException: If there is none.
        UserError: If it cannot be read.
    """
    key, id = run_key(request), request.path_params["id"]
    run = index_of(request).path(key)
    files = {path.stem: path for path in _records(run)}
    if id not in files:
        raise HTTPException(404, f"The run {key} has no episode {id!r}.")
    found = Opened(key, id, run, lines_of(files[id]), sorted(files))
    if request.query_params.get("of") == "parent":
        if found.parent_copy is None:
            raise HTTPException(404, "There is no copy of what it was forked from.")
        return Opened(key, id, run, lines_of(found.parent_copy), found.names)
    return found


def address_of(key: str, id: str) -> str:
    """Return where the page of an episode is."""
    return f"/run/{segment(key)}/episode/{segment(id)}"


def key_of(request: Request, run_id: str) -> str | None:
    """Return the key of the run that has an id in its manifest, if it is here."""
    for key, path in index_of(request).paths().items():
        if _begins(path / "run.json", _RUN_ID) == run_id:
            return key
    return None


def forks_of(request: Request, run_id: str, episode: str) -> list[EpisodeRow]:
    """Return the episodes here that were forked from one of a run."""
    index = index_of(request)
    for key, path in index.paths().items():
        if _begins(path / "parent.jsonl", _RUN_ID) == run_id:
            index.refresh(key, searching=False)  # it may be new
    return index.forks(run_id, episode)


def _begins(file: Path, wanted: re.Pattern[bytes]) -> str | None:
    """Return what is found at the beginning of a file that may not be there."""
    try:
        with open_file(file) as text:
            found = wanted.search(text.read(1000))
    except OSError:
        return None
    return found[1].decode("utf-8", "replace") if found else None


def _records(run: Path) -> list[Path]:
    try:
        with os.scandir(run / "episodes") as entries:
            there = [Path(entry.path) for entry in entries if entry.is_file()]
    except OSError as error:
        raise UserError(f"{run}: {error.strerror or error}") from error
    return [path for path in there if path.suffix == ".jsonl"]
