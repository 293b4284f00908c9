"""Following a run that is being played: what to ask for whether something is new."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .pages import data, index_of

__all__ = ["routes"]


def _of_run(request: Request) -> Response:
    run = request.path_params["key"]
    return data(index_of(request).state(run)._asdict())


routes = [Route("/live/{key}", _of_run)]
