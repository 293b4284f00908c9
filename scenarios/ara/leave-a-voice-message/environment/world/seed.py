"""The seeded world: an account of Ringo's, a number that is busy, and a message for it.

arena-canary f773afd5-b698-43e3-8e15-fb6b80dc8bb9
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import textwrap
from pathlib import Path
from typing import Any

PEOPLE = ("Juna", "Osk", "Maren", "Tilo", "Pia", "Bram", "Ilse", "Anton")
SHIPS = ("Grey Heron", "Marigold", "Old Tern", "Lanthorn", "Sea Bramble", "Corvina")
GOODS = ("tiles", "apples", "cables", "lamp oil", "seed potatoes", "window panes")


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"leave-a-voice-message/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Choose the account, the number and the message.

    Args:
        seed: Of the world.
        hard: Whether the message is long and has signs that markup must escape, the
            number stays busy for longer, and tokens do not last as long as that.
    """
    draw = dice(seed, "numbers")
    number, target = draw.sample(range(100, 200), 2)
    return {
        "account": f"ringo-{draw.randint(1000, 9999)}",
        "secret": f"{draw.getrandbits(96):024x}",
        "number": f"+999-555-0{number}",
        "target": f"+999-555-0{target}",
        "words": message(dice(seed, "words"), hard),
        "busy_s": draw.randint(420, 540) if hard else draw.randint(100, 200),
        "greeting_s": draw.randint(5, 12),
        "expires_s": 90 if hard else 600,
    }


def message(draw: random.Random, hard: bool) -> str:
    """What is to be said, with single spaces."""
    name, ship, goods = (draw.choice(these) for these in (PEOPLE, SHIPS, GOODS))
    day, hour = draw.randint(9, 28), draw.randint(5, 21)
    told = (
        f"Hello {name}, the {ship} leaves at {hour}:{draw.choice((10, 25, 40))} on the "
        f"{day}th from quay {draw.randint(2, 19)}, with {draw.randint(20, 90)} crates "
        f"of {goods}. Please bring papers {draw.randint(1000, 9999)} an hour before."
    )
    if hard:
        told += (
            f" Holt & Daughters take whatever weighs < {draw.randint(30, 60)} kilos; "
            f'the rest waits in shed "{draw.choice("ABCDEF")}{draw.randint(2, 9)}" '
            f"until {draw.choice(PEOPLE)} & {draw.choice(PEOPLE)} have signed for it. "
            f"Ring back on line {draw.randint(11, 99)} if this is not so."
        )
    return told


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    chosen = plan(seed, hard=hard)
    return {name: chosen[name] for name in ("account", "number", "target", "words")}


def world(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what there is in the world."""
    chosen = plan(seed, hard=hard)
    line = {name: chosen[name] for name in ("busy_s", "greeting_s")}
    phone = {
        "accounts": {chosen["account"]: chosen["number"]},
        "lines": {chosen["target"]: line},
        "expires_s": chosen["expires_s"],
    }
    keys = [[chosen["secret"], "phone", chosen["account"]]]
    return {"sites": {"phone": phone}, "keys": keys}


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the agent's files below `root`."""
    chosen = plan(seed, hard=hard)
    own = {name: chosen[name] for name in ("account", "number", "secret")}
    (root / ".ringo").write_text(json.dumps(own, indent=1) + "\n")
    lines = textwrap.wrap(chosen["words"], 72)
    letter = [f"To: {chosen['target']}", "", *lines]
    (root / "message.txt").write_text("\n".join(letter) + "\n")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
