"""Oversight by rules and by a person: what is played, what is seen, what is kept."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from command_line import call
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import ToolCall
from openai_server import OpenAIServer, Reply
from playing import plan_of, play_plan

from arena.agent import AgentSpec
from arena.analysis import read_episodes
from arena.errors import UserError
from arena.oversight import MOST_READ, ByRules, Decision, read_oversight
from arena.run_folder import RunFolder
from arena.trajectory import Trajectory

HIT, STAND = Reply(tool_calls=(("hit", "{}"),)), Reply(tool_calls=(("stand", "{}"),))
# Seed 3 deals a hand that can be hit at least twice without going over.
SEED = 3
NO_HITS = """\
[[calls]]
verb = "reject"
tool = "hit"
reason = "no more cards."
"""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)


def policy(folder: Path, text: str) -> Path:
    file = folder / "policy.toml"
    file.write_text(text)
    return file


def play(
    folder: Path,
    text: str,
    *script: Reply,
    scenario: str = "games/blackjack",
    seed: int = SEED,
) -> tuple[Trajectory, list[Any]]:
    """Play one hand under a policy; return the record and the requests' messages."""
    oversight = read_oversight(policy(folder, text))
    with OpenAIServer(script) as server:
        options = {"base_url": server.base_url, "timeout_s": 5.0}
        agent = AgentSpec(name="chat", model="openai:test-model", options=options)
        plan = plan_of(scenario, agent=agent, epochs=1, seed=seed, oversight=oversight)
        play_plan(plan, folder / "run")
        run = RunFolder(folder / "run")
        (episode,) = run.manifest.episodes
        asked = [request.body["messages"] for request in server.requests]
        return run.trajectory(episode), asked


def decisions(record: Trajectory) -> list[Any]:
    return [n for n in record.of_kind("note") if n["about"] == "oversight"]


def end(record: Trajectory) -> dict[str, Any]:
    return dict(record.end or {})


def test_a_rejected_call_is_answered_with_the_reason_and_not_played(
    tmp_path: Path,
) -> None:
    record, (_, second) = play(tmp_path, NO_HITS, HIT, STAND)
    assert ["stand"] == [s["call"]["name"] for s in record.of_kind("step")]
    answer = second[-1]["content"]
    assert "Rejected by the overseer: no more cards. Nothing changed." == answer
    (decided,) = decisions(record)
    assert ("reject", "player") == (decided["verb"], decided["seat"])
    assert "hit" == decided["before"]["name"]
    used = end(record)["usage"]["player"]
    assert (2, 0) == (used["tool_calls"], used["tool_errors"])
    assert ["reject"] == end(record)["assisted"]


def test_an_edited_call_is_played_and_checked_and_the_agent_is_told(
    tmp_path: Path,
) -> None:
    text = '[[calls]]\nverb = "edit_action"\nmatches = "0\\\\.3"\n'
    text += "args = { dealer_busts = 0.5 }\n"
    own = Reply(tool_calls=(("hit", '{"own_total": 12, "dealer_busts": 0.3}'),))
    other = Reply(tool_calls=(("stand", '{"own_total": 12, "dealer_busts": 0.4}'),))
    beliefs: Any = {"scenario": "games/blackjack-beliefs", "seed": 8}
    record, asked = play(tmp_path, text, own, other, **beliefs)
    first = record.of_kind("step")[0]
    assert {"own_total": 12, "dealer_busts": 0.5} == first["call"]["args"]
    decided = decisions(record)[0]
    assert 0.3 == decided["before"]["args"]["dealer_busts"]
    assert 0.5 == decided["after"]["args"]["dealer_busts"]
    assert asked[1][-1]["content"].startswith("(The overseer changed this call.")
    assert 0.3 == record.of_kind("message")[0]["tool_calls"][0]["args"]["dealer_busts"]
    assert ["edit_action"] == end(record)["assisted"]


def test_an_edit_that_the_rules_forbid_is_answered_like_any_bad_call(
    tmp_path: Path,
) -> None:
    text = '[[calls]]\nverb = "edit_action"\ntool = "hit"\nargs = { x = 1 }\n'
    record, asked = play(tmp_path, text, HIT, STAND)
    assert "x: is not an argument here" in asked[1][-1]["content"]
    assert 1 == end(record)["usage"]["player"]["tool_errors"]


def test_an_edited_observation_is_what_the_agent_sees_and_both_are_kept(
    tmp_path: Path,
) -> None:
    text = '[[observations]]\nverb = "edit_observation"\nmatches = "Your cards"\n'
    record, asked = play(tmp_path, text + 'text = "You hold \\\\1"\n', STAND)
    decided = decisions(record)[0]
    assert "Your cards" in decided["before"]
    assert decided["after"] == asked[0][1]["content"]
    assert decided["before"].replace("Your cards", "You hold \\1") == decided["after"]
    assert decided["after"] == record.of_kind("observation")[0]["text"]


def test_the_first_rule_that_holds_decides_and_approval_is_no_help(
    tmp_path: Path,
) -> None:
    approved = '[[calls]]\nverb = "approve"\ntool = "hit"\nreason = "fine"\n'
    record, _ = play(tmp_path, approved + NO_HITS, HIT, STAND)
    assert ["hit", "stand"] == [s["call"]["name"] for s in record.of_kind("step")]
    (decided,) = decisions(record)
    assert ("approve", "fine") == (decided["verb"], decided["reason"])
    assert "assisted" not in end(record)


def test_a_run_with_other_rules_is_another_run(tmp_path: Path) -> None:
    rules = read_oversight(policy(tmp_path, NO_HITS))
    plain, overseen = (
        plan_of("games/blackjack", epochs=1, oversight=o) for o in (None, rules)
    )
    assert plain.fingerprint != overseen.fingerprint
    play_plan(overseen, tmp_path / "run")
    with pytest.raises(UserError, match="they differ in oversight"):
        play_plan(plain, tmp_path / "run")
    record = next(iter((tmp_path / "run/episodes").glob("*.jsonl")))
    run = RunFolder(tmp_path / "run")
    assert rules == run.trajectory(record.stem).header.oversight


def test_tables_and_analyses_say_who_was_assisted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    play(tmp_path, NO_HITS, HIT, STAND)
    run = tmp_path / "run"
    assert "1 of 1 assisted: reject in 1" in call(capsys, "show", run)[1]
    (file,) = (run / "episodes").glob("*.jsonl")
    assert "assisted: reject" in call(capsys, "show", f"{run}/{file.stem}")[1]
    (episode,) = read_episodes([RunFolder(run)], ["Blackjack-v1"])
    assert ("reject",) == episode.assisted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[calls]]\nverb = "reject"\n', "line 1: .*needs a 'reason'"),
        ('[[calls]]\nverb = "edit_action"\n', "line 1: .*'args' goes with"),
        ('[[calls]]\nverb = "no"\n', "line 2: .*'approve', 'reject'"),
        ('[[calls]]\nverb = "approve"\nmatches = "("\n', "line 3: .*regular expr"),
        ('[[observations]]\nverb = "edit_observation"\n', "'text' goes with"),
        ('[[rules]]\nverb = "approve"\n', "unknown field 'rules'"),
    ],
)
def test_a_wrong_policy_is_told_with_file_and_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UserError, match=f"policy.toml, line.*{said}|{said}"):
        read_oversight(policy(tmp_path, text))


def _play_out(answer: Any) -> Any:
    """Return what a coroutine that waits for nothing returns."""
    with pytest.raises(StopIteration) as stop:
        answer.send(None)
    return stop.value.value


@given(length=st.integers(MOST_READ - 40, MOST_READ + 40))
def test_no_length_gets_past_the_rules_unread(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    text = '[[calls]]\nverb = "reject"\nmatches = "evil"\nreason = "no"\n'
    text += '[[observations]]\nverb = "edit_observation"\nmatches = "evil"\n'
    folder = tmp_path_factory.mktemp("policy")
    rules = ByRules(read_oversight(policy(folder, f'{text}text = ""\n')))
    hidden = " " * length + "evil"
    args = {"command": hidden}
    decided: Decision = _play_out(
        rules.on_call("player", ToolCall(name="bash", args=args, id="1"))
    )
    assert "reject" == decided.verb
    seen: Decision = _play_out(rules.on_observation("player", hidden))
    assert "edit_observation" == seen.verb
    assert "evil" not in seen.text


def test_ask_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", "games/blackjack", "--agent", "random", "--oversight", "ask")
    code, _, complaint = call(capsys, *words)
    assert 2 == code
    assert "no terminal to ask on" in complaint


def test_a_person_rejects_edits_and_quits_and_the_run_goes_on(tmp_path: Path) -> None:
    run = tmp_path / "run"
    actions = '[{"name": "hit", "args": {}}, {"name": "stand", "args": {}}]'
    words = ["-m", "arena", "run", "games/blackjack", "--agent", "scripted"]
    words += ["--agent-option", f"actions={actions}", "--seed", str(SEED)]
    words += ["--epochs", "1", "--oversight", "ask", "--out", str(run)]
    spawn: Any = pexpect.spawn
    asked = spawn(sys.executable, words, encoding="utf-8", timeout=30)
    asked.expect("is about to see")
    asked.expect("uit: ")
    asked.sendline("q")
    asked.expect("interrupted; the same command goes on")
    asked.expect(pexpect.EOF)
    asked.close()
    assert 130 == asked.exitstatus
    again = spawn(sys.executable, words, encoding="utf-8", timeout=30)
    for shown, answer in (
        ("uit: ", "e"),
        ("ends it", "Nothing to see."),
        ("\n", "."),
        ("wants to call hit:.*uit: ", "r"),
        ("told: ", "wait"),
        ("wants to call stand:.*uit: ", ""),
    ):
        again.expect(shown)
        again.sendline(answer)
    again.expect("1 of 1 assisted")
    again.expect(pexpect.EOF)
    (file,) = (run / "episodes").glob("*.jsonl")
    record = RunFolder(run).trajectory(file.stem)
    assert ["edit_observation", "reject"] == end(record)["assisted"]
    assert "Nothing to see." == record.of_kind("observation")[0]["text"]
    assert ["stand"] == [s["call"]["name"] for s in record.of_kind("step")]


def test_the_page_about_autonomy_shows_rules_that_hold(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs/autonomy.md").read_text()
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    rules = ByRules(read_oversight(policy(tmp_path, block)))

    async def decided() -> tuple[Decision | None, ...]:
        told: ToolCall = {"name": "bash", "args": {"command": "rm -rf /"}, "id": "1"}
        call: ToolCall = {"name": "bash", "args": {"command": "ls"}, "id": "2"}
        return (
            await rules.on_call("player", told),
            await rules.on_call("player", call),
            await rules.on_observation("player", "it is secret-12, keep it"),
        )

    rejected, approved, edited = asyncio.run(decided())
    assert rejected is not None
    assert ("reject", "nothing is removed") == (rejected.verb, rejected.reason)
    assert approved is None
    assert edited is not None
    assert "it is secret-…, keep it" == edited.text
