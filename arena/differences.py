"""Where a replay differs from its record, as text to read."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from .errors import one_line
from .playback import Difference
from .text import shown

__all__ = ["difference_lines"]

_MOST_LINES = 40
_WIDEST = 400


def difference_lines(difference: Difference) -> Iterator[str]:
    """Yield a difference as a diff, with nothing in it that acts on a terminal."""
    where = f"line {difference.line}, after {difference.step} steps"
    if difference.recorded is None:
        yield f"{where}: the record has nothing more, the replay went on"
    elif difference.replayed is None:
        yield f"{where}: the replay ended, the record goes on"
    else:
        yield f"{where}: {_kinds(difference.recorded, difference.replayed)} differ"
    diff = difflib.unified_diff(
        list(_lines(difference.recorded)),
        list(_lines(difference.replayed)),
        "recorded",
        "replayed",
        lineterm="",
        n=1,
    )
    for number, line in enumerate(diff):
        if number == _MOST_LINES:
            yield "  … the rest of the diff is left out: see --json"
            return
        yield "  " + shown(line if len(line) <= _WIDEST else line[:_WIDEST] + " …")


def _kinds(recorded: Mapping[str, Any], replayed: Mapping[str, Any]) -> str:
    then, now = (_kind(data) for data in (recorded, replayed))
    return then if then == now else f"{then} and {now}"


def _kind(data: Mapping[str, Any]) -> str:
    return one_line(str(data.get("kind", "header")), 20)


def _lines(data: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield every leaf of an event on a line of its own, texts line by line."""
    if data is not None:
        yield from _leaves("", data)


def _leaves(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in cast(dict[str, Any], value).items():
            yield from _leaves(f"{name}.{key}" if name else key, item)
    elif isinstance(value, list) and value:
        for number, item in enumerate(cast(list[Any], value)):
            yield from _leaves(f"{name}[{number}]", item)
    elif isinstance(value, str):
        yield from (f"{name}: {line}" for line in value.split("\n"))
    else:
        yield f"{name}: {json.dumps(value)}"
