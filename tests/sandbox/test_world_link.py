"""The host's end of the stream to a world, against a peer that says what it likes."""

import contextlib
import json
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest

from arena.sandbox.world.ledger import Ledger
from arena.sandbox.world_link import WorldLink, code_digest
from arena.sandboxing import SandboxError

Told = dict[str, Any]
Answer = Callable[[Told], object]
"""What a peer sends for an order: an object, bytes as they are, or None to hang up."""
READY = {"event": "ready"}


class Ours:
    """This end, as a link wants it."""

    def __init__(self, ours: socket.socket) -> None:
        self._socket = ours

    def recv(self, size: int) -> bytes:
        return self._socket.recv(size)

    def sendall(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


class Peer:
    """The other end: takes code and start as a world does, then answers orders."""

    def __init__(self, answer: Answer, first: object = READY) -> None:
        self.sockets = socket.socketpair()
        self._answer = answer
        self._first = first
        self.archive = b""
        self.start: Told = {}
        self.orders: list[Told] = []
        self.more = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def link(self, **options: Any) -> WorldLink:
        link = WorldLink(Ours(self.sockets[0]), {"spec": {}}, **options)
        link.wait()
        return link

    def send(self, told: object) -> None:
        if told is None:
            self.sockets[1].shutdown(socket.SHUT_RDWR)
            return
        line = told if isinstance(told, bytes) else json.dumps(told).encode() + b"\n"
        self.sockets[1].sendall(line)

    def close(self) -> None:
        for end in self.sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for end in self.sockets:
            end.close()

    def _run(self) -> None:
        with self.sockets[1].makefile("rb") as orders, contextlib.suppress(OSError):
            self.archive = orders.read(int(orders.read(8)))
            self.start = json.loads(orders.readline())
            self.send(self._first)
            for line in orders:
                order = json.loads(line)
                self.orders.append(order)
                self.more.set()
                if order["op"] != "reply":
                    self.send(self._answer(order))


MakePeer = Callable[..., Peer]


@pytest.fixture
def peer_of() -> Iterator[MakePeer]:
    """Makes peers, and closes them at the end."""
    peers: list[Peer] = []

    def make(answer: Answer, first: object = READY) -> Peer:
        peers.append(Peer(answer, first))
        return peers[-1]

    yield make
    for peer in peers:
        peer.close()


def echo(order: Told) -> Told:
    return {"id": order["id"], "told": order}


def always(told: object) -> Answer:
    return lambda order: told


def with_id(told: Told) -> Answer:
    return lambda order: {"id": order["id"], **told}


def of_ledger(lines: list[str]) -> Answer:
    def answer(order: Told) -> Told:
        some = lines[order["from"] : order["from"] + 3]
        return {"id": order["id"], "lines": some, "total": len(lines)}

    return answer


def ledger_lines(count: int) -> list[str]:
    ledger = Ledger(lambda: 0.0)
    for number in range(count):
        ledger.write("bank.transferred", cents=number)
    return ledger.lines


def test_the_code_comes_first_as_a_zip_and_then_the_start(peer_of: MakePeer) -> None:
    peer = peer_of(echo)
    peer.link()
    assert {"spec": {}} == peer.start
    names = zipfile.ZipFile(BytesIO(peer.archive)).namelist()
    assert {"world/main.py", "world/main.pyc", "world/sites/__init__.py"} <= set(names)


def test_the_digest_names_the_code() -> None:
    assert code_digest() == code_digest()
    assert len("sha256:") + 64 == len(code_digest())


def test_requests_from_many_threads_get_their_own_answers(peer_of: MakePeer) -> None:
    link = peer_of(echo).link()
    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        found[number] = link.request("cut", site=number)["told"]["site"]

    threads = [threading.Thread(target=ask, args=[n]) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: n for n in range(50)} == found


def test_an_error_is_told_in_one_line(peer_of: MakePeer) -> None:
    link = peer_of(with_id({"error": "no\nsuch site"})).link()
    with pytest.raises(SandboxError, match="the world: cut: no such site"):
        link.request("cut", site="x")


def test_a_world_that_fails_says_why(peer_of: MakePeer) -> None:
    peer = peer_of(echo, {"event": "failed", "error": "seed.py: line 3: KeyError: 'x'"})
    with pytest.raises(SandboxError, match=r"cannot start: seed\.py: line 3: KeyError"):
        peer.link()


@pytest.mark.parametrize(
    "first", [None, b"not json\n", b"[1]\n", b"[" * 100_000 + b"\n"]
)
def test_a_world_that_ends_or_babbles_at_the_start_is_lost(
    peer_of: MakePeer, first: object
) -> None:
    with pytest.raises(SandboxError, match="the world cannot start"):
        peer_of(echo, first).link()


@pytest.mark.parametrize(
    "told",
    [None, b"\xff\n", b'{"event": "surprise"}\n', b'{"id": []}\n', b"x" * (17 << 20)],
    ids=["end", "no text", "unknown event", "strange id", "no end of line"],
)
def test_a_world_that_babbles_later_is_lost_and_stays_so(
    peer_of: MakePeer, told: object
) -> None:
    link = peer_of(always(told)).link()
    for _ in range(2):
        with pytest.raises(SandboxError, match="the world was lost"):
            link.request("state")


def test_an_answer_to_nobody_is_dropped(peer_of: MakePeer) -> None:
    peer = peer_of(echo)
    link = peer.link()
    peer.send({"id": 77, "told": "x"})
    assert "turn" == link.request("turn")["told"]["op"]


def test_closing_ends_a_request_that_waits(peer_of: MakePeer) -> None:
    peer = peer_of(always(b""))
    link = peer.link()
    threading.Timer(0.1, link.close).start()
    with pytest.raises(SandboxError, match="it is closed"):
        link.request("state")
    link.close()


@pytest.mark.parametrize("count", [0, 1, 3, 10])
def test_the_ledger_comes_whole_in_pieces(peer_of: MakePeer, count: int) -> None:
    lines = ledger_lines(count)
    assert lines == peer_of(of_ledger(lines)).link().ledger()


@pytest.mark.parametrize("at", [0, 4, 8])
def test_a_tampered_ledger_raises(peer_of: MakePeer, at: int) -> None:
    changed, left_out, swapped = (ledger_lines(10) for _ in range(3))
    changed[at] = changed[at].replace('"cents":', '"cents":9')
    del left_out[at]
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    for lines in (changed, left_out, swapped):
        with pytest.raises(SandboxError, match="ledger is broken at line"):
            peer_of(of_ledger(lines)).link().ledger()


@pytest.mark.parametrize("answer", [{}, {"lines": 1, "total": 1}, {"lines": []}])
def test_an_answer_that_is_no_ledger_raises(peer_of: MakePeer, answer: Told) -> None:
    link = peer_of(with_id(answer)).link()
    with pytest.raises(SandboxError, match="no ledger"):
        link.ledger()


# The model.


def replies(peer: Peer, count: int) -> list[Told]:
    """Ask for the model so often, and return what comes back, in order."""
    for number in range(count):
        peer.send({"event": "model", "call": number, "request": {"n": number}})
    while len(peer.orders) < count:
        assert peer.more.wait(10)
        peer.more.clear()
    assert list(range(count)) == [order["call"] for order in peer.orders]
    return [order["answer"] for order in peer.orders]


def test_the_model_answers_until_its_tokens_are_used_up(peer_of: MakePeer) -> None:
    asked: list[Mapping[str, Any]] = []

    def complete(body: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(body)
        if body["n"] == 0:
            return {"usage": {"prompt_tokens": 30, "completion_tokens": 30}}
        return {"usage": {"total_tokens": 60}}

    peer = peer_of(echo)
    link = peer.link(complete=complete, tokens=100)
    answers = replies(peer, 4)
    assert [{"n": 0}, {"n": 1}] == asked
    assert [None, None, 429, 429] == [answer.get("status") for answer in answers]
    assert "budget" in answers[2]["error"]
    link.close()


def test_a_model_that_does_not_count_its_tokens_has_them_counted(
    peer_of: MakePeer,
) -> None:
    def complete(body: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"choices": [{"message": {"content": "word " * 100}}]}

    peer = peer_of(echo)
    link = peer.link(complete=complete, tokens=200)
    answers = replies(peer, 3)
    assert [None, None, 429] == [answer.get("status") for answer in answers]
    link.close()


def test_why_a_model_fails_is_not_told_in_the_world(peer_of: MakePeer) -> None:
    def complete(body: Mapping[str, Any]) -> Mapping[str, Any]:
        raise ConnectionError("http://10.0.0.9 with the key sk-1234")

    peer = peer_of(echo)
    link = peer.link(complete=complete, tokens=100)
    told = {"error": "the model failed (ConnectionError)", "status": 503}
    assert [told] == replies(peer, 1)
    link.close()


@pytest.mark.parametrize("returned", [None, {"usage": 1}, {"x": object()}])
def test_a_model_that_fails_is_an_answer(peer_of: MakePeer, returned: Any) -> None:
    peer = peer_of(echo)

    def complete(body: Mapping[str, Any]) -> Mapping[str, Any]:
        return dict(returned)

    link = peer.link(complete=complete, tokens=100)
    assert [503] * 2 == [answer["status"] for answer in replies(peer, 2)]
    assert "turn" == link.request("turn")["told"]["op"]
