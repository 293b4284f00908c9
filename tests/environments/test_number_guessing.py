"""Number guessing: rules, what a seat may know, and the non-social control."""

from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from langchain_core.messages import ToolCall

from arena.environments.number_guessing import NumberGuessing
from arena.environments.number_guessing.rules import (
    HIGHEST,
    best_numbers,
    distance,
    play,
    winners,
)
from arena.errors import UserError
from arena.registry import make_env

numbers = st.integers(0, HIGHEST)


def guess(env: NumberGuessing, number: int, predicted: int = 0) -> ToolCall:
    others = {seat: predicted for seat in env.seats if seat != env.turn}
    args: dict[str, Any] = {"number": number, "predictions": others}
    return {"name": "guess", "args": args, "id": None}


def test_with_two_players_the_lower_number_always_wins() -> None:
    pairs = list(combinations(range(HIGHEST + 1), 2))
    assert 5050 == len(pairs)
    assert {(0,)} == {winners(pair) for pair in pairs}


@pytest.mark.parametrize(
    ("chosen", "target", "won"),
    [
        ((50, 50), 40.0, (0, 1)),
        ((33, 50), 33.2, (0,)),
        ((0, 50, 45), 76 / 3, (2,)),
        ((30, 50, 40, 36, 32), 30.08, (0,)),
        ((0, 0, 0), 0.0, (0, 1, 2)),
        ((10, 20, 60), 24.0, (1,)),
    ],
)
def test_the_nearest_to_four_fifths_of_the_mean_wins(
    chosen: tuple[int, ...], target: float, won: tuple[int, ...]
) -> None:
    revealed = play(chosen)
    assert pytest.approx(target) == revealed.target
    assert won == revealed.winners


def test_a_tie_is_exact_and_not_a_matter_of_rounding() -> None:
    """Of 12, 20 and 28 the target is 16, which is 4 from both 12 and 20."""
    assert 16.0 == play((12, 20, 28)).target
    assert (0, 1) == winners((12, 20, 28))


@given(st.lists(st.integers(0, 12) | numbers, min_size=2, max_size=8))
@example([0, 1, 1])  # 8/15 and 7/15 away: near, but no tie
@example([12, 20, 28])
def test_winners_are_the_nearest_in_exact_fractions(chosen: list[int]) -> None:
    mean = Fraction(sum(chosen), len(chosen))
    gaps = [abs(number - Fraction(4, 5) * mean) for number in chosen]
    nearest = tuple(i for i, gap in enumerate(gaps) if gap == min(gaps))
    assert nearest == winners(chosen)


@given(st.lists(numbers, min_size=1, max_size=7))
def test_the_best_numbers_are_the_nearest_there_are(others: list[int]) -> None:
    least = min(distance(own, others) for own in range(HIGHEST + 1))
    best = best_numbers(others)
    assert best
    assert all(distance(own, others) == pytest.approx(least, abs=1e-9) for own in best)


@given(st.lists(numbers, min_size=2, max_size=8))
def test_a_round_pays_one_in_all(chosen: list[int]) -> None:
    env = NumberGuessing(players=len(chosen), rounds=1)
    env.reset(seed=0)
    for number in chosen:
        env.step(guess(env, number))
    assert env.over
    assert pytest.approx(1.0) == sum(env.payoffs.values())


@given(st.lists(numbers, min_size=3, max_size=3), numbers, numbers)
def test_no_seat_sees_a_number_before_the_round_is_revealed(
    first: list[int], one: int, other: int
) -> None:
    """Two games that differ only in what is still open look the same to the next."""
    seen: list[object] = []
    for number in (one, other):
        env = NumberGuessing(players=3, rounds=2)
        env.reset(seed=0)
        for value in first:
            env.step(guess(env, value, predicted=7))
        observation, _, _, _, info = env.step(guess(env, number, predicted=number))
        seen.append((observation, info))
    assert seen[0] == seen[1]


@given(st.data())
def test_no_seat_knows_an_open_number_or_what_another_seat_predicts(
    data: st.DataObject,
) -> None:
    """Two games that differ only in those show every seat the same."""
    players = data.draw(st.integers(2, 4), "players")
    revealed = data.draw(st.lists(numbers, min_size=players, max_size=players))
    played = data.draw(st.integers(0, players - 1), "numbers of round 2 given")
    framing: Any = data.draw(st.sampled_from(["social", "series"]), "framing")
    seen: list[object] = []
    for game in ("one", "other"):
        env = NumberGuessing(players=players, rounds=3, framing=framing)
        env.reset(seed=0)
        for number in revealed:
            env.step(guess(env, number, data.draw(numbers, f"{game}: predicted")))
        for _ in range(played):
            env.step(guess(env, data.draw(numbers, f"{game}: open")))
        bad: ToolCall = {"name": "guess", "args": {}, "id": None}
        refused = env.step(bad)
        seen.append([refused, [(env.observe(s), env.view(s)) for s in env.seats]])
    assert seen[0] == seen[1]


@pytest.mark.parametrize("framing", ["social", "series"])
def test_instructions_count_others_in_words_that_agree(framing: Any) -> None:
    env = NumberGuessing(players=2, framing=framing)
    assert "There are 1 " not in env.instructions(env.seats[0])


@pytest.mark.parametrize(
    ("others", "winning"),
    [
        pytest.param((50, 45), range(13, 45), id="three"),
        pytest.param((50, 40, 36, 32), range(28, 32), id="five"),
    ],
)
def test_with_three_or_more_the_lowest_number_need_not_win(
    others: tuple[int, ...], winning: range
) -> None:
    """The numbers that win alone, worked out apart from this code."""
    alone = [n for n in range(HIGHEST + 1) if winners((n, *others)) == (0,)]
    assert list(winning) == alone


@given(st.lists(numbers, min_size=4, max_size=4))
def test_the_control_has_the_same_numbers_and_payoffs(chosen: list[int]) -> None:
    social, series = (
        NumberGuessing(rounds=2, framing="social"),
        NumberGuessing(rounds=2, framing="series"),
    )
    for env in (social, series):
        env.reset(seed=0)
        for number in chosen:
            env.step(guess(env, number))
    assert list(social.payoffs.values()) == list(series.payoffs.values())
    rounds: list[Any] = [env.evidence()["rounds"] for env in (social, series)]
    values = [[list(r["numbers"].values()) for r in each] for each in rounds]
    assert values[0] == values[1]


def test_the_control_never_speaks_of_a_mind() -> None:
    env = NumberGuessing(players=3, rounds=2, framing="series")
    observation, info = env.reset(seed=0)
    told = [env.instructions(seat) for seat in env.seats] + [observation, str(info)]
    while not env.over:
        observation, _, _, _, info = env.step(guess(env, 30))
        told += [observation, str(info)]
    told += [str(tool.schema) for tool in env.tools("own").values()]
    for word in ("player", "opponent", "win", "choose", "game", "nearest", "they"):
        assert not [t for t in told if word in t.lower()], word


@pytest.mark.parametrize(
    "parameters",
    [{"players": 1}, {"players": 9}, {"rounds": 0}, {"rounds": 101}, {"framing": "x"}],
    ids=str,
)
def test_parameters_out_of_bounds_are_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="NumberGuessing"):
        make_env("NumberGuessing-v1", parameters)
