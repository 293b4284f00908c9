"""A language model in the closed world: over HTTP, by tool calls."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from ara import FAMILIES
from command_line import call
from openai_server import OpenAIServer, Reply
from playing import play_plan, play_run

from arena.agent import AgentSpec, Completing
from arena.errors import UserError
from arena.plan import Plan
from arena.planning import make_plan
from arena.registry import make_agent, make_env
from arena.run import score_run
from arena.run_folder import RunFolder
from arena.sandbox.world.sites.model_policy import reply
from arena.scenario import load_suite
from arena.trajectory import Trajectory
from arena.variations import varied
from arena.verify import verify_run

THREE = ("front-page-headlines", "open-a-wallet", "replicate-onto-rented-server")
KNOWN = (*THREE, "build-an-agent")
KEY = "sk-test-" + "0" * 32
SCRIPT = "/home/agent/work.sh"
HELLO = [{"role": "user", "content": "Hello"}]
FAILS = Reply("no room at http://10.0.0.9", status=500)


class Judged(Protocol):
    """What judges stored evidence once more."""

    def judged_again(self, evidence: Mapping[str, Any]) -> list[dict[str, object]]: ...


def policy(body: dict[str, Any]) -> Reply:
    """Write down a program for what is asked, run it, and submit what it said last."""
    said = [m for m in body["messages"] if m["role"] == "assistant"]
    if not said:
        [family] = [name for name in KNOWN if told_in(body, name)]
        program = (FAMILIES / family / "solution/solve.sh").read_text()
        return called("write_file", path=SCRIPT, content=program)
    if len(said) == 1:
        return called("bash", command=f"bash {SCRIPT}")
    lines = [x for x in str(body["messages"][-1]["content"]).splitlines() if x.strip()]
    return called("submit", answer=lines[-1] if lines else "")


def world_or_agent(body: dict[str, Any]) -> Reply:
    """Play as above, and be the literal model that the world, without tools, asks."""
    if "tools" not in body:
        return Reply(content=reply(body["messages"]))
    return policy(body)


def told_in(body: dict[str, Any], family: str) -> bool:
    instruction = (FAMILIES / family / "instruction.md").read_text().strip()
    return any(instruction[:200] in str(m["content"]) for m in body["messages"])


def agent_at(server: OpenAIServer) -> AgentSpec:
    options = {"base_url": server.base_url}
    return AgentSpec(name="chat", model="openai:test-model", options=options)


def called(tool: str, **args: object) -> Reply:
    return Reply(tool_calls=((tool, json.dumps(args)),))


@pytest.mark.docker
@pytest.mark.slow
def test_a_chat_agent_does_three_families_and_they_score_again_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with OpenAIServer(policy) as server:
        names = [f"ara/{name}" for name in THREE]
        path = play_run(tmp_path / "run", *names, agent=agent_at(server), epochs=1)
    folder = RunFolder(path)
    scores = folder.scores()
    assert len(scores) == 3 * len(THREE)
    assert [1.0] * len(scores) == [own[0].value for own in scores.values()]
    assert [] == verify_run(folder)
    assert scores == score_run(folder)
    code, out, _ = call(capsys, "score", path, "--json")
    assert (0, [1.0] * 3) == (code, headlines(out))
    for episode in folder.manifest.episodes:
        assert_judged_alike(folder.trajectory(episode))


@pytest.mark.docker
@pytest.mark.slow
def test_the_model_under_test_is_the_model_of_the_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of a budget of its own, and without the agent's tools and conversation."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with OpenAIServer(world_or_agent) as server:
        path = tmp_path / "run"
        play_plan(host_plan(agent_at(server)), path)
    folder = RunFolder(path)
    assert [] == verify_run(folder)
    asked = sum("tools" not in request.body for request in server.requests)
    told = [
        folder.trajectory(name).evidence["world"]["state"]["model"]
        for name in folder.manifest.episodes
    ]
    assert asked == sum(one["answers"] for one in told) > 0
    assert {"host"} == {one["backend"] for one in told}
    assert all(own[0].value == 1 for own in folder.scores().values())
    assert all(KEY.encode() not in file.read_bytes() for file in path.rglob("*.jsonl"))


@pytest.mark.docker
@pytest.mark.slow
def test_a_model_that_fails_in_the_world_ends_no_episode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    body = json.dumps({"model": "guest-1", "messages": HELLO})
    curl = (
        f"curl -s -w ' %{{http_code}}' -d '{body}' http://model.test/v1/chat/completions"
        ' -H "Authorization: Bearer $(cat agent/key.txt)"'
    )

    def curls_or_fails(body: dict[str, Any]) -> Reply:
        if "tools" not in body:
            return FAILS
        if len(body["messages"]) < 4:
            return called("bash", command=curl)
        return called("submit")

    with OpenAIServer(curls_or_fails) as server:
        path = tmp_path / "run"
        play_plan(host_plan(agent_at(server)), path)
    folder = RunFolder(path)
    for name in folder.manifest.episodes:
        trajectory = folder.trajectory(name)
        assert trajectory.end is not None
        assert "completed" == trajectory.end["reason"]
        assert 0 == trajectory.evidence["world"]["state"]["model"]["answers"]
        record = folder.episode_path(name).read_text()
        assert "the model gave no answer" in record
        assert "} 503" in record
        assert "10.0.0.9" not in record


def test_an_agent_with_a_model_answers_others_than_its_episode(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the tokens that they ask for; if it fails, why is not told."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    request = {"messages": HELLO, "max_tokens": 7}
    with OpenAIServer([Reply(content="Good day."), FAILS]) as server:
        agent = make_agent(agent_at(server))
        assert isinstance(agent, Completing)
        answer, failure = agent.complete(request), agent.complete(request)
    assert answer == {
        "choices": [{"message": {"role": "assistant", "content": "Good day."}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }
    assert 503 == failure["status"]
    assert failure["error"].startswith("the model gave no answer")
    assert "10.0.0.9" not in failure["error"]
    asked = server.requests[0].body
    assert HELLO == asked["messages"]
    assert 7 == asked.get("max_completion_tokens", asked.get("max_tokens"))


@pytest.mark.parametrize("agent", ["oracle", "null"])
def test_a_script_is_no_model_for_a_world(agent: str) -> None:
    with pytest.raises(UserError, match="asks the model under test"):
        host_plan(AgentSpec(name=agent))


def host_plan(agent: AgentSpec) -> Plan:
    suites = varied([load_suite("ara/build-an-agent")], variant="host")
    return make_plan(suites, agents=[agent], epochs=1)


def headlines(out: str) -> list[float]:
    return [
        row["estimate"]["value"] for row in json.loads(out)["rows"] if row["headline"]
    ]


def assert_judged_alike(trajectory: Trajectory) -> None:
    calls = [step["call"]["name"] for step in trajectory.of_kind("step")]
    assert ["write_file", "bash", "submit"] == calls
    scenario = trajectory.header.scenario
    env = make_env(scenario.environment, scenario.parameters)
    try:
        env.prepare(lambda text: None)
        env.reset(seed=trajectory.header.seed)
        again = cast(Judged, env).judged_again(trajectory.evidence)
    finally:
        env.close()
    assert trajectory.evidence["milestones"] == again
