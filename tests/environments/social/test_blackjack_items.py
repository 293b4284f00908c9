"""Questions about hands of Blackjack, against hand-counted and published values."""

import re
from fractions import Fraction

import pytest
from generated import DRAW, beyond_chance, changed_lines, made, pairs
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.blackjack.rules import hand_of
from arena.environments.social.blackjack_chances import (
    BUST,
    bust_by_hit,
    outcomes,
    outcomes_solved,
    total,
)
from arena.environments.social.blackjack_items import BlackjackBeliefs
from arena.errors import UserError

GENERATOR = BlackjackBeliefs()
ITEMS = made(GENERATOR, 400)
RANKS = "ace two three four five six seven eight nine ten jack queen king"


def cards_in(line: str) -> list[int]:
    named = re.findall(r"\ban? (\w+)", line)
    return [min(RANKS.split().index(name) + 1, 10) for name in named]


@pytest.mark.parametrize(
    ("cards", "count"),
    [
        ((1, 6), 17),
        ((1, 6, 10), 17),
        ((1, 1, 9), 21),
        ((1, 1, 10), 12),
        ((9, 8, 7), 24),
    ],
)
def test_one_ace_counts_eleven_where_that_fits(
    cards: tuple[int, ...], count: int
) -> None:
    assert total(cards) == count


@pytest.mark.parametrize(
    ("cards", "thirteenths"),
    [((10, 2), 4), ((10, 6), 8), ((10, 10), 12), ((1, 6), 0), ((1, 6, 10), 9)],
)
def test_the_chance_to_bust_is_counted_in_ranks(
    cards: tuple[int, ...], thirteenths: int
) -> None:
    assert bust_by_hit(cards) == Fraction(thirteenths, 13)


@pytest.mark.parametrize("hits_soft_17", [False, True])
@pytest.mark.parametrize("up", range(1, 11))
def test_the_dealers_chances_agree_with_the_solver(up: int, hits_soft_17: bool) -> None:
    exact = outcomes(up, hits_soft_17=hits_soft_17)
    assert sum(exact.values()) == 1
    solved = outcomes_solved(up, hits_soft_17=hits_soft_17)
    assert solved == pytest.approx({end: float(p) for end, p in exact.items()})


def test_a_dealer_with_a_six_busts_in_42_of_100_hands() -> None:
    # Griffin, The Theory of Blackjack: .4232 for an endless deck, standing on soft 17.
    assert float(outcomes(6, hits_soft_17=False)[BUST]) == pytest.approx(
        0.4232, abs=1e-4
    )


@given(st.lists(st.integers(1, 10), min_size=1, max_size=6))
def test_totals_are_those_of_the_rules(cards: list[int]) -> None:
    assert total(cards) == hand_of(cards)[0]


def test_answers_follow_from_the_cards_that_are_told() -> None:
    for item in ITEMS:
        own = cards_in(item.story[1])
        up = cards_in(item.story[2])[0]
        soft = "also on a 17" in item.rules
        ends = outcomes(up, hits_soft_17=soft)
        likeliest = max(ends, key=lambda end: ends[end])
        assert (
            item.answer
            == {
                "own total": str(total(own)),
                "own bust": f"{bust_by_hit(own) * 13}/13",
                "dealer busts": f"{float(ends[BUST]):.1%}",
                "dealer ends": "bust" if likeliest == BUST else f"on {likeliest}",
            }[item.cell]
        )


def test_one_card_tells_twins_apart_and_flips_the_answer() -> None:
    for test, twin in pairs(ITEMS):
        assert changed_lines(test, twin) == 1
        changed = next(i for i, x in enumerate(test.story) if x != twin.story[i])
        one, other = cards_in(test.story[changed]), cards_in(twin.story[changed])
        assert sum(a != b for a, b in zip(one, other, strict=True)) == 1
        assert {*test.options} == {*twin.options}
        assert test.answer != twin.answer


def test_the_wrong_value_of_an_ace_is_among_the_answers() -> None:
    totals = [item for item in ITEMS if item.cell == "own total"]
    lured = [i for i in totals if any("ace as one" in r for r in i.roles)]
    assert len(lured) > len(totals) / 5


def test_only_the_own_hand_is_self_state() -> None:
    told = {(item.cell, item.measures) for item in ITEMS}
    assert told == {
        ("own total", "self-state"),
        ("own bust", "self-state"),
        ("dealer busts", "control"),
        ("dealer ends", "control"),
    }
    third = BlackjackBeliefs(person="third")
    assert {item.measures for item in made(third, 8)} == {"control"}


def test_both_persons_have_one_world_and_one_answer() -> None:
    for index, first in enumerate(ITEMS[:80]):
        third = BlackjackBeliefs(person="third").item(DRAW, index)
        assert (first.world, first.options) == (third.world, third.options)
        assert first.gold == third.gold


def test_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no cell 'own'"):
        BlackjackBeliefs(cells=["own"])


def test_no_blind_rule_is_right() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
def test_the_audit_passes() -> None:
    assert audit(made(GENERATOR, 4000)).failures == ()
