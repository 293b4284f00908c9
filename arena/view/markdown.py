"""Markdown as HTML in which nothing is loaded and nothing can be clicked.

HTML in it stays text, pictures are links, and links are their text with the address
written out behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from ..text import shown

__all__ = ["markdown"]


def markdown(text: str) -> Markup:
    """Return Markdown as HTML that is safe for a page."""
    parser = _parser()
    tokens = parser.parse(shown(text))
    for token in tokens:
        _tame(token)
        for child in _linked(token.children or ()):
            _tame(child)
    return Markup(parser.renderer.render(tokens, parser.options, {}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    return parser.enable(["table", "strikethrough"]).disable(["image", "html_block"])


def _tame(token: Token) -> None:
    """Drop attributes, and headings that would stand among the page's own."""
    kept = {"start"} if token.type == "ordered_list_open" else set[str]()
    token.attrs = {name: token.attrs[name] for name in kept & token.attrs.keys()}
    if token.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        token.attrs = {"class": f"heading {token.tag}"} if token.nesting == 1 else {}
        token.tag = "p"
    token.info = ""  # would be a class


def _linked(children: Sequence[Token]) -> Sequence[Token]:
    """Return the parts of a line; addresses of links follow their text."""
    addresses: list[str] = []
    for child in children:
        if child.type == "link_open":
            addresses.append(str(child.attrs.get("href", "")))
            child.tag = "span"
        elif child.type == "link_close":
            child.type, child.tag = "html_inline", ""
            child.content = _address(addresses.pop() if addresses else "")
    return children


def _address(address: str) -> str:
    return f'</span><span class="address"> ({escape(shown(address))})</span>'
