"""Tables of results for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .analysis import Section, Value, written
from .intervals import Estimate
from .results import Results, Row
from .run_folder import RunFolder
from .scenario import SHELL
from .scoring import Score
from .text import shown
from .trajectory import read_trajectory

__all__ = [
    "console",
    "print_all_scores",
    "print_assisted",
    "print_errors",
    "print_failed_checks",
    "print_main_tables",
    "print_results",
    "print_scores",
    "print_unscored",
]

MOST_REASONS = 5
# How the driver of a task's checks begins, where one gave no answer of its own.
FAILED_CHECK = re.compile(r"the check (failed: |(?=took more than |ended with ))")
_WIDTH = 120  # where there is no terminal to ask


def print_results(table: Results, confidence: float) -> None:
    """Print the headline scores, one line a scenario and agent."""
    interval = f"{confidence * 100:g} % interval"
    rows = [row for row in table.rows if row.headline]
    _print(_table(rows, interval), bool(rows))
    for row in table.rows:
        for name, chance in row.pass_k.items():
            _say(f"{row.scenario}, {row.agent}, {row.scorer}: {name} = {chance:.3f}")
    paired = [row for row in table.differences if row.headline]
    _print(_table(paired, interval), bool(paired))


def print_all_scores(table: Results) -> None:
    """Print what every scorer says."""
    others = [row for row in table.rows if not row.headline]
    rows = [*others, *(row for row in table.overall if row.headline)]
    _print(_table(rows, "interval"), bool(rows))


def print_errors(folder: RunFolder) -> None:
    """Print why episodes failed, each reason once with its count."""
    reasons: Counter[str] = Counter()
    places: set[str] = set()
    for episode, seal in folder.manifest.episodes.items():
        if seal.reason == "error":
            end = read_trajectory(folder.episode_path(episode)).end or {}
            error = end.get("error", {})
            reasons[error.get("message", "no reason recorded")] += 1
            places.add(error.get("where", ""))
    for reason, count in reasons.most_common(MOST_REASONS):
        _say(f"{count} failed: {reason}")
    if reasons:
        # An agent's own fault is there again the next time.
        again = "" if places == {"agent"} else "; the same command plays them again"
        _say(f"Failed episodes are missing data{again}.")


def print_assisted(folder: RunFolder) -> None:
    """Print how many episodes had help: hints, or oversight beyond approval."""
    verbs: Counter[str] = Counter()
    count = 0
    for spec in folder.manifest.plan.episodes():
        if spec.episode not in folder.manifest.episodes:
            continue
        if spec.oversight is None and spec.scenario.environment != SHELL:
            continue
        record = read_trajectory(folder.episode_path(spec.episode))
        count += bool(record.assisted)
        verbs.update(record.assisted)
    if count:
        told = ", ".join(f"{verb} in {n}" for verb, n in sorted(verbs.items()))
        _say(f"{count} of {len(folder.manifest.episodes)} assisted: {told}")


def print_unscored(rows: Iterable[Row]) -> None:
    """Print why episodes that ended well have no score, grouped and counted."""
    reasons: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for reason, count in row.why_unscored.items():
            reasons[row.scorer, reason] += count
    for (scorer, reason), count in reasons.most_common(MOST_REASONS):
        _say(f"{count} unscored, {scorer}: {reason}")


def print_failed_checks(folder: RunFolder) -> None:
    """Print which checks of shell tasks failed, where they should have judged."""
    reasons: Counter[str] = Counter()
    for spec in folder.manifest.plan.episodes():
        seal = folder.manifest.episodes.get(spec.episode)
        if seal is None or spec.scenario.environment != SHELL:
            continue
        evidence = read_trajectory(folder.episode_path(spec.episode)).evidence
        for milestone in evidence.get("milestones", ()):
            if FAILED_CHECK.match(milestone["reason"]):
                told = FAILED_CHECK.sub("", milestone["reason"])
                reasons[f"{spec.scenario.name}: {milestone['id']}: {told}"] += 1
    for reason, count in reasons.most_common(MOST_REASONS):
        _say(f"{count} judged by a check that failed: {reason}")


def print_main_tables(sections: Iterable[Section]) -> None:
    """Print those tables of analyses that a run is read by."""
    for section in sections:
        if not (section.tables or section.figures):
            _say(f"{section.title}: {section.text}")
        for table in section.tables:
            if not table.main:
                continue
            printed = Table(box=SIMPLE_HEAD, pad_edge=False, title=Text(table.title))
            for i, name in enumerate(table.columns):
                if any(isinstance(row[i], str) for row in table.rows):
                    printed.add_column(Text(shown(name)), overflow="fold")
                else:
                    head = _heading(name, [written(row[i]) for row in table.rows])
                    printed.add_column(head, justify="right", no_wrap=True)
            above: Sequence[Value] = ()
            for row in table.rows:
                told = [Text(shown(written(value))) for value in row]
                if above[:1] == row[:1]:
                    told[0] = Text("")  # it is read on from the line above
                printed.add_row(*told)
                above = row
            _print(printed, bool(table.rows))


def _heading(name: str, below: Sequence[str]) -> Text:
    """Return a heading no wider than what is below it, where its words allow it."""
    widest = max(map(len, below), default=1)
    lines = wrap(shown(name), widest, break_long_words=False, break_on_hyphens=False)
    return Text("\n".join(lines))


def print_scores(scores: Sequence[Score]) -> None:
    """Print the scores of one episode."""
    for score in scores:
        value = "unscored" if score.value is None else f"{score.value:.4g}"
        _say(f"{score.scorer}: {value}{f' ({score.reason})' if score.reason else ''}")


def _table(rows: Iterable[Row], interval: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("scenario", "agent", "score"):
        table.add_column(name, overflow="fold")
    for name in ("value", interval, "n", "episodes", "errors"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            *(Text(shown(t)) for t in (row.scenario, row.agent, row.scorer)),
            _number(row.estimate.value),
            _interval(row.estimate),
            str(row.estimate.n),
            str(row.played)
            if row.played == row.planned
            else f"{row.played}/{row.planned}",
            str(row.errors),
        )
    return table


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    return f"[{estimate.low:.3f}, {estimate.high:.3f}]"


def _print(table: Table, any_rows: bool) -> None:
    if any_rows:
        console().print(table)


def _say(text: str) -> None:
    console().print(Text(shown(text)), soft_wrap=True)


def console() -> Console:
    """Return where tables are printed: the terminal, or something of a fixed width."""
    found = Console()
    return found if found.is_terminal else Console(width=_WIDTH)
