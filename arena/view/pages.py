"""Pages from templates: every text in them is escaped, and shown for what it is."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..analysis import written
from ..text import shown
from .finding import run_name
from .formats import age, count, duration, money, number
from .index import Index

__all__ = [
    "STATIC",
    "data",
    "fragment",
    "index_of",
    "page",
    "run_key",
    "segment",
    "whole",
]

STATIC = Path(__file__).parent / "static"
_MOST_DIGITS = 15
"""Of a number in an address: Python and SQLite refuse to read endless ones."""


class _Whole(IntegerConvertor):
    """A whole number as a part of a path: `{n:whole}`."""

    regex = f"[0-9]{{1,{_MOST_DIGITS}}}"


register_url_convertor("whole", _Whole())


def index_of(request: Request) -> Index:
    """Return the index of the application that a request is for."""
    return request.app.state.index


def run_key(request: Request) -> str:
    """Return the key of the run that an address names.

    Raises:
        HTTPException: 404, if there is no such run.
    """
    key: str = request.path_params["key"]
    try:
        index_of(request).path(key)
    except KeyError:
        raise HTTPException(404, f"There is no run {key!r} here.") from None
    return key


def whole(request: Request, name: str) -> int:
    """Return a whole number of an address's query, 0 where it is none."""
    text = request.query_params.get(name, "0")
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def page(
    request: Request, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return the page that a template makes; each has a `title`."""
    made = fragment(template, path=request.url.path, **context)
    return HTMLResponse(made, status_code=status)


def fragment(template: str, **context: Any) -> str:
    """Return what a template makes, whole or a part of a page."""
    text = _templates().get_template(template).render(**context)
    # What UTF-8 cannot hold is spelled out already; this is for what a plug-in marks
    # as finished.
    return text.encode("utf-8", "backslashreplace").decode()


def data(value: object) -> Response:
    """Return JSON whose texts a page can show as they are."""
    told = json.dumps(_shown(value), ensure_ascii=False)
    return Response(told, media_type="application/json")


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("arena.view"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for kind in (written, age, count, duration, money, number, run_name):
        templates.filters[kind.__name__] = kind
    templates.filters["segment"] = segment
    return templates


def segment(text: str) -> str:
    """Return a text as one part of an address's path."""
    return quote(text.encode("utf-8", "surrogateescape"), safe="")


def _finished(value: object) -> object:
    """Spell out what would act on the text around it; HTML of ours passes."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return shown(value)
    return value


def _shown(value: object) -> object:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        items = cast(dict[object, object], value).items()
        return {shown(str(key)): _shown(item) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [_shown(item) for item in cast(list[object], value)]
    return value
