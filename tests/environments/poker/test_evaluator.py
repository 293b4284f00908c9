"""The evaluator against two others that share no code with it, and by hand."""

# pyright: reportMissingTypeStubs=false

import importlib
import warnings
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phevaluator import evaluate_cards

from arena.environments.poker.betting import HOLDEM
from arena.environments.poker.cards import parsed
from arena.environments.poker.evaluator import strength, strengths, strengths_with

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it uses names that pyparsing calls old
    eval7: Any = importlib.import_module("eval7")

CARDS = st.lists(st.integers(0, 51), min_size=7, max_size=7, unique=True)
ASCENDING = (
    "2c 3d 4h 5s 7c",
    "2c 3d 4h 5s Ac 7d 8c",  # a straight all the same: ace to five
    "2c 3d 4h 5s 6c",
    "2c 3c 4c 5c 7c",
    "Ac Kc Qc Jc 9c",
    "2c 2d 2h 3c 3d",
    "2c 2d 2h 2s 3d",
    "Ac 2c 3c 4c 5c Ad Ah",
    "9c Tc Jc Qc Kc",
    "Tc Jc Qc Kc Ac",
)


def random_hands(count: int) -> np.ndarray:
    return np.random.default_rng(7).random((count, 52)).argsort(axis=1)[:, :7]


def test_the_order_is_that_of_two_other_evaluators_on_100_000_hands() -> None:
    hands = random_hands(100_000)
    cards = [eval7.Card(name) for name in HOLDEM.deck]
    rows = hands.tolist()
    own = strengths(hands).tolist()
    assert own == [strength(row) for row in rows]
    # phevaluator counts classes from the best, 1, to the worst, 7,462.
    assert own == [7462 - evaluate_cards(*row) for row in rows]
    theirs = [eval7.evaluate([cards[card] for card in row]) for row in rows]
    pairs = sorted(set(zip(theirs, own, strict=True)))
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))


@pytest.mark.parametrize("size", [5, 6])
def test_smaller_hands_have_phevaluators_order(size: int) -> None:
    hands = random_hands(10_000)[:, :size]
    expected = [7462 - evaluate_cards(*row) for row in hands.tolist()]
    assert strengths(hands).tolist() == expected
    assert [strength(row) for row in hands.tolist()] == expected


@given(CARDS, st.integers(3, 5))
def test_all_pairs_with_a_board_have_their_own_strengths(
    cards: list[int], size: int
) -> None:
    board = cards[:size]
    pairs = list(combinations(range(52), 2))
    found = strengths_with(board).tolist()
    free = [n for n, pair in enumerate(pairs) if not set(pair) & set(board)]
    expected = strengths([(*pairs[n], *board) for n in free]).tolist()
    assert [found[n] for n in free] == expected


@given(CARDS)
def test_the_best_five_decide(cards: list[int]) -> None:
    assert strength(cards) == max(map(strength, combinations(cards, 5)))
    assert strength(cards[:6]) == max(map(strength, combinations(cards[:6], 5)))


@given(CARDS, st.permutations(range(4)))
def test_neither_the_order_of_cards_nor_the_names_of_suits_matter(
    cards: list[int], suits: list[int]
) -> None:
    renamed = [card - card % 4 + suits[card % 4] for card in reversed(cards)]
    assert strength(renamed) == strength(cards)


def test_categories_rank_as_in_poker() -> None:
    hands = [parsed(text.split(), HOLDEM.deck) for text in ASCENDING]
    found = [strength(hand) for hand in hands]
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (0, 7461)


@pytest.mark.parametrize("size", [0, 4, 8])
def test_hands_of_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="5, 6 or 7"):
        strength(range(size))
    with pytest.raises(ValueError, match="5, 6 or 7"):
        strengths([list(range(size))])
