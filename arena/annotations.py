"""Notes and labels that people give to episodes, kept beside the run.

They are lines of `annotations.jsonl` in the run's folder, which only grows. A line is a
version of a note; an edit is a new version that names those it replaces, and a removal
one without words. Of two readers who edit one version at once, both stay.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Annotated, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    StringConstraints,
    ValidationError,
)

from .errors import RecordError, UserError, nearest, one_line
from .reading import open_file
from .trajectory import digest_of

__all__ = [
    "FAILURE_LABELS",
    "Annotation",
    "Annotations",
    "Draft",
    "Note",
    "annotate",
    "of_other_records",
    "read_annotations",
]

FAILURE_LABELS = ("real", "spurious", "trade-off")
"""METR's labels of failures (GPT-4o report, 2024): one that stays, one that little work
on the scaffold would cure, and one whose cure costs something elsewhere."""

LONGEST_TEXT = 100_000
MOST_LABELS = 20
FILE = "annotations.jsonl"


def _on_one_line(value: str) -> str:
    return " ".join(value.split())


def _lower(value: str) -> str:
    return value.lower()


def _once(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(labels))


_Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_on_one_line),
]
_Label = Annotated[_Line, AfterValidator(_lower)]  # "Real" and "real" are one


class Draft(BaseModel):
    """What a reader hands in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    author: _Line
    event: NonNegativeInt | None = None
    """Number `n` of a line of the record; None for the episode as a whole."""
    labels: Annotated[
        tuple[_Label, ...], AfterValidator(_once), Field(max_length=MOST_LABELS)
    ] = ()
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    replaces: Annotated[tuple[str, ...], Field(max_length=MOST_LABELS)] = ()
    """Ids of the versions that its author saw and replaces; empty for a new note."""
    removed: bool = False
    """Whether what it replaces is taken away."""


class Annotation(Draft):
    """One version of a note, as it is kept."""

    id: str
    time: str
    """UTC, in ISO 8601."""
    episode: str
    record: str = ""
    """Digest of the first line of the record that it is about, since an episode that
    failed may be played again; empty where that is not known."""


@dataclass(slots=True)
class Note:
    """All versions of a note, in the order in which they were written."""

    versions: list[Annotation] = field(default_factory=list[Annotation])
    _current: dict[str, Annotation] = field(default_factory=dict[str, Annotation])

    @property
    def current(self) -> list[Annotation]:
        """Versions that nothing replaces, without those that only remove: one, or
        several that were written at once, or none of a note that is gone."""
        return list(self._current.values())

    @property
    def id(self) -> str:
        """The id of its first version."""
        return self.versions[0].id

    @property
    def episode(self) -> str:
        """The id of the episode that it is on."""
        return self.versions[0].episode

    @property
    def event(self) -> int | None:
        """Number `n` of the event that it is on; None for the episode as a whole."""
        return self.versions[0].event

    @property
    def earlier(self) -> list[Annotation]:
        """Versions that are replaced, those that only remove left out."""
        return [v for v in self.versions if v.id not in self._current and not v.removed]

    def add(self, version: Annotation) -> None:
        """Take in the next version."""
        self.versions.append(version)
        for old in version.replaces:
            self._current.pop(old, None)
        if not version.removed:
            self._current[version.id] = version


@dataclass(frozen=True, slots=True)
class Annotations:
    """What `annotations.jsonl` holds.

    Attributes:
        notes: By the id of their first version, in the order of the file; those that
            are gone too.
        unreadable: How many lines could not be read.
    """

    notes: dict[str, Note]
    unreadable: int = 0

    @property
    def current(self) -> list[Note]:
        """The notes that are not gone."""
        return [note for note in self.notes.values() if note.current]

    def note_of(self, version: str) -> Note | None:
        """Return the note of which a version is known."""
        for note in self.notes.values():
            if any(own.id == version for own in note.versions):
                return note
        return None


def read_annotations(run: Path) -> Annotations:
    """Read the notes of a run; there are none where there is no file.

    Raises:
        UserError: If the file cannot be read.
    """
    try:
        with _opened(run, os.O_RDONLY, fcntl.LOCK_SH) as file:
            return _parsed(file.read())
    except FileNotFoundError:
        return Annotations({})
    except OSError as error:
        raise UserError(f"{run / FILE}: {error.strerror or error}") from error


class Written(NamedTuple):
    """What became of a draft."""

    version: Annotation
    note: Note
    """With the version in it."""
    overtaken: bool
    """Whether somebody had replaced or removed before what this replaces: what they
    wrote stays beside it."""


def annotate(run: Path, episode: str, given: object) -> Written:
    """Write a version of a note, whatever others have written meanwhile.

    Args:
        run: The run's folder.
        episode: Its id.
        given: A draft, or a mapping of its fields as JSON has them.

    Raises:
        UserError: For an unknown episode or event, a version to replace that this
            episode and event do not have, no words at all, or too many.
        RecordError: If it cannot be written.
    """
    draft = _checked(given)
    version = Annotation(
        **draft.model_dump(),
        record=_digest_of_place(run, episode, draft.event),
        id=secrets.token_hex(8),
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        episode=episode,
    )
    line = json.dumps(version.model_dump(mode="json"), ensure_ascii=False)
    try:
        with _opened(run, os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as file:
            raw = file.read()
            note = _note_of(_parsed(raw), version)
            torn = raw and not raw.endswith(b"\n")
            file.write(b"\n" * bool(torn) + line.encode() + b"\n")
            file.flush()
    except OSError as error:
        reason = one_line(error.strerror or str(error))
        raise RecordError(f"{run / FILE}: {reason}; the note is not saved") from error
    overtaken = not {v.id for v in note.current}.issuperset(version.replaces)
    note.add(version)
    return Written(version, note, overtaken)


def of_other_records(run: Path, annotations: Annotations) -> set[str]:
    """Return the ids of current versions whose record is gone.

    The episode was played again since, or its record is not there.
    """
    known = _records(run)
    current = [v for note in annotations.current for v in note.current]
    episodes = {version.episode for version in current} & known.keys()
    digests = {episode: _first_digest(known[episode]) for episode in episodes}
    return {v.id for v in current if v.record and v.record != digests.get(v.episode)}


@contextmanager
def _opened(run: Path, flags: int, lock: int) -> Generator[IO[bytes]]:
    """Open and lock the file, and nothing that a link or a pipe would lead to."""
    own = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(run / FILE, flags | own, 0o644)
    mode = "rb" if flags == os.O_RDONLY else "a+b"
    with os.fdopen(descriptor, mode) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        fcntl.flock(descriptor, lock)
        file.seek(0)
        yield file


def _parsed(raw: bytes) -> Annotations:
    notes: dict[str, Note] = {}
    known: dict[str, Note] = {}
    unreadable = 0
    for line in raw.splitlines():
        try:
            version = Annotation.model_validate_json(line)
        except ValidationError:
            unreadable += bool(line.strip())
            continue
        if version.id in known:  # two copies of a run were put together
            continue
        note = next((known[old] for old in version.replaces if old in known), Note())
        note.add(version)
        known[version.id] = notes.setdefault(note.id, note)
    return Annotations(notes, unreadable)


def _checked(given: object) -> Draft:
    try:
        draft = Draft.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"note{place and f', {place}'}: {first['msg']}") from None
    if draft.removed and not draft.replaces:
        raise UserError("note: name what is to be removed, in `replaces`")
    if not (draft.removed or draft.labels or draft.text.strip()):
        raise UserError("note: it needs a text or a label")
    return draft


def _digest_of_place(run: Path, episode: str, event: int | None) -> str:
    """Return the digest of the record that a note is about, if it has the event."""
    known = _records(run)
    if episode not in known:
        close = nearest(episode, known)
        hint = f"did you mean {close!r}?" if close else f"there are {len(known)}"
        raise UserError(f"{run}: no episode {one_line(episode)!r}; {hint}")
    if event is not None and event >= (lines := _lines(known[episode])):
        raise UserError(f"{episode}: no event {event}; it has 0 to {lines - 1}")
    return _first_digest(known[episode])


def _records(run: Path) -> dict[str, Path]:
    """Return the records that are there, so that an id is never part of a path."""
    files = (run / "episodes").glob("*.jsonl")
    return {path.stem: path for path in files if path.is_file()}


def _lines(path: Path) -> int:
    with open_file(path) as file:
        return sum(
            block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")
        )


def _first_digest(path: Path) -> str:
    with open_file(path) as file:
        return digest_of(file.readline().rstrip(b"\n"))


def _note_of(known: Annotations, version: Annotation) -> Note:
    """Return the note that a version belongs to; a new one where it replaces none."""
    if not version.replaces:
        return Note()
    notes = [known.note_of(old) for old in version.replaces]
    note = notes[0]
    if note is None or any(other is not note for other in notes):
        raise UserError("note: what it replaces is not there; load the notes again")
    if (note.episode, note.event) != (version.episode, version.event):
        raise UserError("note: what it replaces is of another episode or event")
    return note
