"""The evidence of a poker table: which rows there are, and what is exact in them."""

import math
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import ToolCall

from arena.environments.poker.betting import ACTIONS, after
from arena.environments.poker.env import KuhnPoker, LeducPoker, LimitHoldem
from arena.environments.poker.policies import policy

Table = LimitHoldem | LeducPoker | KuhnPoker
TYPES = ["random", "always-call", "equilibrium"]
SMALL = st.sampled_from([KuhnPoker, LeducPoker])
seeds = st.integers(0, 2**32 - 1)
UNIFORM = {action: 1 / 3 for action in ACTIONS}


def call(name: str, **args: Any) -> ToolCall:
    return {"name": name, "args": args, "id": None}


def play(env: Table, *moves: str, **args: Any) -> Any:
    """Make these moves, each with the same statements, and return the evidence."""
    for move in moves:
        *_, info = env.step(call(move, **args))
        assert "error" not in info
    return env.evidence()


def opened(env: Table, seed: int = 0) -> Table:
    env.reset(seed=seed)
    return env


def at_random(env: Table, seed: int, **args: Any) -> Any:
    rng = np.random.default_rng(seed)
    env.reset(seed=seed)
    while not env.over:
        legal = env.legal(env.turn)
        env.step(call(legal[int(rng.integers(len(legal)))], **args))
    return env.evidence()


FOLD, CALL, RAISE = ACTIONS


def test_without_types_and_questions_there_are_only_the_hands() -> None:
    found = at_random(LimitHoldem(hands=6), 1)
    assert [] == found["predictions"] == found["beliefs"] == found["losses"]
    assert list(range(1, 7)) == [part["part"] for part in found["parts"]]
    assert {"name": "mbb", "per_payoff": 500.0} == found["unit"]
    assert (6, "brier") == (found["parts_planned"], found["judged_by"])


def test_the_small_games_are_told_in_milli_antes() -> None:
    for env in (LeducPoker(hands=1), KuhnPoker(hands=1)):
        assert {"name": "milli-antes", "per_payoff": 1000.0} == (
            at_random(env, 0)["unit"]
        )


def test_only_an_answer_before_another_card_is_a_prediction() -> None:
    """Leduc, hand 1, player-1 opens: check, bet, call; then bet, fold.

    The call ends the round, and what is stated with it is judged by nothing; the bet
    after it is the same player's, and the fold answers it.
    """
    env = opened(LeducPoker(hands=1, ask=["action"]))
    found = play(env, CALL, RAISE, CALL, RAISE, FOLD, opponent_next=UNIFORM)
    rows = [(row["by"], row["of"], row["came"]) for row in found["predictions"]]
    assert [
        ("player-1", "player-2", RAISE),
        ("player-1", "player-2", FOLD),
        ("player-2", "player-1", CALL),
    ] == rows
    # Player 1's call ends the round; player 2's fold ends the hand.
    assert {"player-1": 1, "player-2": 1} == found["statements_not_judged"]


def test_what_is_not_stated_is_null_and_what_is_left_out_is_0() -> None:
    env = opened(KuhnPoker(hands=1, ask=["action"]))
    play(env, CALL)
    play(env, RAISE, opponent_next={CALL: 1})
    found = play(env, CALL)
    silent, stated = found["predictions"]
    assert silent["stated"] is None
    assert {FOLD: 0.0, CALL: 1.0, RAISE: 0.0} == stated["stated"]
    assert {FOLD: 0.0, CALL: 0.5, RAISE: 0.5} == silent["uniform"]
    assert {FOLD: 0.5, CALL: 0.5, RAISE: 0.0} == stated["uniform"]
    assert silent["ideal"] is None
    assert {} == silent["by_type"]


def test_a_hand_that_is_not_over_is_not_judged() -> None:
    env = opened(KuhnPoker(hands=2, ask=["action", "type"], types=TYPES))
    found = play(env, CALL, RAISE, opponent_next=UNIFORM)
    for kind in ("parts", "predictions", "beliefs", "losses"):
        assert [] == found[kind]
    assert {"player-1": 1, "player-2": 1} == found["statements_not_judged"]


def test_the_last_statement_of_a_hand_is_its_belief() -> None:
    """Both speak at their first decision of hand 1; player 1 speaks again, not 2."""
    env = opened(LeducPoker(hands=1, ask=["type"], types=TYPES))
    play(env, CALL, opponent_type={"random": 1})
    play(env, CALL, opponent_type={"equilibrium": 1})
    play(env, RAISE, opponent_type={"always-call": 1})
    found = play(env, CALL)
    one, two = found["beliefs"]
    assert ("player-1", "player-2", 1) == (one["by"], one["of"], one["part"])
    assert 1.0 == one["stated"]["always-call"]
    assert 1.0 == two["stated"]["equilibrium"]
    assert sum(one["ideal"].values()) == pytest.approx(1, abs=1e-8)


def test_the_posterior_of_a_belief_is_that_of_its_decision() -> None:
    """Kuhn, hand 1: before player 1 opens nothing is known of player 2."""
    env = opened(KuhnPoker(hands=1, types=["always-call", "always-raise"]))
    found = play(env, CALL, RAISE, CALL)
    last, first = found["beliefs"]
    assert {"always-call": 0.0, "always-raise": 1.0} == last["ideal"]
    assert {"always-call": 0.5, "always-raise": 0.5} != last["ideal"]
    # Player 2 has seen player 1 check, which always-raise never does.
    assert {"always-call": 1.0, "always-raise": 0.0} == first["ideal"]
    silent = opened(KuhnPoker(hands=1, ask=["type"], types=TYPES[:2]))
    play(silent, CALL, opponent_type={"random": 1})
    found = play(silent, RAISE, CALL)
    assert {"random": 0.5, "always-call": 0.5} == found["beliefs"][0]["ideal"]


def test_the_ideal_prediction_is_what_bayes_says() -> None:
    """Kuhn: the opener checks, and the other is one of two players, alike so far."""
    env = opened(KuhnPoker(hands=1, types=["always-call", "always-raise"]))
    found = play(env, CALL, RAISE, CALL)
    first, second = found["predictions"]
    assert {FOLD: 0.0, CALL: 0.5, RAISE: 0.5} == first["ideal"]
    assert {FOLD: 0.0, CALL: 0.0, RAISE: 1.0} == first["by_type"]["always-raise"]
    assert {FOLD: 0.0, CALL: 1.0, RAISE: 0.0} == first["by_type"]["always-call"]
    # Of player 1, who has checked, only always-call is left.
    assert {FOLD: 0.0, CALL: 1.0, RAISE: 0.0} == second["ideal"]


@given(SMALL, seeds)
def test_probabilities_by_type_are_of_the_cards_that_were_held(
    kind: type[LeducPoker | KuhnPoker], seed: int
) -> None:
    found = at_random(kind(hands=4, types=TYPES), seed)
    shape = kind.game.shape
    parts = {part["part"]: part for part in found["parts"]}
    for part, rows in grouped(found["predictions"]).items():
        hand = parts[part]
        places = answers(shape, hand, rows[0]["of"])
        assert len(places) == len(rows)
        for (betting, action), row in zip(places, rows, strict=True):
            assert action == row["came"]
            board: list[str] = hand["board"] if "/" in betting else []
            hole, seen = numbers(shape, hand["cards"][row["of"]], board)
            for name in TYPES:
                exact = policy(shape.name, name).distribution(betting, hole, seen)
                assert list(exact) == pytest.approx(
                    list(row["by_type"][name].values()), abs=1e-8
                )
            assert 1 == pytest.approx(sum(row["ideal"].values()), abs=1e-8)


def grouped(rows: list[Any]) -> dict[int, list[Any]]:
    """Rows of player 1, by hand."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        if row["by"] == "player-1":
            found.setdefault(row["part"], []).append(row)
    return found


def answers(shape: Any, hand: Any, of: str) -> list[tuple[str, str]]:
    """Where a seat answered the other in a hand, and how, from the betting string."""
    names = {"f": FOLD, "c": CALL, "r": RAISE}
    betting, found = hand["betting"], list[tuple[str, str]]()
    for place, letter in enumerate(betting):
        before = betting[:place]
        if letter == "/" or before == "" or before[-1] == "/":
            continue
        if after(shape, before).mover == hand["positions"][of]:
            found.append((before, names[letter]))
    return found


def numbers(
    shape: Any, cards: list[str], board: list[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    deck = shape.deck
    return tuple(map(deck.index, cards)), tuple(map(deck.index, board))


@given(SMALL, seeds)
def test_every_own_decision_has_its_losses(
    kind: type[LeducPoker | KuhnPoker], seed: int
) -> None:
    found = at_random(kind(hands=3, types=TYPES), seed)
    moves = sum(len(part["betting"].replace("/", "")) for part in found["parts"])
    assert moves == len(found["losses"])
    for row in found["losses"]:
        assert set(TYPES) == set(row["by_type"])
        assert all(0 <= chips < math.inf for chips in row["by_type"].values())


@pytest.mark.parametrize(("card", "given_away"), [("J", 0.0), ("Q", 1.0), ("K", 3.0)])
def test_a_loss_is_that_of_the_move_and_the_cards(card: str, given_away: float) -> None:
    """Kuhn, against a bet with any card: folding costs 1; calling wins 2 or loses 2."""
    tables = (opened(KuhnPoker(hands=1, types=["always-raise"]), s) for s in count())
    env = next(t for t in tables if [card] == t.view("player-1")["cards"])
    found = play(env, CALL, RAISE, FOLD)
    fold = [row for row in found["losses"] if row["by"] == "player-1"][-1]
    assert given_away == pytest.approx(fold["by_type"]["always-raise"], abs=1e-6)


@settings(max_examples=15)
@given(SMALL, seeds, st.booleans())
def test_the_ideal_observer_states_what_the_evidence_holds_for_ideal(
    kind: type[LeducPoker | KuhnPoker], seed: int, switching: bool
) -> None:
    """Worked out during the play from views alone, and after it from the moves."""
    parameters: Any = {"types": TYPES, "switching": switching}
    env = kind(hands=6, ask=["action", "type"], **parameters)
    observer, rng = kind.policies["ideal-observer"](), np.random.default_rng(seed)
    _, info = env.reset(seed=seed)
    while not env.over:
        moves = observer.probabilities(info["view"])
        chances = np.array([chance for chance, _ in moves])
        _, move = moves[int(rng.choice(len(moves), p=chances / chances.sum()))]
        *_, info = env.step(call(move.name, **move.args))
        assert "error" not in info
    found: Any = env.evidence()
    assert found["beliefs"]
    for row in [*found["predictions"], *found["beliefs"]]:
        assert list(row["ideal"].values()) == pytest.approx(
            list(row["stated"].values()), abs=1e-7
        )
    assert {"player-1": 0, "player-2": 0} == found["statements_not_judged"]


def test_forfeits_are_in_the_evidence_and_no_moves() -> None:
    env = opened(LeducPoker(hands=3, types=TYPES))
    play(env, CALL, RAISE)
    env.forfeit(env.turn)
    found: Any = env.evidence()
    (part,) = found["parts"]
    assert "player-1" == part["forfeited"]
    assert {"player-1": -1.0, "player-2": 1.0} == part["payoffs"]
    assert "cr" == part["betting"]
    assert 2 == len(found["losses"])
    assert found["ended_by_forfeit"] is None
    for _ in range(2):
        if env.turn != "player-1":
            play(env, RAISE)
        env.forfeit("player-1")
    assert env.over
    found = env.evidence()
    assert "player-1" == found["ended_by_forfeit"]


@settings(max_examples=5)
@given(seeds)
def test_evidence_is_the_same_when_asked_for_again(seed: int) -> None:
    env = LeducPoker(hands=5, ask=["action", "type"], types=TYPES, switching=True)
    assert at_random(env, seed) == env.evidence()
