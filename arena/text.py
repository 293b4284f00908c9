"""Showing text that somebody hostile may have written."""

from __future__ import annotations

import json
import re

__all__ = ["json_shown", "json_text", "shown"]

# What acts on a terminal: control characters but line breaks and tabs, separators of
# lines and paragraphs, lone surrogates, and invisible characters that reorder what
# stands around them ("Trojan Source").
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff]"
)


def shown(text: str) -> str:
    """Return text that cannot act on a terminal: control characters become escapes.

    Line breaks and tabs stay; escape sequences, other control characters, characters
    that reverse the direction of writing and lone surrogates are spelled out.
    """
    return _ACTING.sub(_escape, text)


def json_text(value: object) -> str:
    """Return a value as JSON that cannot act on a terminal."""
    return json_shown(json.dumps(value, ensure_ascii=False))


def json_shown(text: str) -> str:
    """Return JSON that means the same and cannot act on a terminal."""
    return _ACTING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape", "surrogatepass").decode("ascii")
