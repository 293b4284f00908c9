"""Rules that people live by, with the words in which they are told.

A table says for each of four keys what it does; a duel says for each two of four
things which beats the other; a week says which day comes after which. Some have a
usual form that everybody knows from the world outside; others are known only here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "DUELS",
    "TABLES",
    "WEEKS",
    "DuelFamily",
    "TableFamily",
    "WeekFamily",
]


@dataclass(frozen=True, slots=True)
class TableFamily:
    """Four keys and what each does.

    Attributes:
        name: For the facts of items.
        place: Where it holds, after "at".
        keys: As told: `a red lamp`.
        values: What each usually does, in the order of the keys.
        verb: In the form for one key: `means`.
        base: The same, after "does".
        use: What someone does with a key who wants its value, in the past.
        wish: What they want, before a value.
    """

    name: str
    place: str
    keys: tuple[str, str, str, str]
    values: tuple[str, str, str, str]
    verb: str
    base: str
    use: str
    wish: str


@dataclass(frozen=True, slots=True)
class DuelFamily:
    """Four things of which two meet.

    Attributes:
        name: For the facts of items.
        things: As told.
        beats: Pairs, winner first, as it usually is; all other two are equal. None:
            the game is invented, and its first rule is drawn.
        unique: Whether each of the first three things is beaten by exactly one.
    """

    name: str
    things: tuple[str, str, str, str]
    beats: tuple[tuple[str, str], ...] | None
    unique: bool


@dataclass(frozen=True, slots=True)
class WeekFamily:
    """Names that follow each other in a circle.

    Attributes:
        name: For the facts of items.
        days: In their usual order.
    """

    name: str
    days: tuple[str, ...]


TABLES = (
    TableFamily(
        "lights",
        "the crossing",
        ("a red lamp", "a green lamp", "an amber lamp", "a blue lamp"),
        ("halt", "drive on", "slow down", "turn back"),
        "means",
        "mean",
        "put up",
        "wanted the carts to be told this:",
    ),
    TableFamily(
        "signs",
        "the quiet school",
        ("a nod", "a shake of the head", "a shrug", "a wave"),
        ("yes", "certainly not", "perhaps", "goodbye"),
        "means",
        "mean",
        "made",
        "wanted to say this:",
    ),
    TableFamily(
        "coins",
        "the market",
        ("a tin coin", "a copper coin", "a silver coin", "a gold coin"),
        ("one loaf", "two loaves", "five loaves", "ten loaves"),
        "buys",
        "buy",
        "put down",
        "wanted to pay exactly this:",
    ),
    TableFamily(
        "dice",
        "the dice club",
        ("a one", "a two", "a five", "a six"),
        ("1 point", "2 points", "5 points", "6 points"),
        "scores",
        "score",
        "turned up",
        "wanted to get exactly this:",
    ),
    TableFamily(
        "cards",
        "the card table",
        ("an ace", "a king", "a queen", "a knave"),
        ("14 tricks", "13 tricks", "12 tricks", "11 tricks"),
        "counts",
        "count",
        "played",
        "wanted it to count this:",
    ),
    TableFamily(
        "bells",
        "the mill",
        ("one stroke", "two strokes together", "a long ringing", "a soft chime"),
        ("begin work", "stop to eat", "fire", "go home"),
        "means",
        "mean",
        "rang",
        "wanted the millers to be told this:",
    ),
    TableFamily(
        "queue",
        "the ferry",
        ("a white ticket", "a pink ticket", "a grey ticket", "a brown ticket"),
        ("the first seat", "the second seat", "the third seat", "the last seat"),
        "gives",
        "give",
        "took",
        "wanted to have this:",
    ),
    TableFamily(
        "flags",
        "the harbour",
        ("a striped flag", "a dotted flag", "a plain flag", "a torn flag"),
        ("calm water", "strong wind", "thick fog", "floating ice"),
        "means",
        "mean",
        "raised",
        "wanted the boats to be told this:",
    ),
)

DUELS = (
    DuelFamily(
        "rock paper scissors",
        ("rock", "paper", "scissors", "bell"),
        (("rock", "scissors"), ("scissors", "paper"), ("paper", "rock")),
        True,
    ),
    DuelFamily(
        "card ranks",
        ("ace", "king", "queen", "knave"),
        (
            ("ace", "king"),
            ("ace", "queen"),
            ("ace", "knave"),
            ("king", "queen"),
            ("king", "knave"),
            ("queen", "knave"),
        ),
        False,
    ),
    DuelFamily(
        "elements",
        ("water", "fire", "straw", "stone"),
        (("water", "fire"), ("fire", "straw"), ("straw", "water")),
        True,
    ),
    DuelFamily("tokens", ("spiral", "cross", "ladder", "crescent"), None, True),
)

WEEKS = (
    WeekFamily("weekdays", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    WeekFamily("months", ("March", "April", "May", "June", "July")),
)
