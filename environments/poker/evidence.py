"""What a session shows: stated probabilities beside exact ones, and what moves cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .betting import ACTIONS
from .cards import named
from .losses import loss
from .observer import Observer
from .policies import policy
from .session import Hand, Move, Session
from .telling import Asked

__all__ = ["evidence"]

UNITS = {
    "holdem": {"name": "mbb", "per_payoff": 500.0},
    "leduc": {"name": "milli-antes", "per_payoff": 1000.0},
    "kuhn": {"name": "milli-antes", "per_payoff": 1000.0},
}
"""By shape: what chips are reported in; a big blind is 2 chips, an ante 1."""


def evidence(
    session: Session, seats: tuple[str, ...], asked: Asked
) -> dict[str, object]:
    """Return the evidence of a session as JSON types, floats to 9 digits.

    Only hands that are over count. Everything is worked out here, from the moves, so
    that playing costs nothing of it.

    Args:
        session: What was played.
        seats: The names of its seats.
        asked: What was asked, and which players the opponent may be.
    """
    shape = session.game.shape
    sides = [_Side(session, seats, asked, by) for by in range(len(seats))]
    if asked.types or asked.action:
        for hand in session.played:
            for side in sides:
                side.judge(hand)
    ended_by = session.ended_by
    return {
        "parts_planned": session.parts,
        "unit": UNITS[shape.name],
        "types": list(asked.types),
        "switching": asked.switching,
        "judged_by": "brier",
        "parts": _parts(session, seats),
        "predictions": [row for side in sides for row in side.predictions],
        "beliefs": [row for side in sides for row in side.beliefs],
        "losses": [row for side in sides for row in side.losses],
        "statements_not_judged": {side.name: side.not_judged() for side in sides},
        "ended_by_forfeit": None if ended_by is None else seats[ended_by],
    }


def _parts(session: Session, seats: Sequence[str]) -> list[dict[str, object]]:
    game, deck = session.game, session.game.shape.deck
    parts: list[dict[str, object]] = []
    for hand in session.played:
        at = {seat: session.position(i, hand.part) for i, seat in enumerate(seats)}
        held = {seat: game.hole(hand.state, at[seat]) for seat in seats}
        parts.append(
            {
                "part": hand.part,
                "payoffs": dict(zip(seats, hand.payoffs, strict=True)),
                "forfeited": None if hand.forfeited is None else seats[hand.forfeited],
                "cards": {seat: named(held[seat], deck) for seat in seats},
                "board": named(game.board(hand.state), deck),
                "betting": hand.state.betting,
                "positions": at,
            }
        )
    return parts


class _Side:
    """What one seat stated and did, beside what it could have known of the other."""

    def __init__(
        self, session: Session, seats: Sequence[str], asked: Asked, by: int
    ) -> None:
        shape = session.game.shape
        self.name = seats[by]
        self.predictions: list[dict[str, object]] = []
        self.beliefs: list[dict[str, object]] = []
        self.losses: list[dict[str, object]] = []
        self._session, self._by = session, by
        self._who = {"by": seats[by], "of": seats[1 - by]}
        self._policies = {name: policy(shape.name, name) for name in asked.types}
        hazard = 1 / session.parts if asked.switching else 0.0
        self._observer = Observer(shape, asked.types, hazard) if asked.types else None

    def judge(self, hand: Hand) -> None:
        """Go through a hand as this seat saw it, and add its rows."""
        game = self._session.game
        position = self._session.position(self._by, hand.part)
        own = game.hole(hand.state, position)
        hidden = game.hole(hand.state, 1 - position)
        shown = hidden if game.shown(hand.state) else None
        if self._observer:
            self._observer.begin(own)
        answered: Move | None = None
        for move in hand.moves:
            board = game.board(move.state)
            if move.seat == self._by:
                self._decided(hand.part, move, own, board)
            else:
                if answered and answered.state.round == move.state.round:
                    self._predicted(hand.part, answered, move, hidden, board)
                if self._observer:
                    self._observer.saw(move.state.betting, board, move.action)
            answered = move if move.seat == self._by else None
        if self._observer:
            self._observer.end(shown)

    def not_judged(self) -> int:
        """Return how many predictions of an action were stated in vain."""
        hands = [*(hand.moves for hand in self._session.played), self._session.moves]
        stated = sum(
            move.seat == self._by and move.next_action is not None
            for moves in hands
            for move in moves
        )
        return stated - sum(row["stated"] is not None for row in self.predictions)

    def _predicted(
        self,
        part: int,
        before: Move,
        move: Move,
        hidden: tuple[int, ...],
        board: tuple[int, ...],
    ) -> None:
        """Add the row of an opponent's move that answers one of this seat's."""
        betting, legal = move.state.betting, move.state.public.legal
        ideal = self._observer and self._observer.predict(betting, board).tolist()
        self.predictions.append(
            {
                "part": part,
                **self._who,
                "stated": _filled(before.next_action, ACTIONS),
                "uniform": _over(ACTIONS, [(a in legal) / len(legal) for a in ACTIONS]),
                "ideal": ideal and _over(ACTIONS, ideal),
                "by_type": {
                    name: _over(ACTIONS, known.distribution(betting, hidden, board))
                    for name, known in self._policies.items()
                },
                "came": move.action,
            }
        )

    def _decided(
        self, part: int, move: Move, own: tuple[int, ...], board: tuple[int, ...]
    ) -> None:
        """Add what a decision of this seat cost, and what it believed at it."""
        if self._observer is None:
            return
        row, shape = {"part": part, **self._who}, self._session.game.shape
        spent = {
            name: loss(shape, name, move.state.betting, own, board, move.action)
            for name in self._policies
        }
        self.losses.append({**row, "by_type": _over(spent, spent.values())})
        self._observer.board(board)
        first = not self.beliefs or self.beliefs[-1]["part"] != part
        if first or move.opponent_type or self.beliefs[-1]["stated"] is None:
            if not first:
                self.beliefs.pop()
            types = tuple(self._policies)
            ideal = _over(types, self._observer.posterior.tolist())
            stated = _filled(move.opponent_type, types)
            self.beliefs.append({**row, "stated": stated, "ideal": ideal})


def _over(names: Iterable[str], chances: Iterable[float]) -> dict[str, float]:
    return {n: round(c, 9) for n, c in zip(names, chances, strict=True)}


def _filled(
    stated: Mapping[str, float] | None, names: Sequence[str]
) -> dict[str, float] | None:
    """Return stated probabilities with 0 for what was left out."""
    if stated is None:
        return None
    return _over(names, [stated.get(name, 0.0) for name in names])
