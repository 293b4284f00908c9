"""The ideal observer of an opponent: exact Bayes over its type and its hidden cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from .abstraction import holes
from .betting import ACTIONS, Shape
from .policies import policy

__all__ = ["Observer"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Observer:
    """Knows what a seat knows, and the exact policies that the opponent may play.

    Nothing is sampled or left out: the weight of each type and each hidden hole is the
    prior times the probability of all that was seen. A hole that would hold a card of
    the own hole or of the board is impossible, so that cards tell on types as well.

    What no type that is left can do tells nothing: such an action leaves all as it was,
    and cards that no type that is left can hold are taken as a fresh deal of that hand.
    Nothing else is smoothed.

    Arrays are never changed in place, so that `copy.copy` keeps a state of knowledge.

    Args:
        shape: Of the game.
        types: Names of policies, each as likely as any other before the first hand.
        hazard: Chance, from one hand to the next, that the opponent becomes another one
            of the types, each other one as likely.
    """

    def __init__(self, shape: Shape, types: Sequence[str], hazard: float = 0.0) -> None:
        self._policies = [policy(shape.name, name) for name in types]
        self._holes = holes(shape)
        self._cards = np.array(self._holes)  # (holes, cards of one)
        self._hazard = hazard
        self._hands = 0
        # Weights of types are logarithms: a long session would leave no float else.
        self._evidence = np.zeros(len(types))
        self._ranges: Floats = np.zeros((0, 0))  # (types, holes), each row sums to 1
        self._know(())

    @property
    def posterior(self) -> Floats:
        """The probability of each type, with what was seen of the current hand."""
        weights = np.exp(self._evidence - self._evidence.max())
        return weights / weights.sum()

    def begin(self, own_hole: tuple[int, ...]) -> None:
        """Begin a hand with one's own cards."""
        if self._hands and self._hazard and len(self._policies) > 1:
            self._evidence = _log(self._switched())
        self._hands += 1
        self._know(own_hole)
        self._ranges = np.tile(self._dealt, (len(self._policies), 1))

    def board(self, cards: tuple[int, ...]) -> None:
        """Take in the cards that lie open; those of before are still among them."""
        if not self._known.issuperset(cards):
            self._know(self._known.union(cards))
            self._take(self._dealt > 0)

    def predict(self, betting: str, board: tuple[int, ...]) -> Floats:
        """Return the chances of the opponent's next action, in order of `ACTIONS`.

        Args:
            betting: Before it; the opponent is to act.
            board: The cards that lie open.
        """
        self.board(board)
        by_type = np.einsum("th,tha->ta", self._ranges, self._chances(betting, board))
        chances = self.posterior @ by_type
        return chances / chances.sum()

    def saw(self, betting: str, board: tuple[int, ...], action: str) -> None:
        """Take in an action of the opponent; arguments as of `predict`."""
        self.board(board)
        self._take(self._chances(betting, board)[:, :, ACTIONS.index(action)])

    def end(self, shown: tuple[int, ...] | None) -> None:
        """End the hand, with the opponent's cards if it showed them."""
        if shown is not None:
            place = self._holes.index(tuple(sorted(shown)))
            self._take(np.arange(len(self._holes)) == place)

    def _take(self, likelihood: Floats | Bools) -> None:
        """Weigh by what was seen, given as (types, holes) or, for all types, (holes,).

        A type that cannot be is out; where it is all of them, only the cards count.
        """
        joint = self._ranges * likelihood
        chances = joint.sum(axis=1)
        evidence = self._evidence + _log(chances)
        possible = np.isfinite(evidence)
        if not possible.any():
            self._contradicted(likelihood)
            return
        self._evidence = evidence
        rows = joint / np.where(chances > 0, chances, 1.0)[:, None]
        self._ranges = np.where(possible[:, None], rows, self._dealt)

    def _contradicted(self, likelihood: Floats | Bools) -> None:
        if likelihood.ndim == 1:
            fresh = self._dealt * likelihood
            self._ranges = np.tile(fresh / fresh.sum(), (len(self._policies), 1))

    def _chances(self, betting: str, board: tuple[int, ...]) -> Floats:
        """Return what each type does with each hole, as (types, holes, actions)."""
        return np.stack([p.distributions(betting, board) for p in self._policies])

    def _know(self, cards: Collection[int]) -> None:
        """Note all cards that are known, and what they leave of the deal."""
        self._known = frozenset(cards)
        possible = ~np.isin(self._cards, list(self._known)).any(axis=1)
        self._dealt: Floats = possible / possible.sum()  # the chance of each hole

    def _switched(self) -> Floats:
        """Return the chance of each type, once it may have changed."""
        before = self.posterior
        other = (1 - before) / (len(before) - 1)
        return (1 - self._hazard) * before + self._hazard * other


def _log(chances: Floats) -> Floats:
    """Return logarithms, -inf for what is impossible."""
    with np.errstate(divide="ignore"):
        return np.log(chances)
