"""Players of number guessing who reason to a known depth; the environment holds how."""

from __future__ import annotations

from .policies import NamedPolicy

__all__ = ["Level1", "Level2", "Level3", "Level4"]


class _Level(NamedPolicy):
    """Plays one number with certainty, and predicts one for each other seat."""

    game = "arena/NumberGuessing-v1"


class Level1(_Level):
    """Always chooses 50, and expects everyone to stay where they are."""

    policy = "level-1"


class Level2(_Level):
    """Chooses 50, 45, 40, …, never below 0, and expects everyone to do the same."""

    policy = "level-2"


class Level3(_Level):
    """Chooses 0.8 of the last round's mean, rounded down, and 50 at first.

    It responds to what the others did, as if they would do it again.
    """

    policy = "level-3"


class Level4(_Level):
    """Infers which level each other player is, and responds best (our definition).

    A player is of the level whose rule has given most of its numbers so far, the higher
    level where two are even; one that no rule has hit after the first round is expected
    to repeat its last number. The response is the whole number nearest to the target
    that it makes with the expected numbers, the lower one where two are as near.
    """

    policy = "level-4"
