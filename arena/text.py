"""Showing text that somebody hostile may have written."""

from __future__ import annotations

import unicodedata

__all__ = ["shown"]

_KEPT = frozenset("\n\t")
# Invisible characters that reorder what stands around them ("Trojan Source").
_REORDERING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def shown(text: str) -> str:
    """Return text that cannot act on a terminal: control characters become escapes.

    Line breaks and tabs stay; escape sequences, other control characters, characters
    that reverse the direction of writing and lone surrogates are spelled out.
    """
    return "".join(
        char if char in _KEPT or not _acts(char) else _escape(char) for char in text
    )


def _acts(char: str) -> bool:
    return char in _REORDERING or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
