"""Charts of an episode as coordinates for a template, which draws them as SVG.

A chart is 1000 wide and 100 high and is stretched to its place; what is written stands
beside it as text of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .survey import Points, Survey, Turn

__all__ = ["Bar", "Bars", "Chart", "Curve", "bars_of", "charts_of"]

_MOST_BARS = 240
_MOST_POINTS = 400
_FEWEST = 3
"""Points that make a curve."""
_MOST_CHARTS = 24


@dataclass(frozen=True)
class Curve:
    """One line of a chart.

    Attributes:
        label: For the legend.
        seat: Whose it is.
        whole: Whether it is drawn through, and not in dashes.
        path: For SVG.
        dots: Of each point x, y, its line in the record, and what it says.
    """

    label: str
    seat: str
    whole: bool
    path: str
    dots: Sequence[tuple[float, float, int, str]]


@dataclass(frozen=True)
class Chart:
    """Curves over the calls of one tool; `low` and `high` are the ends of the axis."""

    title: str
    low: str
    high: str
    calls: int
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Bar:
    """What one turn took, or several together."""

    x: float
    width: float
    height: float
    n: int
    seat: str
    told: str


@dataclass(frozen=True)
class Bars:
    """One row of bars; `most` is what the highest stands for."""

    title: str
    most: str
    bars: Sequence[Bar]


def bars_of(survey: Survey) -> list[Bars]:
    """Return rows of bars: seconds, and tokens where they were counted."""
    groups = _grouped(survey.turns)
    seconds = [sum(t.spent.seconds or 0 for t in group) for group in groups]
    into = [sum(t.spent.tokens_in or 0 for t in group) for group in groups]
    out = [sum(t.spent.tokens_out or 0 for t in group) for group in groups]
    return [
        Bars(title, _told(max(values), unit), _bars(groups, values, unit))
        for title, unit, values in (
            ("time per turn", "s", seconds),
            ("tokens read per turn", "", into),
            ("tokens written per turn", "", out),
        )
        if any(values)
    ]


def charts_of(survey: Survey) -> list[Chart]:
    """Return a chart of each argument that is a number and changes.

    Where a tool has one number and others named after seats, as predictions of them
    are, each of those has that seat's own number beside it.
    """
    charts: list[Chart] = []
    for names, seats in sorted(survey.series.items(), key=lambda item: len(item[0])):
        curves = [(seat, seat, True, points) for seat, points in seats.items()]
        if len(names) == 3 and (own := _own(survey, names[0], names[2])):
            curves = [(seat, f"says {seat}", False, at) for seat, at in seats.items()]
            curves.insert(0, (names[2], f"{names[2]} itself", True, own))
        if _changes([points for *_, points in curves]):
            charts.append(_chart(" · ".join(names), curves))
        if len(charts) == _MOST_CHARTS:
            break
    return charts


def _own(survey: Survey, tool: str, seat: str) -> Points | None:
    """Return the one number that a seat gives with a tool, where there is just one."""
    named = [names for names in survey.series if names[0] == tool and len(names) == 2]
    return survey.series[named[0]].get(seat) if len(named) == 1 else None


def _changes(lines: Sequence[Points]) -> bool:
    values = {value for points in lines for *_, value in points}
    return len(values) > 1 and max(map(len, lines)) >= _FEWEST


def _chart(title: str, curves: Sequence[tuple[str, str, bool, Points]]) -> Chart:
    values = [value for *_, points in curves for *_, value in points]
    low, high = min(values), max(values)
    calls = max(points[-1][0] for *_, points in curves)

    def place(at: int, value: float) -> tuple[float, float]:
        x = 1000 * (at - 1) / max(1, calls - 1)
        return round(x, 1), round(96 - 92 * (value - low) / (high - low), 1)

    drawn: list[Curve] = []
    for seat, label, whole, points in curves:
        kept = points[:: -(-len(points) // _MOST_POINTS)]
        places = [place(at, value) for at, _, value in kept]
        path = " ".join(
            f"{'L' if i else 'M'}{x} {y}" for i, (x, y) in enumerate(places)
        )
        dots = [
            (*where, n, f"{label}, call {at}: {value:g}")
            for where, (at, n, value) in zip(places, kept, strict=True)
        ]
        drawn.append(Curve(label, seat, whole, path, dots))
    return Chart(title, _short(low), _short(high), calls, drawn)


def _grouped(turns: Sequence[Turn]) -> list[list[Turn]]:
    """Return turns one by one, or so many together that the bars are not too many."""
    size = max(1, -(-len(turns) // _MOST_BARS))
    return [
        [turn for _, turn in group]
        for _, group in groupby(enumerate(turns), lambda item: item[0] // size)
    ]


def _bars(
    groups: Sequence[Sequence[Turn]], values: Sequence[float], unit: str
) -> list[Bar]:
    step, most = 1000 / max(len(groups), 24), max(values)
    return [
        Bar(
            round(number * step, 2),
            round(step * 0.8, 2),
            round(max(0.6, 100 * value / most), 2),
            group[0].n,
            group[0].seat if len(group) == 1 else "",
            _turns(group) + f": {_told(value, unit)}",
        )
        for number, (group, value) in enumerate(zip(groups, values, strict=True))
        if value > 0
    ]


def _turns(group: Sequence[Turn]) -> str:
    first, last = group[0], group[-1]
    return f"{first.seat}, n{first.n}" if first is last else f"n{first.n} to n{last.n}"


def _told(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    return f"{value:,.0f}"


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
