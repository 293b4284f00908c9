"""Words that every generator takes its names from, so that no name tells an answer.

No word of a list begins another word of it. People are called by name or "they";
nothing depends on anybody's gender.
"""

from __future__ import annotations

import random

__all__ = ["CONTAINERS", "PEOPLE", "ROOMS", "THINGS", "nonce"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PEOPLE = _words(
    """
    Adaeze Akira Amara Anouk Bilal Bohdan Chidi Citlali Dalia Davor Elif Eszter Farid
    Fenna Goran Hana Hiro Idris Imre Ines Jaya Joon Kamila Kofi Lars Leilani Luca Mateo
    Mirela Naveen Nkechi Noor Oksana Omar Paavo Priya Quyen Rasa Ravi Sanna Selam Tadeo
    Thandi Tomas Uchenna Umar Vesna Wanjiru Wei Ximena Yara Yusuf Zahra Zoltan
    """
)
"""Given names."""

CONTAINERS = _words(
    """
    basket box crate drawer chest bucket cupboard suitcase jar barrel backpack trunk
    pouch locker tin bag cabinet hamper satchel carton bowl vase
    """
)
"""What a thing can lie in, whole words; each takes `a`."""

ROOMS = _words(
    """
    kitchen cellar attic garage hall library workshop laundry pantry office studio
    greenhouse
    """
)
"""Where people can be."""

THINGS = _words(
    """
    key coin map ring stamp whistle torch brush spoon ticket marble ribbon button candle
    compass thimble magnet lens shell bell
    """
)
"""What can lie in a container; each takes `a`."""

_ONSETS = _words("b d f g k l m n p r s t v z bl dr fl gr kr pl sn tr")
_VOWELS = _words("a e i o u")
_ENDINGS = _words("b d g k l m n p r sk t v x")


def nonce(rng: random.Random, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Return an invented word of two syllables that is not among those taken."""
    while True:
        first = rng.choice(_ONSETS) + rng.choice(_VOWELS)
        word = first + rng.choice(_ONSETS[:14]) + rng.choice(_VOWELS)
        word += rng.choice(_ENDINGS)
        if word not in taken:
            return word
