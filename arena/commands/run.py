"""`arena run`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UserError
from .agents import agent_options, read_limits, seated_by
from .options import as_json, confidence, ks
from .played import code_of, print_played

if TYPE_CHECKING:
    from ..oversight import Oversight
    from ..results import Results
    from ..run import RunOutcome
    from ..run_folder import RunFolder

__all__ = ["run"]


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SUITE|SCENARIO…")
@click.option("--agent", "agents", multiple=True, metavar="NAME", help="Who plays.")
@click.option(
    "--seat", "seats", multiple=True, metavar="SEAT=AGENT", help="Who sits elsewhere."
)
@agent_options
@click.option("--items", type=click.IntRange(min=1), help="Of each set of items.")
@click.option("--epochs", type=click.IntRange(min=1), help="Repeats of each scenario.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--max-concurrency", type=click.IntRange(min=1), default=16, show_default=True
)
@click.option("--sandbox", metavar="KIND", help="docker or bubblewrap.")
@click.option("--variant", metavar="ID", help="Of tasks that have it, as hard.")
@click.option(
    "--perturb", multiple=True, metavar="ID", help="Also with what changes: X1 to X9."
)
@click.option(
    "--hints-after",
    type=click.IntRange(min=1),
    metavar="CALLS",
    help="A hint of the task's after so many calls each.",
)
@click.option(
    "--oversight",
    metavar="ask|FILE",
    help="You, or rules, decide on each call and on what is seen.",
)
@click.option("-v", "--verbose", is_flag=True, help="What was judged of each episode.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder.")
@confidence
@ks
@as_json
def run(
    scenarios: tuple[str, ...],
    agents: tuple[str, ...],
    seats: tuple[str, ...],
    limits: tuple[str, ...],
    items: int | None,
    epochs: int | None,
    seed: int,
    max_concurrency: int,
    sandbox: str | None,
    variant: str | None,
    perturb: tuple[str, ...],
    hints_after: int | None,
    oversight: str | None,
    verbose: bool,
    out: Path | None,
    confidence: float,
    ks: tuple[int, ...],
    as_json: bool,
    **of_agents: Any,
) -> int:
    """Play suites or scenarios, score them and print the table.

    The same command on the same folder goes on where it stopped: it plays only what is
    missing, and what failed for an infrastructure reason. An option of an agent goes to
    every agent that takes it, or to the one that stands after @.

    \b
    arena run quickstart
    arena run games/blackjack --agent basic-strategy --epochs 2000 --seed 1
    arena run quickstart --agent chat --model openai:gpt-5
    arena run quickstart --agent chat --model openai:NAME --base-url http://HOST/v1
    arena run ./my-scenario --agent chat:openai:gpt-5 --seat player-2=level-3
    """
    from ..planning import make_plan
    from ..progress import make_observer
    from ..results import results
    from ..run import run as play
    from ..run_folder import RunFolder
    from ..scenario import load_suite
    from ..variations import varied

    players, seated = seated_by(agents, seats, **of_agents)
    plan = make_plan(
        varied(
            [load_suite(name) for name in scenarios],
            variant=variant,
            perturb=perturb,
            hints_after=hints_after,
        ),
        agents=players,
        seats=seated,
        epochs=epochs,
        seed=seed,
        limits=read_limits(limits),
        sandbox=sandbox,
        items=items,
        oversight=_oversight(oversight),
    )
    path = out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-{_slug(plan.suite)}"
    with make_observer(plain=plan.asks_a_person) as observer:
        outcome = play(plan, path, observer=observer, max_concurrency=max_concurrency)
    folder = RunFolder(path)
    table = results(folder.manifest, folder.scores(), confidence=confidence, ks=ks)
    if as_json:
        _print_json(folder, outcome, table)
    else:
        if verbose:
            _print_judged(folder)
        print_played(folder, outcome, table, confidence)
    return code_of(outcome, table)


def _oversight(text: str | None) -> Oversight | None:
    """Read who oversees: `ask` for a person here, or a policy file."""
    from ..oversight import Oversight, read_oversight

    if text is None:
        return None
    if text != "ask":
        return read_oversight(Path(text))
    if not sys.stdin.isatty():
        raise UserError("--oversight ask: there is no terminal to ask on")
    return Oversight(person=True)


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


def _print_judged(folder: RunFolder) -> None:
    from ..text import shown
    from ..transcript import judgement

    for episode in folder.manifest.episodes:
        click.echo(shown(f"\n{episode}"))
        for line in judgement(folder.trajectory(episode)):
            click.echo(line)


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip("-.")
