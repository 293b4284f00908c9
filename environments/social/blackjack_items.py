"""The generator `blackjack`: what is so of one's own hand, and of the dealer's."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import ClassVar, Literal, NamedTuple

from arena.environments.blackjack.rules import hand_of
from arena.items import Item, Label, Measures

from .blackjack_chances import BUST, bust_by_hit, outcomes, outcomes_solved, total
from .daily_life.wording import Wording
from .drafts import Draft, Made, chosen_cells, listed
from .generator import Draw
from .vocabulary import PEOPLE, nonce

__all__ = ["BlackjackBeliefs"]

_RANKS = (
    *("an ace", "a two", "a three", "a four", "a five", "a six", "a seven"),
    *("an eight", "a nine", "a ten", "a jack", "a queen", "a king"),
)
_RULES = (
    "A card from two to ten counts its number, a jack, a queen and a king ten, and an "
    "ace eleven if the hand is then at most 21, else one. A hand above 21 is bust. "
    "Each further card is any of the thirteen ranks with equal chance, whatever was "
    "dealt before. The dealer has one open and one hidden card, of which nothing is "
    "known, and draws until the hand is 17 or more{soft}."
)
_SOFT = ", and also on a 17 in which an ace counts eleven"
_LOWEST, _HIGHEST = 6, 20  # of the lower of two totals that an ace tells apart


class _Swap(NamedTuple):
    """Two hands of three cards, from 1 to 10, that differ in the last."""

    held: tuple[int, int]
    test: int
    twin: int

    def hand(self, *, twin: bool) -> tuple[int, int, int]:
        return (*self.held, self.twin if twin else self.test)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A question; `options` in a fixed order, `answers` by both labellers."""

    own: Sequence[int]
    up: int
    question: str
    options: Sequence[str]
    answers: Sequence[Label]
    lures: Mapping[str, str] = field(default_factory=dict[str, str])


class _Turn(NamedTuple):
    rng: random.Random
    number: int
    twin: bool
    hits_soft_17: bool

    def own(self) -> list[int]:
        return [self.rng.randint(1, 10) for _ in range(2)]


def _own_total(turn: _Turn) -> _Asked:
    """Two pairs of totals ten apart, as an ace makes them; test and twin are one side.

    Both sides have the same pairs equally often, so that options tell nothing.
    """
    upper = turn.number % 2 == 1
    one, other = turn.rng.choice(_pairs_of_totals())
    ten = 10 if upper else 0
    swaps = _swaps_of_totals()[one + ten, other + ten, upper]
    in_both = [swap for swap in swaps if 1 in swap.held]
    in_one = [swap for swap in swaps if 1 in (swap.test, swap.twin)]
    swap = turn.rng.choice(in_both or in_one or swaps)
    hand = swap.hand(twin=turn.twin)
    aces = sum(card == 1 for card in hand)
    return _Asked(
        own=hand,
        up=turn.rng.randint(1, 10),
        question="What does {a's} hand count?",
        options=[str(low + more) for low in (one, other) for more in (0, 10)],
        answers=(
            Label(
                "totals",
                str(total(hand)),
                "the cards are added, and aces as the rule says",
            ),
            Label(
                "rules of the game", str(hand_of(hand)[0]), "the best total of the hand"
            ),
        ),
        lures={
            "ace as one": str(sum(hand)) if aces else "",
            "ace as eleven": str(sum(hand) + 10) if aces else "",
        },
    )


def _own_bust(turn: _Turn) -> _Asked:
    chances = sorted({bust for pair in _swaps_of_chances() for bust in pair})
    four = turn.rng.sample(chances, 4)
    swap = turn.rng.choice(_swaps_of_chances()[four[0], four[1]])
    hand = swap.hand(twin=turn.twin)
    # Busts if the hand were hard: what who forgets that an ace can count one says.
    hard = sum(min(card, 10) > 21 - total(hand) for card in range(1, 14))
    counted = sum(hand_of((*hand, rank))[0] > 21 for rank in range(1, 14))
    return _Asked(
        own=hand,
        up=turn.rng.randint(1, 10),
        question="With what chance is {a's} hand bust after one more card?",
        options=[_thirteenths(chance) for chance in four],
        answers=(
            Label(
                "fractions",
                _thirteenths(bust_by_hit(hand)),
                f"each rank is added to {total(hand)}",
            ),
            Label(
                "rules of the game", f"{counted}/13", "the ranks that bust are counted"
            ),
        ),
        lures={"ace stays eleven": f"{hard}/13" if 1 in hand else ""},
    )


def _dealer_busts(turn: _Turn) -> _Asked:
    soft = turn.hits_soft_17
    ups = turn.rng.sample(range(1, 11), 4)
    up = ups[turn.twin]
    exact = outcomes(up, hits_soft_17=soft)[BUST]
    solved = outcomes_solved(up, hits_soft_17=soft)[BUST]
    return _Asked(
        own=turn.own(),
        up=up,
        question="With what chance does the dealer's hand end up bust?",
        options=[_percent(outcomes(x, hits_soft_17=soft)[BUST]) for x in ups],
        answers=(
            Label("fractions", _percent(exact), "the chances of all draws are added"),
            Label(
                "solver",
                _percent(solved),
                "from what a hand that can only bust is worth",
            ),
        ),
    )


def _dealer_ends(turn: _Turn) -> _Asked:
    soft = turn.hits_soft_17
    likeliest: dict[int, list[int]] = {}
    for up in range(1, 11):
        likeliest.setdefault(_mode(outcomes(up, hits_soft_17=soft)), []).append(up)
    four = turn.rng.sample(sorted(likeliest), 4)
    ups = [turn.rng.choice(likeliest[end]) for end in four[:2]]
    up = ups[turn.twin]
    exact, solved = (
        outcomes(up, hits_soft_17=soft),
        outcomes_solved(up, hits_soft_17=soft),
    )
    return _Asked(
        own=turn.own(),
        up=up,
        question="How does the dealer's hand most likely end?",
        options=[_ending(end) for end in four],
        answers=(
            Label(
                "fractions", _ending(_mode(exact)), "the chances of all draws are added"
            ),
            Label(
                "solver",
                _ending(_mode(solved)),
                "from what hands of each total are worth",
            ),
        ),
        lures={"hidden ten": _ending(min(total((up, 10)), BUST))},
    )


_CELLS: Mapping[str, tuple[Measures, Callable[[_Turn], _Asked]]] = {
    "own total": ("self-state", _own_total),
    "own bust": ("self-state", _own_bust),
    "dealer busts": ("control", _dealer_busts),
    "dealer ends": ("control", _dealer_ends),
}


class BlackjackBeliefs:
    """Questions about a hand of Blackjack whose answers are exact.

    Source:
        EgoSocialArena (arXiv 2410.06195) asks for the "self-belief" about one's own
        cards and the "external belief" about the dealer's, graded by a model; here
        the answers are computed. The dealer follows a rule and has no mind that one
        would have to read: so these cells are controls.

    Cells:
        own total; own bust: the chance to be bust after one more card; dealer busts;
        dealer ends: the likeliest result.

    Answers:
        By exact fractions, and by the rules and the solver of the game.

    Twins:
        One card is another. The options are the answers of both and two more of the
        same kind, chosen so that each is right equally often.

    Lures:
        Roles only: `ace as one`, `ace as eleven`, `ace stays eleven`, `hidden ten`.

    Args:
        person: Whether it is your hand, or another's; of another it is a control.
        cells: Which cells are made; by default all.
    """

    name: ClassVar[str] = "blackjack"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        cells: list[str] | None = None,
    ) -> None:
        self._first_person = person == "first"
        self._cells = chosen_cells(cells, _CELLS)
        self.period = 4 * len(self._cells)
        self.most_options = 4

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        cell = self._cells[index % len(self._cells)]
        pair, twin = divmod(index // len(self._cells), 2)
        names = (self.name, self.version, cell, pair)
        rng = draw.rng(*names)
        player, town = rng.choice(PEOPLE), nonce(rng).capitalize()
        table, hits = rng.randint(1, 99), rng.random() < 0.5
        measures, ask = _CELLS[cell]
        asked = ask(_Turn(rng, pair, bool(twin), hits))
        looks = draw.rng(*names, "ranks")
        cards = [_rank(card, looks.randrange(4)) for card in (*asked.own, asked.up)]
        you = "a" if self._first_person else None
        wording = Wording({"a": player}, you)
        world, seen_by = f"{self.name}-{draw.digest(*names)}", "1p" if you else "3p"
        made = Made(
            generator=self.name,
            version=self.version,
            cell=cell,
            number=index // len(self._cells),
            world=world,
            pair=world,
            variant="twin" if twin else "test",
            rendering=seen_by,
            id=f"{self.name}-{self.version}-{draw.digest(*names, twin, seen_by)}",
        )
        roles = {"correct": asked.answers[0].answer, **asked.lures}
        draft = Draft(
            measures=measures if you else "control",
            rules=_RULES.replace("{soft}", _SOFT if hits else ""),
            story=(
                f"At table {table} in {town}, Blackjack is played.",
                wording.sentence(f"{{a}} {{a:holds|hold}} {listed(cards[:-1])}."),
                f"The dealer's open card is {cards[-1]}.",
            ),
            question=wording.sentence(asked.question),
            answers={
                option: tuple(role for role, text in roles.items() if text == option)
                for option in asked.options
            },
            labels=tuple(asked.answers),
            facts={"soft": hand_of(asked.own)[1], "open card": asked.up},
        )
        return made.item(draw, draft)


def _rank(card: int, of_ten: int) -> str:
    """Return what a card from 1 to 10 is called; a ten is one of four ranks."""
    return _RANKS[card - 1 + (of_ten if card == 10 else 0)]


def _thirteenths(chance: Fraction) -> str:
    return f"{chance * 13}/13"


def _percent(chance: Fraction | float) -> str:
    return f"{float(chance):.1%}"


def _ending(end: int) -> str:
    return "bust" if end == BUST else f"on {end}"


def _mode(chances: Mapping[int, Fraction] | Mapping[int, float]) -> int:
    return max(chances, key=lambda end: chances[end])


def _swaps() -> list[_Swap]:
    held = combinations_with_replacement(range(1, 11), 2)
    ends = [(one, two) for one in range(1, 11) for two in range(1, 11) if one != two]
    return [_Swap(pair, one, two) for pair in held for one, two in ends]


@functools.cache
def _swaps_of_totals() -> dict[tuple[int, int, bool], list[_Swap]]:
    """Return swaps by both totals and by whether these are the upper ones.

    A hand whose ace counts eleven has an upper total, one whose ace counts one a
    lower; a hand without one can have either.
    """
    found: dict[tuple[int, int, bool], list[_Swap]] = {}
    for swap in _swaps():
        hands = [swap.hand(twin=twin) for twin in (False, True)]
        sides = {hand_of(hand)[1] for hand in hands if 1 in hand}
        totals = total(hands[0]), total(hands[1])
        if len(sides) < 2:
            for upper in sides or {False, True}:
                found.setdefault((*totals, upper), []).append(swap)
    return found


@functools.cache
def _pairs_of_totals() -> list[tuple[int, int]]:
    """Return the lower totals that both sides have swaps for."""
    swaps, totals = _swaps_of_totals(), range(_LOWEST, _HIGHEST + 1)
    return [
        (one, other)
        for one in totals
        for other in totals
        if one != other
        and (one, other, False) in swaps
        and (one + 10, other + 10, True) in swaps
    ]


@functools.cache
def _swaps_of_chances() -> dict[tuple[Fraction, Fraction], list[_Swap]]:
    found: dict[tuple[Fraction, Fraction], list[_Swap]] = {}
    for swap in _swaps():
        test, twin = (swap.hand(twin=twin) for twin in (False, True))
        chances = bust_by_hit(test), bust_by_hit(twin)
        if chances[0] != chances[1] and max(chances) < 1:
            found.setdefault(chances, []).append(swap)
    return found
