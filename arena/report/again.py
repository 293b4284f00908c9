"""The command that plays a run again, found by trying."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from ..agent import AgentSpec
from ..errors import UserError
from ..plan import Plan, PlannedScenario
from ..planning import make_plan
from ..scenario import Suite, load_suite

__all__ = ["command_of"]


def command_of(plan: Plan) -> str | None:
    """Return an `arena run` command that makes this plan here, or None.

    A manifest keeps what a command came to and not its words, so commands are tried:
    without agents and repeats, which a suite may name itself, and with them. Only one
    whose plan has the same fingerprint is told.
    """
    names = plan.suite.split("+")
    try:
        suites = [load_suite(name) for name in names]
    except UserError:
        return None
    for agents, epochs, items, sandbox in _tries(plan.scenarios):
        if _makes(plan, suites, agents, epochs, items, sandbox):
            words = ["arena", "run", *names, *_words(agents)]
            given = {"--epochs": epochs, "--items": items, "--sandbox": sandbox}
            given["--seed"] = plan.seed or None
            for option, value in given.items():
                words += [] if value is None else [option, str(value)]
            return shlex.join(words)
    return None


def _tries(
    scenarios: Sequence[PlannedScenario],
) -> Iterator[tuple[list[AgentSpec], int | None, int | None, str | None]]:
    """Yield what a command may have said, the shortest first."""
    first = scenarios[0]
    kinds = {s.ref.parameters.get("sandbox") for s in scenarios} - {None}
    for sandbox in (None, *sorted(map(str, kinds))):
        for items in dict.fromkeys((None, max((s.items or 0) for s in scenarios))):
            for epochs in (None, first.epochs):
                for agents in ([], list(first.agents)):
                    yield agents, epochs, items or None, sandbox


def _makes(
    plan: Plan,
    suites: Sequence[Suite],
    agents: Sequence[AgentSpec],
    epochs: int | None,
    items: int | None,
    sandbox: str | None,
) -> bool:
    try:
        made = make_plan(
            suites,
            agents=agents,
            epochs=epochs,
            seed=plan.seed,
            sandbox=sandbox,
            items=items,
        )
    except UserError:  # such as --items where a scenario has none
        return False
    return made.fingerprint == plan.fingerprint


def _words(agents: Sequence[AgentSpec]) -> Iterator[str]:
    for agent in agents:
        yield from ("--agent", agent.label)
        for name, value in agent.options.items():
            option, told = "--agent-option", {name: value}
            if name == "model_options":
                option, told = "--model-option", value
            for key, setting in told.items():
                yield from (option, f"{key}@{agent.label}={json.dumps(setting)}")
        if agent.price is not None:
            price = ",".join(f"{amount:g}" for amount in agent.price)
            yield from ("--price", f"{price}@{agent.label}")
