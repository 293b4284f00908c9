"""What the comparison of two agents says, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Section, Table, Value
from ..paired_runs import Comparison, Difference

__all__ = ["paired_section"]

COLUMNS = (
    *("scenario", "score", "better", "first", "second", "difference", "n"),
    *("pairs", "first better", "second better", "missing"),
)
NOTE = (
    "The first less the second, in the same worlds, by Student's t of the differences. "
    "n counts what is independent: epochs, worlds where a scenario fixes several, or "
    "scenarios, which weigh the same. Of a missing pair one has no score: it failed, "
    "was not played, or could not be judged."
)
MOST_PAIRS = 20


def paired_section(comparison: Comparison) -> Section:
    """Return the differences, and the pairs of episodes that differ most."""
    rows = [*comparison.overall, *comparison.differences]
    headline = [row for row in rows if row.headline]
    others = [row for row in rows if not row.headline and row.pairs]
    tables = [
        _differences("Differences", headline),
        _differences("By other scorers", others),
        _missing([row for row in comparison.differences if row.headline]),
        _pairs(comparison),
    ]
    return Section(
        title=f"{comparison.first.name} less {comparison.second.name}",
        text=" ".join(comparison.caveats),
        tables=[table for table in tables if table.rows],
    )


def _differences(title: str, found: Sequence[Difference]) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(row.scenario, row.scorer, row.better, *row.means),
            *(row.estimate, row.estimate.n, row.pairs, *row.better_in, row.missing),
        )
        for row in found
    ]
    return Table(title=title, columns=COLUMNS, rows=rows, note=NOTE, main=True)


def _missing(found: Sequence[Difference]) -> Table:
    rows: list[Sequence[Value]] = [
        (row.scenario, row.scorer, reason, count)
        for row in found
        for reason, count in row.why_missing.items()
    ]
    columns = ("scenario", "score", "reason", "episodes")
    return Table(title="Missing", columns=columns, rows=rows, main=True)


def _pairs(comparison: Comparison) -> Table:
    headline = {(d.scenario, d.scorer) for d in comparison.differences if d.headline}
    rows: list[Sequence[Value]] = [
        (*pair.episodes, pair.scorer, *pair.values, pair.difference)
        for pair in comparison.pairs
        if (pair.scenario, pair.scorer) in headline and pair.difference
    ]
    columns = (
        "first",
        "second",
        "score",
        "of the first",
        "of the second",
        "difference",
    )
    return Table(
        title="Episodes that differ most",
        columns=columns,
        rows=rows[:MOST_PAIRS],
        main=True,
    )
