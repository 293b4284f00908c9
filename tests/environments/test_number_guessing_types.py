"""Number guessing with minds: types, their ideal observer, what a number costs."""

import itertools
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import play_one

from arena.agent import AgentSpec, Policy
from arena.environments.number_guessing import NumberGuessing
from arena.environments.number_guessing.levels import LEVELS, Table
from arena.environments.number_guessing.observer import beliefs
from arena.environments.number_guessing.rules import (
    HIGHEST,
    Payoff,
    best_numbers,
    distance,
    play,
)
from arena.errors import UserError
from arena.registry import load, make_env

THREE = ("level-1", "level-2", "level-3")
TWO = ("player-1", "player-2")
numbers = st.integers(0, HIGHEST)


def call(number: int, seat: str, predicted: int, **more: Any) -> Any:
    args = {"number": number, "predictions": {seat: predicted}, **more}
    return {"name": "guess", "args": args, "id": None}


def mind(**more: Any) -> NumberGuessing:
    env = NumberGuessing(ask=["type"], types=list(THREE), **more)
    env.reset(seed=0)
    return env


def rows(env: NumberGuessing, kind: str) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], env.evidence()[kind])


# --- The distance payoff ---------------------------------------------------------


def test_by_distance_two_thirds_of_the_others_number_is_best() -> None:
    for other in range(HIGHEST + 1):
        least = min(abs(own - 2 * other / 3) for own in range(HIGHEST + 1))
        for own in best_numbers([other]):
            assert least == pytest.approx(abs(own - 2 * other / 3))


@given(st.lists(numbers, min_size=2, max_size=6))
def test_by_distance_a_round_costs_what_a_number_is_from_the_target(
    chosen: list[int],
) -> None:
    env = NumberGuessing(players=len(chosen), rounds=2, payoff="distance")
    env.reset(seed=0)
    for _ in range(2):
        for number in chosen:
            others = {seat: 0 for seat in env.seats if seat != env.turn}
            args = {"number": number, "predictions": others}
            env.step({"name": "guess", "args": args, "id": None})
    target = 0.8 * fmean(chosen)
    expected = [-2 * abs(number - target) for number in chosen]
    assert env.over
    assert pytest.approx(expected) == list(env.payoffs.values())


def test_by_distance_each_is_told_its_own() -> None:
    env = NumberGuessing(payoff="distance")
    env.reset(seed=0)
    env.step(call(10, "player-2", 0))
    env.step(call(50, "player-1", 0))  # 0.8 of 30 is 24
    assert "24.00. Yours was 14.00 from it." in env.observe("player-1")
    assert "24.00. Yours was 26.00 from it." in env.observe("player-2")


# --- What is stated --------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        pytest.param({"level-1": 0.5, "level-2": 0.4}, "0.9", id="below-1"),
        pytest.param({"level-1": 0.7, "level-2": 0.7}, "1.4", id="above-1"),
        pytest.param({"level-1": 1.5, "level-2": -0.5}, "-0.5", id="negative"),
        pytest.param({"level-1": math.nan}, "nan", id="nan"),
        pytest.param({"level-9": 1.0}, "level-9", id="unknown"),
        pytest.param({}, "sum seen is 0", id="empty"),
        pytest.param({"level-1": 1.00001}, "1.00001", id="not-near-enough"),
    ],
)
def test_types_that_are_no_probabilities_are_refused(
    stated: dict[str, float], said: str
) -> None:
    env = mind()
    text, reward, over, _, info = env.step(
        call(30, "player-2", 50, types={"player-2": stated})
    )
    assert said in info["error"]
    assert "Legal now: guess." in text
    assert (0.0, False, "player-1") == (reward, over, env.turn)
    assert {"player-1": 0, "player-2": 0} == env.evidence()["statements_not_judged"]


def test_types_within_a_millionth_are_taken_and_what_is_left_out_counts_nothing() -> (
    None
):
    env = mind(rounds=1)
    stated = {"level-1": 0.5, "level-2": 0.5000005}
    env.step(call(30, "player-2", 50, types={"player-2": stated}))
    assert {"player-1": 1, "player-2": 0} == env.evidence()["statements_not_judged"]
    env.step(call(30, "player-1", 50))
    first, second = rows(env, "beliefs")
    assert 1.0 == pytest.approx(sum(first["stated"].values()), abs=1e-12)
    assert first["stated"].get("level-3", 0.0) == 0.0
    assert second["stated"] is None


def test_without_ask_a_guess_takes_no_types() -> None:
    env = NumberGuessing(types=list(THREE))
    env.reset(seed=0)
    info = env.step(call(30, "player-2", 50, types={"player-2": {"level-1": 1.0}}))[4]
    assert "types" in info["error"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        pytest.param({"ask": ["type"]}, "ask", id="asked-without-types"),
        pytest.param({"switching": True}, "switching", id="switching-without-types"),
        pytest.param({"types": ["level-1"]}, "at least two", id="one-type"),
        pytest.param({"types": ["level-1"] * 2}, "each once", id="twice"),
        pytest.param({"types": ["level-1", "level-5"]}, "level-5", id="unknown"),
        pytest.param({"ask": ["action"]}, "ask", id="asked-for-something-else"),
        pytest.param({"payoff": "far"}, "payoff", id="payoff"),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_a_line(
    parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError, match=rf"^[^\n]*{said}[^\n]*$"):
        make_env("NumberGuessing-v1", parameters)


def test_the_instructions_name_every_type_and_what_is_asked() -> None:
    told = mind(switching=True, payoff="distance").instructions("player-1")
    for text in (
        *THREE,
        "may change",
        "state types",
        "as many points",
        "sum must be 1",
    ):
        assert text in told
    plain = NumberGuessing().instructions("player-1")
    for text in (*THREE, "may change", "state types", "points"):
        assert text not in plain


def test_the_control_has_it_all_and_never_speaks_of_a_mind() -> None:
    env = mind(framing="series", payoff="distance", switching=True, players=3)
    told = [env.instructions(seat) for seat in env.seats]
    told += [str(tool.schema) for tool in env.tools("own").values()]
    while not env.over:
        others = dict.fromkeys([s for s in env.seats if s != env.turn], 5)
        stated = {seat: {"level-2": 1.0} for seat in others}
        args: dict[str, Any] = {"number": 30, "predictions": others, "types": stated}
        observation, _, _, _, info = env.step(
            {"name": "guess", "args": args, "id": None}
        )
        assert "error" not in info
        told += [observation, str(info)]
    assert "as close as you can" in told[0]
    for word in ("player", "opponent", "win", "choose", "game", "nearest", "they"):
        assert not [t for t in told if word in t.lower()], word
    assert 3 * 2 * 10 == len(rows(env, "beliefs"))
    assert all(row["stated"] == {"level-2": 1.0} for row in rows(env, "beliefs"))


# --- The ideal observer ----------------------------------------------------------


def table(history: Sequence[Mapping[str, int]]) -> Table:
    return Table("player-1", TWO, history, 0.8)


def history_of(own: Sequence[int], types: Sequence[str]) -> list[dict[str, int]]:
    """Rounds of a player's numbers against another that is of a type in each round."""
    history: list[dict[str, int]] = []
    for number, name in zip(own, types, strict=True):
        there = table(history)._replace(seat="player-2")
        other = LEVELS[name].number(there)
        history.append({"player-1": number, "player-2": other})
    return history


def posterior_by_enumeration(
    history: Sequence[Mapping[str, int]], types: Sequence[str], hazard: float
) -> dict[str, float]:
    """Sum over every sequence of types, that of the round to come included."""
    weight = dict.fromkeys(types, 0.0)
    for sequence in itertools.product(types, repeat=len(history) + 1):
        chance = 1 / len(types)
        for before, after in itertools.pairwise(sequence):
            stays = before == after
            chance *= 1 - hazard if stays else hazard / (len(types) - 1)
        for played, name in enumerate(sequence[:-1]):
            then = table(history[:played])._replace(seat="player-2")
            chance *= LEVELS[name].number(then) == history[played]["player-2"]
        weight[sequence[-1]] += chance
    return {name: w / sum(weight.values()) for name, w in weight.items()}


@settings(max_examples=50)
@given(st.data())
def test_a_posterior_is_that_of_enumerating_all_sequences_of_types(
    data: st.DataObject,
) -> None:
    size = data.draw(st.integers(2, 4), "types")
    types = data.draw(st.permutations(list(LEVELS)), "which")[:size]
    rounds = data.draw(st.integers(0, 4), "rounds")
    own = data.draw(st.lists(numbers, min_size=rounds, max_size=rounds))
    switching = data.draw(st.booleans(), "switching")
    hazard = data.draw(st.floats(0.01, 0.5), "hazard") if switching else 0.0
    was = st.sampled_from(types)
    first = data.draw(was, "first")
    sequence = [data.draw(was) if switching else first for _ in range(rounds)]
    history = history_of(own, sequence)
    *_, last = beliefs(table(history), "player-2", types, hazard)
    expected = posterior_by_enumeration(history, types, hazard)
    assert last.types == pytest.approx(expected, abs=1e-9)
    assert 1.0 == pytest.approx(sum(last.predictive.values()))
    for number, chance in last.predictive.items():
        same = [n for n in types if last.numbers[n] == number]
        assert chance == pytest.approx(sum(expected[n] for n in same), abs=1e-9)


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("own", [10, 40, 80])
def test_a_level_is_known_after_two_rounds(name: str, own: int) -> None:
    """In round 1 all give 50; the number of round 2 is another for each."""
    known = [*beliefs(table(history_of([own] * 6, [name] * 6)), "player-2", THREE, 0)]
    assert dict.fromkeys(THREE, pytest.approx(1 / 3)) == known[1].types
    for belief in known[2:]:
        assert {n: float(n == name) for n in THREE} == belief.types


@pytest.mark.parametrize(("first", "then"), [*itertools.permutations(THREE, 2)])
def test_a_switch_is_seen_in_the_next_number_that_tells(first: str, then: str) -> None:
    sequence = [first] * 9 + [then] * 11
    table_ = table(history_of([20, 33] * 10, sequence))
    known = [*beliefs(table_, "player-2", THREE, 1 / 20)]
    tops = [max(b.types, key=lambda n: b.types[n]) for b in known]
    assert [first] * 8 == tops[2:10]
    assert [then] * 10 == tops[11:21]


def test_a_number_that_no_type_gives_tells_nothing() -> None:
    history = [{"player-1": 3, "player-2": 99}, {"player-1": 3, "player-2": 98}]
    *_, last = beliefs(table(history), "player-2", THREE, 0.0)
    assert dict.fromkeys(THREE, pytest.approx(1 / 3)) == last.types


# --- Evidence --------------------------------------------------------------------


def playing(
    first: str, second: str, **parameters: Any
) -> tuple[NumberGuessing, list[dict[str, Any]]]:
    """Play two policies, and return the views of player-2 as well."""
    env = mind(**parameters)
    made: dict[str, Policy] = {
        seat: env.policies[name]()
        for seat, name in zip(env.seats, (first, second), strict=True)
    }
    views: list[dict[str, Any]] = []
    while not env.over:
        seat, view = env.turn, env.view(env.turn)
        [(_, action), *_] = made[seat].probabilities(view)
        if seat == env.seats[1]:
            views.append(view)
        assert "error" not in env.step(call_of(action))[4]
    return env, views


def call_of(action: Any) -> Any:
    return {"name": action.name, "args": dict(action.args), "id": None}


@pytest.mark.parametrize("name", THREE)
def test_what_a_type_would_do_is_what_its_policy_does(name: str) -> None:
    env, views = playing("level-4", name, payoff="distance")
    predictions = [r for r in rows(env, "predictions") if r["of"] == "player-2"]
    assert len(views) == len(predictions) == 10
    for row, view in zip(predictions, views, strict=True):
        for listed in THREE:
            [(_, action)] = env.policies[listed]().probabilities(view)
            assert {str(action.args["number"]): 1.0} == row["by_type"][listed]
        assert {row["came"]: 1.0} == row["by_type"][name]
        assert {r: pytest.approx(1 / 101) for r in row["uniform"]} == row["uniform"]
        assert row["uniform"].keys() >= row["stated"].keys() | row["ideal"].keys()


def test_a_round_not_revealed_leaves_no_row() -> None:
    env = mind()
    env.step(call(30, "player-2", 50, types={"player-2": {"level-1": 1.0}}))
    for kind in ("parts", "predictions", "beliefs", "losses", "rounds"):
        assert [] == rows(env, kind)
    assert {"player-1": 1, "player-2": 0} == env.evidence()["statements_not_judged"]


def test_the_best_number_costs_nothing_and_another_its_distance_from_that() -> None:
    env, _ = playing("level-1", "level-2", payoff="distance")
    lost = [r["by_type"]["level-2"] for r in rows(env, "losses") if r["by"] == TWO[0]]
    for row, cost in zip(rows(env, "rounds"), lost, strict=True):
        other = row["numbers"]["player-2"]
        best = min(distance(own, [other]) for own in range(HIGHEST + 1))
        assert cost == pytest.approx(distance(50, [other]) - best)
        assert cost == pytest.approx(row["best_response_gap"]["player-1"])
    assert cost > 10  # pyright: ignore[reportPossiblyUnboundVariable]


def test_for_the_nearest_of_two_a_number_has_no_cost() -> None:
    env, _ = playing("level-1", "level-2")
    assert [] == rows(env, "losses")


@pytest.mark.parametrize("payoff", ["nearest", "distance"])
def test_with_three_the_costs_against_all_others_add_up_to_what_was_given_away(
    payoff: Payoff,
) -> None:
    """In what a round pays: a share of 1 for the nearest, or the distance."""
    env = NumberGuessing(players=3, types=list(THREE), payoff=payoff)
    env.reset(seed=0)
    names = ("level-1", "level-3", "level-2")
    while not env.over:
        level = names[env.seats.index(env.turn)]
        [(_, action)] = env.policies[level]().probabilities(env.view(env.turn))
        env.step(call_of(action))
    level_of = dict(zip(env.seats, names, strict=True))
    losses, costly = rows(env, "losses"), 0
    for part, round_ in enumerate(rows(env, "rounds"), 1):
        for seat, own in round_["numbers"].items():
            others = [n for s, n in round_["numbers"].items() if s != seat]
            paid = [env.game.paid(play([n, *others]))[0] for n in range(HIGHEST + 1)]
            lost = [
                r["by_type"][level_of[r["of"]]]
                for r in losses
                if (r["part"], r["by"]) == (part, seat)
            ]
            assert 2 == len(lost)
            assert max(paid) - paid[own] == pytest.approx(sum(lost), abs=1e-8)
            if payoff == "distance":
                gap = round_["best_response_gap"][seat]
                assert gap == pytest.approx(sum(lost), abs=1e-8)
            costly += sum(lost) > 0.1
    assert costly > 5


# --- Both ends of the scale ------------------------------------------------------

SCENARIO = """
description = "Distance, with the type asked for."
environment = "arena/NumberGuessing-v1"
[parameters]
rounds = 12
payoff = "distance"
ask = ["type"]
types = ["level-1", "level-2", "level-3"]
switching = {switching}
[seats]
player-2 = "level-1"
[[scorers]]
name = "prediction-skill"
"""


@pytest.mark.parametrize(
    ("agent", "skill"), [("ideal-observer", 1.0), ("uniform-observer", 0.0)]
)
@pytest.mark.parametrize("switching", [False, True], ids=["stays", "switches"])
def test_observers_are_the_ends_of_the_scale_of_skill(
    agent: str, skill: float, switching: bool, tmp_path: Path
) -> None:
    path = tmp_path / "minds.toml"
    path.write_text(SCENARIO.format(switching=str(switching).lower()))
    found: dict[str, list[float]] = {"prediction-skill": [], "type-skill": []}
    others = [AgentSpec(name=name) for name in THREE]
    if switching:
        others = [
            AgentSpec(name="switcher", options={"first": a, "then": b, "at": 6})
            for a, b in itertools.permutations(THREE, 2)
        ]
    for number, other in enumerate(others):
        trajectory = play_one(
            tmp_path / f"run-{number}", str(path), agent=agent, seats={TWO[1]: other}
        )
        for name, values in found.items():
            values.append(load("scorers", name)(trajectory, TWO[0]))
    for values in found.values():
        assert skill == pytest.approx(fmean(values), abs=0.05)
