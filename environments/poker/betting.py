"""The betting of limit poker for two: what all see of a hand but for its cards.

Hold'em is heads-up limit by the rules of the Annual Computer Poker Competition (ACPC):
the button posts the small blind and opens before the flop, the big blind opens after
it, and a round has at most three raises before the flop and four bets or raises later.
Leduc is by Southey et al. (2005), "Bayes' Bluff"; Kuhn by Kuhn (1950).

Amounts are in chips. Players are positions: 0 and 1, in Hold'em big and small blind.
A betting string is the key of the public state, one letter an action: "c" for check or
call, "r" for bet or raise, "f" for fold, and "/" where a round is over and another
begins: "rc/cr".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from .cards import deck

__all__ = [
    "ACTIONS",
    "HOLDEM",
    "KUHN",
    "LEDUC",
    "LETTERS",
    "Public",
    "Shape",
    "after",
    "step",
]

ACTIONS = ("fold", "check_or_call", "bet_or_raise")
LETTERS = {"fold": "f", "check_or_call": "c", "bet_or_raise": "r"}


@dataclass(frozen=True)
class Shape:
    """What the games differ in.

    Attributes:
        ranks: Names of the ranks, lowest first.
        suits: Names of the suits; one empty name where there are none.
        hole: Cards that each player holds.
        board: Cards laid open before each round of betting.
        posts: What each player puts in before it sees a card.
        bets: Size of a bet or raise, by round.
        caps: Bets and raises that the players may make, by round.
        first: Who opens, by round.
        rounds: Names of the rounds.
        positions: Names of the positions.
    """

    name: str
    ranks: str
    suits: tuple[str, ...]
    hole: int
    board: tuple[int, ...]
    posts: tuple[int, int]
    bets: tuple[int, ...]
    caps: tuple[int, ...]
    first: tuple[int, ...]
    rounds: tuple[str, ...]
    positions: tuple[str, str]

    def __hash__(self) -> int:
        return hash(self.name)  # shapes are keys of caches

    @property
    def deck(self) -> tuple[str, ...]:
        """The names of all cards, each at its number."""
        return deck(self.ranks, self.suits)


HOLDEM = Shape(
    name="holdem",
    ranks="23456789TJQKA",
    suits=("c", "d", "h", "s"),
    hole=2,
    board=(0, 3, 1, 1),
    posts=(2, 1),
    bets=(2, 2, 4, 4),
    caps=(3, 4, 4, 4),
    first=(1, 0, 0, 0),
    rounds=("Pre-flop", "Flop", "Turn", "River"),
    positions=("the big blind", "the small blind, on the button"),
)
LEDUC = Shape(
    name="leduc",
    ranks="JQK",
    suits=("h", "s"),
    hole=1,
    board=(0, 1),
    posts=(1, 1),
    bets=(2, 4),
    caps=(2, 2),
    first=(0, 0),
    rounds=("Round 1", "Round 2"),
    positions=("first to act", "second to act"),
)
KUHN = Shape(
    name="kuhn",
    ranks="JQK",
    suits=("",),
    hole=1,
    board=(0,),
    posts=(1, 1),
    bets=(1,),
    caps=(1,),
    first=(0,),
    rounds=("Betting",),
    positions=("first to act", "second to act"),
)


class Public(NamedTuple):
    """What everybody sees of a hand, but for the board."""

    betting: str
    round: int
    """0 for the first."""
    mover: int
    """The position to act, −1 once the hand is over."""
    put: tuple[int, int]
    """Chips in the pot by position."""
    raises: int
    """Bets and raises by players in this round."""
    legal: tuple[str, ...]
    """Of the mover, in order of `ACTIONS`."""
    folded: int
    """Who has folded; −1 for nobody."""

    @property
    def to_call(self) -> int:
        """What the mover must put in to stay."""
        return abs(self.put[0] - self.put[1])

    @property
    def shown(self) -> bool:
        """Whether a showdown has come."""
        return self.mover < 0 and self.folded < 0


@cache
def after(shape: Shape, betting: str) -> Public:
    """Return the public state after a betting string.

    Raises:
        ValueError: If the string cannot come about in this game.
    """
    if not betting:
        return _to_act(shape, "", 0, shape.first[0], shape.posts, 0)
    try:
        before = betting.removesuffix("/")
        found = step(shape, after(shape, before[:-1]), before[-1:])
    except ValueError:
        found = None
    if found is None or found.betting != betting:
        raise ValueError(f"no hand of {shape.name} is bet like {betting!r}")
    return found


def step(shape: Shape, public: Public, letter: str) -> Public:
    """Return the public state after one more action.

    Raises:
        ValueError: For an action that is not legal.
    """
    mover, other = public.mover, 1 - public.mover
    if letter not in [LETTERS[action] for action in public.legal]:
        raise ValueError(f"{letter!r} is not legal after {public.betting!r}")
    betting = public.betting + letter
    if letter == "f":
        return public._replace(betting=betting, mover=-1, legal=(), folded=mover)
    level = max(public.put)
    raises = public.raises
    if letter == "r":
        level += shape.bets[public.round]
        raises += 1
    put = (level, public.put[1]) if mover == 0 else (public.put[0], level)
    opens = public.betting == "" or public.betting[-1] == "/"
    if letter == "r" or opens:
        return _to_act(shape, betting, public.round, other, put, raises)
    if public.round + 1 == len(shape.bets):
        return Public(betting, public.round, -1, put, raises, (), -1)
    following = public.round + 1
    return _to_act(shape, betting + "/", following, shape.first[following], put, 0)


def _to_act(
    shape: Shape, betting: str, round_: int, mover: int, put: tuple[int, int], n: int
) -> Public:
    legal = ["check_or_call"]
    if put[mover] < put[1 - mover]:
        legal.insert(0, "fold")
    if n < shape.caps[round_]:
        legal.append("bet_or_raise")
    return Public(betting, round_, mover, put, n, tuple(legal), -1)
