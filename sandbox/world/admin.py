"""The world's side that no box can reach: what the host has it do, and tell.

One object of JSON a line, both ways. An order `{"id": 7, "op": "turn"}` is answered by
`{"id": 7, …}`, or by `{"id": 7, "error": "…"}`. A line with `event` is nobody's answer.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .core import World

__all__ = ["Admin", "Order"]

Order = Mapping[str, Any]
CHUNK_BYTES = 500_000
"""Of the ledger's lines that are told at once."""


class Admin:
    """Carries out orders about a world.

    Args:
        world: That they are about.
        lock: Held while the world is touched.
        tell: Sends an object to the host.
    """

    def __init__(
        self,
        world: World,
        lock: threading.Lock,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._world = world
        self._lock = lock
        self._tell = tell
        self._asked: dict[int, _Asked] = {}
        self._numbers = itertools.count(1)
        self._ops: dict[str, Callable[[Order], dict[str, Any]]] = {
            "turn": self._turn,
            "judge": self._judge,
            "cut": self._cut,
            "mend": self._mend,
            "restart": self._restart,
            "state": self._state,
            "ledger": self._ledger,
            "reply": self._reply,
        }
        world.ask_host = self._ask

    def carry_out(self, order: Order) -> None:
        """Carry out an order and answer it."""
        carry = self._ops.get(str(order.get("op")))
        if carry is None:
            known = ", ".join(self._ops)
            found = {"error": f"there is no op {order.get('op')!r}; there are: {known}"}
        else:
            with self._lock:
                found = carry(order)
        self._tell({"id": order.get("id"), **found})

    def _turn(self, order: Order) -> dict[str, Any]:
        self._world.turn()
        return {}

    def _judge(self, order: Order) -> dict[str, Any]:
        self._world.judge()
        return {}

    def _cut(self, order: Order) -> dict[str, Any]:
        return self._with_site(order, self._world.cut.add)

    def _mend(self, order: Order) -> dict[str, Any]:
        return self._with_site(order, self._world.cut.discard)

    def _with_site(self, order: Order, do: Callable[[str], None]) -> dict[str, Any]:
        site = order.get("site")
        if site not in self._world.sites:
            there = ", ".join(self._world.sites)
            return {"error": f"there is no site {site!r}; there are: {there}"}
        do(site)
        return {}

    def _restart(self, order: Order) -> dict[str, Any]:
        for server in self._world.fleet.servers.values():
            if server.state == "active":
                self._world.fleet.restart(server)
        return {}

    def _state(self, order: Order) -> dict[str, Any]:
        return self._world.state()

    def _ledger(self, order: Order) -> dict[str, Any]:
        """Tell lines from the one after `from` on, and how many there are in all."""
        lines: list[str] = []
        size = 0
        for line in itertools.islice(self._world.ledger.lines, order["from"], None):
            size += len(line)
            if lines and size > CHUNK_BYTES:
                break
            lines.append(line)
        return {"lines": lines, "total": len(self._world.ledger.lines)}

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Have the host's model answer; in a thread of its own, without the lock."""
        number, asked = next(self._numbers), _Asked()
        self._asked[number] = asked
        self._tell({"event": "model", "call": number, "request": request})
        asked.came.wait(seconds)
        del self._asked[number]
        return asked.answer

    def _reply(self, order: Order) -> dict[str, Any]:
        asked = self._asked.get(order["call"])
        if asked is not None:  # else nobody waits for it any more
            asked.answer = order["answer"]
            asked.came.set()
        return {}


class _Asked:
    """A question to the host that waits for its answer."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.answer: dict[str, Any] = {
            "error": "the model did not answer in time",
            "status": 504,
        }
