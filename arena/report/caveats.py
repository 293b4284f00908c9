"""What a reader of a report must not conclude: found in the data, not remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..analysis import Section, Table, Value
from ..errors import one_line
from ..plan import PlannedScenario
from ..results import Results, Row
from ..verify import verify_run
from .leads import Lead
from .records import Record, Run

__all__ = ["caveats_section"]

FEW = 10
"""Values below which an interval says little of its own coverage."""
MOST_NAMED = 6

Caveat = tuple[str, str, int, str]
"""In a word, what it concerns, how many, and what follows."""


def caveats_section(
    runs: Sequence[Run],
    scored: Sequence[Results],
    leads: Sequence[Lead],
    differing: Sequence[str],
    sections: Sequence[Section],
) -> Section:
    """Return the limits of runs, and what their analyses say of their own.

    Args:
        runs: The runs.
        scored: Their results.
        leads: Their agents compared.
        differing: What else differs between those.
        sections: Those of the analyses.
    """
    rows: list[Sequence[Value]] = []
    for run, results in zip(runs, scored, strict=True):
        told = (
            *_of_records(run),
            *_of_scores(run, results),
            *_of_design(run),
            *_of_controls(results),
        )
        rows += [(word, f"{what}{run.where}", n, text) for word, what, n, text in told]
    rows += _of_comparisons(scored, leads)
    rows += [("compared", "agents", None, caveat) for caveat in differing]
    rows += _of_versions(runs)
    for section in sections:
        for caveat in section.caveats:
            rows.append(("said by the analysis", section.title, None, caveat))
    text = "Each of these was found in the runs; those that are not there do not apply."
    if not rows:
        text = "Nothing of what is looked for was found in these runs."
    columns = ("limit", "where", "how many", "what follows")
    table = Table(title="Limits", columns=columns, rows=rows)
    return Section(
        title="Limits and caveats", text=text, tables=[table] if rows else []
    )


def _of_records(run: Run) -> Iterator[Caveat]:
    """Yield what is missing, helped, cut short or damaged."""
    records = run.records
    unplayed = [r for r in records if r.reason in (None, "interrupted")]
    yield from _caveat("not played", unplayed, "Missing data: the run is not complete.")
    failed = Counter(
        one_line(r.error or "no reason recorded", 160)
        for r in records
        if r.reason == "error"
    )
    for reason, count in failed.most_common(MOST_NAMED):
        text = f"Missing data, which may not be missing at random: {reason}"
        yield "failed", "episodes", count, text
    cut = Counter(r.reason for r in records if r.reason and r.reason.endswith("_limit"))
    for reason, count in cut.items():
        text = "Ended by a limit and not by its rules; more room may change its score."
        yield reason.replace("_", " "), "episodes", count, text
    for verb, own in _grouped(records, lambda r: r.assisted).items():
        text = f"The agent was helped ({verb}): not what it can do alone."
        yield from _caveat("assisted", own, text)
    for seat, own in _grouped(records, lambda r: r.people).items():
        text = f"A person played {seat}: human results, of whoever it was."
        yield from _caveat("played by a person", own, text)
    forks = [record for record in records if record.parent is not None]
    text = "They begin with another episode's steps, and are no plays of their own."
    yield from _caveat("forks", forks, text)
    for what, own in _grouped(records, lambda r: r.not_enforced).items():
        yield from _caveat("sandbox", own, f"Not enforced: {one_line(what, 200)}")
    problems = verify_run(run.folder)
    if problems:
        told = (f"{p.path.name}, line {p.line}: {p.text}" for p in problems)
        text = f"Not as it was recorded; see arena verify. {_names(told)}."
        yield "damaged", "records", len(problems), one_line(text, 600)


def _of_scores(run: Run, results: Results) -> Iterator[Caveat]:
    """Yield which scores stand on little, or on nothing."""
    headlines = [row for row in results.rows if row.headline]
    few = [row for row in headlines if row.estimate.n < FEW]
    if few:
        text = (
            f"An n below {FEW}: the interval is wide, and its coverage rough. "
            f"{_names(f'{r.scenario}, {r.agent} ({r.estimate.n})' for r in few)}."
        )
        yield "few values", "headline scores", len(few), text
    bare = [row for row in headlines if row.estimate.n and row.estimate.low is None]
    if bare:
        text = (
            "No interval, as all values are equal or there is one: the number looks "
            f"surer than it is. {_names(f'{r.scenario}, {r.agent}' for r in bare)}."
        )
        yield "no interval", "headline scores", len(bare), text
    for row in headlines:
        for reason, count in row.why_unscored.items():
            text = f"Missing data, and no 0: {one_line(reason, 160)}"
            yield "unscored", f"{row.scenario}, {row.agent}", count, text
    left_out = run.folder.manifest.plan.left_out
    for scenario, reason in left_out.items():
        text = f"Of the suite, and not played here: {one_line(reason, 160)}"
        yield "left out", scenario, 1, text


def _of_design(run: Run) -> Iterator[Caveat]:
    """Yield what follows from how scenarios were played."""
    scenarios = run.folder.manifest.plan.scenarios
    clustered = [s for s in scenarios if s.samples > 1 and s.epochs > 1]
    if clustered:
        text = (
            "Repeats in one world are alike, so the worlds are the n and not the "
            f"episodes: {_names(map(_worlds, clustered))}."
        )
        yield "clusters", "scenarios", len(clustered), text
    single = [s for s in scenarios if len(s.seeds) == 1 and s.epochs > 1]
    if single:
        names = _names(s.ref.name for s in single)
        text = f"One world, played again and again: it says nothing of others. {names}."
        yield "one world", "scenarios", len(single), text
    played = {s.ref.name for s in scenarios}
    without = [s for s in scenarios if s.control and s.control not in played]
    if without:
        names = _names(s.ref.name for s in without)
        text = f"Its control was not played: what is measured is not isolated. {names}."
        yield "no control", "scenarios", len(without), text


def _of_controls(results: Results) -> Iterator[Caveat]:
    """Yield which scenarios are not told apart from their controls."""
    alike = [row for row in results.differences if row.headline and _holds_zero(row)]
    if alike:
        text = (
            "Not told apart from its control: the score may be of what both share. "
            f"{_names(f'{r.scenario}, {r.agent}' for r in alike)}."
        )
        yield "as its control", "differences", len(alike), text


def _of_comparisons(
    scored: Sequence[Results], leads: Sequence[Lead]
) -> Iterator[Sequence[Value]]:
    """Yield what many comparisons do."""
    made = [row for results in scored for row in results.differences if row.headline]
    all_of_them = [*(row.estimate for row in made), *(lead.estimate for lead in leads)]
    intervals = [estimate for estimate in all_of_them if estimate.low is not None]
    if len(intervals) < 2:
        return
    error = 1 - intervals[0].confidence
    together = 1 - error / len(intervals)
    text = (
        f"Of {len(intervals)} intervals of {100 - 100 * error:g} % about "
        f"{error * len(intervals):.1f} would exclude 0 by chance if nothing differed. "
        f"For all of them together look at those of {100 * together:.4g} % "
        f"(Bonferroni), by --confidence {together:.6g}."
    )
    yield "many comparisons", "leads and controls", len(intervals), text


def _of_versions(runs: Sequence[Run]) -> Iterator[Sequence[Value]]:
    """Yield where several programs made the records, or one that nobody can get."""
    made = {
        f"{record.made_by.get('arena-evals')} at {record.made_by.get('git commit')}"
        for run in runs
        for record in run.records
        if record.made_by
    }
    if len(made) > 1:
        text = f"Played by several versions of the program: {_names(sorted(made))}."
        yield "versions", "episodes", len(made), text
    if any(name.endswith("+") for name in made):
        text = "Played from a folder with changed files: its commit does not tell all."
        yield "uncommitted changes", "program", None, text


def _caveat(word: str, records: Sequence[Record], text: str) -> Iterator[Caveat]:
    """Yield one caveat about some episodes, with whose they are."""
    if records:
        counts = Counter(f"{r.spec.scenario.name}, {r.spec.label}" for r in records)
        told = _names(f"{name}: {count}" for name, count in counts.most_common())
        yield word, "episodes", len(records), f"{text} {told}."


def _grouped(
    records: Sequence[Record], keys: Callable[[Record], Iterable[str]]
) -> Mapping[str, Sequence[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        for key in dict.fromkeys(keys(record)):
            groups.setdefault(key, []).append(record)
    return groups


def _names(names: Iterable[str]) -> str:
    all_names = list(names)
    told = "; ".join(all_names[:MOST_NAMED])
    more = len(all_names) - MOST_NAMED
    return f"{told}; and {more} more" if more > 0 else told


def _worlds(scenario: PlannedScenario) -> str:
    return f"{scenario.ref.name}, {scenario.samples} worlds by {scenario.epochs} epochs"


def _holds_zero(row: Row) -> bool:
    low, high = row.estimate.low, row.estimate.high
    if low is None or high is None:
        return row.estimate.value == 0
    return low <= 0 <= high
