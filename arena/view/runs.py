"""The list of runs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from .pages import fragment, index_of, page

__all__ = ["routes"]


def _runs(request: Request) -> Response:
    index = index_of(request)
    # Before the list is made: what changes meanwhile is shown when it is asked for.
    version = index.state_of_all().version
    return page(
        request,
        "runs.html",
        title="Runs",
        version=version,
        runs=index.runs(),
        root=str(index.root),
    )


def _rows(request: Request) -> Response:
    return HTMLResponse(fragment("runs_rows.html", runs=index_of(request).runs()))


routes = [Route("/", _runs), Route("/rows", _rows)]
