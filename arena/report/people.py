"""What people reached, beside the agents: human baselines on the page."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Section, Table, Value
from ..baselines import Baseline, human_baselines
from ..errors import UserError
from ..run_folder import RunFolder

__all__ = ["baselines_of", "people_section"]

NOTE = (
    "Episodes that people played to an end without help. Minutes are those on the "
    "task, pauses left out: the median, and the geometric mean with its interval, of "
    "all and of those that succeeded. Success is by the scenario's first scorer of "
    "zeros and ones."
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
    rows: list[Sequence[Value]] = [
        (
            *(one.scenario, one.episodes, one.scorer, one.score, one.success),
            *(one.minutes.median, one.minutes.geometric),
            *(one.minutes_of_successes.median, one.minutes_of_successes.geometric),
            *(one.paused, one.assisted, one.missing),
        )
        for one in found
    ]
    return Section(
        title="Human baselines",
        tables=[
            Table(
                title="People",
                columns=(
                    *("scenario", "episodes", "score", "value", "success"),
                    *("minutes: median", "geometric mean"),
                    *("of successes: median", "of successes: geometric mean"),
                    *("paused", "with help", "missing"),
                ),
                rows=rows,
                note=NOTE,
            )
        ],
    )
