"""Players who reason to a known depth, against EgoSocialArena's published numbers."""

import json
from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import play_one

from arena.agent import AgentSpec
from arena.agents.levels import Level1, Level2, Level3, Level4
from arena.registry import make_agent

DATA = Path(__file__).parent.parent / "data" / "egosocialarena_number_guessing.json"
LEVELS = {1: Level1, 2: Level2, 3: Level3, 4: Level4}


def view(*rounds: tuple[int, int]) -> dict[str, object]:
    """What player-2 knows after rounds of (player-1, player-2)."""
    return {
        "legal": ["guess"],
        "seat": "player-2",
        "seats": ["player-1", "player-2"],
        "rounds": 10,
        "factor": 0.8,
        "history": [{"player-1": a, "player-2": b} for a, b in rounds],
    }


def move(level: Any, seen: dict[str, object]) -> Any:
    ((chance, action),) = level.probabilities(seen)
    assert 1.0 == chance
    return action.args


def series(level: Any, others: Sequence[int]) -> list[int]:
    """The level's numbers against another player's."""
    rounds: list[tuple[int, int]] = []
    for other in others:
        rounds.append((other, move(level, view(*rounds))["number"]))
    return [own for _, own in rounds]


def test_level_1_always_chooses_50() -> None:
    assert [50] * 10 == series(Level1(), range(10))


def test_level_2_goes_down_by_5_and_never_below_0() -> None:
    expected = [50, 45, 40, 35, 30, 25, 20, 15, 10, 5, 0, 0, 0]
    assert expected == series(Level2(), [7] * 13)


def test_level_3_is_that_of_the_papers_figure() -> None:
    """Figure 3: 50, 36, 30, 24, where rounding to the nearest ends in 25, and up in 26.

    Against 40, 40, 32 that is so: 0.8 (50 + 40) / 2 = 36; 0.8 (36 + 40) / 2 = 30.4;
    0.8 (30 + 32) / 2 = 24.8. Rounded up: 36, 30.4 -> 31, 25.2 -> 26.
    """
    assert [50, 36, 30, 24] == series(Level3(), [40, 40, 32, 0])


def test_level_3_rounds_down_and_not_through_a_rounding_error() -> None:
    assert 40 == move(Level3(), view((50, 50)))["number"]
    assert 25 == move(Level3(), view((35, 29)))["number"]  # 25.6
    assert 0 == move(Level3(), view((1, 1)))["number"]  # 0.8


def rows(level: int) -> list[dict[str, Any]]:
    return json.loads(DATA.read_text())["levels"][str(level)]


@pytest.mark.parametrize("level", [1, 2])
def test_a_prediction_is_marked_right_where_it_is_the_levels_number(level: int) -> None:
    """Levels 1 and 2 do not depend on the model, so that every cell can be checked.

    One contradicts its own numbers and is left out: GPT-3.5 at level 1 predicts 50 in
    round 9, which is not marked, though the reported accuracy counts it.
    """
    numbers = series(LEVELS[level](), [0] * 10)
    checked = 0
    for row in rows(level):
        if (level, row["model"]) == (1, "GPT-3.5-Turbo"):
            assert row["accuracy_reported"] == row["predictions"].count(50) / 10
            continue
        cells = zip(row["predictions"], row["marked_correct"], numbers, strict=True)
        for cell, marked, number in cells:
            if cell is not None:
                assert marked is (number == cell), row["model"]
                checked += 1
    assert checked > 70


def test_a_prediction_of_level_3_that_is_marked_right_is_one_it_can_reach() -> None:
    """Level 3 depends on the model's own numbers, which the tables do not give.

    Round 1 is 50, and round 2 is one that some number of the model leads to. Later
    rounds are open; 7.5 and 5.6, marked right for Claude, are no whole numbers.
    """
    second = {series(Level3(), [own, 0])[1] for own in range(101)}
    reached: list[tuple[str, int]] = []
    for row in rows(3):
        cells, marked = row["predictions"], row["marked_correct"]
        if cells[0] is not None:
            assert marked[0] is (cells[0] == 50), row["model"]
        if cells[1] is not None and marked[1]:
            assert cells[1] in second
            reached.append((row["model"], cells[1]))
    assert [("o1-preview", 20), ("Llama3.1-405b-Instruct-Turbo", 40)] == reached
    # o1-preview is at 1 in round 1: 0.8 (50 + 1) / 2 = 20.4.
    assert 20 == series(Level3(), [1, 0])[1]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_level_4_knows_a_level_after_two_rounds(level: int, tmp_path: Path) -> None:
    trajectory = play_one(
        tmp_path / "run",
        "games/number-guessing",
        agent="level-4",
        seats={"player-2": AgentSpec(name=f"level-{level}")},
    )
    rounds = trajectory.evidence["rounds"]
    right = [
        r["predictions"]["player-1"]["player-2"] == r["numbers"]["player-2"]
        for r in rounds
    ]
    assert all(right[2:])


def table_of(seats: Sequence[Any], rounds: int) -> list[list[Any]]:
    """Return all moves of each round of levels that play each other."""
    names = [f"player-{i}" for i in range(1, len(seats) + 1)]
    history: list[dict[str, int]] = []
    moves: list[list[Any]] = []
    for _ in range(rounds):
        known = {"seats": names, "factor": 0.8, "history": history}
        made = [
            move(level, {"seat": seat, **known})
            for seat, level in zip(names, seats, strict=True)
        ]
        moves.append(made)
        numbers = [m["number"] for m in made]
        history = [*history, dict(zip(names, numbers, strict=True))]
    return moves


TABLES = [
    levels
    for size in (1, 2, 3, 7)
    for levels in combinations_with_replacement((Level1, Level2, Level3), size)
]


@pytest.mark.parametrize(
    "levels", TABLES, ids=lambda t: "-".join(kind.__name__[-1] for kind in t)
)
def test_level_4_knows_every_lower_level_at_any_table_from_round_3_on(
    levels: Sequence[Any],
) -> None:
    for made in table_of([Level4(), *(level() for level in levels)], 12)[2:]:
        expected = {f"player-{i}": m["number"] for i, m in enumerate(made[1:], 2)}
        assert expected == made[0]["predictions"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        pytest.param([], 50, id="nothing-known"),
        pytest.param([50], 40, id="even-the-higher-level"),
        pytest.param([50, 50], 50, id="level-1"),
        pytest.param([50, 45], 40, id="level-2"),
        pytest.param([50, 40], 36, id="level-3"),
        pytest.param([50, 77], 77, id="no-level-stays"),
        pytest.param([12, 34], 34, id="never-hit-stays"),
        pytest.param([12, 45], 40, id="hit-in-round-2-alone"),
        pytest.param([12, 50], 50, id="level-1-but-for-round-1"),
    ],
)
def test_level_4_expects_the_level_that_has_hit_most_after_round_1(
    numbers: list[int], expected: int
) -> None:
    history = [(number, 50) for number in numbers]
    assert expected == move(Level4(), view(*history))["predictions"]["player-1"]


def test_level_4_responds_best_to_what_it_expects() -> None:
    """Against 50, the number nearest to 0.8 (x + 50) / 2 is x = 33 (33.2)."""
    assert 33 == move(Level4(), view())["number"]


histories = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=12)


@pytest.mark.parametrize("level", LEVELS.values(), ids=[f"level-{i}" for i in LEVELS])
@given(history=histories)
def test_any_history_gets_one_certain_legal_move(
    level: Any, history: list[tuple[int, int]]
) -> None:
    args = move(level(), view(*history))
    assert 0 <= args["number"] <= 100
    assert {"player-1"} == set(args["predictions"])
    assert 0 <= args["predictions"]["player-1"] <= 100


def unnoted(about: str, data: object) -> None:
    """Nothing is recorded here."""


@pytest.mark.parametrize("name", ["level-1", "level-2", "level-3", "level-4"])
def test_what_it_does_is_what_its_probabilities_say(name: str) -> None:
    agent: Any = make_agent(AgentSpec(name=name))
    agent.reset(seat="player-2", instructions="", tools=(), seed=1, note=unnoted)
    seen = view((40, 50), (30, 36))
    message = anyio.run(agent.act, "", seen, ())
    assert move(agent, seen) == message.tool_calls[0]["args"]
