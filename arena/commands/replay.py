"""`arena replay`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from .options import episode_file

__all__ = ["replay"]


@click.command()
@click.argument("episode", type=click.Path(path_type=Path), metavar="EPISODE")
@click.option(
    "--at",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Start at event N; 0 is the beginning, with the instructions.",
)
@click.option("--seat", help="Only what this seat sees, says and does.")
@click.option("--kind", help="Only observation, message, step, note, header or end.")
def replay(episode: Path, at: int, seat: str | None, kind: str | None) -> int:
    """Step through an episode: next, back, jump, search, filter.

    EPISODE is RUN/EPISODE or the file of a record. Where standard output is no
    terminal, it is printed from there on.
    """
    from ..stepping import Stepping
    from ..trajectory import read_trajectory
    from ..transcript import transcript

    path = episode_file(episode)
    trajectory = read_trajectory(path, as_far_as_it_goes=True)
    stepping = Stepping(trajectory, at=at, seat=seat, kind=kind)
    if _has_screen():
        from ..stepper import step_through

        step_through(stepping)
    else:
        numbers = [n for n in stepping.entries if n >= stepping.position]
        for line in transcript(trajectory, numbers):
            click.echo(line)
    return 0


def _has_screen() -> bool:
    terminals = sys.stdin.isatty() and sys.stdout.isatty()
    return terminals and os.environ.get("TERM", "dumb") not in ("dumb", "unknown")
