"""What agents keep when the world changes, and agents beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from arena.analysis import Section, Table, Value
from arena.autonomy.adaptation import FEWEST_SUCCESSES, pairs_of, retention
from arena.autonomy.comparison import paired
from arena.autonomy.plays import Play
from arena.autonomy.scores import estimate, tasks_of

from .answers import grouped

__all__ = ["changes", "compared"]

KEPT_NOTE = (
    "Pairs of the same world with the change and without. Kept: the sum of scores with "
    "it, as a share of that without, over pairs that it touched and that scored "
    f"without it; not told of fewer than {FEWEST_SUCCESSES} successes without it. "
    "Recovery: median requests from its touch until something was achieved that the "
    "unchanged twin achieved too and it had not yet. Switch: median requests until "
    "another way was tried. Both count only pairs in which that came."
)
PAIRED_NOTE = (
    "By how much the first agent scores more in the same scenarios, seeds and epochs, "
    "by t with scenarios as clusters. Of many comparisons some differ by chance."
)
GAP_NOTE = (
    "The best of the agents by its mean score over all that it played itself, and by "
    "how much it is ahead in the same worlds: the elicitation gap, where agents are "
    "one model in several scaffolds. It is chosen by the same runs, which flatters it."
)


def changes(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate what agents keep under perturbations.

    Args:
        agents: The episodes of each.
    """
    rows: list[Sequence[Value]] = []
    for agent, plays in agents.items():
        for name, pairs in sorted(
            grouped(pairs_of(plays), lambda p: p.perturbation).items()
        ):
            found = retention(pairs)
            rows.append(
                (
                    *(agent, name, found.pairs, found.touched, found.kept),
                    *(found.recovery, found.recovered, found.switch, found.switched),
                    found.why or None,
                )
            )
    if rows:
        table = Table(
            title="Kept under changes",
            columns=(
                *("agent", "change", "pairs", "touched", "kept A", "recovery"),
                *("recovered", "switch", "switched", "not told since"),
            ),
            rows=rows,
            note=KEPT_NOTE,
        )
        yield Section(title="Autonomy: adaptation to changes", tables=[table])
    elif any(play.about.perturbations for own in agents.values() for play in own):
        text = "No changed world has a scored twin without the change: nothing to pair."
        yield Section(title="Autonomy: adaptation to changes", text=text)


def compared(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate agents, or runs of one, in the same worlds.

    Args:
        agents: The episodes of each.
    """
    rows: list[Sequence[Value]] = []
    for first, second in combinations(agents, 2):
        difference, scenarios = paired(agents[first], agents[second])
        if difference.n:
            rows.append((first, second, difference.n, scenarios, difference))
    if not rows:
        return
    tables = [
        Table(
            title="Differences of score",
            columns=("agent", "minus", "pairs", "scenarios", "difference of S"),
            rows=rows,
            note=PAIRED_NOTE,
        ),
        _gaps(agents),
    ]
    yield Section(
        title="Autonomy: agents compared", tables=[t for t in tables if t.rows]
    )


def _gaps(agents: Mapping[str, Sequence[Play]]) -> Table:
    means = {agent: estimate(tasks_of(plays)) for agent, plays in agents.items()}
    known = {agent: e.value or 0.0 for agent, e in means.items() if e is not None}
    rows: list[Sequence[Value]] = []
    best = max(known, key=lambda agent: known[agent], default=None)
    for agent in known if best is not None and len(known) > 1 else ():
        if agent != best and best is not None:
            gap, _ = paired(agents[best], agents[agent])
            rows.append((best, means[best], agent, means[agent], gap.n, gap))
    return Table(
        title="Behind the best",
        columns=("best", "its S", "agent", "its own S", "pairs", "gap"),
        rows=[row for row in rows if row[4]],
        note=GAP_NOTE,
    )
