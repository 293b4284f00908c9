"""FANToM: conversations that people leave and join; who knows what was said meanwhile.

Kim and others, EMNLP 2023: a list of sets; each asks a fact, beliefs, who can answer
and who has the information. Asked here over the short context; answers that hold only
over the full one are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .files import json_lines
from .rows import BadRow, Format, Question, Row

__all__ = ["FANTOM"]

YES_NO = ("yes", "no")
MOST_LISTS = 4  # options of a question for a list of people


def _questions(row: Row) -> Iterator[Question | BadRow]:
    """Yield the questions of a set; one that cannot be read does not stop the rest."""
    fact = row.inner("factQA")
    asked = fact.text("question")
    yield _two_texts(row, fact, "fact")
    for part in row.each("beliefQAs"):
        yield _belief(row, part)
    for name, target in (
        ("answerability", f"Target: {asked}"),
        ("infoAccessibility", f"Information: {asked} {fact.text('correct_answer')}"),
    ):
        cell = "answerability" if name == "answerability" else "information"
        yield _people(row, row.inner(f"{name}QA_list"), cell, target)
        for part in row.each(f"{name}QAs_binary"):
            yield _yes_no(row, part, cell, target)


def _two_texts(row: Row, part: Row, cell: str) -> Question | BadRow:
    try:
        return Question(
            cell=cell,
            measures="control" if cell == "fact" else "tom",
            story=row.text("short_context"),
            question=part.text("question"),
            options=(part.text("correct_answer"), part.text("wrong_answer")),
            gold=0,
            answered_by=f"{part.at}correct_answer".removeprefix(row.at),
            world=row.text("set_id"),
        )
    except BadRow as error:
        return error


def _belief(row: Row, part: Row) -> Question | BadRow:
    kind = part.optional("question_type") or "tom:belief"
    order = part.optional("tom_type") or ""
    accessible = kind.rpartition(":")[2]
    found = _two_texts(row, part, f"belief: {accessible}")
    if isinstance(found, BadRow):
        return found
    nominal = 2 if order.startswith("second") else 1
    return replace(found, nominal=nominal, facts={"tom_type": order})


def _people(row: Row, part: Row, cell: str, target: str) -> Question | BadRow:
    """Return a question for a list of people, with other lists as wrong options."""
    try:
        right, wrong = part.texts("correct_answer"), part.texts("wrong_answer")
        everyone = [*right, *wrong]
        if not right or len(everyone) < 2:
            return part.bad("correct_answer", "names too few people for a choice")
        lists = [right, wrong, everyone, right[:-1], right[1:], everyone[1:]]
        texts = [", ".join(sorted(names)) for names in lists if names]
        options = list(dict.fromkeys(texts))[:MOST_LISTS]
        return Question(
            cell=f"{cell}: list",
            measures="tom",
            story=row.text("short_context"),
            question=f"{target}\n{part.text('question')}",
            options=options,
            gold=0,
            answered_by=f"{part.at}correct_answer".removeprefix(row.at),
            world=row.text("set_id"),
        )
    except BadRow as error:
        return error


def _yes_no(row: Row, part: Row, cell: str, target: str) -> Question | BadRow:
    try:
        answer = part.text("correct_answer").strip().casefold()
        if answer == "no:long":
            said = "holds only over the full conversation"
            return part.bad("correct_answer", said)
        return Question(
            cell=f"{cell}: yes or no",
            measures="tom",
            story=row.text("short_context"),
            question=f"{target}\n{part.text('question')}",
            options=YES_NO,
            gold=part.option("correct_answer", answer, YES_NO),
            answered_by=f"{part.at}correct_answer".removeprefix(row.at),
            world=row.text("set_id"),
        )
    except BadRow as error:
        return error


FANTOM = Format("conversations of FANToM", (".json", ".jsonl"), json_lines, _questions)
