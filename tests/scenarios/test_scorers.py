"""Every scorer on episodes small enough to work out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from playing import play_one

from arena.agent import AgentSpec
from arena.registry import load, names
from arena.run_folder import RunFolder
from arena.scenario import ScorerChoice
from arena.scoring import Unscored, score_trajectory
from arena.trajectory import Trajectory, read_trajectory

ORACLE = Path(__file__).parent.parent / "data" / "blackjack_infinite.json"
TABLE: dict[tuple[int, bool, int], dict[str, float]] = {
    (row["total"], bool(row["soft"]), row["up"]): {m: row[m] for m in ("hit", "stand")}
    for row in json.loads(ORACLE.read_text())["infinite/none/S17"]["table"]
}

THREE = """
description = "Two rounds among three."
environment = "arena/NumberGuessing-v1"
[parameters]
players = 3
rounds = 2
[seats]
player-2 = "level-1"
player-3 = "level-2"
[[scorers]]
name = "prediction-rate"
"""


def scripted(*actions: dict[str, Any]) -> AgentSpec:
    return AgentSpec(name="scripted", options={"actions": list(actions)})


def guess(number: int, second: int, third: int) -> dict[str, Any]:
    predictions = {"player-2": second, "player-3": third}
    return {"name": "guess", "args": {"number": number, "predictions": predictions}}


def score(name: str, trajectory: Trajectory, **options: Any) -> float:
    return load("scorers", name)(trajectory, trajectory.header.tested[0], **options)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Trajectory:
    """The others choose (50, 50) and then (50, 45).

    Round 1: 20 against both; all predicted right. The target is 0.8 * 40 = 32, and 50
    is 18 away, 20 is 12 away: won. The best is the x nearest to 0.8 (x + 100) / 3,
    x = 36.4: 36 is 0.27 away, so that the gap is 12 - 0.2667.
    Round 2: 80, one prediction off by 5. The target is 0.8 * 175 / 3 = 46.67, nearest
    is 45; 80 is 33.33 away. The best x solves x = 0.8 (x + 95) / 3, x = 34.5: 35 is
    0.333 away and 34 is 0.4.
    """
    folder = tmp_path_factory.mktemp("three")
    (folder / "three.toml").write_text(THREE)
    agent = scripted(guess(20, 50, 50), guess(80, 50, 50))
    return play_one(folder / "run", str(folder / "three.toml"), agent=agent)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prediction-rate", 3 / 4),
        ("prediction-error", 5 / 4),
        ("rounds-to-identify", 2.0),
        ("rounds-won", 1 / 2),
        ("best-response-gap", ((12 - 4 / 15) + (100 / 3 - 1 / 3)) / 2),
        ("payoff", 1.0),
        ("completed", 1.0),
        ("tool-errors", 0.0),
    ],
)
def test_guessing_is_scored_as_worked_out_by_hand(
    three: Trajectory, name: str, expected: float
) -> None:
    assert pytest.approx(expected) == score(name, three)


def test_rounds_that_a_limit_took_away_count_as_missed(tmp_path: Path) -> None:
    (tmp_path / "three.toml").write_text(THREE)
    agent = scripted(guess(20, 50, 50))
    cut = play_one(
        tmp_path / "run", str(tmp_path / "three.toml"), agent=agent, limits={"turns": 1}
    )
    assert 1 / 2 == score("prediction-rate", cut)
    assert 2.0 == score("rounds-to-identify", cut)
    assert 0.0 == score("completed", cut)
    with pytest.raises(Unscored, match="cut short by turn_limit"):
        score("payoff", cut)
    assert -1.0 == score("payoff", cut, forfeit=-1.0)


def test_a_game_in_which_nothing_was_played_is_missed_and_not_missing(
    tmp_path: Path,
) -> None:
    bad = scripted({"name": "nothing", "args": {}})
    trajectory = play_one(tmp_path / "run", "games/number-guessing", agent=bad)
    assert 0.0 == score("prediction-rate", trajectory)
    assert 10.0 == score("rounds-to-identify", trajectory)
    with pytest.raises(Unscored, match="no round was played"):
        score("prediction-error", trajectory)


def test_winning_is_not_scored_between_two(tmp_path: Path) -> None:
    pair = play_one(tmp_path / "run", "games/number-guessing")
    with pytest.raises(Unscored, match="the lower number always wins"):
        score("rounds-won", pair)


def hand(tmp_path: Path, *moves: dict[str, Any], seed: int = 3) -> Trajectory:
    name = "games/blackjack-beliefs" if moves[0]["args"] else "games/blackjack"
    return play_one(tmp_path / "run", name, agent=scripted(*moves), seed=seed)


def test_a_hand_is_scored_by_its_exact_values(tmp_path: Path) -> None:
    trajectory = hand(tmp_path, {"name": "hit", "args": {}})
    decisions = trajectory.evidence["decisions"]
    losses = [
        max(d["value_of_hit"], d["value_of_stand"]) - d["value_of_hit"]
        for d in decisions
    ]
    assert len(losses) > 1
    assert any(losses)
    assert not all(losses)
    assert pytest.approx(sum(losses)) == score("expected-loss", trajectory)
    good = sum(loss == 0 for loss in losses) / len(losses)
    assert pytest.approx(good) == score("optimal-moves", trajectory)
    assert -1.0 == score("payoff", trajectory), "who only hits goes bust"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("move", ["hit", "stand"])
def test_a_loss_is_that_of_the_separately_computed_table(
    move: str, seed: int, tmp_path: Path
) -> None:
    trajectory = hand(tmp_path, {"name": move, "args": {}}, seed=seed)
    evidence = trajectory.evidence
    up = min(evidence["dealer"][0], 10)
    losses: list[float] = []
    for decision in evidence["decisions"]:
        cards = [min(card, 10) for card in decision["cards"]]
        soft = 1 in cards and sum(cards) <= 11
        values = TABLE[sum(cards) + 10 * soft, soft, up]
        losses.append(max(values.values()) - values[move])
    assert pytest.approx(sum(losses)) == score("expected-loss", trajectory)
    assert losses.count(0) / len(losses) == score("optimal-moves", trajectory)


def test_a_hand_that_a_limit_cut_short_has_moves_but_no_loss(tmp_path: Path) -> None:
    """Seed 0 does not bust at its first card."""
    trajectory = play_one(
        tmp_path / "run",
        "games/blackjack",
        agent=scripted({"name": "hit", "args": {}}),
        seed=0,
        limits={"turns": 1},
    )
    assert 0.0 == score("completed", trajectory)
    assert score("optimal-moves", trajectory) in (0.0, 1.0)
    with pytest.raises(Unscored, match="not played to its end"):
        score("expected-loss", trajectory)


@pytest.mark.parametrize("name", names("scorers"))
@pytest.mark.parametrize(
    "scenario", ["games/blackjack-beliefs", "games/number-guessing-four"]
)
def test_an_episode_that_was_killed_is_unscored(
    scenario: str, name: str, killed: dict[str, Trajectory]
) -> None:
    with pytest.raises(Unscored):
        score(name, killed[scenario])
    [judged] = score_trajectory(killed[scenario], [ScorerChoice(name=name)])
    assert (None, "the episode has not ended") == (judged.value, judged.reason)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trajectory]:
    """Episodes whose last line was never written."""
    cut: dict[str, Trajectory] = {}
    for name in ("games/blackjack-beliefs", "games/number-guessing-four"):
        path = play_one(tmp_path_factory.mktemp("killed") / "run", name).path
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
        cut[name] = read_trajectory(path)
    return cut


def test_beliefs_are_scored_against_the_exact_ones(tmp_path: Path) -> None:
    args = {"own_total": 20, "dealer_busts": 0.5}
    trajectory = hand(tmp_path, {"name": "stand", "args": args})
    (decision,) = trajectory.evidence["decisions"]
    off = 0.5 - decision["chance_dealer_busts"]
    assert pytest.approx(off**2) == score("bust-belief-brier", trajectory)
    right = float(decision["total"] == 20)
    assert right == score("own-total-accuracy", trajectory)


def test_beliefs_are_unscored_where_none_are_asked_for(tmp_path: Path) -> None:
    trajectory = hand(tmp_path, {"name": "stand", "args": {}})
    for name in ("bust-belief-brier", "own-total-accuracy"):
        with pytest.raises(Unscored, match="does not ask for beliefs"):
            score(name, trajectory)


def test_a_hand_without_a_move_is_a_forfeit_and_not_a_decision(tmp_path: Path) -> None:
    bad = scripted({"name": "nothing", "args": {}})
    trajectory = play_one(tmp_path / "run", "games/blackjack", agent=bad)
    assert 5.0 == score("tool-errors", trajectory)
    (scores,) = RunFolder(tmp_path / "run").scores().values()
    values = {s.scorer: s.value for s in scores}
    assert {"payoff": -1.0, "expected-loss": None, "optimal-moves": None} == {
        name: values[name] for name in ("payoff", "expected-loss", "optimal-moves")
    }
    assert all(s.reason for s in scores if s.value is None)


@pytest.mark.parametrize("name", names("scorers"))
def test_every_scorer_says_what_it_measures(name: str) -> None:
    assert load("scorers", name).description.endswith(".")
