"""What stands around a conversation, and is asked for once the page is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from ..chain import Problem, verify_trajectory
from ..run_folder import RunFolder
from ..text import shown
from .charts import bars_of, charts_of
from .events import object_of
from .json_tree import tree
from .kept import Kept
from .ledger import ledger_of
from .opened import Opened, opened
from .pages import data, fragment, whole
from .searching import search
from .survey import Survey, survey

__all__ = ["routes"]

_MOST_HITS = 1000
_ENTRIES = 200
"""Lines of a ledger that are shown at once."""
_chains: Kept[list[Problem]] = Kept()
_surveys: Kept[Survey] = Kept()


def routes(address: str) -> list[Route]:
    """Return the routes of the parts, below the address of an episode's page."""
    parts = {
        **{"chain": _chain, "survey": _survey, "verdict": _verdict},
        **{"ledger": _ledger, "search": _search, "setup": _setup},
    }
    return [Route(f"{address}/{name}", part) for name, part in parts.items()]


def _chain(request: Request) -> Response:
    """Tell whether the record is whole, as far as its digests say."""
    episode = opened(request)
    manifest = RunFolder(episode.run).manifest
    seal = manifest.episodes.get(episode.id)
    path = episode.lines.path
    problems = _chains.get(
        path,
        (seal, manifest.run),
        lambda: verify_trajectory(path, episode.id, seal, manifest.run),
    )
    if not problems:
        text = (
            "chain intact, sealed in run.json"
            if seal
            else "chain intact; run.json does not know this record yet"
        )
        return data({"state": "whole" if seal else "open", "text": text})
    (problem,) = problems
    told = f"line {problem.line}: {problem.text}" if problem.line else problem.text
    if seal is None and not episode.ended and problem.line > len(episode.lines):
        return data({"state": "open", "text": "chain intact so far; not ended"})
    return data(
        {"state": "broken", "text": f"chain broken: {told}", "line": problem.line}
    )


def _survey(request: Request) -> Response:
    episode = opened(request)
    lines = episode.lines
    found = _surveys.get(lines.path, None, lambda: survey(lines))
    made = fragment(
        "episode_charts.html",
        rows=bars_of(found),
        charts=charts_of(found),
        seats=episode.seats,
        turns=len(found.turns),
    )
    return HTMLResponse(made)


def _verdict(request: Request) -> Response:
    """Show scores, payoffs, milestones and probes, and where the ledger is."""
    episode = opened(request)
    evidence, end = episode.evidence, episode.end
    made = fragment(
        "episode_verdict.html",
        scores=RunFolder(episode.run).scores().get(episode.id, []),
        payoffs=object_of(end.get("payoffs")),
        seats=episode.seats,
        usage=_usage(end),
        milestones=_objects(evidence.get("milestones")),
        trust=evidence.get("trust"),
        invalid=evidence.get("invalid"),
        probes=object_of(evidence.get("probes")),
        ended=episode.ended,
        tree=tree,
    )
    return HTMLResponse(made)


def _ledger(request: Request) -> Response:
    asked = request.query_params
    ledger = ledger_of(opened(request).evidence)
    kind, text = asked.get("kind", ""), asked.get("q", "")
    start = whole(request, "from")
    entries = ledger.filtered(kind, text)
    made = fragment(
        "episode_ledger.html",
        all=len(ledger.entries),
        kinds=ledger.kinds,
        entries=entries[start : start + _ENTRIES],
        start=start,
        behind=start + _ENTRIES if start + _ENTRIES < len(entries) else None,
        total=len(entries),
    )
    return HTMLResponse(made)


def _setup(request: Request) -> Response:
    """Show the header: what each seat was told, its tools, and where it was played."""
    episode = opened(request)
    header = episode.line(0)
    told = {
        k: v for k, v in header.items() if k not in ("instructions", "tools", "prev")
    }
    made = fragment(
        "episode_setup.html",
        instructions=object_of(header.get("instructions")),
        tools={
            seat: [object_of(tool.get("function")) for tool in _objects(tools)]
            for seat, tools in object_of(header.get("tools")).items()
        },
        rest=told,
        tree=tree,
        seats=episode.seats,
    )
    return HTMLResponse(made)


def _search(request: Request) -> Response:
    """Send hits as they are found, one JSON object a line."""
    episode, asked = opened(request), request.query_params
    return StreamingResponse(
        _hits(
            episode, asked.get("q", ""), asked.getlist("seat"), asked.getlist("kind")
        ),
        media_type="application/x-ndjson",
    )


def _hits(
    episode: Opened, text: str, seats: list[str], kinds: list[str]
) -> Iterator[str]:
    if not text:
        return
    numbers = episode.lines.select(seats, kinds)
    for count, hit in enumerate(search(episode.lines, text, numbers), 1):
        told = {
            key: shown(value) if isinstance(value, str) else value
            for key, value in asdict(hit).items()
        }
        yield json.dumps(told) + "\n"
        if count == _MOST_HITS:
            yield json.dumps({"more": True}) + "\n"
            return


def _usage(end: Any) -> dict[str, Any]:
    """Return what was used by seat."""
    return {seat: object_of(used) for seat, used in object_of(end.get("usage")).items()}


def _objects(value: object) -> list[Any]:
    """Return the JSON objects of a list."""
    items = cast(list[object], value) if isinstance(value, list) else []
    return [object_of(item) for item in items]
