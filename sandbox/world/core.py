"""The world: clock, ledger, money, post and servers, and the sites that use them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .books import Books
from .clock import REQUEST_S, Clock
from .fleet import Fleet
from .keys import Keys
from .ledger import Full, Ledger
from .messages import Page, Refused, Request, Response, tag
from .perturbations import Perturbations
from .post import Post

__all__ = ["Answer", "Site", "World"]

Answer = Response | Page | dict[str, Any]
"""What a site gives back; a `dict` is sent as JSON."""
TREASURY = "treasury"
"""Where money comes from that the world pays, and goes to that it takes."""


class Site:
    """One host of the world. A subclass names its host and answers requests.

    Args:
        world: That it belongs to.
        content: What the task's `world(seed)` says of it under `sites`; the site makes
            up whatever is missing, from `world.random(…)`.
    """

    name: ClassVar[str]
    """The first part of its host: `bank` for bank.test; names below it are its too, as
    api.cloud.test is `cloud`'s."""
    renamed: ClassVar[Mapping[str, str]] = {}
    """Fields of its API whose names differ in version 2: old name to new."""

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        self.world = world
        self.content = content

    def answer(self, request: Request) -> Answer:
        """Answer a request.

        Raises:
            Refused: If it is not granted.
        """
        raise NotImplementedError

    def quiet(self, request: Request) -> bool:
        """Whether a request is nobody's doing: it takes no time and leaves no line."""
        return False

    def documentation(self, told: str) -> Page:
        """Return a page of documentation, with the hosts that this world has.

        Args:
            told: Plain text, with hosts as in `bank.test`.
        """
        told = told.replace(".test", f".{self.world.tld}")
        return Page("Documentation", {"text": told}, (tag("pre", told),))


class World:
    """All that there is, for one episode.

    Args:
        seed: Of all its draws.
        content: What the task's `world(seed)` gives: `sites` by name, `books` with the
            cents of accounts at the start, `keys` as rows of token, site and owner,
            `agent` with the agent's `email`.
        services: The names of its sites.
        kinds: The class of each site.
        rate: Of its clock.
        tld: The last part of every host.
    """

    def __init__(
        self,
        seed: int,
        content: Mapping[str, Any],
        services: tuple[str, ...],
        kinds: Mapping[str, type[Site]],
        *,
        rate: float = 0.0,
        tld: str = "test",
    ) -> None:
        self.seed = seed
        self.tld = tld
        self.clock = Clock(rate)
        self.ledger = Ledger(lambda: self.clock.now)
        opening = {TREASURY: 10**9, **content.get("books", {})}
        self.books = Books(self.ledger, opening)
        self.post = Post(self.ledger, self.clock)
        self.keys = Keys()
        for token, site, owner in content.get("keys", ()):
            self.keys.add(token, site, owner)
        self.email: str = content.get("agent", {}).get("email", "agent@mail.test")
        self.post.open(self.email)
        self.fleet = Fleet(self.ledger, seed)
        self.places: dict[str, str] = {}
        """Who is at an address."""
        self.perturbations = Perturbations(self)
        self.cut: set[str] = set()
        """Sites that answer nobody any more."""
        own = content.get("sites", {})
        self.sites = {name: kinds[name](self, own.get(name, {})) for name in services}

    def random(self, *names: object) -> random.Random:
        """Return draws that follow from the seed and these names alone."""
        told = json.dumps([self.seed, *map(str, names)])
        return random.Random(hashlib.sha256(told.encode()).digest())

    def host(self, name: str) -> str:
        """Return the host of a site, or of a name below it: `bank` or `api.cloud`."""
        return f"{name}.{self.tld}"

    def site_of(self, host: str) -> Site | None:
        """Return the site that a host belongs to."""
        parts = host.removesuffix(".").split(".")
        if len(parts) < 2 or parts[-1] != self.tld:
            return None
        return self.sites.get(parts[-2])

    def handle(self, request: Request) -> Response:
        """Answer a request, with all that comes of it.

        One at a time: whoever calls this from several threads holds a lock.
        """
        site = self.site_of(request.host)
        quiet = site is not None and site.quiet(request)
        self.clock.pass_(0.0 if quiet else REQUEST_S)
        try:
            response = self._answered(request)
        except Refused as refusal:
            told = json.dumps({"error": refusal.reason}, ensure_ascii=False)
            response = Response(refusal.status, told.encode(), headers=refusal.headers)
        if quiet:
            return response
        try:
            self.ledger.write(
                "request",
                who=request.source,
                host=request.host[:100],
                method=request.method[:10],
                path=request.path[:200],
                status=response.status,
                body=hashlib.sha256(request.body).hexdigest()[:16],
            )
        except Full:
            told = b'{"error": "this world has seen too many requests"}'
            return Response(429, told, headers={"Retry-After": "3600"})
        return response

    def _answered(self, request: Request) -> Response:
        site = self.site_of(request.host)
        if site is None:
            raise Refused(404, f"there is no host {request.host[:100]!r} here")
        if site.name in self.cut:
            raise Refused(503, f"{request.host} does not answer")
        if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            raise Refused(405, "use GET, POST, PUT or DELETE")
        answer = self.perturbations.around(site, request)
        if isinstance(answer, Page):
            return answer.response(request.twin)
        if isinstance(answer, dict):
            return Response(200, json.dumps(answer, ensure_ascii=False).encode())
        return answer

    def on(self, kind: str, happen: Callable[[dict[str, Any]], None]) -> None:
        """Have something happen at every line of a kind in the ledger."""

        def hear(told: str, data: dict[str, Any]) -> None:
            if told == kind:
                happen(data)

        self.ledger.listen(hear)
