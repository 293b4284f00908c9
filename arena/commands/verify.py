"""`arena verify`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import as_json, run_argument, split_episode

__all__ = ["verify"]


@click.command()
@run_argument
@click.option("--digest", help="What `arena run` printed; proves the manifest as well.")
@as_json
def verify(run: Path, digest: str | None, as_json: bool) -> int:
    """Check that no record of a run was changed after it was made.

    Finds changed bytes, lines that were dropped, moved or cut off, and files that were
    swapped, and says which line of which file. Whoever can write the folder could make
    file and manifest agree again: note the run's digest elsewhere, and give it here.
    """
    from ..errors import UserError
    from ..run_folder import RunFolder
    from ..text import json_text, shown
    from ..verify import verify_run

    path, episode = split_episode(run)
    folder = RunFolder(path)
    if digest is not None and digest != folder.manifest.digest:
        raise UserError(
            f"{path / 'run.json'}: the run's digest is {folder.manifest.digest}, "
            f"not {digest}"
        )
    problems = verify_run(folder)
    if episode is not None:
        folder.trajectory(episode)
        problems = [p for p in problems if p.path == folder.episode_path(episode)]
    checked = 1 if episode else len(folder.manifest.episodes)
    if as_json:
        found = [
            {"file": str(p.path), "line": p.line or None, "problem": p.text}
            for p in problems
        ]
        told = {"episodes": checked, "digest": folder.manifest.digest}
        click.echo(json_text({**told, "problems": found}))
    else:
        for problem in problems:
            click.echo(shown(str(problem)))
        state = f"{len(problems)} problems" if problems else "all intact"
        planned = sum(1 for _ in folder.manifest.plan.episodes())
        click.echo(f"{checked} episodes, {state}; {planned} were planned")
        click.echo("scores are not checked: `arena score` makes them again")
        click.echo(f"digest: {folder.manifest.digest}")
    return 2 if problems else 0
