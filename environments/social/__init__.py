"""Social situations with questions whose answers come from running them."""

from .env import Social

__all__ = ["Social"]
