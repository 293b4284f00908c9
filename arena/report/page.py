"""A page of sections, in one HTML file that fetches nothing.

Every text on it may come from a model or a file, so every text is escaped here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from ..analysis import Block, Figure, Section, Table, Value, written
from ..errors import one_line
from ..intervals import Estimate
from ..text import shown
from .figures import can_draw, svg
from .style import STYLE

__all__ = ["page"]

# Were an escape ever forgotten, a browser would still run and fetch nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_CODE = re.compile("`([^`]+)`")
_NO_FIGURES = (
    "The figures are left out: they need the extra `report` "
    "(pip install 'arena-evals[report]')."
)


def page(title: str, sections: Sequence[Section]) -> str:
    """Return the page; without the extra `report` it has no figures and says so."""
    drawing = can_draw()
    parts = [_head(title, sections)]
    if not drawing and any(section.figures for section in sections):
        parts.append(f'<p class="note">{_text(_NO_FIGURES)}</p>')
    figures = 0
    for number, section in enumerate(sections):
        parts.append(f'<section id="s{number}"><h2>{_text(section.title)}</h2>')
        if section.text:
            parts.append(f"<p>{_prose(section.text)}</p>")
        for figure in section.figures if drawing else ():
            figures += 1
            parts.append(_figure(figure, figures))
        parts += [_table(table) for table in section.tables]
        parts += [_block(block) for block in section.blocks]
        parts.append("</section>")
    return "\n".join([*parts, "</main></body></html>", ""])


def _head(title: str, sections: Sequence[Section]) -> str:
    entries = "".join(
        f'<li><a href="#s{number}">{_text(section.title)}</a></li>'
        for number, section in enumerate(sections)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{_text(title)}</title><style>{STYLE}</style></head>\n<body>"
        f'<main><h1>{_text(title)}</h1>\n<nav aria-label="Contents"><ul>{entries}</ul>'
        "</nav>"
    )


def _figure(figure: Figure, number: int) -> str:
    try:
        picture = f"{_wide(figure.title)}{svg(figure, number)}</div>"
    except Exception as error:  # noqa: BLE001  (a plug-in draws, and the rest stands)
        why = f"it could not be drawn: {type(error).__name__}: {one_line(str(error))}"
        picture = f"<p>{_text(why)}</p>"
    caption = f"<figcaption>{_prose(figure.caption)}</figcaption>"
    return f"<figure><h3>{_text(figure.title)}</h3>{picture}{caption}</figure>"


def _table(table: Table) -> str:
    numeric = [
        all(not isinstance(row[i], str) for row in table.rows)
        for i in range(len(table.columns))
    ]
    kinds = ["number" if is_numeric else "text" for is_numeric in numeric]
    head = "".join(
        f'<th scope="col" class="{kind}">{_text(name)}</th>'
        for name, kind in zip(table.columns, kinds, strict=True)
    )
    links = table.links or [None] * len(table.rows)
    body = "\n".join(
        _row(row, kinds, link) for row, link in zip(table.rows, links, strict=True)
    )
    note = f'<p class="note">{_prose(table.note)}</p>' if table.note else ""
    return (
        f"<h3>{_text(table.title)}</h3>{_wide(table.title)}<table><thead><tr>{head}</tr>"
        f"</thead>\n<tbody>{body}</tbody></table></div>{note}"
    )


def _block(block: Block) -> str:
    # Line by line, as what keeps control characters from a page would spell out ends.
    lines = "\n".join(_text(line) for line in block.text.splitlines())
    caption = f'<p class="note">{_prose(block.caption)}</p>' if block.caption else ""
    if block.anchor:
        # The anchor is inside, so that a link to it unfolds what is around it.
        return (
            f"<details><summary>{_text(block.title)}</summary>{caption}"
            f'<pre id="{_text(block.anchor)}" tabindex="0">{lines}</pre></details>'
        )
    head = f"<h3>{_text(block.title)}</h3>"
    return f"{head}{_wide(block.title)}<pre>{lines}</pre></div>{caption}"


def _wide(title: str) -> str:
    """Open a box that scrolls where it is too narrow, also by keys."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="{_text(title)}">'


def _row(row: Sequence[Value], kinds: Sequence[str], link: str | None) -> str:
    cells = list(_cells(row, kinds))
    if link is not None:
        kind, told = cells[0]
        cells[0] = kind, f'<a href="#{_text(link)}">{told}</a>'
    told_ones = (f'<td class="{kind}">{told}</td>' for kind, told in cells)
    return f"<tr>{''.join(told_ones)}</tr>"


def _cells(row: Sequence[Value], kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    for value, kind in zip(row, kinds, strict=True):
        told = _text(written(value))
        if isinstance(value, Estimate) and "[" in told:
            point, _, interval = told.partition(" [")
            told = f'{point} <span class="interval">[{interval}</span>'
        yield kind, told


def _prose(text: str) -> str:
    """Return text with what stands between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _text(text: str) -> str:
    return html.escape(shown(text))
