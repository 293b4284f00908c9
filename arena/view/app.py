"""The web application: its pages, behind the guard."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ..errors import UserError
from ..report.style import COLOURS
from . import annotating, compare, episode, live, run_page, runs
from .analyses import Analyses
from .index import Index
from .pages import STATIC, index_of, page
from .security import Guard

__all__ = ["create_app"]


def create_app(root: Path, token: str) -> Starlette:
    """Return the application that shows the runs below a folder.

    Args:
        root: A run, or a folder with runs in it.
        token: What the reader's first address must carry.
    """
    index = Index(root)

    @asynccontextmanager
    async def closing_index(app: Starlette) -> AsyncGenerator[None]:
        yield
        index.close()

    app = Starlette(
        lifespan=closing_index,
        routes=[
            *runs.routes,
            *run_page.routes,
            *episode.routes,
            *live.routes,
            *compare.routes,
            *annotating.routes,
            Route("/static/colours.css", _colours),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, token=token)],
        exception_handlers={
            HTTPException: _not_there,
            UserError: _cannot,
            sqlite3.DatabaseError: _damaged,
        },
    )
    app.state.index = index
    app.state.analyses = Analyses()
    return app


def _colours(request: Request) -> Response:
    return Response(COLOURS, media_type="text/css")


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return page(
        request,
        "problem.html",
        status=error.status_code,
        title="Not here" if error.status_code == 404 else "This does not work",
        text=error.detail,
    )


def _cannot(request: Request, error: Exception) -> Response:
    text = str(error)
    return page(
        request, "problem.html", status=422, title="This cannot be shown", text=text
    )


def _damaged(request: Request, error: Exception) -> Response:
    text = f"The index cannot be used now: {error}. Load again."
    busy = isinstance(error, sqlite3.OperationalError)
    if not busy or "no such" in str(error):  # damaged, or deleted by its owner
        index_of(request).make_anew()
        text = f"The index was damaged ({error}) and is made anew: load again."
    return page(request, "problem.html", status=503, title="Try again", text=text)
