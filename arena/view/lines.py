"""Where the lines of a record are, and what each begins with, without parsing them.

A record may have 200,000 lines and one line five megabytes: it is read once from end to
end, in blocks, and of each line only its place and its head are kept.
"""

from __future__ import annotations

import os
import re
import threading
from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import UserError
from ..trajectory import CorruptTrajectory, parse_line

__all__ = ["DAMAGED", "Lines", "lines_of"]

DAMAGED = "damaged"
"""The kind of a line that is none of a trajectory."""

_BLOCK = 1 << 22
_KEPT = 16
"""So many records stay known."""

# What the writer begins every line with. Bounded, since the file may be hostile; what
# is spelled in another way is parsed.
_HEAD = re.compile(
    rb"""\{"n":\d{1,18},"prev":"[^"\\]{0,128}","t":([0-9.eE+-]{1,32})
    ,"kind":"([^"\\]{1,64})"
    (?:,"about":"[^"\\]{0,128}" | (?!,"about":))
    (?:,"seat":"([^"\\]{0,128})" | (?!,"seat":))""",
    re.VERBOSE,
)


class Lines:
    """The whole lines of one file, numbered from 0.

    The file is read with `pread`, not mapped: one that is cut short while it is looked
    at would end the process.

    Attributes:
        torn: The bytes behind the last newline: a line that was cut off, or one that
            is being written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0
        self._starts = array("Q", [0])  # and the end of the last line
        self._times = array("d")
        self._kinds = array("L")
        self._seats = array("L")
        self._names = [""]
        self._numbers: dict[bytes | None, int] = {}
        self._read_on()

    def __len__(self) -> int:
        return len(self._seats)  # entered last, while others may be reading

    @property
    def size(self) -> int:
        """Bytes of all whole lines."""
        return self._starts[-1]

    def bytes_of(self, n: int) -> int:
        """Return the length of a line with its newline, in bytes."""
        return self._starts[n + 1] - self._starts[n]

    def kind(self, n: int) -> str:
        """Return the kind of a line; `DAMAGED` where it has none."""
        return self._names[self._kinds[n]]

    def seat(self, n: int) -> str:
        """Return the seat that a line names first, or ""."""
        return self._names[self._seats[n]]

    def time(self, n: int) -> float:
        """Return the seconds since the start of the episode."""
        return self._times[n]

    def raw(self, n: int, start: int = 0, count: int | None = None) -> bytes:
        """Return a line without its newline, or `count` bytes of it from `start`."""
        length = self.bytes_of(n) - 1
        start = min(start, length)
        most = length - start if count is None else min(count, length - start)
        with self.path.open("rb") as file:
            return os.pread(file.fileno(), most, self._starts[n] + start)

    def each(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Yield the number of some lines, ascending, and the line; the file is open."""
        with self.path.open("rb") as file:
            for n in numbers:
                start, length = self._starts[n], self.bytes_of(n) - 1
                yield n, os.pread(file.fileno(), length, start)

    def select(
        self, seats: Collection[str] = (), kinds: Collection[str] = ()
    ) -> Sequence[int]:
        """Return the numbers of the lines of some seats and kinds; empty for all.

        A line that names no seat is of every seat.
        """
        numbers = range(1, len(self))  # the header is no event
        if not seats and not kinds:
            return numbers
        of_seat = {0, *(i for i, name in enumerate(self._names) if name in seats)}
        of_kind = {i for i, name in enumerate(self._names) if name in kinds}
        return [
            n
            for n in numbers
            if (not seats or self._seats[n] in of_seat)
            and (not kinds or self._kinds[n] in of_kind)
        ]

    def after_steps(self, count: int) -> int:
        """Return the number of the line behind the `count`th step, or the last one's.

        What the step has led to, its observation and notes, is behind it as well.
        """
        left = count
        for n in range(len(self)):
            kind = self.kind(n)
            if left <= 0 and kind in ("message", "end"):
                return n
            left -= kind == "step"
        return max(0, len(self) - 1)

    def extend(self) -> None:
        """Read what was appended since."""
        self._read_on()

    def _read_on(self) -> None:
        with self.path.open("rb") as file:
            file.seek(self.size)
            rest = b""
            while block := file.read(_BLOCK):
                *whole, rest = (rest + block).split(b"\n")
                self._enter(whole)
        self.torn = len(rest)

    def _enter(self, lines: list[bytes]) -> None:
        """Keep place and head of lines; there are many, so every call counts."""
        numbers, match, end = self._numbers, _HEAD.match, self.size
        for raw in lines:
            found = match(raw)
            time, kind, seat = found.groups() if found else self._parsed(raw)
            end += len(raw) + 1
            self._starts.append(end)
            self._times.append(_seconds(time))
            self._kinds.append(numbers.get(kind) or self._number(kind))
            self._seats.append(numbers.get(seat) or self._number(seat))

    def _number(self, name: bytes | None) -> int:
        """Return the number of a name, which is new or empty."""
        if not name:
            return 0
        self._numbers[name] = len(self._names)
        self._names.append(name.decode("utf-8", "backslashreplace"))
        return self._numbers[name]

    def _parsed(self, raw: bytes) -> tuple[bytes, bytes, bytes]:
        """Return time, kind and seat of a line that does not begin as ours do."""
        try:
            line = parse_line(self.path, len(self) + 1, raw)
        except CorruptTrajectory:
            return b"", DAMAGED.encode(), b""
        seat = line.get("seat")
        seat = seat if isinstance(seat, str) else ""
        kind = line["kind"].encode("utf-8", "surrogatepass")
        return repr(line["t"]).encode(), kind, seat.encode("utf-8", "surrogatepass")


def _seconds(time: bytes) -> float:
    try:
        return float(time)
    except ValueError:
        return 0.0


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
