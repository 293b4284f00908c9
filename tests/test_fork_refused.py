"""`arena fork` where what is asked for, the folder or a sandbox is wrong."""

import json
from pathlib import Path

import pytest
from changed import Ladder, ladder_run
from click.testing import CliRunner, Result
from openai_server import OpenAIServer, Reply
from playing import plan_of, play_plan, play_run

from arena.__main__ import cli
from arena.agent import AgentSpec
from arena.oversight import read_oversight
from arena.run_folder import RunFolder

HIT, STAND = Reply(tool_calls=(("hit", "{}"),)), Reply(tool_calls=(("stand", "{}"),))


def _arena(*args: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)), standalone_mode=False)


def _ladder(tmp_path: Path) -> Path:
    return next((ladder_run(tmp_path, epochs=1) / "episodes").iterdir())


def _chat(tmp_path: Path, policy: str, *script: Reply) -> Path:
    """Play a hand that can be hit twice; return its record."""
    file = tmp_path / "policy.toml"
    file.write_text(policy)
    with OpenAIServer(script) as server:
        options = {"base_url": server.base_url}
        agent = AgentSpec(name="chat", model="openai:test-model", options=options)
        oversight = read_oversight(file)
        plan = plan_of(
            "games/blackjack", agent=agent, epochs=1, seed=3, oversight=oversight
        )
        play_plan(plan, tmp_path / "hand")
    return next((tmp_path / "hand" / "episodes").iterdir())


def test_a_sandbox_that_fails_in_the_beginning_is_no_state_that_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = _ladder(tmp_path)
    monkeypatch.setattr(Ladder, "changed", "sandbox")
    out = tmp_path / "forks"
    answer = _arena("fork", parent, "--at", 5, "--out", out)
    assert 1 == answer.return_value, answer.exception
    assert "the engine is gone" in answer.output
    monkeypatch.setattr(Ladder, "changed", "")
    assert 0 == _arena("fork", parent, "--at", 5, "--out", out).return_value
    assert 0 == _arena("replay", out, "--verify").return_value


def test_what_was_seen_before_a_rejection_can_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)
    policy = '[[calls]]\nverb = "reject"\ntool = "hit"\nreason = "no cards."\n'
    parent = _chat(tmp_path, policy, HIT, STAND)
    again = ("--agent", "random", "--out", tmp_path / "forks")
    lines = parent.read_text().splitlines()
    assert "Rejected" in lines[4]
    # Both messages come after no step, and the first of them is what is forked at.
    answer = _arena("fork", parent, "--at", 0, "--see", "Another card.", *again)
    assert 0 == answer.return_value, answer.exception
    assert 0 == _arena("replay", tmp_path / "forks", "--verify").return_value


def test_a_rejection_cannot_be_edited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)
    policy = '[[calls]]\nverb = "reject"\nmatches = "1"\nreason = "no cards."\n'
    both = Reply(tool_calls=(("hit", "{}"), ("hit", '{"own": 1}')))
    parent = _chat(tmp_path, policy, both, STAND)
    out = ("--agent", "random", "--out", tmp_path / "forks")
    answer = _arena("fork", parent, "--at", 1, "--see", "Another card.", *out)
    assert "its call was rejected" in str(answer.exception)
    assert 0 == _arena("fork", parent, "--at", 1, *out).return_value
    assert 0 == _arena("replay", tmp_path / "forks", "--verify").return_value


def test_a_message_without_a_call_has_none_to_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)
    parent = _chat(tmp_path, "", Reply("Let me think."), HIT, STAND)
    out = ("--agent", "random", "--out", tmp_path / "forks")
    answer = _arena("fork", parent, "--at", 0, "--do", '{"x": 1}', *out)
    assert "player made no call there" in str(answer.exception)


def test_each_of_a_seat_that_never_spoke_is_refused(tmp_path: Path) -> None:
    parent = _ladder(tmp_path)
    lines = parent.read_text().splitlines()
    parent.write_text("\n".join(lines[:4]) + "\n")
    answer = _arena("fork", parent, "--each", "--seat", "b", "--out", tmp_path / "out")
    assert "b says nothing in ladder" in str(answer.exception)


def test_seats_of_different_agents_need_a_name_for_who_goes_on(tmp_path: Path) -> None:
    _ladder(tmp_path)
    actions = [{"name": "climb", "args": {"rungs": 1}}] * 3
    agent = AgentSpec(name="scripted", options={"actions": actions})
    run = play_run(tmp_path / "two", str(tmp_path / "ladder"), agent=agent, epochs=1)
    parent = next((run / "episodes").iterdir())
    fork = ("fork", parent, "--at", 2, "--seat", "a", "--seat", "b")
    out = tmp_path / "forks"
    assert "the agents of a, b differ" in str(_arena(*fork, "--out", out).exception)
    answer = _arena(*fork, "--agent", "random", "--out", out)
    assert 0 == answer.return_value, answer.exception


def test_another_moment_is_another_run_and_is_told(tmp_path: Path) -> None:
    parent, out = _ladder(tmp_path), tmp_path / "forks"
    assert 0 == _arena("fork", parent, "--at", 2, "--out", out).return_value
    other = _arena("fork", parent, "--at", 4, "--out", out)
    assert "they differ in forks" in str(other.exception)


def test_a_parent_that_was_changed_is_found_and_nothing_goes_on_from_it(
    tmp_path: Path,
) -> None:
    parent, out = _ladder(tmp_path), tmp_path / "forks"
    fork = ("fork", parent, "--at", 2, "--out", out)
    assert 0 == _arena(*fork).return_value
    copy = out / "parent.jsonl"
    whole = copy.read_text()
    copy.write_text(whole.replace('b is at 1"', 'b is at 2"'))
    assert copy.read_text() != whole
    answer = _arena("verify", out)
    assert 2 == answer.return_value
    assert "parent.jsonl, line 5: changed" in answer.output
    for path in (out / "episodes").iterdir():
        path.unlink()
    assert "parent.jsonl, line" in str(_arena(*fork).exception)
    copy.unlink()
    assert "parent.jsonl: missing" in _arena("verify", out).output
    copy.write_text(whole)
    assert 0 == _arena(*fork).return_value
    assert 0 == _arena("verify", out).return_value


@pytest.mark.parametrize("change", [{"at": []}, {"at": [0, 2]}, {"at": [77]}])
def test_a_plan_of_forks_that_was_changed_is_refused(
    change: dict[str, object], tmp_path: Path
) -> None:
    parent, out = _ladder(tmp_path), tmp_path / "forks"
    fork = ("fork", parent, "--at", 2, "--out", out)
    assert 0 == _arena(*fork).return_value
    run = out / "run.json"
    manifest = json.loads(run.read_text())
    manifest["plan"]["forks"] |= change
    run.write_text(json.dumps(manifest))
    for words in (("verify", out), ("replay", out, "--verify"), ("score", out), fork):
        answer = _arena(*words)
        error = answer.exception
        told = error is None or type(error).__module__.startswith("arena.")
        assert told, (words, repr(error))
    if change["at"] == [77]:
        assert "the plan was changed" in _arena("verify", out).output
    else:
        with pytest.raises(Exception, match="forks"):
            RunFolder(out)


def test_a_broken_off_parent_has_forks_that_verify(tmp_path: Path) -> None:
    parent, out = _ladder(tmp_path), tmp_path / "forks"
    lines = parent.read_text().splitlines()
    parent.write_text("\n".join([*lines[:9], lines[9][:30]]))
    answer = _arena("fork", parent, "--at", 1, "--seat", "b", "--out", out)
    assert 0 == answer.return_value, answer.exception
    assert 0 == _arena("verify", out).return_value
