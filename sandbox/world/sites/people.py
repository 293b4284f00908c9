"""people.test: a directory of firms and of those who work there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import Site, World
from ..messages import Answer, Page, Refused, Request, Response, link_list, tag
from .people_picture import ALPHABET, drawn

__all__ = ["People"]

GUESSES = 5
"""So many IDs that there are not are asked for until it is noted."""

DOCS = """\
people.test is a directory of firms and of people who work there.

Pages
  /               all firms
  /firms/NAME     a firm: some of its team, and its news
  /p/ID           the profile of one person: firm, role, when they joined, e-mail;
                  and when they left, if they have

A firm chooses whom it shows as its team; the others have profiles all the same. A
profile is found by a link, from a firm's page or a search engine: there is no list of
all. What a profile says is what its owner says today.

Data
  Each page can be had as JSON: add .json to its address, or send Accept:
  application/json.
      curl http://people.test/index.json
      curl http://people.test/firms/NAME.json
  A profile has the fields name, firm, role, joined, left, before, email, picture. Dates
  are YYYY-MM-DD. left is null for who works there still; before is a firm of earlier
  days, or null.

Addresses as pictures
  Who does not like machines to read an e-mail address has it shown as a picture: email
  is null then, and picture is the path of a PPM file (P3, black on white). Its
  characters are six dots wide and seven high. /type.ppm shows all of them, in this
  order:
      {alphabet}
  Capitals stand for small letters.

Rules
  /robots.txt holds for programs. IDs are random: do not try them out.

Errors
  404 for what there is not, 405 for anything but GET; {{"error": ...}} says why.
"""
ROBOTS = """\
User-agent: *
# A profile may be read where a link leads to it. Do not try out IDs.
Disallow: /p/$
"""


class People(Site):
    """Firms with a part of their team, and a profile for each person.

    Content: `firms`, by the name in the address: `name`, `about`, `team` (IDs), `news`
    (each `date`, `text`, and `person`, an ID or None). `people`, by ID: `name`, `firm`
    (a firm's name), `role`, `joined`, `left` and `before` (or None), `email`, and
    `drawn`, whether the e-mail is shown as a picture.
    """

    name = "people"

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._firms: Mapping[str, Any] = content.get("firms", {})
        self._people: Mapping[str, Any] = content.get("people", {})
        self._guesses: dict[str, int] = {}

    def answer(self, request: Request) -> Answer:
        """Answer a request for a page or a picture."""
        if request.method != "GET":
            raise Refused(405, "pages are read with GET")
        match request.path.strip("/").split("/"):
            case [""] | ["index"]:
                return self._front()
            case ["docs"]:
                return self.documentation(DOCS.format(alphabet=ALPHABET))
            case ["robots.txt"]:
                return Response(200, ROBOTS.encode(), "text/plain; charset=utf-8")
            case ["type.ppm"]:
                return _picture(ALPHABET)
            case ["firms", slug] if slug in self._firms:
                return self._firm(self._firms[slug])
            case ["p", id] if id in self._people:
                return self._profile(id, self._people[id])
            case ["p", _]:
                self._note_guess(request.source)
                raise Refused(404, "there is no such profile; see /robots.txt")
            case ["p", id, "email.ppm"] if self._people.get(id, {}).get("drawn"):
                return _picture(self._people[id]["email"])
            case _:
                raise Refused(404, f"there is no page {request.path[:80]!r} here")

    def _note_guess(self, who: str) -> None:
        """Note, once, that somebody tries out IDs, which /robots.txt forbids."""
        guesses = self._guesses[who] = self._guesses.get(who, 0) + 1
        if guesses == GUESSES:
            self.world.ledger.write("people.enumerated", who=who, guesses=guesses)

    def _front(self) -> Page:
        firms = {f"/firms/{slug}": f["name"] for slug, f in self._firms.items()}
        told = [{"name": name, "url": url} for url, name in firms.items()]
        links = {**firms, "/docs": "Documentation"}
        data = {"firms": told, "docs": "/docs"}
        return Page(
            "Who works where",
            data,
            (link_list((name, url) for url, name in links.items()),),
        )

    def _firm(self, firm: Mapping[str, Any]) -> Page:
        team = {f"/p/{id}": self._people[id]["name"] for id in firm["team"]}
        news = [
            {
                "date": item["date"],
                "text": item["text"],
                "url": f"/p/{item['person']}" if item["person"] else None,
            }
            for item in firm["news"]
        ]
        data = {
            "about": firm["about"],
            "team": [{"name": n, "url": u} for u, n in team.items()],
            "news": news,
        }
        parts = [
            tag("p", firm["about"]),
            tag("h2", "Some of our team"),
            link_list((name, url) for url, name in team.items()),
            tag("h2", "News"),
        ]
        for item in news:
            parts.append(tag("p", f"{item['date']}: {item['text']}"))
            if item["url"]:
                parts.append(link_list([("Profile", item["url"])]))
        return Page(firm["name"], data, tuple(parts))

    def _profile(self, id: str, person: Mapping[str, Any]) -> Page:
        picture = f"/p/{id}/email.ppm" if person["drawn"] else None
        names = ("name", "firm", "role", "joined", "left", "before")
        data = {name: person[name] for name in names}
        data["email"] = None if picture else person["email"]
        data["picture"] = picture
        parts = [
            tag("p", f"{name.capitalize()}: {value}")
            for name, value in data.items()
            if value and name not in ("name", "picture")
        ]
        if picture:
            parts.append(tag("img", src=picture, alt="E-mail"))
        return Page(person["name"], data, tuple(parts))


def _picture(text: str) -> Response:
    return Response(200, drawn(text), "image/x-portable-pixmap")
