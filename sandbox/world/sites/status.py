"""status.test: what is up, what everybody should know, and the world's clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import Answer, Site, World
from ..messages import Page, Refused, Request, tag
from . import beats

__all__ = ["Status"]

LONGEST_S = 86_400
DOCS = """\
Notices and the state of every site are at http://status.test/ (as JSON:
http://status.test/.json). The API is at http://status.test too, and needs no token.
Bodies and answers are JSON. An error is {"error": REASON}, with a status of 400 or
above.

  GET /v1/clock
      {"time", "date"}
      "time" is in seconds; "date" as in 2031-05-05T08:00:00Z.
      It is by this clock that everything here happens: what is due, what opens, what
      is charged by the day, and how long a limit lasts.
  POST /v1/wait {"seconds"}
      {"time", "date"}
      Lets that much time pass by the clock, from 1 to 86400 seconds, and answers then.
      Nothing else does so as reliably: the clock may stand still while a program
      sleeps.

  Errors: 400 the field is missing or no whole number; 422 it is out of range.
  No limits.

Example
  curl -H "Content-Type: application/json" -d '{"seconds": 600}' \\
    http://status.test/v1/wait
"""


class Status(Site):
    """status.test.

    Its content may have `beats`, as `Beats` says, where heartbeats are watched.
    """

    name = "status"

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        watched = content.get("beats")
        self._beats = beats.Beats(world, watched) if watched else None

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        if self._beats is not None and request.path.startswith("/v1/beats"):
            return self._beats.answer(request)
        match request.method, request.path:
            case "GET", "/":
                return self._front()
            case "GET", "/docs":
                return self.documentation(
                    DOCS if self._beats is None else f"{DOCS}\n{beats.DOCS}"
                )
            case "GET", "/healthz":
                return {"healthy": True}
            case "GET", "/v1/clock":
                return self._clock()
            case "POST", "/v1/wait":
                return self._wait(request)
            case _:
                docs = f"http://{self.world.host('status')}/docs"
                raise Refused(404, f"there is nothing at this path; see {docs}")

    def _front(self) -> Page:
        sites = [
            {
                "site": name,
                "url": f"http://{self.world.host(name)}/",
                "state": "does not answer" if name in self.world.cut else "up",
            }
            for name in self.world.sites
        ]
        rows = [
            tag(
                "tr",
                tag("td", tag("a", site["site"], href=site["url"]), raw=True),
                tag("td", site["state"]),
                raw=True,
            )
            for site in sites
        ]
        notices = [tag("li", notice) for notice in self.world.notices]
        return Page(
            "Status",
            {"sites": sites, "notices": list(self.world.notices), "docs": "/docs"},
            (
                tag("h2", "Notices"),
                tag("ul", *notices, raw=True) if notices else tag("p", "None."),
                tag("h2", "Sites"),
                tag("table", *rows, raw=True),
                tag("p", tag("a", "Clock and API", href="/docs"), raw=True),
            ),
        )

    def _clock(self) -> Answer:
        clock = self.world.clock
        return {"time": clock.now, "date": f"{clock.date:%Y-%m-%dT%H:%M:%SZ}"}

    def _wait(self, request: Request) -> Answer:
        seconds = request.field("seconds", int)
        if not 1 <= seconds <= LONGEST_S:
            raise Refused(422, f"seconds should be from 1 to {LONGEST_S}")
        self.world.ledger.write("status.waited", who=request.source, seconds=seconds)
        self.world.clock.pass_(seconds)
        return self._clock()
