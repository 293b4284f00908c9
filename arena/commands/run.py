"""`arena run`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UnknownName, UserError
from .options import as_json, confidence, ks

if TYPE_CHECKING:
    from ..agent import AgentSpec
    from ..results import Results
    from ..run import RunOutcome
    from ..run_folder import RunFolder

__all__ = ["run"]


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SUITE|SCENARIO…")
@click.option("--agent", "agents", multiple=True, metavar="NAME", help="Who plays.")
@click.option("--model", metavar="PROVIDER:NAME", help="For agents that need one.")
@click.option("--base-url", metavar="URL", help="Of a server that is not the default.")
@click.option(
    "--seat", "seats", multiple=True, metavar="SEAT=AGENT", help="Who sits elsewhere."
)
@click.option(
    "--agent-option", multiple=True, metavar="NAME=VALUE", help="As `list agents` says."
)
@click.option(
    "--model-option", multiple=True, metavar="NAME=VALUE", help="Of the model's class."
)
@click.option("--price", metavar="IN,OUT", help="US dollars per million tokens.")
@click.option("--limit", "limits", multiple=True, metavar="NAME=VALUE", help="Instead.")
@click.option("--items", type=click.IntRange(min=1), help="Of each set of items.")
@click.option("--epochs", type=click.IntRange(min=1), help="Repeats of each scenario.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--max-concurrency", type=click.IntRange(min=1), default=16, show_default=True
)
@click.option("--sandbox", metavar="KIND", help="docker or bubblewrap.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder.")
@confidence
@ks
@as_json
def run(
    scenarios: tuple[str, ...],
    agents: tuple[str, ...],
    model: str | None,
    base_url: str | None,
    seats: tuple[str, ...],
    agent_option: tuple[str, ...],
    model_option: tuple[str, ...],
    price: str | None,
    limits: tuple[str, ...],
    items: int | None,
    epochs: int | None,
    seed: int,
    max_concurrency: int,
    sandbox: str | None,
    out: Path | None,
    confidence: float,
    ks: tuple[int, ...],
    as_json: bool,
) -> int:
    """Play suites or scenarios, score them and print the table.

    The same command on the same folder goes on where it stopped: it plays only what is
    missing, and what failed for an infrastructure reason. An option of an agent goes to
    every agent that takes it.

    \b
    arena run quickstart
    arena run games/blackjack --agent basic-strategy --epochs 2000 --seed 1
    arena run quickstart --agent chat --model openai:gpt-5
    arena run quickstart --agent chat --model openai:NAME --base-url http://HOST/v1
    arena run ./my-scenario --agent chat:openai:gpt-5 --seat player-2=level-3
    """
    from ..agent import AgentSpec
    from ..analysis import analyse
    from ..plan import make_plan
    from ..progress import make_observer
    from ..results import results
    from ..run import run as play
    from ..run_folder import RunFolder
    from ..scenario import load_suite
    from ..tables import (
        print_errors,
        print_failed_checks,
        print_main_tables,
        print_results,
        print_unscored,
    )
    from ..text import shown

    seated = dict(_pair("--seat", text) for text in seats)
    named = [AgentSpec.parse(name) for name in (*agents, *seated.values())]
    options: dict[str, Any] = dict(_value("--agent-option", o) for o in agent_option)
    if base_url is not None:
        options["base_url"] = base_url
    if model_option:
        options["model_options"] = dict(
            _value("--model-option", o) for o in model_option
        )
    specs = _equipped(named, model, options, _price(price))
    plan = make_plan(
        [load_suite(name) for name in scenarios],
        agents=specs[: len(agents)],
        seats=dict(zip(seated, specs[len(agents) :], strict=True)),
        epochs=epochs,
        seed=seed,
        limits=_limits(limits),
        sandbox=sandbox,
        items=items,
    )
    path = out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{_slug(plan.suite)}"
    with make_observer() as observer:
        outcome = play(plan, path, observer=observer, max_concurrency=max_concurrency)
    folder = RunFolder(path)
    table = results(folder.manifest, folder.scores(), confidence=confidence, ks=ks)
    if as_json:
        _print_json(folder, outcome, table)
    else:
        print_results(table, confidence)
        print_main_tables(analyse([folder]))
        print_errors(folder)
        print_unscored(row for row in table.rows if row.headline)
        print_failed_checks(folder)
        for name, reason in plan.left_out.items():
            click.echo(shown(f"left out {name}: {reason}"))
        click.echo(f"played {outcome.played}, there already {outcome.already}")
        click.echo(f"run: {shown(str(path))}")
        click.echo(f"digest: {folder.manifest.digest}")
    if outcome.interrupted:
        click.echo("arena: interrupted; the same command goes on from here", err=True)
        return 130
    return 1 if table.errors else 0


def _print_json(folder: RunFolder, outcome: RunOutcome, table: Results) -> None:
    from ..text import json_text

    told = {
        "run": folder.manifest.run,
        "path": str(folder.path),
        "digest": folder.manifest.digest,
        "left_out": folder.manifest.plan.left_out,
        **asdict(outcome),
        **table.as_dict(),
    }
    click.echo(json_text(told))


def _equipped(
    agents: list[AgentSpec],
    model: str | None,
    options: dict[str, Any],
    price: tuple[float, float] | None,
) -> list[AgentSpec]:
    """Give every agent what it takes of the model and the options.

    Raises:
        UserError: If there is something that no agent takes.
    """
    from ..arguments import Arguments
    from ..registry import load

    taken: set[str] = set()
    known: set[str] = set()
    equipped: list[AgentSpec] = []
    for agent in agents:
        names = set(Arguments.of_class(load("agents", agent.name)).types)
        known |= names
        own = {name: value for name, value in options.items() if name in names}
        taken |= set(own)
        changes: dict[str, Any] = {"options": own}
        if "model" in names:
            taken.add("model")
            changes |= {"model": agent.model or model, "price": price}
        equipped.append(agent.model_copy(update=changes))
    if model is not None and "model" not in taken:
        raise UserError(f"--model {model}: no agent here takes one; add --agent chat")
    if price is not None and "model" not in taken:
        raise UserError("--price: no agent here has a model")
    for name in options:
        if name not in taken:
            raise UnknownName("agent option", name, known - {"model"})
    return equipped


def _limits(texts: tuple[str, ...]) -> dict[str, Any]:
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


def _price(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        first, second = (float(part) for part in text.split(","))
        if not (0 <= first < float("inf") and 0 <= second < float("inf")):
            raise ValueError(text)
    except ValueError:
        raise UserError(
            f"--price {text!r}: write two numbers, US dollars per million input and "
            "output tokens, as in 1.25,10"
        ) from None
    return first, second


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UserError(f"{option} {text!r}: write NAME=VALUE")
    return name, value


def _value(option: str, text: str) -> tuple[str, Any]:
    """Read `NAME=VALUE`, the value as JSON where it is, else as text."""
    name, value = _pair(option, text)
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        read = value
    try:
        json.dumps(read, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise UserError(f"{option} {name}: not text that can be recorded") from None
    return name, read


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.")
