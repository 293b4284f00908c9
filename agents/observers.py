"""Players who state what an observer of the others expects: both ends of the scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from arena.agent import Action, Policy
from arena.env import View
from arena.errors import UserError
from arena.registry import environment_class

from .policies import PolicyAgent, no_policy

__all__ = ["FrequencyObserver", "IdealObserver", "UniformObserver"]


class _Observer(PolicyAgent):
    """Makes the moves of a known policy, and states its own expectations with them.

    Args:
        player: The name of that policy, as the environment knows it; by default one
            that plays well there.
    """

    observer: ClassVar[str]

    def __init__(self, *, player: str | None = None) -> None:
        self._player = player
        # Its own for each environment, and not shared: it remembers the session.
        self._policies: dict[str, Policy] = {}

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return what the environment does not know or tell, if it is so."""
        unknown = no_policy(environment, self.observer) or (
            no_policy(environment, self._player) if self._player else None
        )
        if unknown is not None:
            return unknown
        try:
            self._made(environment)
        except UserError as error:  # no observer makes the moves of another
            return str(error)
        return None

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return the player's moves and chances, with what is stated beside each."""
        environment = cast(str, view["environment"])
        if environment not in self._policies:
            self._policies[environment] = self._made(environment)
        return self._policies[environment].probabilities(view)

    def _made(self, environment: str) -> Policy:
        make = environment_class(environment).policies[self.observer]
        return make(**({"player": self._player} if self._player else {}))


class IdealObserver(_Observer):
    """States exactly what is to be expected, given all that its seat has seen.

    It is the upper end of the scale: nobody who sees no more can expect better.
    """

    observer = "ideal-observer"


class FrequencyObserver(_Observer):
    """Expects what came most often so far: what counting alone foresees."""

    observer = "frequency-observer"


class UniformObserver(_Observer):
    """Holds everything that is possible for equally likely: the lower end."""

    observer = "uniform-observer"
