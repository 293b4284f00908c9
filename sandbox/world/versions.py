"""Version 2 of a site's API, the same with other names; and pages about either."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from .messages import Answer, Deferred, Page, Ready, Refused, Request, Response, tag

if TYPE_CHECKING:
    from .core import Site

__all__ = ["documented", "gone", "linked", "newer", "outdated", "version_of"]

Names = Mapping[str, str]


def version_of(path: str) -> int | None:
    """Return the version of an API that a path is of; None for a page's."""
    first = path.split("/")[1:2]
    return {"v1": 1, "v2": 2}.get(first[0]) if first else None


def gone(host: str) -> Response:
    """Return the answer that version 1 is no more."""
    see = f"http://{host}/docs"
    told = {"error": f"version 1 of this API is gone; see {see}", "see": see}
    return Response(410, json.dumps(told).encode())


def newer(site: Site, request: Request) -> Answer:
    """Let a site answer a request of version 2, as if it were one of version 1."""
    new = site.renamed
    old = {name: before for before, name in new.items()}
    asked = replace(
        request,
        path="/v1" + request.path.removeprefix("/v2"),
        query=_renamed(dict(request.query), old, but=new),
        **_body(request, old, but=new),
    )
    try:
        answer = site.answer(asked)
    except Refused as refusal:
        raise _refused(refusal, new) from None
    if not isinstance(answer, Deferred):
        return _answered(answer, new)
    return replace(answer, done=_then_renamed(answer.done, new))


def documented(page: Page, new: Names) -> Page:
    """Return a page about version 1 as one about version 2."""
    return _reworded(page, lambda told: _told(told, new))


def outdated(page: Page, new: Names) -> Page:
    """Return a page about version 1 with paths and fields that are nowhere."""
    wrong = {name: f"{name}_value" for name in new}
    page = _reworded(page, lambda told: _told(told, wrong, path="/api/"))
    return replace(page, title="Quick start")


def linked(page: Page, path: str) -> Page:
    """Return a page that has a link before all else."""
    link = tag("p", tag("a", "Quick start", href=path), raw=True)
    return replace(
        page,
        data={"quick_start": path, **page.data},
        parts=(link, *page.parts),
    )


def _body(request: Request, old: Names, but: Names) -> dict[str, Any]:
    """Return the changed body and headers; none where the body is not JSON."""
    try:
        fields = request.json()
    except Refused:
        return {}
    return {
        "headers": {**request.headers, "content-type": "application/json"},
        "body": json.dumps(_renamed(fields, old, but=but)).encode(),
    }


def _renamed(value: Any, names: Names, but: Collection[str] = ()) -> Any:
    """Rename fields, however deep; those of other names stay, save `but` some."""
    if isinstance(value, list):
        return [_renamed(each, names, but) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {
        names.get(name, name): _renamed(each, names, but)
        for name, each in cast("dict[str, Any]", value).items()
        if name in names or name not in but
    }


def _answered(answer: Ready, new: Names) -> Ready:
    if isinstance(answer, Page):
        return documented(answer, new)
    if isinstance(answer, dict):
        return _renamed(answer, new)
    if not answer.kind.startswith("application/json"):
        return answer
    told = _renamed(json.loads(answer.body), new)
    return replace(answer, body=json.dumps(told, ensure_ascii=False).encode())


def _then_renamed(done: Callable[[Any], Ready], new: Names) -> Callable[[Any], Ready]:
    def done_and_renamed(result: object) -> Ready:
        try:
            return _answered(done(result), new)
        except Refused as refusal:
            raise _refused(refusal, new) from None

    return done_and_renamed


def _refused(refusal: Refused, new: Names) -> Refused:
    return Refused(refusal.status, _told(refusal.reason, new), refusal.headers)


def _reworded(page: Page, word: Callable[[str], str]) -> Page:
    data = {
        name: word(value) if isinstance(value, str) else value
        for name, value in page.data.items()
    }
    return replace(page, data=data, parts=tuple(word(part) for part in page.parts))


def _told(told: str, names: Names, path: str = "/v2/") -> str:
    """Return a text with other paths, and with other names of fields."""
    told = told.replace("/v1/", path)
    for name, other in names.items():
        told = re.sub(rf"\b{re.escape(name)}\b", other, told)
    return told
