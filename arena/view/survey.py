"""What a whole record comes to: what every turn took, and the numbers in its calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..trajectory import CorruptTrajectory, parse_line
from .events import Spent, number_of, object_of, spent_by
from .lines import Lines

__all__ = ["Survey", "Turn", "survey"]

_MOST_SERIES = 400
"""Different arguments that are followed; a hostile record may name any number."""

Points = list[tuple[int, int, float]]
"""Of each call: which of its seat's calls of this tool it is, from 1; its line; the
number."""


@dataclass(frozen=True)
class Turn:
    """One message."""

    n: int
    seat: str
    spent: Spent


@dataclass
class Survey:
    """All turns in order, and the numbers of calls that were played.

    Attributes:
        series: By tool and name of the argument (two names where it is nested), then by
            seat.
    """

    turns: list[Turn] = field(default_factory=list[Turn])
    series: dict[tuple[str, ...], dict[str, Points]] = field(
        default_factory=dict[tuple[str, ...], dict[str, Points]]
    )


def survey(lines: Lines) -> Survey:
    """Read a record through; what is damaged in it is left out."""
    result = Survey()
    calls: dict[tuple[str, str], int] = {}
    for n, raw in lines.each(lines.select(kinds=("message", "step"))):
        try:
            line = parse_line(lines.path, n + 1, raw)
        except CorruptTrajectory:
            continue
        seat = str(line.get("seat", ""))
        if line["kind"] == "message":
            result.turns.append(Turn(n, seat, spent_by(line)))
        elif "error" not in line:
            call = object_of(line.get("call"))
            tool = call.get("name")
            if isinstance(tool, str):
                calls[tool, seat] = at = calls.get((tool, seat), 0) + 1
                for names, number in _numbers(object_of(call.get("args"))):
                    _enter(result, (tool, *names), seat, (at, n, number))
    return result


def _numbers(args: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield the numbers among arguments, and one level below."""
    for name, value in args.items():
        if (number := number_of(value)) is not None:
            yield (name,), number
        for inner, nested in object_of(value).items():
            if (number := number_of(nested)) is not None:
                yield (name, inner), number


def _enter(
    result: Survey, names: tuple[str, ...], seat: str, point: tuple[int, int, float]
) -> None:
    if names in result.series or len(result.series) < _MOST_SERIES:
        result.series.setdefault(names, {}).setdefault(seat, []).append(point)
