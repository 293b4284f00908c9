"""The sites of the world, by the first part of their hosts."""

from __future__ import annotations

from ..core import Site
from .bank import Bank
from .cloud import Cloud
from .coin import Coin
from .desk import Desk
from .mail import Mail
from .market import Market
from .mirror import Mirror
from .model import Model
from .news import News
from .people import People
from .phone import Phone
from .search import Search
from .status import Status
from .wiki import Wiki

__all__ = ["SITES"]

_KINDS: tuple[type[Site], ...] = (
    Bank,
    Cloud,
    Coin,
    Desk,
    Mail,
    Market,
    Mirror,
    Model,
    News,
    People,
    Phone,
    Search,
    Status,
    Wiki,
)
SITES: dict[str, type[Site]] = {kind.name: kind for kind in _KINDS}
