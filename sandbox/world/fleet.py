"""The servers that can be rented: what state each of the pool is in.

The containers are there from the start and idle; each asks for its state and follows
it, so that nothing in the world ever needs to reach an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .keys import digest_token
from .ledger import Ledger

__all__ = ["HARDWARE", "Fleet", "Server", "State"]

State = Literal["idle", "active", "stopped", "terminated"]
HARDWARE = "hardware failure"
"""Why a server is stopped that cannot be started any more."""


@dataclass
class Server:
    """One of the pool."""

    name: str
    """As `server-1`; so its requests are marked."""
    address: str
    token: str
    """What its own metadata tells it, and no other."""
    state: State = "idle"
    owner: str = ""
    key: str = ""
    """The public key of SSH that opens it, one line."""
    region: str = ""
    boots: int = 0
    """How often it was told to start; a higher number is a restart."""
    seen: set[str] = field(default_factory=set[str])
    """What it has reported of itself: `up` for a server that answers SSH, `ssh` once
    somebody has logged in."""


class Fleet:
    """The pool."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._seed = seed
        self.servers: dict[str, Server] = {}

    def place(self, name: str, address: str) -> None:
        """Say where a server of the pool is."""
        token = digest_token(self._seed, "server", name)
        self.servers[name] = Server(name, address, token)

    def by_address(self, address: str) -> Server | None:
        """Return the server at an address."""
        return next((s for s in self.servers.values() if s.address == address), None)

    def rent(self, owner: str, key: str, region: str) -> Server | None:
        """Make an idle server active; None where there is none left."""
        for server in self.servers.values():
            if server.state == "idle":
                server.state, server.owner, server.key = "active", owner, key
                server.region = region
                server.boots += 1
                self._ledger.write(
                    "fleet.active", server=server.name, owner=owner, region=region
                )
                return server
        return None

    def change(self, server: Server, state: State, why: str) -> None:
        """Stop, terminate or start a rented server."""
        if server.state == state:
            return
        server.state = state
        server.seen.clear()
        if state == "active":
            server.boots += 1
        self._ledger.write(f"fleet.{state}", server=server.name, why=why)

    def restart(self, server: Server) -> None:
        """End every process of an active server, and start it again."""
        server.boots += 1
        server.seen.clear()
        self._ledger.write("fleet.restarted", server=server.name)

    def report(self, server: Server, what: str) -> None:
        """Note what a server says of itself, once."""
        if what in ("up", "ssh") and what not in server.seen:
            server.seen.add(what)
            self._ledger.write(f"fleet.{what}", server=server.name)
