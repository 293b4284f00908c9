"""Files of a container through the engine, without anything running inside.

Everything that comes back is hostile: links, pipes, devices, files that are all hole,
folders without end. The head of a path tells its kind and size before any content is
asked for; content is read up to a cap, and the connection dropped beyond it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import posixpath
import stat
import tarfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from urllib3.exceptions import HTTPError

from arena.sandboxing import Collected, SandboxError, SandboxFileError

from .docker_engine import TIMEOUT_S, connect, reason

__all__ = ["Collecting", "copy_below", "has_files"]

CHUNK = 1 << 20
SKIPPED_MOST = 64 << 20
"""Bytes of files beyond the cap that are read past, to reach what comes after them."""
NOT_REGULAR = "not a regular file"
# Go's bits of a file's kind, as the engine's head of a path has them.
_FOLDER, _LINK = 1 << 31, 1 << 27
_OTHER = 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19


class _About(NamedTuple):
    """The head of a path."""

    kind: str
    """`missing`, `link`, `folder`, `file`, or in words what else it is."""
    size: int


class Collecting:
    """Reads files of a paused container, all within one budget.

    Args:
        container: Its id.
        max_bytes: Of all files together.
        max_files: Of all folders together.
    """

    def __init__(self, container: str, max_bytes: int, max_files: int) -> None:
        self._url = _archive_url(container)
        self._room = max_bytes
        self._most = self._files_left = max_files
        self._known: dict[str, _About] = {}

    def collect(self, paths: Iterable[str]) -> list[Collected]:
        """Return the files, each once.

        Raises:
            SandboxError: If the engine does not give them.
        """
        found: dict[str, Collected] = {}
        try:
            for path in paths:
                for each in self._of_path("/" + posixpath.normpath(path).lstrip("/")):
                    found.setdefault(each.path, each)
        except (OSError, ValueError, tarfile.TarError) as error:
            raise SandboxError(f"cannot collect files: {reason(error)}") from error
        return list(found.values())

    def _of_path(self, path: str) -> Iterable[Collected]:
        parts = path.strip("/").split("/")
        for count in range(1, len(parts)):
            kind = self._about("/" + "/".join(parts[:count])).kind
            if kind != "folder":
                no_folder = ("file", NOT_REGULAR)
                problem = "missing" if kind in no_folder else kind
                return [Collected(path, None, problem=problem)]
        about = self._about(path)
        if about.kind == "folder":
            return self._folder(path)
        if about.kind != "file":
            return [Collected(path, None, problem=about.kind)]
        if about.size > self._room:
            return [_too_large(path, about.size)]
        with _archive(self._url, path) as members:
            for member in members:
                return [self._file(path, member, members)]
        return [Collected(path, None, problem="missing")]

    def _about(self, path: str) -> _About:
        """Return the head of a path below nothing but folders."""
        if path not in self._known:
            try:
                self._known[path] = _head(self._url, path)
            except SandboxError:
                # The engine fails on links that lead in a circle, and on times that it
                # can't write. If it fails on this path alone, that is the agent's work.
                _head(self._url, posixpath.dirname(path))
                self._known[path] = _About(_why_not(self._url, path), 0)
        return self._known[path]

    def _folder(self, folder: str) -> list[Collected]:
        """Return what is below a folder, its own files before those of its folders."""
        found: dict[str, Collected] = {}
        skipped = 0
        with _archive(self._url, folder + "/.") as members:
            for member in members:
                path = _place(folder, member.name)
                if path is None or member.isdir():
                    continue
                if self._files_left == 0:
                    problem = f"more than {self._most} files"
                    found[folder] = Collected(folder, None, problem=problem)
                    break
                self._files_left -= 1
                if member.islnk():  # another name of a file that came before it
                    first = found.get(_place(folder, member.linkname) or "")
                    found[path] = self._again(path, first)
                    continue
                if not member.isreg() or member.size <= self._room:
                    found[path] = self._file(path, member, members)
                    continue
                found[path] = _too_large(path, member.size)
                skipped += member.size
                if skipped > SKIPPED_MOST:
                    problem = "too large: what comes after was not read"
                    found[folder] = Collected(folder, None, problem=problem)
                    break
        return sorted(found.values(), key=lambda each: _files_first(folder, each.path))

    def _file(
        self, path: str, member: tarfile.TarInfo, members: tarfile.TarFile
    ) -> Collected:
        if member.issym() or member.islnk():
            return Collected(path, None, problem="link")
        content = members.extractfile(member) if member.isreg() else None
        if content is None:
            return Collected(path, None, problem=NOT_REGULAR)
        if member.size > self._room:
            return _too_large(path, member.size)
        data = content.read(self._room + 1)
        self._room -= len(data)
        return Collected(path, data, stat.S_IMODE(member.mode))

    def _again(self, path: str, first: Collected | None) -> Collected:
        if first is None or first.data is None:
            return Collected(path, None, problem=first.problem if first else "link")
        if len(first.data) > self._room:
            return _too_large(path, len(first.data))
        self._room -= len(first.data)
        return Collected(path, first.data, first.mode)


def copy_below(
    source: str, target: str, folder: str, *, room: int, fresh: Iterable[str] = ()
) -> str | None:
    """Copy what is below a folder of one container into the same one of another.

    Args:
        source: Id of a container in which nothing runs.
        target: Id of one that runs.
        folder: In both; its own mode and owner in the target stay.
        room: Bytes of all files together, and of holes in them.
        fresh: Folders below it of which nothing is copied.

    Returns:
        What could not be copied, or None.

    Raises:
        SandboxFileError: If the folder itself is such that it cannot be read, or the
            target is full, which has as much room but for the way to `fresh`.
        SandboxError: If the engine refuses.
    """
    copying = _Copying(folder, room, tuple(fresh))
    try:
        with _archive(_archive_url(source), folder + "/.") as members:
            response = connect().put(
                _archive_url(target),
                params={"path": folder},
                data=copying.pieces(members),
                timeout=TIMEOUT_S,
            )
    except _Missing:
        return None
    except SandboxFileError:
        raise
    except (OSError, ValueError, tarfile.TarError) as error:
        raise SandboxError(f"cannot copy {folder}: {reason(error)}") from error
    if not response.ok:
        told = _told(response)
        own_fault = SandboxFileError if "no space left" in told else SandboxError
        raise own_fault(f"cannot copy {folder}: {told}")
    if copying.left_out:
        return f"{copying.left_out} files of {folder} do not fit and were not copied"
    return None


def has_files(container: str, folder: str) -> bool:
    """Return whether there is anything in a folder of a container.

    Raises:
        SandboxError: If the engine does not tell.
    """
    try:
        with _archive(_archive_url(container), folder + "/.") as members:
            return any(_place(folder, member.name) for member in members)
    except _Missing:
        return False
    except (OSError, ValueError, tarfile.TarError) as error:
        raise SandboxError(f"cannot read {folder}: {reason(error)}") from error


class _Copying:
    """Writes the archive of a folder anew, with what may be copied of it."""

    def __init__(self, folder: str, room: int, fresh: tuple[str, ...]) -> None:
        self._folder = folder
        self._room = room
        self._fresh = fresh
        self.left_out = 0

    def pieces(self, members: tarfile.TarFile) -> Iterator[bytes]:
        passed: set[str] = set()
        skipped = 0
        for member in members:
            place = _place(self._folder, member.name)
            if place is None or self._is_fresh(place):
                continue
            if member.isreg() and member.size > self._room:
                self.left_out += 1
                skipped += member.size
                if skipped > SKIPPED_MOST:
                    break
                continue
            if member.islnk() and member.linkname not in passed:
                self.left_out += 1
                continue
            passed.add(member.name)
            if member.issym():
                member.linkname = self._link(place, member.linkname)
            yield member.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
            content = members.extractfile(member) if member.isreg() else None
            if content is not None:
                self._room -= member.size
                while piece := content.read(CHUNK):
                    yield piece
                yield bytes(-member.size % tarfile.BLOCKSIZE)
        yield bytes(2 * tarfile.BLOCKSIZE)

    def _link(self, place: str, where: str) -> str:
        """Return where a link leads; the engine takes none that climbs out by dots."""
        end = posixpath.normpath(posixpath.join(posixpath.dirname(place), where))
        inside = f"{end}/".startswith(f"{self._folder}/")
        return where if where.startswith("/") or inside else end

    def _is_fresh(self, place: str) -> bool:
        return any(place == f or place.startswith(f + "/") for f in self._fresh)


class _Missing(SandboxError):
    """There is no such path."""


def _archive_url(container: str) -> str:
    api = connect()
    return f"{api.base_url}/v{api.api_version}/containers/{container}/archive"


def _head(url: str, path: str) -> _About:
    response = connect().head(url, params={"path": path}, timeout=TIMEOUT_S)
    head = response.headers.get("X-Docker-Container-Path-Stat")
    if response.status_code == 404:
        return _About("missing", 0)
    if not response.ok or head is None:
        raise SandboxError(f"{path}: the engine answers {response.status_code}")
    about: dict[str, Any] = json.loads(base64.b64decode(head))
    mode = int(about["mode"])
    if mode & _LINK:
        kind = "link"
    elif mode & _FOLDER:
        kind = "folder"
    else:
        kind = NOT_REGULAR if mode & _OTHER else "file"
    return _About(kind, int(about["size"]))


def _why_not(url: str, path: str) -> str:
    """Return what is wrong with a path whose head the engine can't give."""
    response = connect().get(url, params={"path": path}, stream=True, timeout=TIMEOUT_S)
    with contextlib.closing(response):
        if response.ok:
            raise SandboxError(f"{path}: the engine gives it, and does not")
        # What else it says names folders of its own.
        return "link" if "too many links" in _told(response) else "cannot be read"


@contextmanager
def _archive(url: str, path: str) -> Generator[tarfile.TarFile]:
    """Yield the archive of a path while it comes, and hang up at the end."""
    response = connect().get(
        url,
        params={"path": path},
        headers={"Accept-Encoding": "identity"},
        stream=True,
        timeout=TIMEOUT_S,
    )
    with contextlib.closing(response):
        if response.status_code == 404:
            raise _Missing(path)
        if not response.ok:
            told = _told(response)
            # The engine can't write down a time after the year 9999.
            own_fault = SandboxFileError if "MarshalJSON" in told else SandboxError
            raise own_fault(f"cannot read {path}: {told}")
        content: IO[bytes] = response.raw
        try:
            with tarfile.open(fileobj=content, mode="r|", bufsize=1 << 16) as members:
                yield members
        except HTTPError as error:
            raise SandboxError(f"cannot read {path}: {error}") from error


def _told(response: Any) -> str:
    try:
        return str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the engine answers {response.status_code}"


def _place(folder: str, name: str) -> str | None:
    """Return where a member of a folder's archive lies; None if not below it."""
    name = name.removeprefix("./")
    if name.startswith("/") or name in ("", ".") or ".." in name.split("/"):
        return None
    return f"{folder.rstrip('/')}/{name.rstrip('/')}"


def _files_first(folder: str, path: str) -> list[tuple[int, str]]:
    parts = path.removeprefix(folder).strip("/").split("/")
    return [(1, part) for part in parts[:-1]] + [(0, parts[-1])]


def _too_large(path: str, size: int) -> Collected:
    return Collected(path, None, problem=f"too large: {size} bytes")
