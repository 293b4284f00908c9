"""SocialIQA: what people want, feel and do next.

Sap and others, EMNLP 2019: JSON lines. Labels are "1" to "3" in the row, in older
copies with a line break; or in a file beside it, `NAME-labels.lst`, a line each; or,
in one more copy, "A" to "C" under `correct`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .answers import by_letter, by_number
from .files import json_lines, read_bytes
from .rows import BadRow, Format, Question, Row

__all__ = ["SOCIALIQA"]


def _rows(path: Path, name: str) -> Iterator[Row | BadRow]:
    beside = path.with_name(f"{path.stem}-labels.lst")
    if not beside.is_file():
        yield from json_lines(path, name)
        return
    labels = read_bytes(beside).decode("utf-8", "replace").split("\n")
    for row in json_lines(path, name):
        if isinstance(row, Row) and "label" not in row.fields:
            there = row.number <= len(labels)
            label = labels[row.number - 1] if there else None
            row = replace(row, fields={**row.fields, "label": label})
        yield row


def _questions(row: Row) -> Iterator[Question]:
    options = [row.text(f"answer{letter}") for letter in "ABC"]
    if row.fields.get("label") is None and "correct" in row.fields:
        name, gold = "correct", by_letter(row, "correct", options)
    else:
        name, gold = "label", by_number(row, "label", options, first=1)
    yield Question(
        cell="social reasoning",
        measures="tom",
        story=row.text("context"),
        question=row.text("question"),
        options=options,
        gold=gold,
        answered_by=name,
    )


SOCIALIQA = Format("questions of SocialIQA", (".jsonl", ".json"), _rows, _questions)
