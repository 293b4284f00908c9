"""Agents that play at random, from a script, or optimally."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from arena.agent import AgentSpec
from arena.registry import make_agent, make_env

DATA = Path(__file__).parent.parent / "data" / "blackjack_infinite.json"


def moves(
    name: str,
    count: int,
    seed: int = 0,
    environment: str = "Blackjack-v1",
    **options: Any,
) -> list[Any]:
    """The agent's calls at the same start of an episode, again and again."""
    env = make_env(environment, {})
    _, info = env.reset(seed=0)
    agent = make_agent(AgentSpec(name=name, options=options))
    tools = tuple(env.tools(env.turn).values())
    agent.reset(
        seat=env.turn,
        instructions="",
        tools=tools,
        seed=seed,
        note=lambda about, data: None,
    )

    async def ask() -> list[Any]:
        messages = [await agent.act("", info["view"], ()) for _ in range(count)]
        return [(c["name"], c["args"]) for m in messages for c in m.tool_calls]

    return anyio.run(ask)


def test_random_calls_every_legal_tool_equally_often() -> None:
    counts = Counter(name for name, _ in moves("random", 4000))
    assert {"hit", "stand"} == set(counts)
    assert 2000 == pytest.approx(counts["hit"], abs=4 * 32)  # four standard errors


def test_random_depends_on_its_seed_alone() -> None:
    assert moves("random", 50, seed=1) == moves("random", 50, seed=1)
    assert moves("random", 50, seed=1) != moves("random", 50, seed=2)


def test_random_draws_every_whole_number_within_bounds_equally_often() -> None:
    numbers = [
        number
        for _, args in moves("random", 5050, environment="NumberGuessing-v1")
        for number in (args["number"], *args["predictions"].values())
    ]
    counts = Counter(numbers)
    assert set(range(101)) == set(counts)
    chi_square = sum((count - 100) ** 2 / 100 for count in counts.values())
    assert chi_square < 170  # a hundred degrees of freedom: exceeded once in 50,000


def test_scripted_plays_in_order_and_begins_again() -> None:
    script: list[Any] = [
        {"name": "hit", "args": {}},
        {"name": "stand", "args": {"x": 1}},
    ]
    expected: list[Any] = [("hit", {}), ("stand", {"x": 1}), ("hit", {})]
    assert expected == moves("scripted", 3, actions=script)


def test_basic_strategy_is_the_reference_table() -> None:
    """Every total and open card of the infinite deck, dealer standing on soft 17."""
    agent: Any = make_agent(AgentSpec(name="basic-strategy"))
    table = json.loads(DATA.read_text())["infinite/none/S17"]["table"]
    checked = 0
    for row in table:
        cards = hand(row["total"], bool(row["soft"]))
        if abs(row["stand"] - row["hit"]) < 1e-9 or cards is None:
            continue
        view = {
            "cards": cards,
            "dealer_shows": row["up"],
            "total": row["total"],
            "rules": ["infinite", "stand", "none"],
            "beliefs": False,
        }
        ((chance, action),) = agent.probabilities(view)
        assert (1.0, row["best"], {}) == (chance, action.name, action.args), row
        checked += 1
    assert checked > 250


@pytest.mark.parametrize("naturals", ["none", "bonus", "sutton-barto", "casino"])
@pytest.mark.parametrize("soft_17", ["stand", "hit"])
@pytest.mark.parametrize("deck", ["infinite", "single"])
def test_basic_strategy_gives_nothing_away_under_any_rules(
    deck: str, soft_17: str, naturals: str
) -> None:
    agent: Any = make_agent(AgentSpec(name="basic-strategy"))
    rules = {"deck": deck, "soft_17": soft_17, "naturals": naturals}
    env = make_env("Blackjack-v1", {**rules, "beliefs": True})
    for seed in range(12):
        _, info = env.reset(seed=seed)
        while not env.over:
            ((_, action),) = agent.probabilities(info["view"])
            call: Any = {"name": action.name, "args": action.args, "id": None}
            _, _, _, _, info = env.step(call)
            assert "error" not in info
        decisions: Any = env.evidence()["decisions"]
        for d in decisions:
            values = {"hit": d["value_of_hit"], "stand": d["value_of_stand"]}
            assert max(values.values()) == values[d["move"]]
            assert d["total"] == d["stated_total"]
            assert d["chance_dealer_busts"] == d["stated_dealer_busts"]


def hand(total: int, soft: bool) -> list[int] | None:
    """Cards that make a total, more than two so that none is a natural."""
    if soft:
        rest = total - 11
        return [1, rest] if 1 <= rest <= 9 else [1, 1, rest - 1] if rest == 10 else None
    if total < 4:
        return None
    cards = [2, 2]
    while (left := total - sum(cards)) > 0:
        cards.append(min(left, 10) if left != 1 else 1)
    return cards if 1 not in cards or sum(cards) + 10 > 21 else [2, 3, total - 5]
