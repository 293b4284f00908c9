"""The agents for long tasks over HTTP, whole episodes against a scripted server."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai_server import OpenAIServer, Reply
from playing import play_one

from arena.agent import AgentSpec
from arena.trajectory import Trajectory

HIT, STAND = Reply(tool_calls=(("hit", "{}"),)), Reply(tool_calls=(("stand", "{}"),))
# Seed 3 deals a hand that can be hit at least twice without going over.
SEED = 3
TASK = "Take one more card."


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)


def play(
    tmp_path: Path, *script: Reply, agent: str = "delegate", **more: Any
) -> tuple[Trajectory, list[Any]]:
    """Play a hand of Blackjack; return the record, and the bodies of the requests."""
    limits = more.pop("limits", {})
    with OpenAIServer(script) as server:
        options = {"base_url": server.base_url, "timeout_s": 5.0} | more
        spec = AgentSpec(name=agent, model="openai:test-model", options=options)
        record = play_one(
            tmp_path / "run", "games/blackjack", agent=spec, seed=SEED, limits=limits
        )
        return record, [request.body for request in server.requests]


def call(name: str, **args: Any) -> Reply:
    return Reply(tool_calls=((name, json.dumps(args)),))


def tools(body: Any) -> set[str]:
    return {tool["function"]["name"] for tool in body["tools"]}


def notes(record: Trajectory, about: str) -> list[Any]:
    return [note for note in record.of_kind("note") if note["about"] == about]


def test_simple_is_told_how_to_work_and_the_task(tmp_path: Path) -> None:
    record, (first, _) = play(tmp_path, HIT, STAND, agent="simple")
    system = first["messages"][0]["content"]
    assert record.header.instructions["player"] in system
    assert "take another way" in system
    assert {"hit", "stand"} == tools(first)
    assert record.end is not None
    assert "completed" == record.end["reason"]


def test_a_part_is_played_by_a_sub_agent_and_reported(tmp_path: Path) -> None:
    record, bodies = play(
        tmp_path,
        call("delegate", task=TASK),
        HIT,
        call("report", result="One card taken."),
        STAND,
    )
    main, sub, sub_again, main_again = bodies
    assert {"hit", "stand", "delegate"} == tools(main)
    assert {"hit", "stand", "report"} == tools(sub)
    assert ["system", "user"] == [m["role"] for m in sub["messages"]]
    assert TASK == sub["messages"][1]["content"]
    assert "Your cards" in sub_again["messages"][-1]["content"]
    # The main conversation has the report as the answer to its call, and no more.
    assert main["messages"] == main_again["messages"][:2]
    asked, answer = main_again["messages"][2:]
    assert asked["tool_calls"][0]["id"] == answer["tool_call_id"]
    assert "One card taken." == answer["content"]
    assert ["hit", "stand"] == [s["call"]["name"] for s in record.of_kind("step")]
    assert TASK == notes(record, "delegated")[0]["task"]
    told = notes(record, "reported")[0]
    assert ("One card taken.", 2) == (told["result"], told["turns"])


def test_a_sub_agent_cannot_end_the_task(tmp_path: Path) -> None:
    record, bodies = play(
        tmp_path,
        call("delegate", task=TASK),
        call("submit", answer="all done"),
        Reply(tool_calls=(("hit", "{}"), ("submit", "{}"))),
        call("report", result="One card taken."),
        STAND,
    )
    assert ["hit", "stand"] == [s["call"]["name"] for s in record.of_kind("step")]
    assert "do not have this tool" in bodies[2]["messages"][-1]["content"]
    answers = {m.get("tool_call_id"): m["content"] for m in bodies[3]["messages"]}
    asked = bodies[3]["messages"][-3]["tool_calls"]
    assert all(answers[one["id"]] for one in asked)


def test_usage_is_that_of_all_conversations(tmp_path: Path) -> None:
    record, bodies = play(
        tmp_path, call("delegate", task=TASK), call("report", result="no"), STAND
    )
    assert record.end is not None
    used = record.end["usage"]["player"]
    assert (1, 3) == (used["turns"], len(bodies))
    assert (30, 15) == (used["input_tokens"], used["output_tokens"])


def test_own_calls_beside_others_are_answered_and_not_done(tmp_path: Path) -> None:
    both = Reply(tool_calls=(("hit", "{}"), ("delegate", json.dumps({"task": TASK}))))
    record, (_, second) = play(tmp_path, both, STAND)
    answers = {m["tool_call_id"]: m for m in second["messages"] if m["role"] == "tool"}
    ids = [c["id"] for c in second["messages"][2]["tool_calls"]]
    assert set(ids) == set(answers)
    assert "alone" in answers[ids[1]]["content"]
    assert [] == notes(record, "delegated")


def test_wrong_arguments_of_an_own_call_are_answered_within(tmp_path: Path) -> None:
    record, (_, second) = play(tmp_path, call("delegate", part="x"), STAND)
    assert "task: is missing" in second["messages"][-1]["content"]
    assert record.end is not None
    assert 0 == record.end["usage"]["player"]["tool_errors"]


def test_a_sub_agent_without_a_report_is_ended_at_its_bound(tmp_path: Path) -> None:
    record, bodies = play(
        tmp_path, call("delegate", task=TASK), HIT, HIT, STAND, sub_turns=2
    )
    assert "one message left" in bodies[2]["messages"][-1]["content"]
    assert "without a report, after 2" in bodies[3]["messages"][-1]["content"]
    assert ["hit", "stand"] == [s["call"]["name"] for s in record.of_kind("step")]
    assert 2 == notes(record, "reported")[0]["turns"]


def test_an_agent_that_only_delegates_comes_to_its_limits(tmp_path: Path) -> None:
    asked, told = call("delegate", task=TASK), call("report", result="nothing")
    record, bodies = play(tmp_path, *[asked, told] * 20, limits={"turns": 2})
    assert record.end is not None
    assert "turn_limit" == record.end["reason"]
    assert 16 == len(bodies)
