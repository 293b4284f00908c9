"""search.test: a search engine over copies of pages, which may be older than these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..core import Site, World
from ..messages import Answer, Page, Refused, Request, tag, whole

__all__ = ["Search"]

A_PAGE = 4
SNIPPET = 160
MOST_WORDS = 20
LAST_PAGE = 99_999
DOCS = """\
search.test finds pages by their words.

API
  GET /v1/search?q=WORDS&page=N -> {{"hits": [...], "found": 12, "page": 1, "pages": 3}}
      curl 'http://search.test/v1/search?q=rope+works&page=1'
  found is how many pages have every word; an answer has {a_page} of them, the best
  first. page is 1 if it is not said. Of each there are title, url, snippet (how the
  copy begins), copied (the day it was made) and cached (the copy's address).

For people
  http://search.test/search?q=WORDS shows the same.
  http://search.test/cache/N shows a copy.

A copy is as old as it says. What its page says today, only the page itself tells.

Errors
  400 for a question without words or with more than {most}, or a page that is no
  number; 404 for what there is not, 405 for anything but GET; {{"error": ...}} says
  why.
"""


class Search(Site):
    """A search engine.

    Content: `pages`, each with `url`, `title`, `text` and `copied`, a copy's day.
    """

    name = "search"
    renamed: ClassVar[Mapping[str, str]] = {"hits": "results", "q": "terms"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._pages: list[Mapping[str, Any]] = content.get("pages", [])

    def answer(self, request: Request) -> Answer:
        """Answer a request for a page, or of the API."""
        if request.method != "GET":
            raise Refused(405, "pages are read with GET")
        match request.path.strip("/").split("/"):
            case [""] | ["index"]:
                return self._front()
            case ["docs"]:
                return self.documentation(DOCS.format(a_page=A_PAGE, most=MOST_WORDS))
            case ["v1", "search"]:
                return self._found(request)
            case ["search"]:
                return self._shown(self._found(request))
            case ["cache", number]:
                at = whole(number, 0, len(self._pages) - 1)
                if at is None:
                    raise Refused(404, "there is no such copy; search again")
                return self._copy(self._pages[at])
            case _:
                raise Refused(404, f"there is no page {request.path[:80]!r} here")

    def _front(self) -> Page:
        field = '<input name="q"> <button>Search</button>'
        form = tag("form", field, raw=True, action="/search")
        docs = tag("p", tag("a", "Documentation", href="/docs"), raw=True)
        return Page("Search", {"search": "/search?q=", "docs": "/docs"}, (form, docs))

    def _found(self, request: Request) -> dict[str, Any]:
        query = request.query
        words = query.get("q", "").casefold().split()
        page = whole(query.get("page", "1"), 1, LAST_PAGE)
        if not 0 < len(words) <= MOST_WORDS:
            raise Refused(400, f"say what to search for in q: 1 to {MOST_WORDS} words")
        if page is None:
            raise Refused(400, "page should be a number from 1")
        ranked: list[tuple[int, int]] = []
        for number, one in enumerate(self._pages):
            text = f"{one['title']} {one['text']}".casefold()
            counts = [text.count(word) for word in words]
            if all(counts):
                ranked.append((-sum(counts), number))
        ranked.sort()
        start = A_PAGE * (page - 1)
        asked = " ".join(words)[:200]
        self.world.ledger.write("search.asked", who=request.source, words=asked)
        return {
            "hits": [self._hit(number) for _, number in ranked[start : start + A_PAGE]],
            "found": len(ranked),
            "page": page,
            "pages": -(-len(ranked) // A_PAGE),
        }

    def _hit(self, number: int) -> dict[str, str]:
        one = self._pages[number]
        return {
            "title": one["title"],
            "url": one["url"],
            "snippet": one["text"][:SNIPPET],
            "copied": one["copied"],
            "cached": f"http://{self.world.host(self.name)}/cache/{number}",
        }

    def _shown(self, found: dict[str, Any]) -> Page:
        items = [
            tag(
                "li",
                tag("a", hit["title"], href=hit["url"]),
                tag("p", hit["snippet"]),
                tag("a", f"copy of {hit['copied']}", href=hit["cached"]),
                raw=True,
            )
            for hit in found["hits"]
        ]
        told = f"{found['found']} found, page {found['page']} of {found['pages']}"
        parts = (tag("p", told), tag("ol", *items, raw=True))
        return Page("Search", found, parts)

    def _copy(self, one: Mapping[str, Any]) -> Page:
        told = (
            f"This is {one['url']} as it was on {one['copied']}; it may have changed."
        )
        parts = (tag("p", tag("em", told), raw=True), tag("pre", one["text"]))
        data = {name: one[name] for name in ("url", "copied", "text")}
        return Page(one["title"], data, parts)
