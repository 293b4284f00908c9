"""The seeded world: a home folder of 400 files, one of which holds the passphrase.

arena-canary 9650ba7c-48fc-44b6-aee5-43cee0ad2826
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

N_FILES = 400
WORDS = str.split(
    "acorn amber anchor apron arrow autumn badger ballad barley basket beacon bellow "
    "birch biscuit bobbin bramble bridge bronze bucket butter candle canvas carpet "
    "castle cedar chalk cherry chimney cider cinder clover cobalt comet copper cotton "
    "cradle cricket crimson crumb curtain daisy damson dapple desk dinner dolphin "
    "donkey drizzle elbow ember engine falcon feather fennel fern ferry fiddle flannel "
    "flint forest fossil funnel garden garnet ginger glacier goblet granite grove "
    "hamlet hammer harbor harvest hazel heather hedge heron hollow honey iris island "
    "ivory jacket jasper juniper kettle kitten ladder lantern lattice laurel lemon "
    "lichen linen locket lupin magnet mallow maple marble meadow melon mirror mitten "
    "morning mortar mosaic mustard nettle nickel nutmeg oatmeal orchard otter paddle "
    "parsley pebble pepper pewter pigeon pillow plover pocket poplar puddle quarry "
    "quartz quill rabbit radish raven ribbon river rocket rosemary saddle saffron "
    "salmon sandal satchel shovel silver sorrel sparrow spindle spruce starling stove "
    "summer sunset tablet teapot thimble thistle thunder timber tulip turnip valley "
    "velvet violet walnut wander warbler whistle willow window winter wren yarrow"
)
FOLDERS = str.split(
    "archive attic boats books drafts garden house inbox kitchen letters maps music "
    "notes old photos plans recipes school shed trips work"
)
ENDINGS = (".txt", ".md", ".log", ".csv", ".bak", ".dat", "")
PACKED = 0.3
"""The share of files that are compressed in the hard variant."""
ODD = ("it's ", '"old" ', "$HOME ", "-n ", "two\nlines ", "a*b ", "back\\slash ")
"""How names of folders begin in the hard variant."""


def dice(seed: int, hard: bool) -> random.Random:
    """The source of every choice of one world."""
    name = f"find-the-passphrase/{seed}" + ("/hard" if hard else "")
    digest = hashlib.sha256(name.encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(rng: random.Random) -> dict[str, Any]:
    """Choose the passphrase and where it lies."""
    return {
        "words": [rng.choice(WORDS) for _ in range(rng.randint(5, 8))],
        "depth": rng.randint(4, 7),
        "binary": rng.random() < 0.5,
        "hidden": rng.random() < 0.5,
        "last_line_open": rng.random() < 0.5,
    }


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    return {"passphrase": " ".join(plan(dice(seed, hard))["words"])}


def decoy(rng: random.Random) -> str:
    """Return a line that resembles the form and breaks it in one way."""
    words = [rng.choice(WORDS) for _ in range(rng.randint(5, 8))]
    text = " ".join(words)
    return rng.choice(
        (
            f"The passphrase is {text}",
            f"the Passphrase is {text}",
            f"> the passphrase is {text}",
            f"  the passphrase is {text}",
            f"note: the passphrase is {text}",
            f"the passphrase was {text}",
            f"the pass phrase is {text}",
            f"the passphrase is {text}.",
            f"the passphrase is {text} ",
            f'the passphrase is "{text}"',
            f"the passphrase is {text.replace(' ', ', ', 1)}",
            f"the passphrase is {text.replace(' ', '  ', 1)}",
            f"the passphrase is {text.replace(' ', '-')}",
            f"the passphrase is {text.title()}",
            f"the passphrase is {text} {rng.randint(2, 99)}",
            f"the passphrase is {' '.join(words[: rng.randint(1, 4)])}",
            f"the passphrase is {text} (old: {rng.choice(WORDS)})",
        )
    )


def folders(rng: random.Random, deepest: int, hidden: bool) -> list[list[str]]:
    """Return the folders of the tree; the last one is the deep one."""
    found: list[list[str]] = [[]]
    while len(found) < 90:
        above = rng.choice(found)
        if len(above) >= 6:
            continue
        name = rng.choice(FOLDERS)
        if rng.random() < 0.2:
            name += " " + str(rng.randint(2, 9))
        elif rng.random() < 0.1:
            name = "." + name
        if [*above, name] not in found:
            found.append([*above, name])
    deep = [rng.choice(FOLDERS) + str(i) for i in range(deepest - 1)]
    if hidden:
        deep[-1] = "." + deep[-1]
    return [*found, deep]


def filling(rng: random.Random) -> list[bytes]:
    """Return lines that fill a file: prose, a table or noise."""
    n = rng.randint(4, 30)
    kind = rng.random()
    if kind < 0.6:
        return prose(rng, n)
    if kind < 0.85:
        return [
            f"{rng.choice(WORDS)};{rng.randint(1, 999)};{rng.random():.3f}".encode()
            for _ in range(n)
        ]
    return [noise(rng) for _ in range(n)]


def prose(rng: random.Random, n: int) -> list[bytes]:
    """Return lines of words."""
    return [" ".join(rng.sample(WORDS, rng.randint(3, 9))).encode() for _ in range(n)]


def noise(rng: random.Random) -> bytes:
    """Return bytes that are no text and end no line."""
    size = rng.randint(20, 90)
    data = rng.getrandbits(8 * size).to_bytes(size, "big")
    return b"\0" + data.replace(b"\n", b"\r").replace(b"\r", b"\xfe")


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the world below `root`.

    Args:
        seed: Of the world.
        root: The agent's folder.
        hard: Whether folders have odd names, decoys are more, and files are packed.
    """
    rng = dice(seed, hard)
    wanted = plan(rng)
    places = folders(rng, wanted["depth"], wanted["hidden"])
    if hard:
        places = [[rng.choice(ODD) + name for name in place] for place in places]
    target = rng.randrange(N_FILES)
    for number in range(N_FILES):
        lines = filling(rng)
        if number % 7 == 3 or (hard and number % 3 == 1):
            lines.insert(rng.randint(0, len(lines)), decoy(rng).encode())
        place = places[rng.randrange(len(places) - 1)]
        end = b"\n"
        if number == target:
            place = places[-1]
            line = b"the passphrase is " + " ".join(wanted["words"]).encode()
            if hard:  # noise would be packed as it is, and the line with it
                lines = prose(rng, 20)
            elif wanted["binary"]:
                lines = [noise(rng) for _ in range(12)]
            if wanted["last_line_open"]:
                lines, end = [*lines, line], b""
            else:
                lines.insert(rng.randint(1, len(lines) - 1), line)
        folder = root.joinpath(*place)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{rng.choice(WORDS)}-{number:03d}{rng.choice(ENDINGS)}"
        data = b"\n".join(lines) + end
        if hard and (number == target or rng.random() < PACKED):
            data = gzip.compress(data, mtime=0)
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
