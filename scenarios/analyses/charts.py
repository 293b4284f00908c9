"""How the figures are drawn: intervals, curves, tables of shares and strips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arena.intervals import Estimate
from arena.report.figures import ACCENT, GRID, INK, MUTED, ON_ACCENT, PAPER, series
from arena.text import shown

from .answers import grouped

__all__ = [
    "Dot",
    "Point",
    "Strip",
    "clipped",
    "curves",
    "intervals",
    "shares",
    "strips",
]

LONGEST = 34
_STRONG = 0.75  # from this share on, text stands on the accent


class Dot(NamedTuple):
    """One estimate of a chart of intervals."""

    group: str
    agent: str
    """It has one colour throughout."""
    about: str
    """What of the agent; the first of a chart is filled, others are hollow."""
    estimate: Estimate


class Point(NamedTuple):
    """One point of a curve."""

    x: float
    y: Estimate


class Strip(NamedTuple):
    """One cell: what guessing, the best blind rule and the agents get."""

    cell: str
    chance: float
    blind: float | None
    agents: Mapping[str, float]


def intervals(
    canvas: Any, dots: Sequence[Dot], *, xlabel: str, zero: bool = False
) -> None:
    """Draw estimates as dots with their intervals, one line each, under headings."""
    axes = canvas.subplots()
    row = 0.0
    ticks: list[tuple[float, str]] = []
    agents = list(grouped(dots, lambda d: d.agent))
    filled = dots[0].about
    for group, members in grouped(dots, lambda d: d.group).items():
        axes.text(
            *(0.0, row, clipped(group)),
            transform=axes.get_yaxis_transform(),
            weight="bold",
            size=8,
            va="center",
        )
        row += 0.85
        for dot in members:
            style = series(agents.index(dot.agent))
            _interval(axes, dot.estimate, row, style, dot.about == filled)
            ticks.append((row, f"{clipped(dot.agent)}, {dot.about}"))
            row += 1
        row += 0.25
    if zero:
        axes.axvline(0, color=MUTED, linewidth=1)
    axes.set_yticks([y for y, _ in ticks], [label for _, label in ticks])
    axes.set_ylim(row - 0.5, -0.7)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(xlabel)


def curves(
    canvas: Any,
    lines: Mapping[str, Sequence[Point]],
    *,
    xlabel: str,
    ylabel: str,
    level: float | None = None,
    diagonal: bool = False,
    whole: bool = False,
) -> None:
    """Draw one curve an agent, with intervals.

    Args:
        canvas: To draw on.
        lines: The points of each agent.
        xlabel: Of the axis.
        ylabel: Of the axis.
        level: A height to mark.
        diagonal: Whether to mark where both are equal, from 0 to 1.
        whole: Whether only whole numbers stand on the x axis.
    """
    axes = canvas.subplots()
    if diagonal:
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)
    if level is not None:
        axes.axhline(level, color=MUTED, linewidth=1, linestyle="--")
    middle = (len(lines) - 1) / 2
    for number, (name, points) in enumerate(lines.items()):
        colour, marker = series(number)
        # Beside each other, so that equal values do not hide one another.
        aside = (number - middle) * 0.05 if whole else 0.0
        kept = [p for p in points if p.y.value is not None]
        x, y = [p.x + aside for p in kept], [p.y.value for p in kept]
        axes.plot(
            *(x, y),
            color=colour,
            marker=marker,
            markersize=4.5,
            linewidth=1.4,
            label=clipped(name),
        )
        for at, point in zip(x, kept, strict=True):
            if point.y.low is not None and point.y.high is not None:
                ends = [point.y.low, point.y.high]
                axes.plot([at, at], ends, color=colour, linewidth=1, alpha=0.7)
    if whole:
        axes.set_xticks(sorted({int(p.x) for points in lines.values() for p in points}))
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    canvas.legend(loc="outside right upper")


def shares(
    canvas: Any,
    panels: Mapping[str, Sequence[Sequence[float | None]]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    xlabel: str,
    ylabel: str,
) -> None:
    """Draw a square table of shares an agent, the stronger the larger."""
    across = min(3, len(panels))
    down = -(-len(panels) // across)
    grid = canvas.subplots(down, across, squeeze=False)
    places = [axes for line in grid for axes in line]
    for axes in places[len(panels) :]:
        axes.axis("off")
    for axes, (name, table) in zip(places, panels.items(), strict=False):
        for y, line in enumerate(table):
            for x, share in enumerate(line):
                _share(axes, x, y, share)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks(range(len(columns)), columns)
        axes.set_yticks(range(len(rows)), rows)
        axes.set_aspect("equal")
        axes.grid(visible=False)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_title(clipped(name, 26))
    canvas.supxlabel(xlabel, size=9)
    canvas.supylabel(ylabel, size=9)


def strips(canvas: Any, rows: Sequence[Strip], *, xlabel: str) -> None:
    """Draw a line a cell: guessing, the best blind rule, and the agents."""
    axes = canvas.subplots()
    agents = list(dict.fromkeys(name for row in rows for name in row.agents))
    for y, row in enumerate(rows):
        if row.blind is not None:
            axes.barh(y, row.blind, height=0.62, color=MUTED, alpha=0.35, linewidth=0)
        axes.plot([row.chance] * 2, [y - 0.4, y + 0.4], color=INK, linewidth=1.4)
        for name, value in row.agents.items():
            number = agents.index(name)
            colour, marker = series(number)
            # Above each other, so that equal values do not hide one another.
            aside = 0.5 * (number - (len(agents) - 1) / 2) / len(agents)
            axes.plot(
                *(value, y + aside),
                color=colour,
                marker=marker,
                markersize=5.5,
                linestyle="none",
                markeredgecolor=PAPER,
                markeredgewidth=0.6,
            )
    _legend_of_strips(canvas, axes, agents)
    axes.set_yticks(range(len(rows)), [clipped(row.cell, 44) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.02)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(xlabel)


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return a label that can be drawn and leaves room for the picture."""
    text = shown(" ".join(text.split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _interval(
    axes: Any, estimate: Estimate, row: float, style: tuple[str, str], filled: bool
) -> None:
    if estimate.value is None:
        return
    colour, marker = style
    if estimate.low is not None and estimate.high is not None:
        ends = [estimate.low, estimate.high]
        axes.plot(ends, [row, row], color=colour, linewidth=1.4, solid_capstyle="butt")
    axes.plot(
        *(estimate.value, row),
        color=colour,
        marker=marker,
        markersize=5.5,
        markerfacecolor=colour if filled else PAPER,
    )


def _share(axes: Any, x: int, y: int, share: float | None) -> None:
    box = {"left": x - 0.48, "height": 0.96}
    if share is not None:
        axes.barh(y, 0.96, color=ACCENT, alpha=share, linewidth=0, **box)
    axes.barh(y, 0.96, color="none", edgecolor=GRID, linewidth=0.7, **box)
    if share is not None:
        colour = ON_ACCENT if share > _STRONG else INK
        axes.text(x, y, f"{share:.2f}", ha="center", va="center", size=8, color=colour)


def _legend_of_strips(canvas: Any, axes: Any, agents: Sequence[str]) -> None:
    nothing: list[float] = []
    axes.barh(0, 0, color=MUTED, alpha=0.35, linewidth=0, label="best blind rule")
    axes.plot(nothing, nothing, color=INK, linewidth=1.4, label="chance")
    for number, name in enumerate(agents):
        colour, marker = series(number)
        axes.plot(
            *(nothing, nothing),
            color=colour,
            marker=marker,
            linestyle="none",
            label=clipped(name),
        )
    canvas.legend(loc="outside upper left", ncols=3)
