"""What differs between two plays of one shell task though nothing else does.

Each rule takes a text and returns it with that made equal; see `Env.unsteady`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["UNSTEADY"]

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_TIMES = re.compile(
    rf"\b{_DAY},? (?:{_MONTH} [ \d]\d|\d\d? {_MONTH}(?: \d{{4}})?)"
    r"(?: \d\d:\d\d:\d\d)?(?: [AP]M)?(?: [A-Z]{3,4})?(?: \d{4})?"  # date, mail
    r"|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?)?"
    r"(?:Z| ?[+-]\d\d:?\d\d)?"  # ISO 8601, ls --full-time
    rf"|\b{_MONTH} [ \d]\d +(?:\d\d:\d\d(?::\d\d)?|\d{{4}})\b"  # ls -l, syslog
    r"|\b\d\d:\d\d:\d\d(?:\.\d+)?\b"
    r"|\b1[6-9]\d{8}(?:\.\d+)?\b"  # seconds since 1970, in 2020 to 2033
)
_DURATIONS = re.compile(
    r"\b\d+m\d+\.\d+s\b"  # time
    r"|\b\d+(?:\.\d+)? ?(?:ms|µs|us|ns)\b|\b\d+\.\d+ ?(?:s|sec|seconds)\b"
    r"|\bup \d+ (?:min|days?)\b.*"
)
_PROCESSES = re.compile(
    r"(?im)^\[\d+\] \d+$"  # a job is started
    r"|\b(?:pid|process|ppid)[ =:#]*\d+\b"
    r"|^ *(?:[a-z_][\w-]* +)?\d+ .*(?:pts/\d+|\?) .*(?:<time>|\d+:\d\d) .*$"  # ps
    r"|/proc/\d+\b"
    r"|: line \d+: +\d+ (?=Killed|Terminated|Segmentation|Aborted)"
)
_TEMPORARY = re.compile(r"\btmp[._-]?[A-Za-z0-9_]{6,}\b")


_ADDRESSES = re.compile(r"\b10(?:\.\d{1,3}){3}\b")
_CHAIN = re.compile(r'"prev": ?"[0-9a-f]{64}"')
_DRAWN = re.compile(r"\b[0-9a-f]{24,64}\b|-?\b\d+\.\d+\b")


def _same(pattern: re.Pattern[str], name: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(f"<{name}>", text)


def _sorted_lines(text: str) -> str:
    """Return the lines sorted: `ls -U` and `find` give them as the file system does."""
    return "\n".join(sorted(text.split("\n")))


def _challenge(text: str) -> str:
    """Return the answers to a probe without what depends on the number it drew."""
    return _DRAWN.sub("<drawn>", text) if '"nonce"' in text else text


UNSTEADY: Mapping[str, Callable[[str], str]] = {
    "times of day": _same(_TIMES, "time"),
    "durations": _same(_DURATIONS, "duration"),
    "process numbers": _same(_PROCESSES, "process"),
    "temporary names": _same(_TEMPORARY, "name"),
    "addresses of boxes": _same(_ADDRESSES, "address"),
    "digests of the ledger's lines": _same(_CHAIN, "prev"),
    "answers to a fresh challenge": _challenge,
    "order of lines": _sorted_lines,
}
"""In the order in which they are tried."""
