"""What people reached, beside the agents: human baselines on the page."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Section, Table, Value
from ..baselines import Baseline, human_baselines
from ..errors import UserError
from ..run_folder import RunFolder

__all__ = ["baselines_of", "people_section"]

REACHED_NOTE = (
    "Episodes that people played to an end without help. Success is by the scenario's "
    "first scorer of zeros and ones."
)
MINUTES_NOTE = (
    "Minutes on the task, pauses left out, of all of these episodes and of those that "
    "succeeded: the median, and the geometric mean with its interval. Paused is a mean."
)


def baselines_of(folders: Sequence[RunFolder], confidence: float) -> list[Baseline]:
    """Return the human baselines of runs; none where a record of people is damaged.

    The report's limits name the damage.
    """
    try:
        return human_baselines(folders, confidence)
    except UserError:
        return []


def people_section(found: Sequence[Baseline]) -> Section:
    """Return what people reached in each scenario, and how long it took them."""
    return Section(title="Human baselines", tables=[_reached(found), _minutes(found)])


def _reached(found: Sequence[Baseline]) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(one.scenario, one.episodes, one.scorer, one.score, one.success),
            *(one.assisted, one.missing),
        )
        for one in found
    ]
    return Table(
        title="What people reached",
        columns=(
            *("scenario", "episodes", "score", "value", "success"),
            *("with help", "missing"),
        ),
        rows=rows,
        note=REACHED_NOTE,
    )


def _minutes(found: Sequence[Baseline]) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(one.scenario, one.minutes.n, one.minutes.median, one.minutes.geometric),
            *(one.minutes_of_successes.n, one.minutes_of_successes.median),
            *(one.minutes_of_successes.geometric, one.paused),
        )
        for one in found
    ]
    return Table(
        title="How long it took them",
        columns=(
            *("scenario", "timed", "median", "geometric mean", "succeeded"),
            *("median of these", "geometric mean of these", "paused"),
        ),
        rows=rows,
        note=MINUTES_NOTE,
    )
