"""Samples as Inspect AI reads them: `input`, `target` and perhaps `choices`.

Without choices, a story in ToMi's manner has its places as options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .answers import by_letter, by_text_or_letter
from .files import json_lines
from .resimulation import SIGHT
from .rows import Format, Question, Row
from .stories import places_told, question_in
from .tomi import question_kind

__all__ = ["INSPECT"]

_ASKS = re.compile(r"(.*?[.!?\n\"”])\s*([^.!?\n]*\?)\s*", re.DOTALL)


def _questions(row: Row) -> Iterator[Question]:
    text = _input(row)
    parts = _ASKS.fullmatch(text)
    plain = parts.groups() if parts else ("", text)
    story, asked = question_in(text) or plain
    target = row.fields.get("target")
    if isinstance(target, list):
        row = _with_one_target(row)
    if row.fields.get("choices"):
        options = row.texts("choices")
        yield Question(
            cell=row.file.rpartition("/")[2].partition(".")[0],
            measures="control",
            story=story,
            question=asked,
            options=options,
            gold=by_letter(row, "target", options),
            answered_by="target",
        )
        return
    options = places_told([story])
    if len(options) < 2:
        said = "is missing, and the input is no story that names two places"
        raise row.bad("choices", said)
    cell, order, measures = question_kind(asked)
    yield Question(
        cell=cell,
        measures=measures,
        story=story,
        rules=SIGHT,
        question=asked,
        options=options,
        gold=by_text_or_letter(row, "target", options),
        answered_by="target",
        nominal=order,
        simulated=True,
    )


def _input(row: Row) -> str:
    if not isinstance(row.fields.get("input"), list):
        return row.text("input")
    users = [m for m in row.each("input") if m.fields.get("role", "user") == "user"]
    if not users:
        raise row.bad("input", "has no message of a user")
    last = users[-1]
    if isinstance(last.fields.get("content"), list):
        return "\n".join(part.text("text") for part in last.each("content"))
    return last.text("content")


def _with_one_target(row: Row) -> Row:
    targets = row.texts("target")
    if len(targets) != 1:
        raise row.bad("target", "has several answers, and one should be right")
    return Row(row.file, row.number, {**row.fields, "target": targets[0]}, row.at)


INSPECT = Format("samples of Inspect AI", (".jsonl", ".json"), json_lines, _questions)
