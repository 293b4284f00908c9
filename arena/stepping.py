"""A reader's place in an episode: stepping, filters and search, without a screen.

An entry is a line of the record by its number: 0 is the header, n the nth event.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping

from .errors import UnknownName, UserError
from .trajectory import Event, Trajectory

__all__ = ["Stepping"]

HEADER = "header"
MOST_REWARD = 1e300  # a sum of such is a number


class Stepping:
    """A place among the entries of an episode that the filters let through.

    There always is one: a filter that would hide all entries is not taken.

    Args:
        trajectory: The episode, whole or broken off.
        at: Where to start; where the filters hide that entry, at the next one.
        seat: Only entries of this seat, None for all.
        kind: Only entries of this kind, None for all.

    Attributes:
        last: The number of the last entry, and so of events.
        seats: All seats, those of the header first.
        kinds: All kinds of entries, in the order in which they first come up.
        seat: The seat whose entries are let through, or None for all.
        kind: The kind of entries that is let through, or None for all.
        entries: The numbers of the entries that are let through, rising.
        position: The number of the entry to read, one of `entries`.
        match: Where in the text of that entry a search has found something, or None.

    Raises:
        UserError: If there is no such entry, seat or kind, or none of that seat and
            kind.
    """

    def __init__(
        self,
        trajectory: Trajectory,
        *,
        at: int = 0,
        seat: str | None = None,
        kind: str | None = None,
    ) -> None:
        events = trajectory.events
        self.trajectory = trajectory
        self.last = len(events)
        self.seats = (*dict.fromkeys((*trajectory.header.seats, *_seats(events))),)
        self.kinds = (*dict.fromkeys((HEADER, *(event.kind for event in events))),)
        self._steps = [n for n, event in enumerate(events, 1) if event.kind == "step"]
        self._rewards = _running_totals(events)
        self.seat: str | None = None
        self.kind: str | None = None
        self.entries: list[int] = [*range(self.last + 1)]
        self.position = 0
        self.match: int | None = None
        if seat is not None and seat not in self.seats:
            raise UnknownName("seat", seat, self.seats)
        if kind is not None and kind not in self.kinds:
            raise UnknownName("kind of event", kind, self.kinds)
        self.jump(at)
        if not self.narrow(seat, kind):
            what = "nothing" if kind is None else f"no {kind}"
            raise UserError(f"there is {what} of seat {seat!r} in this episode")

    @property
    def event(self) -> Event | None:
        """The event to read, or None at the header."""
        return self.trajectory.events[self.position - 1] if self.position else None

    @property
    def steps(self) -> int:
        """How many steps were played up to here."""
        return bisect_right(self._steps, self.position)

    @property
    def all_steps(self) -> int:
        """How many steps were played in all."""
        return len(self._steps)

    @property
    def rewards(self) -> Mapping[str, float]:
        """The sum of rewards up to here of every seat that had any."""
        sums = (
            (seat, bisect_right(numbers, self.position), totals)
            for seat, (numbers, totals) in self._rewards.items()
        )
        return {seat: totals[count - 1] for seat, count, totals in sums if count}

    def move(self, by: int) -> bool:
        """Go so many entries on, or back, as far as there are any.

        Returns:
            Whether that is anywhere else.
        """
        place = bisect_left(self.entries, self.position) + by
        return self._go(self.entries[min(max(place, 0), len(self.entries) - 1)])

    def jump(self, number: int) -> None:
        """Go to an entry, or where the filters hide it, to the next one after it.

        Raises:
            UserError: If the record has no such entry.
        """
        if not 0 <= number <= self.last:
            raise UserError(f"there is no event {number}: the last one is {self.last}")
        place = bisect_left(self.entries, number)
        self._go(self.entries[min(place, len(self.entries) - 1)])

    def narrow(self, seat: str | None, kind: str | None) -> bool:
        """Let through only what is of this seat and of this kind; None is all.

        Returns:
            Whether there is any; if not, everything stays as it was.
        """
        entries = [n for n in range(self.last + 1) if self._is_of(n, seat, kind)]
        if not entries:
            return False
        self.seat, self.kind, self.entries = seat, kind, entries
        self.jump(self.position)
        return True

    def next_seat(self) -> None:
        """Let through the next seat that has any entries, and all after the last."""
        for seat in _after(self.seat, (None, *self.seats)):
            if self.narrow(seat, self.kind):
                return

    def next_kind(self) -> None:
        """Let through the next kind that has any entries, and all after the last."""
        for kind in _after(self.kind, (None, *self.kinds)):
            if self.narrow(self.seat, kind):
                return

    def find(
        self, wanted: str, text_of: Callable[[int], str], *, back: bool = False
    ) -> bool:
        """Go to the next place where a text stands, in upper or lower case.

        Behind the last entry the search goes on from the first; back it is the other
        way about.

        Args:
            wanted: What to look for, not empty.
            text_of: Returns the text of an entry.
            back: Look for the one before.

        Returns:
            Whether there is any; if not, the place stays as it was.
        """
        wanted = wanted.lower()
        look = str.rfind if back else str.find
        match = -1 if self.match is None else self.match
        # What begins behind the last match in this entry, or before it.
        rest = (0, max(match + len(wanted) - 1, 0)) if back else (match + 1, None)
        place = bisect_left(self.entries, self.position)
        others = [*self.entries[place + 1 :], *self.entries[: place + 1]]
        if back:
            others = [*self.entries[:place][::-1], *self.entries[place:][::-1]]
        for number, part in [(self.position, rest), *((n, (0, None)) for n in others)]:
            found = look(text_of(number).lower(), wanted, *part)
            if found >= 0:
                self._go(number)
                self.match = found
                return True
        return False

    def _go(self, number: int) -> bool:
        if number == self.position:
            return False
        self.position, self.match = number, None
        return True

    def _is_of(self, number: int, seat: str | None, kind: str | None) -> bool:
        if number == 0:
            return seat is None and kind in (None, HEADER)
        event = self.trajectory.events[number - 1]
        return seat in (None, event.data.get("seat")) and kind in (None, event.kind)


def _after(value: str | None, values: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return all values in turn, from the one after `value` to itself."""
    place = values.index(value) + 1
    return (*values[place:], *values[:place])


def _seats(events: tuple[Event, ...]) -> Iterator[str]:
    for event in events:
        seat = event.data.get("seat")
        if isinstance(seat, str):
            yield seat


def _running_totals(
    events: tuple[Event, ...],
) -> Mapping[str, tuple[list[int], list[float]]]:
    """Return for each seat at which entries it was rewarded, and its sums there."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for number, event in enumerate(events, 1):
        seat, reward = event.data.get("seat"), _reward(event)
        if reward and isinstance(seat, str):
            numbers, totals = found.setdefault(seat, ([], []))
            numbers.append(number)
            totals.append((totals[-1] if totals else 0.0) + reward)
    return found


def _reward(event: Event) -> float:
    """Return a step's reward; a line that somebody has changed may hold none."""
    reward = event.data.get("reward") if event.kind == "step" else None
    if not isinstance(reward, (int, float)) or not abs(reward) < MOST_REWARD:
        return 0.0
    return float(reward)
