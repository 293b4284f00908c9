"""What is talked about: things that are settled, and settled anew."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SMALL_TALK", "TOPICS", "Topic"]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be one of several.

    Attributes:
        name: For the facts of items.
        what: After "about": `the place where they will meet`.
        says: What the host says of a value: `We meet at {}.`
        values: What it can be.
    """

    name: str
    what: str
    says: str
    values: tuple[str, ...]


TOPICS = (
    Topic(
        "meeting place",
        "the place where they will meet",
        "We meet at {}.",
        ("the mill", "the bridge", "the well", "the barn", "the quarry", "the kiosk"),
    ),
    Topic(
        "dish",
        "the dish for the feast",
        "The dish for the feast is {}.",
        (
            "lentil soup",
            "fried rice",
            "apple cake",
            "fish stew",
            "bean salad",
            "noodles",
        ),
    ),
    Topic(
        "colour",
        "the colour for the fence",
        "The fence will be {}.",
        ("purple", "orange", "white", "green", "brown", "silver"),
    ),
    Topic(
        "play",
        "the play that they will stage",
        "We stage {}.",
        (
            "The Lost Comet",
            "The Glass Farmer",
            "The Quiet Parrot",
            "The Second Island",
            "The Paper Crown",
            "The Winter Guest",
        ),
    ),
    Topic(
        "present",
        "the present for the neighbour",
        "The present will be {}.",
        ("a teapot", "a scarf", "a lantern", "a puzzle", "a blanket", "a plant"),
    ),
    Topic(
        "day",
        "the day of the outing",
        "The outing is on {}.",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    ),
    Topic(
        "route",
        "the road to take",
        "We take {}.",
        (
            "the coast road",
            "the forest path",
            "the canal way",
            "the ridge track",
            "the tunnel",
            "the old railway",
        ),
    ),
    Topic(
        "prize",
        "the first prize of the raffle",
        "The first prize is {}.",
        ("a radio", "a hammock", "a bicycle", "a telescope", "a guitar", "a kite"),
    ),
)

SMALL_TALK = (
    "It rained all night here.",
    "My kettle makes a strange noise.",
    "Did anybody else sleep badly?",
    "I still have to sweep the stairs.",
    "Someone left an umbrella with me.",
    "The neighbours are singing again.",
    "I am halfway through my book.",
    "There is a draught in here.",
    "My shoes are still wet.",
    "I have never been good at chess.",
    "The bus was late again.",
    "I forgot what I wanted to say.",
    "It smells of cut grass here.",
    "My clock has stopped.",
    "I should drink more water.",
    "There was a rainbow this morning.",
)
"""Remarks that bear on nothing."""
