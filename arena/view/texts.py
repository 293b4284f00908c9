"""The texts of an event, drawn piece by piece: never five megabytes at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from .ansi import has_codes, terminal
from .cards import has_cards, with_cards
from .json_tree import tree
from .markdown import markdown

__all__ = ["Part", "text_part", "tree_part"]

Style = Literal["prose", "terminal", "markdown", "call", "problem", "tree"]
_FIRST = 6_000
"""Characters that are shown of a text at first."""
_CODE = 32
"""Characters at the end of a piece in which no terminal code is cut."""
_NEXT = 100_000
"""Characters that come with every wish for more."""


@dataclass(frozen=True)
class Part:
    """One text or value of an event.

    Attributes:
        style: How it is drawn.
        text: All of it; empty for a tree.
        label: What it is, where that is not clear.
        value: What a tree shows.
    """

    style: Style
    text: str = ""
    label: str = ""
    value: object = None

    @property
    def total(self) -> int:
        """How many characters there are."""
        return len(self.text)

    def end(self, start: int = 0) -> int:
        """Return where the piece ends that begins at a character."""
        if start == 0 and self.total <= _FIRST + _FIRST // 4:  # no button for a bit
            return self.total
        end = min(self.total, start + (_NEXT if start else _FIRST))
        code = self.text.rfind("\x1b", end - _CODE, end)
        return code if start < code and end < self.total else end

    def drawn(self, start: int = 0) -> Markup:
        """Return the piece that begins at a character, safe for a page."""
        if self.style == "tree":
            return tree(self.value)
        text = self.text[start : self.end(start)]
        if self.style == "markdown" and start == 0:
            return markdown(text)
        if self.style == "prose" and has_cards(self.text[:_FIRST]):
            return with_cards(text)
        return terminal(text)


def text_part(style: Style, text: str, label: str = "") -> Part:
    """Return a text; what was written for a terminal is drawn like one."""
    if style == "prose" and has_codes(text):
        style = "terminal"
    return Part(style, text, label)


def tree_part(value: object, label: str = "") -> Part:
    """Return a value of JSON."""
    return Part("tree", label=label, value=value)
