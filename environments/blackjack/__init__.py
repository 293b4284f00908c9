"""Blackjack: hit or stand against a dealer, with exact values of every decision."""

from .env import Blackjack

__all__ = ["Blackjack"]
