"""Where an episode is played: the agent's box, and the closed world around it."""

from __future__ import annotations

import threading
import weakref
from typing import Any, cast

from arena.sandboxing import Sandbox, SandboxError, SandboxProvider, SandboxSpec
from arena.worlds import Complete, World, WorldProvider, WorldSpec

__all__ = ["CurrentPlace", "Place", "open_place", "world_facts"]


class Place:
    """A box, and the world that it is in, if any."""

    def __init__(self, box: Sandbox, world: World | None = None) -> None:
        self.box = box
        self.world = world

    def close(self) -> None:
        """Remove both; closing twice is fine."""
        try:
            self.box.close()
        finally:
            if self.world is not None:
                self.world.close()


def open_place(
    provider: SandboxProvider,
    box: SandboxSpec,
    world: WorldSpec | None,
    owner: str,
    complete: Complete | None,
) -> Place:
    """Start a box, in a world where one is asked for.

    Args:
        provider: Of boxes, and of worlds where one is asked for.
        box: What the box must offer.
        world: What the world must offer.
        owner: The run and episode that they belong to.
        complete: Answers at the model site.

    Raises:
        SandboxError: If one of them cannot be started.
    """
    if world is None:
        return Place(provider.open(box, owner))
    found = cast(WorldProvider, provider).open_world(world, owner, complete)
    try:
        return Place(found.open(box, "agent"), found)
    except BaseException:
        found.close()
        raise


def world_facts(provider: SandboxProvider, world: WorldSpec) -> dict[str, Any]:
    """Return what the record says of a world."""
    return cast(WorldProvider, provider).world_facts(world)


class CurrentPlace:
    """Holds the place of the episode that is played, if there is one.

    Another thread may end it at any time. Whatever becomes of its owner, it is closed
    by the end of this process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = 0
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        """The place.

        Raises:
            SandboxError: If there is none.
        """
        if self._place is None:
            raise SandboxError("there is no box: the episode has not begun, or ended")
        return self._place

    @property
    def box(self) -> Sandbox:
        """The box of the place; raises as `place` does."""
        return self.place.box

    def end(self) -> int:
        """Close the place, if there is one, and return a ticket for the next."""
        with self._lock:
            place, self._place = self._place, None
            self._ended += 1
            ticket = self._ended
        if place is not None:
            self._at_exit.detach()
            place.close()
        return ticket

    def hold(self, place: Place, ticket: int) -> None:
        """Take a new place.

        Args:
            place: It may have taken long to be made.
            ticket: From before it was made.

        Raises:
            SandboxError: If the episode was ended meanwhile; the place is then closed.
        """
        with self._lock:
            wanted = self._ended == ticket
            if wanted:
                self._place = place
                self._at_exit = weakref.finalize(self, place.close)
        if not wanted:
            place.close()
            raise SandboxError("the episode ended while its box was made")
