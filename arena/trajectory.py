"""The record of one episode: format 1, one JSON object a line, chained by digests.

Line 1 is the header. Every line holds its number `n` from 0, the digest `prev` of the
line before it (SHA-256 of its bytes, the newline left out; zeros for the header), the
seconds `t` since the start and its `kind`:

- `header`: what was played; see `Header`.
- `observation`: `seat`, `text`.
- `message`: `seat`, `content`, `tool_calls`, and, where there are any,
  `invalid_tool_calls`, `usage`, `model`, `stop`, `refusal`; `latency_s`.
- `step`: `seat`, `call`, `reward`, `terminated`, `truncated`; `error` of a bad call.
- `note`: `about`, and what there is to say.
- `end`: `reason`, `payoffs`, `usage`, `evidence`; `error` where one ended it, and
  `assisted`, the verbs of oversight that were used but approval, where there are any.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, TracebackType
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .agent import AgentSpec
from .errors import RecordError, UserError, one_line
from .limits import EndReason, Limits
from .oversight import Oversight
from .reading import read_file
from .redaction import Redactor

__all__ = [
    "FORMAT",
    "VERSION",
    "CorruptTrajectory",
    "Event",
    "Header",
    "Parent",
    "ScenarioRef",
    "Seal",
    "Trajectory",
    "TrajectoryWriter",
    "comparable",
    "digest_of",
    "parse_line",
    "read_trajectory",
    "split_lines",
    "timeless",
]

FORMAT = "arena-trajectory"
VERSION = 1
ZEROS = "0" * 64
_REQUIRED: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "observation": {"seat": str, "text": str},
    "message": {"seat": str, "content": (str, list), "tool_calls": list},
    "step": {"seat": str, "call": dict, "reward": (int, float, str, NoneType)},
    "note": {"about": str},
    "end": {"reason": str},
}
_ABSENT = object()
_TIMES = frozenset({"latency_s", "wait_s", "wall_s"})
_OWN = frozenset({"n", "prev", "t", "kind"})
"""What the writer says of every line itself, whatever an event has by these names."""


class CorruptTrajectory(UserError):
    """A file that is no trajectory of this format, or is damaged at `line`."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}, line {line}: {problem}")


class ScenarioRef(BaseModel):
    """The scenario as it was played, so that nothing else is needed to read it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    digest: str
    """SHA-256 of the scenario's file and data."""
    environment: str
    """Gymnasium id."""
    parameters: dict[str, Any]


class Parent(BaseModel):
    """The episode that another one was forked from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    run: str
    """Id of its run."""
    episode: str
    digest: str
    """Of its last line."""
    step: int
    """How many of its steps the child has in common with it."""
    seats: list[str]
    """Where somebody else, or the same agent anew, has gone on."""


class Header(BaseModel):
    """Line 1. Unknown fields are kept out, so that minor additions can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: str = FORMAT
    version: int = VERSION
    run: str
    """Id of the run."""
    episode: str
    """Id of the episode, also the name of its file."""
    started: str
    """UTC time in ISO 8601."""
    scenario: ScenarioRef
    seed: int
    agents_seed: int
    sample: int
    """Which of the scenario's seeds, from 0."""
    epoch: int
    """Which repeat, from 0."""
    rotation: int = 0
    """By how many seats everybody has moved up, from 0."""
    seats: dict[str, AgentSpec]
    """Who sits where."""
    tested: list[str]
    """The seats of the agent under test."""
    limits: Limits
    oversight: Oversight | None = None
    """Who decides on the calls of the tested seats; None for nobody."""
    people: list[str] = Field(default_factory=list[str])
    """The seats in which a person plays."""
    parent: Parent | None = None
    """What it was forked from; None for an episode played from its start."""
    instructions: dict[str, str]
    """What each seat was told before the start."""
    tools: dict[str, list[dict[str, Any]]]
    """Schemas of each seat's tools."""
    versions: dict[str, str] = Field(default_factory=dict[str, str])
    """Of Python and the packages that matter."""
    git_commit: str | None = None
    """Of the working folder, with `+` where files were changed."""
    sandbox: dict[str, Any] | None = None
    """Kind and image digest, where the environment has one."""


class Seal(BaseModel):
    """What a run's manifest keeps of an ended trajectory."""

    model_config = ConfigDict(frozen=True)

    digest: str
    """Of the last line, and through the chain of all of it."""
    lines: int
    reason: EndReason


@dataclass(frozen=True)
class Event:
    """One line after the header."""

    n: int
    t: float
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Trajectory:
    """A record as read from its file.

    Attributes:
        torn: The number of a last line that was cut off while being written, or None.
        digest: Of the last whole line.
        damage: Why nothing behind the last event could be read, or None.
    """

    path: Path
    header: Header
    events: tuple[Event, ...]
    digest: str
    torn: int | None
    damage: CorruptTrajectory | None = None

    @property
    def seal(self) -> Seal | None:
        """What a manifest keeps of it, or None while the episode has not ended."""
        if self.end is None:
            return None
        lines = 1 + len(self.events)
        return Seal(digest=self.digest, lines=lines, reason=self.end["reason"])

    @property
    def end(self) -> Mapping[str, Any] | None:
        """The last event's data, or None while the episode has not ended."""
        last = self.events[-1] if self.events else None
        return last.data if last is not None and last.kind == "end" else None

    @property
    def evidence(self) -> Mapping[str, Any]:
        """What the environment left for scorers; empty without an end."""
        return self.end.get("evidence", {}) if self.end else {}

    @property
    def assisted(self) -> tuple[str, ...]:
        """How the agent was helped: verbs of oversight, and what the evidence says."""
        own: list[str] = (self.end or {}).get("assisted", [])
        return (*own, *self.evidence.get("assisted", ()))

    def of_kind(self, kind: str, seat: str | None = None) -> list[Mapping[str, Any]]:
        """Return the data of the events of one kind, of one seat or of all."""
        return [
            event.data
            for event in self.events
            if event.kind == kind and seat in (None, event.data.get("seat"))
        ]


class TrajectoryWriter:
    """Writes one new trajectory, every line at once and whole.

    Raises:
        RecordError: When the file exists or cannot be written.
    """

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.path = path
        self.digest = ZEROS
        self._redactor = redactor.for_one_record()
        self._n = 0
        self._start = time.monotonic()
        try:
            # Unbuffered, so that a killed process loses no line it has written.
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def header(self, header: Header) -> None:
        """Write line 1."""
        self.write("header", header.model_dump(mode="json"))

    def write(self, kind: str, data: Mapping[str, object]) -> None:
        """Write one event, redacted."""
        own = {
            "n": self._n,
            "prev": self.digest,
            "t": round(time.monotonic() - self._start, 6),
            "kind": kind,
        }
        raw = self._redactor.encode({**own, **data, **own})  # nothing replaces our own
        pending = memoryview(raw + b"\n")
        try:
            while pending:
                pending = pending[self._file.write(pending) :]
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        self.digest = digest_of(raw)
        self._n += 1

    def seal(self, reason: EndReason) -> Seal:
        """Return what the manifest keeps of the file as it is now."""
        return Seal(digest=self.digest, lines=self._n, reason=reason)

    def note(self, about: str, data: Mapping[str, object]) -> None:
        """Write a note."""
        self.write("note", {"about": about, **data})

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._file.close()

    def __enter__(self) -> TrajectoryWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def read_trajectory(path: Path, *, as_far_as_it_goes: bool = False) -> Trajectory:
    """Read a trajectory up to its last whole line.

    Args:
        path: The file.
        as_far_as_it_goes: Stop before a damaged line behind the header, and say so in
            `damage`, in place of raising.

    Raises:
        CorruptTrajectory: Where a whole line is damaged, the format is not ours or its
            version is newer than this program reads.
        UserError: Where the file cannot be read.
    """
    try:
        raw = read_file(path)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    lines, torn = split_lines(raw)
    if not lines:
        raise CorruptTrajectory(path, 1, "no whole line: the header is missing")
    header = _read_header(path, parse_line(path, 1, lines[0]))
    events: list[Event] = []
    damage: CorruptTrajectory | None = None
    try:
        events.extend(_events(path, lines))
    except CorruptTrajectory as error:
        if not as_far_as_it_goes:
            raise
        damage = error
    torn_line = len(lines) + 1 if torn and damage is None else None
    last = lines[len(events)]
    return Trajectory(path, header, tuple(events), digest_of(last), torn_line, damage)


def comparable(trajectory: Trajectory) -> list[dict[str, Any]]:
    """Return what two plays of one specification have in common.

    That is everything but times, ids of run and tool calls, and the program's versions.
    """
    header = trajectory.header.model_dump(
        mode="json", exclude={"run", "started", "versions", "git_commit"}
    )
    return [header, *(timeless(e.kind, e.data) for e in trajectory.events)]


def timeless(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two plays have in common of one event: no times, no ids of calls."""
    kept = {k: v for k, v in data.items() if k not in _TIMES and k not in _OWN}
    if isinstance(kept.get("call"), dict):
        kept["call"] = _without_id(kept["call"])
    for key in ("tool_calls", "invalid_tool_calls"):
        if kind == "message" and key in kept:
            kept[key] = [_without_id(call) for call in kept[key]]
    return {"kind": kind, **kept}


def _without_id(call: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in call.items() if key != "id"}


def digest_of(raw: bytes) -> str:
    """Return the digest of a line without its newline."""
    return hashlib.sha256(raw).hexdigest()


def split_lines(raw: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole lines, and what follows the last newline."""
    *lines, torn = raw.split(b"\n")
    return lines, torn


def parse_line(path: Path, number: int, raw: bytes) -> dict[str, Any]:
    """Return a line's object; `number` counts from 1.

    Raises:
        CorruptTrajectory: If it is no JSON object with `n`, `prev`, `t` and `kind`.
    """
    try:
        line = cast(dict[str, Any], json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise CorruptTrajectory(path, number, "not valid JSON") from error
    if not (
        isinstance(line, dict)  # pyright: ignore[reportUnnecessaryIsInstance]
        and isinstance(line.get("n"), int)
        and isinstance(line.get("prev"), str)
        and isinstance(line.get("t"), (int, float))
        and isinstance(line.get("kind"), str)
    ):
        raise CorruptTrajectory(path, number, "not an event of this format")
    return line


def _events(path: Path, lines: list[bytes]) -> Iterator[Event]:
    for number, raw in enumerate(lines[1:], 2):
        line = parse_line(path, number, raw)
        n, t, kind = line.pop("n"), line.pop("t"), line.pop("kind")
        del line["prev"]
        if (wrong := _wrong_field(kind, line)) is not None:
            missing = "without" if wrong not in line else "with a wrong"
            raise CorruptTrajectory(path, number, f"{kind} {missing} {wrong!r}")
        yield Event(n, t, kind, line)


def _wrong_field(kind: str, line: Mapping[str, Any]) -> str | None:
    """Return a field that an event of this kind needs and has not, or has otherwise."""
    for key, types in _REQUIRED.get(kind, {}).items():
        if not isinstance(line.get(key, _ABSENT), types):
            return key
    if kind == "step":
        return None if _are_calls([line["call"]]) else "call"
    if kind == "message":
        for key in ("tool_calls", "invalid_tool_calls"):
            if key in line and not _are_calls(line[key]):
                return key
    return None


def _are_calls(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(call, dict) and "name" in call and "args" in call
        for call in cast(list[Any], value)
    )


def _read_header(path: Path, line: dict[str, Any]) -> Header:
    if line["kind"] != "header" or line.get("format") != FORMAT:
        raise CorruptTrajectory(path, 1, f"no header of format {FORMAT!r}")
    version = line.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise CorruptTrajectory(
            path,
            1,
            f"{FORMAT} version {version!r} is newer than the {VERSION} that this "
            "program reads: upgrade with `pip install --upgrade arena-evals`",
        )
    try:
        return Header.model_validate(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise CorruptTrajectory(path, 1, f"header field {field}: {first['msg']}") from (
            None
        )


def _cannot_write(path: Path, error: OSError) -> RecordError:
    reason = one_line(error.strerror or str(error))
    return RecordError(
        f"cannot write {path}: {reason}; what was written before is kept. Make room or "
        "choose another --out, then run the same command again to go on"
    )
