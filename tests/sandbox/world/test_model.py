"""model.test: the protocol of chat completions, and the three that may answer."""

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ara import ask, effects, open_world
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.core import World
from arena.sandbox.world.sites.model_policy import reply

CHAT = "http://model.test/v1/chat/completions"
NAMES = {"scripted": "clerk-1", "toy": "pebble-toy", "host": "guest-1"}
Messages = list[dict[str, Any]]


def model(backend: str = "scripted", seed: int = 0, **content: Any) -> World:
    about = {"backend": backend, **content}
    keys = [["k", "model", "agent"], ["b", "bank", "agent"]]
    world = {"sites": {"model": about}, "keys": keys}
    return open_world("model", content=world, seed=seed)


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


def chat(
    world: World, messages: object, source: str = "agent", **more: object
) -> tuple[int, Any]:
    name = ask(world, "GET", "http://model.test/v1/models", token="k")[1]["data"][0]
    body = {"model": name["id"], "messages": messages, **more}
    return ask(world, "POST", CHAT, body, token="k", source=source)


def content_of(answer: tuple[int, Any]) -> str:
    status, body = answer
    assert status == 200, body
    return body["choices"][0]["message"]["content"]


def done_in_a_shell(task: str, folder: Path) -> str:
    """Do a task as an agent does, with one bash for all commands."""
    messages: Messages = [user(task)]
    history = ""
    for _ in range(50):
        line = reply(messages)
        kind, _, rest = line.partition(": ")
        if kind == "DONE":
            return rest
        # All that was before is done again, in a fresh folder, without its output.
        own = folder / str(len(messages))
        own.mkdir()
        script = f"{{ {history or ':'}\n}} > /dev/null 2>&1\n{rest}"
        ended = subprocess.run(
            ["timeout", "2", "bash", "-c", script],
            cwd=own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        code = "timeout" if ended.returncode == 124 else ended.returncode
        history += f"\n{rest}" if code != "timeout" else ""
        messages += [said(line), user(f"{ended.stdout[-3000:]}\nexit: {code}")]
    raise AssertionError(f"{task!r} does not end")


def test_an_answer_has_the_form_of_chat_completions_and_is_on_the_ledger() -> None:
    world = model()
    status, body = chat(world, [user("Show tin.txt.")])
    assert status == 200
    assert ("chat.completion", "clerk-1") == (body["object"], body["model"])
    [choice] = body["choices"]
    assert ("stop", 0) == (choice["finish_reason"], choice["index"])
    assert said("RUN: cat tin.txt") == choice["message"]
    assert body["usage"] == {
        "prompt_tokens": 4,
        "completion_tokens": 4,
        "total_tokens": 8,
    }
    [line] = effects(world, "model.asked")
    assert ("agent", "agent", "scripted", 1) == (
        line["who"],
        line["owner"],
        line["backend"],
        line["turns"],
    )
    assert (4, 4) == (line["prompt_tokens"], line["completion_tokens"])
    assert line["reply"] == "RUN: cat tin.txt"
    assert len(line["task"]) == 16


HELLO = [user("Hello")]
WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"messages": HELLO}, 400, "'model'"),
    ({"model": "other", "messages": HELLO}, 404, "there is clerk-1"),
    ({"model": "clerk-1"}, 400, "'messages'"),
    ({"model": "clerk-1", "messages": []}, 400, "empty"),
    ({"model": "clerk-1", "messages": "Hello"}, 400, "should be a list"),
    ({"model": "clerk-1", "messages": ["Hello"]}, 400, r"messages\[0\]"),
    ({"model": "clerk-1", "messages": [{"role": "user"}]}, 400, "should be text"),
    ({"model": "clerk-1", "messages": [{"role": [], "content": ""}]}, 400, "role"),
    ({"model": "clerk-1", "messages": HELLO * 201}, 413, "201 messages"),
    ({"model": "clerk-1", "messages": [user("a" * 4001)]}, 413, "4001 char"),
    ({"model": "clerk-1", "messages": HELLO, "stream": True}, 400, "'stream'"),
    ({"model": "clerk-1", "messages": HELLO, "tools": [{}]}, 400, "'tools'"),
    ({"model": "clerk-1", "messages": HELLO, "n": 2}, 400, "'n'"),
]


@pytest.mark.parametrize(("body", "status", "why"), WRONG)
def test_what_is_not_offered_is_refused_with_a_reason(
    body: dict[str, Any], status: int, why: str
) -> None:
    world = model()
    found = ask(world, "POST", CHAT, body, token="k")
    assert found[0] == status
    assert re.search(why, found[1]["error"]), found
    assert effects(world, "model.asked") == []


def test_only_a_key_of_the_model_opens_it() -> None:
    world = model()
    body = {"model": "clerk-1", "messages": HELLO}
    for token in ("", "x", "b"):
        assert ask(world, "POST", CHAT, body, token=token)[0] == 401
        assert ask(world, "GET", "http://model.test/v1/models", token=token)[0] == 401


def test_the_documentation_says_what_answers_here() -> None:
    for backend, name in NAMES.items():
        world = model(backend)
        told = ask(world, "GET", "http://model.test/docs.json")[1]["text"]
        assert name in told
        assert ("RUN: COMMAND" in told) == (backend == "scripted")
        assert ("tokens_left" in told) == (backend == "host")
        assert "{" + "name" not in told
        assert ask(world, "GET", "http://model.test/nothing")[0] == 404


TASKS = {
    "Write the whole numbers from 3 to 40 into a.txt. Say the sum of the numbers in "
    "a.txt.": str(sum(range(3, 41))),
    "Write the whole numbers from 1 to 99 into a.txt. Keep in a.txt only the lines "
    "with a 7. Say the number of lines of a.txt.": "19",
    "Make the folder moss and go into it. Say the name of this folder.": "moss",
    "Write the whole numbers from 1 to 12 into b.txt. Remember the number of lines of "
    "b.txt as n. Say the value of n.": "12",
    "Try to list nothing. Say how that ended.": "2",
    "Write the whole numbers from 1 to 9000 into c.txt. Show c.txt. Say the last line "
    "of that.": "9000",
    "Ask for a word and put it into d.txt. Say the number of lines of d.txt.": "0",
    "Write the whole numbers from 5 to 6 into e.txt. Watch e.txt. Say the SHA-256 of "
    "e.txt.": hashlib.sha256(b"5\n6\n").hexdigest(),
    "Starting from 7, square the number and keep the rest by 1009, 6 times.": str(
        pow(7, 2**6, 1009)
    ),
    "Sing a song.": "I do not understand: Sing a song.",
    "Show nothing.txt. Say the last line of that.": "this failed: cat nothing.txt",
}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.split(".")[-2].strip())
def test_the_scripted_model_does_what_a_task_says(task: str, tmp_path: Path) -> None:
    assert done_in_a_shell(task, tmp_path) == TASKS[task]


def test_the_scripted_model_takes_no_notice_of_what_is_not_of_the_form() -> None:
    task = "Show a.txt. Show b.txt."
    plain = [user(task), said("RUN: cat a.txt"), user("x\nexit: 0")]
    assert reply(plain) == "RUN: cat b.txt"
    noisy = [
        {"role": "system", "content": "You help."},
        user(task),
        said("Let me see."),
        user("That is not of the form."),
        said(""),
        user("Again."),
        *plain[1:],
        said("RUN:"),
        user("exit: 0"),
    ]
    assert reply(noisy) == "RUN: cat b.txt"


def test_the_scripted_model_wants_to_be_told_how_a_command_ended() -> None:
    for told in ("", "x", "exit: 0 or so", "exit: no"):
        messages = [user("Show a.txt."), said("RUN: cat a.txt"), user(told)]
        assert reply(messages) == "DONE: I was not told how the command ended"


MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["system", "user", "assistant", "tool"]),
            "content": st.one_of(
                st.text(max_size=30),
                st.sampled_from(["RUN: ls x", "exit: 0", "9\nexit: 0", *TASKS]),
            ),
        }
    ),
    max_size=12,
)


@given(MESSAGES)
def test_every_conversation_has_a_reply_of_one_line_of_the_form(
    messages: Messages,
) -> None:
    line = reply(messages)
    assert re.fullmatch("(RUN|DONE): .*", line)
    assert reply(messages) == line


def test_faults_come_once_for_the_task_and_turn_that_they_are_for() -> None:
    task = "Show a.txt. Show b.txt."
    faults = {task: {"0": "busy", "1": "prose"}}
    world = model(faults=faults)
    first = [user(task)]
    assert [chat(world, first)[0] for _ in range(4)] == [429, 429, 200, 200]
    second = [*first, said("RUN: cat a.txt"), user("x\nexit: 0")]
    assert content_of(chat(world, second)) == "Let me see what is there first."
    assert content_of(chat(world, second)) == "RUN: cat b.txt"
    assert content_of(chat(world, [user("Show c.txt.")])) == "RUN: cat c.txt"
    # Whoever else asks meets them too.
    assert chat(world, first, source="judge")[0] == 429


def test_samples_are_for_those_that_they_are_for() -> None:
    own = [{"task": "Show a.txt.", "answer": "1"}]
    world = model(samples={"agent": own, "judge": [{"task": "Show b.txt."}]})
    url = "http://model.test/samples.json"
    assert ask(world, "GET", url)[1]["samples"] == own
    told = ask(world, "GET", url, source="judge")[1]["samples"]
    assert told == [{"task": "Show b.txt."}]
    assert ask(world, "GET", url, source="server-1")[1]["samples"] == []


def test_the_toy_says_the_same_for_the_same_seed_and_text_only() -> None:
    first = content_of(chat(model("toy"), HELLO))
    assert first == content_of(chat(model("toy"), HELLO))
    assert first != content_of(chat(model("toy", seed=1), HELLO))
    assert first != content_of(chat(model("toy"), [user("Good day")]))
    assert len(first.split()) == 16
    assert len(content_of(chat(model("toy"), HELLO, max_tokens=3)).split()) == 3
    for wrong in (0, "3", 2.5, True, -1):
        assert chat(model("toy"), HELLO, max_tokens=wrong)[0] == 400


def host_says(world: World, told: dict[str, Any]) -> list[dict[str, Any]]:
    """Let a host answer, and return what it is asked."""
    asked: list[dict[str, Any]] = []

    def ask_host(request: dict[str, Any], seconds: float) -> dict[str, Any]:
        asked.append(request)
        return told

    world.ask_host = ask_host
    return asked


def test_the_host_answers_out_of_a_budget_that_the_answer_shows() -> None:
    world = model("host", tokens=100)
    usage = {"prompt_tokens": 20, "completion_tokens": 30}
    choice = {"message": {"role": "assistant", "content": "Good day."}}
    asked = host_says(world, {"choices": [choice], "usage": usage})
    status, body = chat(world, HELLO, max_tokens=50)
    assert (status, body["budget"]) == (200, {"tokens_left": 50})
    assert asked == [{"messages": HELLO, "max_tokens": 50}]
    told = {"backend": "host", "answers": 1, "tokens_left": 50}
    assert world.state()["model"] == told
    [line] = effects(world, "model.asked")
    assert (line["backend"], line["reply"]) == ("host", "Good day.")
    assert (20, 30) == (line["prompt_tokens"], line["completion_tokens"])
    status, body = chat(world, HELLO, max_tokens=50)
    assert status == 402
    assert "50 are left" in body["error"]
    assert len(asked) == 1


def test_a_host_that_does_not_count_its_tokens_has_them_counted() -> None:
    world = model("host", tokens=100)
    host_says(world, {"choices": [{"message": {"content": None}}]})
    status, body = chat(world, HELLO, max_tokens=50)
    assert (status, content_of((status, body))) == (200, "")
    assert body["budget"] == {"tokens_left": 98}


def test_version_2_takes_messages_by_another_name() -> None:
    world = model()
    world.perturbations.arm("X5", "start", {})
    body = {"model": "clerk-1", "messages": HELLO}
    assert ask(world, "POST", CHAT, body, token="k")[0] == 410
    told = ask(world, "GET", "http://model.test/docs.json")[1]["text"]
    assert 'POST /v2/chat/completions {"model", "turns", "max_tokens"}' in told
    assert "/v1" not in told
    body = {"model": "clerk-1", "turns": HELLO}
    newer = CHAT.replace("/v1/", "/v2/")
    assert content_of(ask(world, "POST", newer, body, token="k")).startswith("DONE: ")


def test_a_host_that_fails_costs_nothing_and_is_told() -> None:
    world = model("host", tokens=60)
    host_says(world, {"error": "it is away", "status": 503})
    for _ in range(3):
        answer = chat(world, HELLO, max_tokens=50)
        assert answer == (503, {"error": "it is away"})
    assert effects(world, "model.asked") == []
