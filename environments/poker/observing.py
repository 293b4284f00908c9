"""Players that move as another does, and state what is to be expected of the opponent.

They are the ends of the scale on which stated predictions are judged, the expectations
of the ideal observer and the uniform guess, and what counting alone makes between.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from arena.agent import Action, Policy
from arena.env import View
from arena.errors import UnknownName

from .betting import ACTIONS, LETTERS, Public, Shape, after
from .cards import parsed
from .observer import Observer

__all__ = ["observers"]

Players = Mapping[str, Callable[[], Policy]]
Floats = NDArray[np.float64]

DEFAULT = {"holdem": "cfr", "leduc": "equilibrium", "kuhn": "equilibrium"}
ACTION_OF = {letter: action for action, letter in LETTERS.items()}


def observers(shape: Shape, players: Players) -> dict[str, Callable[..., Policy]]:
    """Return what makes `ideal-`, `frequency-` and `uniform-observer`.

    Each takes `player`, the name of whose moves it makes; by default `cfr` in Hold'em
    and `equilibrium` in the small games.
    """
    return {
        "ideal-observer": partial(_Ideal, shape, players),
        "frequency-observer": partial(_Frequency, shape, players),
        "uniform-observer": partial(_Uniform, shape, players),
    }


class _Expectations(Protocol):
    """What is expected of an opponent; an `Observer` is one."""

    @property
    def posterior(self) -> Floats: ...

    def predict(self, betting: str, board: tuple[int, ...]) -> Floats: ...


class _Hand(NamedTuple):
    """A hand as a seat sees it: one that is over, or the current one so far."""

    position: int
    cards: tuple[int, ...]
    board: tuple[int, ...]
    betting: str
    shown: tuple[int, ...] | None

    @classmethod
    def of(cls, fields: Mapping[str, object], deck: Sequence[str]) -> _Hand:
        seen = cast(Mapping[str, Any], fields)
        shown = seen.get("shown")
        return cls(
            seen["position"],
            parsed(seen["cards"], deck),
            parsed(seen["board"], deck),
            seen["betting"],
            None if shown is None else parsed(shown, deck),
        )


class _Stating(ABC):
    """Makes a player's moves; with each, states what the view asks for.

    Of the opponent's next action it says nothing where there can be none before another
    card: after a fold, or a call that ends the round.
    """

    def __init__(
        self, shape: Shape, players: Players, player: str | None = None
    ) -> None:
        name = player or DEFAULT[shape.name]
        if name not in players:
            raise UnknownName("player", name, players)
        self._shape = shape
        self._player = players[name]()

    @abstractmethod
    def _expectations(self, view: View) -> _Expectations | None:
        """Return what is expected at a view, or None where nothing can be said."""

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return the player's moves with its chances, each with the statements."""
        moves, ask = self._player.probabilities(view), cast(list[str], view["ask"])
        expected = self._expectations(view) if ask else None
        if expected is None:
            return moves
        known = dict[str, object]()
        if "type" in ask:
            types = cast(list[str], view["types"])
            known["opponent_type"] = _by_name(types, expected.posterior)
        if "action" not in ask:
            return [(p, Action(a.name, {**a.args, **known})) for p, a in moves]
        hand = _Hand.of(view, self._shape.deck)
        stated: list[tuple[float, Action]] = []
        for chance, action in moves:
            args = {**action.args, **known}
            answered = _answered(self._shape, hand, action.name)
            if answered is not None:
                chances = expected.predict(answered.betting, hand.board)
                args["opponent_next"] = _by_name(ACTIONS, chances)
            stated.append((chance, Action(action.name, args)))
        return stated


class _Uniform(_Stating):
    """Holds every type and every legal action for equally likely."""

    def _expectations(self, view: View) -> _Expectations:
        return _Counted(self._shape, len(cast(list[str], view["types"])), Counter())


class _Frequency(_Stating):
    """Expects each action as often as it came where the same actions were legal.

    Each counts once more than it came, by Laplace's rule. Of cards and types it knows
    nothing.
    """

    def _expectations(self, view: View) -> _Expectations:
        seen = cast(Mapping[str, Any], view)
        came: Counter[tuple[Sequence[str], str]] = Counter()
        for hand in (*seen["past"], seen):
            came.update(_acts(self._shape, hand["betting"], 1 - hand["position"]))
        return _Counted(self._shape, len(seen["types"]), came)


class _Counted(NamedTuple):
    """Expects by counts of what came, and all types alike."""

    shape: Shape
    types: int
    came: Counter[tuple[Sequence[str], str]]
    """By the legal actions, and the one that was taken."""

    @property
    def posterior(self) -> Floats:
        return np.full(self.types, 1 / self.types)

    def predict(self, betting: str, board: tuple[int, ...]) -> Floats:
        legal = after(self.shape, betting).legal
        counts = [(a in legal) * (1.0 + self.came[legal, a]) for a in ACTIONS]
        return np.array(counts) / sum(counts)


class _Ideal(_Stating):
    """States the exact expectations, given everything that the view tells.

    Where the table does not list whom the opponent may be there are none, and it states
    nothing.

    What it has worked out of the hands that are over is kept from one view to the next
    of the same session; it answers equal views equally either way.
    """

    _setting: tuple[Sequence[str], float] | None = None
    _past: Sequence[Mapping[str, object]] = ()
    _observer: Observer

    def _expectations(self, view: View) -> _Expectations | None:
        if not view["types"]:
            return None
        now = copy.copy(self._after_past(view))
        self._follow(now, _Hand.of(view, self._shape.deck))
        return now

    def _after_past(self, view: View) -> Observer:
        """Return an observer that has seen the hands that are over."""
        seen = cast(Mapping[str, Any], view)
        past: Sequence[Mapping[str, object]] = seen["past"]
        setting = (seen["types"], 1 / seen["parts"] if seen["switching"] else 0.0)
        before = len(self._past)
        if setting != self._setting or past[:before] != self._past:
            self._observer = Observer(self._shape, *setting)
            before = 0
        for fields in past[before:]:
            hand = _Hand.of(fields, self._shape.deck)
            self._follow(self._observer, hand)
            self._observer.end(hand.shown)
        self._setting, self._past = setting, list(past)
        return self._observer

    def _follow(self, observer: Observer, hand: _Hand) -> None:
        """Let the observer see a hand from its beginning."""
        laid = list(accumulate(self._shape.board))
        observer.begin(hand.cards)
        for place, letter in enumerate(hand.betting):
            if letter == "/":
                continue
            public = after(self._shape, hand.betting[:place])
            if public.mover != hand.position:
                board = hand.board[: laid[public.round]]
                observer.saw(public.betting, board, ACTION_OF[letter])
        observer.board(hand.board)


@cache  # of a session's hands each is looked at again with every move
def _acts(
    shape: Shape, betting: str, position: int
) -> tuple[tuple[Sequence[str], str], ...]:
    """Return what a position did, each time with what was legal."""
    publics = [
        (after(shape, betting[:place]), ACTION_OF[letter])
        for place, letter in enumerate(betting)
        if letter != "/"
    ]
    return tuple((p.legal, action) for p, action in publics if p.mover == position)


def _answered(shape: Shape, hand: _Hand, action: str) -> Public | None:
    """Return where the opponent answers an action, or None where a card comes first."""
    try:
        public = after(shape, hand.betting + LETTERS[action])
    except ValueError:  # the round is over, and the string would go on with "/"
        return None
    return public if public.mover >= 0 else None


def _by_name(names: Sequence[str], chances: Floats) -> dict[str, float]:
    """Return what is possible, by name."""
    pairs = zip(names, chances.tolist(), strict=True)
    return {name: chance for name, chance in pairs if chance > 0}
