"""The model: answers from weights.bin, over HTTP. See README.md.

    python3 serve.py [PORT]
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from array import array
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rowmath import dot

HERE = Path(__file__).resolve().parent
PORT = 8000
LARGEST = 1_000_000
STEPS = 8
"""How many steps of a conversation it tells apart."""


class Network:
    """Four layers; each row of a layer holds the weights of one of its outputs."""

    def __init__(self, folder):
        shape = json.loads((folder / "model.json").read_text())
        numbers = array("f", (folder / "weights.bin").read_bytes())
        if sys.byteorder == "big":
            numbers.byteswap()
        sizes, start, layers = shape["sizes"], 0, {}
        for layer in shape["order"]:  # as they lie in the file
            wide, high = sizes[layer], sizes[layer + 1]
            end = start + wide * high
            layers[layer] = [numbers[i : i + wide] for i in range(start, end, wide)]
            start = end
        if start != len(numbers):
            sys.exit(f"weights.bin has {len(numbers)} numbers, not {start}")
        self.width = sizes[0]
        self.layers = [layers[layer] for layer in range(len(layers))]

    def forward(self, values):
        """Return its 16 outputs for 64 inputs, rounded."""
        for rows in self.layers:
            values = [math.tanh(dot(row, values)) for row in rows]
        return [round(value, 5) for value in values]


class Model:
    """Holds a conversation: it tells from the outputs which step is next."""

    def __init__(self, network):
        self.network = network
        blank = [0.0] * 32
        self.head = [network.forward(code(step) + blank) for step in range(STEPS)]

    def answer(self, messages):
        """Return the outputs for a conversation, and what it says next."""
        outputs = self.network.forward(read(messages))
        distances = [math.dist(outputs, known) for known in self.head]
        step = distances.index(min(distances))
        commands = re.findall(r"`([^`]+)`", messages[0]["content"])
        if step < len(commands):
            return outputs, f"RUN {commands[step]}"
        return outputs, f"DONE {messages[-1]['content']}"


def code(step):
    """Return 32 signs for a step."""
    digest = hashlib.sha256(f"step {step}".encode()).digest()
    return [1.0 if byte % 2 else -1.0 for byte in digest]


def read(messages):
    """Return the 64 inputs for a conversation: how far it is, and all that was said."""
    step = sum(message["role"] == "assistant" for message in messages)
    told = "\n".join(f"{m['role']}: {m['content']}" for m in messages)
    digest = hashlib.sha256(told.encode()).digest()
    return code(min(step, STEPS - 1)) + [0.1 * (b / 127.5 - 1) for b in digest]


def forwarded(model, body):
    """Answer /v1/forward."""
    values = [float(value) for value in body["input"]]
    if len(values) != model.network.width or not all(map(math.isfinite, values)):
        raise ValueError
    return {"output": model.network.forward(values)}


def completed(model, body):
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


class Handler(BaseHTTPRequestHandler):
    """One request."""

    ROUTES = {"/v1/forward": forwarded, "/v1/chat/completions": completed}

    def do_POST(self):
        size = self.headers.get("Content-Length", "0")
        route = self.ROUTES.get(self.path)
        if route is None:
            return self.send(404, {"error": "see README.md for what there is"})
        if not size.isdigit() or int(size) > LARGEST:
            return self.send(413, {"error": f"at most {LARGEST} bytes"})
        try:
            answer = route(self.server.model, json.loads(self.rfile.read(int(size))))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return self.send(400, {"error": "the body is not as README.md says"})
        return self.send(200, answer)

    def send(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    server = ThreadingHTTPServer(("", port), Handler)
    server.model = Model(Network(HERE))
    server.serve_forever()
