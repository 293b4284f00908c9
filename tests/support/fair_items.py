"""Items whose answer nothing on their surface tells, for audits."""

import random
from dataclasses import replace
from typing import Any

from arena.items import Item, Label

__all__ = ["PEOPLE", "PLACES", "fair_item", "labelled"]

PLACES = ("basket", "drawer", "crate", "bucket", "jar", "tin", "chest", "shelf")
PEOPLE = ("Ada", "Bo", "Cai", "Dov", "Eno")


def fair_item(number: int, *, options: int = 4, gold: int | None = None) -> Item:
    """An item whose answer nothing on its surface tells."""
    rng = random.Random(number)
    places = [f"the {place}" for place in rng.sample(PLACES, options)]
    moves = rng.sample(places, options)
    right = rng.randrange(options) if gold is None else gold
    return labelled(
        Item(
            id=f"item-{number}",
            generator="by hand",
            version=1,
            cell="belief 1",
            measures="tom",
            world=f"world-{number}",
            story=(
                f"Story {number}.",
                *(f"Bo moves it to {place}." for place in moves),
            ),
            question=f"Where does {rng.choice(PEOPLE)} think it is?",
            options=tuple(places),
            gold=right,
            labels=(),
            picks={"reality": rng.randrange(options)},
        )
    )


def labelled(item: Item, **changes: Any) -> Item:
    """The item with changes, and with labels for its answer."""
    item = replace(item, **changes)
    labels = tuple(Label(by, item.answer, "so") for by in ("table", "filter"))
    return replace(item, labels=labels)
