"""news.test: a paper whose front page is another one every ten minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..core import Site, World
from ..messages import Answer, Page, Refused, Request, link_list, nav, tag, whole

__all__ = ["News"]

EDITION_S = 600.0
"""How long a front page stands."""
STORIES, TOP, MOST_READ = 14, 5, 4
SECTIONS = ("Town", "Trade", "Weather", "Sport", "Arts")
PLACES = (
    "Aldmoor",
    "Brackholm",
    "Cressel",
    "Dunvale",
    "Eastmere",
    "Fennick",
    "Harrowby Quay",
    "Ister Bay",
)
EVENTS = {
    "Town": (
        "{place} council puts off vote on {number} benches",
        "Bridge at {place} shut for {number} days",
        "Night buses return to {place} after {number} months",
        "{place} library lends its {number},000th umbrella",
    ),
    "Trade": (
        "Rope works at {place} takes on {number} hands",
        "Salt prices up {number} per cent in {place}",
        "{place} ferry line orders {number} new engines",
        "Glassmaker leaves {place} after {number} years",
    ),
    "Weather": (
        "Fog holds {number} boats in {place}",
        "{place} counts {number} dry days in a row",
        "Hail breaks {number} windows at {place} station",
    ),
    "Sport": (
        "{place} rowers win by {number} seconds",
        "{number} goals and no winner at {place}",
        "{place} chess club draws a match of {number} boards",
    ),
    "Arts": (
        "{place} choir sings for {number} hours",
        "Painting found behind {number} coats in {place}",
        "{place} theatre sells {number} tickets in an hour",
    ),
}
MARKED = (
    'Baker of {place}: "no more than {number} rolls a head"',
    "Moss & Daughter of {place} mend clock no. {number}",
    "Tide at {place} < {number} cm, a record",
)
"""Headlines with characters that a page has to write otherwise."""


class Story(NamedTuple):
    """One story of an edition."""

    slug: str
    section: str
    headline: str


class News(Site):
    """A paper: a front page with an edition number, stories, an archive.

    Content: `busy` for a front page on which what is most read stands above the top
    stories, and headlines hold marks; by default it is quiet. `appointments`, each with
    `headline`, `text` and `date`, for a page of them that stays.
    """

    name = "news"

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._busy = bool(content.get("busy"))
        self._appointments: list[dict[str, str]] = content.get("appointments", [])

    def answer(self, request: Request) -> Answer:
        """Answer a request for a page."""
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, "pages are read with GET")
        match request.path.strip("/").split("/"):
            case [""] | ["index"]:
                return self._front(request.source)
            case ["story", slug]:
                return self._story(slug)
            case ["archive"]:
                return self._archive()
            case ["about"]:
                return self._about()
            case ["appointments"] if self._appointments:
                return self._appointed()
            case _:
                raise Refused(404, f"there is no page {request.path[:80]!r} here")

    @property
    def _number(self) -> int:
        """The number of the edition that stands now."""
        return int(self.world.clock.now // EDITION_S) + 1

    def _stories(self, number: int) -> list[Story]:
        """Return an edition's stories, the top ones first."""
        draw = self.world.random("news", number)
        stories: list[Story] = []
        told: set[str] = set()
        while len(stories) < STORIES:
            section = draw.choice(SECTIONS)
            marked = self._busy and draw.random() < 0.3
            form = draw.choice(MARKED if marked else EVENTS[section])
            headline = form.format(
                place=draw.choice(PLACES), number=draw.randint(3, 96)
            )
            if headline not in told:
                told.add(headline)
                slug = f"{number}-{len(stories) + 1}-{draw.randrange(16**6):06x}"
                stories.append(Story(slug, section, headline))
        return stories

    def _front(self, who: str) -> Page:
        number = self._number
        stories = self._stories(number)
        top, rest = stories[:TOP], stories[TOP:]
        read = self.world.random("news", number, "read").sample(rest, MOST_READ)
        self.world.ledger.write(
            "news.edition",
            who=who,
            edition=number,
            top=[story.headline for story in top],
        )
        lists = [("Top stories", "top", top), ("Also today", "also", rest[:6])]
        lists.insert(0 if self._busy else 2, ("Most read", "read", read))
        parts = [tag("p", self._dated(number), class_="edition")]
        for title, kind, found in lists:
            inside = tag("h2", title), _list(found)
            parts.append(tag("section", *inside, raw=True, id=kind))
        links = {"Archive": "/archive", "About": "/about"}
        links |= {"Appointments": "/appointments"} if self._appointments else {}
        parts.append(nav(links))
        data = {
            "edition": number,
            **{kind: [_told(s) for s in found] for _, kind, found in lists},
        }
        return Page("The Eastmere Courier", data, tuple(parts))

    def _dated(self, number: int) -> str:
        return f"Edition {number} of {self.world.clock.date:%d %B %Y}"

    def _story(self, slug: str) -> Page:
        number = whole(slug.partition("-")[0], 1, self._number)
        if number is not None:
            for story in self._stories(number):
                if story.slug == slug:
                    return self._read(story, number)
        raise Refused(404, "there is no such story")

    def _read(self, story: Story, number: int) -> Page:
        day = self.world.random("news", story.slug).choice(
            ("this morning", "late last night", "at noon", "before the gates opened")
        )
        text = (
            f"{story.headline}. So our correspondent was told {day}. Those who were "
            "asked had nothing to add; we shall report again."
        )
        data = {"edition": number, "section": story.section, "text": text}
        parts = (
            tag("p", f"{story.section}, edition {number}"),
            tag("p", text),
            nav({"Front page": "/"}),
        )
        return Page(story.headline, data, parts)

    def _archive(self) -> Page:
        """The top stories of the editions before."""
        first = max(1, self._number - 12)
        numbers = range(self._number - 1, first - 1, -1)
        past = {n: self._stories(n)[:TOP] for n in numbers}
        parts = [
            tag("section", tag("h2", f"Edition {n}"), _list(found), raw=True)
            for n, found in past.items()
        ]
        data = {"editions": {str(n): [_told(s) for s in f] for n, f in past.items()}}
        return Page("Archive", data, (*parts, nav({"Front page": "/"})))

    def _appointed(self) -> Page:
        """Who has gone to work where, as firms have told the paper."""
        parts = [
            tag(
                "section",
                tag("h2", one["headline"]),
                tag("p", f"{one['date']}: {one['text']}"),
                raw=True,
            )
            for one in self._appointments
        ]
        data = {"appointments": self._appointments}
        return Page("Appointments", data, (*parts, nav({"Front page": "/"})))

    def _about(self) -> Page:
        text = (
            "The Courier prints a new front page every ten minutes. The five top "
            "stories are chosen by the editor of the day; what is most read is counted "
            "by a machine. Every page can also be had as data: add .json to its "
            "address, and for the front page read /index.json."
        )
        parts = (tag("p", text), nav({"Front page": "/"}))
        return Page("About", {"text": text}, parts)


def _told(story: Story) -> dict[str, str]:
    """Return a story as the twins of pages say it."""
    return {"headline": story.headline, "url": f"/story/{story.slug}"}


def _list(stories: list[Story]) -> str:
    links = [(story.headline, f"/story/{story.slug}") for story in stories]
    return link_list(links, "ol")
