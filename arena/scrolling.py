"""A page of text in a terminal: broken into rows, scrolled, with matches marked.

Text is broken only as far as somebody looks, so that a line of megabytes is drawn at
once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import UIContent, UIControl
from prompt_toolkit.utils import get_cwidth

__all__ = ["Page", "Rows"]

MORE = "▼ PageDown for more"
# Accents take no column and heap up on what stands before them, far above the row where
# there are many, or in the row above where nothing does.
MOST_ACCENTS = 6
BEARER = "◌"


class Rows:
    """Text that cannot act on a terminal, in rows of at most `width` columns.

    Lines are broken behind a space where there is one in the second half of a row.

    Args:
        text: What `arena.text.shown` returned, without tabs.
        width: Columns of a row; less than 1, of a window without any, counts as 1.
    """

    def __init__(self, text: str, width: int) -> None:
        self.text = text
        self.width = max(width, 1)
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
        most = start + self.width * (1 + MOST_ACCENTS)
        line_end = self.text.find("\n", start, most)
        end = self._full(start, min(most, len(self.text)) if line_end < 0 else line_end)
        if end == len(self.text) or self.text[end] == "\n":
            return end, end + 1
        space = self.text.rfind(" ", start + self.width // 2, end + 1)
        return (end, end) if space < 0 else (space, space + 1)

    def _full(self, start: int, end: int) -> int:
        """Return how far the columns of a row reach."""
        piece = self.text[start:end]
        if piece.isascii():
            return start + min(len(piece), self.width)
        columns = 0 if get_cwidth(piece[0]) else get_cwidth(BEARER)
        accents = 0
        for count, character in enumerate(piece):
            wide = get_cwidth(character)
            columns += wide
            accents = 0 if wide else accents + 1
            if columns > self.width or accents > MOST_ACCENTS:
                return start + max(count, 1)
        return end


class Page(UIControl):
    """A text, as far down as its reader has come.

    Args:
        text: Returns what is to be read; see `Rows`.
        which: Returns what tells one text from another; each begins at its top.
        wanted: Returns what is to be marked in it, in upper or lower case.

    Attributes:
        seek: A place that must come into sight when it is drawn next, or None.
    """

    def __init__(
        self,
        text: Callable[[], str],
        which: Callable[[], Hashable],
        wanted: Callable[[], str],
    ) -> None:
        self._text = text
        self._which = which
        self._wanted = wanted
        self._read: Hashable = None
        self._rows = Rows("", 1)
        # A place in the first row drawn, so that it stays in another width.
        self._offset = 0
        self._shown = 1
        self._more = False
        self.seek: int | None = None

    def is_focusable(self) -> bool:
        """Whether keys can be for it; they can."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """Return the rows that fit."""
        text, which = self._text(), self._which()
        if which != self._read:
            self._read, self._offset = which, 0
        if text is not self._rows.text or width != self._rows.width:
            self._rows = Rows(text, width)
        if self.seek is not None:
            self._bring_into_sight(self._rows.row_of(self.seek), height)
            self.seek = None
        spans = self._rows.spans(self._rows.row_of(self._offset), height + 1)
        self._more = len(spans) > height
        if self._more:
            spans = spans[: max(height - 1, 1)]
        self._shown = len(spans)
        lines = list(_marked(text, spans, self._wanted()))
        if self._more and height > 1:
            lines.append([("class:more", MORE)])
        return UIContent(lines.__getitem__, len(lines), show_cursor=False)

    def scroll(self, pages: int) -> None:
        """Scroll by whole pages, less a row that stays, as far as there is any text."""
        if pages > 0 and not self._more:
            return
        by = pages * max(self._shown - 1, 1)
        self._begin_with(self._rows.row_of(self._offset) + by)

    def _bring_into_sight(self, row: int, height: int) -> None:
        if not 0 <= row - self._rows.row_of(self._offset) < height - 1:
            self._begin_with(row - height // 2)

    def _begin_with(self, row: int) -> None:
        ((self._offset, _),) = self._rows.spans(max(row, 0), 1)


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
        bare = start < end and not get_cwidth(text[start])
        row: StyleAndTextTuples = [("", BEARER)] if bare else []
        for first, last in matches:
            first, last = max(first, start), min(last, end)
            if first < last:
                row += [("", text[start:first]), ("class:match", text[first:last])]
                start = last
        yield [*row, ("", text[start:end])]
