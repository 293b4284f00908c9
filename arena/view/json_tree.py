"""JSON as a tree to unfold, bounded in size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from markupsafe import Markup, escape

from ..text import json_text, shown

__all__ = ["tree"]

_NO_NAME = Markup("")
_FEW = 8
"""So many values may stand on one line, and are unfolded at first."""
_MOST_NODES = 2000
_DEEPEST = 30
_SHORT = 100
"""A value of so many characters of JSON stands on one line."""
_LONGEST = 20_000
"""Characters that are shown of one text."""


def tree(value: object, *, unfolded: bool = False) -> Markup:
    """Return a value with what is nested in it folded; the rest of a large one is cut.

    The whole of it is what the page calls raw.

    Args:
        value: Any JSON.
        unfolded: Whether its own fields are seen at first, however many there are.
    """
    return _Tree(unfolded).drawn(value)


class _Tree:
    """One drawing, which has room for so many nodes."""

    def __init__(self, unfolded: bool) -> None:
        self._left = _MOST_NODES
        self._unfolded = unfolded

    def drawn(self, value: object, name: Markup = _NO_NAME, depth: int = 0) -> Markup:
        """Return a value behind its name."""
        self._left -= 1
        if isinstance(value, dict):
            fields = cast(dict[str, object], value)
            return self._nested(fields, fields.items(), name, depth)
        if isinstance(value, list):
            items = cast(list[object], value)
            return self._nested(items, enumerate(items), name, depth)
        if isinstance(value, str):
            return name + _text(value)
        return name + Markup('<span class="json-value">{}</span>').format(
            json_text(value)
        )

    def _opens(self, count: int) -> bool:
        return self._unfolded or count <= _FEW

    def _nested(
        self,
        value: dict[str, object] | list[object],
        items: Iterable[tuple[str | int, object]],
        name: Markup,
        depth: int,
    ) -> Markup:
        count, brackets = len(value), "{}" if isinstance(value, dict) else "[]"
        if depth >= _DEEPEST:
            return name + Markup('<span class="cut">nested deeper</span>')
        if count <= _FEW and (line := _line(value)) is not None:
            return name + Markup('<code class="json-line">{}</code>').format(line)
        rows: list[Markup] = []
        for key, item in items:
            if self._left <= 0:
                left = count - len(rows)
                rows.append(Markup('<li class="cut">{} more</li>').format(left))
                break
            named = Markup('<span class="json-name">{}</span> ')
            inner = named.format(shown(str(key)[:_SHORT]))
            rows.append(
                Markup("<li>{}</li>").format(self.drawn(item, inner, depth + 1))
            )
        return Markup(
            "<details{}><summary>{}{}{:,}{}</summary><ul>{}</ul></details>"
        ).format(
            Markup(" open") if depth == 0 and self._opens(count) else "",
            *(name, brackets[0], count, brackets[1]),
            Markup("").join(rows),
        )


def _line(value: dict[str, object] | list[object]) -> str | None:
    """Return a small value as one line of JSON, or None."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    if any(isinstance(part, (dict, list)) for part in parts):
        return None
    if sum(len(part) for part in parts if isinstance(part, str)) > _SHORT:
        return None
    line = json_text(value)
    return line if len(line) <= _SHORT else None


def _text(text: str) -> Markup:
    left = len(text) - _LONGEST
    safe = escape(shown(text[:_LONGEST]))
    if left > 0:
        more = f"{left:,} characters more: see raw"
        safe += Markup('<span class="cut">{}</span>').format(more)
    if "\n" in text:
        return Markup('<pre class="json-text">{}</pre>').format(safe)
    return Markup('<span class="json-text">{}</span>').format(safe)
