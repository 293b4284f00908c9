"""Requests as they come over a connection: read as they are meant, or refused."""

import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.web import Malformed, parse


def head(first: str, *lines: str) -> bytes:
    return "\r\n".join([first, *lines]).encode("latin-1")


def test_a_request_is_read_whole() -> None:
    found = parse(
        head(
            "get /v1/a%20b?x=1&x=2&y=&z=%C3%A9 HTTP/1.1",
            "Host: Bank.TEST:80",
            "Authorization:  Bearer t ",
            "Content-Length: 12",
            "Expect: 100-continue",
        )
    )
    asked = found.request
    assert ("bank.test", "GET", "/v1/a b") == (asked.host, asked.method, asked.path)
    assert {"x": "2", "y": "", "z": "é"} == asked.query
    assert "t" == asked.token
    assert not asked.twin
    assert (12, True, True) == (found.size, found.stays, found.waits)


@pytest.mark.parametrize(
    ("target", "accept", "path", "twin"),
    [
        ("/docs.json", "*/*", "/docs", True),
        ("/.json", "*/*", "/", True),
        ("/docs", "application/json", "/docs", True),
        ("/docs", "text/html, application/JSON;q=0.9", "/docs", True),
        ("/docs", "text/html", "/docs", False),
        ("//evil.test/x", "*/*", "//evil.test/x", False),
        ("/a#b", "*/*", "/a", False),
        ("/%ff%00", "*/*", "/\ufffd\0", False),
        ("/../../etc/passwd", "*/*", "/../../etc/passwd", False),
        ("http://bank.test/x?y=1", "*/*", "/x", False),
        ("http://bank.test", "*/*", "/", False),
    ],
)
def test_a_path_is_decoded_and_its_twin_known(
    target: str, accept: str, path: str, twin: bool
) -> None:
    asked = parse(
        head(f"GET {target} HTTP/1.1", "Host: bank.test", f"Accept: {accept}")
    ).request
    assert (path, twin, "bank.test") == (asked.path, asked.twin, asked.host)


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        ("1.1", "", True),
        ("1.1", "close", False),
        ("1.0", "", False),
        ("1.0", "Keep-Alive", True),
    ],
)
def test_a_connection_is_kept_as_asked(
    version: str, connection: str, stays: bool
) -> None:
    lines = ["Host: a.test", *([f"Connection: {connection}"] if connection else [])]
    assert stays == parse(head(f"GET / HTTP/{version}", *lines)).stays


@pytest.mark.parametrize(
    ("lines", "status", "why"),
    [
        (["GET / HTTP/1.1"], 400, "say which host"),
        (["GET / HTTP/1.1", "Host:"], 400, "say which host"),
        (["GET / HTTP/1.1", "Host: a/b"], 400, "say which host"),
        (["GET / HTTP/1.1", "Host: me@a.test"], 400, "say which host"),
        (["GET / HTTP/1.1", "Host: [x"], 400, "say which host"),
        (["GET http://[x/ HTTP/1.1", "Host: a"], 400, "no path, or no host"),
        (["GET http:/x HTTP/1.1", "Host: a"], 400, "no path, or no host"),
        (["GET /", "Host: a"], 400, "METHOD PATH HTTP/1.1"),
        (["GET  / HTTP/1.1", "Host: a"], 400, "METHOD PATH HTTP/1.1"),
        (["", "Host: a"], 400, "METHOD PATH HTTP/1.1"),
        (["G\x00T / HTTP/1.1", "Host: a"], 400, "METHOD PATH HTTP/1.1"),
        (["GET / HTTP/2.0", "Host: a"], 505, "use HTTP/1.1"),
        (["OPTIONS * HTTP/1.1", "Host: a"], 400, "begin with a slash"),
        (["CONNECT a.test:80 HTTP/1.1", "Host: a"], 400, "begin with a slash"),
        (["GET / HTTP/1.1", "Host: a", " folded"], 400, "NAME: VALUE"),
        (["GET / HTTP/1.1", "Host : a"], 400, "NAME: VALUE"),
        (["GET / HTTP/1.1", "Host: a", "X: a\nb"], 400, "NAME: VALUE"),
        (["GET / HTTP/1.1", "Host: a", "Host: b"], 400, "two different headers host"),
        (
            ["GET / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2"],
            400,
            "two different headers content-length",
        ),
        (["GET / HTTP/1.1", "Host: a", "Content-Length: -1"], 400, "no number"),
        (["GET / HTTP/1.1", "Host: a", "Content-Length: 1_0"], 400, "no number"),
        (["GET / HTTP/1.1", "Host: a", "Content-Length: \u00b2"], 400, "no number"),
        (["GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"], 411, "Length"),
        (["GET / HTTP/1.1", "Host: a", *["A: b"] * 100], 431, "more than 100"),
        (["GET /?" + "a&" * 200 + " HTTP/1.1", "Host: a"], 400, "no path"),
    ],
)
def test_what_leaves_something_open_is_refused(
    lines: list[str], status: int, why: str
) -> None:
    with pytest.raises(Malformed, match=why) as refusal:
        parse(head(*lines))
    assert status == refusal.value.status


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_malformed(told: bytes) -> None:
    for whole in (told, b"GET " + told, b"GET / HTTP/1.1\r\nHost: a\r\n" + told):
        with contextlib.suppress(Malformed):
            asked = parse(whole).request
            asked.path.encode()
            assert asked.host


@given(st.text(st.characters(codec="utf-8"), max_size=50))
def test_any_path_comes_out_as_it_was_quoted(path: str) -> None:
    asked = parse(head(f"GET /x{quote(path)}/ HTTP/1.1", "Host: a.test")).request
    assert f"/x{path}/" == asked.path
