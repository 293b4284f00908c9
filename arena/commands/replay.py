"""`arena replay`."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UserError
from .options import as_json, episode_file
from .replayed import verify_by_replay

if TYPE_CHECKING:
    from ..trajectory import Trajectory

__all__ = ["replay"]


@click.command()
@click.argument("episode", type=click.Path(path_type=Path), metavar="RUN[/EPISODE]")
@click.option(
    "--verify", is_flag=True, help="Play it again and compare it with its record."
)
@click.option(
    "--max-concurrency",
    type=click.IntRange(min=1),
    default=8,
    show_default=True,
    help="Of episodes played again at once.",
)
@click.option(
    "--at",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Start at event N; 0 is the beginning, with the instructions.",
)
@click.option("--seat", help="Only what this seat sees, says and does.")
@click.option("--kind", help="Only observation, message, step, note, header or end.")
@as_json
def replay(
    episode: Path,
    verify: bool,
    max_concurrency: int,
    at: int,
    seat: str | None,
    kind: str | None,
    as_json: bool,
) -> int:
    """Step through an episode: next, back, jump, search, filter.

    It is named by RUN/EPISODE or by the file of its record. Where standard output is no
    terminal, it is printed from there on.

    With --verify, of an episode or of a whole run: what agents said is played again
    against a new environment with the recorded seed, and every observation, reward and
    end is compared with the record.

    \b
    arena replay runs/a/EPISODE
    arena replay runs/a --verify
    """
    from ..stepping import Stepping
    from ..transcript import transcript

    if verify:
        if at or seat or kind:
            raise UserError("--verify compares all of a record: leave --at, --seat out")
        return verify_by_replay(
            episode, max_concurrency=max_concurrency, as_json=as_json
        )
    if as_json:
        raise UserError(
            "--json goes with --verify; `arena show --json` prints a record"
        )
    path = episode_file(episode)
    trajectory = _read(path)
    stepping = Stepping(trajectory, at=at, seat=seat, kind=kind)
    if _has_screen():
        from ..stepper import step_through

        step_through(stepping)
    else:
        numbers = [n for n in stepping.entries if n >= stepping.position]
        for line in transcript(trajectory, numbers):
            click.echo(line)
    return 0


def _read(path: Path) -> Trajectory:
    from ..trajectory import read_trajectory

    # A record holds no cycles, and to look for them doubles the time of a large one.
    gc.disable()
    try:
        trajectory = read_trajectory(path, as_far_as_it_goes=True)
        gc.freeze()
        return trajectory
    finally:
        gc.enable()


def _has_screen() -> bool:
    terminals = sys.stdin.isatty() and sys.stdout.isatty()
    return terminals and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")
