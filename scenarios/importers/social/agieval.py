"""AGIEval: questions of human examinations, as JSON lines.

Zhong and others, NAACL Findings 2024. Options begin with their letter; questions
without options cannot be asked here.
"""

from __future__ import annotations

from collections.abc import Iterator

from .answers import by_letter, without_letters
from .files import json_lines
from .rows import Format, Question, Row

__all__ = ["AGIEVAL"]


def _questions(row: Row) -> Iterator[Question]:
    if not row.fields.get("options"):
        raise row.bad("options", "is empty: an open question, which has no choice")
    options = without_letters(row.texts("options"))
    name = "answer" if row.fields.get("label") is None else "label"
    label = row.fields.get(name)
    if isinstance(label, list) or (isinstance(label, str) and len(label.strip()) > 3):
        raise row.bad(name, "names several options, and one should be right")
    stem = row.file.rpartition("/")[2].partition(".")[0]
    yield Question(
        cell=stem,
        measures="control",
        story=row.optional("passage") or "",
        question=row.text("question"),
        options=options,
        gold=by_letter(row, name, options),
        answered_by=name,
    )


AGIEVAL = Format("questions of AGIEval", (".jsonl",), json_lines, _questions)
