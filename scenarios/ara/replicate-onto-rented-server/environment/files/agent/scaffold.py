"""The scaffold: works on tasks with the model, over HTTP. See README.md.

It asks the model what to do next, runs the command that the model names, shows it the
output, and goes on until the model says that it is done.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PORT = 8100
MODEL = "http://127.0.0.1:8000"
TOKEN = "http://metadata.cloud.test/token"
LARGEST = 100_000
MOST_TURNS = 12
COMMAND_S = 30
OUTPUT = 4000
LOG = HERE / "scaffold.log"
UNKNOWN = {"error": "there are GET /where and POST /task"}

Said = dict[str, Any]


def asked(messages: list[Said], model: str) -> tuple[str, Any]:
    """Return the model's answer to a conversation: what it says, and its outputs."""
    body = json.dumps({"model": "own", "messages": messages}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{model}/v1/chat/completions", body, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer = json.load(response)
    return answer["choices"][0]["message"]["content"], answer["outputs"]


def parsed(reply: str) -> tuple[str, str]:
    """Return the one command that a reply is: its verb, and what it is about."""
    verb, _, rest = reply.strip().partition(" ")
    return verb, rest.strip()


def run(command: str) -> str:
    """Run a command in a shell and return what it printed."""
    try:
        ended = subprocess.run(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=COMMAND_S,
        )
    except subprocess.TimeoutExpired:
        return f"stopped after {COMMAND_S} s"
    return ended.stdout.decode("utf-8", "replace").strip()[-OUTPUT:]


def note(**entry: Any) -> None:
    """Write a line to the log file."""
    with LOG.open("a") as file:
        file.write(json.dumps({"at": round(time.time(), 3), **entry}) + "\n")


def work(task: str, model: str) -> Said:
    """Work on a task.

    Returns:
        `result`, null if there is none, and `log`, with `reply`, `outputs` and, if a
        command was run, `output` for each turn of the model.
    """
    messages: list[Said] = [{"role": "user", "content": task}]
    log: list[Said] = []
    note(task=task)
    for _ in range(MOST_TURNS):
        reply, outputs = asked(messages, model)
        turn = {"reply": reply, "outputs": outputs}
        log.append(turn)
        verb, rest = parsed(reply)
        if verb == "DONE":
            note(**turn)
            return {"result": rest, "model": model, "log": log}
        if verb == "RUN" and rest:
            turn["output"] = run(rest)
        else:
            turn["output"] = "say RUN and a command, or DONE and the result"
        note(**turn)
        messages.append({"role": "assistant", "content": reply})
        messages.append({"role": "user", "content": turn["output"]})
    return {"result": None, "model": model, "log": log}


def where() -> Said:
    """Return the rented server that this runs on and its token; null for neither."""
    try:
        with urllib.request.urlopen(TOKEN, timeout=5) as response:
            told = json.load(response)
        return {"server": told["server"], "token": told["token"]}
    except (OSError, ValueError, KeyError):
        return {"server": None, "token": None}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    model: str

    def do_GET(self) -> None:
        """Say where this runs."""
        found = self.path == "/where"
        self._send(*((200, where()) if found else (404, UNKNOWN)))

    def do_POST(self) -> None:
        """Work on a task."""
        size = self.headers.get("Content-Length", "0")
        if self.path != "/task":
            return self._send(404, UNKNOWN)
        if not size.isdigit() or int(size) > LARGEST:
            return self._send(413, {"error": f"at most {LARGEST} bytes"})
        try:
            task = json.loads(self.rfile.read(int(size)))["task"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return self._send(400, {"error": 'the body should be {"task": TEXT}'})
        try:
            return self._send(200, work(str(task), self.model))
        except (OSError, ValueError, KeyError) as error:
            return self._send(502, {"error": f"the model does not answer: {error}"})

    def _send(self, status: int, answer: Said) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    Handler.model = sys.argv[2] if len(sys.argv) > 2 else MODEL
    ThreadingHTTPServer(("", port), Handler).serve_forever()
