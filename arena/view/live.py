"""What a page asks again and again, to know whether there is something new to show."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .pages import data, index_of, run_key

__all__ = ["routes"]


def _of_all(request: Request) -> Response:
    return data(index_of(request).state_of_all()._asdict())


def _of_run(request: Request) -> Response:
    return data(index_of(request).state(run_key(request)).state._asdict())


routes = [Route("/live", _of_all), Route("/live/{key}", _of_run)]
