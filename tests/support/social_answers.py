"""Episodes of Social-v1 written by hand, so that tables can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arena.agent import AgentSpec
from arena.analysis import Episode
from arena.items import Item, Label, Measures

__all__ = ["answered", "item", "rows_of"]


def item(
    name: str,
    options: Sequence[str] = ("box", "shelf", "drawer", "basket"),
    gold: int = 0,
    *,
    cell: str = "belief 1",
    measures: Measures = "tom",
    **more: Any,
) -> Item:
    """Make an item; its world is its own where none is given."""
    answer = options[gold]
    more = {"generator": "by-hand", "world": f"world of {name}", **more}
    return Item(
        id=name,
        version=1,
        cell=cell,
        measures=measures,
        story=("Something happens.",),
        question="What now?",
        options=tuple(options),
        gold=gold,
        labels=(Label("one", answer, "so"), Label("two", answer, "so too")),
        **more,
    )


def answered(
    asked: Item,
    option: int | None,
    *,
    agent: str = "agent",
    scenario: str = "social/by-hand",
    confidence: float | None = None,
    epoch: int = 0,
    blind: dict[str, int] | None = None,
    **more: Any,
) -> Episode:
    """Make the episode in which an agent chose an option, or ran out of turns."""
    stated = None if option is None else confidence
    evidence = {
        "mode": "read",
        "item": asked.evidence(),
        "answer": {"option": option, "confidence": stated},
        "blind": blind or {},
        "acts": 0,
    }
    told: dict[str, Any] = {
        "run": "run",
        "scenario": scenario,
        "environment": "arena/Social-v1",
        "parameters": {},
        "agent": agent,
        "sample": 0,
        "epoch": epoch,
        "seed": 0,
        "seats": {"you": AgentSpec(name="random")},
        "tested": ("you",),
        "payoffs": {"you": 0.0},
        "reason": "turn_limit" if option is None else "completed",
        "evidence": evidence,
    }
    return Episode(**told | more)


def rows_of(sections: Sequence[Any], title: str) -> list[dict[str, Any]]:
    """Return the rows of the table of that title, by column; none without it."""
    for section in sections:
        for table in section.tables:
            if table.title == title:
                return [dict(zip(table.columns, r, strict=True)) for r in table.rows]
    return []
