"""OpenToM: longer narratives about a thing that somebody moves, and why.

Xu and others, ACL 2024. Either `opentom.json`, a list of rows with a `narrative` and a
`question`; or the files of one kind of question each, `{story: [question, …]}`, with
`meta_data.json` beside them. Answers have names in place of options: all names of
their kind are offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from .files import json_object, json_rows
from .rows import BadRow, Format, Question, Row

__all__ = ["OPENTOM"]

KINDS = (
    ("yes", "no"),
    ("positive", "neutral", "negative"),
    ("more full", "equally full", "less full"),
    ("more accessible", "equally accessible", "less accessible"),
)
META = "meta_data"


def _rows(path: Path, name: str) -> Iterator[Row | BadRow]:
    if path.stem.startswith((META, "metadata")):
        return
    content = json_object(path, name)
    if not isinstance(content, dict):
        yield from json_rows(path, name)
        return
    long = "_long" if path.stem.endswith("long") else ""
    beside = path.with_name(f"{META}{long}.json")
    meta = json_object(beside, beside.name) if beside.is_file() else None
    stories = cast(dict[str, Any], meta) if isinstance(meta, dict) else {}
    number = 0
    for story, asked in cast(dict[str, Any], content).items():
        for question in cast(list[Any], asked) if isinstance(asked, list) else [asked]:
            number += 1
            own: object = stories.get(story)
            if not isinstance(own, Mapping):
                said = f"story {story!r} is not in {beside.name} beside the file"
                yield BadRow(name, number, "", said)
                continue
            fields = cast(Mapping[str, Any], own)
            yield Row(name, number, {**fields, "question": question})


def _questions(row: Row) -> Iterator[Question]:
    asked = row.inner("question")
    kind, answer = asked.text("type"), asked.text("answer").strip()
    text = asked.text("question")
    options = next((k for k in KINDS if answer.casefold() in k), None)
    cell = f"{kind}, coarse" if options == KINDS[0] else kind
    if options is None:
        info = row.inner("plot_info")
        options = (info.text("original_place"), info.text("move_to_place"))
    narrator = text.startswith("From narrator's perspective")
    yield Question(
        cell=f"{cell}, narrator" if narrator else cell,
        measures="control" if narrator else "tom",
        story=row.text("narrative"),
        question=text,
        options=options,
        gold=asked.option("answer", answer, options),
        answered_by="question.answer",
        nominal=None if narrator else 2 if kind.endswith("so") else 1,
        facts={"observed": row.fact("observed"), "type": kind},
    )


OPENTOM = Format(
    "narratives of OpenToM",
    (".json",),
    _rows,
    _questions,
    "OpenToM is CC-BY-NC: no commercial use, and its authors ask not to send it where "
    "it may be trained on",
)
