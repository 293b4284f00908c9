"""wiki.test: an encyclopedia with links, redirects, senses and a history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from ..core import Site, World
from ..messages import (
    Answer,
    Page,
    Refused,
    Request,
    Response,
    link_list,
    nav,
    tag,
    whole,
)

__all__ = ["Wiki"]

LINK = re.compile(r"\[\[([^\]|]+)\|?([^\]]*)\]\]")
MOST_FOUND = 20
FEATURED = 5
EDITORS = ("Ottiline", "Quillon", "Marrowby", "Tesk", "Wendle", "Yorrick")
PLACES = {
    "Aldmoor": "a town on the moor, known for its rope walks",
    "Brackholm": "a fishing village with a light that leans",
    "Cressel": "a market town where three rivers meet",
    "Dunvale": "a valley of orchards and slate",
    "Eastmere": "the largest town of the coast",
    "Fennick": "a village on stilts among the reeds",
    "Harrowby Quay": "the port of the grain boats",
    "Ister Bay": "a bay with a tide that comes twice",
}
KNOWN_FOR = (
    "a fair of kites in spring",
    "the oldest clock that still strikes thirteen",
    "a library that lends umbrellas",
    "its salt, which is grey",
    "a bridge that is painted by children",
    "soup of nettles and mussels",
)

ABOUT = (
    "Anybody may write here, so an article can be wrong for a while; its history says "
    "who changed what. Every page can also be had as data: add .json to its address, "
    "as in /wiki/Eastmere.json, and for the front page read /index.json. What is not "
    "there answers 404; pages are only read, with GET."
)
ADDRESSES = {
    "/all": "all articles: their titles and addresses",
    "/search?q=WORDS": f"the first {MOST_FOUND} articles that have all the words now",
    "/wiki/TITLE": "an article as it stands now: text, links, revision (the last of "
    "so many), date; or the senses of its title. An old name leads on, by 301.",
    "/wiki/TITLE/history": "its revisions, the last first: date, editor, note",
    "/wiki/TITLE/revision/N": "how it stood then, N from 1",
}


class Revision(NamedTuple):
    """How an article stood from a day on."""

    date: str
    editor: str
    note: str
    text: str
    """Links are `[[Title]]` or `[[Title|what is shown]]`."""


class Wiki(Site):
    """An encyclopedia. Every article has a history; the last revision is the current.

    Content: `articles`, by title a list of rows of date, editor, note and text;
    `redirects`, from one title to another; `senses`, by title the articles that it can
    mean. They are added to a small encyclopedia of places that is always there.
    """

    name = "wiki"

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._articles = {**self._places(), **_read(content.get("articles", {}))}
        self._redirects: dict[str, str] = dict(content.get("redirects", {}))
        self._senses: dict[str, list[str]] = dict(content.get("senses", {}))

    def answer(self, request: Request) -> Answer:
        """Answer a request for a page."""
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, "pages are read with GET")
        match request.path.strip("/").split("/"):
            case [""] | ["index"]:
                return self._front()
            case ["all"]:
                return self._list("All articles", self._articles)
            case ["search"]:
                return self._search(request.query.get("q", ""))
            case ["docs"]:
                return _docs()
            case ["wiki", title]:
                return self._titled(title.replace("_", " "), request)
            case ["wiki", title, "history"]:
                return self._history(self._article(title))
            case ["wiki", title, "revision", number]:
                return self._old(self._article(title), number, request.source)
            case _:
                raise Refused(404, f"there is no page {request.path[:80]!r} here")

    def _places(self) -> dict[str, list[Revision]]:
        """Make up the articles that there are in every world."""
        found: dict[str, list[Revision]] = {}
        for place, what in PLACES.items():
            draw = self.world.random("wiki", place)
            other = draw.choice([name for name in PLACES if name != place])
            text = f"{place} is {what}. It has {draw.choice(KNOWN_FOR)}."
            more = f"{text} A boat goes to [[{other}]] every {draw.randint(2, 9)} days."
            year = draw.randint(2001, 2014)
            found[place] = [
                Revision(f"{year}-03-0{draw.randint(1, 9)}", EDITORS[0], "begun", text),
                Revision(f"{year + 4}-08-14", draw.choice(EDITORS[1:]), "boats", more),
            ]
        return found

    def _article(self, title: str) -> str:
        """Return the title of an article as it is written.

        Raises:
            Refused: If there is no such article.
        """
        title = title.replace("_", " ")
        if title not in self._articles:
            raise Refused(404, f"there is no article {title[:80]!r}")
        return title

    def _titled(self, title: str, request: Request) -> Answer:
        """Return what stands under a title: an article, its senses, another title."""
        if title in self._redirects:
            where = _url(self._redirects[title]) + (".json" if request.twin else "")
            return Response(301, b"", "text/plain", {"Location": where})
        if title in self._senses:
            return self._meanings(title)
        return self._current(self._article(title), request.source)

    def _current(self, title: str, who: str) -> Page:
        revisions = self._articles[title]
        self._read_by(who, title, len(revisions))
        menu = nav({"History": f"{_url(title)}/history", "Front page": "/"})
        return self._shown(title, revisions[-1], len(revisions), menu)

    def _old(self, title: str, number: str, who: str) -> Page:
        revisions = self._articles[title]
        at = whole(number, 1, len(revisions))
        if at is None:
            raise Refused(404, f"{title!r} has revisions 1 to {len(revisions)}")
        self._read_by(who, title, at)
        warning = tag("p", "This is how the article stood once, and may be wrong.")
        menu = nav({"As it is now": _url(title), "History": f"{_url(title)}/history"})
        return self._shown(title, revisions[at - 1], at, warning, menu)

    def _shown(self, title: str, one: Revision, number: int, *more: str) -> Page:
        links = [found.groups() for found in LINK.finditer(one.text)]
        data = {
            "text": LINK.sub(lambda found: found[2] or found[1], one.text),
            "links": [
                {"text": shown or to, "title": to, "url": _url(to)}
                for to, shown in links
            ],
            "revision": number,
            "of": len(self._articles[title]),
            "date": one.date,
        }
        dated = f"Revision {number} of {data['of']}, of {one.date}"
        parts = (tag("p", *_linked(one.text), raw=True), tag("p", dated), *more)
        return Page(title, data, parts)

    def _meanings(self, title: str) -> Page:
        told = f"{title} can mean:"
        data = {
            "text": told,
            "senses": [{"title": t, "url": _url(t)} for t in self._senses[title]],
        }
        return Page(title, data, (tag("p", told), _links(self._senses[title])))

    def _history(self, title: str) -> Page:
        """Return who changed an article, when and why, the last change first."""
        rows = list(enumerate(self._articles[title], 1))[::-1]
        data = {
            "revisions": [
                {
                    "revision": number,
                    "url": f"{_url(title)}/revision/{number}",
                    **{name: getattr(one, name) for name in ("date", "editor", "note")},
                }
                for number, one in rows
            ]
        }
        items = [
            tag(
                "li",
                tag("a", one.date, href=f"{_url(title)}/revision/{number}"),
                tag("span", f" {one.editor}: {one.note}"),
                raw=True,
            )
            for number, one in rows
        ]
        menu = nav({"As it is now": _url(title)})
        return Page(f"History of {title}", data, (tag("ol", *items, raw=True), menu))

    def _search(self, query: str) -> Page:
        words = query.casefold().split()
        found = [
            title
            for title, revisions in self._articles.items()
            if all(w in f"{title} {revisions[-1].text}".casefold() for w in words)
        ]
        return self._list(f"Search for {query[:80]}", found[:MOST_FOUND])

    def _front(self) -> Page:
        draw = self.world.random("wiki", "featured")
        featured = sorted(draw.sample(sorted(self._articles), FEATURED))
        form = (
            '<form action="/search"><input name="q" aria-label="Words">'
            "<button>Search</button></form>"
        )
        menu = nav({"All articles": "/all", "Documentation": "/docs"})
        data = {"articles": len(self._articles), "featured": _told(featured)}
        parts = (form, tag("h2", "To read today"), _links(featured), menu)
        return Page("The Tidewater Encyclopedia", data, parts)

    def _list(self, heading: str, titles: Iterable[str]) -> Page:
        titles = sorted(titles)
        parts = (_links(titles), nav({"Front page": "/"}))
        return Page(heading, {"articles": _told(titles)}, parts)

    def _read_by(self, who: str, title: str, revision: int) -> None:
        current = revision == len(self._articles[title])
        self.world.ledger.write(
            "wiki.read", who=who, title=title, revision=revision, current=current
        )


def _docs() -> Page:
    """Return what addresses there are, as data and for people."""
    data = {"text": ABOUT, "pages": ADDRESSES}
    rows = [
        tag("li", tag("code", path), tag("span", f" {what}"), raw=True)
        for path, what in ADDRESSES.items()
    ]
    parts = (tag("p", ABOUT), tag("ul", *rows, raw=True), nav({"Front page": "/"}))
    return Page("Documentation", data, parts)


def _read(articles: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, list[Revision]]:
    return {title: [Revision(*row) for row in rows] for title, rows in articles.items()}


def _url(title: str) -> str:
    return f"/wiki/{quote(title.replace(' ', '_'), safe='()')}"


def _linked(text: str) -> list[str]:
    """Return a text as HTML, with its links."""
    parts: list[str] = []
    end = 0
    for found in LINK.finditer(text):
        parts.append(tag("span", text[end : found.start()]))
        parts.append(tag("a", found[2] or found[1], href=_url(found[1])))
        end = found.end()
    return [*parts, tag("span", text[end:])]


def _told(titles: Iterable[str]) -> list[dict[str, str]]:
    return [{"title": title, "url": _url(title)} for title in titles]


def _links(titles: Iterable[str]) -> str:
    return link_list((title, _url(title)) for title in titles)
