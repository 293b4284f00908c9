"""How the figures of games with minds are drawn: panels, layers and a heat map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from arena.intervals import Estimate
from arena.report.figures import ACCENT, GRID, INK, MUTED, PAPER, SERIES, series

from .charts import Point, clipped

__all__ = ["Layers", "bands", "beside", "heat_map", "layers"]

ACROSS = 3
LOWEST, HIGHEST = -0.5, 1.5
"""Ends of the axis of skill; what is beyond is cut off."""
LOSS = SERIES[1]

Layers = Sequence[tuple[int, Mapping[str, float]]]
"""By part: a share of each name, which sum to 1."""


def bands(
    canvas: Any,
    panels: Mapping[str, Mapping[str, Sequence[Point]]],
    *,
    xlabel: str,
    ylabel: str,
) -> None:
    """Draw a panel for each title, and in it one curve an agent with its interval."""
    agents = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    grid = canvas.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    places = [axes for line in grid for axes in line]
    for axes in places[len(panels) :]:
        axes.axis("off")
    for axes, (name, lines) in zip(places, panels.items(), strict=False):
        for level in (0, 1):
            axes.axhline(level, color=MUTED, linewidth=1, linestyle="--")
        for agent, points in lines.items():
            _band(axes, points, series(agents.index(agent)))
        axes.set_title(clipped(name, 38), size=7.5)
        axes.set_ylim(LOWEST, HIGHEST)
        _whole_numbers(axes)
    canvas.supxlabel(xlabel, size=9)
    canvas.supylabel(ylabel, size=9)
    _legend(canvas, places[0], [(name, *series(i)) for i, name in enumerate(agents)])


def layers(
    canvas: Any,
    rows: Mapping[str, Mapping[str, Layers]],
    *,
    xlabel: str,
    ylabel: str,
) -> None:
    """Draw a row of panels for each name, and in each shares stacked on each other."""
    every = [held for panels in rows.values() for held in panels.values()]
    names = list(dict.fromkeys(n for held in every for _, told in held for n in told))
    colours = [series(i)[0] for i in range(len(names))]
    across = max(len(panels) for panels in rows.values())
    grid = canvas.subplots(len(rows), across, squeeze=False, sharex=True, sharey=True)
    for line, panels in zip(grid, rows.values(), strict=True):
        for axes, (title, held) in zip(line, panels.items(), strict=True):
            x = [part for part, _ in held]
            heights = [[told.get(name, 0.0) for _, told in held] for name in names]
            look = {"colors": colours, "edgecolor": PAPER, "linewidth": 0.5}
            axes.stackplot(x, *heights, alpha=0.8, **look)
            axes.set_title(clipped(title, 60), size=7.5)
            _whole_numbers(axes)
            axes.set_ylim(0, 1)
            axes.set_xlim(min(x), max(max(x), min(x) + 1))
            axes.grid(visible=False)
    canvas.supxlabel(xlabel, size=9)
    canvas.supylabel(ylabel, size=9)
    keys = [(name, colour, "s") for name, colour in zip(names, colours, strict=True)]
    _legend(canvas, grid[0][0], keys)


def beside(
    canvas: Any,
    lines: Mapping[str, tuple[Sequence[Point], Sequence[Point]]],
    *,
    xlabel: str,
    ylabel: str,
) -> None:
    """Draw two curves an agent: its own, and dashed the one to compare it with."""
    axes = canvas.subplots()
    for number, (own, other) in enumerate(lines.values()):
        colour, marker = series(number)
        for points, look in ((own, {"marker": marker}), (other, {"linestyle": "--"})):
            x, y = [p.x for p in points], [p.y.value for p in points]
            axes.plot(x, y, color=colour, markersize=3.5, linewidth=1.3, **look)
    axes.axvline(0, color=MUTED, linewidth=1)
    _whole_numbers(axes)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    _legend(canvas, axes, [(name, *series(i)) for i, name in enumerate(lines)])


def heat_map(
    canvas: Any, names: Sequence[str], cells: Mapping[tuple[str, str], Estimate]
) -> None:
    """Draw who wins how much of whom: a row an agent, a column an opponent."""
    axes = canvas.subplots()
    values = {k: e.value for k, e in cells.items() if e.value is not None}
    most = max(map(abs, values.values()), default=0.0) or 1.0
    for y, row in enumerate(names):
        for x, column in enumerate(names):
            box = {"left": x - 0.48, "height": 0.96}
            axes.barh(y, 0.96, color="none", edgecolor=GRID, linewidth=0.7, **box)
            if (row, column) in values:
                value = values[row, column]
                colour, strength = ACCENT if value > 0 else LOSS, abs(value) / most
                axes.barh(y, 0.96, color=colour, alpha=0.7 * strength, **box)
                text = _with_half(cells[row, column])
                axes.text(x, y, text, ha="center", va="center", size=7, color=INK)
    labels = [clipped(name, 18) for name in names]
    axes.set_xticks(range(len(names)), labels, rotation=35, ha="right")
    axes.set_yticks(range(len(names)), labels)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.set_xlabel("against")
    for spine in axes.spines.values():
        spine.set_visible(False)


def _band(axes: Any, points: Sequence[Point], style: tuple[str, str]) -> None:
    colour, marker = style
    x, y = [p.x for p in points], [p.y.value for p in points]
    axes.plot(x, y, color=colour, marker=marker, markersize=3.5, linewidth=1.3)
    whole = [p for p in points if p.y.low is not None]
    ends = [p.y.low for p in whole], [p.y.high for p in whole]
    axes.fill_between(
        [p.x for p in whole], *ends, color=colour, alpha=0.18, linewidth=0
    )


def _whole_numbers(axes: Any) -> None:
    """Let ticks of the x axis stand at parts only."""
    axes.xaxis.get_major_locator().set_params(integer=True)


def _with_half(estimate: Estimate) -> str:
    """Return a value with half the width of its interval below it."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:+.0f}"
    return f"{estimate.value:+.0f}\n± {(estimate.high - estimate.low) / 2:.0f}"


def _legend(canvas: Any, axes: Any, keys: Sequence[tuple[str, str, str]]) -> None:
    """Say which colour and marker is whose."""
    nothing: list[float] = []
    handles = [
        axes.plot(
            *(nothing, nothing),
            color=colour,
            marker=marker,
            linestyle="none",
            label=clipped(name),
        )[0]
        for name, colour, marker in keys
    ]
    widest = max(len(clipped(name)) for name, _, _ in keys)
    canvas.legend(handles=handles, loc="outside upper left", ncols=72 // (widest + 6))
