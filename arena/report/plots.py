"""Estimates as dots with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..analysis import Figure, written
from ..intervals import Estimate
from .figures import MUTED, PAPER, series

__all__ = ["intervals_figure"]

MOST_ROWS = 48
MOST_TOLD = 2
LONGEST = 44
LONGEST_HEAD = 96
_ROW_INCHES = 0.24

Row = tuple[str, str, Estimate]
"""What rows stand below, such as a scenario; who; and the number."""


def intervals_figure(
    title: str, rows: Sequence[Row], *, rate: bool = False, zero: bool = False
) -> Figure:
    """Return a figure of one row an estimate, each scenario's rows together.

    Args:
        title: What the numbers are.
        rows: In the order in which they stand; those without a value are left out, and
            after the first 48 a caption says how many more the table has.
        rate: Whether the axis is from 0 to 1.
        zero: Whether a line marks 0, as for differences.
    """
    drawn = [row for row in rows if row[2].value is not None]
    kept = drawn[:MOST_ROWS]
    told = "; ".join(
        f"{a}, {who}: {written(number)}" for a, who, number in kept[:MOST_TOLD]
    )
    more = "; and so on, as in the table below" if len(drawn) > MOST_TOLD else ""
    caption = (
        f"A mark is the value, a line its interval, and an empty mark has none. "
        f"{told}{more}."
    )
    if len(drawn) > MOST_ROWS:
        caption += f" {len(drawn) - MOST_ROWS} more rows are in the table only."
    groups = len({scenario for scenario, _, _ in kept})
    return Figure(
        title=title,
        caption=caption,
        draw=lambda canvas: _draw(canvas, kept, rate, zero),
        size=(7.0, 0.7 + _ROW_INCHES * (len(kept) + groups)),
    )


def _draw(canvas: Any, rows: Sequence[Row], rate: bool, zero: bool) -> None:
    axes = canvas.subplots()
    who = list(dict.fromkeys(agent for _, agent, _ in rows))
    height = 0
    places: list[float] = []
    names: list[str] = []
    head = None
    for name, agent, estimate in rows:
        if name != head:
            head = name
            axes.text(
                *(0.008, height, _clipped(name, LONGEST_HEAD)),
                transform=axes.get_yaxis_transform(),  # from the left, at this row
                **{"va": "center", "fontsize": 8, "fontweight": "bold"},
                bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
            )
            height += 1
        colour, marker = series(who.index(agent))
        bare = estimate.low is None or estimate.high is None
        if not bare:
            ends = [estimate.low, estimate.high]
            axes.plot(ends, [height, height], color=colour, linewidth=1.6)
        fill = "none" if bare else colour
        axes.plot(
            [estimate.value], [height], marker, color=colour, markerfacecolor=fill
        )
        places.append(height)
        names.append(_clipped(agent, LONGEST))
        height += 1
    axes.set_yticks(places, names)
    axes.set_ylim(height - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    if rate:
        axes.set_xlim(-0.02, 1.02)
    if zero:
        axes.axvline(0, color=MUTED, linewidth=0.9)


def _clipped(text: str, longest: int) -> str:
    """Return a text without its middle where it is too long: ends tell runs apart."""
    if len(text) <= longest:
        return text
    return f"{text[: longest // 2 - 1]}…{text[-(longest // 2) :]}"
