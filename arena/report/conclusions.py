"""What would change the conclusions: more episodes, missing ones, other outcomes.

Every number is computed from the scores that stand in the tables, and says what would
follow if they went on as they are, or had come out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from ..analysis import Section, Table, Value
from ..intervals import Estimate
from ..metrics.sensitivity import MOST, more_for_half, more_to_exclude
from ..registry import load
from ..results import Cell, Results, by_world, cells_of
from ..scoring import Scorer
from .leads import Lead
from .records import Run

__all__ = ["conclusions_section"]

TEXT = (
    "If new episodes went on as those that are there, how many would settle it; and "
    "how little of what is there would have to be otherwise. None of it is a forecast."
)
SCORES_NOTE = (
    "To halve: how many more episodes (or worlds, where these are the n) would make "
    "the interval half as wide. Missing: planned and without a score. At worst and at "
    "best: the mean if all of these had the worst value and the best one, 0 and 1 of a "
    "rate; other scores have no such ends, and stand between the worst and the best "
    "that was seen in the scenario. The interval of the table does not count them."
)
LEADS_NOTE = (
    "To exclude 0: how many more pairs would take 0 out of the interval of the lead, "
    "if it stays as it is. Flips: so many episodes with the opposite outcome are "
    "enough to bring 0 in again, of rates. Left out: so many pairs less, those that "
    "favour the leader most; a dash where even two that are left keep it out. At worst "
    "and at best: the mean lead over all pairs if every missing one were lost by as "
    "much as there is, and won; of rates."
)
CONTROL_NOTE = (
    "Whether a scenario differs from its control, and how many more pairs would take 0 "
    "out of the interval if the difference stays as it is."
)
CHANCE_NOTE = (
    "Estimates above that stand beside chance and whose interval holds it: how many "
    "more values would take it out, if the estimate stays as it is."
)
MANY = f"over {MOST:,}"


def conclusions_section(
    runs: Sequence[Run],
    scored: Sequence[Results],
    leads: Sequence[Lead],
    analyses: Sequence[Section],
) -> Section:
    """Return what would change what runs say.

    Args:
        runs: With their scores.
        scored: Of each run its results.
        leads: Of the agents of all.
        analyses: Sections whose tables may have a column `chance`.
    """
    tables = [
        _scores(runs, scored),
        _controls(runs, scored),
        _leads(leads),
        _chances(analyses),
    ]
    return Section(
        title="What would change this conclusion",
        text=TEXT,
        tables=[table for table in tables if table.rows],
    )


def _scores(runs: Sequence[Run], scored: Sequence[Results]) -> Table:
    rows: list[Sequence[Value]] = []
    for run, results in zip(runs, scored, strict=True):
        rows += _score_rows(run, results)
    return Table(
        title="Each score",
        columns=(
            *("scenario", "agent", "score", "value", "n", "more to halve"),
            *("missing", "at worst", "at best"),
        ),
        rows=rows,
        note=SCORES_NOTE,
    )


def _score_rows(run: Run, results: Results) -> Iterator[Sequence[Value]]:
    cells = cells_of(run.folder.manifest, run.scores)
    ends: dict[str, tuple[float, float] | None] = {}
    for row in results.rows:
        if not row.headline:
            continue
        if row.scenario not in ends:
            own = [
                c
                for (scenario, _, scorer), c in cells.items()
                if (scenario, scorer) == (row.scenario, row.scorer)
            ]
            ends[row.scenario] = _ends(row.scorer, own)
        cell = cells[row.scenario, row.agent, row.scorer]
        missing = _missing(cell)
        worst, best = (None, None)
        if missing:
            worst, best = _filled(cell, missing, ends[row.scenario])
        yield (
            *(f"{row.scenario}{run.where}", row.agent, row.scorer, row.estimate),
            *(row.estimate.n, _many(more_for_half(row.estimate), row.estimate)),
            *(len(missing), worst, best),
        )


def _ends(scorer: str, cells: Sequence[Cell]) -> tuple[float, float] | None:
    """Return the worst value and the best: of a rate its own, else those seen."""
    judge: Scorer = load("scorers", scorer)
    seen = [value for cell in cells for value in cell.values.values()]
    if judge.measure == "rate":
        low, high = 0.0, 1.0
    elif seen:
        low, high = min(seen), max(seen)
    else:
        return None
    return (low, high) if judge.better == "higher" else (high, low)


def _missing(cell: Cell) -> list[tuple[int, int]]:
    planned = dict.fromkeys((spec.sample, spec.epoch) for spec in cell.specs)
    return [key for key in planned if key not in cell.values]


def _filled(
    cell: Cell, missing: Sequence[tuple[int, int]], ends: tuple[float, float] | None
) -> Iterator[float | None]:
    """Yield the mean with all that is missing at the worst, and at the best."""
    for end in ends or ():
        yield fmean(by_world({**cell.values, **dict.fromkeys(missing, end)}))
    if ends is None:
        yield from (None, None)


def _leads(leads: Sequence[Lead]) -> Table:
    rows: list[Sequence[Value]] = []
    for lead in leads:
        worst, best = lead.bounds() or (None, None)
        rows.append(
            (
                *(lead.scenario, lead.leader, lead.other, lead.estimate),
                _to_exclude(lead.estimate, 0.0),
                *(lead.flips(), lead.removals()),
                *(worst, best),
            )
        )
    return Table(
        title="Each lead",
        columns=(
            *("scenario", "leader", "other", "lead", "more to exclude 0", "flips"),
            *("left out", "at worst", "at best"),
        ),
        rows=rows,
        note=LEADS_NOTE,
    )


def _controls(runs: Sequence[Run], scored: Sequence[Results]) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(f"{row.scenario}{run.where}", row.agent, row.scorer, row.estimate),
            _to_exclude(row.estimate, 0.0),
        )
        for run, results in zip(runs, scored, strict=True)
        for row in results.differences
        if row.headline
    ]
    return Table(
        title="Each difference from a control",
        columns=("scenario", "agent", "score", "difference", "more to exclude 0"),
        rows=rows,
        note=CONTROL_NOTE,
    )


def _chances(sections: Sequence[Section]) -> Table:
    """Find estimates beside `chance`, in tables to read a run by, that hold it."""
    rows: list[Sequence[Value]] = []
    for table in (table for section in sections for table in section.tables):
        if not table.main or "chance" not in table.columns:
            continue
        at = table.columns.index("chance")
        for row in table.rows:
            chance = row[at]
            if not isinstance(chance, (int, float)):
                continue
            where = ", ".join(v for v in row[:at] if isinstance(v, str))
            for name, value in zip(table.columns, row, strict=True):
                if isinstance(value, Estimate) and _holds(value, chance):
                    more = _to_exclude(value, chance)
                    rows.append((table.title, where, name, value, chance, more))
    columns = ("table", "row", "column", "value", "chance", "more to exclude it")
    return Table(title="Against chance", columns=columns, rows=rows, note=CHANCE_NOTE)


def _holds(estimate: Estimate, threshold: float) -> bool:
    if estimate.low is None or estimate.high is None:
        return False
    return estimate.low <= threshold <= estimate.high


def _to_exclude(estimate: Estimate, threshold: float) -> Value:
    """Return how many more would exclude it, or why there is no number."""
    if estimate.low is None or estimate.high is None:
        return "no interval"
    if not _holds(estimate, threshold):
        return "excluded"
    if estimate.value == threshold:
        return "none would"
    return _many(more_to_exclude(estimate, threshold), estimate)


def _many(more: int | None, estimate: Estimate) -> Value:
    """Return a number of values; a dash without an interval, words for very many."""
    return more if more is not None else (None if estimate.low is None else MANY)
