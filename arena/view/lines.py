"""Where the lines of a record are, and what each begins with, without parsing them.

A record may have 200,000 lines and one line five megabytes. Where lines are is found in
one pass over the bytes; how they begin is read when somebody filters by it.
"""

from __future__ import annotations

import os
import re
import threading
from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..reading import open_file
from ..trajectory import CorruptTrajectory, parse_line

__all__ = ["DAMAGED", "Lines", "lines_of"]

DAMAGED = "damaged"
"""The kind of a line that is none of a trajectory."""

_BLOCK = 1 << 22
_NEWLINE = 10
_HEAD_BYTES = 1024
_KEPT = 16
"""So many records stay known."""

# What the writer begins every line with. Bounded, since the file may be hostile; what
# is spelled in another way is parsed.
_HEAD = re.compile(
    rb"""\{"n":\d{1,18},"prev":"[^"\\]{0,128}","t":[0-9.eE+-]{1,32}
    ,"kind":"([^"\\]{1,64})"
    (?:,"about":"[^"\\]{0,128}" | (?!,"about":))
    (?:,"seat":"([^"\\]{0,128})" | (?!,"seat":))""",
    re.VERBOSE,
)


class Lines:
    """The whole lines of one file, numbered from 0.

    The file is read, not mapped: one that is cut short while it is looked at would end
    the process.

    Attributes:
        torn: The bytes behind the last newline: a line that was cut off, or one that
            is being written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0
        self._starts = array("Q", [0])  # and the end of the last line
        self._kinds = array("L")
        self._seats = array("L")
        self._names = [""]
        self._numbers: dict[str, int] = {"": 0}
        self._reading = threading.Lock()
        self.extend()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def size(self) -> int:
        """Bytes of all whole lines."""
        return self._starts[-1]

    def bytes_of(self, n: int) -> int:
        """Return the length of a line with its newline, in bytes."""
        return self._starts[n + 1] - self._starts[n]

    def raw(self, n: int, start: int = 0, count: int | None = None) -> bytes:
        """Return a line without its newline, or `count` bytes of it from `start`."""
        length = self.bytes_of(n) - 1
        start = min(start, length)
        most = length - start if count is None else min(count, length - start)
        with open_file(self.path) as file:
            return os.pread(file.fileno(), most, self._starts[n] + start)

    def each(
        self, numbers: Iterable[int], count: int | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Yield the number of some lines and the line, or its first `count` bytes."""
        with open_file(self.path) as file:
            for n in numbers:
                length = self.bytes_of(n) - 1
                most = length if count is None else min(count, length)
                yield n, os.pread(file.fileno(), most, self._starts[n])

    def head(self, n: int) -> tuple[str, str]:
        """Return kind and seat of a line: `DAMAGED` where it is none of a trajectory,
        "" where it names no seat."""
        return self._head(n, self.raw(n, 0, _HEAD_BYTES))

    def select(
        self, seats: Collection[str] = (), kinds: Collection[str] = ()
    ) -> Sequence[int]:
        """Return the numbers of the lines of some seats and kinds; empty for all.

        A line that names no seat is of every seat.
        """
        numbers = range(1, len(self))  # the header is no event
        if not seats and not kinds:
            return numbers
        self._read_heads()
        of_seat = {0, *(i for i, name in enumerate(self._names) if name in seats)}
        of_kind = {i for i, name in enumerate(self._names) if name in kinds}
        return [
            n
            for n in numbers
            if (not seats or self._seats[n] in of_seat)
            and (not kinds or self._kinds[n] in of_kind)
        ]

    def after_steps(self, count: int) -> int:
        """Return the number of the message behind the `count`th step, or of the end.

        What the step has led to, its observation and notes, comes before that.
        """
        left = count
        for n in self.select(kinds=("message", "step", "end")):
            kind = self._names[self._kinds[n]]
            if left <= 0 and kind != "step":
                return n
            left -= kind == "step"
        return max(0, len(self) - 1)

    def extend(self) -> None:
        """Find the lines that were appended since."""
        with open_file(self.path) as file:
            end = file.seek(self.size)
            while block := file.read(_BLOCK):
                breaks = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE)
                self._starts.frombytes((breaks + (end + 1)).astype(np.uint64).tobytes())
                end += len(block)
        self.torn = end - self.size

    def _read_heads(self) -> None:
        with self._reading:
            new = range(len(self._seats), len(self))
            for n, raw in self.each(new, _HEAD_BYTES):
                kind, seat = self._head(n, raw)
                self._kinds.append(self._number(kind))
                self._seats.append(self._number(seat))

    def _number(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    def _head(self, n: int, begins: bytes) -> tuple[str, str]:
        found = _HEAD.match(begins)
        if found:
            kind, seat = found.groups(b"")
            return kind.decode("utf-8", "replace"), seat.decode("utf-8", "replace")
        try:
            line = parse_line(self.path, n + 1, self.raw(n))
        except CorruptTrajectory:
            return DAMAGED, ""
        seat = line.get("seat")
        return line["kind"], seat if isinstance(seat, str) else ""


_known: OrderedDict[Path, tuple[tuple[int, int, int], Lines]] = OrderedDict()
_lock = threading.Lock()


def lines_of(path: Path) -> Lines:
    """Return the lines of a file as it is now; one that only grew is read on.

    Raises:
        UserError: If it cannot be read.
    """
    with _lock:
        try:
            about = path.stat()
            state = (about.st_ino, about.st_size, about.st_mtime_ns)
            before, lines = _known.pop(path, (None, None))
            if lines is None or before is None or not _grown(before, state):
                lines = Lines(path)
            elif before != state:
                lines.extend()
        except OSError as error:
            raise UserError(f"{path}: {error.strerror or error}") from error
        _known[path] = state, lines
        if len(_known) > _KEPT:
            _known.popitem(last=False)
        return lines


def _grown(before: tuple[int, int, int], now: tuple[int, int, int]) -> bool:
    """Whether a file is the same as before, or has only been appended to."""
    return before == now or (before[0] == now[0] and before[1] < now[1])
