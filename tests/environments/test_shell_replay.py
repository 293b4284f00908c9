"""Shell episodes played again in fresh boxes, and forked."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result
from openai_server import OpenAIServer, Reply
from playing import play_run

from arena.__main__ import cli
from arena.agent import AgentSpec
from arena.environments.shell.unsteady import UNSTEADY
from arena.run_folder import RunFolder
from arena.trajectory import comparable

TASK = "ara/find-the-passphrase"
BOXES = [
    "bubblewrap",
    pytest.param("docker", marks=pytest.mark.docker),
]
STEADY = ["cd /tmp && echo one > a && sha256sum a", "cat a; pwd", "ls -a ~ | wc -l"]
UNSTEADY_COMMANDS = [
    "date; ls -l --full-time /tmp; stat -c %y ~",
    "mktemp; mktemp -d; sleep 5 & true",
    "time true; ls -U /proc/self/task | head -3 >/dev/null",
    "for i in a b c d; do echo $i > /tmp/f$i; done; ls -U /tmp",
]


def _arena(*args: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)), standalone_mode=False)


def _played(path: Path, sandbox: str, commands: list[str]) -> Path:
    """Play one world by commands, and return the file of its record."""
    actions: list[dict[str, Any]] = [
        {"name": "bash", "args": {"command": command}} for command in commands
    ]
    actions.append({"name": "submit", "args": {"answer": "I do not know"}})
    agent = AgentSpec(name="scripted", options={"actions": actions})
    run = play_run(path, TASK, agent=agent, epochs=1, sandbox=sandbox)
    return min((run / "episodes").iterdir())


@pytest.mark.parametrize("sandbox", BOXES)
def test_commands_give_again_what_they_gave(sandbox: str, tmp_path: Path) -> None:
    record = _played(tmp_path / "run", sandbox, STEADY)
    answer = _arena("replay", record, "--verify")
    assert "1 identical" in answer.output
    assert "rule" not in answer.output


@pytest.mark.parametrize("sandbox", BOXES)
def test_what_no_replay_repeats_is_made_equal_by_rules_with_names(
    sandbox: str, tmp_path: Path
) -> None:
    record = _played(tmp_path / "run", sandbox, UNSTEADY_COMMANDS)
    answer = _arena("replay", record, "--verify")
    assert 0 == answer.return_value, answer.output
    assert "1 identical" in answer.output
    assert "made equal by the rule 'times of day'" in answer.output


@pytest.mark.parametrize("sandbox", BOXES)
def test_what_still_differs_is_shown(sandbox: str, tmp_path: Path) -> None:
    record = _played(tmp_path / "run", sandbox, ["echo $RANDOM$RANDOM"])
    answer = _arena("replay", record, "--verify")
    assert 2 == answer.return_value
    assert "line 5, after 1 steps: observation differ" in answer.output


@pytest.mark.parametrize("sandbox", BOXES)
def test_another_agent_goes_on_in_the_box_that_the_first_steps_left(
    sandbox: str, tmp_path: Path
) -> None:
    record = _played(tmp_path / "run", sandbox, STEADY)
    out = tmp_path / "forks"
    words = ("--at", 0, "--at", 2, "--agent", "oracle", "--out", out)
    answer = _arena("fork", record, *words)
    assert 0 == answer.return_value, answer.output
    folder = RunFolder(out)
    values = {s.value for all_ in folder.scores().values() for s in all_}
    assert 1.0 in values
    for episode in folder.manifest.episodes:
        child = folder.trajectory(episode)
        assert child.header.parent is not None
        step = child.header.parent.step
        mine = [e for e in comparable(child) if e.get("kind") == "step"]
        assert STEADY[:step] == [s["call"]["args"]["command"] for s in mine[:step]]
        assert "submit" == mine[-1]["call"]["name"]
    assert 0 == _arena("verify", out).return_value
    assert 0 == _arena("replay", out, "--verify").return_value


@pytest.mark.parametrize("agent", ["chat", "react", "delegate"])
def test_a_model_that_takes_over_is_shown_what_was_said_before(
    agent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)
    record = _played(tmp_path / "run", "bubblewrap", STEADY)
    submit = {"tool": "submit", "args": {"answer": "done"}}
    reply = (
        Reply(content=f"```json\n{json.dumps(submit)}\n```")
        if agent == "react"
        else Reply(tool_calls=(("submit", json.dumps(submit["args"])),))
    )
    with OpenAIServer([reply]) as server:
        answer = _arena(
            *("fork", record, "--at", 2, "--out", tmp_path / "forks"),
            *("--agent", f"{agent}:openai:test-model", "--base-url", server.base_url),
        )
        assert 0 == answer.return_value, answer.output
        (request,) = server.requests
    told = "\n".join(_texts(request.body["messages"]))
    assert all(command in told for command in STEADY[:2])
    assert STEADY[2] not in told
    assert "one\n" in told  # what the second command gave


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a request, those in JSON within them too."""
    if isinstance(value, str):
        yield value
        for block in (value, *re.findall(r"```json\n(.*?)\n```", value, re.DOTALL)):
            with contextlib.suppress(ValueError):
                yield from _texts(json.loads(block))
    elif isinstance(value, dict):
        yield from _texts(list(cast(dict[str, Any], value).values()))
    elif isinstance(value, list):
        for item in cast(list[Any], value):
            yield from _texts(item)


@pytest.mark.parametrize(
    ("rule", "one", "other"),
    [
        (
            "times of day",
            "Wed Nov 25 14:22:52 UTC 2026",
            "Thu Nov 26 01:02:03 UTC 2026",
        ),
        (
            "times of day",
            "2026-11-25 14:22:52.123 +0000",
            "2027-01-02 03:04:05.6 +0000",
        ),
        (
            "times of day",
            "-rw-r--r-- 1 a a 4 Nov 25 14:22 f",
            "-rw-r--r-- 1 a a 4 Jan  2 03:04 f",
        ),
        ("times of day", "1795618929.25", "1795619264.78"),
        ("durations", "real 0m0.002s", "real 0m1.352s"),
        ("process numbers", "[1] 42", "[1] 7"),
        (
            "process numbers",
            "     14 pts/0    00:00:00 bash",
            "      7 pts/1    00:00:02 bash",
        ),
        (
            "process numbers",
            "agent  14  0.0  0.1 4 2 ?  Ss  14:22  0:00 bash",
            "agent   7  0.0  0.2 4 3 ?  Ss  14:25  0:01 bash",
        ),
        ("temporary names", "/tmp/tmp.Ab3dEf9hIj", "/tmp/tmp.XyZw098765"),
        ("order of lines", "b\na", "a\nb"),
        ("addresses of boxes", "10.213.4.5", "10.213.250.99"),
    ],
)
def test_a_rule_makes_equal_what_it_is_for(rule: str, one: str, other: str) -> None:
    assert one != other
    assert UNSTEADY[rule](one) == UNSTEADY[rule](other)


@pytest.mark.parametrize(
    "text",
    [
        *("4", "exit code 1", "total 12", "ara", "0.8", "server-1 is up", "crowns 45"),
        *("3 apples ? yes", "wait 5 seconds", "12 s"),
    ],
)
def test_rules_leave_alone_what_a_replay_repeats(text: str) -> None:
    for rule in UNSTEADY.values():
        assert text == rule(text)


def _banker(body: dict[str, Any]) -> Reply:
    """Look for keys, use that of the bank, and end."""
    heard = [m for m in body["messages"] if m["role"] == "tool"]
    if not heard:
        return _called("bash", command="cat ~/*.json ~/*/*.json")
    if len(heard) == 2:
        return _called("submit", answer="")
    key = re.findall(r"\b[0-9a-f]{24}\b", str(heard[0]["content"]))[1]
    header = f"Authorization: Bearer {key}"
    return _called("bash", command=f"curl -s -H '{header}' http://bank.test/v1/account")


def _called(tool: str, **args: object) -> Reply:
    return Reply(tool_calls=((tool, json.dumps(args)),))


@pytest.mark.docker
def test_a_key_of_a_closed_world_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)
    with OpenAIServer(_banker) as server:
        options = {"base_url": server.base_url}
        agent = AgentSpec(name="chat", model="openai:test-model", options=options)
        run = play_run(tmp_path / "run", "ara/earn-and-rent", agent=agent, epochs=1)
    record = min((run / "episodes").iterdir())
    assert "balance_cents" in record.read_text()
    answer = _arena("replay", record, "--verify")
    assert 0 == answer.return_value, answer.output
    out = tmp_path / "forks"
    answer = _arena("fork", record, "--at", 2, "--agent", "null", "--out", out)
    assert 0 == answer.return_value, answer.output
