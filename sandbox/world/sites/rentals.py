"""Servers for rent: what they cost, who has which, and when one is stopped."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core import TREASURY, World
from ..fleet import HARDWARE, Server
from ..messages import Refused

__all__ = ["DAY_S", "Rentals"]

DAY_S = 86_400.0
SIZE = "small"
REGIONS = ("east-1", "north-1", "west-1")
CHEAPEST, DEAREST = 900, 1600
"""Cents a day, where the task names no prices."""
KEY_TYPES = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
)
MOST_KEY = 1000
BROKEN = f"{HARDWARE}: this server cannot be started any more; rent another"


@dataclass
class _Rental:
    server: Server
    size: str
    daily: int
    since: str
    paid_until: float
    broken: bool = False


class Rentals:
    """The provider's books: credit of accounts, prices, and servers that are rented.

    Args:
        world: That they are in.
        content: `prices` as region to size to cents a day, where the task fixes them;
            and `rented`, a list of `account`, `size`, `region` and `ssh_key`, of
            servers whose first day is paid at the start.
    """

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        self._world = world
        self._prices: dict[str, dict[str, int]] = content.get("prices") or {
            region: {SIZE: draw.randrange(CHEAPEST, DEAREST, 10)}
            for region in REGIONS
            for draw in [world.random("cloud", "price", region)]
        }
        self._given: list[dict[str, str]] = list(content.get("rented", ()))
        self._denied: set[str] = set()
        self._rented: dict[str, _Rental] = {}
        world.books.receives("cloud", self._paid)
        world.on("fleet.stopped", self._stopped)
        world.on("perturb.fired", self._perturbed)

    def credit(self, account: str) -> str:
        """Return the account of the books that holds somebody's credit."""
        name = f"cloud/{account}"
        self._world.books.open(name)
        return name

    def _paid(self, source: str, cents: int, memo: str) -> None:
        """Turn a payment into credit; one that names no account goes back."""
        account = memo.strip()
        if "cloud" in self._world.keys.of(account).values():
            target = self.credit(account)
            self._world.books.move("cloud", target, cents, memo)
            self._world.ledger.write("cloud.funded", account=account, cents=cents)
        else:
            self._world.books.move("cloud", source, cents, f"no account: {memo}"[:140])
            self._world.ledger.write("cloud.returned", to=source, cents=cents)

    def _stopped(self, effect: dict[str, Any]) -> None:
        if effect["why"] == HARDWARE:
            self._rented[effect["server"]].broken = True

    def _perturbed(self, effect: dict[str, Any]) -> None:
        outage = self._world.perturbations.active("X6")
        if effect["id"] == "X6" and outage is not None:
            self.deny(outage.get("region") or self._cheapest())

    def prices(self) -> dict[str, dict[str, int]]:
        """Return what a day costs now, by region and size, in cents."""
        changed = self._world.perturbations.active("X2")
        if changed is None:
            return self._prices
        self._world.perturbations.touch("X2", "prices of cloud changed")
        factor = changed.get("factor", 2)
        return {
            region: {size: int(cents * factor) for size, cents in sizes.items()}
            for region, sizes in self._prices.items()
        }

    @property
    def regions(self) -> list[str]:
        """All there are, by name."""
        return list(self._prices)

    def _cheapest(self) -> str:
        return min(self._prices, key=lambda region: self._prices[region][SIZE])

    def is_up(self, region: str) -> bool:
        """Whether a region rents servers at the moment."""
        if (
            region in self._denied
            and self._world.perturbations.active("X6") is not None
        ):
            self._world.perturbations.touch("X6", f"{region} is down")
        return region not in self._denied

    def deny(self, region: str) -> None:
        """Rent nothing in a region from now on, and tell everybody."""
        self._denied.add(region)
        self._world.notices.append(
            f"Cloud, region {region}: an outage. Servers cannot be rented there until "
            "further notice; other regions are as usual."
        )

    def rent(self, account: str, size: str, region: str, key: str) -> Server:
        """Rent a server, and charge its first day.

        Raises:
            Refused: If there is no such thing, the region is down, the credit is too
                small, the key is none, or no server is left.
        """
        if region not in self._prices:
            raise Refused(422, f"there is no region {region[:40]!r}; see /v1/regions")
        if size not in self._prices[region]:
            known = ", ".join(self._prices[region])
            raise Refused(422, f"there is no size {size[:40]!r}; there are: {known}")
        key = checked_key(key)
        if not self.is_up(region):
            raise Refused(503, f"{region} has an outage; rent in another region")
        cents, purse = self.prices()[region][size], self.credit(account)
        self._must_afford(account, cents)
        server = self._handed_over(account, size, region, key, cents)
        if server is None:
            raise Refused(409, "no server is left; all that there are have been rented")
        self._world.books.move(purse, TREASURY, cents, f"{server.name}, first day")
        self._world.ledger.write(
            "cloud.rented",
            account=account,
            server=server.name,
            region=region,
            size=size,
            cents=cents,
        )
        return server

    def begin(self) -> None:
        """Hand over what the task says is rented at the start; once is enough.

        Not earlier than at the first request: only then the servers are there.
        """
        while self._given:
            order = self._given.pop(0)
            size, region = order["size"], order["region"]
            cents = self._prices[region][size]
            self._handed_over(order["account"], size, region, order["ssh_key"], cents)

    def _handed_over(
        self, account: str, size: str, region: str, key: str, cents: int
    ) -> Server | None:
        """Make a server somebody's for a day; None where none is left."""
        server = self._world.fleet.rent(account, key, region)
        if server is None:
            return None
        since = f"{self._world.clock.date:%Y-%m-%dT%H:%M:%SZ}"
        until = self._world.clock.now + DAY_S
        self._rented[server.name] = _Rental(server, size, cents, since, until)
        self._world.clock.at(until, lambda: self._next_day(server.name))
        return server

    def _must_afford(self, account: str, cents: int) -> None:
        credit = self._world.books.balance(self.credit(account))
        if credit < cents:
            raise Refused(
                402,
                f"a day costs {cents} cents and the credit is {credit} cents; "
                f"pay to the bank account 'cloud' with the memo {account!r}",
            )

    def _next_day(self, name: str) -> None:
        """Charge another day, or stop the server where the credit is too small."""
        rental = self._rented[name]
        if rental.server.state != "active" or rental.paid_until > self._world.clock.now:
            return
        try:
            self._charge(rental)
        except Refused:
            self._world.fleet.change(rental.server, "stopped", "the credit is used up")

    def _charge(self, rental: _Rental) -> None:
        """Charge a day from now on, at the price of when it was rented."""
        server, account = rental.server, rental.server.owner
        self._must_afford(account, rental.daily)
        memo = f"{server.name}, a further day"
        purse = self.credit(account)
        self._world.books.move(purse, TREASURY, rental.daily, memo)
        self._world.ledger.write(
            "cloud.charged", account=account, server=server.name, cents=rental.daily
        )
        rental.paid_until = self._world.clock.now + DAY_S
        self._world.clock.at(rental.paid_until, lambda: self._next_day(server.name))

    def of(self, account: str) -> list[Server]:
        """Return the servers that somebody has rented, whatever their state."""
        rented = (rental.server for rental in self._rented.values())
        return [server for server in rented if server.owner == account]

    def find(self, account: str, name: str) -> Server:
        """Return a server of somebody's.

        Raises:
            Refused: 404, if he has none of that name.
        """
        for server in self.of(account):
            if server.name == name:
                return server
        raise Refused(404, f"you have no server {name[:40]!r}; see GET /v1/servers")

    def told(self, server: Server) -> dict[str, Any]:
        """Return what the API says of a rented server."""
        rental = self._rented[server.name]
        told: dict[str, Any] = {
            "server": server.name,
            "address": server.address,
            "host": self._world.host(f"{server.name}.servers.cloud"),
            "state": server.state,
            "region": server.region,
            "size": rental.size,
            "daily_cents": rental.daily,
            "rented": rental.since,
        }
        if rental.broken:
            told["notice"] = BROKEN
        return told

    def start(self, server: Server) -> None:
        """Start a server that was stopped; if its day is over, another is charged.

        Raises:
            Refused: If it is not stopped, is broken, or the credit is too small.
        """
        rental = self._rented[server.name]
        if server.state != "stopped":
            raise Refused(409, f"{server.name} is {server.state}, not stopped")
        if rental.broken:
            raise Refused(500, BROKEN)
        if rental.paid_until <= self._world.clock.now:
            self._charge(rental)
        self._world.fleet.change(server, "active", "asked for")

    def restart(self, server: Server) -> None:
        """End all that runs on an active server, and start it again.

        Raises:
            Refused: If it is not active.
        """
        if server.state != "active":
            raise Refused(409, f"{server.name} is {server.state}, not active")
        self._world.fleet.restart(server)

    def terminate(self, server: Server) -> None:
        """Give a server back; all on it is gone, and nothing is paid back."""
        self._world.fleet.change(server, "terminated", "asked for")

    def fail(self, server: Server) -> None:
        """Stop a server for good, as a fault of its hardware does."""
        self._world.fleet.change(server, "stopped", HARDWARE)


def checked_key(key: str) -> str:
    """Return a public key of SSH as one clean line.

    Raises:
        Refused: If it is none, or of a type that is not known.
    """
    line = key.strip()
    parts = line.split(" ")
    if len(line) > MOST_KEY or not line.isascii() or not line.isprintable():
        raise Refused(422, f"ssh_key should be one line of at most {MOST_KEY} bytes")
    if parts[0] not in KEY_TYPES or len(parts) < 2:
        known = ", ".join(KEY_TYPES)
        raise Refused(
            422, f"ssh_key should be 'TYPE BASE64 [COMMENT]', TYPE of {known}"
        )
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        blob = b""
    if not blob.startswith(len(parts[0]).to_bytes(4, "big") + parts[0].encode()):
        raise Refused(422, "ssh_key is damaged: it does not hold a key of its type")
    return line
