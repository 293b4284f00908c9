"""`arena report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import confidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis import Section
    from ..run_folder import RunFolder

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
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With the verdict of the gate, as `arena gate` gives it.",
)
@click.option(
    "--check",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="A run of oracle and null, for the gate, where RUN has none.",
)
@confidence
def report(
    runs: tuple[Path, ...],
    out: Path,
    policy_file: Path | None,
    check: Path | None,
    confidence: float,
) -> int:
    """Write one page about one or several runs (RUN…).

    It holds the scores, and the tables and figures of every analysis that is for what
    was played. It stands alone: one file that fetches nothing. Figures need the extra
    `report`; without it there are the tables.

    \b
    arena report runs/a runs/b -o comparison.html
    arena report runs/a --policy policy.toml
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
    sections += _gates(folders, policy_file, check)
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


def _gates(
    folders: Sequence[RunFolder], policy_file: Path | None, check: Path | None
) -> list[Section]:
    """Return what the gate says of each run; nothing without a policy."""
    from ..analysis import run_names
    from ..autonomy.policy import read_policy
    from ..report.gate import gate_section
    from ..run_folder import RunFolder

    if policy_file is None:
        return []
    policy = read_policy(policy_file)
    checked = check and RunFolder(check)
    wheres = [f", {name}" if len(folders) > 1 else "" for name in run_names(folders)]
    return [
        gate_section(folder, policy, checked, where)
        for folder, where in zip(folders, wheres, strict=True)
    ]


def _distinct(runs: tuple[Path, ...]) -> list[Path]:
    """Return the runs, one that is named twice only once."""
    return list({path.resolve(): path for path in runs}.values())


def _write(out: Path, text: str) -> None:
    from ..errors import UserError

    try:
        out.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(f"--out {out}: {error.strerror or error}") from error
