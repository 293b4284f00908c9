"""`arena report`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import confidence

__all__ = ["report"]


@click.command()
@click.argument(
    "runs",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
    metavar="RUN…",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="The page; one that is there is replaced.",
)
@confidence
def report(runs: tuple[Path, ...], out: Path, confidence: float) -> int:
    """Write one page about one or several runs (RUN…).

    It holds the scores, and the tables and figures of every analysis that is for what
    was played. It stands alone: one file that fetches nothing. Figures need the extra
    `report`; without it there are the tables.

    \b
    arena report runs/a runs/b -o comparison.html
    """
    from ..analysis import Section, analyse, run_names
    from ..errors import one_line
    from ..report.figures import can_draw
    from ..report.page import page
    from ..report.runs import others_section, runs_table, scores_section
    from ..results import results
    from ..run_folder import RunFolder
    from ..text import shown

    folders = [RunFolder(path) for path in _distinct(runs)]
    sections = [Section(title="What was played", tables=[runs_table(folders)])]
    others: list[Section] = []
    for folder, name in zip(folders, run_names(folders), strict=True):
        where = f", {name}" if len(folders) > 1 else ""
        scored = results(folder.manifest, folder.scores(), confidence=confidence)
        sections.append(scores_section(folder, scored, where))
        others.append(others_section(scored, where))
    sections += analyse(folders)
    sections += [section for section in others if section.tables]
    suites = ", ".join(dict.fromkeys(f.manifest.plan.suite for f in folders))
    _write(out, page(f"Arena: {one_line(suites, 80)}", sections))
    click.echo(shown(f"page: {out}"))
    if not can_draw():
        click.echo("no figures: they need pip install 'arena-evals[report]'")
    return 0


def _distinct(runs: tuple[Path, ...]) -> list[Path]:
    """Return the runs, one that is named twice only once."""
    return list({path.resolve(): path for path in runs}.values())


def _write(out: Path, text: str) -> None:
    from ..errors import UserError

    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(f"--out {out}: {error.strerror or error}") from error
