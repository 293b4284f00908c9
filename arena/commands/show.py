"""`arena show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import (
    as_json,
    confidence,
    episode_file,
    ks,
    run_argument,
    split_episode,
)

if TYPE_CHECKING:
    from ..run_folder import RunFolder

__all__ = ["show"]


@click.command()
@run_argument
@click.option(
    "--part",
    type=click.IntRange(min=1),
    metavar="N",
    help="Hand N of an episode, with all cards and what was expected.",
)
@confidence
@ks
@as_json
def show(
    run: Path,
    part: int | None,
    confidence: float,
    ks: tuple[int, ...],
    as_json: bool,
) -> int:
    """Show a run (RUN), or one episode of it (RUN/EPISODE).

    An episode's file is a readable path too. Text that agents wrote is shown with its
    control characters spelt out.
    """
    from ..run_folder import RunFolder

    path, episode = split_episode(run)
    folder = RunFolder(path)
    if part is not None:
        _show_part(folder, episode, part, as_json)
    elif episode is None:
        _show_run(folder, confidence, ks, as_json)
    else:
        _show_episode(folder, episode, as_json)
    return 0


def _show_run(
    folder: RunFolder, confidence: float, ks: tuple[int, ...], as_json: bool
) -> None:
    from ..analysis import analyse
    from ..forks import forks_section
    from ..results import results
    from ..tables import (
        print_all_scores,
        print_assisted,
        print_errors,
        print_failed_checks,
        print_main_tables,
        print_results,
        print_unscored,
    )
    from ..text import json_text, shown

    table = results(folder.manifest, folder.scores(), confidence=confidence, ks=ks)
    manifest = folder.manifest
    if as_json:
        analyses = [section.as_dict() for section in analyse([folder])]
        told = {"run": manifest.run, "digest": manifest.digest, **table.as_dict()}
        told |= {"analyses": analyses}
        click.echo(json_text(told))
        return
    print_results(table, confidence)
    print_all_scores(table)
    forks = forks_section(folder, confidence=confidence)
    print_main_tables([*([forks] if forks else []), *analyse([folder])])
    print_errors(folder)
    print_assisted(folder)
    print_unscored(table.rows)
    print_failed_checks(folder)
    planned = sum(1 for _ in manifest.plan.episodes())
    click.echo(
        shown(
            f"suite {manifest.plan.suite}, seed {manifest.plan.seed}, started "
            f"{manifest.started}, {len(manifest.episodes)} of {planned} episodes played"
        )
    )
    click.echo(f"digest: {manifest.digest}")


def _show_part(
    folder: RunFolder, episode: str | None, part: int, as_json: bool
) -> None:
    from dataclasses import asdict

    from ..analysis import read_part
    from ..errors import UserError
    from ..text import json_text, shown

    if episode is None:
        raise UserError("--part is of one episode: name it, as RUN/EPISODE")
    block = read_part(folder, episode, part)
    if as_json:
        click.echo(json_text(asdict(block)))
        return
    lines = [block.title, "", *block.text.splitlines(), "", block.caption]
    for line in lines:
        click.echo(shown(line))


def _show_episode(folder: RunFolder, episode: str, as_json: bool) -> None:
    from ..tables import print_scores
    from ..text import json_shown
    from ..trajectory import read_trajectory, split_lines
    from ..transcript import transcript

    file = episode_file(folder.path / episode)
    trajectory = read_trajectory(file, as_far_as_it_goes=True)
    if as_json:
        whole, _ = split_lines(file.read_bytes())
        for line in whole[: len(trajectory.events) + 1]:
            click.echo(json_shown(line.decode(errors="surrogateescape")))
        if trajectory.damage is not None:
            raise trajectory.damage
        return
    for line in transcript(trajectory):
        click.echo(line)
    print_scores(folder.scores().get(episode, []))
