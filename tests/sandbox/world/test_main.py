"""The world's process, over real sockets: orders, ports, floods, and its end."""

import contextlib
import http.client
import json
import queue
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from arena.sandbox.world.connections import MOST_OF_ONE, PATIENCE_S
from arena.sandbox.world.ledger import broken_at
from arena.sandbox.world.web import MOST_BODY, MOST_HEAD

AGENT, SERVER, STRANGER = "127.0.0.1", "127.0.0.5", "127.0.0.9"
RUN = "from arena.sandbox.world.main import main; main()"
PROGRAM = """\
print("hello")
def world(seed, rich=False):
    return {
        "books": {"ann": 900 if rich else seed},
        "keys": [["good", "bank", "ann"]],
        "sites": {"status": {}},
    }
"""
SPEC: dict[str, Any] = {
    "services": ["bank", "cloud", "status"],
    "clock_rate": 0.0,
    "tld": "test",
    "model": "scripted",
    "model_tokens": 100_000,
    "seed": 7,
    "program": PROGRAM,
    "settings": {},
    "perturbations": [],
}


class Process:
    """One world."""

    def __init__(self) -> None:
        self.begun: dict[str, Any] = {}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._number = 1
        self.events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def start(self, changes: Mapping[str, object]) -> None:
        self.send(
            {
                "id": 1,
                "op": "start",
                "spec": {**SPEC, **changes},
                "places": {AGENT: "agent", SERVER: "server-1"},
                "address": AGENT,
                "ports": {"http": 0, "dns": 0},
            }
        )
        self.begun = self.events.get(timeout=30)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                told = json.loads(line)
                (self.events if "event" in told else self._answers).put(told)

    def send(self, told: Mapping[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()

    def order(self, op: str, **arguments: object) -> dict[str, Any]:
        self._number += 1
        self.send({"id": self._number, "op": op, **arguments})
        answer = self._answers.get(timeout=30)
        assert self._number == answer.pop("id")
        return answer

    def ledger(self) -> list[dict[str, Any]]:
        lines: list[str] = []
        while True:
            told = self.order("ledger", **{"from": len(lines)})
            lines += told["lines"]
            if len(lines) >= told["total"]:
                assert None is broken_at(lines)
                return [json.loads(line) for line in lines]

    def connect(self, source: str = AGENT) -> socket.socket:
        port = self.begun["http"]
        return socket.create_connection((AGENT, port), 20, source_address=(source, 0))

    def ask(
        self,
        host: str,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        source: str = AGENT,
        token: str = "",
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(
            AGENT, self.begun["http"], 20, source_address=(source, 0)
        )
        headers = {"Host": host, "Authorization": f"Bearer {token}"}
        sent = None if body is None else json.dumps(body)
        with contextlib.closing(connection):
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def close(self) -> str:
        """End it; return what it said on its standard error."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        if self.process.stderr.closed:
            return ""
        self.process.stdin.close()
        with self.process.stderr as stderr:
            told = stderr.read()
        self._listening.join(10)
        self.process.wait(10)
        return told


Play = Callable[..., Process]


@pytest.fixture
def play() -> Iterator[Play]:
    """Starts worlds, and ends them."""
    running: list[Process] = []

    def start(**changes: object) -> Process:
        running.append(Process())
        running[-1].start(changes)
        return running[-1]

    yield start
    for process in running:
        process.close()


def raw(connection: socket.socket, sent: bytes) -> bytes:
    """Send bytes as they are, and return all that comes until the end."""
    with connection:
        connection.sendall(sent)
        told = b""
        with contextlib.suppress(ConnectionResetError):
            while data := connection.recv(65536):
                told += data
        return told


# Orders of the host.


def test_it_plays_what_the_tasks_program_says(play: Play) -> None:
    world = play(settings={"rich": True})
    assert "ready" == world.begun["event"]
    status, told = world.ask("bank.test", "/v1/account", token="good")
    assert (200, 900) == (status, json.loads(told)["balance_cents"])
    assert 900 == world.order("state")["money"]["ann"]


def test_what_the_program_prints_is_no_answer(play: Play) -> None:
    world = play()
    assert "time" in world.order("state")
    assert "hello" in world.close()


def test_it_ends_with_its_input_whoever_is_connected(play: Play) -> None:
    world = play()
    with world.connect():
        world.close()
    assert 0 == world.process.returncode


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"program": "def world(seed):\n    return 1 / 0"}, "seed.py: line 2: ZeroDiv"),
    ({"program": "def world(seed:"}, "seed.py: SyntaxError"),
    ({"program": "raise SystemExit(3)"}, "seed.py: line 1: SystemExit"),
    ({"program": "x = 1"}, "seed.py: AttributeError"),
    ({"program": "def world(seed): return 3"}, "should return a dict"),
    (
        {"program": "def world(seed): return {'keys': [1]}"},
        "gives what is no world",
    ),
    ({"program": "def world(seed): return {'sites': 1}"}, "gives what is no world"),
    ({"settings": {"odd": 1}}, "seed.py: TypeError"),
    ({"services": ["bank", "moon"]}, "there is no site 'moon'"),
    (
        {"perturbations": [{"id": "X2", "when": "soon", "params": {}}]},
        "perturbation X2: when 'soon'",
    ),
]


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_a_task_that_is_no_world_is_told_what_is_wrong(
    play: Play, changes: dict[str, object], why: str
) -> None:
    world = play(**changes)
    assert "failed" == world.begun["event"]
    assert why in world.begun["error"]
    assert 1 == world.process.wait(10)


def test_a_call_of_the_agent_lets_time_pass(play: Play) -> None:
    world = play(
        perturbations=[{"id": "X2", "when": "calls:2", "params": {"factor": 2}}]
    )
    assert ({}, {}) == (world.order("turn"), world.order("turn"))
    state = world.order("state")
    assert 40 == state["time"]
    assert {"fired": 2, "touched": None} == state["perturbations"]["X2"]


def test_sites_are_cut_and_mended_and_the_end_is_for_servers_only(play: Play) -> None:
    world = play()
    world.order("cut", site="bank")
    assert 503 == world.ask("bank.test", "/docs")[0]
    world.order("mend", site="bank")
    assert 200 == world.ask("bank.test", "/docs")[0]
    assert "there is no site 'moon'" in world.order("cut", site="moon")["error"]
    world.order("judge")
    assert 503 == world.ask("bank.test", "/docs")[0]
    told = world.ask("metadata.cloud.test", "/token", source=SERVER)
    assert (200, "server-1") == (told[0], json.loads(told[1])["server"])
    assert 403 == world.ask("metadata.cloud.test", "/token")[0]
    world.order("mend", site="bank")
    assert 200 == world.ask("bank.test", "/docs")[0]


def test_all_active_servers_are_restarted_and_no_other(play: Play) -> None:
    program = """\
def world(seed):
    return {"sites": {"cloud": {}}, "keys": [["good", "cloud", "cloud-1"]],
            "books": {"cloud/cloud-1": 10_000}}
"""
    world = play(program=program)
    assert {} == world.order("restart")
    assert [] == world.ledger()
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
    listed = json.loads(world.ask("api.cloud.test", "/v1/prices", token="good")[1])
    asked = {
        "size": "small",
        "region": listed["regions"][0]["region"],
        "ssh_key": key,
    }
    status, told = world.ask(
        "api.cloud.test", "/v1/servers", method="POST", body=asked, token="good"
    )
    assert (201, "server-1") == (status, json.loads(told)["server"])
    world.order("restart")
    assert 2 == world.order("state")["servers"]["server-1"]["boots"]
    told = world.ask("metadata.cloud.test", "/boot", source=SERVER)[1]
    assert ("active", 2, key) == tuple(
        json.loads(told)[name] for name in ("state", "boots", "key")
    )


def test_an_order_that_there_is_not_is_refused_and_the_next_is_done(play: Play) -> None:
    world = play()
    assert "there is no op 'explode'" in world.order("explode")["error"]
    assert {} == world.order("turn")


def test_a_long_ledger_comes_in_pieces(play: Play) -> None:
    world = play()
    connection = world.connect()
    count = 3000
    with connection, connection.makefile("rb") as answers:
        for _ in range(count):
            connection.sendall(b"HEAD /" + b"x" * 300 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            while answers.readline() != b"\r\n":
                pass
    first = world.order("ledger", **{"from": 0})
    assert count == first["total"]
    assert len(first["lines"]) < count
    assert list(range(1, count + 1)) == [line["n"] for line in world.ledger()]


# The model under test.


def model_world(play: Play) -> Process:
    program = "def world(seed): return {'keys': [['good', 'model', 'ann']]}"
    return play(services=["model", "status"], model="host", program=program)


CHAT = {"model": "guest-1", "messages": [{"role": "user", "content": "Hello"}]}


def test_the_model_is_asked_of_the_host_while_others_are_answered(play: Play) -> None:
    world = model_world(play)
    found: list[tuple[int, bytes]] = []

    def chat() -> None:
        found.append(
            world.ask(
                "model.test",
                "/v1/chat/completions",
                method="POST",
                body=CHAT,
                token="good",
            )
        )

    asking = threading.Thread(target=chat)
    asking.start()
    asked = world.events.get(timeout=10)
    assert "model" == asked["event"]
    assert CHAT["messages"] == asked["request"]["messages"]
    assert 200 == world.ask("status.test", "/v1/clock")[0]
    reply = {
        "choices": [{"message": {"role": "assistant", "content": "Good day"}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }
    assert {} == world.order("reply", call=asked["call"], answer=reply)
    asking.join(10)
    assert 200 == found[0][0]
    assert b"Good day" in found[0][1]
    paths = [line["path"] for line in world.ledger() if line["kind"] == "request"]
    assert ["/v1/clock", "/v1/chat/completions"] == paths


def test_a_reply_that_nobody_waits_for_is_dropped(play: Play) -> None:
    world = play()
    assert {} == world.order("reply", call=99, answer={})
    assert {} == world.order("turn")


# Requests over connections.


def test_who_asks_is_known_by_the_address(play: Play) -> None:
    world = play()
    for source in (AGENT, SERVER, STRANGER):
        world.ask("bank.test", "/", source=source)
    assert ["agent", "server-1", STRANGER] == [line["who"] for line in world.ledger()]


def test_a_connection_is_kept_and_requests_may_come_together(play: Play) -> None:
    world = play()
    one = b"GET /v1/clock HTTP/1.1\r\nHost: status.test:80\r\n\r\n"
    last = b"GET /v1/clock HTTP/1.0\r\nHost: status.test\r\n\r\n"
    told = raw(world.connect(), one + one + last)
    assert 3 == told.count(b"HTTP/1.1 200 OK")
    assert 2 == told.count(b"Connection: keep-alive")
    assert b'"time": 3.0' in told


def test_a_head_has_the_length_and_no_body(play: Play) -> None:
    world = play()
    ask = b" / HTTP/1.1\r\nHost: bank.test\r\nConnection: close\r\n\r\n"
    head, _, body = raw(world.connect(), b"HEAD" + ask).partition(b"\r\n\r\n")
    full = raw(world.connect(), b"GET" + ask).partition(b"\r\n\r\n")
    assert (b"", full[0]) == (body, head)
    assert f"Content-Length: {len(full[2])}".encode() in head


def test_a_body_is_asked_for_where_that_is_waited_for(play: Play) -> None:
    world = play()
    with world.connect() as connection:
        connection.sendall(
            b"POST /v1/wait HTTP/1.1\r\nHost: status.test\r\nContent-Length: 14\r\n"
            b"Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        assert b"HTTP/1.1 100 Continue\r\n\r\n" == connection.recv(100)
        told = raw(connection, b'{"seconds": 5}')
    assert told.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * MOST_HEAD + b"\r\n\r\n", 431),
        (b"x" * 3 * MOST_HEAD, 431),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
            % (MOST_BODY + 1),
            413,
        ),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else str(value),
)
def test_what_is_no_request_is_answered_and_ended(
    play: Play, sent: bytes, status: int
) -> None:
    world = play()
    told = raw(world.connect(), sent)
    assert told.startswith(f"HTTP/1.1 {status} ".encode())
    assert b'{"error": "' in told
    assert b"Connection: close" in told
    assert [] == world.ledger()
    assert 200 == world.ask("bank.test", "/docs")[0]


def test_the_largest_body_is_read(play: Play) -> None:
    world = play()
    body = {"seconds": 5, "more": "x" * (MOST_BODY - 100)}
    assert 200 == world.ask("status.test", "/v1/wait", method="POST", body=body)[0]


def test_a_line_of_an_answer_cannot_be_broken_by_what_was_asked(play: Play) -> None:
    world = play()
    told = world.ask("bank.test", "/%0d%0aSet-Cookie:%20a=b.json")
    assert 404 == told[0]
    assert b"Set-Cookie" not in raw(
        world.connect(), b"GET /%0d%0aSet-Cookie:x HTTP/1.0\r\nHost: a.test\r\n\r\n"
    )


# Floods.


def test_one_address_has_so_many_connections_and_the_others_have_theirs(
    play: Play,
) -> None:
    world = play()
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            stack.enter_context(world.connect())
        begun = time.monotonic()
        refused = raw(world.connect(), b"")
        assert time.monotonic() - begun < 1
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 1" in refused
        assert 200 == world.ask("bank.test", "/docs", source=SERVER)[0]
    deadline = time.monotonic() + 5
    while world.ask("bank.test", "/docs")[0] == 503 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert 200 == world.ask("bank.test", "/docs")[0]


def test_many_threads_at_once_are_all_answered_and_recorded(play: Play) -> None:
    world = play()
    wrong: list[int] = []

    def many() -> None:
        for _ in range(20):
            status = world.ask("bank.test", "/v1/account", token="good")[0]
            if status != 200:
                wrong.append(status)

    threads = [threading.Thread(target=many) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == wrong
    assert 320 == len(world.ledger())
    assert 320 == world.order("state")["time"]


@pytest.mark.slow
def test_who_is_slow_is_left_behind_though_he_sends_on(play: Play) -> None:
    world = play()
    begun = time.monotonic()
    with world.connect() as connection:
        connection.settimeout(0.5)
        while time.monotonic() - begun < PATIENCE_S + 5:
            connection.sendall(b"G")
            with contextlib.suppress(TimeoutError):
                if connection.recv(1) == b"":
                    break
    assert PATIENCE_S - 1 < time.monotonic() - begun < PATIENCE_S + 3


@pytest.mark.slow
def test_who_does_not_read_is_left_behind(play: Play) -> None:
    world = play()
    begun = time.monotonic()
    with world.connect() as connection, contextlib.suppress(OSError):
        connection.sendall(b"GET /docs HTTP/1.1\r\nHost: bank.test\r\n\r\n" * 20_000)
        while time.monotonic() - begun < 3 * PATIENCE_S:
            connection.send(b"x")
            time.sleep(0.1)
    assert PATIENCE_S < time.monotonic() - begun < 2 * PATIENCE_S


# Real time.


def test_with_a_rate_real_time_brings_what_is_due_by_itself(play: Play) -> None:
    world = play(
        clock_rate=1000.0,
        perturbations=[{"id": "X2", "when": "t:200", "params": {}}],
    )
    time.sleep(0.3)
    assert 0 == world.order("state")["time"]
    world.order("turn")
    deadline = time.monotonic() + 10
    while not world.ledger() and time.monotonic() < deadline:
        time.sleep(0.02)
    (line,) = world.ledger()
    assert ("perturb.fired", 200) == (line["kind"], line["t"])


# Names.


def question(name: str, kind: int = 1) -> bytes:
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    head = struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack(">HH", kind, 1)


def test_names_are_told_over_both_kinds_of_sockets_whatever_else_comes(
    play: Play,
) -> None:
    world = play()
    place = (AGENT, world.begun["dns"])
    known = question("server-1.servers.cloud.test")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(5)
        for noise in (b"", b"x", b"\xff" * 60, known[:-3], b"\0" * 500):
            datagrams.sendto(noise, place)
        datagrams.sendto(known, place)
        told = datagrams.recv(512)
        begun = time.monotonic()
        datagrams.sendto(question("example.com"), place)
        unknown = datagrams.recv(512)
        assert time.monotonic() - begun < 0.1
    assert socket.inet_aton(SERVER) == told[-4:]
    assert 3 == unknown[3] & 15
    with socket.create_connection(place, 5) as connection:
        both = struct.pack(">H", len(known)) + known
        connection.sendall(both + both)
        answer = struct.pack(">H", len(told)) + told
        with connection.makefile("rb") as answers:
            assert answer * 2 == answers.read(len(answer) * 2)
    with socket.create_connection(place, 5) as connection:
        connection.sendall(b"\0\x02xx")
        assert b"" == connection.recv(10)
