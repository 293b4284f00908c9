"""Limit poker against OpenSpiel's ACPC engine, PokerKit, and what poker must be."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pokerkit import Automation, FixedLimitTexasHoldem

from arena.environments.poker.betting import (
    ACTIONS,
    HOLDEM,
    KUHN,
    LEDUC,
    LETTERS,
    Shape,
    after,
)
from arena.environments.poker.cards import draw, named, parsed
from arena.environments.poker.rules import LimitPoker, State

SHAPES = (HOLDEM, LEDUC, KUHN)
SEEDS = st.integers(0, 2**32 - 1)
# No hand has more moves: 5 before the flop, 6 in each later round.
CHOICES = st.lists(st.floats(0, 1, exclude_max=True), min_size=23, max_size=23)
AUTOMATED = (
    Automation.ANTE_POSTING,
    Automation.BET_COLLECTION,
    Automation.BLIND_OR_STRADDLE_POSTING,
    Automation.HOLE_CARDS_SHOWING_OR_MUCKING,
    Automation.HAND_KILLING,
    Automation.CHIPS_PUSHING,
    Automation.CHIPS_PULLING,
)
STACK = 1000


def cards(text: str) -> tuple[int, ...]:
    return parsed(text.split(), HOLDEM.deck)


def of_openspiel() -> list[dict[str, Any]]:
    data = Path(__file__).parents[2] / "data" / "holdem_openspiel.jsonl.gz"
    with gzip.open(data, "rt") as lines:
        return [json.loads(line) for line in lines]


def played(game: LimitPoker, seed: int, choices: Sequence[float]) -> Iterator[State]:
    """Yield all states of a hand in which each choice picks among the legal ones."""
    state = game.new(np.random.default_rng(seed))
    yield state
    for choice in choices:
        if state.mover < 0:
            return
        legal = game.legal(state, state.mover)
        state = game.apply(state, {state.mover: legal[int(choice * len(legal))]})
        yield state


def shown_to(game: LimitPoker, state: State, player: int) -> object:
    return game.text(state, player), game.view(state, player)


def in_pokerkit(hand: Mapping[str, Any]) -> tuple[str, list[float]]:
    """Return who acted and the payoffs, by PokerKit's rules."""
    deck = hand["deck"].split()
    blinds, small_bet, big_bet = (1, 2), 2, 4
    table = FixedLimitTexasHoldem.create_state(
        AUTOMATED, True, 0, blinds, small_bet, big_bet, (STACK, STACK), 2
    )
    table.deal_hole("".join(deck[:2]))
    table.deal_hole("".join(deck[2:4]))
    board, actors = deck[4:], ""
    for letter in hand["actions"]:
        actors += str(table.actor_index)
        if letter == "f":
            table.fold()
        elif letter == "c":
            table.check_or_call()
        else:
            table.complete_bet_or_raise_to()
        while table.can_burn_card("??"):
            table.burn_card("??")
            count = 3 if len(board) == 5 else 1
            table.deal_board("".join(board[:count]))
            board = board[count:]
    return actors, [float(stack) - STACK for stack in table.stacks]


def test_hands_of_openspiel_replay_with_its_actors_legal_sets_and_payoffs() -> None:
    game = LimitPoker(HOLDEM)
    hands = of_openspiel()
    assert len(hands) >= 2000
    for hand in hands:
        state = game.dealt(cards(hand["deck"]))
        legal_sets: list[str] = []
        actors = ""
        for letter in hand["actions"]:
            [mover] = game.to_move(state)
            actors += str(mover)
            legal = game.legal(state, mover)
            legal_sets.append("".join(LETTERS[action] for action in legal))
            assert game.legal(state, 1 - mover) == ()
            state = game.apply(state, {mover: ACTIONS["fcr".index(letter)]})
        assert game.to_move(state) == ()
        found = actors, " ".join(legal_sets), list(game.payoffs(state))
        assert found == (hand["actors"], hand["legal"], hand["payoffs"])


def test_the_hands_of_openspiel_see_all_that_can_happen() -> None:
    hands = of_openspiel()
    ends = Counter(hand["actions"][-1] for hand in hands)
    assert min(ends["f"], ends["c"]) > 1000
    assert {hand["payoffs"][0] for hand in hands} >= {-48.0, -2.0, 0.0, 1.0, 48.0}


def test_pokerkit_agrees_on_payoffs_and_actors() -> None:
    for hand in of_openspiel()[:300]:
        assert in_pokerkit(hand) == (hand["actors"], hand["payoffs"])


@pytest.mark.slow
def test_pokerkit_agrees_on_all_hands() -> None:
    for hand in of_openspiel():
        assert in_pokerkit(hand) == (hand["actors"], hand["payoffs"])


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@given(seed=SEEDS, choices=CHOICES)
def test_chips_are_conserved_and_hands_end(
    shape: Shape, seed: int, choices: list[float]
) -> None:
    game = LimitPoker(shape)
    *before, last = played(game, seed, choices)
    assert game.to_move(last) == ()
    assert all(len(game.to_move(state)) == 1 for state in before)
    first, second = game.payoffs(last)
    assert first + second == 0
    assert abs(first) in (0, *last.put)
    for state in before:
        with pytest.raises(ValueError, match="not over"):
            game.payoffs(state)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@given(seed=SEEDS, choices=CHOICES, player=st.integers(0, 1))
def test_a_position_is_shown_nothing_that_it_may_not_know(
    shape: Shape, seed: int, choices: list[float], player: int
) -> None:
    game = LimitPoker(shape)
    rng = np.random.default_rng(seed + 1)
    for state in played(game, seed, choices):
        other = game.alike(state, player, rng)
        assert sorted(set(other.cards)) == sorted(other.cards)
        if not game.shown(state):
            assert shown_to(game, state, player) == shown_to(game, other, player)
        else:
            assert other == state


@given(seed=SEEDS, choices=CHOICES)
def test_what_is_hidden_is_drawn_anew(seed: int, choices: list[float]) -> None:
    game = LimitPoker(HOLDEM)
    rng = np.random.default_rng(seed)
    *_, last = played(game, seed, [*choices[:4], 0.0, 0.0])
    drawn = {game.alike(last, 0, rng).cards for _ in range(4)}
    assert game.shown(last) or len(drawn) > 1


def test_a_folded_hand_is_not_shown_and_a_called_one_is() -> None:
    game = LimitPoker(HOLDEM)
    dealt = game.dealt(cards("Ah Ad Ks Kc 2c 7d 9h Jc 3s"))
    folded = game.apply(dealt, {1: "fold"})
    assert game.view(folded, 0)["shown"] is None
    assert "K" not in game.text(folded, 0)
    called = dealt
    while game.to_move(called):
        called = game.apply(called, {called.mover: "check_or_call"})
    assert game.view(called, 0)["shown"] == ["Kc", "Ks"]
    assert game.text(called, 0).endswith("the opponent has Ks Kc. You win 2.")


def test_text_and_view_say_what_a_position_needs() -> None:
    game = LimitPoker(HOLDEM)
    state = game.dealt(cards("Ah Ad Kc Ks 2c 7d 9h Jc 3s"))
    for action in ("bet_or_raise", "check_or_call", "check_or_call", "bet_or_raise"):
        state = game.apply(state, {state.mover: action})
    assert game.text(state, 0) == (
        "You are the big blind. Your cards: Ah Ad. Board: 2c 7d 9h.\n"
        "Pre-flop: the opponent raises, you call.\n"
        "Flop: you check, the opponent bets.\n"
        "Pot 10: 4 from you, 6 from the opponent.\n"
        "You may: fold, check_or_call (call, costs 2), bet_or_raise (raise, costs 4)."
    )
    assert game.view(state, 0) == {
        "position": 0,
        "cards": ["Ad", "Ah"],
        "shown": None,
        "board": ["2c", "7d", "9h"],
        "betting": "rc/cr",
        "put": [4, 6],
        "pot": 10,
        "to_call": 2,
        "legal": list(ACTIONS),
    }
    assert game.view(state, 1)["legal"] == []


@pytest.mark.parametrize(
    "moves", [{1: "bet"}, {0: "check_or_call"}, {}, {0: "fold", 1: "fold"}]
)
def test_an_illegal_move_is_refused_with_the_legal_ones(moves: dict[int, str]) -> None:
    game = LimitPoker(HOLDEM)
    state = game.new(np.random.default_rng(1))
    with pytest.raises(ValueError, match="fold, check_or_call, bet_or_raise"):
        game.apply(state, moves)
    with pytest.raises(ValueError, match="over"):
        game.apply(game.apply(state, {1: "fold"}), {0: "check_or_call"})


def test_nobody_folds_where_checking_is_free() -> None:
    assert after(HOLDEM, "").legal == ACTIONS
    assert after(HOLDEM, "c").legal == ("check_or_call", "bet_or_raise")
    assert after(HOLDEM, "rrr").legal == ("fold", "check_or_call")
    assert after(HOLDEM, "rrrc/rrrr").legal == ("fold", "check_or_call")
    assert after(LEDUC, "rr").legal == ("fold", "check_or_call")
    assert after(KUHN, "cr").legal == ("fold", "check_or_call")


@pytest.mark.parametrize("betting", ["rrrr", "rc", "rc/f", "f/", "x", "/", "rcc", "ff"])
def test_bettings_that_cannot_come_about_are_refused(betting: str) -> None:
    with pytest.raises(ValueError, match="no hand of holdem"):
        after(HOLDEM, betting)


@pytest.mark.parametrize(("shape", "deals"), [(LEDUC, 120), (KUHN, 6)])
def test_all_deals_of_a_small_deck_are_yielded_once(shape: Shape, deals: int) -> None:
    found = list(LimitPoker(shape).deals())
    assert len({state.cards for _, state in found}) == len(found) == deals
    assert sum(chance for chance, _ in found) == pytest.approx(1)


def test_a_pair_with_the_board_wins_in_leduc_and_equal_ranks_share() -> None:
    game = LimitPoker(LEDUC)
    jack, queen, king = (parsed([name], LEDUC.deck) for name in ("Jh", "Qh", "Kh"))
    other_jack = parsed(["Js"], LEDUC.deck)
    assert game.strength(jack, other_jack) > game.strength(king, other_jack)
    assert game.strength(king, queen) > game.strength(jack, queen)
    assert game.strength(jack, queen) == game.strength(other_jack, queen)


def test_draws_are_uniform_over_ordered_hands() -> None:
    rng = np.random.default_rng(4)
    counts = Counter(tuple(draw(rng, range(5), 3)) for _ in range(60_000))
    # 60 outcomes of 1,000: chi-squared with 59 degrees of freedom; 1 in 10,000 above.
    assert len(counts) == 60
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 107


def test_names_and_numbers_of_cards_lead_to_each_other() -> None:
    assert HOLDEM.deck[:5] == ("2c", "2d", "2h", "2s", "3c")
    for shape in SHAPES:
        numbers = tuple(range(len(shape.deck)))
        assert parsed(named(numbers, shape.deck), shape.deck) == numbers
    with pytest.raises(ValueError, match="1c"):
        parsed(["1c"], HOLDEM.deck)
