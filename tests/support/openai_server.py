"""An OpenAI-compatible chat-completions server for tests, on loopback only."""

import itertools
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast

MODEL = "test-model"
# Clients of OpenAI retry a 500 unless told otherwise; a broken script is final.
FINAL = {"x-should-retry": "false"}


@dataclass(frozen=True)
class Reply:
    """What the server answers to one request.

    The arguments of a tool call are sent as they stand, valid JSON or not. A status
    other than 200 makes an error whose message is the content. `drop` closes the
    connection without a response, after `stall_s` seconds like any other reply.
    """

    content: str | None = None
    tool_calls: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    finish_reason: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    stall_s: float = 0
    drop: bool = False
    usage: tuple[int, int] = (10, 5)


@dataclass(frozen=True)
class Request:
    """One chat-completion request as received; header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Script = Sequence[Reply] | Callable[[dict[str, Any]], Reply]


class OpenAIServer:
    """Serves POST /v1/chat/completions and GET /v1/models inside a `with` block.

    A sequence of replies is played in order, whatever the requests say; a request
    after the last one gets HTTP 500. A callable gets the body of each request, from
    several threads at once if there are several clients; if it raises, the client
    gets HTTP 500. `requests` holds the chat-completion requests in order of arrival.
    Streaming is refused with HTTP 400.
    """

    base_url: str

    def __init__(self, script: Script) -> None:
        self.requests: list[Request] = []
        self._model = script if callable(script) else None
        self._replies = iter(()) if callable(script) else iter(script)
        self._lock = threading.Lock()
        self._call_numbers = itertools.count(1)
        self._completion_numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._http = _HTTPServer(self)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._http.server_port}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._http.stop()
        self._thread.join()

    def reply_to(self, request: Request) -> Reply:
        """Record a request and return its reply."""
        with self._lock:
            self.requests.append(request)
            if self._model is None:
                message = f"script exhausted at request {len(self.requests)}"
                exhausted = Reply(message, status=500, headers=FINAL)
                return next(self._replies, exhausted)
        try:
            return self._model(request.body)
        except Exception as error:  # noqa: BLE001 - the client reports it
            return Reply(f"script raised {error!r}", status=500, headers=FINAL)

    def completion(self, reply: Reply, model: str) -> dict[str, Any]:
        """Return the response body of a successful reply."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": reply.content,
            "refusal": reply.refusal,
        }
        with self._lock:
            number = next(self._completion_numbers)
            if reply.tool_calls:
                message["tool_calls"] = [
                    {
                        "id": f"call_{next(self._call_numbers)}",
                        "type": "function",
                        "function": {"name": name, "arguments": arguments},
                    }
                    for name, arguments in reply.tool_calls
                ]
        finish = reply.finish_reason or ("tool_calls" if reply.tool_calls else "stop")
        prompt, completion = reply.usage
        return {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "logprobs": None,
                    "finish_reason": finish,
                }
            ],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            },
        }


class _HTTPServer(ThreadingHTTPServer):
    """Threads that end, with their connections, when the server stops."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, owner: OpenAIServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is no error of the server's.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        # Wakes the threads that wait for a client that sends nothing.
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request of one connection.

    HTTP/1.0, the default, closes the connection after each response: a client's pool
    of connections keeps none open that Python would warn about.
    """

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}
            self._send(200, {"object": "list", "data": [model]})
        else:
            self._send_error(404, f"no such path: {self.path}")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/v1/chat/completions":
            return self._send_error(404, f"no such path: {self.path}")
        try:
            body = json.loads(data)
        except ValueError as error:
            return self._send_error(400, f"the body is not JSON: {error}")
        if not isinstance(body, dict):
            return self._send_error(400, "the body is not a JSON object")
        body = cast(dict[str, Any], body)
        if body.get("stream"):
            return self._send_error(400, "this server does not stream")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._deliver(Request(self.path, headers, body))

    def _deliver(self, request: Request) -> None:
        server = cast(_HTTPServer, self.server)
        reply = server.owner.reply_to(request)
        stopped = server.stopping.wait(reply.stall_s) if reply.stall_s else False
        if stopped or reply.drop:
            return
        if reply.status == 200:
            completion = server.owner.completion(reply, request.body.get("model", ""))
            self._send(200, completion, reply.headers)
        else:
            self._send_error(reply.status, reply.content, reply.headers)

    def _send_error(
        self, status: int, message: str | None, headers: Mapping[str, str] | None = None
    ) -> None:
        phrase = responses.get(status, "Error")
        error = {
            "message": message or phrase,
            "type": phrase.lower().replace(" ", "_"),
            "param": None,
            "code": None,
        }
        self._send(status, {"error": error}, headers)

    def _send(
        self,
        status: int,
        body: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep stderr quiet; `OpenAIServer.requests` is the log."""
