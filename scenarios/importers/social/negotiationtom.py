"""NegotiationToM: what two who bargain for food, water and firewood want and believe.

Chan and others, EMNLP Findings 2024: a list with a row for each point of a dialogue.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import cast

from .files import json_lines
from .rows import BadRow, Format, Question, Row

__all__ = ["NEGOTIATIONTOM"]

RULES = (
    "Two agents divide packets of food, water and firewood. Each has one of these as "
    "its high, one as its medium and one as its low priority, and says of that what it "
    "likes. Something that the words so far do not tell is 'Not Given'."
)
ITEMS = ("Food", "Water", "Firewood", "Not Given")
LEVELS = ("high", "medium", "low")
INTENTS = (
    "Build-Rapport", "Show-Empathy", "Promote-Coordination", "Callout-Fairness",
    "Undermine-Requirements", "Discover-Preference", "Describe-Need", "No-Need",
    "No-Intention",
)  # fmt: skip


def _questions(row: Row) -> Iterator[Question | BadRow]:
    story = "\n".join(_utterances(row.text("dialogue")))
    world = row.text("dialogue_id").partition("-")[0]
    there = False
    for agent, other in ((1, 2), (2, 1)):
        asked = {
            "desire": f"What is agent {agent}'s {{}} priority, as far as it has shown?",
            "belief": f"What does agent {agent} believe agent {other}'s {{}} priority "
            "to be?",
        }
        for kind, text in asked.items():
            for level in LEVELS:
                name = f"agent{agent}_{kind}_{level}"
                if name in row.fields:
                    there = True
                    yield _of(row, name, kind, text.format(level), ITEMS, story, world)
        name = f"utterance{agent}_intent"
        if row.fields.get(name):
            there = True
            text = f"What is the intent of the last thing that agent {agent} says?"
            yield _of(row, name, "intent", text, INTENTS, story, world)
    if not there:
        yield row.bad("agent1_desire_high", "is missing, and so is every other label")


def _of(
    row: Row, name: str, kind: str, text: str, options: tuple[str, ...], *where: str
) -> Question | BadRow:
    story, world = where
    try:
        value = row.fields[name]
        labels = row.texts(name) if isinstance(value, list) else [row.text(name)]
        labels = [part.strip() for label in labels for part in label.split(",")]
        if len(labels) != 1:
            return row.bad(name, "has several labels, and one option should be right")
        return Question(
            cell=kind,
            measures="tom",
            story=story,
            rules=RULES,
            question=text,
            options=options,
            gold=row.option(name, labels[0], options),
            answered_by=name,
            nominal=2 if kind == "belief" else 1,
            world=world,
        )
    except BadRow as error:
        return error


def _utterances(dialogue: str) -> list[str]:
    """Return what is said; rows have a list as text, in JSON's or Python's manner."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(dialogue)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list):
            return [str(each) for each in cast(list[object], found)]
    return dialogue.split("\n")


NEGOTIATIONTOM = Format(
    "dialogues of NegotiationToM", (".json", ".jsonl"), json_lines, _questions
)
