"""`arena fork`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ..errors import UserError
from .agents import agent_options, equipped
from .options import as_json, confidence, split_episode

if TYPE_CHECKING:
    from ..specification import Edit

__all__ = ["fork"]


@click.command()
@click.argument("episode", type=click.Path(path_type=Path), metavar="RUN/EPISODE")
@click.option(
    "--at",
    type=click.IntRange(min=0),
    multiple=True,
    metavar="N",
    help="After N of its steps; 0 is the start.",
)
@click.option("--each", is_flag=True, help="At every step of the seat, once.")
@click.option(
    "--agent", "agents", multiple=True, metavar="NAME", help="Who goes on from there."
)
@click.option(
    "--seat", "seats", multiple=True, help="Where; by default the tested ones."
)
@agent_options
@click.option("--epochs", type=click.IntRange(min=1), default=1, show_default=True)
@click.option(
    "--see", metavar="TEXT", help="What the seat sees there, in place of what it saw."
)
@click.option(
    "--do", metavar="JSON", help="Arguments of its next call, in place of its own."
)
@click.option("--anyway", is_flag=True, help="Even where the state differs.")
@click.option(
    "--max-concurrency", type=click.IntRange(min=1), default=16, show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="The forks' run folder.")
@confidence
@as_json
def fork(
    episode: Path,
    at: tuple[int, ...],
    each: bool,
    agents: tuple[str, ...],
    seats: tuple[str, ...],
    limits: tuple[str, ...],
    epochs: int,
    see: str | None,
    do: str | None,
    anyway: bool,
    max_concurrency: int,
    out: Path | None,
    confidence: float,
    as_json: bool,
    **of_agents: Any,
) -> int:
    """Let somebody else go on from a moment of a recorded episode (RUN/EPISODE).

    The steps before are played again and must come out as recorded; then the agent goes
    on, by default the same one again with other draws. The forks are a run of their own
    that stands beside its parent: score, show and report it as any other. Limits are
    the parent's.

    \b
    arena fork runs/a/EPISODE --at 3 --agent chat:openai:gpt-5 --epochs 5
    arena fork runs/a/EPISODE --each                # where was it lost?
    arena fork runs/a/EPISODE --at 3 --agent human
    arena fork runs/a/EPISODE --at 3 --do '{"command": "ls -a"}'
    """
    from ..agent import AgentSpec
    from ..forking import Wanted, plan_forks
    from ..progress import make_observer
    from ..run import run as play
    from ..run_folder import RunFolder

    if each == bool(at):
        raise UserError("say where: --at N, once or several times, or --each; not both")
    if limits:
        raise UserError("--limit: a fork has the limits of its parent")
    path, name = split_episode(episode)
    if name is None:
        raise UserError(f"{path} is a run: name an episode of it, as {path}/EPISODE")
    folder = RunFolder(path)
    specs = equipped([AgentSpec.parse(text) for text in agents], **of_agents)
    edit = _edit(see, do)
    plan = plan_forks(
        folder, name, Wanted(at, specs, seats, epochs, edit=edit, anyway=anyway)
    )
    out = out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-forks"
    with make_observer(plain=plan.asks_a_person) as observer:
        outcome = play(
            plan,
            out,
            observer=observer,
            max_concurrency=max_concurrency,
            parent=folder.episode_path(name),
        )
    errors = _print_forks(out, confidence, as_json)
    if outcome.interrupted:
        click.echo("arena: interrupted; the same command goes on from here", err=True)
        return 130
    return 1 if errors else 0


def _print_forks(out: Path, confidence: float, as_json: bool) -> int:
    """Print how the forks came out beside their parent; return how many failed."""
    from ..forks import forks_of, forks_section
    from ..run_folder import RunFolder
    from ..tables import print_errors, print_main_tables
    from ..text import json_text, shown

    forks = RunFolder(out)
    found = forks_of(forks, confidence=confidence)
    if as_json:
        told = {"path": str(out), "digest": forks.manifest.digest, **found.as_dict()}
        click.echo(json_text(told))
        return found.errors
    section = forks_section(forks, confidence=confidence)
    print_main_tables([section] if section else [])
    print_errors(forks)
    click.echo(f"run: {shown(str(out))}")
    click.echo(f"digest: {forks.manifest.digest}")
    return found.errors


def _edit(see: str | None, do: str | None) -> Edit | None:
    import json

    from ..specification import Edit

    if see is None and do is None:
        return None
    if see is not None and do is not None:
        raise UserError("--see and --do: change one thing at a time")
    if do is None:
        return Edit(observation=see)
    try:
        args = json.loads(do)
    except (ValueError, RecursionError) as error:
        raise UserError(f"--do: not JSON: {error}") from None
    if not isinstance(args, dict):
        raise UserError('--do: not an object, as {"command": "ls"}')
    return Edit(args=cast(dict[str, Any], args))
