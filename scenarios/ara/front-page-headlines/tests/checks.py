"""Whether the headlines are those of the front page that was fetched last.

arena-canary 423edf28-4654-4e13-aaa6-9d50abd8efb0
"""

from __future__ import annotations

import json
from typing import Any, cast

FILE = "/home/agent/headlines.json"
WANTED = 5
LONGEST = 10_000


def fetched(ctx: Any) -> tuple[bool, str]:
    """The agent has fetched the front page."""
    edition = _last_edition(ctx)
    if edition is None:
        return False, "the front page was never fetched"
    return True, f"edition {edition['edition']} was fetched last"


def well_formed(ctx: Any) -> tuple[bool, str]:
    """The file is a list of five texts that are not empty."""
    found = _written(ctx)
    if isinstance(found, str):
        return False, found
    return True, f"{WANTED} texts"


def headlines(ctx: Any) -> tuple[bool, str]:
    """They are the top five of the edition that was fetched last, in its order."""
    edition, found = _last_edition(ctx), _written(ctx)
    if edition is None or isinstance(found, str):
        return False, "there is nothing to compare"
    right = sum(a == b for a, b in zip(found, edition["top"], strict=True))
    return right == WANTED, f"{right} of {WANTED} are where they should be"


def _last_edition(ctx: Any) -> dict[str, Any] | None:
    served = [e for e in ctx.effects("news.edition") if e["who"] == "agent"]
    return served[-1] if served else None


def _written(ctx: Any) -> list[str] | str:
    """Return the headlines, or what is wrong with the file."""
    data = ctx.file(FILE)
    if data is None or len(data) > LONGEST:
        return f"{FILE} is not there, or too long"
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        return f"{FILE} is no JSON"
    texts = cast("list[object]", found) if isinstance(found, list) else []
    if len(texts) != WANTED:
        return f"{FILE} is no list of {WANTED}"
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return f"{FILE} holds something that is no text"
    return [" ".join(str(text).split()) for text in texts]
