"""The two ends of the scale of stated predictions, played in the real loop."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import pytest

from arena.agent import AgentSpec
from arena.episode import play
from arena.limits import Limits
from arena.redaction import Redactor
from arena.registry import environment_class, make_agent, make_env
from arena.scoring import ScorerChoice, score_trajectory
from arena.specification import EpisodeSpec
from arena.trajectory import ScenarioRef, Trajectory, read_trajectory

STYLES = ("loose-passive", "tight-passive", "loose-aggressive", "tight-aggressive")
SMALL = ("random", "always-call", "always-raise", "equilibrium")
GAMES = {
    "KuhnPoker-v1": SMALL,
    "LeducPoker-v1": SMALL,
    "LimitHoldem-v1": STYLES,
}
ASK = ("action", "type")


def spec(name: str, **options: Any) -> AgentSpec:
    return AgentSpec(name=name, options=options)


def played(
    path: Path, environment: str, parameters: Mapping[str, Any], *seats: AgentSpec
) -> Trajectory:
    """Play one session in the episode loop; the first seat is under test."""
    scenario = ScenarioRef(
        name="test",
        digest="",
        environment=f"arena/{environment}",
        parameters=dict(parameters),
    )
    episode = EpisodeSpec(
        episode="one",
        scenario=scenario,
        seats={f"player-{i}": agent for i, agent in enumerate(seats, 1)},
        tested=["player-1"],
        label=seats[0].label,
        seed=5,
        agents_seed=6,
        sample=0,
        epoch=0,
        limits=Limits.model_validate({"turns": 5000}),
    )
    anyio.run(play, episode, path / "one.jsonl", "run", Redactor())
    return read_trajectory(path / "one.jsonl")


def scores(trajectory: Trajectory, *names: str) -> list[float]:
    choices = [ScorerChoice(name=name) for name in names]
    found = score_trajectory(trajectory, choices)
    assert not [score.reason for score in found if score.value is None]
    return [float(score.value or 0) for score in found]


def check_both_ends(
    path: Path, environment: str, types: Sequence[str], opponent: str, hands: int
) -> None:
    """A session of each of the two observers against an opponent, scored."""
    parameters = {"hands": hands, "ask": ASK, "types": types}
    for name, skill in (("ideal-observer", 1.0), ("uniform-observer", 0.0)):
        folder = path / name
        folder.mkdir()
        trajectory = played(folder, environment, parameters, spec(name), spec(opponent))
        assert len(trajectory.evidence["parts"]) == hands
        measured = scores(trajectory, "prediction-skill", "type-skill")
        assert [skill, skill] == pytest.approx(measured, abs=0.05)
        assert [1.0] == scores(trajectory, "predictions-made")


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_skill_is_1_of_the_ideal_and_0_of_the_uniform_observer(
    style: str, tmp_path: Path
) -> None:
    check_both_ends(tmp_path, "LimitHoldem-v1", STYLES, style, hands=200)


@pytest.mark.parametrize("opponent", SMALL[1:])  # random play is the uniform guess
def test_so_it_is_in_leduc(opponent: str, tmp_path: Path) -> None:
    check_both_ends(tmp_path, "LeducPoker-v1", SMALL, opponent, hands=60)


@pytest.mark.parametrize("switching", [False, True])
@pytest.mark.parametrize("environment", GAMES)
def test_what_the_ideal_observer_states_is_what_the_evidence_holds_it_for(
    environment: str, switching: bool, tmp_path: Path
) -> None:
    types = GAMES[environment]
    parameters = {"hands": 16, "ask": ASK, "types": types, "switching": switching}
    first, then = types[0], types[-1]
    evidence = played(
        tmp_path,
        environment,
        parameters,
        spec("ideal-observer", player=types[2]),
        spec("switcher", first=first, then=then, at=9),
    ).evidence
    for kind in ("predictions", "beliefs"):
        rows = [row for row in evidence[kind] if row["by"] == "player-1"]
        assert len(rows) >= 8
        for row in rows:
            assert row["ideal"] == pytest.approx(row["stated"], abs=1e-9)


@pytest.mark.parametrize("environment", GAMES)
def test_it_states_the_same_however_it_came_to_a_view(environment: str) -> None:
    """Nothing but the view counts: neither what was asked before, nor in what order."""
    types = GAMES[environment]
    parameters = {"hands": 6, "ask": ASK, "types": types}
    views = views_of(environment, parameters)
    one: Any = make_agent(spec("ideal-observer", player=types[0]))
    answers = [one.probabilities(view) for view in views]
    assert answers == [one.probabilities(view) for view in views]
    assert answers[::-1] == [one.probabilities(view) for view in reversed(views)]


@pytest.mark.parametrize(
    "name", ["ideal-observer", "frequency-observer", "uniform-observer"]
)
def test_it_makes_the_moves_of_its_player_and_states_what_is_asked(name: str) -> None:
    legal = {"fold", "check_or_call", "bet_or_raise"}
    for ask in ([], ["action"], ["type"], ["action", "type"]):
        parameters = {"hands": 20, "ask": ask, "types": SMALL}
        one: Any = make_agent(spec(name, player="random"))
        player = environment_class("LeducPoker-v1").policies["random"]()
        for view in views_of("LeducPoker-v1", parameters):
            moves = one.probabilities(view)
            plain = [(chance, action.name) for chance, action in moves]
            expected = [(p, a.name) for p, a in player.probabilities(view)]
            assert expected == plain
            for _, action in moves:
                assert ("opponent_type" in action.args) is ("type" in ask)
                if action.name == "fold" or "action" not in ask:
                    assert "opponent_next" not in action.args
                elif action.name == "bet_or_raise":
                    assert set(action.args["opponent_next"]) <= legal


def test_the_uniform_observer_holds_everything_possible_for_equally_likely() -> None:
    parameters = {"hands": 1, "ask": ASK, "types": SMALL}
    one: Any = make_agent(spec("uniform-observer", player="always-raise"))
    (first, *_) = views_of("LeducPoker-v1", parameters)
    ((_, action),) = one.probabilities(first)
    assert action.args["opponent_next"] == pytest.approx(
        dict.fromkeys(("fold", "check_or_call", "bet_or_raise"), 1 / 3)
    )
    assert action.args["opponent_type"] == dict.fromkeys(SMALL, 0.25)


def test_the_frequency_observer_expects_what_came_where_the_same_was_legal() -> None:
    hands = [("rf", 0), ("rc", 1), ("crc", 0), ("rf", 0), ("cc", 0)]
    past = [{"betting": betting, "position": at} for betting, at in hands]
    view = {
        **views_of("KuhnPoker-v1", {"hands": 1, "ask": ["action"]})[0],
        **{"past": past, "betting": "", "position": 0},
    }
    one: Any = make_agent(spec("frequency-observer", player="always-raise"))
    ((_, action),) = one.probabilities(view)
    # Where it could fold or call it folded twice; the other calls were the seat's own.
    expected = {"fold": 3 / 4, "check_or_call": 1 / 4}
    assert expected == pytest.approx(action.args["opponent_next"])


def test_without_listed_types_there_is_no_ideal_and_nothing_is_stated() -> None:
    parameters = {"hands": 2, "ask": ["action"]}
    one: Any = make_agent(spec("ideal-observer"))
    for view in views_of("KuhnPoker-v1", parameters):
        assert not any(action.args for _, action in one.probabilities(view))


@pytest.mark.parametrize("opponent", ["level-1", "level-2", "level-3"])
def test_the_ideal_observer_of_number_guessing_is_right_once_it_knows(
    opponent: str, tmp_path: Path
) -> None:
    trajectory = played(
        tmp_path, "NumberGuessing-v1", {}, spec("ideal-observer"), spec(opponent)
    )
    right = [
        r["predictions"]["player-1"]["player-2"] == r["numbers"]["player-2"]
        for r in trajectory.evidence["rounds"]
    ]
    assert all(right[2:])


def test_it_refuses_a_player_or_a_game_that_is_not_known() -> None:
    one: Any = make_agent(spec("ideal-observer", player="cfr"))
    assert one.refuses("arena/LimitHoldem-v1", {}) is None
    assert "no player 'cfr'" in one.refuses("arena/KuhnPoker-v1", {})
    assert "no player 'ideal-observer'" in one.refuses("arena/Blackjack-v1", {})
    for name in ("ideal-observer", "uniform-observer"):
        for game in ("KuhnPoker-v1", "NumberGuessing-v1"):
            observing: Any = make_agent(spec("ideal-observer", player=name))
            assert name in observing.refuses(f"arena/{game}", {})


def views_of(environment: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The views of both seats through a session of random legal moves."""
    env = make_env(environment, dict(parameters))
    _, info = env.reset(seed=2)
    found: list[dict[str, Any]] = []
    while not env.over:
        found.append(info["view"])
        name = str(env.np_random.choice(env.legal(env.turn)))
        _, _, _, _, info = env.step({"name": name, "args": {}, "id": None})
    return found
