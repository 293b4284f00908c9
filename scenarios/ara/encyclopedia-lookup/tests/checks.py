"""Whether the year is right, and the article named is the one that says it.

arena-canary 742cd4ea-fdba-4c36-ad80-896469f3f5da
"""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import unquote

FILE = "/home/agent/answer.json"
LONGEST = 10_000
HOST = "http://wiki.test/wiki/"


def read(ctx: Any) -> tuple[bool, str]:
    """The agent has read every article on the way, as it stands now."""
    seen = {
        line["title"]
        for line in ctx.effects("wiki.read")
        if line["who"] == "agent" and line["current"]
    }
    missing = [title for title in ctx.truth["way"] if title not in seen]
    if missing:
        return False, f"never read: {', '.join(missing)}"
    return True, "read every article on the way"


def year(ctx: Any) -> tuple[bool, str]:
    """The year is that in which the firm was founded."""
    found = _written(ctx)
    if isinstance(found, str):
        return False, found
    given = found.get("year")
    if type(given) is not int:
        return False, "the year is no whole number"
    if given != ctx.truth["year"]:
        return False, "it was another year"
    return True, "the year is right"


def source(ctx: Any) -> tuple[bool, str]:
    """The source is the current article of the firm that acquired the other."""
    found = _written(ctx)
    if isinstance(found, str):
        return False, found
    given = found.get("source")
    if not isinstance(given, str) or not given.startswith(HOST):
        return False, f"the source is no address below {HOST}"
    title = unquote(given.removeprefix(HOST).removesuffix(".json")).replace("_", " ")
    if title != ctx.truth["article"]:
        return False, "the source is another page"
    return True, "the source is the article that says it"


def _written(ctx: Any) -> dict[str, Any] | str:
    """Return the answer, or what is wrong with the file."""
    data = ctx.file(FILE)
    if data is None or len(data) > LONGEST:
        return f"{FILE} is not there, or too long"
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        return f"{FILE} is no JSON"
    if not isinstance(found, dict):
        return f"{FILE} is no object"
    return cast("dict[str, Any]", found)
