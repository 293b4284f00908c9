"""How the numbers of a report were made, and with what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..analysis import Section, Table, Value
from ..intervals import Estimate
from ..registry import load
from ..results import Results
from ..scoring import Scorer
from ..versions import git_commit, versions
from .again import command_of
from .records import Run

__all__ = ["methods_section"]

TEXT = (
    "Scores are made from the records alone: `arena score` on a run gives the same "
    "again, and `arena verify` finds what was changed in them. An episode that failed "
    "for an infrastructure reason and one that a scorer cannot judge are missing data, "
    "and never 0. Where a scenario fixes several worlds, these are the n, since "
    "repeats in one world are alike; the seats' rotations of one deal count once."
)
INTERVALS = {
    "wilson": (
        "Wilson's score interval of a rate (Wilson 1927). Never empty, within 0 and 1; "
        "conservative for fractions."
    ),
    "t": (
        "Student's t of a mean, with n − 1 degrees of freedom. None for one value, nor "
        "where all are equal."
    ),
    "log-t": (
        "Student's t of the logarithms, for a geometric mean of positive values."
    ),
    "cluster-bootstrap": (
        "Percentile bootstrap over whole clusters (scenarios or worlds), since values "
        "within one are alike; none for fewer than five clusters. The draws are seeded."
    ),
    "clustered-t": (
        "Student's t with errors clustered by task, as many degrees of freedom as "
        "clusters less one, cut to 0 and 1."
    ),
    "one-sided": (
        "Bound of a rate of 0/n or n/n, by (1 − confidence)^(1/n); the other end is 0 "
        "or 1."
    ),
    "nested-bootstrap": (
        "Bootstrap over families, tasks in them and episodes in those. The draws are "
        "seeded."
    ),
}
_OTHER = "As the note of its table says."


def methods_section(
    runs: Sequence[Run], scored: Sequence[Results], sections: Sequence[Section]
) -> Section:
    """Return how each number was made, from what, and how to make it again.

    Args:
        runs: The runs.
        scored: Their results.
        sections: All others, for the intervals that their tables have.
    """
    tables = [
        _intervals(scored, sections),
        _scorers(runs),
        _scenarios(runs),
        _contents(runs),
        _agents(runs),
        _versions(runs),
        _runs(runs),
    ]
    return Section(
        title="Methods and versions",
        text=TEXT,
        tables=[table for table in tables if table.rows],
    )


def _intervals(scored: Sequence[Results], sections: Sequence[Section]) -> Table:
    used: Counter[tuple[str, float]] = Counter()
    for estimate in _estimates(scored, sections):
        if estimate.value is not None:
            used[estimate.method, estimate.confidence] += 1
    rows: list[Sequence[Value]] = [
        (method, f"{100 * level:g} %", count, INTERVALS.get(method, _OTHER))
        for (method, level), count in sorted(used.items())
    ]
    columns = ("interval", "confidence", "numbers", "how it is made")
    return Table(title="Intervals", columns=columns, rows=rows)


def _estimates(
    scored: Sequence[Results], sections: Sequence[Section]
) -> Iterator[Estimate]:
    for results in scored:
        for row in (*results.rows, *results.differences, *results.overall):
            yield row.estimate
    for section in sections:
        for table in section.tables:
            for row in table.rows:
                yield from (value for value in row if isinstance(value, Estimate))


def _scorers(runs: Sequence[Run]) -> Table:
    names = dict.fromkeys(
        choice.name
        for run in runs
        for scenario in run.folder.manifest.plan.scenarios
        for choice in scenario.scorers
    )
    rows: list[Sequence[Value]] = []
    for name in names:
        judge: Scorer = load("scorers", name)
        rows.append((name, judge.measure, judge.better, judge.description))
    columns = ("scorer", "measure", "better", "what it says")
    return Table(title="Scorers", columns=columns, rows=rows)


def _scenarios(runs: Sequence[Run]) -> Table:
    rows: dict[tuple[Value, ...], None] = {}
    for run in runs:
        for scenario in run.folder.manifest.plan.scenarios:
            worlds = f"{scenario.items} items" if scenario.items else "one an epoch"
            if scenario.seeds:
                worlds = f"{len(scenario.seeds)} fixed: {_few(scenario.seeds)}"
            told = (
                *(scenario.ref.name, scenario.description, worlds, scenario.epochs),
                scenario.control,
            )
            rows[told] = None
    columns = ("scenario", "what is asked", "worlds", "epochs", "control")
    return Table(title="Scenarios", columns=columns, rows=list(rows))


def _contents(runs: Sequence[Run]) -> Table:
    refs = [s.ref for run in runs for s in run.folder.manifest.plan.scenarios]
    rows = dict.fromkeys((ref.name, ref.environment, ref.digest) for ref in refs)
    return Table(
        title="Contents",
        columns=("scenario", "environment", "digest"),
        rows=list(rows),
        note="SHA-256 of a scenario's file and data: it is the same if this is.",
    )


def _agents(runs: Sequence[Run]) -> Table:
    rows: dict[tuple[Value, ...], None] = {}
    for run in runs:
        for scenario in run.folder.manifest.plan.scenarios:
            for agent in scenario.agents:
                options = ", ".join(f"{k} = {v!r}" for k, v in agent.options.items())
                rows[agent.label, agent.name, agent.model, options or None] = None
    columns = ("agent", "kind", "model", "options")
    return Table(title="Agents", columns=columns, rows=list(rows))


def _versions(runs: Sequence[Run]) -> Table:
    made_by: Counter[tuple[str, str]] = Counter()
    for run in runs:
        for record in run.records:
            made_by.update(record.made_by.items())
    here = {**versions(), "git commit": git_commit() or "none"}
    rows: list[Sequence[Value]] = [
        (what, version, count, here.get(what))
        for (what, version), count in made_by.items()
    ]
    return Table(
        title="Versions",
        columns=("what", "played with", "episodes", "this page with"),
        rows=rows,
        note="A commit with + behind it is of a folder in which files were changed.",
    )


def _runs(runs: Sequence[Run]) -> Table:
    rows: list[Sequence[Value]] = []
    for run in runs:
        manifest = run.folder.manifest
        command = command_of(manifest.plan)
        rows.append(
            (
                *(run.name, manifest.run, manifest.plan.seed, manifest.fingerprint),
                *(manifest.digest, command or "none is known; the plan is in run.json"),
            )
        )
    return Table(
        title="To make it again",
        columns=("run", "id", "seed", "plan", "digest", "command"),
        rows=rows,
        note=(
            "A command that stands here was tried: it makes a plan of this "
            "fingerprint. Agents that are models may answer otherwise. Who noted a "
            "run's digest elsewhere can prove the records with `arena verify --digest`."
        ),
    )


def _few(numbers: Sequence[int], most: int = 8) -> str:
    told = ", ".join(map(str, numbers[:most]))
    return told if len(numbers) <= most else f"{told}, …"
