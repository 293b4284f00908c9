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


def moves(name: str, count: int, seed: int = 0, **options: Any) -> list[Any]:
    """The agent's calls at the same Blackjack hand, again and again."""
    env = make_env("Blackjack-v1", {})
    _, info = env.reset(seed=0)
    agent = make_agent(AgentSpec(name=name, options=options))
    tools = tuple(env.tools("player").values())
    agent.reset(
        seat="player",
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
