"""HTTP/1.1 over connections: what comes in is read strictly, what goes out is plain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

from .connections import Closed, Connection
from .messages import Request, Response

__all__ = ["BUSY", "MOST_BODY", "MOST_HEAD", "Malformed", "parse", "serve"]

MOST_HEAD = 16_384
MOST_BODY = 1_000_000
MOST_FIELDS = 100
HOST = re.compile(r"[A-Za-z0-9._-]+(:\d*)?|\[[0-9A-Fa-f:.]+\](:\d*)?")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
    b"Retry-After: 1\r\nConnection: close\r\n\r\n"
)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Malformed(Exception):
    """What came in is no request; the connection ends with this answer."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@dataclass(frozen=True)
class Head:
    """All of a request before its body.

    Attributes:
        request: Without its body, and without a source.
        size: Of the body in bytes.
        stays: Whether the connection is to be kept.
        waits: Whether the body comes only once it is asked for.
    """

    request: Request
    size: int
    stays: bool
    waits: bool


def serve(
    connection: Connection,
    source: str,
    answer: Callable[[Request], Response],
) -> None:
    """Answer the requests of a connection until it ends.

    Args:
        connection: That they come over.
        source: Who is at the other end.
        answer: Answers one.

    Raises:
        Closed: If the other side has gone, or is too slow.
    """
    stays = True
    while stays:
        try:
            head, body = _read(connection)
        except Malformed as error:
            told = f'{{"error": "{error}"}}'.encode()
            _send(connection, Response(error.status, told), stays=False)
            connection.linger()
            raise Closed from None
        stays = head.stays
        asked = replace(head.request, source=source, body=body)
        bare = asked.method == "HEAD"
        _send(connection, answer(asked), stays=stays, bare=bare)


def _read(connection: Connection) -> tuple[Head, bytes]:
    told = connection.until(b"\r\n\r\n", MOST_HEAD)
    if told is None:
        raise Malformed(431, f"the headers have more than {MOST_HEAD} bytes")
    head = parse(told)
    if head.size > MOST_BODY:
        raise Malformed(413, f"the body has more than {MOST_BODY} bytes")
    if head.waits and head.size:
        connection.send(CONTINUE)
    return head, connection.exactly(head.size)


def parse(told: bytes) -> Head:
    """Return what the lines before a body say.

    Raises:
        Malformed: If they are none of HTTP/1.0 or 1.1, or leave something open.
    """
    first, *lines = told.decode("latin-1").split("\r\n")
    method, target, version = _first(first)
    headers = _headers(lines)
    if "transfer-encoding" in headers:
        raise Malformed(411, "send the body with Content-Length")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and len(length) < 12):
        raise Malformed(400, "Content-Length is no number")
    asks = headers.get("connection", "").lower()
    request = _request(method, target, headers)
    return Head(
        request,
        int(length),
        stays="close" not in asks if version == "1.1" else "keep-alive" in asks,
        waits=headers.get("expect", "").lower() == "100-continue",
    )


def _first(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not TOKEN.fullmatch(parts[0]):
        raise Malformed(400, "the first line should be METHOD PATH HTTP/1.1")
    method, target, version = parts
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        raise Malformed(505, "use HTTP/1.1")
    return method.upper(), target, version.removeprefix("HTTP/")


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > MOST_FIELDS:
        raise Malformed(431, f"there are more than {MOST_FIELDS} headers")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if not colon or not TOKEN.fullmatch(name) or re.search(r"[\x00\r\n]", value):
            raise Malformed(400, "a header should be NAME: VALUE")
        if headers.get(name, value) != value and name in ("host", "content-length"):
            raise Malformed(400, f"there are two different headers {name}")
        headers[name] = value
    return headers


def _request(method: str, target: str, headers: dict[str, str]) -> Request:
    host = headers.get("host", "")
    if not HOST.fullmatch(host):
        raise Malformed(400, "say which host is asked: Host: NAME")
    try:
        # Never a host where a path begins with two slashes.
        parts = urlsplit(f"http://{host}{target}" if target[:1] == "/" else target)
        fields = parse_qsl(
            parts.query, keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Malformed(400, "this is no path, or no host") from None
    if parts.scheme != "http":
        raise Malformed(400, "the path should begin with a slash")
    if not HOST.fullmatch(parts.netloc):
        raise Malformed(400, "this is no path, or no host")
    path = unquote(parts.path, errors="replace")
    return Request(
        source="",
        host=re.sub(r":\d*$", "", parts.netloc.lower()),
        method=method,
        path=path.removesuffix(".json") or "/",
        twin=path.endswith(".json")
        or "application/json" in headers.get("accept", "").lower(),
        query=dict(fields),
        headers=headers,
    )


def _send(
    connection: Connection, response: Response, *, stays: bool, bare: bool = False
) -> None:
    """Send an answer; a bare one is said to have a body, and has none."""
    headers = {
        "Content-Type": response.kind,
        "Content-Length": str(len(response.body)),
        "Connection": "keep-alive" if stays else "close",
        **response.headers,
    }
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {_line(value)}" for name, value in headers.items()]
    connection.send("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
    if not bare:  # apart, as a large file may be on its way to many, and is not copied
        connection.send(response.body)


def _line(value: str) -> str:
    return re.sub(r"[\r\n]+", " ", value)
