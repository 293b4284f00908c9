"""bank.test: accounts, and transfers between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..core import Answer, Site, World
from ..messages import Page, Refused, Request, created, tag
from .bank_opening import OPENING_DOCS, Opening

__all__ = ["Bank"]

MOST_MEMO = 140
LATEST = 200
DOCS = """\
The bank's API is at http://bank.test. Send your token as "Authorization: Bearer TOKEN".
Bodies and answers are JSON; sums are whole cents (100 cents are one crown). An error
is {"error": REASON} with a status of 400 or above.

  GET /v1/account
      {"account", "balance_cents"}
  GET /v1/transfers
      {"transfers": [{"transfer", "from" or "to", "amount_cents", "memo", "date"}]}
      The latest 200, the oldest first; "from" is said of what came in, "to" of what
      went out.
  POST /v1/transfers {"to", "amount_cents", "memo"}
      201 {"transfer", "balance_cents"}
      Pays from your account to another, at once and for good. "memo" is what the
      other side reads, at most 140 characters.

  Errors: 400 a field is missing or of another kind; 401 no good token; 402 there is
  not enough money on your account; 404 no such account; 422 the sum is not a whole
  number of cents above zero, or the memo is too long, or both accounts are the same.

Example
  curl -H "Authorization: Bearer $TOKEN" http://bank.test/v1/account
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{"to": "harbour-books", "amount_cents": 1250, "memo": "invoice 7"}' \\
    http://bank.test/v1/transfers
"""


class Bank(Site):
    """bank.test. The owner of a key of it is an account of the world's books.

    Its content may have `opening`, the firm that may open one, as `Opening` says.
    """

    name = "bank"
    renamed: ClassVar[Mapping[str, str]] = {"amount_cents": "cents", "picture": "image"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._moved: list[dict[str, Any]] = []
        firm = content.get("opening")
        self._opening = Opening(world, firm) if firm else None
        world.on("books.moved", self._note)

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", ""]:
                docs = tag("a", "Documentation of the API", href="/docs")
                about = tag("p", "Accounts and payments in crowns.")
                return Page("Bank", {"docs": "/docs"}, (about, docs))
            case ["GET", "docs"]:
                return self.documentation(
                    DOCS + (OPENING_DOCS if self._opening else "")
                )
            case ["GET", "activities"] if self._opening:
                return self._activities(self._opening.activities)
            case ["GET", "v1", "account"]:
                account = self._owner(request)
                cents = self.world.books.balance(account)
                return {"account": account, "balance_cents": cents}
            case ["GET", "v1", "transfers"]:
                return {"transfers": self._statement(self._owner(request))}
            case ["POST", "v1", "transfers"]:
                return self._transfer(self._owner(request), request)
            case [method, "v1", "applications", *steps] if self._opening:
                return self._opening.answer(request, method, steps)
            case _:
                docs = f"http://{self.world.host(self.name)}/docs"
                raise Refused(404, f"there is nothing here; see {docs}")

    def _activities(self, codes: dict[str, str]) -> Page:
        rows = (
            tag("tr", tag("td", k) + tag("td", c), raw=True) for k, c in codes.items()
        )
        return Page(
            "Kinds of activity", {"activities": codes}, (tag("table", *rows, raw=True),)
        )

    def _owner(self, request: Request) -> str:
        account = self.world.keys.require(request, self.name)
        self.world.books.open(account)
        return account

    def _note(self, moved: dict[str, Any]) -> None:
        date = f"{self.world.clock.date:%Y-%m-%dT%H:%M:%SZ}"
        name = f"transfer-{len(self._moved) + 1}"
        self._moved.append({**moved, "transfer": name, "date": date})

    def _statement(self, account: str) -> list[dict[str, Any]]:
        own = [m for m in self._moved if account in (m["source"], m["target"])]
        return [
            {
                "transfer": moved["transfer"],
                **(
                    {"to": moved["target"]}
                    if moved["source"] == account
                    else {"from": moved["source"]}
                ),
                "amount_cents": moved["cents"],
                "memo": moved["memo"],
                "date": moved["date"],
            }
            for moved in own[-LATEST:]
        ]

    def _transfer(self, account: str, request: Request) -> Answer:
        to, cents = request.field("to"), request.field("amount_cents", int)
        memo = request.field("memo")
        if len(memo) > MOST_MEMO:
            raise Refused(422, f"a memo has at most {MOST_MEMO} characters")
        if "/" in to:  # what a firm keeps within its own books
            raise Refused(404, f"there is no account {to[:40]!r}")
        number = len(self._moved) + 1
        self.world.books.move(account, to, cents, memo)
        self.world.ledger.write(
            "bank.transferred", account=account, to=to, cents=cents, memo=memo
        )
        left = self.world.books.balance(account)
        return created({"transfer": f"transfer-{number}", "balance_cents": left})
