"""The page that compares two agents, of two runs or of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..errors import one_line
from ..paired_runs import Comparison, Difference, Pair, compare
from ..run_folder import RunFolder
from ..sides import labels_of, sides
from .pages import index_of, page

__all__ = ["routes"]

MOST_PAIRS = 25
_MARGIN = 4.0
_STEPS = (1, 2, 5)


class Mark(NamedTuple):
    """A place on the axis, in per cent of its width."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a forest plot.

    Attributes:
        point: Where the difference is on the axis, in per cent; None where there is
            none.
        ends: Of its interval; None where there is none.
    """

    difference: Difference
    point: float | None
    ends: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Forest:
    """The differences by one scorer on one axis.

    Attributes:
        zero: Where on the axis nothing differs, in per cent.
        marks: Of the axis.
    """

    scorer: str
    better: str
    lines: list[Line]
    zero: float
    marks: list[Mark]


def _page(request: Request) -> Response:
    asked = request.query_params
    paths = index_of(request).paths()
    keys = [asked.get("a", ""), asked.get("b", "") or asked.get("a", "")]
    known: dict[str, Any] = {
        "title": "Compare",
        "runs": list(paths),
        "keys": keys,
        "comparison": None,
        "labels": ((), ()),
    }
    if not keys[0]:
        return page(request, "compare.html", **known)
    first = RunFolder(_path(paths, keys[0]))
    second = first if keys[0] == keys[1] else RunFolder(_path(paths, keys[1]))
    if not asked.get("b") and len(labels_of(first)) == 1:
        return page(request, "compare.html", **known)
    found = compare(
        *sides(first, second, (asked.get("first") or None, asked.get("second") or None))
    )
    scorer = asked.get("score", "")
    pairs = _shown_pairs(found, scorer)
    known |= {
        "title": " less ".join(
            one_line(side.name, 120) for side in (found.first, found.second)
        ),
        "comparison": found,
        "labels": (labels_of(first), labels_of(second)),
        "forests": list(_forests(found)),
        "without": [d for d in found.differences if not d.pairs],
        "scorer": scorer,
        "scorers": list(dict.fromkeys(d.scorer for d in found.differences)),
        "pairs": pairs[:MOST_PAIRS],
        "pairs_in_all": len(pairs),
    }
    return page(request, "compare.html", **known)


def _path(paths: dict[str, Path], key: str) -> Path:
    if key not in paths:
        raise HTTPException(404, f"There is no run {key!r} here.")
    return paths[key]


def _shown_pairs(found: Comparison, scorer: str) -> list[Pair]:
    """Return the pairs by one scorer, or by the headline of each scenario."""
    chosen = {
        (d.scenario, d.scorer)
        for d in found.differences
        if d.scorer == scorer or (not scorer and d.headline)
    }
    return [pair for pair in found.pairs if (pair.scenario, pair.scorer) in chosen]


def _forests(found: Comparison) -> Iterator[Forest]:
    """Yield a plot for each scorer that has pairs, those of headlines first."""
    rows = [*found.overall, *found.differences]
    ordered = sorted((r for r in rows if r.pairs), key=lambda row: not row.headline)
    for scorer in dict.fromkeys(row.scorer for row in ordered):
        yield _forest([row for row in rows if row.scorer == scorer])


def _forest(rows: Sequence[Difference]) -> Forest:
    numbers = [
        number
        for row in rows
        for number in (row.estimate.value, row.estimate.low, row.estimate.high)
        if number is not None
    ]
    low, high = min(0.0, *numbers, 0.0), max(0.0, *numbers, 0.0)
    width = high - low or 1.0

    def at(number: float) -> float:
        share = (number - low) / width if high > low else 0.5
        return round(_MARGIN + (100 - 2 * _MARGIN) * share, 3)

    lines: list[Line] = []
    for row in rows:
        value, ends = row.estimate.value, (row.estimate.low, row.estimate.high)
        lines.append(
            Line(
                row,
                None if value is None else at(value),
                None if None in ends else (at(ends[0] or 0.0), at(ends[1] or 0.0)),
            )
        )
    marks = [Mark(at(number), text) for number, text in _ticks(low, high)]
    return Forest(rows[0].scorer, rows[0].better, lines, at(0.0), marks)


def _ticks(low: float, high: float) -> Iterator[tuple[float, str]]:
    """Yield two to five round numbers of an axis that holds 0."""
    width = high - low
    if not width:
        yield 0.0, "0"
        return
    power = 10.0 ** math.floor(math.log10(width / 2))
    step = next(own * power for own in _STEPS if width / (own * power) <= 4)
    digits = max(0, -math.floor(math.log10(step)))
    for number in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield number * step, f"{number * step:.{digits}f}"


routes = [Route("/compare", _page)]
