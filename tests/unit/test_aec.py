"""Environments as PettingZoo's AEC games: its own checks, and what theirs leave out."""

import importlib
import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import pettingzoo.test  # pyright: ignore[reportMissingTypeStubs]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.aec import Aec
from arena.errors import UserError
from arena.registry import make_env

TABLES: list[tuple[str, dict[str, Any]]] = [
    ("KuhnPoker-v1", {"hands": 30}),
    ("LeducPoker-v1", {"hands": 20}),
    ("LimitHoldem-v1", {"hands": 10}),
    ("NumberGuessing-v1", {}),
    ("NumberGuessing-v1", {"players": 4}),
    ("Blackjack-v1", {}),
]
TABLE = pytest.mark.parametrize(
    ("name", "parameters"), TABLES, ids=[f"{n}-{p}" for n, p in TABLES]
)
# Advice for other kinds of spaces, and on names. PettingZoo spares its own card games,
# whose observations are objects with a mask too, such lines by name.
ADVICE = (
    "Observation is not a NumPy array",
    "(Observation|Action) space for each agent probably should be",
    "We recommend agents to be named",
    "Action mask is a single number",  # a seat with one tool
    "Action mask numpy array is all zeros",  # once it is over
)


@contextmanager
def without_advice() -> Generator[None]:
    with warnings.catch_warnings():
        for text in ADVICE:
            warnings.filterwarnings("ignore", text)
        yield


def call(name: str, **args: object) -> Any:
    return {"name": name, "args": args, "id": None}


@TABLE
def test_it_passes_pettingzoos_check_of_the_api(
    name: str, parameters: dict[str, Any]
) -> None:
    check = cast(Any, pettingzoo.test).api_test
    with without_advice():
        check(Aec(make_env(name, parameters)), num_cycles=500)


@TABLE
def test_it_passes_pettingzoos_check_of_seeds(
    name: str, parameters: dict[str, Any]
) -> None:
    check = cast(Any, pettingzoo.test).seed_test
    check(lambda: Aec(make_env(name, parameters)), num_cycles=500)


def played(view: Aec) -> Iterator[tuple[str, float]]:
    """Play legal calls at random to the end; yield who got which rewards."""
    for agent in view.agent_iter():
        observation, reward, terminated, truncated, _ = view.last()
        yield agent, reward
        if terminated or truncated:
            view.step(None)
        else:
            mask = cast(dict[str, Any], observation)["action_mask"]
            view.step(view.action_space(agent).sample(mask))


@TABLE
def test_what_agents_get_adds_up_to_the_payoffs(
    name: str, parameters: dict[str, Any]
) -> None:
    env = make_env(name, parameters)
    view = Aec(env)
    view.reset(seed=3)
    for space in view.action_spaces.values():
        space.seed(5)
    got = dict.fromkeys(env.seats, 0.0)
    for agent, reward in played(view):
        got[agent] += reward
    assert env.over
    assert not view.agents
    assert got == pytest.approx(env.payoffs)
    assert any(got.values())


@TABLE
def test_only_the_seat_to_act_may_call_something(
    name: str, parameters: dict[str, Any]
) -> None:
    env = make_env(name, parameters)
    view = Aec(env)
    view.reset(seed=4)
    while not env.over:
        for seat in env.seats:
            mask = view.observe(seat)["action_mask"]
            allowed = [t for t, may in zip(env.tools(seat), mask, strict=True) if may]
            expected = env.legal(seat) if seat == env.turn else []
            assert expected == allowed
        mask = view.observe(env.turn)["action_mask"]
        view.step(view.action_space(env.turn).sample(mask))


def test_a_bad_call_is_answered_with_what_is_legal_and_changes_nothing() -> None:
    view = Aec(make_env("NumberGuessing-v1", {}))
    view.reset(seed=0)
    before = view.infos["player-2"]
    for count, bad in enumerate((call("pass"), call("guess", number=101)), 1):
        view.step(bad)
        observation, reward, terminated, _, info = view.last()
        assert "player-1" == view.agent_selection
        assert "Legal now: guess." in cast(dict[str, Any], observation)["text"]
        assert (0.0, False) == (reward, terminated)
        assert (count, True) == (info["bad_calls"], "error" in info)
        assert before == view.infos["player-2"]
    view.step(call("guess", number=1, predictions={"player-2": 2}))
    assert "player-2" == view.agent_selection
    assert "error" not in view.infos["player-1"]
    assert 2 == view.infos["player-1"]["bad_calls"]


numbers = st.integers(0, 100)


@settings(max_examples=30)
@given(st.lists(numbers, min_size=8, max_size=8), numbers, st.integers(1, 3))
def test_no_agent_is_shown_a_number_before_all_have_chosen(
    first: list[int], other: int, open_: int
) -> None:
    """Two games that differ only in numbers of the open round look alike to all."""
    shown: list[object] = []
    for second in (first[4:], [other] * 4):
        view = Aec(make_env("NumberGuessing-v1", {"players": 4, "rounds": 3}))
        view.reset(seed=0)
        for number in (*first[:4], *second[:open_]):
            others = [s for s in view.possible_agents if s != view.agent_selection]
            said = dict.fromkeys(others, number)
            view.step(call("guess", number=number, predictions=said))
        seen = [view.observe(seat) for seat in view.possible_agents]
        shown.append([(o["text"], o["action_mask"].tolist()) for o in seen])
        shown.append([dict(view.infos), dict(view.rewards)])
    assert shown[:2] == shown[2:]


def test_without_a_seed_the_random_stream_goes_on() -> None:
    deals: list[list[str]] = []
    for _ in range(2):
        view = Aec(make_env("Blackjack-v1", {}))
        texts: list[str] = []
        for seed in (7, None, None, None):
            view.reset(seed=seed)
            texts.append(view.observe("player")["text"])
        deals.append(texts)
    assert deals[0] == deals[1]
    assert len(set(deals[0])) > 1


def test_a_seat_that_is_to_act_needs_a_call() -> None:
    view = Aec(make_env("Blackjack-v1", {}))
    view.reset(seed=0)
    with pytest.raises(UserError, match="seat 'player': a tool call is needed"):
        view.step(None)


def test_a_mask_limits_what_is_sampled() -> None:
    space = Aec(make_env("Blackjack-v1", {})).action_space("player")
    mask = np.array([0, 1], dtype=np.int8)
    assert {"stand"} == {space.sample(mask)["name"] for _ in range(40)}
    assert {"hit", "stand"} == {space.sample()["name"] for _ in range(40)}


def test_without_pettingzoo_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pettingzoo", None)
    monkeypatch.delitem(sys.modules, "arena.aec")
    with pytest.raises(UserError, match=r"^[^\n]*'arena-evals\[pettingzoo\]'$"):
        importlib.import_module("arena.aec")
