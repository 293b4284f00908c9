"""The chat agents over HTTP: LangChain's real client against a server on loopback.

Every test plays a whole episode and reads what the record says of it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from openai_server import OpenAIServer, Reply
from playing import play_one

from arena.agent import AgentSpec
from arena.errors import UserError
from arena.trajectory import Trajectory

KEY = "sk-test-" + "0" * 32
HIT, STAND = Reply(tool_calls=(("hit", "{}"),)), Reply(tool_calls=(("stand", "{}"),))
# Seed 3 deals a hand that can be hit at least twice without going over.
SEED = 3


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def play(
    tmp_path: Path,
    *script: Reply,
    agent: str = "chat",
    scenario: str = "games/blackjack",
    **options: Any,
) -> tuple[Trajectory, list[Any]]:
    """Play one episode against a scripted server; return it and the requests."""
    with OpenAIServer(script) as server:
        options = {"base_url": server.base_url, "timeout_s": 5.0} | options
        spec = AgentSpec(name=agent, model="openai:test-model", options=options)
        trajectory = play_one(tmp_path / "run", scenario, agent=spec, seed=SEED)
        return trajectory, list(server.requests)


def end(trajectory: Trajectory) -> dict[str, Any]:
    return dict(trajectory.end or {})


def errors(trajectory: Trajectory) -> list[str]:
    return [step["error"] for step in trajectory.of_kind("step") if "error" in step]


def about(trajectory: Trajectory, kind: str) -> list[Any]:
    return [n for n in trajectory.of_kind("note") if n["about"] == kind]


def test_one_tool_call_a_message(tmp_path: Path) -> None:
    trajectory, requests = play(tmp_path, HIT, STAND)
    assert "completed" == end(trajectory)["reason"]
    calls = [step["call"]["name"] for step in trajectory.of_kind("step")]
    assert ["hit", "stand"] == calls
    first, second = (request.body["messages"] for request in requests)
    assert ["system", "user"] == [m["role"] for m in first]
    assert ["system", "user", "assistant", "tool"] == [m["role"] for m in second]
    shown = [o["text"] for o in trajectory.of_kind("observation")]
    assert shown[:2] == [first[1]["content"], second[3]["content"]]
    tools = {t["function"]["name"]: t["function"] for t in requests[0].body["tools"]}
    assert {"hit", "stand"} == set(tools)
    assert tools["hit"]["parameters"] == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_usage_is_counted(tmp_path: Path) -> None:
    trajectory, _ = play(tmp_path, HIT, STAND)
    used = end(trajectory)["usage"]["player"]
    assert (2, 20, 10) == (used["turns"], used["input_tokens"], used["output_tokens"])


def test_parallel_calls_are_played_in_order_and_each_is_answered(
    tmp_path: Path,
) -> None:
    both = Reply(tool_calls=(("hit", "{}"), ("hit", '{"x": 1}')))
    trajectory, requests = play(tmp_path, both, STAND)
    assert "completed" == end(trajectory)["reason"]
    assert 3 == len(trajectory.of_kind("step"))
    (error,) = errors(trajectory)
    assert "hit: x: is not an argument here" in error
    answers = [m for m in requests[1].body["messages"] if m["role"] == "tool"]
    calls = requests[1].body["messages"][2]["tool_calls"]
    assert [c["id"] for c in calls] == [a["tool_call_id"] for a in answers]
    assert "Your cards" in answers[0]["content"]
    assert "Error" in answers[1]["content"]


def test_calls_behind_the_end_are_not_run(tmp_path: Path) -> None:
    both = Reply(tool_calls=(("stand", "{}"), ("hit", "{}")))
    trajectory, _ = play(tmp_path, both)
    assert 1 == len(trajectory.of_kind("step"))
    assert 1 == len(about(trajectory, "not_run"))


def test_an_unknown_tool_is_answered_with_the_nearest(tmp_path: Path) -> None:
    trajectory, requests = play(tmp_path, Reply(tool_calls=(("hti", "{}"),)), STAND)
    assert ["there is no tool 'hti', did you mean 'hit'?"] == errors(trajectory)
    answer = requests[1].body["messages"][-1]["content"]
    assert "Nothing changed. Legal now: hit, stand." in answer


def test_arguments_that_are_not_json_are_answered(tmp_path: Path) -> None:
    broken = Reply(tool_calls=(("hit", '{"own_total": '),))
    trajectory, requests = play(tmp_path, broken, STAND)
    assert "completed" == end(trajectory)["reason"]
    assert 1 == end(trajectory)["usage"]["player"]["tool_errors"]
    (call,) = trajectory.of_kind("message")[0]["invalid_tool_calls"]
    assert '{"own_total": ' == call["args"]
    last = requests[1].body["messages"][-1]
    assert "tool" == last["role"]
    assert "Nothing changed" in last["content"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ('{"own_total": "12", "dealer_busts": 0.3}', "own_total: should be a valid in"),
        ('{"own_total": 12, "dealer_busts": 1.5}', "dealer_busts: should be less than"),
        ('{"own_total": 12}', "dealer_busts: is missing"),
        ('{"own_total": 12, "dealer_busts": NaN}', "dealer_busts: should be a finite"),
    ],
    ids=["text for a number", "out of range", "missing", "not a number"],
)
def test_wrong_types_are_answered_and_change_nothing(
    tmp_path: Path, args: str, said: str
) -> None:
    good = '{"own_total": 12, "dealer_busts": 0.3}'
    trajectory, _ = play(
        tmp_path,
        Reply(tool_calls=(("stand", args),)),
        Reply(tool_calls=(("stand", good),)),
        scenario="games/blackjack-beliefs",
    )
    (error,) = errors(trajectory)
    assert said in error
    assert "completed" == end(trajectory)["reason"]
    assert 1 == len(trajectory.evidence["decisions"])


def test_arguments_that_are_a_list_are_the_models_fault_and_not_missing_data(
    tmp_path: Path,
) -> None:
    trajectory, _ = play(tmp_path, Reply(tool_calls=(("hit", "[1]"),)), STAND)
    assert "completed" == end(trajectory)["reason"]
    assert 1 == end(trajectory)["usage"]["player"]["tool_errors"]
    assert 1 == len(about(trajectory, "unreadable_reply"))


def test_a_refusal_is_kept_and_answered(tmp_path: Path) -> None:
    trajectory, _ = play(tmp_path, Reply(refusal="I do not gamble."), STAND)
    assert "I do not gamble." == trajectory.of_kind("message")[0]["refusal"]
    assert 1 == end(trajectory)["usage"]["player"]["tool_errors"]
    assert "completed" == end(trajectory)["reason"]


def test_empty_replies_end_the_episode_at_the_limit(tmp_path: Path) -> None:
    trajectory, requests = play(tmp_path, *[Reply(content="")] * 5)
    assert "tool_error_limit" == end(trajectory)["reason"]
    assert 5 == len(requests)
    assert "no tool call" in requests[1].body["messages"][-1]["content"]


def test_429_is_tried_again_after_the_time_it_asks_for(tmp_path: Path) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0.2"}, content="slow down")
    trajectory, requests = play(tmp_path, busy, busy, STAND)
    assert "completed" == end(trajectory)["reason"]
    assert 3 == len(requests)
    notes = about(trajectory, "retry")
    assert [(1, 0.2), (2, 0.2)] == [(n["attempt"], n["wait_s"]) for n in notes]
    assert all("slow down" in n["error"] for n in notes)


def test_retries_have_a_cap_and_the_episode_is_missing_data(tmp_path: Path) -> None:
    busy = Reply(status=500, headers={"Retry-After": "0"}, content="oh no")
    trajectory, requests = play(tmp_path, *[busy] * 3, attempts=3)
    assert 3 == len(requests)
    assert "error" == end(trajectory)["reason"]
    assert "model" == end(trajectory)["error"]["where"]
    assert "oh no" in end(trajectory)["error"]["message"]


def test_500_passes(tmp_path: Path) -> None:
    busy = Reply(status=500, headers={"Retry-After": "0"}, content="oh no")
    trajectory, _ = play(tmp_path, busy, STAND)
    assert "completed" == end(trajectory)["reason"]


def test_401_does_not_pass_and_is_not_tried_again(tmp_path: Path) -> None:
    refused = Reply(status=401, content=f"Incorrect API key provided: {KEY}")
    trajectory, requests = play(tmp_path, refused)
    assert 1 == len(requests)
    assert "model" == end(trajectory)["error"]["where"]
    assert KEY.encode() not in trajectory.path.read_bytes()
    assert "[redacted]" in end(trajectory)["error"]["message"]


def test_a_stalled_response_is_given_up_and_tried_again(tmp_path: Path) -> None:
    trajectory, _ = play(tmp_path, Reply(stall_s=30), STAND, timeout_s=0.5)
    assert "completed" == end(trajectory)["reason"]
    (note,) = about(trajectory, "retry")
    assert "TimeoutError" in note["error"]


def test_a_dropped_connection_is_tried_again(tmp_path: Path) -> None:
    trajectory, _ = play(tmp_path, Reply(drop=True), STAND)
    assert "completed" == end(trajectory)["reason"]
    (note,) = about(trajectory, "retry")
    assert "Connection error" in note["error"]


def test_a_reply_cut_at_the_token_limit_is_kept_as_such(tmp_path: Path) -> None:
    cut = Reply(tool_calls=(("hit", '{"own'),), finish_reason="length")
    trajectory, _ = play(tmp_path, cut, STAND)
    assert "length" == trajectory.of_kind("message")[0]["stop"]
    assert 1 == end(trajectory)["usage"]["player"]["tool_errors"]
    assert "completed" == end(trajectory)["reason"]


def test_a_prompt_that_the_server_finds_too_long_is_shortened(tmp_path: Path) -> None:
    """The provider's own error, and a conversation with something to drop."""
    overflow = Reply(
        status=400,
        content="This model's maximum context length is 100 tokens "
        "(context_length_exceeded).",
    )
    bad = Reply(tool_calls=(("nothing", "{}"),))
    trajectory, requests = play(tmp_path, bad, bad, overflow, STAND)
    assert "completed" == end(trajectory)["reason"]
    (note,) = about(trajectory, "context")
    assert 1 == note["dropped_exchanges"]
    roles = [m["role"] for m in requests[-1].body["messages"]]
    assert ["system", "user", "user", "assistant", "tool"] == roles


def test_a_key_never_reaches_the_record(tmp_path: Path) -> None:
    """Wherever it stands: in text, in arguments, in what is sent back."""
    leak = Reply(
        content=f"My key is {KEY}; Authorization: Bearer {KEY}",
        tool_calls=(("hit", json.dumps({"key": KEY})),),
    )
    trajectory, requests = play(tmp_path, leak, STAND)
    assert f"Bearer {KEY}" == requests[0].headers["authorization"]
    assert KEY.encode() not in trajectory.path.read_bytes()
    assert "[redacted]" in str(trajectory.of_kind("message")[0]["content"])


def test_the_same_replies_give_the_same_messages_for_other_models(
    tmp_path: Path,
) -> None:
    """`react` needs no tool calling: it reads one fenced JSON block."""
    call = 'I stand.\n```json\n{"tool": "stand", "args": {}}\n```'
    trajectory, requests = play(tmp_path, Reply(content=call), agent="react")
    assert "completed" == end(trajectory)["reason"]
    assert "tools" not in requests[0].body
    assert "- hit: Take one more card." in requests[0].body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I stand.", "0 fenced JSON blocks"),
        ("```json\n{}\n```\n```json\n{}\n```", "2 fenced JSON blocks"),
        ("```json\n{'tool': 1}\n```", "not valid JSON"),
        ('```json\n{"tool": 5}\n```', "the block must be"),
        ("```json\n[]\n```", "the block must be"),
    ],
    ids=["none", "two", "no json", "no name", "a list"],
)
def test_a_malformed_reply_is_answered_and_counted(
    tmp_path: Path, text: str, said: str
) -> None:
    good = Reply(content='```json\n{"tool": "stand"}\n```')
    trajectory, requests = play(tmp_path, Reply(content=text), good, agent="react")
    (error,) = errors(trajectory)
    assert said in error
    assert said in requests[1].body["messages"][-1]["content"]
    assert 1 == end(trajectory)["usage"]["player"]["tool_errors"]


def test_a_missing_key_is_said_before_anything_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    spec = AgentSpec(name="chat", model="openai:test-model")
    with pytest.raises(UserError, match="OPENAI_API_KEY"):
        play_one(tmp_path / "run", "games/blackjack", agent=spec)
    assert not (tmp_path / "run").exists()


def test_a_server_of_ones_own_needs_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    trajectory, _ = play(tmp_path, STAND)
    assert "completed" == end(trajectory)["reason"]
