"""ToMi: numbered text with a trace file beside it, or SimToM's "fixed" JSON lines.

Le, Boureau and Nickel, EMNLP 2019. A story begins where the number is 1 again; a
question has its answer after a tab, and each question a line of the trace, whose last
two fields are the kinds of the question and of the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.items import Measures

from .files import decoded, json_lines, read_bytes
from .resimulation import SIGHT
from .rows import BadRow, Format, Question, Row
from .stories import Unread, places_told, read_question

__all__ = ["TOMI", "question_kind"]

_NUMBERED = re.compile(r"(\d+)\s+(.*)", re.DOTALL)
_KINDS = 2  # fields at the end of a trace


def _rows(path: Path, name: str) -> Iterator[Row | BadRow]:
    if path.suffix != ".txt":
        yield from json_lines(path, name)
        return
    trace = path.with_suffix(".trace")
    text = read_bytes(trace).decode("utf-8", "replace") if trace.is_file() else ""
    kinds = text.split("\n")
    story: list[str] = []
    broken: BadRow | None = None  # a line of the story that cannot be read
    asked = 0
    for number, raw in enumerate(read_bytes(path).split(b"\n"), start=1):
        if not raw.strip():
            continue
        line = decoded(raw.rstrip(b"\r"), name, number)
        found = None if isinstance(line, BadRow) else _NUMBERED.fullmatch(line)
        if found is None:
            problem = BadRow(name, number, "", "should begin with its number")
            broken = line if isinstance(line, BadRow) else problem
            yield broken
            continue
        if found.group(1) == "1":
            story, broken = [], None
        if "\t" not in found.group(2):
            story.append(found.group(2))
            continue
        asked += 1
        if broken is not None:
            said = f"row {broken.number} of its story cannot be read"
            yield BadRow(name, number, "story", said)
            continue
        yield Row(name, number, _fields(found.group(2), story, kinds, asked - 1))


def _fields(
    text: str, story: list[str], kinds: list[str], asked: int
) -> dict[str, Any]:
    question, _, rest = text.partition("\t")
    own = kinds[asked].strip().split(",")[-_KINDS:] if asked < len(kinds) else []
    question_type, story_type = own if len(own) == _KINDS else (None, None)
    return {
        "story": "\n".join(story),
        "question": question.strip(),
        "answer": rest.partition("\t")[0],
        "question_type": question_type,
        "story_type": story_type,
    }


def _questions(row: Row) -> Iterator[Question]:
    story = "\n".join(
        found.group(2) if (found := _NUMBERED.fullmatch(line)) else line
        for line in row.text("story").split("\n")
    )
    text = row.text("question")
    named = row.fields.get("containers")
    options = row.texts("containers") if named else places_told([story])
    if len(options) < 2:
        raise row.bad("containers", f"the story names {len(options)} places, not two")
    kind = row.optional("question_type")
    cell, order, measures = question_kind(text)
    yield Question(
        cell=kind or cell,
        measures=measures,
        story=story,
        rules=SIGHT,
        question=text,
        options=options,
        gold=row.option("answer", row.text("answer"), options),
        nominal=order,
        facts={"question_type": kind, "story_type": row.optional("story_type")},
        simulated=True,
    )


def question_kind(question: str) -> tuple[str, int | None, Measures]:
    """Return a question's cell, how many minds it names, and what it measures."""
    try:
        asked = read_question(question)
    except Unread:
        return "other questions", None, "control"
    if asked.path:
        return f"order {len(asked.path)}", len(asked.path), "tom"
    return "memory" if asked.beginning else "reality", None, "control"


TOMI = Format(
    "stories of ToMi",
    (".txt", ".jsonl", ".json"),
    _rows,
    _questions,
    "ToMi is CC-BY-NC: no commercial use",
)
