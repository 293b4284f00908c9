"""Finding what was changed in one trajectory after it was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .reading import read_file
from .trajectory import (
    ZEROS,
    CorruptTrajectory,
    Seal,
    digest_of,
    parse_line,
    read_trajectory,
    split_lines,
)

__all__ = ["Problem", "verify_trajectory"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where; `line` counts from 1, 0 is the whole file."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.path}, line {self.line}" if self.line else str(self.path)
        return f"{place}: {self.text}"


def verify_trajectory(
    path: Path, episode: str | None = None, seal: Seal | None = None, run: str = ""
) -> list[Problem]:
    """Check the chain of digests of one file.

    Args:
        path: The file.
        episode: The id that it must carry.
        seal: What the manifest keeps of it; without it a change of the last line
            cannot be seen.
        run: The id of the run that it must belong to.

    Returns:
        At most one problem: the first, as every later line depends on it.
    """
    try:
        lines, torn = split_lines(read_file(path))
        broken = _chain_problem(path, lines, torn, seal)
        if broken is None:
            header = read_trajectory(path).header
            if episode is not None and header.episode != episode:
                broken = Problem(path, 1, f"this is episode {header.episode!r}")
            elif run and header.run != run:
                broken = Problem(path, 1, f"this is of another run, {header.run}")
    except CorruptTrajectory as error:
        broken = Problem(error.path, error.line, error.problem)
    except OSError as error:
        broken = Problem(path, 0, error.strerror or str(error))
    return [] if broken is None else [broken]


def _chain_problem(
    path: Path, lines: list[bytes], torn: bytes, seal: Seal | None
) -> Problem | None:
    """Return the first break of the chain.

    Link i joins line i to the line before it. A changed line breaks the link behind it,
    and its own as well if the change is in its `prev`; a line that was dropped or moved
    breaks one link and the numbering.
    """
    previous = ZEROS
    for number, raw in enumerate(lines, 1):
        line = parse_line(path, number, raw)
        if line["prev"] != previous:
            if line["n"] != number - 1 and not _follows(path, lines, number):
                return Problem(path, number, "changed")
            if line["n"] > number - 1:
                missing = line["n"] - (number - 1)
                return Problem(path, number, f"{missing} dropped or moved before it")
            if line["n"] < number - 1:
                return Problem(path, number, "repeated, or moved from further up")
            return Problem(path, _culprit(path, lines, number, seal), "changed")
        if line["n"] != number - 1:
            return Problem(path, number, f"changed: it says it is number {line['n']}")
        previous = digest_of(raw)
    return _tail_problem(path, lines, torn, previous, seal)


def _follows(path: Path, lines: list[bytes], number: int) -> bool:
    """Whether the line behind `number` is chained to it, so that it is intact."""
    if number >= len(lines):
        return True
    after = parse_line(path, number + 1, lines[number])
    return after["prev"] == digest_of(lines[number - 1])


def _culprit(path: Path, lines: list[bytes], number: int, seal: Seal | None) -> int:
    """Return which of the two lines at a broken link was changed."""
    if number < len(lines):
        own_is_broken = not _follows(path, lines, number)
    else:
        own_is_broken = seal is not None and digest_of(lines[-1]) != seal.digest
    return number if own_is_broken or number == 1 else number - 1


def _tail_problem(
    path: Path, lines: list[bytes], torn: bytes, last: str, seal: Seal | None
) -> Problem | None:
    number = len(lines)
    if torn:
        return Problem(path, number + 1, "truncated or changed: no whole line")
    if not lines:
        return Problem(path, 1, "truncated: there is no line")
    if seal is not None and last != seal.digest:
        if number == seal.lines:
            return Problem(
                path, number, "changed: not the line that the manifest knows"
            )
        if number < seal.lines:
            return Problem(path, number + 1, f"truncated: it had {seal.lines} lines")
        return Problem(path, seal.lines + 1, "added behind the end")
    end = parse_line(path, number, lines[-1])
    if end["kind"] != "end":
        return Problem(path, number + 1, "truncated: the episode has no end")
    known = (end.get("reason"), number)
    if seal is not None and (seal.reason, seal.lines) != known:
        return Problem(path, number, "the manifest was changed: it knows another end")
    return None
