"""What there is in other worlds: places, animals and what they do, norms and laws."""

from __future__ import annotations

from collections.abc import Mapping

from ..games_of_rules.families import TableFamily

__all__ = ["ANIMALS", "GESTURES", "LAWS", "SETTINGS", "a"]

SETTINGS = (
    "a town under the sea",
    "a colony on a moon",
    "a village inside a glacier",
    "a city on the backs of drifting clouds",
    "a settlement in the trunk of a giant tree",
    "a station in the tail of a comet",
    "a town in a cave without light",
    "a city on a raft that never lands",
)
"""After the name of a town and "is"."""

_MOTIONS = {
    "leg": "standing on one leg",
    "neck": "stretching the neck",
    "beat": "beating the upper limbs up and down",
    "head": "turning the head from side to side",
    "hop": "hopping with the feet together",
    "crouch": "crouching low",
    "creep": "creeping along the ground",
    "side": "moving sideways",
    "mouth": "opening and closing the mouth",
    "sway": "swaying when walking",
    "still": "keeping quite still",
    "scrape": "scraping the ground",
    "roll": "rolling up",
    "raise": "raising the upper limbs",
    "sniff": "sniffing the air",
    "blink": "blinking slowly",
}


def _does(motions: str) -> frozenset[str]:
    return frozenset(_MOTIONS[motion] for motion in motions.split())


ANIMALS: Mapping[str, frozenset[str]] = {
    "heron": _does("leg neck beat still blink"),
    "crane": _does("leg neck beat hop sway"),
    "flamingo": _does("leg neck beat sway head"),
    "owl": _does("head still blink beat sway"),
    "hen": _does("scrape head neck beat crouch"),
    "penguin": _does("sway beat neck still hop"),
    "frog": _does("crouch hop still blink mouth"),
    "toad": _does("crouch creep still blink mouth"),
    "hare": _does("hop crouch sniff still raise"),
    "squirrel": _does("raise hop sniff head scrape"),
    "crab": _does("side raise crouch creep still"),
    "lizard": _does("creep crouch still neck blink"),
    "tortoise": _does("creep neck still blink mouth"),
    "bear": _does("sniff sway raise scrape head"),
    "hedgehog": _does("roll sniff crouch creep scrape"),
    "seal": _does("sway neck mouth creep sniff"),
    "mole": _does("scrape sniff creep crouch neck"),
    "mantis": _does("raise still sway head crouch"),
    "spider": _does("creep still raise hop crouch"),
    "fox": _does("crouch sniff creep scrape head"),
}
"""What each animal does, in words for a body of any kind."""

GESTURES = (
    TableFamily(
        "gestures of the head",
        "",
        ("a bow", "a nod", "a shake of the head", "a wink"),
        ("a greeting", "an agreement", "a refusal", "a joke"),
        "is",
        "be",
        "made",
        "wanted to make this clear:",
    ),
    TableFamily(
        "gestures of the hand",
        "",
        ("a wave", "a pointed finger", "a raised fist", "an open palm"),
        ("a farewell", "an accusation", "a threat", "a plea"),
        "is",
        "be",
        "made",
        "wanted to make this clear:",
    ),
    TableFamily(
        "sounds",
        "",
        ("a whistle", "a clap", "a hum", "a cough"),
        ("a warning", "praise", "contentment", "an interruption"),
        "is",
        "be",
        "made",
        "wanted to make this clear:",
    ),
    TableFamily(
        "gifts",
        "",
        ("a white flower", "a loaf of bread", "a black ribbon", "an empty cup"),
        ("an apology", "a welcome", "a condolence", "an invitation"),
        "is",
        "be",
        "handed over",
        "wanted to make this clear:",
    ),
)
"""What people do, what each usually is, in the order of the keys."""

LAWS = (
    TableFamily(
        "motion",
        "",
        ("a stone", "smoke", "a soap bubble", "a top"),
        ("sink", "rise", "hang still", "spin"),
        "will",
        "do",
        "let go of {}",
        "wanted this to happen:",
    ),
    TableFamily(
        "heat",
        "",
        ("ice", "dough", "wood", "sand"),
        ("melt", "swell up", "burn", "stay as it is"),
        "will",
        "do",
        "heated {}",
        "wanted this to happen:",
    ),
    TableFamily(
        "water",
        "",
        ("salt", "cork", "iron", "a sponge"),
        ("dissolve", "float", "go to the bottom", "grow heavy"),
        "will",
        "do",
        "put {} into water",
        "wanted this to happen:",
    ),
)
"""What things do, as they usually do in the order of the keys; `use` holds a place."""


def a(noun: str) -> str:
    """Return a noun with its article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
