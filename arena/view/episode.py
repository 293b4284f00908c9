"""The page of an episode: the conversation, in windows that a browser asks for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..agent import AgentSpec
from ..text import json_shown
from . import episode_parts
from .events import object_of, shown_line, texts_of
from .lines import Lines, lines_of
from .opened import Opened, address_of, forks_of, key_of, opened
from .pages import data, fragment, page, whole

__all__ = ["routes"]

_AT_ONCE = 40
"""Events of one window."""
_HIGHEST = 8_000_000
"""Pixels of a page that browsers can scroll."""
_KINDS = ("observation", "message", "step", "note", "end")
_RAW = 200_000
"""Bytes of a raw line that are sent at once."""


def _page(request: Request) -> Response:
    episode = opened(request)
    header, end = episode.line(0), episode.end
    at = bisect_left(episode.names, episode.id)
    around = [
        episode.names[i] if 0 <= i < len(episode.names) else None
        for i in (at - 1, at + 1)
    ]
    before, behind = (address_of(episode.key, id) if id else None for id in around)
    return page(
        request,
        "episode.html",
        title=_scenario(header) or episode.id,
        scenario=_scenario(header),
        episode=episode,
        header=header,
        agents=_agents(header),
        tested=texts_of(header.get("tested")),
        people=texts_of(header.get("people")),
        reason=end.get("reason"),
        assisted=texts_of(end.get("assisted"))
        + texts_of(episode.evidence.get("assisted")),
        family=_family(request, episode, header),
        kinds=_KINDS,
        before=before,
        behind=behind,
        place=at + 1,
        first=Markup(_window(request, episode)),
    )


def _beside(request: Request) -> Response:
    """Show a fork beside its parent, from the first step that is not shared."""
    child = opened(request)
    parent = object_of(child.line(0).get("parent"))
    if child.parent_copy is None or not parent:
        raise HTTPException(404, "This episode was not forked from another.")
    steps = parent.get("step")
    return page(
        request,
        "episode_beside.html",
        title=f"{child.id} beside its parent",
        episode=child,
        parent=parent,
        steps=steps,
        starts=_starts(
            child, child.parent_copy, steps if isinstance(steps, int) else 0
        ),
    )


def _plan(request: Request) -> Response:
    """Tell which windows there are: of each its first line, its lines, its height."""
    episode = opened(request)
    numbers = _chosen(request, episode)
    state = {"lines": len(episode.lines), "ended": episode.ended}
    if request.query_params.get("known") == str(len(episode.lines)):
        return data(state)
    windows = [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
    heights = [_height(episode.lines, window) for window in windows]
    scale = min(1, _HIGHEST / max(1, sum(heights)))
    told = [
        (window[0], len(window), round(height * scale))
        for window, height in zip(windows, heights, strict=True)
    ]
    return data({**state, "windows": told})


def _events(request: Request) -> Response:
    return HTMLResponse(_window(request, opened(request)))


def _more(request: Request) -> Response:
    """Return the next piece of a long text."""
    episode = opened(request)
    n, number = _line_of(request, episode), request.path_params["part"]
    event = shown_line(episode.lines, n, boxed=episode.boxed)
    if number >= len(event.parts):
        raise HTTPException(404, f"Event {n} has no part {number}.")
    start = whole(request, "from")
    made = fragment(
        "episode_more.html",
        part=event.parts[number],
        address=f"{n}/{number}",
        start=start,
    )
    return HTMLResponse(made)


def _raw(request: Request) -> Response:
    """Return a piece of a line as it is in the file.

    Headers say how many bytes the line has (`X-Bytes`) and how many came (`X-Sent`).
    """
    episode = opened(request)
    n = _line_of(request, episode)
    raw = _whole_letters(episode.lines.raw(n, whole(request, "from"), _RAW))
    text = json_shown(raw.decode("utf-8", "backslashreplace"))
    sizes = {"X-Bytes": episode.lines.bytes_of(n) - 1, "X-Sent": len(raw)}
    return PlainTextResponse(text, headers={k: str(v) for k, v in sizes.items()})


def _whole_letters(raw: bytes) -> bytes:
    """Leave out the last letter of a full piece, of which a part may be missing."""
    starts = [at for at in range(len(raw) - 4, len(raw)) if raw[at] & 0xC0 != 0x80]
    return raw[: starts[-1]] if len(raw) == _RAW and starts else raw


def _window(request: Request, episode: Opened) -> str:
    """Return the events of one window as HTML."""
    numbers = _chosen(request, episode)
    at = whole(request, "window") * _AT_ONCE
    boxed = episode.boxed
    return fragment(
        "episode_events.html",
        events=[
            shown_line(episode.lines, n, boxed=boxed)
            for n in numbers[at : at + _AT_ONCE]
        ],
        seats=episode.seats,
        prefix="p" if request.query_params.get("of") == "parent" else "n",
        torn=episode.lines.torn if at + _AT_ONCE >= len(numbers) else 0,
        numbered=len(episode.lines),
    )


def _chosen(request: Request, episode: Opened) -> Sequence[int]:
    """Return the lines that the request is about."""
    asked = request.query_params
    numbers = episode.lines.select(asked.getlist("seat"), asked.getlist("kind"))
    return numbers[bisect_left(numbers, whole(request, "start")) :]


def _line_of(request: Request, episode: Opened) -> int:
    n = request.path_params["n"]
    if n >= len(episode.lines):
        raise HTTPException(404, f"The record has {len(episode.lines)} lines.")
    return n


def _height(lines: Lines, numbers: Sequence[int]) -> int:
    """Return about how many pixels some events take, so that scrolling is even."""
    return sum(44 + min(lines.bytes_of(n), 7000) // 90 * 18 for n in numbers)


def _scenario(header: Mapping[str, Any]) -> str:
    name = object_of(header.get("scenario")).get("name", "")
    return name if isinstance(name, str) else ""


def _agents(header: Mapping[str, Any]) -> dict[str, str]:
    """Return the label of the agent in each seat."""
    labels: dict[str, str] = {}
    for seat, spec in object_of(header.get("seats")).items():
        try:
            labels[seat] = AgentSpec.model_validate(spec).label
        except ValueError:
            labels[seat] = "?"
    return labels


def _family(
    request: Request, episode: Opened, header: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what it was forked from, and what was forked from it."""
    parent = object_of(header.get("parent"))
    run, id = parent.get("run"), parent.get("episode")
    key = key_of(request, run) if isinstance(run, str) else None
    own = header.get("run")
    forks = forks_of(request, own, episode.id) if isinstance(own, str) else []
    return {
        "parent": parent,
        "parent_address": address_of(key, id) if key and isinstance(id, str) else None,
        "children": forks,
    }


def _starts(child: Opened, parent_copy: Path, steps: int) -> dict[str, int]:
    """Return from which line on child and parent are shown."""
    return {
        "child": child.lines.after_steps(steps),
        "parent": lines_of(parent_copy).after_steps(steps),
    }


_HERE = "/run/{key}/episode/{id}"
routes = [
    Route(_HERE, _page),
    Route(f"{_HERE}/beside", _beside),
    Route(f"{_HERE}/plan", _plan),
    Route(f"{_HERE}/events", _events),
    Route(f"{_HERE}/more/{{n:whole}}/{{part:whole}}", _more),
    Route(f"{_HERE}/raw/{{n:whole}}", _raw),
    *episode_parts.routes(_HERE),
]
