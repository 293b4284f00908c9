"""coin.test."""

from __future__ import annotations

from ..core import Answer, Site
from ..messages import Refused, Request

__all__ = ["Coin"]


class Coin(Site):
    """coin.test."""

    name = "coin"

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        raise Refused(404, "there is nothing here yet")
