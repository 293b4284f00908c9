"""`arena compare`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import as_json, confidence

__all__ = ["compare"]


@click.command()
@click.argument("first", type=click.Path(path_type=Path), metavar="RUN")
@click.argument(
    "second", type=click.Path(path_type=Path), metavar="[RUN]", required=False
)
@click.option(
    "--agent",
    "agents",
    nargs=2,
    metavar="LABEL LABEL",
    help="Who is compared, one of each run, or two of one.",
)
@confidence
@as_json
def compare(
    first: Path,
    second: Path | None,
    agents: tuple[str, str] | None,
    confidence: float,
    as_json: bool,
) -> int:
    """Compare two agents in the same worlds, of two runs or of one (RUN).

    Episodes are paired by scenario, seed and epoch. Of two runs it compares the first
    agent that both have, or else the first of each; of one run its first two.

    \b
    arena compare runs/a runs/b
    arena compare runs/a --agent random basic
    """
    from ..paired_runs import compare as compared
    from ..report.paired_runs import paired_section
    from ..run_folder import RunFolder
    from ..sides import sides
    from ..tables import print_main_tables
    from ..text import json_text, shown

    folder = RunFolder(first)
    other = folder if second is None else RunFolder(second)
    comparison = compared(*sides(folder, other, agents or (None, None)), confidence)
    if as_json:
        click.echo(json_text(comparison.as_dict()))
        return 0
    section = paired_section(comparison)
    click.echo(shown(f"first: {comparison.first.name}"))
    click.echo(shown(f"second: {comparison.second.name}"))
    print_main_tables([section])
    for caveat in comparison.caveats:
        click.echo(shown(caveat))
    return 0
