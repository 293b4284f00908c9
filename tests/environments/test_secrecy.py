"""What a seat is shown is the same wherever only what it may not know differs."""

import copy
import json
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.environments.blackjack.rules import HitOrStand, Rules
from arena.environments.number_guessing import NumberGuessing
from arena.environments.number_guessing.rules import Guessing
from arena.environments.poker.betting import HOLDEM, KUHN, LEDUC
from arena.environments.poker.rules import LimitPoker
from arena.game import Game

SEATS = ("player-1", "player-2", "player-3", "player-4")
GAMES: dict[str, Game[Any, Any]] = {
    "blackjack-infinite": HitOrStand(Rules("infinite", "stand", "none")),
    "blackjack-single": HitOrStand(Rules("single", "hit", "casino")),
    "guessing-2": Guessing(SEATS[:2], 4, "nearest", "social"),
    "guessing-4": Guessing(SEATS, 4, "distance", "series"),
    "holdem": LimitPoker(HOLDEM),
    "leduc": LimitPoker(LEDUC),
    "kuhn": LimitPoker(KUHN),
}
# At least how often a card that is hidden differs where it is drawn anew: in Blackjack
# one of 13 ranks, in Hold'em two of 50 cards, in Leduc one of 5, in Kuhn one of 2.
DIFFERS = {
    "blackjack-infinite": 0.85,
    "blackjack-single": 0.85,
    "holdem": 0.95,
    "leduc": 0.7,
    "kuhn": 0.4,
}
GAME = pytest.mark.parametrize("name", GAMES)
SEEDS = st.integers(0, 2**32 - 1)
CHOICES = st.lists(st.integers(0, 100), max_size=25)


def play(
    game: Game[Any, Any], seed: int, choices: Sequence[int]
) -> list[tuple[Any, dict[int, Any]]]:
    """Return the states that were gone through, each with the moves that were made."""
    rng = np.random.default_rng(seed)
    state = game.new(rng)
    gone: list[tuple[Any, dict[int, Any]]] = []
    for choice in choices:
        movers = game.to_move(state)
        if not movers:
            break
        moves: dict[int, Any] = {}
        for player in movers:
            legal = game.legal(state, player)
            moves[player] = legal[(choice + player) % len(legal)]
        gone.append((state, moves))
        state = game.apply(state, moves)
    return [*gone, (state, {})]


def shown(game: Game[Any, Any], state: Any, player: int) -> object:
    """Everything that a player may ask the rules."""
    return (
        game.text(state, player),
        json.dumps(game.view(state, player)),
        list(game.legal(state, player)),
        game.to_move(state),
    )


@GAME
@given(seed=SEEDS, choices=CHOICES)
def test_a_player_is_shown_the_same_where_only_what_is_hidden_differs(
    name: str, seed: int, choices: list[int]
) -> None:
    game, rng = GAMES[name], np.random.default_rng(seed + 1)
    for state, _ in play(game, seed, choices):
        for player in range(game.players):
            other = game.alike(state, player, rng)
            assert shown(game, state, player) == shown(game, other, player)
            if not game.to_move(state):
                payoffs = game.payoffs(state)
                assert payoffs[player] == game.payoffs(other)[player]


def hidden(game: Any, state: Any, player: int) -> object:
    """The card of another that a player may not see before the end."""
    if isinstance(game, LimitPoker):
        return game.hole(state, 1 - player)
    return state.dealer[1]


@pytest.mark.parametrize("name", DIFFERS)
def test_what_is_hidden_does_differ(name: str) -> None:
    """Or else the test above would hold of any game."""
    game, rng = GAMES[name], np.random.default_rng(0)
    differ: list[bool] = []
    for seed in range(200):
        for state, moves in play(game, seed, rng.integers(0, 100, 25).tolist()):
            for player in range(game.players if moves else 0):
                other = game.alike(state, player, rng)
                differ.append(
                    hidden(game, state, player) != hidden(game, other, player)
                )
    assert len(differ) > 200
    assert 1.0 > sum(differ) / len(differ) > DIFFERS[name]


@pytest.mark.parametrize(("shape", "cards"), [(KUHN, 2), (LEDUC, 5), (HOLDEM, 50)])
def test_the_other_player_may_hold_every_card_that_is_not_seen(
    shape: Any, cards: int
) -> None:
    game, rng = LimitPoker(shape), np.random.default_rng(1)
    for player in (0, 1):
        state = game.new(np.random.default_rng(2))
        others = [
            game.hole(game.alike(state, player, rng), 1 - player) for _ in range(400)
        ]
        held = {card for hole in others for card in hole}
        assert cards == len(held)
        assert not held & set(game.hole(state, player))


@pytest.mark.parametrize("name", ["holdem", "leduc", "kuhn"])
def test_a_hand_that_is_folded_never_shows_the_others_cards(name: str) -> None:
    game: Any = GAMES[name]
    rng = np.random.default_rng(3)
    folded = 0
    for seed in range(200):
        choices = rng.integers(0, 100, 25).tolist()
        state, _ = play(game, seed, choices)[-1]
        if not game.shown(state):
            folded += 1
            for player in (0, 1):
                others = {
                    game.hole(game.alike(state, player, rng), 1 - player)
                    for _ in range(20)
                }
                assert len(others) > 1
                assert game.view(state, player)["shown"] is None
    assert folded > 20


@GAME
@settings(max_examples=40)
@given(seed=SEEDS, choices=CHOICES)
def test_a_move_never_changes_the_state_that_it_was_made_in(
    name: str, seed: int, choices: list[int]
) -> None:
    game = GAMES[name]
    for state, moves in play(game, seed, choices):
        before = copy.deepcopy(state)
        seen = [shown(game, state, p) for p in range(game.players)]
        for player in range(game.players):
            view = game.view(state, player)
            for value in view.values():
                if isinstance(value, list | dict):
                    value.clear()  # whoever gets a view may do with it what it likes
        if moves:
            assert game.apply(state, moves) == game.apply(state, moves)
        assert before == state
        assert hash(before) == hash(state)
        assert seen == [shown(game, state, p) for p in range(game.players)]


@GAME
@settings(max_examples=40)
@given(seed=SEEDS, choices=CHOICES, data=st.data())
def test_only_legal_moves_of_those_to_move_are_taken(
    name: str, seed: int, choices: list[int], data: st.DataObject
) -> None:
    game = GAMES[name]
    gone = play(game, seed, choices)
    state, moves = data.draw(st.sampled_from(gone))
    for bad in (
        {},
        {**moves, game.players: next(iter(moves.values()), 0)},
        dict.fromkeys(moves, -1),
        dict.fromkeys(moves, 101),
    ):
        with pytest.raises(ValueError, match=r"."):
            game.apply(state, bad)
    for player in range(game.players):
        assert bool(game.legal(state, player)) is (player in game.to_move(state))


@pytest.mark.parametrize("players", [2, 4])
@given(data=st.data())
def test_nothing_of_an_open_round_is_shown_to_anybody(
    players: int, data: st.DataObject
) -> None:
    """Neither the numbers nor what was stated with them, whoever has moved already."""
    number = st.integers(0, 100)
    types = ["level-1", "level-2", "level-3"]
    revealed = data.draw(st.lists(number, min_size=players, max_size=players))
    moved = data.draw(st.integers(1, players - 1), "numbers of round 2 given")
    payoff: Any = data.draw(st.sampled_from(["nearest", "distance"]))
    seen: list[object] = []
    for game in ("one", "other"):
        env = NumberGuessing(
            players=players, rounds=3, payoff=payoff, ask=["type"], types=types
        )
        env.reset(seed=0)
        chosen = [data.draw(number, f"{game}: open") for _ in range(moved)]
        for value in [*revealed, *chosen]:
            others = [seat for seat in env.seats if seat != env.turn]
            predicted = data.draw(number, f"{game}: predicted")
            named = data.draw(st.sampled_from(types), f"{game}: type")
            args: dict[str, Any] = {
                "number": value,
                "predictions": dict.fromkeys(others, predicted),
                "types": {seat: {named: 1.0} for seat in others},
            }
            env.step({"name": "guess", "args": args, "id": None})
        refused = env.step({"name": "guess", "args": {}, "id": None})
        told = [(env.observe(seat), env.view(seat)) for seat in env.seats]
        assert len(cast(Any, told[0][1])["history"]) == 1
        seen.append([refused, env.current(), told])
    assert seen[0] == seen[1]
