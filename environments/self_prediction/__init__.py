"""What an agent would do in a situation, and whether it knows."""

from .env import SelfPrediction

__all__ = ["SelfPrediction"]
