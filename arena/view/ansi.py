"""Terminal output as HTML: colours are drawn, every other terminal code is spelled out.

Colours and weights (SGR) become classes of the page's own style sheet, so that no text
can be hidden: there is no colour of ink on a coloured ground, and nothing concealed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from ..text import shown

__all__ = ["has_codes", "terminal"]

# Bounded, since the text is hostile: an open string would take in all that follows.
_CODE = re.compile(
    r"""(?P<sgr>\x1b\[[0-9;:]{0,64}m)
    | \x1b(?: \[ [0-?]{0,64} [ -/]{0,8} [@-~]                      # CSI
            | [\]PX^_] [^\x07\x1b]{0,4096} (?:\x07|\x1b\\)           # OSC, DCS, …
            | [ -/]{0,4} [0-~] )?
    """,
    re.VERBOSE,
)
_SWITCHES = {1: "bold", 2: "faint", 3: "slanted", 4: "lined", 7: "turned", 9: "struck"}
_ENDS = {
    **{22: ("bold", "faint"), 23: ("slanted",), 24: ("lined",)},
    **{27: ("turned",), 29: ("struck",)},
}
# What xterm shows as the sixteen named colours.
_NAMED = (
    *((0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0)),
    *((0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
    *((127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0)),
    *((92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)),
)
_LEVELS = (0, 95, 135, 175, 215, 255)


@dataclass
class _Pen:
    """How the next characters are written."""

    ink: int | None = None
    ground: int | None = None
    switches: set[str] = field(default_factory=set[str])

    @property
    def classes(self) -> str:
        colours = (("ink", self.ink), ("ground", self.ground))
        named = [f"{name}-{number}" for name, number in colours if number is not None]
        return " ".join([*named, *sorted(self.switches)])

    def take(self, code: str) -> None:
        """Follow one SGR sequence."""
        numbers = [int(part[:9] or 0) for part in re.split("[;:]", code[2:-1])]
        while numbers:
            number = numbers.pop(0)
            if number == 0:
                self.__init__()
            elif number in _SWITCHES:
                self.switches.add(_SWITCHES[number])
            elif number in _ENDS:
                self.switches -= {*_ENDS[number]}
            elif number in (38, 48):
                self._set(number - 8, _other_colour(numbers))
            elif number in (39, 49):
                self._set(number - 9, None)
            elif 30 <= number <= 37 or 40 <= number <= 47:
                self._set(number // 10 * 10, number % 10)
            elif 90 <= number <= 97 or 100 <= number <= 107:
                self._set(number // 10 * 10 - 60, number % 10 + 8)

    def _set(self, which: int, colour: int | None) -> None:
        if which == 30:
            self.ink = colour
        else:
            self.ground = colour


def has_codes(text: str) -> bool:
    """Return whether a text was written for a terminal."""
    return "\x1b" in text


def terminal(text: str) -> Markup:
    """Return a text with its colours, safe for a page."""
    return Markup("").join(_pieces(text.replace("\r\n", "\n")))


def _pieces(text: str) -> Iterator[Markup]:
    pen, end = _Pen(), 0
    for found in _CODE.finditer(text):
        yield _written(text[end : found.start()], pen.classes)
        end = found.end()
        if found["sgr"]:
            pen.take(found["sgr"])
        else:
            yield _written(found.group(), "code")
    yield _written(text[end:], pen.classes)


def _written(text: str, classes: str) -> Markup:
    safe = escape(shown(text))
    if not text or not classes:
        return safe
    return Markup('<span class="{}">{}</span>').format(classes, safe)


def _other_colour(numbers: list[int]) -> int | None:
    """Take a colour of 256 or of all off the list; return the nearest named one."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        return _of_256(numbers.pop(0))
    if kind == 2 and len(numbers) >= 3:
        red, green, blue = numbers[:3]
        del numbers[:3]
        return _nearest(red, green, blue)
    return None


def _of_256(number: int) -> int:
    if number < 16:
        return number
    if number < 232:
        red, rest = divmod(min(number, 255) - 16, 36)
        green, blue = divmod(rest, 6)
        return _nearest(_LEVELS[red], _LEVELS[green], _LEVELS[blue])
    grey = 8 + 10 * (min(number, 255) - 232)
    return _nearest(grey, grey, grey)


def _nearest(red: int, green: int, blue: int) -> int:
    def distance(number: int) -> int:
        r, g, b = _NAMED[number]
        return (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2

    return min(range(16), key=distance)
