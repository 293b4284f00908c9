"""A person at the prompt: what is typed, what is shown, and what is timed."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.plain_text import PlainTextOutput
from pydantic import Field

from arena.agent import Action, calling
from arena.agents.human import HumanAgent
from arena.agents.tool_completion import CallCompleter
from arena.agents.tool_help import explained
from arena.agents.typed_calls import read_call
from arena.errors import UserError
from arena.registry import make_env, names
from arena.scenario import load_scenario
from arena.testing import check_agent
from arena.text import json_text
from arena.tools import Tool

HOSTILE = "\x1b]52;c;aGk=\x07 \x1b[2J \u202egnp.exe \x00 \ud800"


class Tools:
    """Of every kind of argument."""

    def stand(self) -> None:
        """Take no more cards."""

    def bash(
        self,
        command: Annotated[str, Field(description="Of a shell.")],
        timeout_s: Annotated[float, Field(gt=0)] = 1.0,
    ) -> None:
        """Run a command."""

    def write_file(self, path: str, content: str) -> None:
        """Write a file."""

    def answer(
        self, option: Literal["A", "B"], confidence: Annotated[float, Field(ge=0, le=1)]
    ) -> None:
        """Answer once."""

    def guess(self, number: int, predictions: dict[str, int]) -> None:
        """Guess."""

    def submit(self, answer: str = "") -> None:
        """End."""

    def choose(self, many: bool, what: list[int] | None = None) -> None:
        """Choose."""


TOOLS = {
    name: Tool.of(method)
    for name, method in vars(Tools).items()
    if not name.startswith("_")
}


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("stand", {}),
        ("  stand  ", {}),
        ("bash ls -l", {"command": "ls -l"}),
        ('bash "a b" $X', {"command": '"a b" $X'}),
        ("bash 40", {"command": "40"}),
        ("bash { ls; }", {"command": "{ ls; }"}),
        ("bash X=1 make", {"command": "X=1 make"}),
        ("bash command=make timeout_s=5", {"command": "make", "timeout_s": 5}),
        ("bash timeout_s=5 command=a  b", {"timeout_s": 5, "command": "a  b"}),
        ("bash command=a command=b", {"command": "a command=b"}),
        ('bash command="a timeout_s=1"', {"command": "a timeout_s=1"}),
        ('bash {"command": "ls"}', {"command": "ls"}),
        ("write_file a.txt b  c", {"path": "a.txt", "content": "b  c"}),
        ("write_file path=a b content=c", {"path": "a b", "content": "c"}),
        ('write_file path=a content="x\\ny"', {"path": "a", "content": "x\ny"}),
        ("answer A 0.8", {"option": "A", "confidence": 0.8}),
        ("answer confidence=1 option=B", {"option": "B", "confidence": 1}),
        ('guess 4 {"you": 3}', {"number": 4, "predictions": {"you": 3}}),
        ("submit", {}),
        ("submit 42", {"answer": "42"}),
        ('submit {"x": 1}', {"answer": '{"x": 1}'}),
        ("choose true", {"many": True}),
        ("choose many=false what=[1, 2]", {"many": False, "what": [1, 2]}),
    ],
)
def test_a_line_is_read_as_a_call_that_fits(line: str, args: dict[str, Any]) -> None:
    typed = read_call(line, TOOLS)
    assert args == typed.args
    assert () == typed.longer
    typed.tool.check(typed.args)


@pytest.mark.parametrize(
    ("line", "given", "longer"),
    [
        ("bash <<", {}, ("command",)),
        ("write_file a.py <<", {"path": "a.py"}, ("content",)),
        ("write_file content=<< path=a", {"path": "a"}, ("content",)),
        ("write_file path=<< content=<<", {}, ("path", "content")),
        ("bash cat <<EOF", {"command": "cat <<EOF"}, ()),
    ],
)
def test_two_brackets_stand_for_a_text_that_is_asked_for(
    line: str, given: dict[str, Any], longer: tuple[str, ...]
) -> None:
    typed = read_call(line, TOOLS)
    assert (given, longer) == (typed.args, typed.longer)


@given(path=st.text(), content=st.text())
def test_whatever_stands_in_quotes_is_taken_word_for_word(
    path: str, content: str
) -> None:
    given = {"path": path, "content": content}
    by_name = " ".join(f"{key}={json_text(value)}" for key, value in given.items())
    assert given == read_call(f"write_file {by_name}", TOOLS).args
    assert given == read_call(f"write_file {json_text(given)}", TOOLS).args


@given(command=st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1))
def test_a_word_after_a_tool_of_one_text_is_that_text(command: str) -> None:
    typed = read_call(f"submit {command}", TOOLS)
    if not command.startswith(("answer=", '{"answer"')) and command not in ("<<", "{}"):
        assert {"answer": command} == typed.args


@given(line=st.text())
def test_any_line_is_a_call_or_a_mistake_that_can_be_told(line: str) -> None:
    for name in TOOLS:
        typed = read_call(f"{name} {line}", TOOLS)
        with suppress(UserError):
            typed.tool.check(typed.args | dict.fromkeys(typed.longer, ""))


def completions(text: str) -> list[str]:
    completer = CallCompleter(TOOLS, ["/help", "/tools"])
    found = completer.get_completions(Document(text), CompleteEvent())
    return [text[: len(text) + c.start_position] + c.text for c in found]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("st", ["stand"]),
        ("ba", ["bash "]),
        ("/", ["/help", "/tools"]),
        ("/tools gu", ["/tools guess"]),
        ("answer ", ["answer A", "answer B", "answer option=", "answer confidence="]),
        ("answer A ", ["answer A option=", "answer A confidence="]),
        ("answer option=", ["answer option=A", "answer option=B"]),
        ("answer option=A c", ["answer option=A confidence="]),
        ("choose t", ["choose true"]),
        ("write_file path=a ", ["write_file path=a content="]),
        ("stand ", []),
        ("nothing ", []),
    ],
)
def test_tab_offers_tools_arguments_and_listed_values(
    typed: str, offered: list[str]
) -> None:
    assert offered == completions(typed)


def test_a_tool_is_explained_by_its_schema() -> None:
    assert (
        "answer option=… confidence=…\n"
        "  Answer once.\n"
        "  option: A | B\n"
        "  confidence: a number (at least 0, at most 1)"
    ) == explained(TOOLS["answer"])
    told = explained(TOOLS["bash"]).splitlines()
    assert "bash command=… [timeout_s=…]" == told[0]
    assert "  command: text. Of a shell." == told[2]
    assert "  many: true | false" in explained(TOOLS["choose"])
    assert "a list [a whole number, …] or null" in explained(TOOLS["choose"])


class Terminal:
    """A person who types, and what is shown to her."""

    def __init__(self, keys: PipeInput, screen: io.StringIO) -> None:
        self.keys = keys
        self._screen = screen
        self.notes: list[tuple[str, Any]] = []

    @property
    def text(self) -> str:
        return self._screen.getvalue()

    def seated(self, tools: list[Tool], instructions: str = "Play.") -> HumanAgent:
        agent = HumanAgent()
        agent.reset(
            seat="player",
            instructions=instructions,
            tools=tools,
            seed=0,
            note=lambda about, data: self.notes.append((about, data)),
        )
        return agent

    def act(self, agent: HumanAgent, typed: str, seen: str = "You see it.") -> Action:
        self.keys.send_text(typed)
        message = anyio.run(partial(agent.act, seen, {}, []))
        (call,) = message.tool_calls
        return Action(call["name"], call["args"])


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    screen = io.StringIO()
    with (
        create_pipe_input() as keys,
        create_app_session(input=keys, output=PlainTextOutput(screen)),
    ):
        yield Terminal(keys, screen)


def test_a_person_keeps_the_contract_of_agents(terminal: Terminal) -> None:
    terminal.keys.send_text("stand\r" * 2)
    check_agent(HumanAgent, load_scenario("games/blackjack"))


def test_a_person_sees_instructions_tools_and_observations(terminal: Terminal) -> None:
    agent = terminal.seated([TOOLS["answer"]], "Tell me which.")
    assert "You are player.\nTell me which.\n" in terminal.text.replace("\r", "")
    assert "confidence: a number" in terminal.text
    assert Action("answer", {"option": "A", "confidence": 0.5}) == terminal.act(
        agent, "answer A 0.5\r", "A or B?"
    )
    assert "A or B?" in terminal.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("answr A 1", "did you mean 'answer'?"),
        ("answer A", "confidence: is missing"),
        ("answer C 1", "option: should be 'A' or 'B'"),
        ("answer A 7", "less than or equal to 1, given 7"),
        ("answer A 1 opton=B", "confidence: "),
        ("stand now", "now: is not an argument here"),
        ("/hlep", "did you mean '/help'?"),
        ("/tools nothing", "unknown tool 'nothing'"),
    ],
)
def test_a_wrong_line_is_explained_and_nothing_is_sent(
    terminal: Terminal, wrong: str, told: str
) -> None:
    agent = terminal.seated([TOOLS["answer"], TOOLS["stand"]])
    assert Action("stand", {}) == terminal.act(agent, f"{wrong}\rstand\r")
    assert told in terminal.text
    assert 1 == len(terminal.notes)


def test_commands_show_help_tools_and_rules_again(terminal: Terminal) -> None:
    agent = terminal.seated([TOOLS["bash"], TOOLS["stand"]], "The rules.")
    before = len(terminal.text)
    terminal.act(agent, "/help\r/tools bash\r/rules\r\rstand\r")
    after = terminal.text[before:]
    assert "brings back what was typed" in after
    assert 1 == after.count("Run a command.")
    assert "Take no more cards." not in after
    assert "The rules." in after


def test_tab_completes_and_an_arrow_brings_back_what_was_typed(
    terminal: Terminal,
) -> None:
    agent = terminal.seated([TOOLS["answer"], TOOLS["stand"]])
    typed = "an\tA 0.25\r"
    first = terminal.act(agent, typed)
    assert Action("answer", {"option": "A", "confidence": 0.25}) == first
    up = "\x1b[A"
    assert first == terminal.act(agent, f"{up}\r")


def test_a_text_of_several_lines_is_typed_with_its_tabs(terminal: Terminal) -> None:
    agent = terminal.seated([TOOLS["write_file"]])
    typed = "write_file Makefile <<\rall:\r\techo 'hi'\r\x1b\r"
    given = {"path": "Makefile", "content": "all:\n\techo 'hi'\n"}
    assert Action("write_file", given) == terminal.act(agent, typed)


def test_a_pasted_text_of_several_lines_is_one_argument(terminal: Terminal) -> None:
    agent = terminal.seated([TOOLS["write_file"]])
    pasted = "\x1b[200~write_file path=a content=one\n\ttwo\x1b[201~\r"
    given = {"path": "a", "content": "one\n\ttwo"}
    assert Action("write_file", given) == terminal.act(agent, pasted)


def test_the_clock_runs_between_messages_and_stops_in_a_pause(
    terminal: Terminal,
) -> None:
    agent = terminal.seated([TOOLS["stand"]])

    def pause() -> None:
        while "Paused." not in terminal.text:
            time.sleep(0.01)
        time.sleep(0.3)
        terminal.keys.send_text("\rstand\r")

    person = threading.Thread(target=pause)
    person.start()
    began = time.monotonic()
    terminal.act(agent, "/pause\r")
    first_s = time.monotonic() - began
    person.join()
    time.sleep(0.2)  # for what the call does
    terminal.act(agent, "stand\r")
    (kind, first), (_, second) = terminal.notes
    assert "time" == kind
    assert 0.3 <= first["paused_s"]
    assert first["active_s"] + first["paused_s"] <= first_s + 0.001
    assert 0.2 <= second["active_s"]
    assert 0 == second["paused_s"]


def test_nothing_that_others_wrote_acts_on_the_terminal(terminal: Terminal) -> None:
    def tool(self: object, text: str) -> None: ...

    tool.__doc__ = HOSTILE
    agent = terminal.seated([TOOLS["stand"], Tool.of(tool)], HOSTILE)
    said = calling(Action("tool", {"text": HOSTILE}))
    agent.watch(HOSTILE, {}, [], said)
    terminal.act(agent, "tool\r/rules\r/tools\rstand\r", HOSTILE)
    for acting in ("\x1b", "\x07", "\u202e", "\x00", "\ud800"):
        assert acting not in terminal.text
    assert r"\x1b]52;c;aGk=\x07" in terminal.text


def test_what_was_played_before_is_told_in_short(terminal: Terminal) -> None:
    agent = terminal.seated(list(TOOLS.values()))
    long = AIMessage(
        content="",
        tool_calls=[{"name": "bash", "args": {"command": "x" * 500}, "id": "1"}],
    )
    agent.watch("A prompt.\n" * 50, {}, [], calling(Action("stand", {})))
    agent.watch("Then this.", {}, [], long)
    told = terminal.text[terminal.text.index("So far:") :].splitlines()
    assert 5 == len(told)
    assert "  1. A prompt. A prompt." == told[1][:24]
    assert "     > stand" == told[2].rstrip()
    assert all(len(line) <= 110 for line in told)


def test_bytes_that_are_no_text_can_be_recorded(terminal: Terminal) -> None:
    agent = terminal.seated([TOOLS["bash"]])
    terminal.keys.send_bytes(b"bash echo \xff\r")
    (name, args) = terminal.act(agent, "")
    assert "bash" == name
    args["command"].encode()


@pytest.mark.parametrize("name", names("environments"))
def test_the_tools_of_every_environment_are_explained(name: str) -> None:
    env = make_env(name, {})
    for tool in env.tools(env.seats[0]).values():
        first, *rest = explained(tool).splitlines()
        assert tool.name == first.split()[0]
        arguments = {line.split(":")[0].strip() for line in rest}
        assert set(tool.parameters["properties"]) <= arguments
        assert "any JSON" not in explained(tool)
