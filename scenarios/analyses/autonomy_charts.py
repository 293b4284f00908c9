"""How the figures of autonomy are drawn: heat maps of milestones, and horizons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from arena.report.figures import ACCENT, GRID, INK, MUTED, ON_ACCENT, PAPER, series

from .charts import clipped

__all__ = ["ACROSS", "Curve", "falling", "heat", "labels"]

ACROSS = 2
LONGEST = 34
_STRONG = 0.75  # from this share on, text stands on the accent
_TICKS = (0.1, 1, 10, 100, 1000, 10000, 100000)


def labels(agents: Iterable[str]) -> dict[str, str]:
    """Return a label for each agent that can be drawn, no two alike.

    Long ones lose their middle, since ends tell runs apart.
    """
    found: dict[str, str] = {}
    for agent in agents:
        label = clipped(agent, len(agent) + 1)
        if len(label) > LONGEST:
            label = f"{label[: LONGEST // 2 - 1]}…{label[-LONGEST // 2 :]}"
        if label in found.values():
            label = f"{label[: LONGEST - 5]}… {len(found) + 1}"
        found[agent] = label
    return found


class Curve(NamedTuple):
    """The fit of one agent."""

    at: Sequence[tuple[float, float, float, float]]
    """Minutes, chance, and the ends of its interval."""
    dots: Sequence[tuple[float, float]]
    """Minutes and rate of success of each task."""
    marks: Sequence[tuple[float, float]]
    """Minutes and chance of each horizon."""


def heat(
    canvas: Any,
    panels: Mapping[str, Mapping[str, Sequence[float]]],
    rows: Sequence[str],
) -> None:
    """Draw a panel an agent: a row a task, and a cell a milestone, in their order.

    Args:
        canvas: To draw on.
        panels: By agent and task the share of runs that did each milestone.
        rows: The tasks of all.
    """
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    grid = canvas.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    places = [axes for line in grid for axes in line]
    most = max(len(cells) for told in panels.values() for cells in told.values())
    for axes in places[len(panels) :]:
        axes.axis("off")
    names = labels(panels)
    for axes, (agent, told) in zip(places, panels.items(), strict=False):
        for y, task in enumerate(rows):
            for x, share in enumerate(told.get(task, ())):
                _cell(axes, x + 1, y, share)
        axes.set_title(names[agent], size=8)
        axes.set_xticks(range(1, most + 1))
        axes.set_yticks(range(len(rows)), [clipped(task, 36) for task in rows])
        axes.set_xlim(0.5, most + 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.tick_params(length=0, labelbottom=True)
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
    canvas.supxlabel("milestone, in the order of the task", size=9)


def falling(canvas: Any, curves: Mapping[str, Curve]) -> None:
    """Draw success by length of task, with a band and the horizons of each agent."""
    axes = canvas.subplots()
    for level in (0.5, 0.8):
        axes.axhline(level, color=MUTED, linewidth=0.8, linestyle="--")
    names = labels(curves)
    for number, (agent, curve) in enumerate(curves.items()):
        colour, marker = series(number)
        x, y, low, high = zip(*curve.at, strict=True)
        axes.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(x, y, color=colour, linewidth=1.4)
        axes.scatter(*zip(*curve.dots, strict=True), s=9, color=colour, alpha=0.55)
        look = {"color": colour, "marker": marker, "linestyle": "none"}
        marks = [mark for mark in curve.marks if x[0] <= mark[0] <= x[-1]]
        axes.plot(
            [minutes for minutes, _ in marks],
            [chance for _, chance in marks],
            markersize=8,
            markeredgecolor=PAPER,
            label=names[agent],
            **look,
        )
    ends = [curve.at[end][0] for curve in curves.values() for end in (0, -1)]
    axes.set_xscale("log")
    axes.set_xlim(min(ends), max(ends))
    ticks = [tick for tick in _TICKS if min(ends) <= tick <= max(ends)]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.2, 0.5, 0.8, 1], ["0", "20 %", "50 %", "80 %", "100 %"])
    axes.set_xlabel("minutes that people take (logarithmic)")
    axes.set_ylabel("chance of success")
    canvas.legend(loc="outside upper left", ncols=2)


def _cell(axes: Any, x: int, y: int, share: float) -> None:
    box = {"left": x - 0.47, "height": 0.9}
    axes.barh(y, 0.94, color=ACCENT, alpha=share, linewidth=0, **box)
    axes.barh(y, 0.94, color="none", edgecolor=GRID, linewidth=0.7, **box)
    colour = ON_ACCENT if share > _STRONG else INK
    text = f"{100 * share:.0f}"
    axes.text(x, y, text, ha="center", va="center", size=7, color=colour)
