"""The world: clock, ledger, money, post and servers, and the sites that use them."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from .books import Books
from .clock import REQUEST_S, TURN_S, Clock
from .fleet import Fleet
from .keys import Keys
from .ledger import Ledger
from .messages import Answer, Deferred, Page, Refused, Request, Response, tag
from .perturbations import Perturbations
from .post import Post

__all__ = ["Answer", "Site", "World"]

AskHost = Callable[[dict[str, Any], float], dict[str, Any]]
FULL = Response(
    429,
    b'{"error": "there were too many requests"}',
    headers={"Retry-After": "3600"},
)
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

    def state(self) -> dict[str, Any]:
        """Return what the world's `state` says of it: JSON types; empty for nothing."""
        return {}

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
        self.address = ""
        """Where all its sites are."""
        self.perturbations = Perturbations(self)
        self.cut: set[str] = set()
        """Sites that answer nobody any more."""
        self.judging = False
        """Whether the agent's time is over."""
        self.notices: list[str] = []
        """What the status site tells everybody, the oldest first."""
        self.ask_host: AskHost = no_host
        """Has the model under test answer a request of OpenAI's chat completions, in so
        many seconds; for the `work` of a `Deferred`."""
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

    def resolve(self, name: str) -> str | None:
        """Return the address that a name stands for; None for one that there is not."""
        name = name.lower().removesuffix(".")
        servers = "." + self.host("servers.cloud")
        if name.endswith(servers):
            server = self.fleet.servers.get(name.removesuffix(servers))
            return None if server is None else server.address
        return None if self.site_of(name) is None else self.address

    def turn(self) -> None:
        """Let a call of the agent pass."""
        self.clock.begin()
        self.clock.pass_(TURN_S)
        self.perturbations.call()

    def judge(self) -> None:
        """End the agent's time: nothing passes any more, and every site is cut."""
        self.clock.stop()
        self.judging = True
        self.cut = set(self.sites)

    def state(self) -> dict[str, Any]:
        """Return how things stand: JSON types."""
        servers = {
            server.name: {
                "state": server.state,
                "owner": server.owner,
                "region": server.region,
                "boots": server.boots,
                "address": server.address,
                "token": server.token,
            }
            for server in self.fleet.servers.values()
            if server.state != "idle"
        }
        agents = [place for place, who in self.places.items() if who == "agent"]
        own = {name: site.state() for name, site in self.sites.items()}
        return {
            "agent": next(iter(agents), None),
            "time": self.clock.now,
            "money": self.books.all(),
            "servers": servers,
            "perturbations": self.perturbations.state(),
            **{name: told for name, told in own.items() if told},
        }

    def handle(self, request: Request) -> Response:
        """Answer a request, with all that comes of it."""
        answer = self.begin(request)
        if isinstance(answer, Deferred):
            return self.finish(request, answer, answer.work())
        return answer

    def begin(self, request: Request) -> Response | Deferred:
        """Answer a request, or say what must be done first to `finish` it.

        One at a time: whoever calls this from several threads holds a lock.
        """
        site = self.site_of(request.host)
        if site is not None and site.quiet(request):
            return self._sent(request, lambda: self._answered(site, request))
        if self.ledger.full and not self._is_vital(request):
            return FULL
        self.clock.begin()
        self.clock.pass_(REQUEST_S)
        return self._noted(request, lambda: self._answered(site, request))

    def finish(self, request: Request, deferred: Deferred, result: object) -> Response:
        """Answer a request after its work is done; under the same lock."""
        answer = self._noted(request, lambda: deferred.done(result))
        assert isinstance(answer, Response)
        return answer

    def _noted(
        self, request: Request, answer: Callable[[], Answer]
    ) -> Response | Deferred:
        """Answer, with a line in the ledger once the answer is there."""
        try:
            found = self._sent(request, answer)
        except Exception:
            self._note(request, 500)  # a fault of the site, which the caller is told
            raise
        if isinstance(found, Response):
            self._note(request, found.status)
        return found

    def _note(self, request: Request, status: int) -> None:
        if not self.ledger.full:
            self.ledger.write(
                "request",
                who=request.source,
                host=request.host[:100],
                method=request.method[:10],
                path=request.path[:200],
                status=status,
                body=hashlib.sha256(request.body).hexdigest()[:16],
            )

    def _sent(
        self, request: Request, answer: Callable[[], Answer]
    ) -> Response | Deferred:
        """Return an answer as it is sent; of a refusal, its reason."""
        try:
            found = answer()
        except Refused as refusal:
            told = json.dumps({"error": refusal.reason}, ensure_ascii=False)
            return Response(refusal.status, told.encode(), headers=refusal.headers)
        if isinstance(found, Page):
            return found.response(request.twin)
        if isinstance(found, dict):
            return Response(200, json.dumps(found, ensure_ascii=False).encode())
        return found

    def _answered(self, site: Site | None, request: Request) -> Answer:
        if site is None:
            why = f"There is no host {request.host[:100]!r} here."
            return Page("Not found", {"error": why}, (tag("p", why),), 404)
        if site.name in self.cut and not self._is_vital(request):
            raise Refused(503, f"{request.host} does not answer")
        if request.method not in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            raise Refused(405, "use GET, POST, PUT or DELETE")
        if request.method == "HEAD":
            request = replace(request, method="GET")
        return self.perturbations.around(site, request)

    def _is_vital(self, request: Request) -> bool:
        """Whether it must be answered always: a server asks about itself."""
        return request.host == self.host("metadata.cloud")

    def on(self, kind: str, happen: Callable[[dict[str, Any]], None]) -> None:
        """Have something happen at every line of a kind in the ledger."""

        def hear(told: str, data: dict[str, Any]) -> None:
            if told == kind:
                happen(data)

        self.ledger.listen(hear)


def no_host(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Say that there is no model, in a world without a host."""
    return {"error": "there is no model here", "status": 503}
