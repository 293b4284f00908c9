"""Who may do what: the tokens that sites ask for, which may be replaced."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .messages import Refused, Request

__all__ = ["Keys", "digest_token"]


@dataclass(frozen=True)
class _Key:
    site: str
    owner: str


ROUNDS = 2000
"""Of a digest. A world's seed is one of two thousand million: with a single round, a
token that the agent has would tell it within an hour, and with it every code to come.
"""


def digest_token(*parts: object) -> str:
    """Return a token that follows from its parts: 24 hexadecimal digits."""
    told = "\0".join(str(part) for part in parts)
    return hashlib.pbkdf2_hmac("sha256", told.encode(), b"token", ROUNDS).hex()[:24]


class Keys:
    """The tokens that are good now, and those that were."""

    def __init__(self) -> None:
        self._good: dict[str, _Key] = {}
        self._old: set[str] = set()

    def add(self, token: str, site: str, owner: str) -> None:
        """Let a token open a site for its owner."""
        self._good[token] = _Key(site, owner)

    def all(self) -> list[tuple[str, str, str]]:
        """Return every good token with its site and its owner."""
        return [(t, key.site, key.owner) for t, key in self._good.items()]

    def replace(self, token: str, new: str) -> None:
        """Let a new token open what a good one has opened until now."""
        self._good[new] = self._good.pop(token)
        self._old.add(token)

    def was(self, token: str) -> bool:
        """Whether a token was good until it was replaced."""
        return token in self._old

    def of(self, owner: str) -> dict[str, str]:
        """Return the tokens of somebody, with the site of each."""
        return {t: key.site for t, key in self._good.items() if key.owner == owner}

    def require(self, request: Request, site: str) -> str:
        """Return whose token a request brings.

        Raises:
            Refused: 401, if it brings none that is good for the site.
        """
        key = self._good.get(request.token)
        if key is not None and key.site == site:
            return key.owner
        if request.token in self._old:
            raise Refused(
                401, "this token was replaced; the new one was sent to you by mail"
            )
        raise Refused(401, "send Authorization: Bearer TOKEN, with a token of yours")
