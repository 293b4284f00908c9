"""How far the best agent of each scenario is ahead, and how firm that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ..analysis import Section, Table, Value
from ..autonomy.plays import CONTROLS
from ..intervals import Estimate, paired_difference
from ..metrics.sensitivity import fewest
from ..paired_runs import Comparison, Pair, Side, compare, units_of
from ..registry import load
from ..scoring import Scorer
from .plots import intervals_figure
from .records import Run

__all__ = ["Lead", "leads_of", "leads_section"]

NOTE = (
    "The leader is who has the best mean of its own, and the lead by how much it does "
    "better than each of the others in the same worlds, by Student's t. Above 0 is "
    "better for the leader, also where less is better. It was chosen by these same "
    "scores, which flatters it. Oracle, null and cheats check a scenario: they are not "
    "compared."
)


@dataclass(frozen=True, slots=True)
class Lead:
    """The leader of a scenario and one other agent, by the scenario's headline.

    Attributes:
        leader: Its name on this page.
        other: That of whom it is compared with.
        pairs: Episodes that both have a score of, the leader's first.
        missing: Pairs that were planned and of which a score is missing.
        estimate: Of the lead.
        higher: Whether higher scores are better.
        rate: Whether scores lie between 0 and 1.
    """

    scenario: str
    scorer: str
    leader: str
    other: str
    pairs: Sequence[Pair]
    missing: int
    estimate: Estimate
    higher: bool
    rate: bool

    @property
    def ahead(self) -> bool:
        """Whether the interval of the lead is above 0."""
        return self.estimate.low is not None and self.estimate.low > 0

    def bounds(self) -> tuple[float, float] | None:
        """Return the mean lead over all pairs if the missing were worst, and best.

        None where nothing is missing, or scores have no ends.
        """
        if not (self.rate and self.missing):
            return None
        n = len(self.pairs) + self.missing
        there = sum(self._lead(pair) for pair in self.pairs)
        return (there - self.missing) / n, (there + self.missing) / n

    def flips(self) -> int | None:
        """Return how many other outcomes are enough to bring 0 into the interval.

        An outcome turns into the opposite end of its scale; those come first that
        matter most. None where nobody is ahead, or scores have no ends.
        """
        if not (self.rate and self.ahead):
            return None
        bad, good = (0.0, 1.0) if self.higher else (1.0, 0.0)
        # Of equal turns first those that also make the pairs differ most.
        turns = sorted(
            (-abs(value - end), self._lead(pair), at, side)
            for at, pair in enumerate(self.pairs)
            for side, (value, end) in enumerate(
                zip(pair.values, (bad, good), strict=True)
            )
        )

        def enough(count: int) -> bool:
            values = [list(pair.values) for pair in self.pairs]
            for *_, at, side in turns[:count]:
                values[at][side] = (bad, good)[side]
            turned = [
                pair._replace(values=(a, b))
                for pair, (a, b) in zip(self.pairs, values, strict=True)
            ]
            return self._lost(turned)

        return fewest(len(turns), enough)

    def removals(self) -> int | None:
        """Return how many pairs left out are enough to bring 0 into the interval.

        Those that favour the leader most go first. None where nobody is ahead, or
        where even the last two pairs do not have 0 in their interval.
        """
        if not self.ahead:
            return None
        order = sorted(self.pairs, key=self._lead, reverse=True)
        most = max(0, len(order) - 2)
        return fewest(most, lambda count: self._lost(order[count:]))

    def _lead(self, pair: Pair) -> float:
        return pair.difference if self.higher else -pair.difference

    def _lost(self, pairs: Sequence[Pair]) -> bool:
        """Return whether such pairs have 0 in their interval, or lie below it."""
        level = self.estimate.confidence
        found = _turned(paired_difference(units_of(pairs), level), self.higher)
        # Where all leads are equal there is no interval, and nothing is lost by that.
        low = found.value if found.low is None else found.low
        return low is None or low <= 0


def leads_of(
    runs: Sequence[Run], confidence: float = 0.95
) -> tuple[list[Lead], list[str]]:
    """Compare the best agent of each scenario with each other one, by its headline.

    Agents of several runs are compared where they met the same worlds.

    Args:
        runs: With their scores.
        confidence: Of the intervals.

    Returns:
        The leads, and what else differs between those that are compared.
    """
    sides: dict[tuple[str, str], list[tuple[Side, float]]] = {}
    for run in runs:
        for key, side, mean in _means(run):
            if side.agent not in CONTROLS:
                sides.setdefault(key, []).append((side, mean))
    known: dict[tuple[str, str], Comparison] = {}
    found: list[Lead] = []
    for (scenario, scorer), entries in sides.items():
        higher = _judge(scorer).better == "higher"
        best, _ = (max if higher else min)(entries, key=lambda entry: entry[1])
        for other, _ in entries:
            if other is best:
                continue
            pair = best.name, other.name
            if pair not in known:
                known[pair] = compare(best, other, confidence)
            found += _leads(known[pair], scenario, scorer)
    # In one run nothing can differ but who plays what.
    across = known.values() if len(runs) > 1 else ()
    caveats = [caveat for one in across for caveat in one.caveats]
    return found, list(dict.fromkeys(caveats))


def leads_section(found: Sequence[Lead]) -> Section:
    """Return how far the best agents are ahead."""
    rows: list[Sequence[Value]] = [
        (
            *(lead.scenario, lead.scorer, lead.leader, lead.other, len(lead.pairs)),
            *(lead.missing, lead.estimate, lead.estimate.n),
        )
        for lead in found
    ]
    columns = ("scenario", "score", "leader", "other", "pairs", "missing", "lead", "n")
    figures = [
        intervals_figure(
            f"Leads by {scorer}",
            [
                (f"{lead.scenario}: {lead.leader} over", lead.other, lead.estimate)
                for lead in found
                if lead.scorer == scorer
            ],
            zero=True,
        )
        for scorer in dict.fromkeys(lead.scorer for lead in found)
    ]
    return Section(
        title="Agents compared",
        tables=[Table(title="Leads", columns=columns, rows=rows, note=NOTE)],
        figures=figures,
    )


def _means(run: Run) -> Iterator[tuple[tuple[str, str], Side, float]]:
    """Yield scenario and headline, who has played it, and the mean of its scores."""
    values: dict[tuple[str, str, str], list[float]] = {}
    headlines = {
        scenario.ref.name: scenario.scorers[0].name
        for scenario in run.folder.manifest.plan.scenarios
    }
    for record in run.records:
        if record.parent is not None:  # a fork is no play of a whole world
            continue
        scorer = headlines[record.spec.scenario.name]
        for score in run.scores.get(record.spec.episode, ()):
            if score.scorer == scorer and score.value is not None:
                key = record.spec.scenario.name, scorer, record.spec.label
                values.setdefault(key, []).append(score.value)
    for (scenario, scorer, agent), own in values.items():
        name = f"{agent} ({run.name})" if run.where else agent
        yield (scenario, scorer), Side(run.folder, agent, name), fmean(own)


def _leads(comparison: Comparison, scenario: str, scorer: str) -> Iterator[Lead]:
    judge = _judge(scorer)
    higher = judge.better == "higher"
    for difference in comparison.differences:
        if (difference.scenario, difference.scorer) != (scenario, scorer):
            continue
        if difference.pairs:
            yield Lead(
                *(scenario, scorer, comparison.first.name, comparison.second.name),
                pairs=[
                    pair
                    for pair in comparison.pairs
                    if (pair.scenario, pair.scorer) == (scenario, scorer)
                ],
                missing=difference.missing,
                estimate=_turned(difference.estimate, higher),
                higher=higher,
                rate=judge.measure == "rate",
            )


def _turned(estimate: Estimate, higher: bool) -> Estimate:
    """Return an estimate of which more is better."""
    if higher or estimate.value is None:
        return estimate
    low, high = (None if e is None else -e for e in (estimate.high, estimate.low))
    return replace(estimate, value=0.0 - estimate.value, low=low, high=high)


def _judge(scorer: str) -> Scorer:
    return load("scorers", scorer)
