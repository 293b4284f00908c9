"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = [
    "as_json",
    "confidence",
    "episode_file",
    "ks",
    "run_argument",
    "split_episode",
]

as_json = click.option("--json", "as_json", is_flag=True, help="For programs to read.")


def _a_number(
    context: click.Context, parameter: click.Parameter, value: float
) -> float:
    if value != value:  # nan lies in every range
        raise click.BadParameter("nan is not a number between 0 and 1")
    return value


confidence = click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    callback=_a_number,
    default=0.95,
    show_default=True,
    help="Of intervals.",
)
ks = click.option(
    "--k", "ks", type=click.IntRange(min=1), multiple=True, help="pass@K and pass^K."
)
run_argument = click.argument("run", type=click.Path(path_type=Path), metavar="RUN")


def split_episode(path: Path) -> tuple[Path, str | None]:
    """Return the run's folder and the episode that `RUN[/EPISODE]` names.

    The path of an episode's file is understood as well.
    """
    if path.suffix == ".jsonl" and path.parent.name == "episodes":
        return path.parent.parent, path.stem
    if not (path / "run.json").exists() and (path.parent / "run.json").exists():
        return path.parent, path.name
    return path, None


def episode_file(path: Path) -> Path:
    """Return the file of the episode that `RUN/EPISODE` or a file's path names.

    Raises:
        UserError: If it names none, or a whole run.
    """
    from ..errors import UserError
    from ..run_folder import RunFolder

    if path.is_file():
        return path
    run, episode = split_episode(path)
    if path.suffix == ".jsonl" and episode is None:
        raise UserError(f"{path}: there is no such file")
    folder = RunFolder(run)
    if episode is not None:
        folder.check_known(episode)
        return folder.episode_path(episode)
    known = sorted(folder.manifest.episodes)
    example = f", as in {path / known[0]}" if known else ""
    raise UserError(
        f"{path} is a run of {len(known)} episodes: name one{example}; "
        f"`ls {path / 'episodes'}` lists them"
    )
