"""A small scenario of social items in a file."""

from pathlib import Path
from typing import Any

from arena.item_files import write_items
from arena.items import Item, Label

ITEM: dict[str, Any] = {
    "generator": "by hand",
    "version": 1,
    "cell": "belief 1",
    "measures": "tom",
    "rules": "Who is away sees nothing.",
    "story": ("Ana puts the ball in the box.", "Ana leaves.", "Bo takes the bag."),
    "question": "Where will Ana look for the ball?",
    "options": ("the box", "the bag"),
    "gold": 0,
    "labels": (Label("table", "the box", "he saw it"),),
    "roles": (("correct", "initial"), ("reality",)),
    "picks": {"reality": 1, "initial": 0},
    "order": 1,
    "nominal": 1,
}


def item(number: int, **changes: Any) -> Item:
    """Return an item of a world of its own."""
    own: dict[str, Any] = {"id": f"item-{number}", "world": f"world-{number}"}
    return Item(**(ITEM | own | changes))


def social_scenario(
    folder: Path, *, items: int = 4, parameters: str = "", **changes: Any
) -> str:
    """Write a scenario that asks so many items, and return its folder."""
    folder.mkdir(exist_ok=True)
    write_items(folder / "items.jsonl", [item(i, **changes) for i in range(items)])
    (folder / "scenario.toml").write_text(
        f"""description = "Where is the ball?"
environment = "arena/Social-v1"
items = {items}

[parameters]
file = "./items.jsonl"
{parameters}

[[scorers]]
name = "right-answer"

[[scorers]]
name = "confidence-brier"
"""
    )
    return str(folder)
