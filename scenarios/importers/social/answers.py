"""Which option a label means: a letter, a number from 0 or from 1, or its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .rows import Row

__all__ = [
    "by_letter",
    "by_number",
    "by_text_or_letter",
    "lettered",
    "without_letter",
    "without_letters",
]

_LETTER = re.compile(r"\(?([A-Za-z])\)?[.:)]?")
# "(A) x", "A. x", "A) x", "A: x"
_PREFIX = re.compile(r"\s*(?:\(([A-Z])\)|([A-Z])[.):])\s*")


def by_letter(row: Row, name: str, options: Sequence[str]) -> int:
    """Return the option of a letter, as `B`, `(b)` or `B.`."""
    label = row.text(name).strip()
    found = _LETTER.fullmatch(label)
    index = ord(found.group(1).upper()) - ord("A") if found else -1
    if not 0 <= index < len(options):
        last = chr(ord("A") + len(options) - 1)
        raise row.bad(name, f"should be a letter from A to {last}, is {label[:60]!r}")
    return index


def by_number(row: Row, name: str, options: Sequence[str], *, first: int) -> int:
    """Return the option of a number, where the first option is number `first`."""
    label = row.text(name).strip()
    last = first + len(options) - 1
    if not (label.isdecimal() and first <= int(label) <= last):
        said = f"should be a number from {first} to {last}, is {label[:60]!r}"
        raise row.bad(name, said)
    return int(label) - first


def by_text_or_letter(row: Row, name: str, options: Sequence[str]) -> int:
    """Return the option of a text; of a letter, where no option is that text."""
    label = row.text(name).strip()
    if _LETTER.fullmatch(label) and label not in options:
        return by_letter(row, name, options)
    return row.option(name, without_letter(label), options)


def without_letter(text: str, letter: str | None = None) -> str:
    """Return an option without the letter that stands before it, this one if given."""
    found = _PREFIX.match(text)
    if found is None or letter not in (None, found.group(1) or found.group(2)):
        return text
    return text[found.end() :]


def without_letters(options: Sequence[str]) -> list[str]:
    """Return options without their own letters, where they stand before them."""
    return [without_letter(text, chr(ord("A") + i)) for i, text in enumerate(options)]


def lettered(text: str) -> tuple[str, list[str]] | None:
    """Return what stands before options A, B, … in a text, and the options.

    Each begins with its letter, as `(A)` or `A.`, in order. None if there are not two.
    """
    marks: list[re.Match[str]] = []
    for found in re.finditer(r"(?:(?<=\s)|^)(?:\(([A-Z])\)|([A-Z])[.):](?=\s))", text):
        if (found.group(1) or found.group(2)) == chr(ord("A") + len(marks)):
            marks.append(found)
    if len(marks) < 2:
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    options = [
        text[mark.end() : end].strip().rstrip(",;").strip()
        for mark, end in zip(marks, ends, strict=True)
    ]
    return text[: marks[0].start()].strip(), options
