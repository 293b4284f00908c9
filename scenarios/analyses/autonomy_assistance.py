"""How far agents get with help: hints one by one, and an expert's choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from arena.analysis import Section, Table, Value
from arena.autonomy.assistance import bits_of, hinted, hints_needed, ladder
from arena.autonomy.plays import Play

__all__ = ["assistance"]

LADDER_NOTE = (
    "Of runs in which hints were on offer after a stall: the share that succeeded with "
    "so many hints or fewer, and the mean score of those that were shown just so many. "
    "Needed: the median number of hints of those that succeeded. These runs are "
    "assisted, and in no other score."
)
BITS_NOTE = (
    "What an expert's choices among samples were worth, per run. By rank: Σ log₂ "
    "i(i + 1) of the i-th sample chosen, of runs that succeeded. Judged: Σ -log₂ of "
    "the share of samples that would have done, of runs in which that was judged at "
    "every step; infinite where none would have, or the run did not succeed all the "
    "same. Implied: mean chance of getting through without the expert."
)


def assistance(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate what hints and an expert's choices brought.

    Args:
        agents: The episodes of each.
    """
    tables = [table for table in (_ladders(agents), _bits(agents)) if table.rows]
    if tables:
        yield Section(title="Autonomy: with help", tables=tables)


def _ladders(agents: Mapping[str, Sequence[Play]]) -> Table:
    rows: list[Sequence[Value]] = []
    for agent, plays in agents.items():
        own = hinted(plays)
        needed = hints_needed(own)
        rows += [
            (agent, rung.hints, rung.succeeded, rung.shown, rung.score, needed)
            for rung in ladder(own)
        ]
    return Table(
        title="Hints",
        columns=("agent", "hints", "succeeded", "runs", "score S", "needed"),
        rows=rows,
        note=LADDER_NOTE,
    )


def _bits(agents: Mapping[str, Sequence[Play]]) -> Table:
    rows: list[Sequence[Value]] = []
    for agent, plays in agents.items():
        found = bits_of(plays)
        if found is not None:
            judged = len(found.totals)
            rows.append(
                (
                    *(agent, found.episodes, found.succeeded, found.by_rank),
                    *(judged, found.empirical, found.implied),
                )
            )
    return Table(
        title="Bits of an expert",
        columns=(
            *("agent", "runs", "succeeded", "by rank"),
            *("judged runs", "judged", "implied"),
        ),
        rows=rows,
        note=BITS_NOTE,
    )
