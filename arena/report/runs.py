"""What every run has, whatever was played: its plan, its scores, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..analysis import Section, Table, Value, run_names
from ..results import Results, Row
from ..run_folder import RunFolder

__all__ = ["others_section", "runs_table", "scores_section"]


def runs_table(folders: Sequence[RunFolder]) -> Table:
    """Tabulate what was played."""
    rows: list[Sequence[Value]] = []
    for folder, name in zip(folders, run_names(folders), strict=True):
        manifest = folder.manifest
        planned = sum(1 for _ in manifest.plan.episodes())
        rows.append(
            (
                *(name, manifest.plan.suite, manifest.plan.seed),
                *(manifest.started, f"{len(manifest.episodes)} of {planned}"),
                manifest.digest,
            )
        )
    return Table(
        title="Runs",
        columns=("run", "suite", "seed", "started", "episodes", "digest"),
        rows=rows,
        note=(
            "Who keeps a run's digest elsewhere can tell by `arena verify` whether any "
            "record of it was changed."
        ),
    )


def scores_section(folder: RunFolder, results: Results, where: str) -> Section:
    """Return what a run is read by: its headline scores, and what is missing.

    Args:
        folder: The run.
        results: Its scores.
        where: Behind the title, where a page has several runs.
    """
    tables = [
        _scores("Scores", (row for row in results.rows if row.headline)),
        _scores("Against controls", (r for r in results.differences if r.headline)),
        _scores("Over all scenarios", (r for r in results.overall if r.headline)),
        _unscored(results.rows),
        _left_out(folder),
    ]
    level = {row.estimate.confidence for row in results.rows}
    at = f" of {100 * level.pop():g} %" if level else ""
    text = (
        f"Intervals{at} are Wilson's for rates, Student's t for means, and a bootstrap "
        "over scenarios for what is averaged over them."
    )
    if at != " of 95 %":
        text += " Those of the analyses below are of 95 %."
    kept = [table for table in tables if table.rows]
    return Section(title=f"Scores{where}", text=text, tables=kept)


def others_section(results: Results, where: str) -> Section:
    """Return the scores that are no headline."""
    tables = [
        _scores("Scores", (row for row in results.rows if not row.headline)),
        _scores("Against controls", (r for r in results.differences if not r.headline)),
        _scores("Over all scenarios", (r for r in results.overall if not r.headline)),
    ]
    kept = [table for table in tables if table.rows]
    return Section(title=f"Other scorers{where}", tables=kept)


def _scores(title: str, rows: Iterable[Row]) -> Table:
    lines: list[Sequence[Value]] = [
        (
            *(row.scenario, row.agent, row.scorer, row.better),
            *(row.estimate, row.estimate.n, f"{row.played} of {row.planned}"),
            *(row.errors, row.unscored),
        )
        for row in rows
    ]
    return Table(
        title=title,
        columns=(
            *("scenario", "agent", "score", "better", "value", "n", "episodes"),
            *("failed", "unscored"),
        ),
        rows=lines,
    )


def _unscored(rows: Sequence[Row]) -> Table:
    lines: list[Sequence[Value]] = [
        (row.scenario, row.agent, row.scorer, count, reason)
        for row in rows
        for reason, count in row.why_unscored.items()
    ]
    columns = ("scenario", "agent", "score", "episodes", "reason")
    return Table(title="Unscored", columns=columns, rows=lines)


def _left_out(folder: RunFolder) -> Table:
    lines = list(folder.manifest.plan.left_out.items())
    return Table(title="Not played", columns=("scenario", "reason"), rows=lines)
