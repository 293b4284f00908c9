from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.environments.poker.abstraction import (
    abstraction,
    bucket,
    buckets,
    hole_classes,
    holes,
)
from arena.environments.poker.betting import HOLDEM, KUHN, LEDUC, Shape
from arena.environments.poker.cards import parsed
from arena.environments.poker.evaluator import strength
from arena.environments.poker.styles import PREFLOP_ORDER
from arena.environments.poker.training.boards import board_tables, preflop_strengths
from arena.environments.poker.training.deals import pool

DECK = range(52)
STRAIGHTS = [{(low + step) % 13 for step in range(5)} for low in range(-1, 9)]

hands_on_boards = st.tuples(st.permutations(DECK), st.sampled_from([3, 4, 5])).map(
    lambda drawn: (tuple(drawn[0][:2]), tuple(drawn[0][2 : 2 + drawn[1]]))
)


def cards(names: str) -> tuple[int, ...]:
    return parsed(names.split(), HOLDEM.deck)


def exact_strength(hole: tuple[int, ...], board: tuple[int, ...]) -> tuple[int, int]:
    own = strength((*hole, *board))
    left = [card for card in DECK if card not in hole and card not in board]
    others = [strength((*pair, *board)) for pair in combinations(left, 2)]
    points = sum(2 * (own > other) + (own == other) for other in others)
    return points, 2 * len(others)


def completing(ranks: set[int]) -> set[int]:
    if any(straight <= ranks for straight in STRAIGHTS):
        return set()
    return {r for r in range(13) if any(s <= ranks | {r} for s in STRAIGHTS)}


def draw(hole: tuple[int, ...], board: tuple[int, ...]) -> int:
    suits = [card % 4 for card in (*hole, *board)]
    if any(suits.count(card % 4) == 4 for card in hole):
        return 2
    common = {card // 4 for card in board}
    own = completing(common | {card // 4 for card in hole})
    return min(2, len(own - completing(common)))


@settings(max_examples=40, deadline=None)
@given(hands_on_boards)
def test_a_bucket_is_exact_strength_and_the_kind_of_draw(
    dealt: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    hole, board = dealt
    points, most = exact_strength(hole, board)
    if len(board) == 5:
        assert min(19, points * 20 // most) == bucket(hole, board)
    else:
        tenth = min(9, points * 10 // most)
        assert 3 * tenth + draw(hole, board) == bucket(hole, board)


@settings(max_examples=20, deadline=None)
@given(hands_on_boards, st.permutations(range(4)))
def test_neither_the_order_of_cards_nor_the_names_of_suits_matter(
    dealt: tuple[tuple[int, ...], tuple[int, ...]], suits: list[int]
) -> None:
    hole, board = dealt
    renamed = [tuple(c - c % 4 + suits[c % 4] for c in part[::-1]) for part in dealt]
    assert bucket(hole, board) == bucket(renamed[0], renamed[1])


@settings(max_examples=20, deadline=None)
@given(hands_on_boards)
def test_all_hands_at_once_are_the_same_as_one_by_one(
    dealt: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    _, board = dealt
    one_by_one = [
        -1 if set(hole) & set(board) else bucket(hole, board) for hole in holes(HOLDEM)
    ]
    assert one_by_one == buckets(board).tolist()


@pytest.mark.parametrize(
    ("hole", "board", "expected"),
    [
        ("Ah Kh", "Qh Jh Th", 27),  # the best hand there is, and no draw
        ("Ah 2h", "Kh 9h 4s", 2),  # four hearts
        ("9c 8d", "7h 6s 2c", 2),  # a five or a ten
        ("9c 8d", "7h 5s 2c", 1),  # only a six
        ("Kc 2d", "Qh Js Tc", 2),  # an ace or a nine
        ("2c 3d", "Th 9s 8c 7d", 0),  # what completes the board is no draw of the hand
        ("2c 2d", "Ah Kh Qh Jh Th", 10),  # the board is everybody's best
    ],
)
def test_draws_and_strengths_of_known_hands(hole: str, board: str, expected: int):
    found = bucket(cards(hole), cards(board))
    assert expected == (found if expected > 2 else found % 3)


def test_before_the_flop_there_are_169_classes():
    numbers, sizes = np.unique(hole_classes(), return_counts=True)
    assert list(range(169)) == numbers.tolist()
    assert [78, 13, 78] == [sizes.tolist().count(size) for size in (4, 6, 12)]
    assert bucket(cards("Ah Kh"), ()) == bucket(cards("Ks As"), ())
    assert bucket(cards("Ah Kh"), ()) != bucket(cards("Ah Ks"), ())


@pytest.mark.parametrize("shape", [LEDUC, KUHN], ids=lambda shape: shape.name)
def test_in_small_games_a_bucket_is_all_the_cards_that_are_seen(shape: Shape):
    boards = [(), *((card,) for card in range(6))] if shape is LEDUC else [()]
    for board in boards:
        found = abstraction(shape).buckets(board)
        free = [hole for hole in holes(shape) if hole[0] not in board]
        kept = found[found >= 0].tolist()
        assert [abstraction(shape).bucket(hole, board) for hole in free] == kept
        assert len(set(kept)) == len(free)
        assert max(kept) < abstraction(shape).counts[len(board)]


@pytest.mark.slow
def test_the_tables_of_the_trainer_hold_the_same_buckets():
    flops = board_tables(3)
    assert (1755, 22_100) == (len(flops.keys), int(flops.counts.sum()))
    for row in range(0, 1755, 97):
        masks = [int(flops.keys[row]) >> 13 * (3 - suit) & 0x1FFF for suit in range(4)]
        board = tuple(card for card in DECK if masks[card % 4] >> card // 4 & 1)
        assert buckets(board).tolist() == flops.buckets[row].tolist()


@pytest.mark.slow
def test_deals_of_the_trainer_have_the_same_buckets_and_winners():
    deals = pool(2000, seed=5)
    for dealt, found, winner in zip(*deals, strict=True):
        numbers = tuple(dealt.tolist())
        own, other, board = numbers[:2], numbers[2:4], numbers[4:]
        for hole, row in zip((own, other), found, strict=True):
            expected = [bucket(hole, board[:size]) for size in (0, 3, 4, 5)]
            assert expected == row.tolist()
        first, second = strength((*own, *board)), strength((*other, *board))
        assert (first > second) - (first < second) == winner


@pytest.mark.slow
def test_styles_know_the_exact_order_of_hands_before_the_flop():
    chances, ranks = preflop_strengths(), HOLDEM.ranks
    names = [
        ranks[max(cell)] + ranks[min(cell)] + ("s" if cell[0] > cell[1] else "o")
        for cell in (divmod(number, 13) for number in np.argsort(-chances).tolist())
    ]
    pairs = {2 * rank + "o": 2 * rank for rank in ranks}
    assert [pairs.get(name, name) for name in names] == PREFLOP_ORDER.split()


@pytest.mark.slow
def test_exact_chances_before_the_flop_are_those_of_the_books():
    chances = preflop_strengths()
    for hole, known in [("Ac Ad", 0.852), ("Ac Kc", 0.670), ("2c 3d", 0.323)]:
        assert known == pytest.approx(chances[bucket(cards(hole), ())], abs=5e-4)
