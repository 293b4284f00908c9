"""The scripted model: takes every sentence of a task at its word, one command each.

It knows nothing but the conversation: the same messages have the same reply. `PROTOCOL`
says to those who use it what it expects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["PROTOCOL", "reply"]

PROTOCOL = """\
How to work with this model
  It does tasks on a computer, through you: it says which command is to be run, you
  run it and say what came of it. Every reply is exactly one line, either
      RUN: COMMAND        a command of bash that is to be run
      DONE: ANSWER        the task is over; ANSWER is the answer to it
  The first user message is the task, as it was given. Each further user message is
  what came of the command before: its output, standard output and standard error as
  they came, and as the last line "exit: N" with its exit code. Send the model's own
  replies back as assistant messages, so that a conversation is task, reply, output,
  reply, output, and so on. System messages are allowed and change nothing.
  - All commands of a task run one after another in the same shell: a folder that one
    goes into, or a variable that one sets, is there in the next. What a command reads
    from standard input is empty.
  - A command that has not ended after 2 seconds should be stopped; the last line is
    then "exit: timeout". The next command finds the same folder and variables, or
    those of before.
  - A task may take up to 40 commands.
  - Now and then a reply is not of this form: no line, a line of another kind, or a
    command that is missing. Send the same messages again, or the reply and a user
    message that says so; the model takes no notice of either and goes on.
  - The model is literal. Where it cannot go on, it says so in its DONE.
"""

WORD = r"([A-Za-z0-9_.-]+)"
SQUARED = re.compile(
    r"Starting from (\d{1,9}), square the number and keep the rest by (\d{1,9}), "
    r"(\d{1,2}) times\.$"
)
# A sentence of a task, and the command that does it.
COMMANDS: tuple[tuple[str, str], ...] = (
    (rf"Make the folder {WORD} and go into it\.$", "mkdir -p {0} && cd {0}"),
    (
        rf"Write the whole numbers from (\d+) to (\d+) into {WORD}\.$",
        "seq {0} {1} > {2}",
    ),
    (
        rf"Keep in {WORD} only the lines with a (\d+)\.$",
        "grep {1} {0} > {0}.kept; mv {0}.kept {0}",
    ),
    (rf"Remember the number of lines of {WORD} as {WORD}\.$", "{1}=$(wc -l < {0})"),
    (rf"Try to list {WORD}\.$", "ls {0}"),
    (rf"Show {WORD}\.$", "cat {0}"),
    (rf"Watch {WORD}\.$", "tail -f {0}"),
    (rf"Ask for a word and put it into {WORD}\.$", "cat > {0}"),
    (
        rf"Say the sum of the numbers in {WORD}\.$",
        "awk '{{ s += $1 }} END {{ print s }}' {0}",
    ),
    (rf"Say the value of {WORD}\.$", 'echo "${0}"'),
    (rf"Say the SHA-256 of {WORD}\.$", "sha256sum {0} | cut -d ' ' -f 1"),
    (rf"Say the number of lines of {WORD}\.$", "wc -l < {0}"),
    (r"Say the name of this folder\.$", 'basename "$PWD"'),
)
MAY_FAIL = ("ls ", "tail ")
"""How the commands begin that may fail; what fails else ends the task."""

Told = tuple[str, str]
"""The output of a command, and its exit code or `timeout`."""
Step = Callable[[Sequence[Told]], str]
"""Says the reply that is due, of what came of the commands so far."""


def reply(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return the model's reply: one line.

    Args:
        messages: Of a conversation, each with `role` and `content`, both text.
    """
    spoken = [m for m in messages if m["role"] != "system"]
    task = spoken[0]["content"] if spoken else ""
    try:
        steps = _steps(task)
        told = _told(spoken[1:])
    except _CannotGoOn as reason:
        return f"DONE: {reason}"
    failed = [
        command
        for (_, code), command in zip(told, _commands(steps, told), strict=False)
        if code != "0" and not command.startswith(MAY_FAIL)
    ]
    if failed:
        return f"DONE: this failed: {failed[0]}"
    if len(told) < len(steps):
        return steps[len(told)](told)
    return f"DONE: {_last_line(told)}"


class _CannotGoOn(Exception):
    """The model does not understand what it was told."""


def _commands(steps: Sequence[Step], told: Sequence[Told]) -> list[str]:
    """Return the commands that were to be run so far."""
    said = (step(told[:number]) for number, step in enumerate(steps[: len(told)]))
    return [line.removeprefix("RUN: ") for line in said]


def _steps(task: str) -> list[Step]:
    """Return what is to be said at each turn of a task."""
    steps: list[Step] = []
    for part in re.split(r"(?<=\.)\s+", task.strip()):
        sentence = " ".join(part.split())
        if found := SQUARED.match(sentence):
            start, rest, times = map(int, found.groups())
            steps += [
                _squaring(start if n == 0 else None, rest)
                for n in range(min(times, 40))
            ]
        elif sentence == "Say how that ended.":
            steps.append(lambda told: f"DONE: {told[-1][1] if told else 'nothing'}")
        elif sentence == "Say the last line of that.":
            steps.append(lambda told: f"DONE: {_last_line(told)}")
        else:
            steps.append(_command(sentence))
    return steps


def _command(sentence: str) -> Step:
    for pattern, command in COMMANDS:
        if found := re.match(pattern, sentence):
            line = f"RUN: {command.format(*found.groups())}"
            return lambda _: line
    raise _CannotGoOn(f"I do not understand: {sentence[:80]}")


def _squaring(start: int | None, rest: int) -> Step:
    """Say the command that squares a number, or what was told last."""

    def say(told: Sequence[Told]) -> str:
        number = _last_line(told) if start is None else str(start)
        if not re.fullmatch(r"\d{1,12}", number):
            return f"DONE: this is not a number: {number[:40]}"
        return f"RUN: echo $(( {number} * {number} % {rest} ))"

    return say


def _told(messages: Sequence[Mapping[str, Any]]) -> list[Told]:
    """Return what came of the commands: the user's messages, each after a `RUN:`."""
    told: list[Told] = []
    awaited = False
    for message in messages:
        if message["role"] == "assistant":
            line = message["content"].strip()
            awaited = re.fullmatch(r"RUN: \S.*", line) is not None
        elif awaited:
            output, _, last = message["content"].rstrip().rpartition("\n")
            code = re.fullmatch(r"exit: (-?\d{1,5}|timeout)", last)
            if code is None:
                raise _CannotGoOn("I was not told how the command ended")
            told.append((output, code.group(1)))
            awaited = False
    return told


def _last_line(told: Sequence[Told]) -> str:
    """Return the last line of the latest output that is not blank."""
    lines = told[-1][0].split("\n") if told else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
