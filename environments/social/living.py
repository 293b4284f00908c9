"""How a situation is lived: what happens reaches "you" one event at a time."""

from __future__ import annotations

from typing import Protocol

from arena.errors import IllegalAction
from arena.items import Item

__all__ = ["Act", "Life", "StoryLife"]

Act = str
"""`look`, `move` or `say`; `wait` is always there until all has happened."""


class Life(Protocol):
    """A situation that goes on while you are in it.

    Acts take effect at once and may change what is true and believed; the item that is
    asked at the end is derived again from what then has happened. An act that the
    world forbids raises `IllegalAction` and changes nothing.
    """

    def opening(self) -> str:
        """Return where you are and what you see before anything happens."""
        ...

    def rules(self) -> str:
        """Return what must be known to be able to answer, as `Item.rules`."""
        ...

    def advance(self) -> str | None:
        """Let the next thing happen; return what you perceive, or None at the end.

        Where that is nothing it is "Time passes."
        """
        ...

    def legal(self) -> list[Act]:
        """Return the acts that are possible now."""
        ...

    def look(self, container: str) -> str:
        """Look into a container of your room; return what you see."""
        ...

    def move(self, room: str) -> str:
        """Go to another room; return what you see there."""
        ...

    def say(self, person: str, container: str) -> str:
        """Tell someone in your room, alone, where the thing is; return what happens."""
        ...

    def item(self) -> Item:
        """Return the item about what has happened, labelled anew and checked."""
        ...


class StoryLife:
    """An item's story as it is told, a line at a time, with nothing to do."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self._told = 0

    def opening(self) -> str:
        """Return the first line."""
        return self.advance() or ""

    def rules(self) -> str:
        """Return the item's rules."""
        return self._item.rules

    def advance(self) -> str | None:
        """Return the next line."""
        if self._told == len(self._item.story):
            return None
        self._told += 1
        return self._item.story[self._told - 1]

    def legal(self) -> list[Act]:
        """Return nothing."""
        return []

    def look(self, container: str) -> str:
        """Refuse."""
        raise IllegalAction("there is nothing to look into.")

    def move(self, room: str) -> str:
        """Refuse."""
        raise IllegalAction("there is nowhere to go.")

    def say(self, person: str, container: str) -> str:
        """Refuse."""
        raise IllegalAction("there is nobody to speak to.")

    def item(self) -> Item:
        """Return the item as it was made."""
        return self._item
