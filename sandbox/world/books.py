"""Money: every cent is somewhere, and none is made or lost after the start."""

from __future__ import annotations

from collections.abc import Callable

from .ledger import Ledger
from .messages import Refused

__all__ = ["MOST_CENTS", "Books"]

MOST_CENTS = 10**12


class Books:
    """Accounts in whole cents, never below zero.

    Args:
        ledger: Gets a line `books.moved` for each transfer.
        opening: The accounts that there are at the start, with their cents.
    """

    def __init__(self, ledger: Ledger, opening: dict[str, int]) -> None:
        self._ledger = ledger
        self._cents = dict(opening)
        self.total = sum(opening.values())
        """All the money there is."""
        self._told: dict[str, Callable[[str, int, str], None]] = {}

    def open(self, account: str) -> None:
        """Open an empty account; one that is there stays as it is."""
        self._cents.setdefault(account, 0)

    def __contains__(self, account: str) -> bool:
        return account in self._cents

    def balance(self, account: str) -> int:
        """Return the cents on an account; 0 where there is none."""
        return self._cents.get(account, 0)

    def all(self) -> dict[str, int]:
        """Return every account with its cents."""
        return dict(self._cents)

    def move(self, source: str, target: str, cents: int, memo: str = "") -> None:
        """Move money, all or nothing.

        Whoever `receives` for the target is told then.

        Raises:
            Refused: If the sum is no whole number of cents above zero, an account is
                not there, both are the same, or there is not enough.
        """
        if type(cents) is not int or not 0 < cents <= MOST_CENTS:
            raise Refused(422, "the sum should be a whole number of cents above zero")
        for account in (source, target):
            if account not in self._cents:
                raise Refused(404, f"there is no account {account[:40]!r}")
        if source == target:
            raise Refused(422, "source and target are the same account")
        if self._cents[source] < cents:
            raise Refused(402, "there is not enough money on the account")
        self._cents[source] -= cents
        self._cents[target] += cents
        self._ledger.write(
            "books.moved", source=source, target=target, cents=cents, memo=memo[:140]
        )
        if told := self._told.get(target):
            told(source, cents, memo)

    def receives(self, account: str, told: Callable[[str, int, str], None]) -> None:
        """Have somebody told what comes to an account: source, cents and memo."""
        self.open(account)
        self._told[account] = told
