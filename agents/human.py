"""A person at the terminal, with the same instructions and tools as a model."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from arena.agent import Action, Note, calling
from arena.arguments import BadArguments
from arena.asking import interrupt_run
from arena.env import View
from arena.errors import UnknownName, one_line
from arena.text import shown
from arena.tools import Tool

from .tool_help import explained
from .typed_calls import LONGER, TypedCall, read_call

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage
    from prompt_toolkit import PromptSession

__all__ = ["HumanAgent"]

COMMANDS = {
    "/help": "this",
    "/tools": "every tool, or the one that is named behind it",
    "/rules": "the instructions again",
    "/pause": "stop the clock",
    "/quit": "stop; the same command goes on from here",
}
HELP = f"""\
A call is a tool's name and its arguments:
  stand                     a tool without arguments
  guess 40                  the value of an argument, or the values of several in order
  bash ls -l "my files"     a text takes the rest of the line as it stands
  read_file path=notes.txt  arguments by their names, in any order
  guess {{"number": 40}}      all arguments as JSON
  write_file a.py {LONGER}        a text of several lines: you are asked for it
Tab completes, ↑ brings back what was typed. A call that does not fit its tool is
explained and not made. The clock runs while you think; /pause stops it."""


class Clock:
    """Time on a task, in seconds, with pauses taken out."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._pausing: float | None = None
        self._paused_s = 0.0

    def start(self) -> None:
        """Begin, unless it runs already."""
        if self._begun is None:
            self._begun = time.monotonic()

    def pause(self) -> None:
        """Stop."""
        self._pausing = time.monotonic()

    def go_on(self) -> None:
        """Run again, after a pause or without one."""
        if self._pausing is not None:
            self._paused_s += time.monotonic() - self._pausing
        self._pausing = None

    def take(self) -> dict[str, float]:
        """Return the time since the last call of this, and begin anew."""
        self.go_on()
        now = time.monotonic()
        total = now - (self._begun or now)
        told = {
            "active_s": round(total - self._paused_s, 3),
            "paused_s": round(self._paused_s, 3),
        }
        self._begun, self._paused_s = now, 0.0
        return told


class HumanAgent:
    """A person who types tool calls at the terminal of `arena play`.

    Each message is preceded by a note `time` with `active_s`, the seconds since the
    message before it (or since the first observation), and `paused_s`, which are left
    out of it. Waiting for what a call does, or for others, is time on the task. A call
    that does not fit the schema of its tool is explained and not made, so that it is
    not counted: it is not typing that is measured.
    """

    person: ClassVar[bool] = True

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why nobody can play here: there is no terminal."""
        if sys.stdin.isatty() and sys.stdout.isatty():
            return None
        return "there is no terminal for a person here"

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Show the instructions and the tools."""
        self._seat = seat
        self._rules = instructions
        self._tools = {tool.name: tool for tool in tools}
        self._note = note
        self._clock = Clock()
        self._watched = 0
        self._prompt = _prompt(self._tools)
        self._text_prompt = _text_prompt()
        _say(f"You are {seat}.", bold=True)
        _say(f"{instructions}\n")
        self._show_tools("")
        _say("/help says how calls are typed.")

    def watch(
        self,
        observation: str,
        view: View,
        results: Sequence[ToolMessage],
        message: AIMessage,
    ) -> None:
        """Show in short what was seen and done before the episode was interrupted."""
        if not self._watched:
            _say("So far:", bold=True)
        self._watched += 1
        calls = "; ".join(f"{c['name']} {c['args'] or ''}" for c in message.tool_calls)
        _say(f"{self._watched:3}. {one_line(observation, 100)}")
        _say(f"     > {one_line(calls, 100)}")

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the call that the person types."""
        self._clock.start()
        _say(f"\n{observation}")
        while True:
            line = (await self._ask(self._prompt, f"{self._seat}> ")).strip()
            if line.startswith("/"):
                await self._command(line)
            elif line and (action := await self._read(line)):
                self._note("time", self._clock.take())
                return calling(action)

    async def _read(self, line: str) -> Action | None:
        """Return the call of a line; None, with an explanation, where it is none."""
        try:
            typed = read_call(line, self._tools)
        except UnknownName as error:
            _say(f"{error} (/tools shows them all)")
            return None
        args = typed.args | await self._longer(typed)
        try:
            typed.tool.check(args)
        except BadArguments as error:
            _say(f"Not called: {error}.\n{explained(typed.tool)}")
            return None
        return Action(typed.tool.name, args)

    async def _longer(self, typed: TypedCall) -> dict[str, str]:
        """Ask for the texts of several lines."""
        texts: dict[str, str] = {}
        for name in typed.longer:
            _say(f"{name}, with Enter for a new line; Escape and then Enter ends it")
            texts[name] = await self._ask(self._text_prompt, "")
        return texts

    async def _command(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        match name:
            case "/help":
                _say(HELP)
                _say("\n".join(f"  {name:8}{what}" for name, what in COMMANDS.items()))
            case "/tools":
                self._show_tools(rest.strip())
            case "/rules":
                _say(self._rules)
            case "/pause":
                self._clock.pause()
                await self._ask(self._prompt, "Paused. Enter goes on. ")
                self._clock.go_on()
            case "/quit":
                await self._quit()
            case _:
                _say(str(UnknownName("command", name, COMMANDS)))

    def _show_tools(self, name: str) -> None:
        if name and name not in self._tools:
            _say(str(UnknownName("tool", name, self._tools)))
            return
        for tool in [self._tools[name]] if name else self._tools.values():
            _say(explained(tool))

    async def _quit(self) -> NoReturn:
        """Interrupt the run, after noting the time since the last message."""
        self._note("time", self._clock.take())
        await interrupt_run()

    async def _ask(self, prompt: PromptSession[str], text: str) -> str:
        """Return what is typed; Ctrl-C, or Ctrl-D on an empty line, quits."""
        try:
            typed = await prompt.prompt_async(text, handle_sigint=False)
        except (KeyboardInterrupt, EOFError):
            await self._quit()
        # Bytes that are no text come as lone surrogates, which no record can hold.
        return typed.encode(errors="replace").decode()


def _prompt(tools: Mapping[str, Tool]) -> PromptSession[str]:
    """Return the prompt for calls, with a history of this episode."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.shortcuts import CompleteStyle

    from .tool_completion import CallCompleter

    return _asking_nothing(
        PromptSession(
            completer=CallCompleter(tools, list(COMMANDS)),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
        )
    )


def _text_prompt() -> PromptSession[str]:
    """Return the prompt for a text of several lines; each key is what it says."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("tab")
    def insert_tab(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\t")

    @keys.add("enter")
    def insert_newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")  # and no indent that nobody typed

    return _asking_nothing(PromptSession(key_bindings=keys, multiline=True))


def _asking_nothing(prompt: PromptSession[str]) -> PromptSession[str]:
    """Return a prompt that does not ask the terminal where its cursor is.

    Not every terminal answers, and nothing is drawn below the prompt.
    """
    from prompt_toolkit.output.vt100 import Vt100_Output

    if isinstance(prompt.output, Vt100_Output):
        prompt.output.enable_cpr = False
    return prompt


def _say(text: str, *, bold: bool = False) -> None:
    """Print text that anybody may have written."""
    from prompt_toolkit import print_formatted_text
    from prompt_toolkit.formatted_text import FormattedText

    print_formatted_text(FormattedText([("bold" if bold else "", shown(text))]))
