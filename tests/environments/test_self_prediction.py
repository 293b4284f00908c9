"""Self-prediction: the same situation twice, acted in once and predicted once."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import play_one

from arena.agent import AgentSpec
from arena.agents.baselines import RandomAgent
from arena.agents.self_prediction import InsightAgent
from arena.env import Env
from arena.errors import UserError
from arena.registry import make_env
from arena.seating import Player
from arena.testing import check_env

NAME = "arena.environments.self_prediction:SelfPrediction"
HAND: dict[str, Any] = {"environment": "arena/Blackjack-v1", "before": 2}
ROUND: dict[str, Any] = {
    "environment": "NumberGuessing-v1",
    "settings": {"players": 3, "rounds": 6},
    "property": "argument-parity",
    "argument": "number",
    "before": 4,
}
SHELL: dict[str, Any] = {
    "environment": "Shell-v1",
    "settings": {"sandbox": "bubblewrap", "terminal": False},
    "property": "mentions",
    "argument": "command",
    "text": "LS",
}
SEEDS = st.integers(0, 2**32 - 1)


def made(parameters: dict[str, Any], mode: str) -> Env:
    return make_env(NAME, {**parameters, "mode": mode})


def call(name: str, **args: Any) -> Any:
    return {"name": name, "args": args, "id": None}


def told(env: Env) -> dict[str, Any]:
    evidence: Any = env.evidence()["self_prediction"]
    return evidence


def guessed(number: int) -> Any:
    return call("guess", number=number, predictions={"player-2": 1, "player-3": 2})


@pytest.mark.parametrize("mode", ["act", "predict"])
@pytest.mark.parametrize(
    "parameters", [{}, HAND, ROUND], ids=["default", "hand", "round"]
)
def test_it_keeps_our_contract(parameters: dict[str, Any], mode: str) -> None:
    check_env(lambda: made(parameters, mode))


@pytest.mark.parametrize("parameters", [HAND, ROUND], ids=["hand", "round"])
@settings(max_examples=25)
@given(seed=SEEDS)
def test_both_modes_come_to_the_same_situation(
    parameters: dict[str, Any], seed: int
) -> None:
    act, predict = made(parameters, "act"), made(parameters, "predict")
    seen, info = act.reset(seed=seed)
    asked, about = predict.reset(seed=seed)
    assert f"What you see there:\n{seen}\n\n" in asked
    assert info["view"] == about["view"]["there"]
    assert act.instructions(act.turn) in predict.instructions(predict.turn)
    same = ("situation", "group", "property", "argument", "options", "environment")
    assert [told(act)[k] for k in same] == [told(predict)[k] for k in same]


@settings(max_examples=25)
@given(seed=SEEDS)
def test_the_decision_is_still_open(seed: int) -> None:
    env = made({**HAND, "before": 30}, "act")
    env.reset(seed=seed)
    assert not env.over
    assert ["hit", "stand"] == env.legal("player")


def test_samples_of_one_seed_are_other_situations() -> None:
    env = made(HAND, "act")
    found: set[str] = set()
    for sample in range(20):
        env.reset(seed=0, options={"sample": sample})
        found.add(told(env)["situation"])
    assert 15 < len(found)


def test_what_looks_alike_is_one_situation() -> None:
    env = made({"environment": "Blackjack-v1"}, "act")
    by_text: dict[str, set[str]] = {}
    for seed in range(400):
        seen, _ = env.reset(seed=seed)
        by_text.setdefault(seen, set()).add(told(env)["situation"])
    assert len(by_text) < 400
    assert {1} == {len(situations) for situations in by_text.values()}


def test_the_moves_before_are_told_and_vary() -> None:
    env = made(ROUND, "act")
    texts = [env.reset(seed=seed)[0] for seed in range(60)]
    assert {0, 1, 2, 3, 4} == {text.count("You called guess") for text in texts}
    played = next(text for text in texts if text.count("You called guess") == 2)
    assert "Round 1: player-1" in played
    assert played.rstrip().endswith("Round 3 of 6.")


def test_acting_ends_with_the_first_call_that_the_rules_accept() -> None:
    env = made(ROUND, "act")
    env.reset(seed=0)
    for bad in (call("pass"), call("guess", number=101, predictions={})):
        observation, _, over, _, info = env.step(bad)
        assert "error" in info
        assert "Legal now: guess." in observation
        assert not over
    assert told(env)["value"] is None
    observation, reward, over, _, info = env.step(guessed(7))
    assert (0, True, "odd", None) == (
        reward,
        over,
        told(env)["value"],
        told(env)["confidence"],
    )
    assert "Round" not in observation
    _, _, over, _, info = env.step(guessed(8))
    assert "error" in info
    assert "odd" == told(env)["value"]


def test_predicting_has_no_tool_to_act_or_to_try_with() -> None:
    for parameters in (HAND, ROUND):
        env = made(parameters, "predict")
        assert ["predict"] == list(env.tools(env.turn))


def test_a_prediction_is_one_of_the_options_and_ends_the_session() -> None:
    env = made(HAND, "predict")
    env.reset(seed=0)
    _, _, over, _, info = env.step(call("predict", option="double", confidence=0.5))
    assert "error" in info
    assert not over
    _, _, over, _, _ = env.step(call("predict", option="hit", confidence=0.8))
    assert over
    assert ("hit", 0.8) == (told(env)["value"], told(env)["confidence"])


def test_the_order_of_the_options_tells_nothing() -> None:
    env = made(HAND, "predict")
    first = [env.reset(seed=seed)[1]["view"]["options"][0] for seed in range(200)]
    assert 70 < first.count("hit") < 130


@pytest.mark.parametrize(
    ("parameters", "action", "value"),
    [
        pytest.param({}, call("stand"), "stand", id="first tool"),
        pytest.param(ROUND, guessed(40), "even", id="parity"),
        pytest.param(
            ROUND | {"property": "number-bin", "bins": [20, 40]},
            guessed(19),
            "below 20",
            id="first bin",
        ),
        pytest.param(
            ROUND | {"property": "number-bin", "bins": [20, 40]},
            guessed(20),
            "from 20 to below 40",
            id="inner bin",
        ),
        pytest.param(
            ROUND | {"property": "number-bin", "bins": [20, 40]},
            guessed(40),
            "40 or more",
            id="last bin",
        ),
        pytest.param(
            ROUND
            | {
                "property": "number-bin",
                "argument": "predictions.player-3",
                "bins": [2],
            },
            guessed(40),
            "2 or more",
            id="inside an object",
        ),
        pytest.param(
            {
                "settings": {"beliefs": True},
                "property": "number-bin",
                "argument": "dealer_busts",
                "bins": [0.25, 0.5],
            },
            call("hit", own_total=12, dealer_busts=0.3),
            "from 0.25 to below 0.5",
            id="a fraction",
        ),
    ],
)
def test_code_reads_the_property(
    parameters: dict[str, Any], action: Any, value: str
) -> None:
    env = made(parameters, "act")
    env.reset(seed=1)
    env.step(action)
    assert value == told(env)["value"]
    assert value in told(env)["options"]


@pytest.fixture
def shell() -> Iterator[Env]:
    with closing(made(SHELL, "act")) as env:
        yield env


@pytest.mark.parametrize(
    ("action", "value"),
    [
        (call("bash", command="ls -la"), "yes"),
        (call("bash", command="pwd"), "no"),
        (call("submit", answer="ls"), "no such argument"),
    ],
)
def test_a_shell_is_acted_in_once(shell: Env, action: Any, value: str) -> None:
    shell.reset(seed=0)
    shell.step(action)
    assert shell.over
    assert value == told(shell)["value"]
    assert ["no", "no such argument", "yes"] == told(shell)["options"]


def test_a_plan_fixes_the_sandbox_of_the_world() -> None:
    kind: Any = type(made({}, "act"))
    settled = kind.settle({"environment": "Shell-v1", "settings": {"task": None}})
    assert settled["settings"]["sandbox"] in ("docker", "bubblewrap")
    assert made(SHELL, "act").blocking
    assert not made(HAND, "act").blocking


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"environment": "Blackjack-v2"}, "unknown environment"),
        ({"environment": NAME}, "cannot be about itself"),
        ({"settings": {"decks": 2}}, "decks: is not an argument"),
        ({"property": "letter"}, "'letter' needs argument"),
        ({"argument": "x"}, "'first-tool' takes no argument"),
        ({"property": "number-bin", "argument": "x"}, "needs bins"),
        ({"property": "mentions", "argument": "x"}, "needs text"),
        (ROUND | {"argument": "numbr"}, "known: number, predictions.player-2"),
        (ROUND | {"property": "letter"}, "needs one of a few listed values"),
        (ROUND | {"property": "number-bin", "bins": [5, 5]}, "must rise"),
        (ROUND | {"property": "first-tool", "argument": None}, "nothing is left to"),
        (ROUND | {"others": {"player-9": "random"}}, "'player-9' is none of the seats"),
        (ROUND | {"others": {"player-2": "nobody"}}, "unknown agent 'nobody'"),
        ({"before": -1}, "before"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_line(
    parameters: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UserError, match=problem) as refused:
        make_env(NAME, parameters)
    assert "\n" not in str(refused.value)


def unnoted(about: str, data: Mapping[str, object]) -> None:
    """Drop a note."""


def session(agent: Any, env: Env, seed: int, draws: int) -> str:
    """Play one session and return what was done or predicted."""
    observation, info = env.reset(seed=seed)
    agent.reset(
        seat=env.turn,
        instructions=env.instructions(env.turn),
        tools=list(env.tools(env.turn).values()),
        seed=draws,
        note=unnoted,
    )
    message = anyio.run(agent.act, observation, info["view"], ())
    env.step(message.tool_calls[0])
    assert env.over
    return told(env)["value"]


@pytest.mark.parametrize(
    ("player", "parameters"),
    [("basic-strategy", HAND), ("level-2", ROUND), ("level-3", ROUND)],
)
def test_an_agent_that_knows_itself_is_always_right(
    player: str, parameters: dict[str, Any]
) -> None:
    agent = InsightAgent(player=player)
    act, predict = made(parameters, "act"), made(parameters, "predict")
    for seed in range(30):
        done = session(agent, act, seed, draws=1)
        assert done == session(agent, predict, seed, draws=2)
        assert 1.0 == told(predict)["confidence"]


def test_insight_says_whom_and_where_it_can_play() -> None:
    agent = InsightAgent(player="basic-strategy")
    game = "arena/SelfPrediction-v1"
    assert agent.refuses(game, {}) is None
    assert agent.refuses(game, {"environment": "arena/Blackjack-v1"}) is None
    assert agent.refuses("arena/Blackjack-v1", {})
    assert agent.refuses(game, {"environment": "arena/NumberGuessing-v1"})
    with pytest.raises(UserError, match="does not know its own probabilities"):
        InsightAgent(player="random")


def test_drawing_with_one_seed_is_no_insight() -> None:
    """In a run both sessions have the same seed, but agents draw apart."""
    act, predict = made(HAND, "act"), made(HAND, "predict")
    assert act.apart != predict.apart
    agent = RandomAgent()
    hits = 0
    for seed in range(200):
        values: list[str] = []
        for env in (act, predict):
            observation, info = env.reset(seed=seed)
            player = Player(env.turn, agent)
            player.reset(env, seed, unnoted)
            player.tell(observation, info["view"])
            env.step(anyio.run(player.act).tool_calls[0])
            values.append(told(env)["value"])
        hits += values[0] == values[1]
    assert 70 < hits < 130


def test_a_chat_model_predicts_in_a_session_of_its_own(tmp_path: Path) -> None:
    said = [{"name": "predict", "args": {"option": "stand", "confidence": 0.7}}]
    options = {"model_options": {"replies": [said]}}
    spec = AgentSpec(name="chat", model="scripted:x", options=options)
    name = "social/self-prediction-blackjack"
    trajectory = play_one(tmp_path / "run", name, agent=spec, items=1)
    evidence = trajectory.evidence["self_prediction"]
    assert ("predict", "stand", 0.7) == tuple(
        evidence[key] for key in ("mode", "value", "confidence")
    )
    (seen,) = trajectory.of_kind("observation")[:1]
    assert "Your cards" in seen["text"]
