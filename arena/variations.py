"""Scenarios as a command varies them: in a variant, with changes under way, with hints.

A scenario in a variant is called `NAME@VARIANT`, one with a perturbation `NAME+ID`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .errors import UnknownName, UserError
from .scenario import Scenario, Suite
from .task_folder import load_task

__all__ = ["varied"]


def varied(
    suites: Sequence[Suite],
    *,
    variant: str | None = None,
    perturb: Sequence[str] = (),
    hints_after: int | None = None,
) -> list[Suite]:
    """Return suites whose shell tasks are varied; other scenarios stay as they are.

    Args:
        suites: What is to be played.
        variant: Tasks that have it are played in it, and the others as they are.
        perturb: For each of these, every task is there once more, in the same worlds,
            so that the two can be paired.
        hints_after: After so many calls each, a task's next hint is shown.

    Raises:
        UserError: If no task has the variant, or nothing here is a task.
    """
    if variant is None and not perturb and hints_after is None:
        return list(suites)
    scenarios = [scenario for suite in suites for _, scenario in suite.entries]
    if not any(scenario.is_task for scenario in scenarios):
        raise UserError("--variant, --perturb and --hints-after are of shell tasks")
    known = {name for scenario in scenarios for name in _variants(scenario)}
    if variant is not None and variant not in known:
        raise UnknownName("variant", variant, known)
    return [
        replace(
            suite,
            entries=tuple(
                (entry, made)
                for entry, scenario in suite.entries
                for made in _made(scenario, variant, perturb, hints_after)
            ),
        )
        for suite in suites
    ]


def _made(
    scenario: Scenario,
    variant: str | None,
    perturb: Sequence[str],
    hints_after: int | None,
) -> Iterator[Scenario]:
    if not scenario.is_task:
        yield scenario
        return
    if hints_after is not None:
        scenario = _with(scenario, "", hints_after=hints_after)
    if variant in _variants(scenario):
        scenario = _with(scenario, f"@{variant}", variant=variant)
    yield scenario
    for id in perturb:
        yield _with(scenario, f"+{id}", perturb=[id])


def _with(scenario: Scenario, suffix: str, **parameters: Any) -> Scenario:
    own = {**scenario.content.parameters, **parameters}
    content = scenario.content.model_copy(update={"parameters": own})
    return replace(scenario, name=scenario.name + suffix, content=content)


def _variants(scenario: Scenario) -> list[str]:
    """Return the ids of a task's variants; none for what is no task."""
    if not scenario.is_task:
        return []
    task = load_task(scenario.content.parameters["task"])
    return [variant.id for variant in task.arena.variants]
