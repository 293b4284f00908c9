"""What a voice says that reads a script, and what of it a machine has recorded."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from ..messages import Refused, whole

__all__ = ["MOST_SAID", "Script", "parse"]

MOST_SCRIPT = 4000
MOST_SAID = 60
"""Characters of one `say`."""
MOST_PAUSE = 30
WORD_S = 0.4


@dataclass(frozen=True)
class Script:
    """What is done in a call, in its order.

    Attributes:
        spoken: Before the tone, and behind it; both as words with single spaces.
        tone: Whether it waits for the tone at all.
        seconds: How long the voice takes, apart from waiting for the tone.
    """

    spoken: tuple[str, str]
    tone: bool
    seconds: float


def parse(markup: str) -> Script:
    """Read a script, as in `<call><tone/><say>Good day.</say></call>`.

    Raises:
        Refused: If it is none, with what is wrong.
    """
    if len(markup) > MOST_SCRIPT or "<!" in markup or "<?" in markup:
        raise Refused(
            422, f"a script has up to {MOST_SCRIPT} characters and no <! or <?"
        )
    try:
        root = ElementTree.fromstring(markup)
    except (ElementTree.ParseError, ValueError) as error:
        raise Refused(422, f"the script is no well-formed markup: {error}") from None
    if root.tag != "call" or (root.text or "").strip():
        raise Refused(
            422, "a script is <call>...</call>, with elements in it and no text"
        )
    words: tuple[list[str], list[str]] = ([], [])
    tone, seconds = False, 0.0
    for part in root:
        if (part.tail or "").strip() or len(part):
            raise Refused(
                422, "what is to be said stands in <say>, and nothing in that"
            )
        text = " ".join((part.text or "").split())
        match part.tag:
            case "tone" if not tone and not text:
                tone = True
            case "say" if 0 < len(text) <= MOST_SAID:
                words[tone].append(text)
                seconds += WORD_S * len(text.split())
            case "say":
                raise Refused(422, f"one <say> has 1 to {MOST_SAID} characters")
            case "pause":
                seconds += _pause(part.get("seconds", ""))
            case _:
                raise Refused(422, f"<{part.tag[:20]}> is not possible here; see /docs")
    return Script((" ".join(words[0]), " ".join(words[1])), tone, seconds)


def _pause(seconds: str) -> int:
    found = whole(seconds, 1, MOST_PAUSE)
    if found is None:
        raise Refused(422, f"a pause has seconds from 1 to {MOST_PAUSE}")
    return found
