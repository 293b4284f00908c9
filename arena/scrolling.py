"""A page of text in a terminal: broken into rows, scrolled, with matches marked.

Text is broken only as far as somebody looks, so that a line of megabytes is drawn at
once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import UIContent, UIControl
from prompt_toolkit.utils import get_cwidth

__all__ = ["Page", "Rows"]

# Characters that take no column, such as accents, heap up on the one before them.
MOST_CHARACTERS = 4  # in a row, for each of its columns


class Rows:
    """Text that cannot act on a terminal, in rows of at most `width` columns.

    Lines are broken behind a space where there is one in the second half of a row.

    Args:
        text: What `arena.text.shown` returned, without tabs.
        width: Columns of a row, 1 or more.
    """

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.width = width
        self._starts = [0]  # of the rows that were cut, and of the next one
        self._ends: list[int] = []

    def spans(self, top: int, count: int) -> list[tuple[int, int]]:
        """Return where rows `top` and on begin and end in the text, `count` at most."""
        while len(self._ends) < top + count and self._cut():
            pass
        starts = self._starts[top : top + count]
        return list(zip(starts, self._ends[top : top + count], strict=False))

    def row_of(self, offset: int) -> int:
        """Return the number of the row in which a place of the text is."""
        while self._starts[-1] <= offset and self._cut():
            pass
        return min(bisect_right(self._starts, offset), len(self._ends)) - 1

    def _cut(self) -> bool:
        """Cut the next row, and return whether there was one."""
        start = self._starts[-1]
        if start > len(self.text):
            return False
        end, following = self._end(start)
        self._ends.append(end)
        self._starts.append(following)
        return True

    def _end(self, start: int) -> tuple[int, int]:
        """Return where the row that begins there ends, and where the next begins."""
        most = start + self.width * MOST_CHARACTERS
        line_end = self.text.find("\n", start, most)
        if line_end < 0:
            line_end = min(most, len(self.text))
        end = self._full(start, line_end)
        if end == len(self.text) or self.text[end] == "\n":
            return end, end + 1
        space = self.text.rfind(" ", start + self.width // 2, end + 1)
        return (end, end) if space < 0 else (space, space + 1)

    def _full(self, start: int, end: int) -> int:
        """Return how far the columns of a row reach."""
        piece = self.text[start:end]
        if piece.isascii():
            return start + min(len(piece), self.width)
        columns = 0
        for count, character in enumerate(piece):
            columns += get_cwidth(character)
            if columns > self.width:
                return start + max(count, 1)
        return end


class Page(UIControl):
    """A text, as far down as its reader has come.

    Args:
        text: Returns what is to be read; see `Rows`.
        wanted: Returns what is to be marked in it, in upper or lower case.

    Attributes:
        offset: Where in the text the page begins, or anywhere in its first row; a page
            of another width begins with the row that holds the same place.
    """

    def __init__(self, text: Callable[[], str], wanted: Callable[[], str]) -> None:
        self._text = text
        self._wanted = wanted
        self._rows = Rows("", 1)
        self._height = 1
        self.offset = 0

    def is_focusable(self) -> bool:
        """Whether keys can be for it; they can."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """Return the rows that fit."""
        text = self._text()
        if text is not self._rows.text or width != self._rows.width:
            self._rows = Rows(text, width)
        self._height = height
        spans = self._rows.spans(self._rows.row_of(self.offset), height)
        lines = list(_marked(text, spans, self._wanted()))
        return UIContent(lines.__getitem__, len(lines), show_cursor=False)

    @property
    def more(self) -> bool:
        """Whether there is more below."""
        below = self._rows.row_of(self.offset) + self._height
        return bool(self._rows.spans(below, 1))

    def scroll(self, pages: int) -> None:
        """Scroll by whole pages, less a row that stays, as far as there is any text."""
        if pages > 0 and not self.more:
            return
        by = pages * max(self._height - 1, 1)
        top = max(self._rows.row_of(self.offset) + by, 0)
        ((self.offset, _),) = self._rows.spans(top, 1)


def _marked(
    text: str, spans: Sequence[tuple[int, int]], wanted: str
) -> Iterator[StyleAndTextTuples]:
    """Yield rows of a text, with what is wanted marked, also across rows."""
    matches: list[tuple[int, int]] = []
    if wanted and spans:
        begin = max(spans[0][0] - len(wanted), 0)
        end = spans[-1][1] + len(wanted)
        found = re.compile(re.escape(wanted), re.IGNORECASE).finditer(text, begin, end)
        matches = [match.span() for match in found]
    for start, end in spans:
        row: StyleAndTextTuples = []
        for first, last in matches:
            first, last = max(first, start), min(last, end)
            if first < last:
                row += [("", text[start:first]), ("class:match", text[first:last])]
                start = last
        yield [*row, ("", text[start:end])]
