"""What is printed of a run that was just played."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..results import Results
    from ..run import RunOutcome
    from ..run_folder import RunFolder

__all__ = ["code_of", "print_played"]


def print_played(
    folder: RunFolder, outcome: RunOutcome, table: Results, confidence: float
) -> None:
    """Print the scores, what is missing of them and why, and where the run is."""
    from ..analysis import analyse
    from ..tables import (
        print_assisted,
        print_errors,
        print_failed_checks,
        print_main_tables,
        print_results,
        print_unscored,
    )
    from ..text import shown

    print_results(table, confidence)
    print_main_tables(analyse([folder]))
    print_errors(folder)
    print_assisted(folder)
    print_unscored(row for row in table.rows if row.headline)
    print_failed_checks(folder)
    for name, reason in folder.manifest.plan.left_out.items():
        click.echo(shown(f"left out {name}: {reason}"))
    click.echo(f"played {outcome.played}, there already {outcome.already}")
    click.echo(f"run: {shown(str(folder.path))}")
    click.echo(f"digest: {folder.manifest.digest}")


def code_of(outcome: RunOutcome, table: Results) -> int:
    """Return the exit code of a command that has played; say if it was interrupted."""
    if outcome.interrupted:
        click.echo("arena: interrupted; the same command goes on from here", err=True)
        return 130
    return 1 if table.errors else 0
