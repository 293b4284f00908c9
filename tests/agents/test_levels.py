"""Players who reason to a known depth, against EgoSocialArena's published numbers."""

import json
from collections.abc import Sequence
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
    """Figure 3: 50, 36, 30, 24, the model choosing 40, 40 and 30 meanwhile.

    0.8 (50 + 40) / 2 = 36; 0.8 (36 + 40) / 2 = 30.4; 0.8 (30 + 30) / 2 = 24.
    """
    assert [50, 36, 30, 24] == series(Level3(), [40, 40, 30, 0])


def test_level_3_rounds_down_and_not_through_a_rounding_error() -> None:
    assert 40 == move(Level3(), view((50, 50)))["number"]
    assert 25 == move(Level3(), view((35, 29)))["number"]  # 25.6
    assert 0 == move(Level3(), view((1, 1)))["number"]  # 0.8


@pytest.mark.parametrize("level", [1, 2])
def test_predictions_that_the_paper_marks_as_right_are_the_levels_numbers(
    level: int,
) -> None:
    """Levels 1 and 2 do not depend on the model. Rows whose marks contradict the
    reported accuracy are left out, and so is GPT-3.5's, which contradicts its marks."""
    numbers = series(LEVELS[level](), [0] * 10)
    checked = 0
    for row in json.loads(DATA.read_text())["levels"][str(level)]:
        if row["accuracy_reported"] != row["accuracy_recounted_from_marks"]:
            continue
        for cell, right, number in zip(
            row["predictions"], row["marked_correct"], numbers, strict=False
        ):
            if right and cell is not None:
                assert number == cell, row["model"]
                checked += 1
    assert checked > 3


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
