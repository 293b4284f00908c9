"""ToMBench: eight tasks and 31 abilities, in English and Chinese.

Chen and others, ACL 2024: JSON lines whose keys hold both languages with a line break
between them, and NaN or null for options that are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .answers import by_letter, without_letter
from .files import json_lines
from .rows import Format, Question, Row

__all__ = ["TOMBENCH"]

_CHINESE = {
    "STORY": "故事",
    "QUESTION": "问题",
    "OPTION-A": "选项A",
    "OPTION-B": "选项B",
    "OPTION-C": "选项C",
    "OPTION-D": "选项D",
}
LETTERS = "ABCD"


def _questions(row: Row) -> Iterator[Question]:
    # "能力\nABILITY" is ABILITY; rows of older files have only one language.
    plain = {str(k).split("\n")[-1].strip(): v for k, v in row.fields.items()}
    row = replace(row, fields=plain)
    options: list[str] = []
    for letter in LETTERS:
        name = f"OPTION-{letter}"
        option = row.optional(name, _CHINESE[name])
        if option is not None and len(options) < LETTERS.index(letter):
            raise row.bad(name, "is there, but one before it is missing")
        if option is not None:
            options.append(without_letter(option, letter))
    if len(options) < 2:
        raise row.bad("OPTION-B", "is missing or empty")
    ability = row.text("ABILITY", "能力")
    kind = ability.partition(":")[0].strip()
    yield Question(
        cell=ability.replace("\n", " "),
        measures="tom",
        story=row.text("STORY", _CHINESE["STORY"]),
        question=row.text("QUESTION", _CHINESE["QUESTION"]),
        options=options,
        gold=by_letter(row, "ANSWER" if "ANSWER" in plain else "答案", options),
        answered_by="ANSWER",
        nominal=2 if "second-order" in ability.casefold() else None,
        facts={"ability": kind, "index": row.fact("INDEX")},
    )


TOMBENCH = Format("questions of ToMBench", (".jsonl",), json_lines, _questions)
