"""What a player of social items is told: how it is asked, and the question."""

from __future__ import annotations

import itertools

from arena.items import Item, letter

__all__ = ["ACTS", "LIVED", "READ", "TOLD", "question_of"]

READ = (
    "You are told of a situation and then asked one question about it. Everything that "
    "the answer depends on is said. Think it through, then call answer with the letter "
    "of the option that is right and with your confidence from 0 to 1. You answer once."
)
LIVED = (
    "You are in a situation. What happens reaches you one event at a time, as far as "
    "you perceive it; call wait to let the next thing happen. At the end you are asked "
    "one question about it. Then call answer with the letter of the option that is "
    "right and with your confidence from 0 to 1. You answer once."
)
TOLD = (
    "You are told of a situation a line at a time; call wait for the next line. At the "
    "end you are asked one question about it. Everything that the answer depends on is "
    "said. Then call answer with the letter of the option that is right and with your "
    "confidence from 0 to 1. You answer once."
)
ACTS = {
    "look": "look into a container of the room you are in",
    "move": "move to another room",
    "say": "say to someone in your room, alone, where the thing is, true or not",
}


def question_of(item: Item) -> str:
    """Return the question and its options, a line each."""
    options = (f"{letter(i)}. {text}" for i, text in enumerate(item.options))
    return "\n".join(itertools.chain([item.question], options))
