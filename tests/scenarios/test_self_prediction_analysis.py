"""What is said of self-prediction: from episodes with known acts and predictions."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playing import play_run
from sections import rows, table

from arena.agent import AgentSpec
from arena.analysis import Episode, read_episodes
from arena.report.figures import can_draw, svg
from arena.run_folder import RunFolder
from arena.scenarios.analyses.self_prediction import self_prediction

SKILL, CROSS, CHANCE = (
    "Self-prediction",
    "Privileged access",
    "What there was to predict",
)


def episode(
    mode: str,
    situation: str,
    value: str | None,
    *,
    agent: str = "it",
    confidence: float | None = None,
    reason: Any = "completed",
) -> Episode:
    told = {
        "mode": mode,
        "environment": "arena/Blackjack-v1",
        "situation": situation,
        "group": "g",
        "property": "first-tool",
        "argument": None,
        "options": ["hit", "stand"],
        "value": value,
        "confidence": confidence,
    }
    return Episode(
        run="run",
        scenario="hands" if mode == "predict" else "hands-acts",
        environment="arena/SelfPrediction-v1",
        parameters={},
        agent=agent,
        sample=0,
        epoch=0,
        seed=0,
        seats={"player": AgentSpec(name="random")},
        tested=("player",),
        payoffs={"player": 0.0},
        reason=reason,
        evidence={"self_prediction": told},
    )


def acts(situation: str, *values: str | None, **more: Any) -> list[Episode]:
    return [episode("act", situation, value, **more) for value in values]


def said(situation: str, value: str | None, sure: float = 1, **more: Any) -> Episode:
    return episode("predict", situation, value, confidence=sure, **more)


# In a, b and c it hits, stands, and hits in three of four acts; it is wrong about b.
KNOWN = [
    *acts("a", "hit", "hit", "hit", "hit"),
    *acts("b", "stand", "stand", "stand", "stand"),
    *acts("c", "hit", "hit", "hit", "stand"),
    said("a", "hit", 0.9),
    said("b", "hit", 0.5),
    said("c", "hit", 0.75),
]


def test_accuracy_stands_between_habit_and_ceiling() -> None:
    """Accuracy (1 + 0 + 3/4)/3, as is the mode's; ceiling (1 + 1 + 3/4)/3."""
    (row,) = rows(self_prediction(KNOWN), SKILL)
    assert ("hands", "it", 3) == (row["scenario"], row["agent"], row["n"])
    assert pytest.approx(7 / 12) == row["accuracy"]
    assert pytest.approx(7 / 12) == row["mode"]
    assert pytest.approx(11 / 12) == row["ceiling"]
    assert pytest.approx(0) == row["skill"]
    assert table(self_prediction(KNOWN), SKILL).main


def test_who_is_right_of_every_situation_has_skill_1() -> None:
    known = [e for e in KNOWN if e.evidence["self_prediction"]["mode"] == "act"]
    known += [said("a", "hit"), said("b", "stand"), said("c", "hit")]
    (row,) = rows(self_prediction(known), SKILL)
    assert pytest.approx(1) == row["skill"]


def test_what_there_was_to_predict() -> None:
    """The acts are 7 hits of 12; c repeats with (1 + 1 + 1 + 0)/4."""
    (row,) = rows(self_prediction(KNOWN), CHANCE)
    assert 4.0 == row["acts in each"]
    assert pytest.approx(7 / 12) == row["shuffled"]
    assert pytest.approx(0.9799, abs=1e-4) == row["entropy"]
    assert pytest.approx((1 + 1 + 0.75) / 3) == row["repeat"]
    assert pytest.approx(-0.9799, abs=1e-4) == row["known shares"]
    # (log2 .9 + log2 .5 + (3 log2 .75 + log2 .25)/4) / 3
    assert pytest.approx(-0.6544, abs=1e-4) == row["log score"]


def test_an_episode_without_a_prediction_is_wrong() -> None:
    known = [*acts("a", "hit"), *acts("b", "stand"), said("a", "hit"), said("b", None)]
    (row,) = rows(self_prediction(known), SKILL)
    assert 0.5 == row["accuracy"]


def test_an_episode_of_an_infrastructure_error_says_nothing() -> None:
    broken = said("a", None, reason="error")
    assert rows(self_prediction(KNOWN), SKILL) == rows(
        self_prediction([*KNOWN, broken]), SKILL
    )


@pytest.mark.parametrize("told", [None, 3, {}, {"group": 1}, {"mode": "predict"}])
def test_a_record_that_cannot_be_read_leaves_the_rest(told: Any) -> None:
    bad = replace(KNOWN[0], evidence={"self_prediction": told})
    nothing = replace(KNOWN[0], evidence={})
    assert rows(self_prediction([bad, *KNOWN, nothing]), SKILL) == rows(
        self_prediction(KNOWN), SKILL
    )


def test_a_session_that_never_acted_is_no_act() -> None:
    (row,) = rows(self_prediction([*KNOWN, *acts("a", None)]), CHANCE)
    assert 4.0 == row["acts in each"]


def test_another_agents_predictions_are_compared_situation_by_situation() -> None:
    """Of it, the other is right in a and b: 1 and 1, where it is 1 and 0 itself."""
    other = [said("a", "hit", agent="other"), said("b", "stand", agent="other")]
    found = rows(self_prediction([*KNOWN, *other]), CROSS)
    (row,) = found
    assert ("it", "other", 2) == (row["agent"], row["other"], row["n"])
    assert (0.5, 1.0, -0.5) == (row["own"], row["other's"], row["own - other's"])


def test_skill_and_privileged_access_are_drawn() -> None:
    other = [said("a", "hit", agent="other"), said("b", "stand", agent="other")]
    (section,) = self_prediction([*KNOWN, *other])
    titles = [figure.title for figure in section.figures]
    assert ["Skill of self-prediction", "Own less others' predictions"] == titles
    if can_draw():
        for number, figure in enumerate(section.figures):
            assert "hands" in svg(figure, number)


def test_acts_that_are_too_alike_are_left_out_with_a_line() -> None:
    known = [e for s in "abcdefghijkl" for e in (*acts(s, "hit"), said(s, "hit"))]
    known += [*acts("m", "stand"), said("m", "hit")]
    sections = self_prediction(known)
    (row,) = rows(sections, SKILL)
    assert row["skill"] is row["accuracy"] is None
    assert "Left out: it in hands, whose acts are too alike" in str(
        table(sections, SKILL).note
    )
    assert "0.39 bits over 13 situations" in table(sections, SKILL).note


def test_predictions_without_acts_are_left_out_with_a_line() -> None:
    note = table(self_prediction([said("a", "hit")]), SKILL).note
    assert "no situation has both: 0 with acts, 1 with predictions" in note


def test_a_random_agent_knows_nothing_of_itself(tmp_path: Path) -> None:
    names = (
        "social/self-prediction-blackjack",
        "social/self-prediction-blackjack-acts",
    )
    folder = RunFolder(play_run(tmp_path / "run", *names, epochs=2, items=60))
    episodes = read_episodes([folder], ["SelfPrediction-v1"])
    (row,) = rows(self_prediction(episodes), SKILL)
    assert names[0] == row["scenario"]
    assert 55 < row["n"] <= 60
    assert 0.35 < row["accuracy"] < 0.65
    assert row["accuracy"] < row["ceiling"]
