"""What goes in and out of a site of the world: requests, pages, answers, refusals."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qs

__all__ = [
    "Answer",
    "Deferred",
    "Page",
    "Ready",
    "Refused",
    "Request",
    "Response",
    "created",
    "link_list",
    "nav",
    "tag",
    "text",
    "whole",
]

MOST_DEPTH = 40
MOST_BRACKETS = 50_000
"""Of a body that is read: each list in it takes far longer than its two bytes say."""


class Refused(Exception):
    """A request that a site does not grant; it is answered with a status and a reason.

    Args:
        status: Of HTTP, 400 or above.
        reason: What was wrong, and what to do.
        headers: Further headers.
    """

    def __init__(
        self, status: int, reason: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})
        super().__init__(reason)


@dataclass(frozen=True)
class Request:
    """One request of HTTP.

    Attributes:
        source: Who sent it: `agent`, `server-1`, `judge`, or an address.
        host: Without a port, in lower case: `bank.test`.
        method: In upper case.
        path: Decoded, without a query and without the `.json` of a page's twin.
        twin: Whether the JSON twin of a page is asked for.
        query: Its last value by name.
        headers: By name in lower case.
    """

    source: str
    host: str
    method: str
    path: str
    twin: bool = False
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def token(self) -> str:
        """What stands in `Authorization: Bearer …`; empty for none."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if kind.lower() == "bearer" else ""

    def json(self) -> dict[str, Any]:
        """Return the body, which must be an object in JSON; of a form, its fields.

        Raises:
            Refused: If it is neither.
        """
        return self._read

    @cached_property
    def _read(self) -> dict[str, Any]:
        # Once: a body that takes long to read holds up all others meanwhile.
        kind = self.headers.get("content-type", "")
        # `curl -d` calls whatever it sends a form; a form never begins so.
        braced = self.body.lstrip().startswith(b"{")
        if kind.startswith("application/x-www-form-urlencoded") and not braced:
            fields = parse_qs(self.body.decode("utf-8", "replace"), True)
            return {name: values[-1] for name, values in fields.items()}
        if self.body.count(b"[") + self.body.count(b"{") > MOST_BRACKETS:
            raise Refused(400, f"the body has more than {MOST_BRACKETS} brackets")
        try:
            found = json.loads(
                self.body or b"{}",
                parse_constant=_no_constant,
                parse_float=_finite,
            )
            # Half a character, as "\\ud800", could be stored but never sent again.
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise Refused(400, "the body is not JSON") from None
        if not isinstance(found, dict):
            raise Refused(400, "the body should be an object in JSON")
        if _depth(cast("object", found)) > MOST_DEPTH:
            raise Refused(400, f"the body is nested deeper than {MOST_DEPTH} levels")
        return cast("dict[str, Any]", found)

    def field(self, name: str, kind: type = str) -> Any:
        """Return a field of the body.

        Args:
            name: Of the field.
            kind: `str`, `int`, `list` or `dict`; of a form, numbers are read.

        Raises:
            Refused: If it is missing or of another kind.
        """
        value = self.json().get(name)
        if kind is int and isinstance(value, str) and value.isascii():
            digits = value.removeprefix("-")
            value = int(value) if digits.isdigit() and len(digits) < 16 else value
        if type(value) is not kind:
            told = "is missing" if value is None else f"should be {_KINDS[kind]}"
            raise Refused(400, f"the field {name!r} {told}")
        return value


_KINDS = {str: "text", int: "a whole number", list: "a list", dict: "an object"}


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(told: str) -> float:
    if math.isinf(value := float(told)):
        raise ValueError(told)
    return value


def _depth(value: object) -> int:
    """Return how deep a value of JSON is nested; text and numbers have none."""
    levels, inside = 0, [value]
    while True:
        inside = [part for each in inside for part in _parts(each)]
        if not inside:
            return levels
        levels += 1


def _parts(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


@dataclass(frozen=True)
class Response:
    """An answer as it is sent."""

    status: int
    body: bytes
    kind: str = "application/json"
    """Its content type."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def created(data: Mapping[str, Any]) -> Response:
    """Return the answer that something was made, with what is said of it."""
    return Response(201, json.dumps(data, ensure_ascii=False).encode())


@dataclass(frozen=True)
class Page:
    """A page for people, and its twin in JSON, which says the same.

    Attributes:
        title: Its heading.
        data: What the twin says beside the title.
        parts: HTML, made with `tag`, below the heading.
    """

    title: str
    data: Mapping[str, Any]
    parts: tuple[str, ...] = ()
    status: int = 200

    def response(self, twin: bool) -> Response:
        """Return the page, or its twin."""
        if twin:
            told = json.dumps({"title": self.title, **self.data}, ensure_ascii=False)
            return Response(self.status, told.encode())
        title = html.escape(self.title)
        body = "\n".join([tag("h1", self.title), *self.parts])
        told = (
            "<!doctype html>\n<html><head><meta charset=utf-8>"
            f"<title>{title}</title></head>\n<body>\n{body}\n</body></html>\n"
        )
        return Response(self.status, told.encode(), "text/html; charset=utf-8")


Ready = Response | Page | dict[str, Any]
"""An answer that can be sent; a `dict` is sent as JSON."""


@dataclass(frozen=True)
class Deferred:
    """An answer that somebody outside the world must be asked for.

    Attributes:
        work: Asks, while others are answered; it must leave the world alone.
        done: Makes the answer of what `work` returned; here the world may be changed.
    """

    work: Callable[[], Any]
    done: Callable[[Any], Ready]


Answer = Ready | Deferred
"""What a site gives back."""


def text(value: object) -> str:
    """Return a value as HTML that shows just this text."""
    return html.escape(str(value))


def tag(name: str, *inside: object, raw: bool = False, **attributes: object) -> str:
    """Return an element of HTML.

    Args:
        name: As `p`.
        inside: Its text; or HTML where `raw`.
        raw: Whether what is inside is HTML already.
        attributes: As `href="/docs"`; a trailing underscore of a name is dropped.
    """
    told = "".join(
        f' {key.rstrip("_")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    between = "".join(str(part) if raw else text(part) for part in inside)
    return f"<{name}{told}>{between}</{name}>"


def nav(links: Mapping[str, str]) -> str:
    """Return an element with links, by what is shown of each."""
    return tag("nav", *[tag("a", t, href=h) for t, h in links.items()], raw=True)


def link_list(links: Iterable[tuple[str, str]], kind: str = "ul") -> str:
    """Return a list of links.

    Args:
        links: What is shown, and where it leads.
        kind: `ul` or `ol`.
    """
    items = [tag("li", tag("a", t, href=h), raw=True) for t, h in links]
    return tag(kind, *items, raw=True)


def whole(told: str, first: int, last: int) -> int | None:
    """Return the number that is written in plain digits, if it lies between two.

    Not every digit of Unicode is one, and Python refuses numbers of many digits.
    """
    if not (told.isascii() and told.isdigit() and len(told) <= len(str(last))):
        return None
    return int(told) if first <= int(told) <= last else None
