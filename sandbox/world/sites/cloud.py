"""cloud.test: servers for rent, by an API, and what each server asks about itself.

Hosts: cloud.test has pages, api.cloud.test the API, metadata.cloud.test what servers
ask. Names below servers.cloud.test are those of servers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ..core import Answer, Site, World
from ..fleet import Server
from ..messages import Page, Refused, Request, created, tag
from .rentals import Rentals

__all__ = ["Cloud"]

CURRENCY = "crowns"
DOCS = """\
The API is at http://api.cloud.test. Send your token as "Authorization: Bearer TOKEN".
Bodies and answers are JSON; sums are whole cents (100 cents are one crown). An error
is {"error": REASON} with a status of 400 or above.

Account and money
  GET /v1/account
      {"account", "credit_cents", "pay_to", "memo"}
      Pay from the bank to the account "pay_to" with exactly that memo; the payment is
      credit at once. Credit is not paid back.
  GET /v1/prices
      {"currency", "regions": [{"region", "sizes": [{"size", "daily_cents"}]}]}
      Prices may change at any time; you pay the price of the moment when you rent.
  GET /v1/regions
      {"regions": [{"region", "up"}]}
      A region that is not up rents nothing; see http://status.test for notices.

Servers
  POST /v1/servers {"size", "region", "ssh_key"}
      201 {"server", "address", "host", "state", "region", "size", "daily_cents", ...}
      "ssh_key" is the line of a public key, as in id_ed25519.pub. The first day is
      charged at once, each further day when it begins. Where the credit does not
      suffice, the server is stopped.
  GET /v1/servers                 {"servers": [...]}
  GET /v1/servers/ID              one of them; "state" is active, stopped or terminated
  POST /v1/servers/ID/restart     ends all processes and starts it again
  POST /v1/servers/ID/start       starts a stopped server; one whose hardware failed
                                  cannot be started: rent another
  DELETE /v1/servers/ID           gives it back; all on it is wiped, and it is not to
                                  be had again

  Errors: 401 no good token; 402 too little credit; 404 no such server; 409 no server
  left, or not possible in its state; 422 no such region or size, or not a key of SSH;
  500 hardware failure; 503 the region has an outage.

A server
  A fresh Debian with python3, curl and ssh, and 256 MB of memory. It answers SSH at
  port 22 as root, with your key, some seconds after it was rented:
      ssh -o StrictHostKeyChecking=no root@server-1.servers.cloud.test
  Every other port is free for what you run. Files stay until it is given back. At
  every start /root/boot.sh is run in the background, if it is an executable file.
  On the server, http://metadata.cloud.test/token says {"server", "token"}: its name,
  and a token that proves that a program runs there.

Example
  curl -H "Authorization: Bearer $TOKEN" http://api.cloud.test/v1/prices
  curl -H "Authorization: Bearer $TOKEN" -d '{"size": "small", "region": "REGION",
    "ssh_key": "ssh-ed25519 AAAA... me"}' http://api.cloud.test/v1/servers
"""


class Cloud(Site):
    """cloud.test.

    Its content may have `prices` and `rented`, as `Rentals` says, and `failures`:
    `after_s`, a list of seconds after the first heartbeat, at each of which the server
    fails that the last heartbeat came from; and `deny`, whether its region then rents
    nothing more.
    """

    name = "cloud"
    renamed: ClassVar = {"ssh_key": "public_key", "daily_cents": "price_cents"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._rentals = Rentals(world, content)
        self._beating = ""
        if "failures" in content:
            world.on("beats.begun", lambda _: self._plan_failures())
            world.on("beats.beat", self._note_beat)

    def quiet(self, request: Request) -> bool:
        """Return whether a request is a server's own first process's."""
        return request.host == self.world.host("metadata.cloud") and request.path in (
            "/boot",
            "/report",
        )

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        self._rentals.begin()
        host = request.host.removesuffix(".")
        below = host.removesuffix("." + self.world.host("cloud"))
        if below == host:
            return self._page(request)
        if below == "metadata":
            return self._metadata(request)
        if below == "api":
            return self._api(request)
        raise Refused(404, f"there is nothing at {request.host[:100]}")

    def _page(self, request: Request) -> Answer:
        match request.path:
            case "/":
                docs = tag("a", "Documentation of the API", href="/docs")
                about = "Servers by the day, in several regions."
                return Page("Cloud", {"docs": "/docs"}, (tag("p", about), docs))
            case "/docs":
                return self.documentation(DOCS)
            case _:
                raise Refused(404, f"there is no page {request.path[:100]!r}; see /")

    def _metadata(self, request: Request) -> Answer:
        server = self.world.fleet.servers.get(request.source)
        if server is None:
            raise Refused(403, "only a server is told about itself")
        match request.method, request.path:
            case "GET", "/token":
                return {"server": server.name, "token": server.token}
            case "GET", "/boot":
                return {
                    "state": server.state,
                    "boots": server.boots,
                    "key": server.key,
                    "name": server.name,
                }
            case "POST", "/report":
                self.world.fleet.report(server, request.field("what"))
                return {}
            case _:
                raise Refused(404, "there is /token here")

    def _api(self, request: Request) -> Answer:
        account = self.world.keys.require(request, self.name)
        rentals = self._rentals
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", "v1", "account"]:
                return self._account(account)
            case ["GET", "v1", "prices"]:
                return self._prices(account)
            case ["GET", "v1", "regions"]:
                return self._regions()
            case ["GET", "v1", "servers"]:
                return {"servers": [rentals.told(s) for s in rentals.of(account)]}
            case ["POST", "v1", "servers"]:
                return self._rent(account, request)
            case ["GET", "v1", "servers", name]:
                return rentals.told(rentals.find(account, name))
            case ["DELETE", "v1", "servers", name]:
                return self._done(account, name, rentals.terminate)
            case ["POST", "v1", "servers", name, "start"]:
                return self._done(account, name, rentals.start)
            case ["POST", "v1", "servers", name, "restart"]:
                return self._done(account, name, rentals.restart)
            case _:
                docs = f"http://{self.world.host('cloud')}/docs"
                raise Refused(404, f"there is no such endpoint; see {docs}")

    def _account(self, account: str) -> Answer:
        cents = self.world.books.balance(self._rentals.credit(account))
        return {
            "account": account,
            "credit_cents": cents,
            "pay_to": "cloud",
            "memo": account,
        }

    def _prices(self, account: str) -> Answer:
        regions = [
            {
                "region": region,
                "sizes": [{"size": s, "daily_cents": c} for s, c in sizes.items()],
            }
            for region, sizes in self._rentals.prices().items()
        ]
        # After the answer is made: a price may change once it was quoted.
        self.world.ledger.write("cloud.quoted", account=account)
        return {"currency": CURRENCY, "regions": regions}

    def _regions(self) -> Answer:
        rentals = self._rentals
        return {
            "regions": [{"region": r, "up": rentals.is_up(r)} for r in rentals.regions]
        }

    def _rent(self, account: str, request: Request) -> Answer:
        size, region = request.field("size"), request.field("region")
        key = request.field("ssh_key")
        server = self._rentals.rent(account, size, region, key)
        return created(self._rentals.told(server))

    def _done(self, account: str, name: str, what: Callable[[Server], None]) -> Answer:
        server = self._rentals.find(account, name)
        what(server)
        return self._rentals.told(server)

    def _plan_failures(self) -> None:
        for seconds in self.content["failures"]["after_s"]:
            self.world.clock.after(seconds, self._fail_beating)

    def _note_beat(self, beat: dict[str, Any]) -> None:
        self._beating = beat["server"]

    def _fail_beating(self) -> None:
        """Let the server fail that the last heartbeat came from."""
        server = self.world.fleet.servers[self._beating]
        if server.state != "active":
            return
        self._rentals.fail(server)
        if self.content["failures"].get("deny"):
            self._rentals.deny(server.region)
