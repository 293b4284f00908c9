"""The world's own time, which passes by what is done in it."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = ["REQUEST_S", "START", "TURN_S", "Clock"]

START = datetime(2031, 5, 5, 8, 0, tzinfo=UTC)
"""When every world begins; a Monday."""
REQUEST_S = 1.0
"""What a request takes."""
TURN_S = 20.0
"""What a call of the agent takes, whatever it is."""


class Clock:
    """Seconds since the start, and what is to happen when.

    Args:
        rate: How many of its seconds pass in a real one, beside those that requests and
            calls take. With 0 it follows from these alone.
    """

    def __init__(self, rate: float = 0.0) -> None:
        self.rate = rate
        self._passed = 0.0
        self._real: float | None = None
        self._stopped = False
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return round(self._passed, 3)

    @property
    def date(self) -> datetime:
        """The same as a date, in UTC."""
        return START + timedelta(seconds=self.now)

    def begin(self) -> None:
        """Let real time count from now on, if it does not yet."""
        if self._real is None:
            self._real = time.monotonic()

    def stop(self) -> None:
        """Let nothing pass any more."""
        self._stopped = True

    def pass_(self, seconds: float) -> None:
        """Let time pass, and with it what real time has brought; run what is due."""
        if self._stopped:
            return
        if self._real is not None and self.rate:
            real = time.monotonic()
            seconds += (real - self._real) * self.rate
            self._real = real
        until = self._passed + seconds
        while self._due and self._due[0][0] <= until:
            at, _, happen = heapq.heappop(self._due)
            self._passed = max(self._passed, at)
            happen()
        self._passed = until

    def at(self, when: float, happen: Callable[[], None]) -> None:
        """Have something happen at a time, in seconds since the start."""
        self._count += 1
        heapq.heappush(self._due, (max(when, self._passed), self._count, happen))

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Have something happen so many seconds from now."""
        self.at(self._passed + seconds, happen)
