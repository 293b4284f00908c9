"""Figures of games with minds: skill, and what was held of types, over a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import fmean

from arena.analysis import Figure
from arena.intervals import mean_interval

from .. import minds_measures as measures
from ..minds_evidence import Chances, Session, switch_of
from ..minds_measures import ByPart
from .answers import grouped
from .charts import Point
from .minds_charts import Layers, bands, beside, layers
from .minds_sessions import Played, clusters_of

__all__ = ["figures"]

BLOCKS = 6
"""Into how many stretches a session is cut."""
MOST_PANELS = 12
MOST_ROWS = 6
BEFORE = 5
"""Parts before a switch that are drawn."""


def figures(played: Sequence[Played], parts: str) -> Iterator[Figure]:
    """Yield those figures for which a run has something to show.

    Args:
        played: Sessions of one environment.
        parts: What its parts are called: hands or rounds.
    """
    yield from _skill(played, parts)
    for agent, group in grouped(played, lambda p: p.agent).items():
        yield from _types(agent, group, parts)
    yield from _switch(played, parts)


def _skill(played: Sequence[Played], parts: str) -> Iterator[Figure]:
    panels: dict[str, dict[str, list[Point]]] = {}
    for group in grouped(played, lambda p: p.match).values():
        points = list(_stretches(group))
        if points:
            panels.setdefault(_short(group[0].place), {})[group[0].agent] = points
    if not panels:
        return
    shown = dict(list(panels.items())[:MOST_PANELS])
    down = -(-len(shown) // min(3, len(shown)))
    yield Figure(
        title=f"Prediction skill over {parts}",
        caption=(
            "Skill in stretches of a session: 0 is guessing evenly, 1 the ideal "
            "observer, which learns as well; what is beyond the axis is cut off, and "
            "a stretch in which there was nothing to know has no point. Bands are 95 % "
            "intervals." + _left_out(len(panels) - len(shown))
        ),
        draw=lambda canvas: bands(
            canvas, shown, xlabel=parts.removesuffix("s"), ylabel="prediction skill"
        ),
        size=(7.0, 1.1 + 1.7 * down),
    )


def _stretches(group: Sequence[Played]) -> Iterator[Point]:
    """Yield the skill in each stretch in which it can be told."""
    last = max(p.session.evidence.parts_planned for p in group)
    blocks = min(BLOCKS, last)
    edges = [round(last * i / blocks) for i in range(blocks + 1)]
    for before, end in pairwise(edges):

        def within(session: Session, first: int = before, end: int = end) -> ByPart:
            found = measures.prediction_skill(session)
            return {part: sums for part, sums in found.items() if first < part <= end}

        estimate = clusters_of(group, within).estimate()
        if estimate.value is not None:
            yield Point((before + 1 + end) / 2, estimate)


def _types(agent: str, played: Sequence[Played], parts: str) -> Iterator[Figure]:
    rows: dict[str, Mapping[str, Layers]] = {}
    faced = grouped(played, lambda p: (p.episode.scenario, p.faced))
    for (scenario, opponent), group in faced.items():
        stated = _mean_of(group, ideal=False)
        if stated:
            place = _short(f"{scenario}: {opponent}")
            rows[place] = {place: stated, "ideal observer": _mean_of(group, ideal=True)}
    if not rows:
        return
    shown = dict(list(rows.items())[:MOST_ROWS])
    yield Figure(
        title=f"Whom {agent} took its opponents for",
        caption=(
            f"Mean probability of each type by {parts.removesuffix('s')}: left as "
            f"{agent} stated it, right as the ideal observer has it from the same "
            f"{parts}. A statement holds until the next."
            + _left_out(len(rows) - len(shown))
        ),
        draw=lambda canvas: layers(
            canvas, shown, xlabel=parts.removesuffix("s"), ylabel="probability"
        ),
        size=(7.0, 1.1 + 1.35 * len(shown)),
    )


def _mean_of(group: Sequence[Played], *, ideal: bool) -> Layers:
    """Return the mean of what was held, by part."""
    by_part: dict[int, list[Chances]] = {}
    for played in group:
        for other in played.session.others:
            for part, held in _held(played.session, other, ideal=ideal).items():
                by_part.setdefault(part, []).append(held)
    names = list(dict.fromkeys(n for told in by_part.values() for t in told for n in t))
    return [
        (part, {name: fmean(t.get(name, 0.0) for t in told) for name in names})
        for part, told in sorted(by_part.items())
    ]


def _held(session: Session, other: str, *, ideal: bool) -> dict[int, Chances]:
    """Return what was held of another seat in each part; it holds until the next."""
    rows = {row.part: row for row in session.beliefs if row.of == other}
    now: Chances | None = None
    found: dict[int, Chances] = {}
    for part in sorted(session.parts):
        if part in rows:
            now = (rows[part].ideal if ideal else rows[part].stated) or now
        if now is not None:
            found[part] = now
    return found


def _switch(played: Sequence[Played], parts: str) -> Iterator[Figure]:
    lines: dict[str, tuple[list[Point], list[Point]]] = {}
    for agent, group in grouped(played, lambda p: p.agent).items():
        stated = _since(group, ideal=False)
        if stated:
            lines[agent] = stated, _since(group, ideal=True)
    if lines:
        one = parts.removesuffix("s")
        yield Figure(
            title="Seeing that the opponent has changed",
            caption=(
                f"Mean probability of the type that the opponent is from {one} 0 on, "
                "by how long after the switch: as stated, and dashed as the ideal "
                "observer has it from what that agent saw."
            ),
            draw=lambda canvas: beside(
                canvas,
                lines,
                xlabel=f"{parts} after the switch",
                ylabel="probability of the new type",
            ),
            size=(7.0, 3.2),
        )


def _since(group: Sequence[Played], *, ideal: bool) -> list[Point]:
    """Return the mean probability of the new type, by parts after the switch."""
    by_delay: dict[int, list[float]] = {}
    for played in group:
        session = played.session
        for other in session.others:
            switch = switch_of(session.seats[other])
            if switch is None:
                continue
            _, then, at = switch
            for part, held in _held(session, other, ideal=ideal).items():
                by_delay.setdefault(part - at, []).append(held.get(then, 0.0))
    return [
        Point(delay, mean_interval(values))
        for delay, values in sorted(by_delay.items())
        if delay >= -BEFORE
    ]


def _short(place: str) -> str:
    return place.removeprefix("games/")


def _left_out(number: int) -> str:
    return f" {number} more are not drawn." if number else ""
