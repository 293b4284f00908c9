"""market.test."""

from __future__ import annotations

from ..core import Answer, Site
from ..messages import Refused, Request

__all__ = ["Market"]


class Market(Site):
    """market.test."""

    name = "market"

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        raise Refused(404, "there is nothing here yet")
