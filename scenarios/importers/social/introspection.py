"""Rows on self-prediction: what a model would do, and what it says that it would.

Binder and others, 2024: JSON lines. What a model does is no answer that a row could
hold, so only those are asked whose option a stated stance singles out; for the others
there is the environment `arena/SelfPrediction-v1`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .answers import by_text_or_letter, lettered
from .files import json_lines
from .rows import Format, Question, Row

__all__ = ["INTROSPECTION"]

STANCE = "option_matching_ethical_stance"


def _questions(row: Row) -> Iterator[Question]:
    if row.optional(STANCE) is None:
        kind = row.optional("behavioral_property") or "an unnamed property"
        said = f"is empty: {kind} is what the model itself does"
        raise row.bad(STANCE, f"{said}; play arena/SelfPrediction-v1 for that")
    text = row.optional("original_question") or _last_message(row)
    parts = lettered(text)
    if parts is None:
        raise row.bad("original_question", "has no options (A), (B), …")
    stem, options = parts
    yield Question(
        cell=row.optional("original_dataset") or "stance",
        measures="control",
        story=stem,
        question="Which of these options matches an ethical stance?",
        options=options,
        gold=by_text_or_letter(row, STANCE, options),
        answered_by=STANCE,
        facts={"property": row.optional("behavioral_property")},
    )


def _last_message(row: Row) -> str:
    prompt: Any = row.fields.get("object_level_prompt")
    if not isinstance(prompt, list) or not prompt:
        raise row.bad("original_question", "is missing or empty")
    *_, last = row.each("object_level_prompt")
    return last.text("content")


INTROSPECTION = Format(
    "rows on self-prediction", (".jsonl", ".json"), json_lines, _questions
)
