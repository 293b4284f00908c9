"""`arena report`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import confidence

if TYPE_CHECKING:
    from ..report.document import Report
    from ..run_folder import RunFolder

__all__ = ["report"]

# As a name of a file ends with.
FORMATS = ("html", "md", "csv", "json", "parquet")


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
    metavar="FILE",
    help="Where to; one that is there is replaced.  [default: report.FORMAT]",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="By default what FILE ends with, or else html.",
)
@click.option(
    "--episodes",
    type=click.IntRange(min=0),
    default=3,
    show_default=True,
    metavar="N",
    help="To read, of each scenario and agent.",
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
    out: Path | None,
    kind: str | None,
    episodes: int,
    policy_file: Path | None,
    check: Path | None,
    confidence: float,
) -> int:
    """Write one page about one or several runs (RUN…), or their numbers.

    The page stands alone: one file that fetches nothing, with scores, tables and
    figures, what would change the conclusions, limits, methods, and single episodes.
    Figures need the extra `report`; without it there are the tables.

    md has the tables as GitHub Markdown; json all sections as data; csv and parquet
    one row for each episode and scorer.

    \b
    arena report runs/a runs/b -o comparison.html
    arena report runs/a --policy policy.toml
    arena report runs/a -o episodes.csv
    """
    from ..autonomy.policy import read_policy
    from ..report.document import make_report
    from ..report.figures import can_draw
    from ..run_folder import RunFolder
    from ..text import shown

    kind, out = _format(kind, out)
    folders = [RunFolder(path) for path in _distinct(runs)]
    if kind in ("csv", "parquet"):
        _write_rows(folders, kind, out)
        click.echo(shown(f"{kind}: {out}"))
        return 0
    made = make_report(
        folders,
        confidence=confidence,
        episodes=episodes,
        policy=read_policy(policy_file) if policy_file else None,
        check=RunFolder(check) if check else None,
    )
    _write_report(made, kind, out)
    click.echo(shown(f"{'page' if kind == 'html' else kind}: {out}"))
    if kind == "html" and not can_draw():
        click.echo("no figures: they need pip install 'arena-evals[report]'")
    return 0


def _format(kind: str | None, out: Path | None) -> tuple[str, Path]:
    """Return the format and the file; each follows from the other."""
    from ..errors import UserError

    if kind is None:
        suffix = "" if out is None else out.suffix[1:].lower()
        kind = {"": "html", "htm": "html", "markdown": "md"}.get(suffix, suffix)
        if kind not in FORMATS:
            raise UserError(
                f"--out {out}: what .{suffix} is to be is not known; "
                f"end it with one of {', '.join(FORMATS)}, or give --format"
            )
    return kind, out or Path(f"report.{kind}")


def _distinct(runs: tuple[Path, ...]) -> list[Path]:
    """Return the runs, one that is named twice only once."""
    return list({path.resolve(): path for path in runs}.values())


def _write_rows(folders: Sequence[RunFolder], kind: str, out: Path) -> None:
    """Write the tidy table."""
    from ..report.records import read_runs
    from ..report.tidy import as_csv, tidy, write_parquet

    rows = tidy(read_runs(folders))
    with _written(out):
        if kind == "csv":
            out.write_text(as_csv(rows), encoding="utf-8", newline="")
        else:
            write_parquet(rows, out)


def _write_report(made: Report, kind: str, out: Path) -> None:
    from ..report.markdown import markdown
    from ..report.page import page
    from ..report.tidy import COLUMNS, tidy
    from ..text import json_text

    if kind == "html":
        text = page(made.title, made.sections)
    elif kind == "md":
        text = markdown(made.title, made.sections)
    else:
        columns = {name: column.meaning for name, column in COLUMNS.items()}
        rows = {"columns": columns, "episodes": tidy(made.runs)}
        text = json_text({**made.as_dict(), **rows}) + "\n"
    with _written(out):
        out.write_text(text, encoding="utf-8", errors="backslashreplace")


@contextmanager
def _written(out: Path) -> Generator[None]:
    """Say in one line why a file cannot be written."""
    from ..errors import UserError

    try:
        yield
    except OSError as error:
        raise UserError(f"--out {out}: {error.strerror or error}") from error
