"""Sections as GitHub Markdown, to paste into an issue or a paper's repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..analysis import Block, Section, Table, Value, written
from ..intervals import Estimate
from ..text import shown

__all__ = ["markdown"]

# What would make markup, a link or a picture of what an agent wrote.
_ACTIVE = re.compile(r"[\\`*_\[\]<>|~@$&#]|://|www\.")
_CODE = re.compile("(`[^`]+`)")
_TICKS = re.compile("`+")
LEFT_OUT = (
    "Figures and single episodes are on the page: `arena report … -o report.html`."
)


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Return sections as Markdown, with their tables and without figures."""
    return "\n\n".join(_parts(title, sections)) + "\n"


def _parts(title: str, sections: Sequence[Section]) -> Iterator[str]:
    yield f"# {_text(title)}"
    for section in sections:
        yield f"## {_text(section.title)}"
        if section.text:
            yield _prose(section.text)
        for table in section.tables:
            yield from _table(table)
        for block in section.blocks:
            if not block.anchor:
                yield from _block(block)
    yield LEFT_OUT


def _table(table: Table) -> Iterator[str]:
    yield f"### {_text(table.title)}"
    rules = [
        ":--" if any(isinstance(row[at], str) for row in table.rows) else "--:"
        for at in range(len(table.columns))
    ]
    lines = [
        _row([_text(name) for name in table.columns]),
        _row(rules),
        *(_row([_value(value) for value in row]) for row in table.rows),
    ]
    yield "\n".join(lines)
    if table.note:
        yield _prose(table.note)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(value: Value) -> str:
    # What we format ourselves has only digits and brackets in it.
    return written(value) if isinstance(value, Estimate) else _text(written(value))


def _block(block: Block) -> Iterator[str]:
    yield f"### {_text(block.title)}"
    text = shown(block.text)
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text\n{text}\n{fence}"
    if block.caption:
        yield _prose(block.caption)


def _prose(text: str) -> str:
    """Return text with what stands between backticks as code."""
    parts = _CODE.split(text)
    return "".join(
        f"`{_flat(part[1:-1])}`" if at % 2 else _text(part)
        for at, part in enumerate(parts)
    )


def _text(text: str) -> str:
    return _ACTIVE.sub(lambda found: _escaped(found.group()), _flat(text))


def _escaped(found: str) -> str:
    if found == "www.":
        return "www\\."
    return f"\\{found}"


def _flat(text: str) -> str:
    return " ".join(shown(text).split("\n"))
