"""Planning a run, with everything checked that can be checked before it starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .agent import Agent, AgentSpec, Selective
from .arguments import Arguments
from .env import Env
from .errors import UnknownName, UserError
from .limits import Limits
from .oversight import Oversight
from .plan import Plan, PlannedScenario
from .redaction import Redactor
from .registry import environment_class, make_agent, make_env, sandbox_provider
from .scenario import MOST_EPOCHS, MOST_ITEMS, Scenario, Suite, SuiteEntry
from .seat_agents import agent_of
from .trajectory import ScenarioRef

__all__ = ["check_agents", "make_plan"]


def make_plan(
    suites: Sequence[Suite],
    *,
    agents: Sequence[AgentSpec] = (),
    seats: Mapping[str, AgentSpec] | None = None,
    epochs: int | None = None,
    seed: int = 0,
    limits: Mapping[str, Any] | None = None,
    sandbox: str | None = None,
    items: int | None = None,
    oversight: Oversight | None = None,
) -> Plan:
    """Plan a run and check everything in it that can be checked before it starts.

    Args:
        suites: What to play.
        agents: Who takes the open seats; by default the baselines that a suite names.
        seats: Agents for single seats, in place of the scenario's own.
        epochs: Repeats; by default what a suite says, or 1.
        seed: Of the run.
        limits: Fields of `Limits` in place of the scenario's own.
        sandbox: The kind of sandbox, where a scenario has one.
        items: How many items of each scenario that has items; all of a file that holds
            fewer.
        oversight: Who decides on the calls of the agents under test.

    Raises:
        UserError: For a seat that no scenario has, an agent that cannot be made, two
            agents or scenarios that one table could not tell apart.
    """
    seats = dict(seats or {})
    if items is not None and items > MOST_ITEMS:
        raise UserError(f"--items {items}: at most {MOST_ITEMS:,}")
    if epochs is not None and epochs > MOST_EPOCHS:
        raise UserError(f"--epochs {epochs}: at most {MOST_EPOCHS:,}")
    entries = [pair for suite in suites for pair in suite.entries]
    planned: list[PlannedScenario] = []
    left_out: dict[str, str] = {}
    for entry, scenario in entries:
        try:
            parameters = _settled(scenario, sandbox)
        except UserError as error:
            if not entry.optional:
                raise
            left_out[scenario.name] = str(error)
            continue
        planned.append(
            _planned(
                entry, scenario, parameters, agents, seats, epochs, limits or {}, items
            )
        )
    if not planned:
        raise UserError("; ".join(left_out.values()))
    _check_asked_for(planned, left_out, sandbox, items)
    _check_seats_exist(seats, planned)
    _check_distinct("scenario", [p.ref.name for p in planned])
    _check_distinct("scenario file name", [p.slug for p in planned])
    _check_other_items(planned)
    for scenario in planned:
        _check_distinct("agent", [a.slug for a in scenario.agents])
    check_agents(planned)
    _check_no_secret(planned)
    name = "+".join(suite.name for suite in suites)
    return Plan(
        suite=name,
        seed=seed,
        scenarios=planned,
        left_out=left_out,
        oversight=oversight,
    )


def _planned(
    entry: SuiteEntry,
    scenario: Scenario,
    parameters: dict[str, Any],
    agents: Sequence[AgentSpec],
    seats: Mapping[str, AgentSpec],
    epochs: int | None,
    limits: Mapping[str, Any],
    items: int | None,
) -> PlannedScenario:
    content = scenario.content
    env = make_env(scenario.environment, parameters)
    fixed = {
        seat: [agent_of(given) for given in seated]
        for seat, seated in content.seats.items()
    }
    fixed |= {seat: [agent] for seat, agent in seats.items() if seat in env.seats}
    players = list(agents) or [AgentSpec.parse(name) for name in entry.agents]
    if not players:
        raise UserError(
            f"{scenario.name}: nobody to play; name an agent, as in --agent random"
        )
    open_seats = [seat for seat in env.seats if seat not in fixed]
    if not open_seats:
        raise UserError(f"{scenario.name}: every seat is taken, none is left to test")
    return PlannedScenario(
        ref=ScenarioRef(
            name=scenario.name,
            digest=scenario.digest,
            environment=scenario.environment,
            parameters=parameters,
        ),
        description=content.description,
        seats=list(env.seats),
        open_seats=open_seats,
        fixed=fixed,
        seeds=content.seeds,
        items=_items(content.items and (items or entry.items or content.items), env),
        rotate=content.rotate,
        limits=Limits.model_validate(content.limits.model_dump() | dict(limits)),
        scorers=content.scorers,
        control=content.control,
        agents=players,
        epochs=epochs or entry.epochs or 1,
    )


def _items(wanted: int | None, env: Env) -> int | None:
    """Return how many items are played: no more than there are."""
    return wanted and min(wanted, env.most_items or wanted)


def _settled(scenario: Scenario, sandbox: str | None) -> dict[str, Any]:
    """Return the parameters of a scenario as every episode will have them."""
    kind = environment_class(scenario.environment)
    parameters = dict(scenario.content.parameters)
    if sandbox is not None and "sandbox" in Arguments.of_class(kind).types:
        sandbox_provider(sandbox)
        parameters["sandbox"] = sandbox
    return kind.settle(parameters)


def _check_asked_for(
    planned: Sequence[PlannedScenario],
    left_out: Mapping[str, str],
    sandbox: str | None,
    items: int | None,
) -> None:
    """Refuse what is asked for and would change nothing here."""
    boxed = any("sandbox" in p.ref.parameters for p in planned)
    if sandbox and not (boxed or left_out):
        raise UserError(f"--sandbox {sandbox}: no scenario here runs commands")
    if items is not None and not any(p.items for p in planned):
        raise UserError(f"--items {items}: no scenario here has items")


def _check_seats_exist(
    seats: Mapping[str, AgentSpec], planned: Sequence[PlannedScenario]
) -> None:
    known = {seat for p in planned for seat in (*p.open_seats, *p.fixed)}
    for seat in seats:
        if not any(seat in p.fixed or seat in p.open_seats for p in planned):
            raise UnknownName("seat", seat, known)
    for p in planned:
        unknown = [seat for seat in seats if seat not in {*p.open_seats, *p.fixed}]
        if unknown:
            own = [*p.open_seats, *p.fixed]
            raise UserError(
                f"{p.ref.name} has no seat {unknown[0]!r}; its seats: {', '.join(own)}"
            )


def _check_distinct(kind: str, names: Sequence[str]) -> None:
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise UserError(f"{kind} {name!r} is there {count} times; name it once")


def _check_other_items(planned: Sequence[PlannedScenario]) -> None:
    """Refuse two scenarios that would ask the very same items, as if they were more."""
    seen: dict[str, str] = {}
    for p in planned:
        asked = p.ref.model_dump_json(include={"environment", "parameters"})
        if p.items and seen.setdefault(asked, p.ref.name) != p.ref.name:
            raise UserError(
                f"{seen[asked]} and {p.ref.name} ask the same items: their environment "
                "and parameters are equal; change one, or leave one out"
            )


def _check_no_secret(planned: Sequence[PlannedScenario]) -> None:
    """Refuse secrets in what the manifest keeps."""
    clean = Redactor()
    for scenario in planned:
        given = scenario.model_dump(mode="json", exclude={"ref": {"digest"}})
        if clean.value(given) != given:
            raise UserError(
                f"{scenario.ref.name}: a parameter or an option looks like a secret; "
                "they are recorded, so set the provider's environment variable instead"
            )


def check_agents(planned: Sequence[PlannedScenario]) -> None:
    """Make every agent once, so that a wrong one is found before anything is played.

    Raises:
        UserError: If one cannot be made, cannot play there, or lacks a price where the
            cost is limited.
    """
    made: dict[str, Agent] = {}
    for scenario in planned:
        fixed = [agent for agents in scenario.fixed.values() for agent in agents]
        for agent in [*scenario.agents, *fixed]:
            key = agent.model_dump_json()
            if key not in made:
                made[key] = make_agent(agent)
            _check_plays(agent.label, made[key], scenario.ref)
            if scenario.limits.cost_usd is not None and agent.model and not agent.price:
                raise UserError(
                    f"{scenario.ref.name} limits the cost, but {agent.label!r} has no "
                    "price: give --price INPUT,OUTPUT in US dollars per million tokens"
                )


def _check_plays(label: str, agent: Agent, scenario: ScenarioRef) -> None:
    if not isinstance(agent, Selective):
        return
    reason = agent.refuses(scenario.environment, scenario.parameters)
    if reason is not None:
        raise UserError(f"agent {label!r} cannot play {scenario.name}: {reason}")
