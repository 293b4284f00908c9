"""What a list says of a record: from its first and last line, and the heads between.

A line begins with its number, the digest before it, its time and its kind, in this
order, so that a line of megabytes need not be parsed to be counted.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..trajectory import FORMAT, VERSION, Header, digest_of

__all__ = ["Record", "read_record", "read_text"]

_HEAD = re.compile(
    rb'\{"n":(\d+),"prev":"[0-9a-f]{64}","t":([0-9.e+-]+),"kind":"(\w+)"'
)
_HEAD_BYTES = 200
_TOLD = {"header": ("instructions",), "observation": ("text",), "end": ("error",)}
"""Which fields of a line somebody looks for; of other kinds all."""
_OWN = ("n", "prev", "t", "kind", "seat")


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
    turns: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


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
    wall_s: float = 0.0
    assisted: list[str] = Field(default_factory=list[str])
    error: _Error | None = None
    evidence: _Evidence = _Evidence()


def read_record(path: Path) -> Record:
    """Read what a list shows of a record; damage is told in it and never raised."""
    record = Record()
    kinds: Counter[bytes] = Counter()
    tested: list[str] = []
    last = b""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    record.problem = f"line {number + 1} is cut off"
                    break
                if number == 0:
                    tested = _enter_header(record, line)
                found = _HEAD.match(line[:_HEAD_BYTES])
                if found is None or int(found[1]) != number:
                    record.problem = f"line {number + 1} is damaged"
                    break
                kinds[found[3]] += 1
                record.wall_s = float(found[2])
                record.lines, last = number + 1, line
    except OSError as error:
        record.problem = _why(error)
    except ValueError as error:
        record.problem = f"line 1: {_why(error)}"
    if not record.lines and record.problem is None:
        record.problem = "it is empty"
    record.steps, record.turns = kinds[b"step"], kinds[b"message"]
    record.digest = digest_of(last[:-1])
    if kinds[b"end"]:
        _enter_end(record, last, tested)
    return record


def read_text(path: Path) -> tuple[str, str | None]:
    """Return all that was said in a record, and what is damaged in it, or None.

    The text is for searching: the values of every line without their names.
    """
    said: list[str] = []
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file):
                try:
                    line = cast(dict[str, Any], json.loads(raw))
                except (ValueError, RecursionError):
                    return "\n".join(said), f"line {number + 1} is damaged"
                fields = _TOLD.get(line["kind"], line)
                kept = [line[key] for key in fields if key in line and key not in _OWN]
                said += _strings(kept)
    except OSError as error:
        return "", _why(error)
    return "\n".join(said), None


def _enter_header(record: Record, line: bytes) -> list[str]:
    """Enter line 1, and return the seats under test."""
    header = Header.model_validate(_loaded(line))
    if header.format != FORMAT or header.version > VERSION:
        raise ValueError(f"not of format {FORMAT}, version {VERSION} or older")
    record.scenario = header.scenario.name
    record.agent = header.seats[header.tested[0]].label
    record.sample, record.epoch = header.sample, header.epoch
    record.rotation, record.seed = header.rotation, header.seed
    record.started, record.people = header.started, header.people
    if header.parent is not None:
        record.parent_run = header.parent.run
        record.parent_episode = header.parent.episode
        record.parent_step = header.parent.step
    return header.tested


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


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in cast(dict[str, object], value).values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in cast(list[object], value):
            yield from _strings(item)
