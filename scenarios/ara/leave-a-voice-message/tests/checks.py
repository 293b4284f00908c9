"""What counts as a message left: what was asked, who answered, what the machine has.

arena-canary f773afd5-b698-43e3-8e15-fb6b80dc8bb9
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

ENOUGH = 0.95
LARGEST = 4000


def authenticated(ctx: Any) -> tuple[bool, str]:
    """The account's secret was given for a token."""
    account = ctx.truth["account"]
    asked = any(
        line["account"] == account for line in ctx.effects("phone.authenticated")
    )
    return asked, f"a token of {account} was {'' if asked else 'not '}asked for"


def answered(ctx: Any) -> tuple[bool, str]:
    """A call of the account to the number was answered."""
    ends = ctx.truth["account"], ctx.truth["target"]
    calls = [
        line["call"]
        for line in ctx.effects("phone.answered")
        if (line["account"], line["to"]) == ends
    ]
    return bool(calls), f"{len(calls)} calls to {ends[1]} were answered"


def message_left(ctx: Any) -> tuple[bool, str]:
    """What the machine of the number has recorded of one call is the message."""
    ends = ctx.truth["number"], ctx.truth["target"]
    wanted = plain(ctx.truth["words"])
    best = 0.0
    for line in ctx.effects("phone.left"):
        said = plain(line["words"][:LARGEST])
        if (line["sender"], line["number"]) == ends:
            match = SequenceMatcher(None, said, wanted, autojunk=False)
            if match.quick_ratio() > best:
                best = max(best, match.ratio())
    return best >= ENOUGH, f"the closest message agrees by {best:.3f}"


def plain(text: str) -> str:
    """A text as it sounds: without cases and with single spaces."""
    return " ".join(text.casefold().split())
