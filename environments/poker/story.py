"""The betting of a hand in words, from one position's side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .betting import Public, Shape

__all__ = ["story"]


def story(shape: Shape, trail: Sequence[Public], player: int) -> str:
    """Return the betting so far, the pot, and what may be done now.

    Args:
        shape: The game.
        trail: The public states of the hand, from the first to the current one.
        player: The position that is told.
    """
    lines: list[str] = []
    for round_, name in enumerate(shape.rounds):
        told = [
            _told(shape, before, following.betting[len(before.betting)], player)
            for before, following in pairwise(trail)
            if before.round == round_
        ]
        if told:
            lines.append(f"{name}: {', '.join(told)}.")
    public = trail[-1]
    own, other = public.put[player], public.put[1 - player]
    lines.append(f"Pot {own + other}: {own} from you, {other} from the opponent.")
    if public.mover == player:
        lines.append(f"You may: {', '.join(_choices(shape, public))}.")
    elif public.mover >= 0:
        lines.append("The opponent is to act.")
    return "\n".join(lines)


def _told(shape: Shape, before: Public, letter: str, player: int) -> str:
    verb = {"f": "fold", "c": _passive(before), "r": _active(shape, before)}[letter]
    return f"you {verb}" if before.mover == player else f"the opponent {verb}s"


def _choices(shape: Shape, public: Public) -> Iterator[str]:
    cost, bet = public.to_call, shape.bets[public.round]
    for action in public.legal:
        if action == "fold":
            yield "fold"
        elif action == "bet_or_raise":
            yield f"bet_or_raise ({_active(shape, public)}, costs {cost + bet})"
        else:
            price = f", costs {cost}" if cost else ""
            yield f"check_or_call ({_passive(public)}{price})"


def _passive(public: Public) -> str:
    return "call" if public.to_call else "check"


def _active(shape: Shape, public: Public) -> str:
    # Blinds are the first bet of their round.
    blinds = public.round == 0 and shape.posts[0] != shape.posts[1]
    return "raise" if public.raises or blinds else "bet"
