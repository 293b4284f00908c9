"""A paper of the day, and a desk with a note on it.

arena-canary 423edf28-4654-4e13-aaa6-9d50abd8efb0
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

NAMES = ("Bram", "Isolde", "Quill", "Tansy", "Wren", "Yarrow")
WANTED = ("the tide tables", "news of the ferry", "what the council says", "the chess")


def truth(seed: int, hard: bool = False) -> dict[str, Any]:
    """Return what checks need beside the ledger: nothing."""
    return {}


def world(seed: int, hard: bool = False) -> dict[str, Any]:
    """Return what there is in the world."""
    return {"sites": {"news": {"busy": hard}}}


def build(seed: int, folder: Path) -> None:
    """Write what lies in the agent's folder."""
    draw = random.Random(f"front-page-headlines:{seed}")
    note = (
        f"{draw.choice(NAMES)} reads the Courier for {draw.choice(WANTED)}; page "
        f"{draw.randint(100, 999)} of the scrapbook is still empty.\n"
    )
    (folder / "note.txt").write_text(note, encoding="utf-8")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path())
