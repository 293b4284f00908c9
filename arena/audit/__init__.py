"""Audits of items: how well rules that model no mind do on them."""

from .gates import Audit, Row, audit
from .rules import text_picks

__all__ = ["Audit", "Row", "audit", "text_picks"]
