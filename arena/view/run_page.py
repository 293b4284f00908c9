"""The page of a run: its results, and its episodes in windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ..errors import UserError
from ..report.figures import can_draw
from .analyses import Analyses
from .filters import Filter
from .finding import run_name
from .pages import fragment, index_of, page, run_key, segment, whole
from .summaries import Group, ScoreLine
from .whiskers import Whisker, whiskers

__all__ = ["routes"]

_WINDOW = 100
"""Rows of one window of the list."""
_AT_ONCE = 10_000_000
"""Bytes of records that are analysed without being asked to."""
_GROUPS: dict[Group, str] = {
    "overall": " over all scenarios",
    "scenarios": "",
    "differences": " against controls",
}
_COLUMNS = {
    "id": "Episode",
    "scenario": "Scenario",
    "agent": "Agent",
    "cell": "Cell",
    "score": "Score",
    "reason": "End",
    "steps": "Steps",
    "input_tokens": "Tokens in",
    "output_tokens": "Tokens out",
    "cost_usd": "Cost",
    "wall_s": "Time",
}
_HIDEABLE = {"scenario", "agent", "cell", "input_tokens", "output_tokens", "cost_usd"}
_NUMBERS = {"score", "steps", "input_tokens", "output_tokens", "cost_usd", "wall_s"}


def _run(request: Request) -> Response:
    index, key = index_of(request), run_key(request)
    facts = _facts(request, key)
    choices = index.choices(key)
    return page(
        request,
        "run.html",
        title=run_name(key),
        choices=choices,
        scorers=index.scorers(key),
        asked=dict(request.query_params),
        at_once=facts["progress"].size <= _AT_ONCE,
        **{**facts, **_window(request, key)},
    )


def _head(request: Request) -> Response:
    facts = _facts(request, run_key(request))
    return HTMLResponse(fragment("run_facts.html", **facts))


def _rows(request: Request) -> Response:
    window = _window(request, run_key(request))
    return HTMLResponse(fragment("run_rows.html", **window))


def _results(request: Request) -> Response:
    _sound(request)
    summary = index_of(request).summary(run_key(request))
    tables: dict[str, list[tuple[ScoreLine, Whisker | None]]] = {}
    for title, headline in (("Main scores", True), ("Other scores", False)):
        for group, where in _GROUPS.items():
            lines = [
                line
                for line in summary.scores
                if (line.headline, line.group) == (headline, group)
            ]
            tables[title + where] = list(zip(lines, whiskers(lines), strict=True))
    return HTMLResponse(
        fragment("run_results.html", tables=tables, left_out=summary.left_out)
    )


def _analyses(request: Request) -> Response:
    path, key = _sound(request), run_key(request)
    sections = _kept(request).sections(path, index_of(request).summary(key).digest)
    return HTMLResponse(
        fragment(
            "sections.html",
            sections=sections,
            pictures=f"/run/{segment(key)}/figure/" if can_draw() else None,
        )
    )


def _figure(request: Request) -> Response:
    path, number = _sound(request), request.path_params["number"]
    digest = index_of(request).summary(run_key(request)).digest
    try:
        drawn = _kept(request).picture(path, digest, number)
    except IndexError:
        raise HTTPException(404, "There is no such figure.") from None
    return Response(
        drawn,
        media_type="image/svg+xml",
        # Drawn alone, it may style itself, and do nothing else.
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
        },
    )


def _facts(request: Request, key: str) -> dict[str, Any]:
    index = index_of(request)
    state, playing, progress = index.state(key)
    return {
        "key": key,
        "version": state.version,
        "playing": playing,
        "progress": progress,
        "summary": index.summary(key),
    }


def _window(request: Request, key: str) -> dict[str, Any]:
    """Return the part of the list that an address asks for."""
    index, asked = index_of(request), request.query_params
    wanted = Filter(
        **{
            name: asked.get(name) or None
            for name in ("scenario", "agent", "reason", "cell", "query")
        }
    )
    sort, scorer = asked.get("sort", "id"), asked.get("scorer", "")
    by = f"score:{scorer}" if sort == "score" and scorer else sort
    offset = whole(request, "offset")
    rows, total = index.episodes(
        key,
        wanted,
        sort=by,
        descending="down" in asked,
        offset=offset,
        limit=_WINDOW,
    )
    first = {name: own[0] for name, own in index.summary(key).scorers.items()}
    hidden = _HIDEABLE - index.telling(key)
    return {
        "key": key,
        "rows": [
            (row, row.scores.get(scorer or first.get(row.scenario, ""))) for row in rows
        ],
        "total": total,
        "offset": offset,
        "columns": {k: v for k, v in _COLUMNS.items() if k not in hidden},
        "numbers": _NUMBERS,
        "sort": sort,
        "down": "down" in asked,
        "window": _WINDOW,
    }


def _sound(request: Request) -> Path:
    """Return the folder of a run that can be summarised.

    Raises:
        UserError: If it cannot.
    """
    index, key = index_of(request), run_key(request)
    problem = index.summary(key).problem
    if problem is not None:
        raise UserError(problem)
    return index.path(key)


def _kept(request: Request) -> Analyses:
    return request.app.state.analyses


routes = [
    Route("/run/{key}", _run),
    Route("/run/{key}/facts", _head),
    Route("/run/{key}/rows", _rows),
    Route("/run/{key}/results", _results),
    Route("/run/{key}/analyses", _analyses),
    Route("/run/{key}/figure/{number:whole}.svg", _figure),
]
