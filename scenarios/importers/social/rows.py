"""Rows of foreign files, and what all formats make of them: questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any, cast

from arena.errors import one_line
from arena.items import Measures

__all__ = ["BadRow", "Format", "Question", "Row", "told"]

MOST = 2**53
"""Larger whole numbers are not the same in every reader of JSON."""

# Half a character: no file of text and no model's message can hold it.
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRow(Exception):
    """A row that cannot be read, or cannot be asked; the rest of its file can."""

    def __init__(self, file: str, number: int, field: str, reason: str) -> None:
        self.file = file
        self.number = number
        self.field = field
        self.reason = reason
        super().__init__(told(file, number, field, reason))


def told(file: str, number: int, field: str, reason: str) -> str:
    """Return where something is and what it is, as one sentence."""
    place = f"{file}, row {number}" if number else file
    return f"{place}, field {field!r}: {reason}" if field else f"{place}: {reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, read field by field.

    Attributes:
        file: Relative to what is imported.
        number: From 1; 0 for what concerns the whole file.
        fields: By name, or by place as "1", "2", …, where columns have no name.
        at: Where in the row the fields are, as a prefix of their names.
    """

    file: str
    number: int
    fields: Mapping[str, Any]
    at: str = ""

    def bad(self, field: str, reason: str) -> BadRow:
        """Return the error for a field of this row."""
        return BadRow(self.file, self.number, self.at + field, reason)

    def text(self, *names: str) -> str:
        """Return the first of these fields that is there.

        Raises:
            BadRow: If none is, or if it is no text.
        """
        found = self.optional(*names)
        if found is None:
            raise self.bad(names[0], "is missing or empty")
        return found

    def optional(self, *names: str) -> str | None:
        """Return the first of these fields that is there, else None.

        A number counts as its digits; null, NaN and blanks as not there.
        """
        for name in names:
            value = self.fields.get(name)
            if value is None or (isinstance(value, float) and not isfinite(value)):
                continue
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise self.bad(name, f"should be text, is {_shape(value)}")
            if isinstance(value, str) and _SURROGATE.search(value):
                raise self.bad(name, "holds half a character (a lone surrogate)")
            if str(value).strip():
                return str(value)
        return None

    def fact(self, name: str) -> str | int | None:
        """Return a short text or a whole number for tables, None for anything else."""
        value = self.fields.get(name)
        if isinstance(value, int):
            return value if abs(value) < MOST else None
        return self.optional(name) if isinstance(value, str) else None

    def texts(self, *names: str) -> list[str]:
        """Return a list of texts; null, NaN and blanks at its end are left out.

        Raises:
            BadRow: If there are some before a text: what a label counts would move.
        """
        name = next((n for n in names if self.fields.get(n) is not None), names[0])
        value = self.fields.get(name)
        if not isinstance(value, list):
            raise self.bad(name, f"should be a list of texts, is {_shape(value)}")
        parts = {str(i): each for i, each in enumerate(cast(list[object], value))}
        inner = replace(self, fields=parts, at=f"{self.at}{name}.")
        texts: list[str] = []
        for part in parts:
            text = inner.optional(part)
            if text is not None and len(texts) < int(part):
                raise inner.bad(str(len(texts)), "is empty, and one after it is not")
            if text is not None:
                texts.append(text)
        return texts

    def inner(self, name: str) -> Row:
        """Return what is below a field, as a row of its own."""
        value = self.fields.get(name)
        if not isinstance(value, Mapping):
            raise self.bad(name, f"should be an object, is {_shape(value)}")
        fields = cast(Mapping[str, Any], value)
        return replace(self, fields=fields, at=f"{self.at}{name}.")

    def each(self, name: str) -> Iterator[Row]:
        """Yield what is in a list below a field, a row for each object."""
        value = self.fields.get(name)
        if not isinstance(value, list):
            raise self.bad(name, f"should be a list, is {_shape(value)}")
        parts = {str(i): each for i, each in enumerate(cast(list[object], value))}
        holder = replace(self, fields=parts, at=f"{self.at}{name}.")
        yield from (holder.inner(part) for part in parts)

    def option(self, name: str, answer: str, options: Sequence[str]) -> int:
        """Return which option a field names, by its text.

        Raises:
            BadRow: If it is none of them.
        """
        if answer in options:
            return options.index(answer)
        plain = [_plain(option) for option in options]
        if _plain(answer) not in plain:
            shown = one_line(f"{answer!r} is none of {list(options)}", 200)
            raise self.bad(name, shown)
        return plain.index(_plain(answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with options, before its options are shuffled.

    Attributes:
        cell: As the format groups its questions.
        measures: Theory of mind, the own situation, or a control.
        question: What is asked.
        options: As the row has them.
        gold: Index of the right one.
        answered_by: Name of the field that says so.
        story: Before it, lines and all.
        rules: What the format says outside of its rows.
        nominal: Order as worded.
        world: What is alike in it; by default the story.
        pair: Equal for it and its twins.
        variant: Which of the pair it is.
        roles: What each option is, besides `correct`.
        facts: Further knobs for tables.
        simulated: Whether story and question can be read and simulated.
    """

    cell: str
    measures: Measures
    question: str
    options: Sequence[str]
    gold: int
    answered_by: str = "answer"
    story: str = ""
    rules: str = ""
    nominal: int | None = None
    world: str = ""
    pair: str | None = None
    variant: str = ""
    roles: Sequence[tuple[str, ...]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """How one published set is read.

    Attributes:
        about: What it is, for the description of the scenario.
        suffixes: Of the files that are read where a folder is imported.
        rows: Yields the rows of a file; the file's name goes with each. What cannot
            be read is yielded as an error.
        questions: Yields what a row asks.
        licence: What its licence does not allow, or "".
    """

    about: str
    suffixes: tuple[str, ...]
    rows: Callable[[Path, str], Iterator[Row | BadRow]]
    questions: Callable[[Row], Iterable[Question | BadRow]]
    licence: str = ""


def _shape(value: object) -> str:
    if value is None:
        return "missing"
    return one_line(repr(value), 60)


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold().rstrip(".")
