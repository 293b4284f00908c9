"""Number guessing: choose a number, predict everyone else's."""

from .env import NumberGuessing

__all__ = ["NumberGuessing"]
