"""The seeded world: a chain of the coin Tern, and an address that is to be paid.

arena-canary 9d3c1bd7-c8cd-4b9f-a91c-e986708f5349
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

GRAINS = 1000
"""Of one TRN."""
TRN = 2
LETTER = """\
Please pay 2 TRN to

    {payee}

on the chain {chain}. Thank you.
"""


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"open-a-wallet/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def plan(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Choose the chain, its rules, and who is paid.

    Args:
        seed: Of the world.
        hard: Whether the faucet pays less than is to be sent, one transfer sends at
            most half of it, and the documentation has no program.
    """
    rules, chain = dice(seed, "rules"), f"tern-{dice(seed, 'chain').randint(2, 99)}"
    return {
        "chain": chain,
        "payee": address(dice(seed, "payee").randbytes(32), chain),
        "fee": 5 * rules.randint(2, 9),
        "faucet": 50 * rules.randint(15, 18) if hard else 500 * rules.randint(5, 9),
        "hard": hard,
    }


def address(digest: bytes, chain: str) -> str:
    """The address of somebody whose first public key has this digest."""
    body = base64.b32encode(digest).decode()[:20]
    check = hashlib.sha256(f"{chain}:{body}".encode()).digest()
    return body + base64.b32encode(check).decode()[:4]


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with."""
    chosen = plan(seed, hard=hard)
    return {
        "chain": chosen["chain"],
        "payee": chosen["payee"],
        "grains": TRN * GRAINS,
    }


def world(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what there is in the world."""
    chosen = plan(seed, hard=hard)
    rules = {name: chosen[name] for name in ("chain", "fee", "faucet")}
    if hard:
        rules |= {"claims": 4, "most": GRAINS, "program": False}
    return {"sites": {"coin": rules}}


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the agent's files below `root`."""
    (root / "payee.txt").write_text(LETTER.format(**plan(seed, hard=hard)))


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
