"""Tables of games with minds: what was foreseen, what moves cost, who plays whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean

from arena.analysis import Table, Value
from arena.intervals import Estimate, mean_interval
from arena.scoring import Unscored

from .. import minds_measures as measures
from ..minds_evidence import Session
from ..minds_measures import Measure
from .answers import grouped
from .minds_sessions import Clusters, Played, clusters_of

__all__ = ["identification", "match_tables", "needs"]

SHARE = 0.1
"""Of a score's range, or of the regret: the width that `needs` asks for."""

MATCH = ("scenario", "opponent", "agent")
SKILLS: Mapping[str, Measure] = {
    "prediction skill": measures.prediction_skill,
    "log skill": measures.log_skill,
    "type skill": measures.type_skill,
    "predictions made": measures.predictions_made,
}
PLAY: Mapping[str, Measure] = {
    "regret": measures.regret,
    "winnings": measures.winnings,
    "forfeits": measures.forfeits,
}
SKILL_NOTE = (
    "Skill: 0 is guessing evenly, 1 the ideal observer, which knows the listed types "
    "and learns which one it faces; by squared distance, by log score (a chance below "
    "0.001 counts as that), or by hits where predictions are single numbers. "
    "Predictions made: of those that could be. "
)
PLAY_NOTE = (
    "Regret: what moves gave away against the best answer to this opponent, forfeited "
    "{parts} left out; the luck of cards to come is not in it. Winnings have all that "
    "luck, less what rotated seats on the same deal take out: trust them last. "
)
INTERVAL_NOTE = (
    "Intervals of 95 % by a bootstrap over sessions, all rotations of a session drawn "
    "together, or over deals where sessions are fewer than five. "
)
FEW_NOTE = "Too few for: the scores that need more {parts} for ±10 % than were played."


def match_tables(played: Sequence[Played], parts: str) -> Iterator[Table]:
    """Yield the main tables: skill first, winnings last.

    Args:
        played: Sessions of one environment.
        parts: What its parts are called: hands or rounds.
    """
    unit = played[0].session.evidence.unit.name
    skill = _table("Minds: what was foreseen", played, parts, SKILLS, SKILL_NOTE)
    title = f"Minds: what moves were worth, in {unit} a {parts.removesuffix('s')}"
    play = _table(title, played, parts, PLAY, PLAY_NOTE)
    yield from (table for table in (skill, play) if table.rows)


def needs(played: Sequence[Played], parts: str) -> Table:
    """Tabulate how many parts each score would need for ±10 % of its range."""
    rows: list[Sequence[Value]] = []
    for match, group in grouped(played, lambda p: p.match).items():
        for name, clusters, half in _scores(group, {**SKILLS, **PLAY}):
            estimate = clusters.estimate()
            if estimate.value is not None:
                rows.append(
                    (
                        *(*match, name, estimate, clusters.parts, clusters.over),
                        *(half, clusters.needed(half)),
                    )
                )
    return Table(
        title=f"How many {parts} each score needs",
        columns=(
            *(*MATCH, "score", "value", parts, "interval over"),
            *("± wanted", f"{parts} needed"),
        ),
        rows=rows,
        note=(
            f"From the spread that was seen, {parts} for a 95 % interval of ± 0.1 of "
            "skills and rates, whose range from nothing to the best is 1, and of ± "
            "10 % of the regret, for winnings as well: what is to be told apart is the "
            "same. None where the spread cannot be told, or is 0."
        ),
    )


def identification(played: Sequence[Played], parts: str) -> Table:
    """Tabulate after how many parts types were known, beside the ideal observer."""
    rows: list[Sequence[Value]] = []
    for match, group in grouped(played, lambda p: p.match).items():
        cells = [
            *_settled(group, measures.parts_to_identify),
            *_settled(group, measures.parts_to_recover),
        ]
        if any(cell is not None for cell in cells):
            rows.append((*match, len(group), *cells))
    return Table(
        title=f"{parts.capitalize()} until the type is known",
        columns=(
            *(*MATCH, "sessions", "to identify", "ideal observer"),
            *("to recover", "ideal observer, after the switch"),
        ),
        rows=rows,
        note=(
            f"{parts.capitalize()} before the likeliest stated type is the true one "
            "and stays so to the end, or until a switch; to recover: counted from the "
            "switch. Where it never settles, all of them. The ideal observer hears of "
            "no switch either, and knows only that there may be one."
        ),
    )


def _table(
    title: str,
    played: Sequence[Played],
    parts: str,
    which: Mapping[str, Measure],
    note: str,
) -> Table:
    rows: list[Sequence[Value]] = []
    for match, group in grouped(played, lambda p: p.match).items():
        found = {name: (c, half) for name, c, half in _scores(group, which)}
        values = [clusters.estimate() for clusters, _ in found.values()]
        if any(estimate.value is not None for estimate in values):
            number = sum(len(p.session.parts) for p in group)
            rows.append((*match, number, *map(_shown, values), _too_few(found, number)))
    known = [
        i for i in range(len(which)) if any(row[4 + i] is not None for row in rows)
    ]
    kept = [0, 1, 2, 3, *(4 + i for i in known), 4 + len(which)]
    columns = (*MATCH, parts, *which, "too few for")
    text = (note + INTERVAL_NOTE + FEW_NOTE).replace("{parts}", parts)
    return Table(
        title=title,
        columns=tuple(columns[i] for i in kept),
        rows=[[row[i] for i in kept] for row in rows],
        note=text,
        main=True,
    )


def _scores(
    group: Sequence[Played], which: Mapping[str, Measure]
) -> Iterator[tuple[str, Clusters, float | None]]:
    """Yield each score, with the half width that its interval should have."""
    lost = clusters_of(group, measures.regret).estimate().value
    for name, measure in which.items():
        relative = name in ("regret", "winnings")
        half = SHARE * abs(lost or 0.0) or None if relative else SHARE
        yield name, clusters_of(group, measure), half


def _too_few(
    found: Mapping[str, tuple[Clusters, float | None]], number: int
) -> str | None:
    short = [
        name
        for name, (clusters, half) in found.items()
        if (clusters.needed(half) or 0) > number
    ]
    return ", ".join(short) or None


def _shown(estimate: Estimate) -> Estimate | None:
    return None if estimate.value is None else estimate


def _settled(
    group: Sequence[Played], until: Callable[..., int]
) -> tuple[Estimate | None, float | None]:
    """Return parts until types are known: as stated, and to the ideal observer."""
    stated: list[float] = []
    ideal: list[float] = []
    for played in group:
        own = _of(played.session, until)
        if own is not None:
            stated.append(own[0])
            ideal.append(own[1])
    return (mean_interval(stated), fmean(ideal)) if stated else (None, None)


def _of(session: Session, until: Callable[..., int]) -> tuple[float, float] | None:
    try:
        return float(until(session, "stated")), float(until(session, "ideal"))
    except Unscored:
        return None
