"""The network of a closed world: a bridge on which the host itself has no address.

An internal network of Docker alone is not closed: what listens on the host answers at
its gateway. Here nothing has the gateway's address, so that no packet leaves.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, NamedTuple

from docker.types import IPAMConfig, IPAMPool

from arena.sandboxing import SandboxError

from .docker_engine import APIError, DockerException, NotFound, connect, reason

__all__ = ["OPTIONS", "Network", "Seat", "create_network"]

BASE = IPv4Network("10.213.0.0/16")
"""All worlds lie in it: 2048 networks, where the engine's own pool has about 30."""
PREFIX = 27
ATTEMPTS = 100
WORLD, SERVERS = 2, 10
ROLES = {"agent": 3, "judge": 4}
OPTIONS: dict[str, Any] = {
    "driver": "bridge",
    "internal": True,
    "enable_ipv6": False,
    "options": {
        "com.docker.network.bridge.inhibit_ipv4": "true",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
        "com.docker.network.bridge.enable_icc": "true",
    },
}
"""What the engine is told of every such network, beside its name and addresses."""
REMOVE_S = 10.0
"""How long the engine may take to take note that a container has left."""


class Seat(NamedTuple):
    """A container's place on a network."""

    network: str
    address: str
    dns: str
    """The address of who knows the names there."""

    def endpoint(self) -> dict[str, Any]:
        """Return it as the engine's API wants it."""
        at = {"IPAMConfig": {"IPv4Address": self.address}}
        return {"EndpointsConfig": {self.network: at}}


class Network:
    """A network that is there.

    Args:
        name: Of it.
        subnet: Its addresses.
    """

    def __init__(self, name: str, subnet: IPv4Network) -> None:
        self.name = name
        self.subnet = subnet
        self.world = str(subnet[WORLD])
        """The address of the world."""

    def address(self, place: str) -> str:
        """Return that of `agent`, `judge` or `server-1` and so on."""
        if place in ROLES:
            return str(self.subnet[ROLES[place]])
        return str(self.subnet[SERVERS - 1 + int(place.removeprefix("server-"))])

    def seat(self, place: str) -> Seat:
        """Return the place of a container there, as for `address`, or of the world."""
        address = self.world if place == "world" else self.address(place)
        return Seat(self.name, address, self.world)

    def expel(self, container: str) -> None:
        """Take a container off, and see that it is on no network.

        Raises:
            SandboxError: If it cannot be proved.
        """
        api = connect()
        try:
            api.disconnect_container_from_network(container, self.name, force=True)
            left = api.inspect_container(container)["NetworkSettings"]["Networks"]
            there = api.inspect_network(self.name)["Containers"]
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot detach the box: {reason(error)}") from error
        names = {about["Name"] for about in there.values()}
        if left or container in names:
            raise SandboxError("the box is still on a network")

    def remove(self) -> None:
        """Remove it; it may be gone already.

        Raises:
            DockerException: If the engine can't.
        """
        until = time.monotonic() + REMOVE_S
        while True:
            try:
                return connect().remove_network(self.name)
            except NotFound:
                return None
            except APIError:  # somebody on it is not quite gone
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)


def create_network(labels: dict[str, str]) -> Network:
    """Return a new network, on addresses that no other one has.

    Raises:
        SandboxError: If the engine gives none.
    """
    # Names of containers and networks are told inside, so they tell nothing.
    name = f"net-{secrets.token_hex(5)}"
    ours, taken = list(BASE.subnets(new_prefix=PREFIX)), _routed()
    for subnet in random.SystemRandom().sample(ours, ATTEMPTS):
        if any(subnet.overlaps(other) for other in taken):
            continue
        pool = IPAMConfig(pool_configs=[IPAMPool(subnet=str(subnet))])
        try:
            connect().create_network(name, labels=labels, ipam=pool, **OPTIONS)
            return Network(name, subnet)
        except (DockerException, OSError) as error:
            if "overlap" not in str(error):  # with another process's, say
                raise SandboxError(f"cannot make a network: {reason(error)}") from error
    raise SandboxError(f"no network of {BASE} is free after {ATTEMPTS} attempts")


def _routed() -> list[IPv4Network]:
    """Return the networks that this machine is on: it would answer there itself."""
    found: list[IPv4Network] = []
    with contextlib.suppress(
        OSError
    ):  # not Linux: the engine is in a machine of its own
        for line in Path("/proc/net/route").read_text().splitlines()[1:]:
            fields = line.split()
            start, mask = (int(fields[n], 16).to_bytes(4, "little") for n in (1, 7))
            if any(mask):
                found.append(IPv4Network((start, str(IPv4Address(mask)))))
    return found
