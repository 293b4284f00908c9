"""What every run has, whatever was played: its plan, its scores, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..analysis import Figure, Section, Table, Value
from ..baselines import Baseline
from ..intervals import Estimate
from ..registry import load
from ..results import Results, Row
from ..run_folder import RunFolder
from ..scoring import Scorer
from .plots import intervals_figure
from .records import Run

__all__ = ["others_section", "runs_section", "scores_section"]


def runs_section(runs: Sequence[Run]) -> Section:
    """Say what was played."""
    records = [record for run in runs for record in run.records]
    played = sum(record.reason is not None for record in records)
    scenarios = {record.spec.scenario.name for record in records}
    agents = {record.spec.label for record in records}
    text = (
        f"{_counted(played, 'episode')} of {_counted(len(agents), 'agent')} in "
        f"{_counted(len(scenarios), 'scenario')}. Everything on this page was computed "
        "from their records; how, and what it does not show, is said at its end."
    )
    return Section(title="What was played", text=text, tables=[_runs(runs)])


def _runs(runs: Sequence[Run]) -> Table:
    rows: list[Sequence[Value]] = []
    for run in runs:
        manifest = run.folder.manifest
        rows.append(
            (
                *(run.name, manifest.plan.suite, manifest.plan.seed),
                manifest.started,
                f"{len(manifest.episodes)} of {len(run.records)}",
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


def scores_section(
    run: Run,
    results: Results,
    first: Mapping[tuple[str, str, str], str],
    people: Sequence[Baseline],
) -> Section:
    """Return what a run is read by: its headline scores, and what is missing.

    Args:
        run: The run.
        results: Its scores.
        first: By run, scenario and agent the anchor of an episode to read.
        people: Human baselines, for a column beside the scores of agents.
    """
    headlines = [row for row in results.rows if row.headline]
    links = [first.get((run.name, row.scenario, row.agent)) for row in headlines]
    tables = [
        _beside_people(_scores("Scores", headlines, links), run, people),
        _scores("Against controls", (r for r in results.differences if r.headline)),
        _scores("Over all scenarios", (r for r in results.overall if r.headline)),
        _unscored(results.rows),
        _left_out(run.folder),
    ]
    level = {row.estimate.confidence for row in results.rows}
    at = f" of {100 * level.pop():g} %" if level else ""
    text = (
        f"Intervals{at} are Wilson's for rates, Student's t for means, and a bootstrap "
        "over scenarios for what is averaged over them."
    )
    if at != " of 95 %":
        text += " Those of the analyses below are of 95 %."
    return Section(
        title=f"Scores{run.where}",
        text=text,
        tables=[table for table in tables if table.rows],
        figures=_figures(headlines),
    )


def _beside_people(table: Table, run: Run, people: Sequence[Baseline]) -> Table:
    """Return a table of headline scores with what people reached in the same."""
    refs = [scenario.ref for scenario in run.folder.manifest.plan.scenarios]
    digests = {ref.name: ref.digest for ref in refs}
    reached: dict[Value, Estimate] = {
        one.scenario: one.score
        for one in people
        if digests.get(one.scenario) == one.digest
    }
    if not reached:
        return table
    at = table.columns.index("value") + 1
    return replace(
        table,
        columns=(*table.columns[:at], "people", *table.columns[at:]),
        rows=[(*row[:at], reached.get(row[0]), *row[at:]) for row in table.rows],
    )


def _figures(rows: Sequence[Row]) -> list[Figure]:
    """Return a figure of all rates, and one for each other scorer."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        judge: Scorer = load("scorers", row.scorer)
        rate = judge.measure == "rate"
        groups.setdefault("" if rate else row.scorer, []).append(row)
    return [
        intervals_figure(
            f"Mean {scorer}, {own[0].better} is better" if scorer else "Rates",
            [(_told(row, scorer), row.agent, row.estimate) for row in own],
            rate=not scorer,
        )
        for scorer, own in groups.items()
        if any(row.estimate.value is not None for row in own)
    ]


def _told(row: Row, scorer: str) -> str:
    return row.scenario if scorer else f"{row.scenario}: {row.scorer}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def others_section(results: Results, where: str) -> Section:
    """Return the scores that are no headline."""
    tables = [
        _scores("Scores", (row for row in results.rows if not row.headline)),
        _scores("Against controls", (r for r in results.differences if not r.headline)),
        _scores("Over all scenarios", (r for r in results.overall if not r.headline)),
    ]
    kept = [table for table in tables if table.rows]
    return Section(title=f"Other scorers{where}", tables=kept)


def _scores(title: str, rows: Iterable[Row], links: Sequence[str | None] = ()) -> Table:
    lines: list[Sequence[Value]] = [
        (
            *(row.scenario, row.agent, row.scorer, row.estimate, row.estimate.n),
            *(row.better, f"{row.played} of {row.planned}", row.errors, row.unscored),
        )
        for row in rows
    ]
    return Table(
        title=title,
        columns=(
            *("scenario", "agent", "score", "value", "n", "better", "episodes"),
            *("failed", "unscored"),
        ),
        rows=lines,
        note="The name of a scenario leads to an episode of it." if any(links) else "",
        links=links,
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
