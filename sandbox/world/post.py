"""Letters between mailboxes of the world."""

from __future__ import annotations

from dataclasses import dataclass

from .clock import Clock
from .ledger import Ledger

__all__ = ["Letter", "Post"]

MOST_CHARACTERS = 5_000_000
"""Of all letters; whoever floods the post finds it full."""
MOST_SUBJECT, MOST_BODY = 200, 20_000


@dataclass(frozen=True)
class Letter:
    """One letter, as it lies in a mailbox."""

    number: int
    sent: str
    """The date, as in 2031-05-05T08:00:01Z."""
    sender: str
    to: str
    subject: str
    body: str


class Post:
    """All mailboxes, by address."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._boxes: dict[str, list[Letter]] = {}
        self._count = 0
        self._characters = 0

    def open(self, address: str) -> None:
        """Open an empty mailbox; one that is there stays as it is."""
        self._boxes.setdefault(address.lower(), [])

    def __contains__(self, address: str) -> bool:
        return address.lower() in self._boxes

    def letters(self, address: str) -> list[Letter]:
        """Return what lies in a mailbox, the oldest first."""
        return list(self._boxes.get(address.lower(), ()))

    def deliver(self, to: str, sender: str, subject: str, body: str) -> Letter | None:
        """Put a letter into a mailbox; None where there is none, or all are full."""
        subject, body = subject[:MOST_SUBJECT], body[:MOST_BODY]
        size = len(subject) + len(body)
        if to not in self or self._characters + size > MOST_CHARACTERS:
            return None
        self._characters += size
        self._count += 1
        sent = f"{self._clock.date:%Y-%m-%dT%H:%M:%SZ}"
        letter = Letter(self._count, sent, sender, to, subject, body)
        self._boxes[to.lower()].append(letter)
        self._ledger.write("mail.delivered", to=to, sender=sender, subject=subject)
        return letter
