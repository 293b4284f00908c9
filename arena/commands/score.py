"""`arena score`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import as_json, confidence, ks, run_argument

__all__ = ["score"]


@click.command()
@run_argument
@confidence
@ks
@as_json
def score(run: Path, confidence: float, ks: tuple[int, ...], as_json: bool) -> int:
    """Score a run again from its trajectories, without any agent or environment."""
    from ..results import results
    from ..run import score_run
    from ..run_folder import RunFolder
    from ..tables import print_all_scores, print_errors, print_results
    from ..text import json_text

    folder = RunFolder(run)
    table = results(folder.manifest, score_run(folder), confidence=confidence, ks=ks)
    if as_json:
        click.echo(json_text(table.as_dict()))
    else:
        print_results(table, confidence)
        print_all_scores(table)
        print_errors(folder)
    return 1 if table.errors else 0
