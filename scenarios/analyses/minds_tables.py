"""Tables of games with minds: what was foreseen, what moves cost, how many it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import NamedTuple

from arena.analysis import Table, Value
from arena.intervals import Estimate, mean_interval, wilson
from arena.metrics.resampling import FEWEST_WORLDS
from arena.scoring import Unscored

from .. import minds_measures as measures
from ..minds_evidence import Session
from ..minds_measures import Measure
from .answers import grouped
from .minds_sessions import Clusters, Played, clusters_of

__all__ = ["identification", "score_tables"]

SHARE = 0.1
"""Of a score's range, or of the regret: how narrow an interval should be."""

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
RATES = {"predictions made": 1.0, "forfeits": 0.0}
"""With what they should be; a table shows them only where they are not."""
SKILL_NOTE = (
    "Skill: 0 is guessing evenly, 1 the ideal observer, which knows the listed types "
    "and learns which one it faces; by squared distance to the chances with which the "
    "opponent really acts, or by hits where predictions are single numbers. "
    "None where there was nothing to know. Where nothing was stated an even guess "
    "counts, or the type stated last. Predictions made, of those that could be, are "
    "shown unless all were."
)
PLAY_NOTE = (
    "Regret: what moves gave away against the best answer to this opponent; forfeited "
    "{parts} are left out, and the luck of cards to come is not in it. Winnings have "
    "all the luck that the same deal with seats changed does not take out: trust them "
    "last. Forfeits: by too many bad calls; shown where there were any."
)
INTERVAL_NOTE = (
    "Intervals of 95 % by a bootstrap over sessions, all rotations of one together, or "
    "over deals where sessions are fewer than five. Too few for: scores that need more "
    "{parts} than were played for an interval of ±10 %, the report says how many, or "
    "have fewer than five deals."
)
NEEDS_NOTE = (
    "{Parts} for a 95 % interval of ± 0.1 of skills and rates, whose range from "
    "nothing to the best is 1, and of ± 10 % of the regret; of winnings for the same "
    "width as of the regret. From the spread that was seen between what is drawn "
    "again; none where that cannot be told, or is 0."
)
LOG_NOTE = (
    "The log score punishes what was held for all but impossible and comes: skill by "
    "divergence from the chances with which the opponent really acts, where a stated "
    "chance below 0.001 counts as that."
)


class _Score(NamedTuple):
    clusters: Clusters
    estimate: Estimate
    half: float | None
    """Half the width that its interval should have."""
    needed: int | None
    """Parts for that."""

    @property
    def too_few(self) -> bool:
        """Whether more parts are needed; of fewer than five draws it is so, too."""
        needed, clusters = self.needed or 0, self.clusters
        return len(clusters.sums) < FEWEST_WORLDS or needed > clusters.parts


class _Match(NamedTuple):
    """One agent against one opponent in one scenario."""

    place: str
    agent: str
    parts: int
    scores: Mapping[str, _Score]


def score_tables(played: Sequence[Played], parts: str) -> list[Table]:
    """Return the main tables, skill first and winnings last, and what scores need.

    Args:
        played: Sessions of one environment.
        parts: What its parts are called: hands or rounds.
    """
    matches = [_match(group) for group in grouped(played, lambda p: p.match).values()]
    unit = played[0].session.evidence.unit.name
    worth = f"Minds: what moves were worth, in {unit} a {parts.removesuffix('s')}"
    shown = [name for name in SKILLS if name != "log skill"]
    skill = _scores("Minds: what was foreseen", matches, parts, shown, SKILL_NOTE)
    play = _scores(worth, matches, parts, list(PLAY), PLAY_NOTE)
    log = _scores("Minds: by log score", matches, parts, ["log skill"], LOG_NOTE)
    tables = [
        *(replace(table, main=True) for table in (skill, play)),
        *(log, _needs(matches, parts)),
    ]
    return [table for table in tables if table.rows]


def identification(played: Sequence[Played], parts: str) -> Table:
    """Tabulate after how many parts types were known, beside the ideal observer."""
    rows: list[Sequence[Value]] = []
    for group in grouped(played, lambda p: p.match).values():
        cells = [
            *_settled(group, measures.parts_to_identify),
            *_settled(group, measures.parts_to_recover),
        ]
        if any(cell is not None for cell in cells):
            rows.append((group[0].place, group[0].agent, len(group), *cells))
    return Table(
        title=f"{parts.capitalize()} until the type is known",
        columns=(
            *("match", "agent", "sessions", "to identify", "ideal observer"),
            *("to recover", "ideal observer, after the switch"),
        ),
        rows=rows,
        note=(
            f"{parts.capitalize()} before the likeliest stated type is the true one "
            "and stays so to the end, or until a switch; to recover: counted from the "
            "switch. Where it never settles, all of them. The ideal observer is not "
            "told of a switch either, and knows only that there may be one."
        ),
    )


def _match(group: Sequence[Played]) -> _Match:
    clusters = {
        name: clusters_of(group, measure)
        for name, measure in {**SKILLS, **PLAY}.items()
    }
    lost = clusters["regret"].estimate().value
    scores: dict[str, _Score] = {}
    for name, found in clusters.items():
        estimate = found.estimate()
        if name in RATES:
            estimate = _of_rate(estimate, len(found.sums))
        relative = name in ("regret", "winnings")
        half = SHARE * abs(lost or 0.0) or None if relative else SHARE
        needed = None if half is None else found.needed(half)
        if estimate.value is not None:
            scores[name] = _Score(found, estimate, half, needed)
    number = sum(len(p.session.parts) for p in group)
    return _Match(group[0].place, group[0].agent, number, scores)


def _of_rate(estimate: Estimate, clusters: int) -> Estimate:
    """Return Wilson's interval where the bootstrap has none, as of rates of 0 and 1."""
    if estimate.value is None or estimate.low is not None:
        return estimate
    low, high = wilson(estimate.value * clusters, clusters)
    return replace(estimate, low=low, high=high, method="wilson")


def _scores(
    title: str, matches: Sequence[_Match], parts: str, names: Sequence[str], note: str
) -> Table:
    known = [name for name in names if any(_told(m, name) for m in matches)]
    rows: list[Sequence[Value]] = []
    for match in matches:
        found = {name: match.scores.get(name) for name in known}
        few = [n for n, s in found.items() if s and s.too_few]
        if any(found.values()):
            estimates = [score and score.estimate for score in found.values()]
            told = ", ".join(few) or None
            rows.append((match.place, match.agent, match.parts, *estimates, told))
    columns = ("match", "agent", parts, *known, "too few for")
    kept = len(columns) - (not any(row[-1] for row in rows))
    return Table(
        title=title,
        columns=columns[:kept],
        rows=[row[:kept] for row in rows],
        note=f"{note} {INTERVAL_NOTE}".replace("{parts}", parts),
    )


def _told(match: _Match, name: str) -> bool:
    """Return whether a score is known and, of a rate, not as it should be."""
    score = match.scores.get(name)
    return score is not None and score.estimate.value != RATES.get(name)


def _needs(matches: Sequence[_Match], parts: str) -> Table:
    needed = {
        name: [
            score and score.needed for score in (m.scores.get(name) for m in matches)
        ]
        for name in (*SKILLS, *PLAY)
    }
    known = {name: column for name, column in needed.items() if any(column)}
    rows: list[Sequence[Value]] = []
    for number, match in enumerate(matches if known else ()):
        over = ", ".join({score.clusters.over: "" for score in match.scores.values()})
        lost = match.scores.get("regret")
        cells = [column[number] for column in known.values()]
        wanted = lost and lost.half
        rows.append((match.place, match.agent, match.parts, over, *cells, wanted))
    return Table(
        title=f"How many {parts} each score needs",
        columns=("match", "agent", parts, "drawn again", *known, "± of regret"),
        rows=rows,
        note=NEEDS_NOTE.replace("{Parts}", parts.capitalize()),
    )


def _settled(
    group: Sequence[Played], until: Callable[..., int]
) -> tuple[Estimate | None, float | None]:
    """Return parts until types are known: as stated, and to the ideal observer."""
    found = [both for played in group for both in _of(played.session, until)]
    if not found:
        return None, None
    own = mean_interval([stated for stated, _ in found])
    if own.low is not None and own.high is not None:  # no number of parts is beyond
        most = max(played.session.evidence.parts_planned for played in group)
        own = replace(own, low=max(0.0, own.low), high=min(own.high, float(most)))
    return own, fmean(ideal for _, ideal in found)


def _of(session: Session, until: Callable[..., int]) -> Iterator[tuple[float, float]]:
    try:
        yield float(until(session, "stated")), float(until(session, "ideal"))
    except Unscored:
        return
