"""Notes of readers: those of an episode, those of a whole run, and writing them."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ..annotations import (
    FAILURE_LABELS,
    LONGEST_TEXT,
    Note,
    annotate,
    of_other_records,
    read_annotations,
)
from ..errors import RecordError, UserError
from ..label_agreement import label_counts
from ..report.annotations import annotations_section
from ..run_folder import RunFolder
from .opened import opened
from .pages import data, fragment, index_of, page

__all__ = ["routes"]

_AUTHOR = "arena-author"
"""The cookie with the name that a reader gave last."""
_YEAR_S = 365 * 24 * 3600
_MOST_BYTES = 8 * LONGEST_TEXT


def _of_episode(request: Request) -> Response:
    """Show the notes of an episode, and what to write another with."""
    episode = opened(request)
    noted = read_annotations(episode.run)
    own = [note for note in noted.current if note.episode == episode.id]
    used = [count.label for count in label_counts(noted)]
    made = fragment(
        "_notes.html",
        gone=of_other_records(episode.run, noted),
        notes=sorted(own, key=lambda note: (note.event is not None, note.event or 0)),
        failure_labels=FAILURE_LABELS,
        labels=[label for label in used if label not in FAILURE_LABELS],
        author=unquote(request.cookies.get(_AUTHOR, "")),
        longest=LONGEST_TEXT,
        unreadable=noted.unreadable,
        all_address=f"/run/{quote(episode.key, safe='')}/notes",
    )
    return HTMLResponse(made)


async def _write(request: Request) -> Response:
    """Write a note, an edit or a removal, given as JSON: 201, or 409 beside another.

    409 tells that it is written, and that somebody had changed the note meanwhile:
    `current` then has the texts of both.
    """
    episode = await run_in_threadpool(opened, request)
    try:
        given: object = json.loads(await _body(request))
        version, note, overtaken = await run_in_threadpool(
            annotate, episode.run, episode.id, given
        )
    except RecordError as error:
        return _problem(str(error), HTTPStatus.INSUFFICIENT_STORAGE)
    except UserError as error:
        return _problem(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except (ValueError, RecursionError):
        return _problem("what was sent is no JSON", HTTPStatus.BAD_REQUEST)
    answer = data({"written": version.id, **_told(note)})
    answer.status_code = HTTPStatus.CONFLICT if overtaken else HTTPStatus.CREATED
    answer.set_cookie(
        _AUTHOR,
        quote(version.author, safe=""),
        max_age=_YEAR_S,
        httponly=True,
        samesite="strict",
    )
    return answer


async def _body(request: Request) -> bytes:
    """Return what was sent, unless it is more than any note can be."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > _MOST_BYTES:
            raise UserError(f"note: at most {LONGEST_TEXT} characters")
    return body


def _told(note: Note) -> dict[str, object]:
    return {
        "note": note.id,
        "event": note.event,
        "current": [version.model_dump(mode="json") for version in note.current],
    }


def _problem(text: str, status: HTTPStatus) -> Response:
    answer = data({"problem": text})
    answer.status_code = status
    return answer


def _of_run(request: Request) -> Response:
    """Show all notes of a run, or those with one label, with counts and agreement."""
    key, label = request.path_params["key"], request.query_params.get("label", "")
    path = index_of(request).paths().get(key)
    if path is None:
        raise HTTPException(404, f"There is no run {key!r} here.")
    noted = read_annotations(path)
    section = annotations_section(RunFolder(path), "")
    tables = [table for table in section.tables if table.main] if section else []
    return page(
        request,
        "notes.html",
        title=f"Notes of {key}",
        key=key,
        gone=of_other_records(path, noted),
        label=label,
        labels=label_counts(noted),
        sections=[replace(section, tables=tables)] if section else [],
        pictures=None,
        notes=[
            note
            for note in noted.current
            if not label or any(label in version.labels for version in note.current)
        ],
        unreadable=noted.unreadable,
    )


_HERE = "/run/{key}/episode/{id}/notes"
routes = [
    Route(_HERE, _of_episode, methods=["GET"]),
    Route(_HERE, _write, methods=["POST"]),
    Route("/run/{key}/notes", _of_run),
]
