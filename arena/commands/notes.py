"""`arena notes`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_json, confidence, run_argument

if TYPE_CHECKING:
    from ..annotations import Annotations

__all__ = ["notes"]


@click.command()
@run_argument
@click.option("--csv", "as_csv", is_flag=True, help="A row a note, for spreadsheets.")
@confidence
@as_json
def notes(run: Path, as_csv: bool, confidence: float, as_json: bool) -> int:
    """List what readers noted in a run (RUN), with counts and agreement.

    Notes are written in `arena view` and kept in the run's folder, in
    annotations.jsonl: copy it with the run. --json has all versions of every note.
    """
    from ..annotations import of_other_records, read_annotations
    from ..errors import UserError
    from ..report.annotations import annotations_section
    from ..run_folder import RunFolder
    from ..tables import print_main_tables
    from ..text import shown

    if as_csv and as_json:
        raise UserError("--csv and --json: choose one")
    folder = RunFolder(run)
    noted = read_annotations(run)
    if as_json:
        _print_json(noted, folder.manifest.run, confidence)
    elif as_csv:
        _print_csv(noted)
    else:
        section = annotations_section(folder, "", confidence)
        print_main_tables([section] if section else [])
        for line in _lines(noted, of_other_records(run, noted)):
            click.echo(shown(line))
        if not noted.current:
            click.echo("no notes; they are written in `arena view`")
    if noted.unreadable:
        click.echo(f"left out: {noted.unreadable} damaged lines", err=True)
    return 0


def _lines(noted: Annotations, of_other_records: set[str]) -> list[str]:
    lines: list[str] = []
    for note in noted.current:
        for version in note.current:
            at = "" if version.event is None else f"#n{version.event}"
            head = f"{version.episode}{at}  {version.author}, {version.time}"
            labels = f"  [{', '.join(version.labels)}]" if version.labels else ""
            beside = "  (edited by two at once)" if len(note.current) > 1 else ""
            gone = "  (of a record that is gone)" * (version.id in of_other_records)
            lines.append(head + labels + beside + gone)
            lines += [f"    {line}" for line in version.text.splitlines()]
    return lines


def _print_json(noted: Annotations, run: str, confidence: float) -> None:
    from dataclasses import asdict

    from ..label_agreement import agreements, label_counts
    from ..text import json_text

    told = {
        "run": run,
        "notes": [
            {
                "id": note.id,
                "current": [version.id for version in note.current],
                "versions": [v.model_dump(mode="json") for v in note.versions],
            }
            for note in noted.notes.values()
        ],
        "labels": [asdict(count) for count in label_counts(noted)],
        "agreement": [asdict(row) for row in agreements(noted, confidence)],
        "unreadable": noted.unreadable,
    }
    click.echo(json_text(told))


def _print_csv(noted: Annotations) -> None:
    import csv
    import io

    from ..text import shown

    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("note", "episode", "event", "author", "time", "labels", "text"))
    for note in noted.current:
        for v in note.current:
            event = "" if v.event is None else str(v.event)
            row = (note.id, v.episode, event, v.author, v.time, "; ".join(v.labels))
            rows.writerow([_cell(shown(text)) for text in (*row, v.text)])
    click.echo(out.getvalue(), nl=False)


def _cell(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
