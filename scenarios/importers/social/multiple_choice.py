"""Multiple choice of any kind: MMLU, WMDP and what is shaped like them.

JSON: a question, `choices` (or `options`; a list, or lists of `text` and `label`) and
an `answer` that is a number from 0, a letter, or an option's text; or a `body`, a
`right_choice` and `choices_wrong`. CSV: question, options, letter, without a header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .answers import by_number, by_text_or_letter
from .files import columns, json_lines
from .rows import BadRow, Format, Question, Row

__all__ = ["MULTIPLE_CHOICE"]

FEWEST_COLUMNS = 4  # question, two options, letter
ANSWERS = ("answer", "answerKey", "label", "target")
STORIES = ("story", "context", "passage")
TITLES = frozenset({"answer", "label", "target", "answerkey"})


def _rows(path: Path, name: str) -> Iterator[Row | BadRow]:
    if path.suffix == ".csv":
        wanted = f"{FEWEST_COLUMNS} and more"
        for row in columns(",", lambda n: n >= FEWEST_COLUMNS, wanted)(path, name):
            if isinstance(row, BadRow) or not _is_title(row):
                yield row
    else:
        yield from json_lines(path, name)


def _is_title(row: Row) -> bool:
    *_, last = row.fields.values()
    return row.number == 1 and str(last).strip().casefold() in TITLES


def _questions(row: Row) -> Iterator[Question]:
    if "1" in row.fields and "question" not in row.fields:
        yield from _of_columns(row)
        return
    if "right_choice" in row.fields:
        options = [row.text("right_choice"), *row.texts("choices_wrong")]
        name, gold = "right_choice", 0
    else:
        options, labels = _options(row)
        name = next((n for n in ANSWERS if row.fields.get(n) is not None), "answer")
        gold = _gold(row, name, options, labels)
    stem = row.file.rpartition("/")[2].partition(".")[0]
    yield Question(
        cell=row.optional("subject", "category") or stem,
        measures="control",
        story=row.optional(*STORIES) or "",
        question=row.text("question", "body"),
        options=options,
        gold=gold,
        answered_by=name,
    )


def _options(row: Row) -> tuple[list[str], list[str]]:
    """Return the options and what the row calls them, if it says so."""
    name = "choices" if row.fields.get("choices") is not None else "options"
    if isinstance(row.fields.get(name), Mapping):
        inner = row.inner(name)
        return inner.texts("text"), inner.texts("label")
    return row.texts(name), []


def _gold(row: Row, name: str, options: list[str], labels: list[str]) -> int:
    value = row.fields.get(name)
    if isinstance(value, str) and value.strip() in labels:
        return labels.index(value.strip())
    if isinstance(value, int):
        return by_number(row, name, options, first=0)
    return by_text_or_letter(row, name, options)


def _of_columns(row: Row) -> Iterator[Question]:
    *_, last = row.fields
    columns_of_options = [row.fields[str(i)] for i in range(2, len(row.fields))]
    options = replace(row, fields={"options": columns_of_options}).texts("options")
    stem = row.file.rpartition("/")[2].partition(".")[0]
    yield Question(
        cell=stem.removesuffix("_test").removesuffix("_val").removesuffix("_dev"),
        measures="control",
        question=row.text("1"),
        options=options,
        gold=by_text_or_letter(row, last, options),
        answered_by=last,
    )


MULTIPLE_CHOICE = Format(
    "multiple-choice questions", (".json", ".jsonl", ".csv"), _rows, _questions
)
