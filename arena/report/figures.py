"""Figures as SVG that stands in a page and follows its light or dark colours.

matplotlib is the extra `report`. It is given placeholder colours, and the finished SVG
the page's own variables in their place, so that one picture serves both themes.
"""

from __future__ import annotations

import html
import importlib
import importlib.util
import io
import re
import warnings
from typing import Any

from ..analysis import Figure
from ..text import shown

__all__ = [
    "ACCENT",
    "GRID",
    "INK",
    "MUTED",
    "ON_ACCENT",
    "PAPER",
    "SERIES",
    "can_draw",
    "series",
    "svg",
]

INK = "#010301"
MUTED = "#010302"
GRID = "#010303"
PAPER = "#010304"
ACCENT = "#010305"
"""For areas, fainter by alpha."""
ON_ACCENT = "#010306"
"""For text on a strong accent."""
SERIES = tuple(f"#0103{number:02x}" for number in range(16, 24))
"""One colour for each of up to eight agents; draw them with markers too."""

MARKERS = "osD^vPX*"
_VARIABLES = {
    **{INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper"},
    **{ACCENT: "accent", ON_ACCENT: "on-accent"},
    **{colour: f"series-{number}" for number, colour in enumerate(SERIES)},
}
_STYLE: dict[str, Any] = {
    "axes.edgecolor": MUTED,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 9,
    "axes.titlecolor": INK,
    "figure.facecolor": "none",
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "svg.fonttype": "none",
    "text.color": INK,
    "text.parse_math": False,  # a name may hold a dollar sign
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8,
    "ytick.major.size": 0,
}


def can_draw() -> bool:
    """Return whether the extra `report` is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def series(number: int) -> tuple[str, str]:
    """Return the colour and the marker of an agent, from 0."""
    turn = number // len(SERIES)  # after the eighth the markers are shifted
    return (
        SERIES[number % len(SERIES)],
        MARKERS[(number + turn) % len(MARKERS)],
    )


def svg(figure: Figure, number: int) -> str:
    """Draw a figure.

    Args:
        figure: What to draw.
        number: On the page, so that no two have an id in common.
    """
    # Its types are known in part only.
    mpl: Any = importlib.import_module("matplotlib")
    canvases: Any = importlib.import_module("matplotlib.figure")
    own = {**_STYLE, "svg.hashsalt": f"figure-{number}"}
    defaults = {k: v for k, v in mpl.rcParamsDefault.items() if k != "backend"}
    raw = io.StringIO()
    with warnings.catch_warnings(), mpl.rc_context({**defaults, **own}):
        warnings.simplefilter("ignore")  # of letters that its own font lacks
        canvas = canvases.Figure(figsize=figure.size, layout="constrained")
        figure.draw(canvas)
        canvas.savefig(raw, format="svg", metadata={"Date": None, "Creator": None})
    return _inline(raw.getvalue(), figure.title, f"f{number}-")


def _inline(drawn: str, title: str, prefix: str) -> str:
    """Return what belongs into a page of a whole SVG file."""
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<style [^>]*>[^<]*</style>", "", drawn)
    drawn = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", drawn)
    for colour, variable in _VARIABLES.items():
        drawn = drawn.replace(colour, f"var(--{variable})")
    label = html.escape(shown(title))
    return shown(drawn.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))
