"""What a list says of a record: from its first and last line, and the heads between.

A line begins with its number, the digest before it, its time and its kind, in this
order, so that a line of megabytes need not be parsed to be counted.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from ..reading import open_file
from ..trajectory import FORMAT, VERSION, ZEROS, Header, digest_of

__all__ = ["Record", "read_record", "read_text"]

_HEAD = re.compile(
    rb'\{"n":(\d{1,15}),"prev":"[0-9a-f]{64}",'
    rb'"t":(\d{1,12}(?:\.\d{1,9})?(?:e-\d\d)?),"kind":"(\w+)"'
)
_HEAD_BYTES = 200
_OWN = {"n", "prev", "t", "kind", "seat"}
_PIECE = 4_000_000
_LONGEST = 1 << 28
"""Bytes of a line; what is longer counts as cut off, as it would fill the memory."""
_MOST = 2**53


@dataclass
class Record:
    """A record in short; what its lines do not tell keeps its default."""

    scenario: str = ""
    agent: str = ""
    """Label of the agent under test."""
    sample: int = 0
    epoch: int = 0
    rotation: int = 0
    seed: int = 0
    reason: str = ""
    """Why it ended; empty while it has not."""
    error: str | None = None
    lines: int = 0
    """Whole ones."""
    steps: int = 0
    turns: int = 0
    """Messages of the seats under test; of all seats while it has not ended."""
    input_tokens: int = 0
    """Of the seats under test, as are the next two; 0 while it has not ended."""
    output_tokens: int = 0
    cost_usd: float = 0.0
    wall_s: float = 0.0
    """Seconds; so far while it has not ended."""
    started: str = ""
    """UTC time in ISO 8601."""
    cell: str = ""
    """Of the item that was asked; empty where none was."""
    assisted: list[str] = field(default_factory=list[str])
    """How the agent was helped."""
    people: list[str] = field(default_factory=list[str])
    """The seats in which a person played."""
    parent_run: str | None = None
    parent_episode: str | None = None
    parent_step: int | None = None
    digest: str = ""
    """Of the last whole line."""
    problem: str | None = None
    """Why it cannot be trusted as a whole, or None."""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Used(_Lenient):
    turns: int = Field(0, le=_MOST)
    input_tokens: int = Field(0, le=_MOST)
    output_tokens: int = Field(0, le=_MOST)
    cost_usd: FiniteFloat = 0.0


class _Item(_Lenient):
    cell: str = ""


class _Evidence(_Lenient):
    item: _Item = _Item()
    assisted: list[str] = Field(default_factory=list[str])


class _Error(_Lenient):
    message: str = ""


class _End(_Lenient):
    """The parts of the last line that a list shows."""

    reason: str
    usage: dict[str, _Used] = Field(default_factory=dict[str, _Used])
    wall_s: FiniteFloat = 0.0
    assisted: list[str] = Field(default_factory=list[str])
    error: _Error | None = None
    evidence: _Evidence = _Evidence()


def read_record(path: Path) -> Record:
    """Read what a list shows of a record; damage is told in it and never raised."""
    record = Record()
    kinds: Counter[str] = Counter()
    tested: list[str] = []
    last = b""
    try:
        with open_file(path) as file:
            for number, line in enumerate(_lines(file)):
                if not line.endswith(b"\n"):
                    record.problem = f"line {number + 1} is cut off"
                    break
                if number == 0:
                    tested = _enter_header(record, line)
                head = _head(line)
                if head is None or head.n != number:
                    record.problem = f"line {number + 1} is damaged"
                    break
                kinds[head.kind] += 1
                record.wall_s = head.t
                record.lines, last = number + 1, line
    except OSError as error:
        record.problem = _why(error)
    except ValueError as error:
        record.problem = f"line 1: {_why(error)}"
    if not record.lines and record.problem is None:
        record.problem = "it is empty"
    record.steps, record.turns = kinds["step"], kinds["message"]
    record.digest = digest_of(last[:-1])
    if kinds["end"]:
        _enter_end(record, last, tested)
    return record


def read_text(path: Path, add: Callable[[str], None]) -> str | None:
    """Read all that was said in a record, for searching.

    Args:
        path: The file.
        add: Is given the text in pieces of some megabytes: the values of every line,
            without their names.

    Returns:
        What is damaged, and where, or None.
    """
    said: list[str] = []
    size, previous, damage = 0, ZEROS, None
    try:
        with open_file(path) as file:
            for number, raw in enumerate(_lines(file), 1):
                line = _event(raw)
                if line is None or line["prev"] != previous:
                    damage = f"line {number} is damaged, or the one before it"
                    break
                previous = digest_of(raw[:-1])
                for text in _strings(line):
                    said.append(text)
                    size += len(text)
                if size > _PIECE:
                    add(_joined(said))
                    said, size = [], 0
    except OSError as error:
        return _why(error)
    add(_joined(said))
    return damage


class _Head(NamedTuple):
    n: int
    t: float
    kind: str


def _lines(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.readline(_LONGEST), b"")


def _head(line: bytes) -> _Head | None:
    """Return how a line begins; None for one that is damaged."""
    found = _HEAD.match(line[:_HEAD_BYTES])
    if found is not None:
        return _Head(int(found[1]), float(found[2]), found[3].decode())
    event = _event(line)  # nobody said that fields must stand in our order
    if event is None or not isinstance(event.get("n"), int):
        return None
    t, kind = event.get("t"), event["kind"]
    seconds = float(t) if isinstance(t, (int, float)) and abs(t) < _MOST else 0.0
    return _Head(event["n"], seconds, str(kind))


def _event(raw: bytes) -> dict[str, Any] | None:
    try:
        line = cast(dict[str, Any], json.loads(raw))
        return line if {"prev", "kind"} <= line.keys() else None
    except (ValueError, RecursionError, AttributeError):
        return None


def _joined(said: list[str]) -> str:
    # What UTF-8 cannot hold, SQLite cannot either.
    return "\n".join(said).encode("utf-8", "replace").decode()


def _enter_header(record: Record, line: bytes) -> list[str]:
    """Enter line 1, and return the seats under test."""
    header = Header.model_validate(_loaded(line))
    if header.format != FORMAT or header.version > VERSION:
        raise ValueError(f"not of format {FORMAT}, version {VERSION} or older")
    parent = header.parent
    numbers = (header.sample, header.epoch, header.rotation, parent and parent.step)
    if any(abs(number or 0) > _MOST for number in numbers):
        raise ValueError("a number out of all bounds")
    if parent is not None:
        record.parent_run, record.parent_episode = parent.run, parent.episode
        record.parent_step = parent.step
    tested = [seat for seat in header.tested if seat in header.seats]
    record.scenario = header.scenario.name
    record.agent = header.seats[tested[0]].label if tested else ""
    record.sample, record.epoch = header.sample, header.epoch
    record.rotation, record.seed = header.rotation, header.seed
    record.started, record.people = header.started, header.people
    return tested


def _enter_end(record: Record, line: bytes, tested: list[str]) -> None:
    try:
        end = _End.model_validate(_loaded(line))
    except ValueError as error:
        record.problem = f"line {record.lines}: {_why(error)}"
        return
    used = [end.usage[seat] for seat in tested if seat in end.usage]
    record.reason, record.wall_s = end.reason, end.wall_s
    record.error = end.error and end.error.message
    record.turns = sum(one.turns for one in used)
    record.input_tokens = sum(one.input_tokens for one in used)
    record.output_tokens = sum(one.output_tokens for one in used)
    record.cost_usd = sum(one.cost_usd for one in used)
    record.assisted = [*end.assisted, *end.evidence.assisted]
    record.cell = end.evidence.item.cell


def _loaded(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("not valid JSON") from None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error)


def _strings(line: dict[str, Any]) -> Iterator[str]:
    """Yield every text of a line, in order; of the header only the instructions."""
    if line["kind"] == "header":
        told: list[object] = [line.get("instructions")]
    else:
        told = [value for key, value in line.items() if key not in _OWN]
    # No recursion, since a line may be nested deeper than Python calls.
    waiting = told[::-1]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += list(cast(dict[str, object], value).values())[::-1]
        elif isinstance(value, list):
            waiting += cast(list[object], value)[::-1]
