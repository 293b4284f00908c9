"""Values on the tree against plain recursion over the rules, and against OpenSpiel."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.environments.poker.abstraction import seen
from arena.environments.poker.betting import ACTIONS, KUHN, LEDUC, Shape
from arena.environments.poker.betting_tree import betting_tree
from arena.environments.poker.equilibrium import all_deals
from arena.environments.poker.rules import LimitPoker, State
from arena.environments.poker.values import (
    Player,
    Response,
    best_response,
    expected,
    head_to_head,
)

DATA = Path(__file__).parents[2] / "data"

SHAPES = pytest.mark.parametrize("shape", [KUHN, LEDUC], ids=lambda shape: shape.name)


def drawn(shape: Shape, seed: int, sharp: float = 1.0) -> list[np.ndarray]:
    """Return a table of a random strategy; some actions are never taken."""
    rng = np.random.default_rng(seed)
    tree = betting_tree(shape)
    tables: list[np.ndarray] = []
    for node, legal in enumerate(tree.legal):
        size = all_deals(shape).sizes[int(tree.round[node])]
        weights = rng.random((size, 3)) ** sharp * legal
        weights[rng.random(weights.shape) < 0.2] = 0
        weights[weights.sum(axis=1) == 0] = legal
        tables.append(weights / weights.sum(axis=1, keepdims=True))
    return tables


def player(shape: Shape, table: list[np.ndarray]) -> Player:
    return Player(table, all_deals(shape).buckets)


def response(shape: Shape, table: list[np.ndarray], position: int) -> Response:
    return best_response(
        betting_tree(shape),
        player(shape, table),
        all_deals(shape),
        position,
        cross_fit=False,
    )


def mean(shape: Shape, values: np.ndarray) -> float:
    return float(values @ all_deals(shape).weight)


def joined(shape: Shape, table: list[np.ndarray], other: Response) -> list[np.ndarray]:
    """Return a table with a response in place of its own nodes."""
    return [other.policy.get(node, rows) for node, rows in enumerate(table)]


def by_rules(
    shape: Shape, table: list[np.ndarray], losses: dict[int, np.ndarray]
) -> tuple[float, float]:
    """Return what position 0 wins, and the losses on the way, by plain recursion."""
    game, tree = LimitPoker(shape), betting_tree(shape)

    def walk(state: State) -> tuple[float, float]:
        if state.mover < 0:
            return game.payoffs(state)[0], 0.0
        node = tree.index(state.betting)
        cards = seen(shape, game.hole(state, state.mover), game.board(state))
        won = lost = 0.0
        for number, action in enumerate(ACTIONS):
            chance = table[node][cards, number]
            if chance:
                below = walk(game.apply(state, {state.mover: action}))
                here = losses[node][cards, number] if node in losses else 0.0
                won += chance * below[0]
                lost += chance * (below[1] + here)
        return won, lost

    sums = np.zeros(2)
    for chance, state in game.deals():
        sums += chance * np.array(walk(state))
    return float(sums[0]), float(sums[1])


@SHAPES
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_expected_is_the_mean_over_all_ends_of_the_rules(shape: Shape, seed: int):
    table = drawn(shape, seed)
    both = player(shape, table)
    values = expected(betting_tree(shape), (both, both), all_deals(shape))
    assert by_rules(shape, table, {})[0] == pytest.approx(mean(shape, values))


@SHAPES
@pytest.mark.parametrize("position", [0, 1])
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_losses_add_up_to_what_the_best_response_wins_more(
    shape: Shape, position: int, seed: int
):
    # The performance-difference lemma: exact, since nobody forgets in these games.
    table = drawn(shape, seed)
    best = response(shape, table, position)
    won, lost = by_rules(shape, table, best.losses)
    own = won if position == 0 else -won
    assert lost == pytest.approx(mean(shape, best.values) - own)


@SHAPES
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), other=st.integers(0, 2**32))
def test_no_policy_wins_more_than_the_best_response(
    shape: Shape, seed: int, other: int
):
    tree, deals = betting_tree(shape), all_deals(shape)
    opponent, rival = player(shape, drawn(shape, seed)), drawn(shape, other, 4.0)
    best = response(shape, drawn(shape, seed), 0)
    rivals = expected(tree, (player(shape, rival), opponent), deals)
    assert mean(shape, rivals) <= mean(shape, best.values) + 1e-12
    responding = player(shape, joined(shape, rival, best))
    played = expected(tree, (responding, opponent), deals)
    assert mean(shape, played) == pytest.approx(mean(shape, best.values))


@SHAPES
def test_losses_are_zero_for_one_action_and_never_negative(shape: Shape):
    tree = betting_tree(shape)
    for position in range(2):
        best = response(shape, drawn(shape, 1), position)
        for node, rows in best.losses.items():
            assert tree.mover[node] == position
            assert np.isnan(rows[:, ~tree.legal[node]]).all()
            legal = rows[:, tree.legal[node]]
            assert (legal.min(axis=1) == 0).all()


def test_what_one_wins_in_both_seats_the_other_loses():
    tree, deals = betting_tree(LEDUC), all_deals(LEDUC)
    a, b = player(LEDUC, drawn(LEDUC, 1)), player(LEDUC, drawn(LEDUC, 2))
    won, lost = head_to_head(tree, a, b, deals), head_to_head(tree, b, a, deals)
    np.testing.assert_allclose(won, -lost)
    assert np.abs(won).max() > 0.01
    assert not head_to_head(tree, a, a, deals).any()


def test_cross_fitting_does_not_overrate_what_noise_has_chosen():
    # Deals whose buckets say nothing: the best constant policy is all there is to find.
    tree, rng = betting_tree(KUHN), np.random.default_rng(0)
    known, n, many = all_deals(KUHN), 4000, 400
    rows = rng.integers(len(known.sign), size=n)
    deals = known._replace(
        buckets=rng.integers(many, size=(2, 1, n)),
        sign=known.sign[rows],
        weight=np.full(n, 1 / n),
        sizes=(many,),
    )
    opponent = Player(drawn(KUHN, 3), known.buckets[:, :, rows])
    fitted, crossed = (
        float(best_response(tree, opponent, deals, 0, cross_fit=fit).values.mean())
        for fit in (False, True)
    )
    blind = known._replace(buckets=np.zeros_like(known.buckets), sizes=(1,))
    alone = Player(opponent.table, known.buckets)
    true = best_response(tree, alone, blind, 0, cross_fit=False).values @ known.weight
    assert fitted > true + 0.1
    assert crossed < true + 0.05


@SHAPES
def test_openspiel_agrees_on_values_and_exploitability(shape: Shape):
    known = json.loads((DATA / f"{shape.name}_openspiel.json").read_text())
    tree, suits = betting_tree(shape), len(shape.suits)
    rounds: list[int] = tree.round.tolist()
    table = [np.full((all_deals(shape).sizes[r], 3), np.nan) for r in rounds]
    for rank, board, betting, chances in known["strategy"]:
        for card in range(len(shape.deck)):
            for laid in range(len(shape.deck)) if board else (None,):
                ranks = (
                    shape.ranks[card // suits],
                    (None if laid is None else shape.ranks[laid // suits]),
                )
                if ranks == (rank, board):
                    cards = () if laid is None else (laid,)
                    row = seen(shape, (card,), cards)
                    table[tree.index(betting)][row] = chances
    both = player(shape, table)
    values = expected(tree, (both, both), all_deals(shape))
    assert mean(shape, values) == pytest.approx(known["value_of_first"], abs=1e-6)
    won = [mean(shape, response(shape, table, p).values) for p in range(2)]
    assert won == pytest.approx(known["best_response_values"], abs=1e-6)
