"""Equilibria of the small games: their known values, and how little beats them."""

import numpy as np
import pytest

from arena.environments.poker.abstraction import seen
from arena.environments.poker.betting import KUHN, LEDUC, Shape
from arena.environments.poker.betting_tree import betting_tree
from arena.environments.poker.equilibrium import (
    all_deals,
    equilibrium,
    exploitability,
    game_value,
)

SHAPES = pytest.mark.parametrize("shape", [KUHN, LEDUC], ids=lambda shape: shape.name)


def test_kuhn_is_worth_an_eighteenth_of_an_ante_to_the_second_player():
    assert game_value(KUHN, equilibrium(KUHN)) == pytest.approx(-1 / 18, abs=1e-4)


def test_leduc_is_worth_what_others_have_found():
    # −0.0856 chips to the first player: Southey et al. (2005) and many since.
    assert game_value(LEDUC, equilibrium(LEDUC)) == pytest.approx(-0.0856, abs=1e-3)


def test_nothing_beats_the_equilibrium_of_leduc_by_a_hundredth_of_a_chip():
    assert 0 <= exploitability(LEDUC, equilibrium(LEDUC)) < 0.01


def test_nothing_beats_the_equilibrium_of_kuhn():
    assert 0 <= exploitability(KUHN, equilibrium(KUHN)) < 0.001


def test_uniform_play_is_beaten_soundly():
    tree, sizes = betting_tree(LEDUC), all_deals(LEDUC).sizes
    uniform = [
        np.tile(legal / legal.sum(), (sizes[int(tree.round[node])], 1))
        for node, legal in enumerate(tree.legal)
    ]
    assert exploitability(LEDUC, uniform) > 1


@SHAPES
def test_a_strategy_is_a_distribution_over_legal_actions_everywhere(shape: Shape):
    tree = betting_tree(shape)
    for legal, rows in zip(tree.legal, equilibrium(shape), strict=True):
        np.testing.assert_allclose(rows.sum(axis=1), 1)
        assert rows.min() >= 0
        assert not rows[:, ~legal].any()


@SHAPES
def test_what_is_seen_is_numbered_without_two_alike(shape: Shape):
    cards = range(len(shape.deck))
    holes = [seen(shape, (card,), ()) for card in cards]
    boards = [seen(shape, (a,), (b,)) for a in cards for b in cards]
    assert len(set(holes)) == len(holes)
    assert len(set(boards)) == len(boards)


@SHAPES
def test_all_deals_are_all_there_is(shape: Shape):
    deals = all_deals(shape)
    assert deals.weight.sum() == pytest.approx(1)
    assert float(deals.sign @ deals.weight) == pytest.approx(0)
