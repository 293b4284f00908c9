"""The cross table of agents that meet each other, as a table and as a heat map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arena.analysis import Episode, Figure, Section, Table
from arena.cross_table import CrossTable, cross_table
from arena.text import shown

from .minds_charts import heat_map

__all__ = ["cross_section"]

MOST_DRAWN = 16


def cross_section(episodes: Sequence[Episode], parts: str) -> Iterator[Section]:
    """Yield who wins how much of whom, where an agent is also another's opponent.

    Args:
        episodes: Of one environment.
        parts: What its parts are called: hands or rounds.
    """
    if not _meet_each_other(episodes):
        return
    crossed = cross_table(episodes)
    one = parts.removesuffix("s")
    titled = f"{crossed.unit} a {one}"
    figure = Figure(
        title=f"Who wins how much of whom, in {titled}",
        caption=(
            "Of the row's agent against the column's, with half of its 95 % interval; "
            "blue wins, orange loses, and stronger is more."
        ),
        draw=lambda canvas: heat_map(
            canvas,
            crossed.agents[:MOST_DRAWN],
            {pair: cell.estimate for pair, cell in crossed.cells.items()},
        ),
        size=(7.0, 1.4 + 0.5 * min(MOST_DRAWN, len(crossed.agents))),
    )
    yield Section(
        title="Who beats whom",
        tables=[_matrix(crossed, titled), _pairs(crossed, parts)],
        figures=[figure],
    )


def _meet_each_other(episodes: Sequence[Episode]) -> bool:
    """Return whether an agent under test also sits opposite another."""
    tested = {e.seats[seat].label for e in episodes for seat in e.tested}
    opposite = {
        spec.label
        for e in episodes
        for seat, spec in e.seats.items()
        if seat not in e.tested
    }
    return bool(tested & opposite) or any(len(e.tested) > 1 for e in episodes)


def _matrix(crossed: CrossTable, titled: str) -> Table:
    return Table(
        title=f"Cross table, {titled}",
        columns=("agent", *map(shown, crossed.agents)),
        rows=[
            (
                row,
                *(
                    crossed.cells[row, column].estimate
                    if (row, column) in crossed.cells
                    else None
                    for column in crossed.agents
                ),
            )
            for row in crossed.agents
        ],
        note=(
            "What the row's agent wins of the column's, the mean of both seats on the "
            "same deals. Intervals are Student's t over sessions, or over the deals of "
            "the only one."
        ),
    )


def _pairs(crossed: CrossTable, parts: str) -> Table:
    order = crossed.agents.index
    return Table(
        title="Matches",
        columns=(
            *("agent", "opponent", "matches", parts, "wins", "interval over"),
            *("missing", "cut short", f"{parts} forfeited", "and by the opponent"),
        ),
        rows=[
            (
                *(cell.row, cell.column, cell.matches, cell.parts, cell.estimate),
                *(cell.n_of, cell.missing, cell.cut, cell.forfeits),
                crossed.cells[cell.column, cell.row].forfeits,
            )
            for cell in crossed.cells.values()
            if order(cell.row) < order(cell.column)
        ],
        note=(
            "A match is a session in all rotations of the seats. Missing: an episode "
            "of it failed or was not played; cut short: by a limit."
        ),
    )
