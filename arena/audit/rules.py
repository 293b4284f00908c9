"""Blind rules: what who reads only the surface of an item would answer.

None of them models a mind. What they get right above chance is a shortcut of the item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b

from ..items import Item

__all__ = ["text_picks", "words"]

_WORD = re.compile(r"\w+")
# "In the red box" is mentioned by "a red box".
_SMALL = frozenset(["a", "an", "the", "in", "into", "inside", "on", "at", "to", "by"])


def text_picks(item: Item) -> dict[str, int]:
    """Return which option each text rule picks; rules that do not apply are left out.

    - `always-A`; `longest` and `shortest` option, in characters, the first of equals.
    - `first-mentioned`, `last-mentioned`, `most-mentioned`, `least-mentioned`: by the
      whole words of the option in the story, case ignored, small words at its start
      left out. Options never mentioned count only if none is.
    - `named-in-question-first`: only where the question names an option.
    - `overlap`: the option that shares most different words with the story.
    - `always-yes`, `always-no`: only where an option begins so.

    Where an order of options does not decide between equals, a hash of the item's id
    and the option does, so that the rule then guesses.
    """
    options = item.options
    places = range(len(options))
    needles = [_needle(option) for option in options]
    story = "\n".join(_padded(words(line)) for line in item.story)
    question = _padded(words(item.question))

    def best(rank: Callable[[int], int], among: Iterable[int] = places) -> int:
        ranks = {place: rank(place) for place in among}
        top = max(ranks.values())
        equal = [place for place, value in ranks.items() if value == top]
        if len(equal) == 1:
            return equal[0]
        return min(equal, key=lambda place: _hash(item.id, options[place]))

    mentioned = [place for place in places if needles[place] in story] or places
    picks = {
        "always-A": 0,
        "longest": max(places, key=lambda place: len(options[place])),
        "shortest": min(places, key=lambda place: len(options[place])),
        "first-mentioned": best(lambda p: -story.find(needles[p]), mentioned),
        "last-mentioned": best(lambda p: story.rfind(needles[p]), mentioned),
        "most-mentioned": best(lambda p: story.count(needles[p]), mentioned),
        "least-mentioned": best(lambda p: -story.count(needles[p]), mentioned),
    }
    if named := [place for place in places if needles[place] in question]:
        picks["named-in-question-first"] = best(
            lambda p: -question.find(needles[p]), named
        )
    told = set(story.split())
    shared = [len(told.intersection(words(option))) for option in options]
    picks["overlap"] = best(shared.__getitem__)
    firsts = [words(option)[:1] for option in options]
    for word in ("yes", "no"):
        if so := [place for place in places if firsts[place] == [word]]:
            picks[f"always-{word}"] = best(lambda _: 0, so)
    return picks


def words(text: str) -> list[str]:
    """Return the words of a text, case ignored."""
    return _WORD.findall(text.casefold())


def _needle(option: str) -> str:
    found = words(option)
    while len(found) > 1 and found[0] in _SMALL:
        del found[0]
    # Nothing of "?!" can be found: so it is never mentioned.
    return _padded(found) or "\0"


def _padded(found: Sequence[str]) -> str:
    """Join words such that each has spaces of its own, so that `count` counts all."""
    return "".join(f" {word} " for word in found)


def _hash(*texts: str) -> bytes:
    return blake2b("\0".join(texts).encode(), digest_size=8).digest()
