"""BigToM: what follows from having perceived an event, or not.

Gandhi and others, NeurIPS 2023. Either the stories with their parts (17 columns, or 19,
with `;` between and no names), of which the conditions are put together here as its
authors do; or the conditions' own files (story; question; right; wrong), whose
condition is the name of the folder. In these the first answer is always right.
"""

from __future__ import annotations

from collections.abc import Iterator

from .files import columns
from .rows import Format, Question, Row

__all__ = ["BIGTOM"]

PARTS = 17
CONDITION = 4
SENTENCES = 5  # setting, wish, percept, first belief, event
# Columns, from 1.
STORY, AWARE, UNAWARE, ACTS_AWARE, ACTS_UNAWARE = "12345"
BELIEF, ACTION = "6", "8"
BELIEF_AWARE, ACTION_AWARE, BELIEF_UNAWARE, ACTION_UNAWARE = "9", "11", "12", "14"
OTHER_EVENT, OTHER_AWARE, OTHER_UNAWARE = "15", "16", "17"


def _questions(row: Row) -> Iterator[Question]:
    if len(row.fields) >= PARTS:
        yield from _conditions(row)
        return
    folder = row.file.split("/")[-2] if "/" in row.file else ""
    condition = folder or row.file.partition(".")[0]
    yield Question(
        cell=condition.replace("_", " "),
        measures="control" if "control" in condition else "tom",
        story=row.text("1"),
        question=row.text("2"),
        options=(row.text("3"), row.text("4")),
        gold=0,
        answered_by="3",
        nominal=1,
        facts={"condition": condition},
    )


def _conditions(row: Row) -> Iterator[Question]:
    """Yield both beliefs and their controls, of belief, action and what explains it."""
    parts = [part.strip() for part in row.text(STORY).split(".") if part.strip()]
    if len(parts) != SENTENCES:
        said = f"should have {SENTENCES} sentences, has {len(parts)}"
        raise row.bad(STORY, said)
    begin = ". ".join(parts[:3]) + "."
    event = f"{begin} {parts[4]}."
    other = f"{begin} {row.text(OTHER_EVENT)}"
    ends = {
        "true belief": (event, AWARE, ACTS_AWARE, True),
        "false belief": (event, UNAWARE, ACTS_UNAWARE, False),
        "true control": (other, OTHER_AWARE, ACTS_UNAWARE, False),
        "false control": (other, OTHER_UNAWARE, ACTS_UNAWARE, False),
    }
    kinds = {
        "forward belief": (BELIEF, BELIEF_AWARE, BELIEF_UNAWARE),
        "forward action": (ACTION, ACTION_AWARE, ACTION_UNAWARE),
        "backward belief": (BELIEF, BELIEF_AWARE, BELIEF_UNAWARE),
    }
    for kind, (asked, aware, unaware) in kinds.items():
        for condition, (told, percept, act, knows) in ends.items():
            if kind == "backward belief" and condition == "false control":
                continue  # its story is that of the true control
            last = act if kind == "backward belief" else percept
            control = condition.endswith("control")
            yield Question(
                cell=f"{kind}, {condition}",
                measures="control" if control else "tom",
                story=f"{told} {row.text(last)}",
                question=row.text(asked),
                options=(row.text(aware), row.text(unaware)),
                gold=0 if knows else 1,
                answered_by=aware if knows else unaware,
                nominal=1,
                world=row.text(STORY),
                pair=None if control else f"{row.file} {row.number} {kind}",
                variant={"false belief": "test", "true belief": "twin"}.get(
                    condition, ""
                ),
                roles=(("aware",), ("unaware",)),
                facts={"condition": condition},
            )


BIGTOM = Format(
    "stories of BigToM",
    (".csv",),
    columns(";", lambda n: n in (CONDITION, PARTS, PARTS + 2), "4, 17 or 19"),
    _questions,
)
