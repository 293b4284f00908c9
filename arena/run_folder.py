"""A run on disk: a manifest, one file an episode, and the scores beside them.

run.json             manifest: the plan, and the last digest of every ended episode
episodes/ID.jsonl    trajectories
scores.jsonl         one line an episode and scorer
parent.jsonl         of a run of forks: a copy of what they go on from
superseded/          records of episodes that were played again: broken off by a
                     kill, interrupted, or failed for an infrastructure reason
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import json
import os
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, Field, ValidationError

from .chain import verify_trajectory
from .errors import RecordError, UserError, nearest, one_line
from .limits import EndReason
from .plan import Plan
from .reading import read_file
from .scoring import Score
from .trajectory import Seal, Trajectory, read_trajectory

__all__ = ["Manifest", "RunFolder"]

FORMAT = "arena-run"
VERSION = 1
_RETRIED: frozenset[EndReason] = frozenset({"error", "interrupted"})
_SAVE_EVERY_S = 1.0


class Manifest(BaseModel):
    """The content of `run.json`."""

    format: str = FORMAT
    version: int = VERSION
    run: str
    started: str
    fingerprint: str
    plan: Plan
    episodes: dict[str, Seal] = Field(default_factory=dict[str, Seal])

    @property
    def digest(self) -> str:
        """The digest of the whole run: note it elsewhere, and no record can be forged.

        It covers the plan and the last digest of every episode.
        """
        total = hashlib.sha256(self.plan.model_dump_json().encode())
        for episode, seal in sorted(self.episodes.items()):
            total.update(f"{episode} {seal.digest} {seal.reason}\n".encode())
        return total.hexdigest()


class RunFolder:
    """A run's folder, open for reading.

    Raises:
        UserError: If the folder holds no run that this program can read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = _read_manifest(path / "run.json")
        self._saved = time.monotonic()

    @classmethod
    @contextmanager
    def writing(cls, path: Path, plan: Plan) -> Generator[RunFolder]:
        """Open a run for playing: a new folder, or one that holds the same plan.

        Raises:
            UserError: If the folder holds another run or other files, or another
                process is playing into it.
            RecordError: If the folder cannot be written.
        """
        _check_ours(path)
        try:
            (path / "episodes").mkdir(parents=True, exist_ok=True)
            lock = os.open(path / "episodes", os.O_RDONLY)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield cls._opened(path, plan)
        except BlockingIOError as error:
            raise UserError(
                f"{path}: another process is playing this run; wait for it, or choose "
                "another --out"
            ) from error
        finally:
            os.close(lock)

    @classmethod
    def _opened(cls, path: Path, plan: Plan) -> RunFolder:
        file = path / "run.json"
        if not file.exists():
            if any((path / "episodes").iterdir()):
                raise _not_ours(path)
            now = datetime.now(UTC)
            manifest = Manifest(
                run=f"{now:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}",
                started=now.isoformat(timespec="seconds"),
                fingerprint=plan.fingerprint,
                plan=plan,
            )
            _write_whole(file, manifest.model_dump_json(indent=1).encode())
        folder = cls(path)
        there = folder.manifest.fingerprint
        if there != plan.fingerprint:
            raise UserError(
                f"{path} holds another run: {there} there, {plan.fingerprint} asked "
                f"for ({_difference(folder.manifest.plan, plan)}); choose another --out"
            )
        return folder

    def episode_path(self, episode: str) -> Path:
        """Return the file of an episode."""
        return self.path / "episodes" / f"{episode}.jsonl"

    @property
    def parent_path(self) -> Path:
        """The copy of what a run of forks goes on from."""
        return self.path / "parent.jsonl"

    def keep_parent(self, path: Path) -> None:
        """Copy the record that a run of forks goes on from, where it is not there yet.

        Raises:
            UserError: If it cannot be read.
            RecordError: If the copy cannot be written.
        """
        if self.parent_path.exists():
            return
        try:
            raw = read_file(path)
        except OSError as error:
            raise UserError(f"{path}: {error.strerror or error}") from error
        _write_whole(self.parent_path, raw)

    def trajectory(self, episode: str) -> Trajectory:
        """Read an episode.

        Raises:
            UserError: If there is none of that id, or its file is damaged.
        """
        self.check_known(episode)
        return read_trajectory(self.episode_path(episode))

    def check_known(self, episode: str) -> None:
        """Refuse an id of which there is no record.

        Raises:
            UserError: With the nearest that there is.
        """
        known = [p.stem for p in self.path.glob("episodes/*.jsonl")]
        if episode not in known:
            close = nearest(episode, known)
            hint = f"did you mean {close!r}?" if close else f"there are {len(known)}"
            raise UserError(f"{self.path}: no episode {episode!r}; {hint}")

    def missing(self) -> set[str]:
        """Return the ids still to play, after setting aside what is played again.

        Those are failed and interrupted episodes, and damaged records.

        An ended episode that a killed process had not entered into the manifest yet is
        entered now.
        """
        todo: set[str] = set()
        for spec in self.manifest.plan.episodes():
            seal = self.manifest.episodes.get(spec.episode)
            path = self.episode_path(spec.episode)
            if seal is None and path.exists():
                seal = self.adopt(spec.episode)
            if (
                seal is not None
                and seal.reason not in _RETRIED
                and not verify_trajectory(path, spec.episode, seal, self.manifest.run)
            ):
                continue
            if path.exists():
                self.set_aside(path)
            self.manifest.episodes.pop(spec.episode, None)
            todo.add(spec.episode)
        self.save()
        return todo

    def seal(self, episode: str, seal: Seal) -> None:
        """Enter an ended episode into the manifest.

        The file is rewritten at most once a second, since rewriting it for each episode
        of a long run would take longer than playing; `save` writes it at once.
        """
        self.manifest.episodes[episode] = seal
        if time.monotonic() - self._saved >= _SAVE_EVERY_S:
            self.save()

    def adopt(self, episode: str) -> Seal | None:
        """Enter a record into the manifest that is whole but not known to it yet.

        Returns:
            Its seal, or None if it is broken off or not of this run.
        """
        path = self.episode_path(episode)
        if verify_trajectory(path, episode, run=self.manifest.run):
            return None
        seal = read_trajectory(path).seal
        if seal is not None:
            self.manifest.episodes[episode] = seal
        return seal

    def save(self) -> None:
        """Write the manifest, whole or not at all."""
        _write_whole(
            self.path / "run.json", self.manifest.model_dump_json(indent=1).encode()
        )
        self._saved = time.monotonic()

    def scores(self) -> dict[str, list[Score]]:
        """Return the scores by episode; the last one of a scorer counts.

        Raises:
            UserError: If their file cannot be read.
        """
        latest: dict[tuple[str, str], Score] = {}
        file = self.path / "scores.jsonl"
        try:
            raw = read_file(file)
        except FileNotFoundError:
            raw = b""
        except OSError as error:
            raise UserError(f"{file}: {error.strerror or error}") from error
        for line in raw.split(b"\n"):
            try:
                score = Score.model_validate_json(line)
            except ValidationError:  # torn by a kill, or damaged: it is scored again
                continue
            latest[score.episode, score.scorer] = score
        by_episode: dict[str, list[Score]] = {}
        for score in latest.values():
            by_episode.setdefault(score.episode, []).append(score)
        return by_episode

    def add_scores(self, scores: Sequence[Score]) -> None:
        """Append scores, in one write."""
        lines = "".join(score.model_dump_json() + "\n" for score in scores)
        try:
            with (self.path / "scores.jsonl").open("ab", buffering=0) as file:
                file.write(lines.encode())
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def replace_scores(self, scores: Mapping[str, Sequence[Score]]) -> None:
        """Write all scores anew, whole or not at all."""
        lines = [s.model_dump_json() + "\n" for group in scores.values() for s in group]
        _write_whole(self.path / "scores.jsonl", "".join(lines).encode())

    def broken_off(self, episode: str) -> Trajectory | None:
        """Return the longest record of an episode that was set aside as interrupted."""
        longest: Trajectory | None = None
        for path in (self.path / "superseded").glob(f"{glob.escape(episode)}.*.jsonl"):
            try:
                record = read_trajectory(path)
            except UserError:  # damaged: nobody can go on from it
                continue
            if record.end is not None and record.end["reason"] != "interrupted":
                continue
            if longest is None or len(record.events) > len(longest.events):
                longest = record
        return longest

    def set_aside(self, path: Path) -> None:
        """Keep a record apart, of an episode that is played again."""
        folder = self.path / "superseded"
        try:
            folder.mkdir(exist_ok=True)
            number = len(list(folder.glob(f"{path.stem}.*.jsonl"))) + 1
            path.rename(folder / f"{path.stem}.{number}.jsonl")
        except OSError as error:
            raise _unwritable(folder, error) from error


def _check_ours(path: Path) -> None:
    """Refuse a folder of other files, before anything is made in it."""
    there = {p.name for p in path.iterdir()} if path.is_dir() else set[str]()
    # A run that another process is beginning has no manifest yet.
    if "run.json" not in there and there - {"episodes", "run.json.part"}:
        raise _not_ours(path)


def _not_ours(path: Path) -> UserError:
    return UserError(f"{path}: not empty and no run of ours; choose another --out")


def _read_manifest(path: Path) -> Manifest:
    try:
        content = cast(dict[str, Any], json.loads(read_file(path)))
    except FileNotFoundError:
        first = path.parent / "round-1"
        hint = f"; name a round, as {first}" if (first / "run.json").exists() else ""
        raise UserError(
            f"{path.parent}: no run here (it has no run.json){hint}"
        ) from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not valid JSON: {error}") from error
    is_object = isinstance(content, dict)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not is_object or content.get("format") != FORMAT:
        raise UserError(f"{path}: not a manifest of format {FORMAT!r}")
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise UserError(
            f"{path}: {FORMAT} version {version!r} is newer than the {VERSION} that "
            "this program reads: upgrade with `pip install --upgrade arena-evals`"
        )
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: field {field}: {first['msg']}") from None


def _difference(there: Plan, asked: Plan) -> str:
    """Name what two plans differ in, in words of the command line."""
    parts = ("suite", "seed", "oversight", "forks")
    differ = [key for key in parts if _dump(there, key) != _dump(asked, key)]
    ours = {s.ref.name: s.model_dump() for s in there.scenarios}
    theirs = {s.ref.name: s.model_dump() for s in asked.scenarios}
    if ours.keys() != theirs.keys():
        differ.append("scenarios")
    for name in sorted(ours.keys() & theirs.keys()):
        fields = [k for k in ours[name] if ours[name][k] != theirs[name][k]]
        differ += [f"{name}: {'content' if k == 'ref' else k}" for k in fields]
    return "they differ in " + ", ".join(differ[:4]) + (" …" if differ[4:] else "")


def _dump(plan: Plan, key: str) -> object:
    return plan.model_dump(include={key})


def _write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a reader never sees half of it."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(path: Path, error: OSError) -> RecordError:
    reason = one_line(error.strerror or str(error))
    return RecordError(
        f"cannot write into {path}: {reason}; what was written before is kept. Make "
        "room or choose another --out, then run the same command again to go on"
    )
