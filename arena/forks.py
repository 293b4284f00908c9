"""How the forks of an episode came out, beside their parent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .analysis import Figure, Section, Table, Value
from .branch import moments
from .errors import UserError, one_line
from .intervals import Estimate, mean_interval, rate_interval
from .plan import Forks
from .registry import load
from .results import cells_of
from .run_folder import RunFolder
from .scoring import Scorer, score_trajectory
from .trajectory import Trajectory, read_trajectory
from .verify import parent_problem

__all__ = ["ForkRow", "FoundForks", "forks_of", "forks_section"]

_LONGEST_CALL = 32


@dataclass(frozen=True)
class ForkRow:
    """All forks of one agent at one moment, by one scorer."""

    agent: str
    step: int
    """After how many steps of the parent."""
    seat: str | None
    """Whose turn it was."""
    parents_call: str
    """What the parent's seat did next."""
    scorer: str
    estimate: Estimate
    """Of the forks' scores."""
    planned: int
    parent: float | None
    """The parent's own score; None where it has none."""


@dataclass(frozen=True)
class FoundForks:
    """What a run of forks says.

    Attributes:
        episode: The parent.
        rows: By agent, scorer and moment.
        errors: Forks that failed for an infrastructure reason: missing data.
    """

    episode: str
    rows: Sequence[ForkRow]
    errors: int

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        return asdict(self)


def forks_of(folder: RunFolder, *, confidence: float = 0.95) -> FoundForks:
    """Compare the forks of a run with their parent, moment by moment.

    Raises:
        UserError: If it is no run of forks, or its copy of the parent is damaged.
    """
    forks = folder.manifest.plan.forks
    if forks is None:
        raise UserError(f"{folder.path}: no run of forks")
    if (problem := parent_problem(folder)) is not None:
        raise UserError(str(problem))
    parent = read_trajectory(folder.parent_path)
    scenario = folder.manifest.plan.scenarios[0]
    own = {s.scorer: s.value for s in score_trajectory(parent, scenario.scorers)}
    next_calls = _next_calls(parent)
    repeats = scenario.epochs // len(forks.at)
    cells = cells_of(folder.manifest, folder.scores())
    rows: list[ForkRow] = []
    for (_, agent, scorer), cell in cells.items():
        for number, step in enumerate(forks.at):
            epochs = range(number * repeats, (number + 1) * repeats)
            values = [v for (_, epoch), v in cell.values.items() if epoch in epochs]
            seat, call = next_calls.get(step, (None, ""))
            rows.append(
                ForkRow(
                    agent=agent,
                    step=step,
                    seat=seat,
                    parents_call=call,
                    scorer=scorer,
                    estimate=_estimate(scorer, values, confidence),
                    planned=repeats,
                    parent=own.get(scorer),
                )
            )
    headline = scenario.scorers[0].name
    errors = sum(c.errors for (_, _, scorer), c in cells.items() if scorer == headline)
    return FoundForks(forks.episode, rows, errors)


def forks_section(
    folder: RunFolder, where: str = "", *, confidence: float = 0.95
) -> Section | None:
    """Return the forks of a run with their parent; None for a run of no forks.

    Args:
        folder: The run.
        where: Behind the title, where a page has several runs.
        confidence: Of intervals.
    """
    forks = folder.manifest.plan.forks
    if forks is None:
        return None
    try:
        found = forks_of(folder, confidence=confidence)
    except UserError:
        text = "They have no parent to stand beside: its copy in the run is damaged."
        return Section(title=f"Forks{where}", text=text)
    headline, *others = dict.fromkeys(row.scorer for row in found.rows)
    several = len({row.step for row in found.rows}) > 1
    tables = [_table(found, headline, main=True), *(_table(found, s) for s in others)]
    figures = [_figure(found, headline)] if several else []
    return Section(
        title=f"Forks{where}",
        text=_told(forks, found.episode),
        tables=tables,
        figures=figures,
    )


def _told(forks: Forks, episode: str) -> str:
    edit = ""
    if forks.edit is not None and forks.edit.observation is not None:
        edit = " What the seat saw there was changed; such episodes count as assisted."
    if forks.edit is not None and forks.edit.args is not None:
        edit = " Its next call was changed; such episodes count as assisted."
    seats = ", ".join(forks.seats)
    return (
        f"Other courses of `{episode}`: its first steps were played again and came out "
        f"as recorded, then the agent went on at {seats}.{edit} All forks of one "
        "moment share one world, so an interval says how much the agent varies there, "
        "and nothing of other worlds."
    )


def _table(found: FoundForks, scorer: str, *, main: bool = False) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(row.agent, row.step, f"{row.seat}: {row.parents_call}"),
            *(row.estimate, f"{row.estimate.n} of {row.planned}"),
            *(row.parent, _difference(row)),
        )
        for row in found.rows
        if row.scorer == scorer
    ]
    return Table(
        title=scorer,
        columns=(
            *("agent", "after step", "then the parent"),
            *("forks", "scored", "parent", "difference"),
        ),
        rows=rows,
        note="Difference: of the forks' mean from the parent's own score.",
        main=main,
    )


def _difference(row: ForkRow) -> float | None:
    value, parent = row.estimate.value, row.parent
    return None if value is None or parent is None else value - parent


def _figure(found: FoundForks, scorer: str) -> Figure:
    rows = [row for row in found.rows if row.scorer == scorer]
    return Figure(
        title=f"{scorer}, by the moment of the fork",
        caption=(
            "Where it was lost: the forks' score at each moment, with its interval "
            "where there are several; the dashed line is the parent's own score."
        ),
        draw=lambda canvas: _draw(canvas, rows, scorer),
    )


def _draw(canvas: Any, rows: Sequence[ForkRow], scorer: str) -> None:
    from .report.figures import MUTED, series

    axes = canvas.subplots()
    for number, agent in enumerate(dict.fromkeys(row.agent for row in rows)):
        colour, marker = series(number)
        own = [r for r in rows if r.agent == agent and r.estimate.value is not None]
        steps = [row.step for row in own]
        axes.plot(
            steps,
            [row.estimate.value for row in own],
            color=colour,
            marker=marker,
            label=agent,
        )
        for row in own:
            if row.estimate.low is not None and row.estimate.high is not None:
                span = (row.estimate.low, row.estimate.high)
                axes.vlines(row.step, *span, color=colour, linewidth=1)
    parent = rows[0].parent
    if parent is not None:
        axes.axhline(parent, color=MUTED, linestyle="--", label="parent")
    axes.set_xlabel("after step")
    axes.set_ylabel(scorer)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend()


def _estimate(scorer: str, values: Sequence[float], confidence: float) -> Estimate:
    judge: Scorer = load("scorers", scorer)
    interval = rate_interval if judge.measure == "rate" else mean_interval
    return interval(values, confidence)


def _next_calls(parent: Trajectory) -> Mapping[int, tuple[str | None, str]]:
    """Return by steps who was in turn in the parent, and what it called."""
    return dict(reversed(list(_calls(parent))))


def _calls(parent: Trajectory) -> Iterator[tuple[int, tuple[str | None, str]]]:
    events = parent.events
    for moment in moments(events):
        # Without a slice, which would copy a long record for every moment of it.
        after = (events[n] for n in range(moment.at, len(events)))
        message = next((e.data for e in after if e.kind == "message"), None)
        if message is not None:
            calls = "; ".join(map(_told_call, message["tool_calls"]))
            yield moment.steps, (moment.seat, one_line(calls, _LONGEST_CALL) or "–")


def _told_call(call: Mapping[str, Any]) -> str:
    args = call["args"].items()
    told = ", ".join(f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in args)
    return f"{call['name']}({told})"
