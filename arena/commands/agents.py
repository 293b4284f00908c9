"""What a command line says of its agents: models, options, prices and limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import UnknownName, UserError

if TYPE_CHECKING:
    from ..agent import AgentSpec

__all__ = ["agent_options", "equipped", "pair", "read_limits", "seated_by"]

Command = TypeVar("Command", bound=Callable[..., Any])
Price = tuple[float, float]


def agent_options(command: Command) -> Command:
    """Add the options that say what agents are made of, and `--limit`.

    All but `limits` are for `equipped`, by the names that it has for them.
    """
    for option in (
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="NAME=VALUE",
            help="In place of the scenario's own, as turns=30.",
        ),
        click.option(
            "--price",
            multiple=True,
            metavar="IN,OUT[@AGENT]",
            help="US dollars per million tokens.",
        ),
        click.option(
            "--model-option",
            multiple=True,
            metavar="NAME[@AGENT]=VALUE",
            help="Of the model's class.",
        ),
        click.option(
            "--agent-option",
            multiple=True,
            metavar="NAME[@AGENT]=VALUE",
            help="As `list agents` says.",
        ),
        click.option(
            "--base-url", metavar="URL", help="Of a server that is not the default."
        ),
        click.option("--model", metavar="PROVIDER:NAME", help="For who needs one."),
    ):
        command = option(command)
    return command


def equipped(
    agents: Sequence[AgentSpec],
    *,
    model: str | None,
    base_url: str | None,
    agent_option: Sequence[str],
    model_option: Sequence[str],
    price: Sequence[str],
) -> list[AgentSpec]:
    """Give every agent what it takes of the model and the options.

    What is for no agent by name goes to all that take it; `NAME@AGENT=VALUE` goes to
    the one that the command line calls AGENT, and comes before what is for all.

    Raises:
        UserError: If there is something that no agent takes.
    """
    given = _by_agent(dict(_value("--agent-option", o) for o in agent_option))
    if base_url is not None:
        given.setdefault("", {})["base_url"] = base_url
    of_models = _by_agent(dict(_value("--model-option", o) for o in model_option))
    for agent, options in of_models.items():
        shared = of_models.get("", {})
        given.setdefault(agent, {})["model_options"] = {**shared, **options}
    prices = dict(_price(text) for text in price)
    _check_known(agents, [*given, *prices])
    _check_taken(agents, given, model, bool(prices))
    return [_equip(agent, given, model, prices) for agent in agents]


def seated_by(
    agents: Sequence[str], seats: Sequence[str], **of_agents: Any
) -> tuple[list[AgentSpec], dict[str, AgentSpec]]:
    """Return who plays, and who sits in single seats, with what they are made of.

    Args:
        agents: Of `--agent`.
        seats: Of `--seat`, as `SEAT=AGENT`.
        of_agents: As for `equipped`.

    Raises:
        UserError: If a text names no agent, or an option is for none of them.
    """
    from ..agent import AgentSpec

    named = dict(pair("--seat", text) for text in seats)
    specs = [AgentSpec.parse(name) for name in (*agents, *named.values())]
    made = equipped(specs, **of_agents)
    others = made[len(agents) :]
    return made[: len(agents)], dict(zip(named, others, strict=True))


def read_limits(texts: Sequence[str]) -> dict[str, Any]:
    """Read limits by name.

    Raises:
        UserError: For an unknown limit or a value out of range.
    """
    from pydantic import ValidationError

    from ..limits import Limits

    given = dict(_value("--limit", text) for text in texts)
    for name in given:
        if name not in Limits.model_fields:
            raise UnknownName("limit", name, Limits.model_fields)
    try:
        Limits.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"--limit {first['loc'][0]}: {first['msg']}") from None
    return given


def pair(option: str, text: str) -> tuple[str, str]:
    """Read `NAME=VALUE`.

    Raises:
        UserError: If either is empty.
    """
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UserError(f"{option} {text!r}: write NAME=VALUE")
    return name, value


def _equip(
    agent: AgentSpec,
    given: Mapping[str, Mapping[str, Any]],
    model: str | None,
    prices: Mapping[str, Price],
) -> AgentSpec:
    names = _takes(agent)
    shared = {k: v for k, v in given.get("", {}).items() if k in names}
    changes: dict[str, Any] = {"options": {**shared, **given.get(agent.label, {})}}
    if "model" in names:
        price = prices.get(agent.label, prices.get(""))
        changes |= {"model": agent.model or model, "price": price}
    return agent.model_copy(update=changes)


def _takes(agent: AgentSpec) -> set[str]:
    """Return the names of an agent's arguments."""
    from ..arguments import Arguments
    from ..registry import load

    return set(Arguments.of_class(load("agents", agent.name)).types)


def _check_known(agents: Sequence[AgentSpec], addressed: Sequence[str]) -> None:
    labels = {agent.label for agent in agents}
    for label in addressed:
        if label and label not in labels:
            raise UnknownName("agent after @", label, labels)


def _check_taken(
    agents: Sequence[AgentSpec],
    given: Mapping[str, Mapping[str, Any]],
    model: str | None,
    priced: bool,
) -> None:
    """Refuse what is given and would change nothing."""
    takes = {agent.label: _takes(agent) for agent in agents}
    known = {name for names in takes.values() for name in names}
    if model is not None and "model" not in known:
        raise UserError(
            f"--model {model}: no agent here takes one; name one that does, as chat"
        )
    if priced and "model" not in known:
        raise UserError("--price: no agent here has a model")
    for label, options in given.items():
        taken = takes.get(label, known) - {"model"}
        for name in options:
            if name not in taken:
                raise UnknownName("agent option", name, taken)


def _by_agent(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Sort options `NAME` and `NAME@AGENT` by agent, those for all under ""."""
    sorted_: dict[str, dict[str, Any]] = {}
    for text, value in given.items():
        name, _, agent = text.partition("@")
        sorted_.setdefault(agent, {})[name] = value
    return sorted_


def _price(text: str) -> tuple[str, Price]:
    numbers, _, agent = text.partition("@")
    try:
        first, second = (float(part) for part in numbers.split(","))
        if not (0 <= first < float("inf") and 0 <= second < float("inf")):
            raise ValueError(text)
    except ValueError:
        raise UserError(
            f"--price {text!r}: write two numbers, US dollars per million input and "
            "output tokens, as in 1.25,10"
        ) from None
    return agent, (first, second)


def _value(option: str, text: str) -> tuple[str, Any]:
    """Read `NAME=VALUE`, the value as JSON where it is, else as text."""
    name, value = pair(option, text)
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        read = value
    try:
        json.dumps(read, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise UserError(f"{option} {name}: not text that can be recorded") from None
    return name, read
