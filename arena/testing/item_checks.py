"""Checks of scenarios with items: their gates, and agents that know or see too much."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, sqrt
from pathlib import Path
from typing import Any, cast

import anyio

from ..agent import AgentSpec, Selective
from ..audit import Audit, audit
from ..episode import play
from ..items import Item
from ..planning import make_plan
from ..redaction import Redactor
from ..registry import environment_class, make_agent
from ..scenario import Scenario, Suite, SuiteEntry
from ..trajectory import read_trajectory
from .checks import CheckFailed

__all__ = ["Played", "audit_scenario", "check_items", "has_items"]

ITEMS_A_CELL = 1000
MOST_ITEMS = 30_000
PLAYED = 40
# The few that are played are not balanced as a period is.
ERRORS = 4.0

_Items = Callable[..., Iterator[Item]]


@dataclass(frozen=True)
class Played:
    """How two agents did, of `n` items each.

    Attributes:
        n: Items played.
        oracle: Share that the agent got right that knows the answers; 1.
        reality: Share of the agent that answers what is so; None where it is no
            shortcut in any item played.
    """

    n: int
    oracle: float
    reality: float | None

    def __str__(self) -> str:
        told = f"oracle {self.oracle:g}"
        if self.reality is not None:
            told += f", reality {self.reality:.2f}"
        return f"{told} in {self.n} items played"


def has_items(scenario: Scenario) -> bool:
    """Return whether a scenario asks items that can be audited."""
    return scenario.content.items is not None and _source(scenario) is not None


def audit_scenario(scenario: Scenario, *, items: int = ITEMS_A_CELL) -> Audit:
    """Audit a scenario's items: all of a file, else many that its generator makes.

    A rule that is at chance exceeds two standard errors in one of 44 cells by accident.
    So where rules fail, twice as many items of another set are made, and a rule fails
    that fails in both.

    Args:
        scenario: One with items.
        items: How many of each cell, in whole periods of the generator; fewer where
            that were more than 30,000 in all.
    """
    parameters = scenario.content.parameters
    source = cast(_Items, _source(scenario))
    period = Counter(item.cell for item in source(parameters, 0))
    length = period.total()
    if environment_class(scenario.environment)(**parameters).most_items is not None:
        return audit(source(parameters, 0))
    periods = ceil(items / min(period.values()))
    periods = max(1, min(periods, MOST_ITEMS // length))
    first = audit(source(parameters, 0, length * periods))
    if all(row.passed for row in first.rows):
        return first
    again = audit(source(parameters, 1, 2 * length * periods))
    confirmed = {(row.cell, row.rule): row for row in again.rows}
    return replace(
        first,
        rows=tuple(
            row if row.passed else confirmed.get((row.cell, row.rule), row)
            for row in first.rows
        ),
    )


def check_items(scenario: Scenario) -> Played | None:
    """Play some items of a scenario through the real loop.

    An agent that knows the answers must have all right; one that answers what is really
    so must be at chance where that is a shortcut. None where they cannot play.

    Raises:
        CheckFailed: If one of them does not.
    """
    oracle = make_agent(AgentSpec(name="oracle"))
    parameters = scenario.content.parameters
    if not isinstance(oracle, Selective) or oracle.refuses(
        scenario.environment, parameters
    ):
        return None
    known = [right for right, _ in _played(scenario, "oracle")]
    if not all(known):
        wrong = len(known) - sum(known)
        raise CheckFailed(f"the oracle is wrong in {wrong} of {len(known)} items")
    shortcuts = [
        (right, 1 / len(item["options"]))
        for right, item in _played(scenario, "reality")
        if "reality" in item["picks"] and "reality" not in item["fair"]
    ]
    if not shortcuts:
        return Played(len(known), 1.0, None)
    n = len(shortcuts)
    accuracy = sum(right for right, _ in shortcuts) / n
    chance = sum(each for _, each in shortcuts) / n
    if accuracy > chance + max(0.05, ERRORS * sqrt(chance * (1 - chance) / n)):
        raise CheckFailed(
            f"who answers what is really so is right in {accuracy:.0%} of {n} items, "
            f"where a guess is in {chance:.0%}"
        )
    return Played(len(known), 1.0, accuracy)


def _source(scenario: Scenario) -> _Items | None:
    kind = environment_class(scenario.environment)
    return cast("_Items | None", getattr(kind, "items", None))


def _played(scenario: Scenario, agent: str) -> list[tuple[bool, Mapping[str, Any]]]:
    """Play items from all over a period: whether each was right, and what it was."""
    source = cast(_Items, _source(scenario))
    period = sum(1 for _ in source(scenario.content.parameters, 0))
    entry = SuiteEntry(name=scenario.name, agents=[], epochs=1)
    suite = Suite(scenario.name, None, "", ((entry, scenario),))
    plan = make_plan([suite], agents=[AgentSpec(name=agent)], items=period)
    specs = list(plan.episodes())
    if len(specs) > PLAYED:
        specs = random.Random(0).sample(specs, PLAYED)
    results: list[tuple[bool, Mapping[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder:
        for spec in specs:
            path = Path(folder) / "episode.jsonl"
            anyio.run(play, spec, path, "check", Redactor())
            played = read_trajectory(path)
            path.unlink()
            if error := (played.end or {}).get("error"):
                raise CheckFailed(f"{spec.episode} failed: {error}")
            item = played.evidence["item"]
            right = played.evidence["answer"]["option"] == item["gold"]
            results.append((right, item))
    return results
