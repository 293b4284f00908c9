"""`arena play` at a real pseudo-terminal."""

import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pexpect
import pytest
from command_line import call

from arena.baselines import human_baselines
from arena.run_folder import RunFolder
from arena.trajectory import Trajectory, comparable

# Seed 3 deals a hand that can be hit at least twice without going over.
BLACKJACK = ("games/blackjack", "--seed", "3")
SUPPORT = Path(__file__).parent / "support"
GUESTBOOK = """\
description = "Two guests sign."
environment = "guestbook:Guestbook"

[[scorers]]
name = "completed"
"""


class Play:
    """`arena play` as it runs at a terminal."""

    def __init__(self, *words: str, term: str = "xterm") -> None:
        spawn: Any = pexpect.spawn
        self._child = spawn(
            sys.executable,
            ["-m", "arena", "play", *words],
            encoding="utf-8",
            timeout=60,
            dimensions=(40, 200),
            env={**os.environ, "TERM": term, "PYTHONPATH": str(SUPPORT)},
        )
        self.raw = ""

    def expect(self, text: str) -> None:
        """Wait until a text is shown."""
        self._child.expect_exact(text)
        self.raw += self._child.before + text

    def type(self, *lines: str, prompt: str = ">") -> None:
        """Answer each prompt with a line."""
        for line in lines:
            self.expect(prompt)
            self._child.send(f"{line}\r")

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        self._child.expect(pexpect.EOF)
        self.raw += self._child.before
        self._child.close()
        return self._child.exitstatus

    @property
    def shown(self) -> str:
        """What was shown, without the codes of the prompt and the tables."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", self.raw)


def records(run: Path) -> list[Trajectory]:
    folder = RunFolder(run)
    return [folder.trajectory(episode) for episode in folder.manifest.episodes]


def calls(record: Trajectory) -> Sequence[str]:
    return [step["call"]["name"] for step in record.of_kind("step")]


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_person_plays_a_hand_to_its_end(tmp_path: Path, term: str) -> None:
    run = tmp_path / "run"
    played = Play(*BLACKJACK, "--out", str(run), term=term)
    # Completed, mistyped, misunderstood; and only what fits is sent.
    played.type("h\t", "hti", "hit 5", "/pause")
    played.type("", prompt="Enter goes on")
    played.type("/help", "stand")
    assert 0 == played.end()
    (record,) = records(run)
    assert ["player"] == record.header.people
    assert ["hit", "stand"] == calls(record)
    assert record.end is not None
    assert 0 == record.end["usage"]["player"]["tool_errors"]
    times = [note for note in record.of_kind("note") if note["about"] == "time"]
    assert 2 == len(times) == len(record.of_kind("message"))
    assert all(0 < time["active_s"] < 60 for time in times)
    last = record.of_kind("observation")[-1]["text"]
    for told in (
        record.header.instructions["player"],
        "did you mean 'hit'?",
        "Not called: 5: is not an argument here",
        last,
        "end: completed, payoffs",
        "expected-loss",
        "people, games/blackjack: n=1; expected-loss",
    ):
        assert told in played.shown.replace("\n", " ").replace("  ", " ")
    (baseline,) = human_baselines([RunFolder(run)])
    assert (1, 1) == (baseline.episodes, baseline.minutes.n)


def test_a_person_quits_and_the_same_command_goes_on_there(tmp_path: Path) -> None:
    run = tmp_path / "run"
    words = (*BLACKJACK, "--out", str(run))
    first = Play(*words)
    first.type("hit", "/quit")
    assert 130 == first.end()
    assert "interrupted; the same command goes on from here" in first.shown
    assert [] == [one for one in human_baselines([RunFolder(run)]) if one.episodes]
    second = Play(*words)
    second.expect("So far:")
    second.expect("> hit")
    second.type("stand")
    assert 0 == second.end()
    (record,) = records(run)
    assert ["hit", "stand"] == calls(record)
    whole = Play(*BLACKJACK, "--out", str(tmp_path / "whole"))
    whole.type("hit", "stand")
    assert 0 == whole.end()
    (other,) = records(tmp_path / "whole")

    def played(one: Trajectory) -> list[Any]:
        lines = comparable(one)
        return [line for line in lines[1:] if line["kind"] != "note"]

    assert played(other) == played(record)


def test_a_person_at_a_shell_goes_on_with_the_files_written_before(
    tmp_path: Path,
) -> None:
    run = tmp_path / "run"
    words = ("ara/find-the-passphrase", "--sandbox", "bubblewrap", "--out", str(run))
    first = Play(*words)
    first.type("bash date && ls -la", "write_file notes.txt <<")
    # Two lines and a tab, and then Escape and Enter.
    first.type("one\r\ttwo\x1b", prompt="Escape and then Enter ends it")
    first.type("/quit", prompt="notes.txt")
    assert 130 == first.end()
    second = Play(*words)
    second.type("bash cat -A notes.txt", prompt="So far:")
    second.type("submit it is not there", prompt="^Itwo")
    second.type("/quit", prompt="end: completed")
    assert 130 == second.end()
    record, _ = records(run)
    assert ["bash", "write_file", "bash", "submit"] == calls(record)
    assert "one\n\ttwo" == record.of_kind("step")[1]["call"]["args"]["content"]
    about = [note["about"] for note in record.of_kind("note")]
    assert 5 == about.count("time")  # one of them before the first /quit
    assert "resumed" in about


def test_ctrl_c_quits_and_a_run_that_is_over_says_so(tmp_path: Path) -> None:
    words = (*BLACKJACK, "--out", str(tmp_path / "run"))
    first = Play(*words)
    first.type("\x03")
    assert 130 == first.end()
    second = Play(*words)
    second.type("stand")
    assert 0 == second.end()
    third = Play(*words)
    assert 0 == third.end()
    assert "all of it was played before" in third.shown


def test_what_an_opponent_wrote_does_not_act_on_the_terminal(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text(GUESTBOOK)
    hostile = "\x1b]52;c;aGk=\x07\x1b[2Jrm -rf\u202e \x9b31m"
    actions = json.dumps([{"name": "sign", "args": {"text": hostile}}])
    run = tmp_path / "run"
    played = Play(
        *(str(scenario), "--as", "right", "--seat", "left=scripted"),
        *("--agent-option", f"actions={actions}", "--out", str(run)),
    )
    played.type("sign I was here", "")
    assert 0 == played.end()
    for acting in ("\x1b]", "\x07", "\x1b[2J", "\u202e", "\x9b"):
        assert acting not in played.raw
    assert r"\x1b]52;c;aGk=\x07\x1b[2Jrm -rf\u202e" in played.shown
    (record,) = records(run)
    assert (["right"], ["right"]) == (record.header.people, record.header.tested)
    assert "I was here" == record.of_kind("step")[1]["call"]["args"]["text"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("games/kuhn", "--as", "player-3"), "unknown seat 'player-3'"),
        (("games/kuhn", "--as", "player-2"), "say who sits in player-1: --seat"),
        (
            ("games/kuhn", "--as", "player-1", "--seat", "player-1=random"),
            "name the same seat",
        ),
        (("quickstart",), "quickstart is a suite: name one of its scenarios"),
        (("games/blakjack",), "did you mean 'games/blackjack'?"),
        (("games/blackjack", "--variant", "hard"), "are of shell tasks"),
    ],
)
def test_what_cannot_be_played_is_told_in_one_line(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    played = Play(*words, "--out", str(tmp_path / "run"))
    assert 2 == played.end()
    assert told in played.shown
    assert 1 == len(played.shown.strip().splitlines())
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "words", [("play",), ("run", "--agent", "human")], ids=["play", "run"]
)
def test_a_person_needs_a_terminal(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, complaint = call(capsys, *words, "games/blackjack")
    assert 2 == code
    assert "there is no terminal for a person here" in complaint
