"""Rows as EgoSocialArena's scripts read them; the set itself was never published.

Hou and others, arXiv 2410.06195: ToMi's fields, or `Story`, `Question`, `Option`,
`Answer` and perhaps `Ability`. Rows of a system and a user text have no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from arena.items import Measures

from .answers import by_text_or_letter, lettered, without_letters
from .files import json_lines
from .rows import BadRow, Format, Question, Row
from .tomi import TOMI

__all__ = ["EGOSOCIALARENA"]


def _questions(row: Row) -> Iterator[Question | BadRow]:
    if "Story" not in row.fields and "user" in row.fields:
        raise row.bad("Answer", "is missing: a prompt of a game, without its answer")
    if "containers" in row.fields:
        for question in TOMI.questions(row):
            told = isinstance(question, Question)
            yield replace(question, measures=_measures(row)) if told else question
        return
    given = row.fields.get("Option", row.fields.get("Options"))
    name = "Option" if "Option" in row.fields else "Options"
    if isinstance(given, list):
        options = without_letters(row.texts(name))
    else:
        parts = lettered(row.text(name))
        if parts is None or parts[0]:
            raise row.bad(name, "should be '(A) … (B) …' and so on, or a list")
        options = parts[1]
    yield Question(
        cell=row.optional("Ability") or row.file.rpartition("/")[2].partition(".")[0],
        measures="self-state",
        story=row.text("Story"),
        question=row.text("Question"),
        options=options,
        gold=by_text_or_letter(row, "Answer", options),
        answered_by="Answer",
    )


def _measures(row: Row) -> Measures:
    """Return what it measures; first-order questions are about the reader there."""
    kind = row.optional("question_type") or ""
    if "second_order" in kind:
        return "tom"
    return "self-state" if "first_order" in kind else "control"


EGOSOCIALARENA = Format(
    "rows as EgoSocialArena has them", (".jsonl", ".json"), json_lines, _questions
)
