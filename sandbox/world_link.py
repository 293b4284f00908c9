"""The host's end of the stream to a world's process: its code goes in, lines both ways.

What comes back is data of a process that agents talk to: every line is bounded, and one
that does not read as it should ends the link.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import io
import itertools
import json
import marshal
import queue
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from arena.errors import one_line
from arena.sandboxing import SandboxError
from arena.worlds import Complete

from .channel import Stream
from .world.ledger import broken_at

__all__ = ["LOADER", "WorldLink", "code_digest"]

LOADER = """\
import os,sys
def take(n):
 b=b''
 while len(b)<n:
  d=os.read(0,n-len(b))
  if not d: sys.exit(1)
  b+=d
 return b
with open('/tmp/world.zip','wb') as f: f.write(take(int(take(8))))
sys.path.insert(0,'/tmp/world.zip')
from world.main import main
main()
"""
"""The main process of a world: it takes its code from its input and becomes it."""
START_S = 60.0
ANSWER_S = 60.0
MOST_LINE = 16 << 20
"""Bytes of one line."""
HASH_BASED = 1
"""The flag of compiled code that needs no look at its source."""


class WorldLink:
    """Requests to one world and its answers, and its own requests for the model.

    Args:
        stream: Connected to a process that runs `LOADER`.
        start: What the world is told at first.
        complete: Answers for the model site.
        tokens: Of the model, in all.
    """

    def __init__(
        self,
        stream: Stream,
        start: Mapping[str, Any],
        complete: Complete | None = None,
        tokens: int = 0,
    ) -> None:
        self._stream = stream
        self._complete = complete
        self._tokens_left = tokens
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        self._lost = ""
        self._ready: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}
        self._asked: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        for target in (self._listen, self._answer_model):
            threading.Thread(target=target, daemon=True, name="world").start()
        archive = _archive()
        self._send(b"%08d" % len(archive) + archive + _line(start))

    def wait(self) -> None:
        """Return when the world is ready.

        Raises:
            SandboxError: If it is not, or never will be.
        """
        try:
            problem = self._ready.get(timeout=START_S)
        except queue.Empty:
            raise SandboxError("the world does not become ready") from None
        if problem:
            raise SandboxError(f"the world cannot start: {problem}")

    def request(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Ask the world for something, and wait for its answer.

        Raises:
            SandboxError: If it says that it can't, or no answer comes.
        """
        number = next(self._numbers)
        answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._waiting[number] = answers
        try:
            self._send(_line({"id": number, "op": op, **arguments}))
            if self._lost:  # before it was in `_waiting`
                answers.put({"lost": self._lost})
            answer = answers.get(timeout=ANSWER_S)
        except queue.Empty:
            raise SandboxError("the world does not answer any more") from None
        finally:
            self._waiting.pop(number, None)
        if "lost" in answer:
            raise SandboxError(f"the world was lost: {answer['lost']}")
        if "error" in answer:
            raise SandboxError(f"the world: {op}: {one_line(str(answer['error']))}")
        return {key: value for key, value in answer.items() if key != "id"}

    def ledger(self) -> list[str]:
        """Return all lines of the ledger.

        Raises:
            SandboxError: If one does not follow from those before it, or as `request`.
        """
        lines: list[str] = []
        more = True
        while more:
            told, total = self.lines(len(lines))
            lines += told
            more = bool(told) and len(lines) < total
        if (number := broken_at(lines)) is not None:
            raise SandboxError(f"the world's ledger is broken at line {number}")
        return lines

    def lines(self, start: int) -> tuple[list[str], int]:
        """Return some of the ledger from a line on, and how many there are in all.

        Raises:
            SandboxError: As `request`.
        """
        answer = self.request("ledger", **{"from": start})
        try:
            return list(map(str, answer["lines"])), int(answer["total"])
        except (KeyError, TypeError, ValueError):
            raise SandboxError("the world gives no ledger") from None

    def close(self) -> None:
        """End the stream, and with it the world; closing twice is fine."""
        self._lose("it is closed")
        self._stream.close()

    def _send(self, data: bytes) -> None:
        if self._lost:
            raise SandboxError(f"the world was lost: {self._lost}")
        try:
            with self._sending:
                self._stream.sendall(data)
        except OSError as error:
            self._lose(one_line(str(error)))
            raise SandboxError(f"the world was lost: {self._lost}") from error

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self._ready.put(self._lost)
        self._asked.put(None)
        for answers in list(self._waiting.values()):
            answers.put({"lost": self._lost})

    def _listen(self) -> None:
        """Pass on what comes until the stream ends."""
        try:
            for line in _lines(self._stream.recv):
                self._hear(line)
            self._lose("its process has ended")
        except (OSError, ValueError, TypeError, RecursionError) as error:
            self._lose(one_line(str(error)) or "its stream ended")

    def _hear(self, line: bytes) -> None:
        told: Any = json.loads(line)
        if not isinstance(told, dict):
            raise ValueError("it says what is no object")
        message = cast("dict[str, Any]", told)
        match message.get("event"):
            case None:
                answers = self._waiting.get(message.get("id", 0))
                if answers is not None:
                    answers.put(message)
            case "ready":
                self._ready.put("")
            case "failed":
                self._ready.put(one_line(str(message.get("error")), 400))
            case "model":
                self._asked.put(message)
            case _:
                raise ValueError("it tells of an unknown event")

    def _answer_model(self) -> None:
        """Have the model answer, one request after the other, while tokens are left."""
        while (asked := self._asked.get()) is not None:
            answer = self._completed(asked.get("request"))
            with contextlib.suppress(SandboxError):  # it is gone, and so is who asked
                reply = {"op": "reply", "call": asked.get("call"), "answer": answer}
                self._send(_line(reply))

    def _completed(self, body: Any) -> dict[str, Any]:
        if self._complete is None:
            return {"error": "there is no model here", "status": 503}
        if self._tokens_left <= 0:
            return {"error": "the budget of tokens is used up", "status": 429}
        try:
            answer = dict(self._complete(body))
            json.dumps(answer)
            self._tokens_left -= _tokens(body, answer)
            return answer
        except Exception as error:  # noqa: BLE001 - whatever a provider raises
            # Its text may tell of addresses and keys, and who asks is in the world.
            told = f"the model failed ({type(error).__name__})"
            return {"error": told, "status": 503}


def code_digest() -> str:
    """Return what names the code of worlds."""
    digest = hashlib.sha256()
    for name, source in _sources():
        digest.update(f"{name}\0{len(source)}\0".encode() + source)
    return f"sha256:{digest.hexdigest()}"


@functools.cache
def _archive() -> bytes:
    """Return the world's package as a zip: its source, and compiled beside it.

    Where Python there is of this one's version, it is spared the compiling; any other
    takes the source.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, source in _sources():
            code = marshal.dumps(compile(source, name, "exec", dont_inherit=True))
            head = importlib.util.MAGIC_NUMBER + HASH_BASED.to_bytes(4, "little")
            compiled = head + importlib.util.source_hash(source) + code
            archive.writestr(zipfile.ZipInfo(name), source)
            archive.writestr(zipfile.ZipInfo(f"{name}c"), compiled)
    return packed.getvalue()


def _sources() -> Iterator[tuple[str, bytes]]:
    return _below(files("arena.sandbox").joinpath("world"), "world")


def _below(folder: Traversable, place: str) -> Iterator[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = f"{place}/{each.name}"
        if each.is_dir():
            yield from _below(each, path)
        elif path.endswith(".py"):
            yield path, each.read_bytes()


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _lines(recv: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield the lines that come, until the stream ends."""
    pieces: list[bytes] = []
    size = 0
    while data := recv(1 << 16):
        *whole, rest = data.split(b"\n")
        for end in whole:
            yield b"".join([*pieces, end])
            pieces, size = [], 0
        pieces.append(rest)
        size += len(rest)
        if size > MOST_LINE:
            raise ValueError("it says a line without end")


def _tokens(body: Any, answer: Mapping[str, Any]) -> int:
    """Return what an answer has used: as it says itself, or else one for four bytes."""
    if "error" in answer:
        return 0
    used: Any = answer.get("usage")
    if not used:
        return len(json.dumps([body, answer])) // 4
    total = used.get("total_tokens")
    if total is None:
        total = used.get("prompt_tokens", 0) + used.get("completion_tokens", 0)
    return max(0, int(total))
