"""What readers noted in a run, on its page."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Section, Table, Value
from ..annotations import Annotations, read_annotations
from ..label_agreement import agreements, label_counts
from ..run_folder import RunFolder

__all__ = ["annotations_section"]

_TEXT = (
    "Written by people who read episodes, and kept beside the run. Labels of failures "
    "are METR's: real, spurious (little work on the scaffold would cure it), trade-off "
    "(the cure costs something elsewhere)."
)
_AGREEMENT = (
    "On the episodes to which both readers gave some label: how many of them the "
    "first, the second and both readers label so. Agreement is the share on which "
    "both say the same, with Wilson's interval; κ is Cohen's, 0 for what chance gives "
    "and 1 for full agreement, with a bootstrap interval from five episodes on. "
    "Readers choose what they label, so it is no sample of the run."
)


def annotations_section(
    folder: RunFolder, where: str, confidence: float = 0.95
) -> Section | None:
    """Return the notes, the counts of labels and the agreement of readers.

    Args:
        folder: The run.
        where: Behind the title, where a page has several runs.
        confidence: Of the intervals.

    Returns:
        None where nobody has noted anything.
    """
    noted = read_annotations(folder.path)
    if not (noted.current or noted.unreadable):
        return None
    lost = f" {noted.unreadable} of the file's lines are damaged and left out."
    tables = [_labels(noted), _agreements(noted, confidence), _notes(noted)]
    return Section(
        title=f"Notes of readers{where}",
        text=_TEXT + lost * bool(noted.unreadable),
        tables=[table for table in tables if table.rows],
    )


def _labels(noted: Annotations) -> Table:
    rows: list[Sequence[Value]] = [
        (count.label, count.notes, count.episodes, ", ".join(count.readers))
        for count in label_counts(noted)
    ]
    columns = ("label", "notes", "episodes", "readers")
    return Table(title="Labels", columns=columns, rows=rows, main=True)


def _agreements(noted: Annotations, confidence: float) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(" and ".join(row.readers), row.label, row.observed.n),
            *(row.first, row.second, row.both, row.observed, row.kappa),
        )
        for row in agreements(noted, confidence)
    ]
    return Table(
        title="Agreement of readers",
        columns=(
            *("readers", "label", "episodes", "first", "second", "both"),
            *("agreement", "κ"),
        ),
        rows=rows,
        note=_AGREEMENT,
        main=True,
    )


def _notes(noted: Annotations) -> Table:
    rows: list[Sequence[Value]] = [
        (
            *(version.episode, version.event, version.author, version.time),
            *(", ".join(version.labels), version.text),
        )
        for note in noted.current
        for version in note.current
    ]
    columns = ("episode", "event", "author", "time", "labels", "text")
    return Table(title="Notes", columns=columns, rows=rows)
