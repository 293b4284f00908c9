"""Playing cards in a text, drawn as cards.

Which game it is does not matter: where a text says "cards:", "board:" or that somebody
shows or has cards, what follows in the common notation (rank and suit as `Td`, or the
rank alone) is drawn.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from ..text import shown

__all__ = ["has_cards", "with_cards"]

_SUITS = {
    "c": ("clubs", "♣"),
    "d": ("diamonds", "♦"),
    "h": ("hearts", "♥"),
    "s": ("spades", "♠"),
}
_RANKS = {"A": "ace", "K": "king", "Q": "queen", "J": "jack", "T": "ten"}
_CARD = re.compile(r"(?P<rank>10|[2-9TJQKA])(?P<suit>[cdhs])?(?![\w'’])")
_TABLE = re.compile(r"\bcards:", re.IGNORECASE)
# A list of cards must come to an end: "shows 7 things" holds none.
_LIST = re.compile(
    r"""(?P<before>\b(?i:(?:cards|board):|shows|has|have|holds?)[ ])
        (?P<cards>(?:10|[2-9TJQKA])[cdhs]? (?:,?[ ](?:10|[2-9TJQKA])[cdhs]?){0,20})
        (?=[.;,)]|[ ]\(|[ ]*$)""",
    re.VERBOSE | re.MULTILINE,
)


def has_cards(text: str) -> bool:
    """Return whether a text is of a card table."""
    return _TABLE.search(text) is not None


def with_cards(text: str) -> Markup:
    """Return a text with its cards drawn, safe for a page."""
    done, end = Markup(""), 0
    for found in _LIST.finditer(text):
        start = found.end("before")
        done += escape(shown(text[end:start])) + _drawn(found["cards"])
        end = found.end()
    return done + escape(shown(text[end:]))


def _drawn(cards: str) -> Markup:
    done, end = Markup(""), 0
    for found in _CARD.finditer(cards):
        done += escape(cards[end : found.start()].replace(",", ""))
        done += _card(found["rank"], found["suit"])
        end = found.end()
    return done + escape(cards[end:])


def _card(rank: str, suit: str | None) -> Markup:
    """Return one card; what is read aloud and copied is its name."""
    name, sign = _SUITS[suit] if suit else ("", "")
    told = f"{_RANKS.get(rank, rank)} of {name}" if suit else _RANKS.get(rank, rank)
    face = "10" if rank == "T" else rank
    return Markup(
        '<span class="card {}" role="img" aria-label="{}">{}<span>{}</span></span>'
    ).format(name or "plain", told, face, sign)
