"""Hi-ToM: beliefs up to fourth order, with people who tell others things.

Wu and others, EMNLP Findings 2023: `{"data": [row, …]}`. Each question comes twice,
once for each way of prompting; the second is dropped as a repetition. What its prompts
say of sight and trust is not in the rows, so it is said here in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from .answers import lettered
from .files import json_rows
from .rows import Format, Question, Row

__all__ = ["HI_TOM"]

RULES = (
    "Whoever is in a room sees everything that happens in it until they leave it, and "
    "who leaves when. Something that is said in public is heard by all in the room; "
    "something that is said in private is heard by that person only. People tend to "
    "lie: what someone says does not change what they themselves believe. A person "
    "believes another who left the room later than they did, and nobody else. Everyone "
    "knows the order in which all left."
)
HIGHEST = 4
_FIRST = re.compile(r"(?m)^1 ")
_NUMBER = re.compile(r"(?m)^\d+ ")


def _questions(row: Row) -> Iterator[Question]:
    order = row.text("question_order")
    if not (order.isdecimal() and int(order) <= HIGHEST):
        raise row.bad("question_order", f"should be 0 to {HIGHEST}, is {order[:60]!r}")
    given = row.fields.get("choices")
    if isinstance(given, list):
        options = row.texts("choices")
    else:
        parts = lettered(row.text("choices"))
        if parts is None or parts[0]:
            raise row.bad("choices", "should be 'A. …, B. …' and so on")
        options = parts[1]
    text = row.text("story")
    # Before the first line stands how to answer, in the rows of one way of prompting.
    first = _FIRST.search(text)
    story = _NUMBER.sub("", text[first.start() :] if first else text)
    told = row.fields.get("deception") is True
    yield Question(
        cell=f"order {order}" + (", with tells" if told else ""),
        measures="tom" if int(order) else "control",
        story=story,
        rules=RULES,
        question=row.text("question"),
        options=options,
        gold=row.option("answer", row.text("answer"), options),
        nominal=int(order) or None,
        facts={
            "story_length": row.fact("story_length"),
            "mentioned": sum(option in story for option in options),
        },
        simulated=True,
    )


HI_TOM = Format(
    "stories of Hi-ToM", (".json",), partial(json_rows, below="data"), _questions
)
