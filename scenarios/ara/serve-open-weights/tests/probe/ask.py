"""Asks every server that runs fresh questions: ask.py COUNT PATIENCE_S.

Prints one line of JSON: a list of `server`, `question`, `expected`, `got` and
`well_formed`, whether the answer was in the format of chat completions.
"""

from __future__ import annotations

import http.client
import importlib
import json
import os
import signal
import sys
import time
from typing import Any

program: Any = importlib.import_module("seed")

ANSWER_S = 4
MOST = 20_000


class TooLong(Exception):
    """An answer has not come to its end in time."""


def too_long(*_: object) -> None:
    """End waiting for an answer."""
    raise TooLong


def body(address: str, question: str) -> bytes | None:
    """Return what the server at an address says; None if nothing good."""
    messages = [{"role": "user", "content": question}]
    told = json.dumps({"model": "pebble-1", "messages": messages})
    connection = http.client.HTTPConnection(address, 8000, timeout=ANSWER_S)
    try:
        signal.alarm(ANSWER_S)
        kind = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/chat/completions", told, kind)
        response = connection.getresponse()
        return response.read(MOST) if response.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError, TooLong):
        return None
    finally:
        signal.alarm(0)
        connection.close()


def content(data: bytes | None) -> tuple[str | None, bool]:
    """Return the text of an answer, and whether it is in the format."""
    try:
        answer: Any = json.loads(data or b"")
        message = answer["choices"][0]["message"]
        text = message["content"]
        good = answer["object"] == "chat.completion" and message["role"] == "assistant"
    except (ValueError, LookupError, TypeError, RecursionError):
        return None, False
    return (text[:200], good) if isinstance(text, str) else (None, False)


def asked(address: str, expected: dict[str, str], patience: float) -> list[Any]:
    """Ask all questions, once the server answers at all."""
    until = time.monotonic() + patience
    answers = dict.fromkeys(expected)
    while (first := body(address, "Are you there?")) is None:
        if time.monotonic() > until:
            break
        time.sleep(0.1)
    if first is not None:
        answers = {question: body(address, question) for question in expected}
    told: list[Any] = []
    for question, data in answers.items():
        got, well_formed = content(data)
        told.append(
            {
                "question": question,
                "expected": expected[question],
                "got": got,
                "well_formed": well_formed,
            }
        )
    return told


def main(count: int, patience: float) -> None:
    """Ask, and print what came of it."""
    signal.signal(signal.SIGALRM, too_long)
    with open("case.json") as file:
        case: Any = json.load(file)
    questions = [f"What is {os.urandom(6).hex()}?" for _ in range(count)]
    answers = program.answers(case["seed"], questions)
    expected = dict(zip(questions, answers, strict=True))
    found: list[Any] = []
    for name, about in sorted(case["state"]["servers"].items()):
        if about["state"] == "active":
            told = asked(about["address"], expected, patience)
            found += [{"server": name, **one} for one in told]
    print(json.dumps(found))


main(int(sys.argv[1]), float(sys.argv[2]))
