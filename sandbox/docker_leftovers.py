"""What dead owners have left in the Docker engine."""

from __future__ import annotations

import atexit
import contextlib
import functools
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Protocol

from arena.sandboxing import SandboxError, Thing

from .docker_engine import APIError, DockerException, NotFound, connect, reason
from .ownership import OWNER, owner_of

__all__ = [
    "BOX",
    "close_at_exit",
    "closed",
    "remove_box",
    "remove_container",
    "sweep",
]

BOX = "arena.box"
"""The label with the name of the box that a thing belongs to."""
GONE_S = 10.0
"""How long a removal that is under way already may take."""


_open: set[Closing] = set()
_opening = threading.Lock()


class Closing(Protocol):
    """What this process has in the engine, a box or a world."""

    def close(self) -> None:
        """Remove it; closing twice is fine."""
        ...


def close_at_exit(thing: Closing) -> None:
    """Have something closed at the latest when this process ends."""
    _at_exit()
    with _opening:
        _open.add(thing)


def closed(thing: Closing) -> None:
    """Take note that it is closed."""
    with _opening:
        _open.discard(thing)


@functools.cache
def _at_exit() -> None:
    atexit.register(_close_all)


def _close_all() -> None:
    for thing in list(_open):
        thing.close()


class _Left(NamedTuple):
    kind: Literal["container", "volume", "network", "image"]
    id: str
    name: str
    owner: str


def sweep(*, dry_run: bool = False) -> list[Thing]:
    """Remove what is left of owners that are dead, and of nobody else.

    Raises:
        SandboxError: If the engine does not answer.
    """
    try:
        return [_thing(left, dry_run) for left in _found()]
    except (DockerException, OSError) as error:
        raise SandboxError(f"cannot look for leftovers: {reason(error)}") from error


def remove_box(name: str) -> None:
    """Remove a box's container and its volumes; they may be gone already.

    Args:
        name: Of the container, and the label of all that belongs to it.

    Raises:
        DockerException: If the engine can't.
    """
    if remove_container(name):
        return
    # Whoever has removed it may have left its volumes.
    api = connect()
    volumes: list[dict[str, Any]]
    volumes = api.volumes(filters={"label": f"{BOX}={name}"})["Volumes"] or []
    for volume in volumes:
        with contextlib.suppress(NotFound):
            api.remove_volume(volume["Name"])


def remove_container(container: str) -> bool:
    """Remove a container and its volumes, whatever it does.

    Returns:
        Whether it was there.

    Raises:
        DockerException: If the engine can't.
    """
    api = connect()
    try:
        api.remove_container(container, force=True, v=True)
        return True
    except NotFound:
        return False
    except APIError as error:
        if error.status_code != 409:
            raise
        # It has ended by itself, and the engine is removing it.
        until = time.monotonic() + GONE_S
        while time.monotonic() < until:
            try:
                api.inspect_container(container)
            except NotFound:
                return True
            time.sleep(0.01)
        raise


def _found() -> Iterator[_Left]:
    """Yield what dead owners have left; what holds other things comes first."""
    api = connect()
    ours = {"label": OWNER}
    for about in api.containers(all=True, filters=ours):
        name = about["Names"][0].lstrip("/") if about["Names"] else about["Id"][:12]
        yield from _left("container", about, about["Id"], name)
    volumes: list[dict[str, Any]] = api.volumes(filters=ours)["Volumes"] or []
    for about in volumes:
        yield from _left("volume", about, about["Name"], about["Name"])
    for about in api.networks(filters=ours):
        yield from _left("network", about, about["Id"], about["Name"])
    for about in api.images(filters=ours):
        yield from _left("image", about, about["Id"], about["Id"][:19])


def _left(
    kind: Literal["container", "volume", "network", "image"],
    about: dict[str, Any],
    id: str,
    name: str,
) -> Iterator[_Left]:
    found = owner_of(about["Labels"] or {})
    if found is not None and found[0].left(found[1]):
        yield _Left(kind, id, name, str(found[0]))


def _thing(left: _Left, dry_run: bool) -> Thing:
    removed = not dry_run and _remove(left)
    return Thing(left.kind, left.name, left.owner, removed)


def _remove(left: _Left) -> bool:
    """Remove one thing; False if the engine can't, as it may be in use."""
    api = connect()
    try:
        match left.kind:
            case "container":
                remove_container(left.id)
            case "volume":
                api.remove_volume(left.id)
            case "network":
                api.remove_network(left.id)
            case "image":
                api.remove_image(left.id, force=True)
    except NotFound:  # its container has taken it along, or another sweep has
        return True
    except (DockerException, OSError):
        return False
    return True
