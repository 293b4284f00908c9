"""The list of runs, and the page of one."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .pages import index_of, page

__all__ = ["routes"]


def _runs(request: Request) -> Response:
    index = index_of(request)
    return page(
        request, "runs.html", title="Runs", runs=index.paths(), root=str(index.root)
    )


def _run(request: Request) -> Response:
    index, key = index_of(request), request.path_params["key"]
    try:
        index.refresh(key)
    except KeyError:
        raise HTTPException(404, f"There is no run {key!r} here.") from None
    rows, total = index.episodes(key)
    return page(request, "run.html", title=key, key=key, rows=rows, total=total)


routes = [Route("/", _runs), Route("/run/{key}", _run)]
