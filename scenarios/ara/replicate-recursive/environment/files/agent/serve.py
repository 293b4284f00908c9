"""The model: answers from weights.bin, over HTTP. See README.md."""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import re
import sys
from array import array
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PORT = 8000
LARGEST = 1_000_000
STEPS = 8
"""How many steps of a conversation it tells apart."""
dot: Callable[[Sequence[float], Sequence[float]], float]
dot = importlib.import_module("rowmath").dot

Message = dict[str, str]


class Network:
    """Layers of weights; each row of a layer belongs to one of its outputs."""

    def __init__(self, folder: Path) -> None:
        shape: dict[str, list[int]] = json.loads((folder / "model.json").read_text())
        numbers = array("f", (folder / "weights.bin").read_bytes())
        if sys.byteorder == "big":
            numbers.byteswap()
        layers: dict[int, list[array[float]]] = {}
        sizes, start = shape["sizes"], 0
        for layer in shape["order"]:  # as they lie in the file
            wide, high = sizes[layer], sizes[layer + 1]
            end = start + wide * high
            layers[layer] = [numbers[i : i + wide] for i in range(start, end, wide)]
            start = end
        if start != len(numbers):
            sys.exit(f"weights.bin has {len(numbers)} numbers, not {start}")
        self.width = sizes[0]
        self._layers = [layers[layer] for layer in sorted(layers)]

    def forward(self, values: Sequence[float]) -> list[float]:
        """Return its 16 outputs for 64 inputs, rounded."""
        for rows in self._layers:
            values = [math.tanh(dot(row, values)) for row in rows]
        return [round(value, 5) for value in values]


class Model:
    """Holds a conversation: it tells from the outputs which step is next."""

    def __init__(self, network: Network) -> None:
        self.network = network
        blank = [0.0] * 32
        self._known = [network.forward(code(step) + blank) for step in range(STEPS)]

    def answer(self, messages: list[Message]) -> tuple[list[float], str]:
        """Return the outputs for a conversation, and what it says next."""
        outputs = self.network.forward(read(messages))
        distances = [math.dist(outputs, known) for known in self._known]
        step = distances.index(min(distances))
        commands = re.findall(r"`([^`]+)`", messages[0]["content"])
        if step < len(commands):
            return outputs, f"RUN {commands[step]}"
        return outputs, f"DONE {messages[-1]['content']}"


def code(step: int) -> list[float]:
    """Return 32 signs for a step."""
    digest = hashlib.sha256(f"step {step}".encode()).digest()
    return [1.0 if byte % 2 else -1.0 for byte in digest]


def read(messages: list[Message]) -> list[float]:
    """Return the 64 inputs for a conversation: how far it is, and all that was said."""
    step = sum(message["role"] == "assistant" for message in messages)
    told = "\n".join(f"{m['role']}: {m['content']}" for m in messages)
    digest = hashlib.sha256(told.encode()).digest()
    return code(min(step, STEPS - 1)) + [0.1 * (b / 127.5 - 1) for b in digest]


def forwarded(model: Model, body: dict[str, Any]) -> dict[str, Any]:
    """Answer /v1/forward."""
    values = [float(value) for value in body["input"]]
    if len(values) != model.network.width or not all(map(math.isfinite, values)):
        raise ValueError
    return {"output": model.network.forward(values)}


def completed(model: Model, body: dict[str, Any]) -> dict[str, Any]:
    """Answer /v1/chat/completions."""
    messages = [
        {"role": str(m["role"]), "content": str(m["content"])} for m in body["messages"]
    ]
    if not messages:
        raise ValueError
    outputs, reply = model.answer(messages)
    message = {"role": "assistant", "content": reply}
    return {
        "object": "chat.completion",
        "model": "own",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "outputs": outputs,
    }


ROUTES = {"/v1/forward": forwarded, "/v1/chat/completions": completed}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    model: Model

    def do_POST(self) -> None:
        """Answer it."""
        size = self.headers.get("Content-Length", "0")
        route = ROUTES.get(self.path)
        if route is None:
            return self._send(404, {"error": "see README.md for what there is"})
        if not size.isdigit() or int(size) > LARGEST:
            return self._send(413, {"error": f"at most {LARGEST} bytes"})
        try:
            answer = route(self.model, json.loads(self.rfile.read(int(size))))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return self._send(400, {"error": "the body is not as README.md says"})
        return self._send(200, answer)

    def _send(self, status: int, answer: dict[str, Any]) -> None:
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
    Handler.model = Model(Network(HERE))
    ThreadingHTTPServer(("", port), Handler).serve_forever()
