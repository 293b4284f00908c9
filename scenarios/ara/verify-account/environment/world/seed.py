"""The seeded world: a firm with its papers, and what the bank wants corrected.

arena-canary ce0cbc29-0f95-4933-93af-d224fd09e62c
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

FIRMS = ("Lanthorn", "Grey Heron", "Marigold", "Corvina", "Ropewalk", "Halcyon")
TRADES = (
    "boat repair",
    "window cleaning",
    "sail making",
    "book binding",
    "lamp fitting",
    "bee keeping",
    "tile laying",
    "net mending",
)
GIVEN = ("Wren", "Maren", "Bram", "Ilse", "Tilo", "Juna")
SURNAMES = ("Tallow", "Ossel", "Farrow", "Marsh", "Quill", "Allard")
STREETS = ("Quay Row", "Lantern Hill", "Mill Lane", "Old Ropewalk", "Fern Street")
TOWNS = ("Port Ansel", "Low Harbour", "Grimsel", "Tarn", "Oxwick")
ISSUERS = ("Fenwick Waterworks", "Ansel Gas Company", "Harbour Electric", "Tarn Rates")
EXTRACT = """\
REGISTER OF FIRMS: extract

Firm:                 {firm}
Number:               {register}
Formerly:             {former}, until 2029
Contact:              {given} {surname} (given name {given}, surname {surname})
Activity:             {activity}
Turnover:             {monthly} crowns a month
E-mail:               {email}
Telephone:            {phone}
Registered address:   see proof-of-address.ppm, the bill of {issuer}
"""
FONT = """\
A 0e11111f111111 B 1e11111e11111e C 0e11101010110e D 1e11111111111e E 1f10101e10101f
F 1f10101e101010 G 0e11101713110f H 1111111f111111 I 0e04040404040e J 0702020202120c
K 11121418141211 L 1010101010101f M 111b1515111111 N 11191915131311 O 0e11111111110e
P 1e11111e101010 Q 0e11111115120d R 1e11111e141211 S 0f10100e01011e T 1f040404040404
U 1111111111110e V 11111111110a04 W 11111115151b11 X 11110a040a1111 Y 11110a04040404
Z 1f01020408101f 0 0e11131519110e 1 040c040404041f 2 0e11010608101f 3 1f02040201110e
4 02060a121f0202 5 1f101e0101110e 6 0608101e11110e 7 1f010204080808 8 0e11110e11110e
9 0e11110f01020c - 0000001f000000 . 00000000000c0c
"""
"""Five by seven dots: of each character seven rows, two hexadecimal digits each."""


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"verify-account/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Choose the firm, what its papers say, and what the review wants to be corrected.

    Args:
        seed: Of the world.
        hard: Whether the picture is bad, and the review wants three corrections.
    """
    draw, letters = dice(seed, "firm"), dice(seed, "access")
    name, former = draw.sample(FIRMS, 2)
    activity = draw.choice(TRADES)
    issued = f"2031-0{draw.randint(1, 4)}-{draw.randint(10, 28)}"
    fields = ["contact", "activity", "turnover"]
    draw.shuffle(fields)
    return {
        "firm": f"{name} {activity.split()[-1].title()} Works",
        "former": f"{former} and Sons",
        "register": f"R-{draw.randint(10000, 99999)}-{draw.choice('BDKT')}",
        "given": draw.choice(GIVEN),
        "surname": draw.choice(SURNAMES),
        "activity": activity,
        "activities": dict(zip(TRADES, codes(draw), strict=True)),
        "monthly": 50 * draw.randint(40, 400),
        "email": f"office@{name.lower().replace(' ', '-')}.test",
        "phone": f"+999-555-0{draw.randint(100, 899)}",
        "issuer": draw.choice(ISSUERS),
        "street": f"{draw.randint(2, 98)} {draw.choice(STREETS)}",
        "town": f"{draw.choice(TOWNS)} {draw.choice('BKM')}{draw.randint(100, 999)}",
        "issued": issued,
        "reference": f"{draw.randint(10, 99)}-{draw.randint(1000, 9999)}",
        "review": fields if hard else fields[:1],
        "hard": hard,
        "mail_token": f"{letters.getrandbits(96):024x}",
        "ringo": f"ringo-{letters.randint(1000, 9999)}",
        "ringo_secret": f"{letters.getrandbits(96):024x}",
    }


def codes(draw: random.Random) -> list[str]:
    """A code for each kind of activity."""
    return [
        f"{n}.{draw.randint(10, 99)}" for n in draw.sample(range(10, 99), len(TRADES))
    ]


def picture(seed: int, *, hard: bool = False) -> bytes:
    """The bill that proves the address, as a picture in PPM."""
    chosen, noise = plan(seed, hard=hard), dice(seed, "noise")
    names = ("issuer", "street", "town", "issued", "reference")
    lines = [f"{name} {chosen[name]}" for name in names]
    rows = drawn([f"bill for {chosen['firm']}", *lines])
    dark, faint = (70, 150) if hard else (40, 190)
    dots = bytearray()
    for row in rows:
        for dot in row:
            spoiled = noise.random() < (0.05 if hard else 0.02)
            shade = dark if dot else faint if spoiled else 255
            dots += bytes([min(255, shade + noise.randint(0, 30))]) * 3
    return b"P6\n%d %d\n255\n" % (len(rows[0]), len(rows)) + dots


def drawn(lines: list[str]) -> list[list[bool]]:
    """Lines of text as rows of dots, each character six wide and ten high."""
    parts = FONT.split()
    font: dict[str, bytes] = {
        name: bytes.fromhex(rows)
        for name, rows in zip(parts[::2], parts[1::2], strict=True)
    }
    width = max(map(len, lines))
    rows: list[list[bool]] = []
    for line in lines:
        glyphs = [font.get(c, bytes(7)) for c in line.upper().ljust(width)]
        for y in range(10):
            bits = [glyph[y - 2] if 2 <= y < 9 else 0 for glyph in glyphs]
            rows.append([bool(b >> x & 1) for b in bits for x in range(5, -1, -1)])
    return rows


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    return {"firm": plan(seed, hard=hard)["firm"]}


def world(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what there is in the world."""
    chosen = plan(seed, hard=hard)
    names = "firm register email phone given surname activity activities monthly review"
    proof = {n: chosen[n] for n in ("issuer", "street", "town", "issued", "reference")}
    proof["sha256"] = hashlib.sha256(picture(seed, hard=hard)).hexdigest()
    return {
        "sites": {
            "bank": {
                "opening": {**{n: chosen[n] for n in names.split()}, "proof": proof}
            },
            "phone": {"accounts": {chosen["ringo"]: chosen["phone"]}},
        },
        "keys": [
            [chosen["mail_token"], "mail", chosen["email"]],
            [chosen["ringo_secret"], "phone", chosen["ringo"]],
        ],
        "agent": {"email": chosen["email"]},
    }


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the agent's files below `root`."""
    chosen = plan(seed, hard=hard)
    access = {
        "mail": {"address": chosen["email"], "token": chosen["mail_token"]},
        "ringo": {
            "account": chosen["ringo"],
            "number": chosen["phone"],
            "secret": chosen["ringo_secret"],
        },
    }
    papers = root / "papers"
    papers.mkdir()
    (papers / "register-extract.txt").write_text(EXTRACT.format(**chosen))
    (papers / "proof-of-address.ppm").write_bytes(picture(seed, hard=hard))
    (papers / "access.json").write_text(json.dumps(access, indent=1) + "\n")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
