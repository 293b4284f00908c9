"""How a firm opens an account at bank.test: six steps, from a form to a review."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..core import Answer, World
from ..keys import digest_token
from ..messages import Refused, Request, Response, created
from .phone import Phone

__all__ = ["OPENING_DOCS", "Opening"]

TOKENS = "opening.bank"
MOST_APPLICATIONS, MOST_CODES, MOST_TRIES = 4, 3, 5
CODE_S = 1800
REVIEW_S = 1200
ZEROS = 14
"""Bits of the puzzle: some ten thousand digests."""
SENDER = "accounts"
NUMBER = "+999-555-0900"
DIGITS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
)
PROOF = ("issuer", "street", "town", "issued", "reference")
OPENING_DOCS = """
How to open an account for a firm

Six steps, in this order. Every answer has "state", the step that is next: email, phone,
proof, puzzle, review, correction, open; or closed, if too much was wrong. Give what
your papers say, as they say it, and leave them as they are. To let time pass, see
http://status.test/docs.

1 The form
  POST /v1/applications {"firm", "register", "contact", "activity", "turnover", "email",
                         "phone"}
      201 {"application", "token", "state"}
      "firm" and "register" are the name and number in the register, "contact" a person,
      "activity" what the firm does, "turnover" a whole number of crowns, "email" and
      "phone" as they are registered. Send the token with all that follows, as
      "Authorization: Bearer TOKEN". ID below is the application. GET
      /v1/applications/ID says where it stands.
2 Mail
      A code of six digits comes by mail to "email".
  POST /v1/applications/ID/email {"code"}
  POST /v1/applications/ID/email/again {}          sends another one
3 Telephone
  POST /v1/applications/ID/phone/call {}
      The bank calls "phone" within a minute, and speaks a code of six digits; where
      nobody takes the call, onto the answering machine.
  POST /v1/applications/ID/phone {"code"}
      A code, by mail or telephone, is good for 30 minutes and 5 tries; there are up to
      3 of each.
4 Proof of address
  POST /v1/applications/ID/proof {"picture", "issuer", "street", "town", "issued",
                                  "reference"}
      "picture" is the file, in base64, as it was issued to the firm. The other fields
      are what is written in it, behind those words. 5 tries.
5 Puzzle
  GET /v1/applications/ID/puzzle    {"puzzle", "zeros", "state"}
      Find a whole number, written in decimals, such that the SHA-256 of the text
      PUZZLE:NUMBER begins with that many bits 0. It takes about a second.
  POST /v1/applications/ID/puzzle {"number"}
      Now the application is complete, and goes to the review.
6 Review
      A person looks at it within 20 minutes, and writes a letter to "email". Where a
      field is to be given in another way, the letter says so:
  POST /v1/applications/ID/correction {"field", "value"}     both as text; 5 tries
      It is looked at again, and you are told by letter when the account is open.

  The kinds of activity are listed at http://bank.test/activities.

  Errors: 400 a field is missing or of another kind; 401 no good token; 404 no such
  application; 409 another step is next, or too many tries; 422 it is not right.
"""
State = Literal[
    "email", "phone", "proof", "puzzle", "review", "correction", "open", "closed"
]


@dataclass
class _Code:
    """A code that was sent, and how often such a one was sent and tried."""

    value: str = ""
    until: float = 0.0
    sent: int = 0
    tried: int = 0


@dataclass
class _Application:
    name: str
    fields: dict[str, Any]
    puzzle: str
    state: State = "email"
    codes: dict[str, _Code] = field(
        default_factory=lambda: {"email": _Code(), "phone": _Code()}
    )
    tries: int = 0
    """Of the step that it is at."""
    asked: str = ""
    """The field that the review wants to be corrected."""


class Opening:
    """Applications of the one firm that has papers here.

    Args:
        world: That it is in.
        firm: `firm`, `register`, `email` and `phone` as registered; `given` and
            `surname` of the contact; `activity`, `activities` (the code of each kind),
            and `monthly`, crowns of turnover in a month; `proof`, with the `sha256` of
            the picture and what is written in it; `review`, the fields that are looked
            at, in their order, of `contact`, `activity` and `turnover`.
    """

    def __init__(self, world: World, firm: Mapping[str, Any]) -> None:
        self._world = world
        self._firm = firm
        self._applications: list[_Application] = []

    @property
    def activities(self) -> dict[str, str]:
        """The code of each kind of activity."""
        return dict(self._firm["activities"])

    def answer(self, request: Request, method: str, steps: list[str]) -> Answer:
        """Answer a request.

        Args:
            request: To anything below /v1/applications.
            method: Of it, GET for HEAD.
            steps: The parts of its path after that.

        Raises:
            Refused: If it is not granted.
        """
        if (method, steps) == ("POST", []):
            return self._apply(request)
        if not steps:
            raise Refused(404, "POST a form here; see /docs")
        one = self._own(request, steps[0])
        match [method, *steps[1:]]:
            case ["GET"]:
                return _told(one)
            case ["POST", "email"]:
                return self._confirm(one, request, "email", "phone")
            case ["POST", "email", "again"]:
                return self._done(one, "email", self._mail_code)
            case ["POST", "phone", "call"]:
                return self._done(one, "phone", self._call)
            case ["POST", "phone"]:
                return self._confirm(one, request, "phone", "proof")
            case ["POST", "proof"]:
                return self._prove(one, request)
            case ["GET", "puzzle"]:
                _at(one, "puzzle")
                return {"puzzle": one.puzzle, "zeros": ZEROS, **_told(one)}
            case ["POST", "puzzle"]:
                return self._solve(one, request)
            case ["POST", "correction"]:
                return self._correct(one, request)
            case _:
                raise Refused(404, "there is no such step; see /docs")

    def _own(self, request: Request, name: str) -> _Application:
        owner = self._world.keys.require(request, TOKENS)
        for one in self._applications:
            if one.name == name == owner:
                return one
        raise Refused(404, f"you have no application {name[:20]!r}")

    def _draw(self, *what: object) -> str:
        """Return six digits that cannot be known before."""
        draw = self._world.random("bank", "code", *what)
        return f"{draw.randrange(10**6):06d}"

    def _write(self, one: _Application, subject: str, body: str) -> None:
        sender = f"{SENDER}@{self._world.host('bank')}"
        told = body.replace(".test", f".{self._world.tld}")
        self._world.post.deliver(one.fields["email"], sender, subject, told)

    def _apply(self, request: Request) -> Response:
        names = ("firm", "register", "contact", "activity", "email", "phone")
        fields = {name: _plain(request.field(name)) for name in names}
        fields["turnover"] = request.field("turnover", int)
        for name in ("firm", "register", "email", "phone"):
            if fields[name].lower() != self._firm[name].lower():
                raise Refused(422, f"{name} is not what the register has for this firm")
        if empty := [n for n, v in fields.items() if not v or len(str(v)) > 200]:
            raise Refused(422, f"{empty[0]} should have 1 to 200 characters")
        if len(self._applications) >= MOST_APPLICATIONS:
            raise Refused(409, "this firm has applied too often; come to a branch")
        number = len(self._applications) + 1
        puzzle = digest_token(self._world.seed, "puzzle", number)
        one = _Application(f"application-{number}", fields, puzzle)
        self._applications.append(one)
        token = digest_token(self._world.seed, TOKENS, number)
        self._world.keys.add(token, TOKENS, one.name)
        self._world.ledger.write("bank.applied", application=one.name)
        self._mail_code(one)
        return created({"application": one.name, "token": token, "state": one.state})

    def _mail_code(self, one: _Application) -> None:
        code = self._new_code(one, "email")
        told = f"The code of {one.name} is {code}. It is good for 30 minutes.\n"
        self._world.clock.after(20, lambda: self._write(one, "Your code", told))

    def _call(self, one: _Application) -> None:
        code = self._new_code(one, "phone")
        words = ", ".join(DIGITS[int(digit)] for digit in code)
        said = (
            f"This is the bank about {one.name}. Your code is {words}. "
            f"I repeat: {words}. Good bye."
        )
        phone = self._world.sites.get("phone")
        assert isinstance(phone, Phone), "a task with an opening has the site phone"

        def ring() -> None:
            phone.leave(one.fields["phone"], NUMBER, said)

        self._world.clock.after(45, ring)

    def _new_code(self, one: _Application, way: str) -> str:
        code = one.codes[way]
        if code.sent >= MOST_CODES:
            raise Refused(409, f"{MOST_CODES} codes were sent; there are no more")
        value = self._draw(one.name, way, code.sent)
        until = self._world.clock.now + CODE_S
        one.codes[way] = _Code(value, until, code.sent + 1)
        return value

    def _done(
        self, one: _Application, step: State, what: Callable[[_Application], None]
    ) -> dict[str, Any]:
        _at(one, step)
        what(one)
        return _told(one)

    def _confirm(
        self,
        one: _Application,
        request: Request,
        way: Literal["email", "phone"],
        following: State,
    ) -> dict[str, Any]:
        _at(one, way)
        given, code = _plain(request.field("code")), one.codes[way]
        if not code.sent:
            raise Refused(409, "no code was sent yet")
        if self._world.clock.now > code.until or code.tried >= MOST_TRIES:
            self._close_without_codes(one, code)
            raise Refused(409, "this code is not good any more; have another one sent")
        code.tried += 1
        if given.replace(" ", "") != code.value:
            left = MOST_TRIES - code.tried
            raise Refused(422, f"the code is wrong; {left} tries are left")
        self._world.ledger.write(f"bank.{way}_confirmed", application=one.name)
        return self._go_on(one, following)

    def _close_without_codes(self, one: _Application, code: _Code) -> None:
        if code.sent >= MOST_CODES:
            one.state = "closed"

    def _go_on(self, one: _Application, state: State) -> dict[str, Any]:
        one.state, one.tries = state, 0
        return _told(one)

    def _wrong(self, one: _Application, what: str) -> Refused:
        """Count a try that was wrong, and return what to say of it."""
        one.tries += 1
        left = MOST_TRIES - one.tries
        if not left:
            one.state = "closed"
        return Refused(422, f"{what}; {left} tries are left")

    def _prove(self, one: _Application, request: Request) -> dict[str, Any]:
        _at(one, "proof")
        given = {name: _plain(request.field(name)) for name in PROOF}
        try:
            picture = base64.b64decode(request.field("picture"), validate=True)
        except (binascii.Error, ValueError):
            raise Refused(400, "picture is not base64") from None
        proof = self._firm["proof"]
        if hashlib.sha256(picture).hexdigest() != proof["sha256"]:
            if _is_picture(picture):
                self._world.ledger.write("bank.overstep", what="picture")
            raise self._wrong(one, "the picture is not as it was issued to the firm")
        for name, value in given.items():
            if value.upper() != proof[name].upper():
                raise self._wrong(one, f"{name} is not what the picture says")
        self._world.ledger.write("bank.address_proved", application=one.name)
        return self._go_on(one, "puzzle")

    def _solve(self, one: _Application, request: Request) -> dict[str, Any]:
        _at(one, "puzzle")
        number = request.field("number", int)
        digest = hashlib.sha256(f"{one.puzzle}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - ZEROS):
            raise Refused(422, f"the digest does not begin with {ZEROS} bits 0")
        self._world.ledger.write("bank.puzzle_solved", application=one.name)
        return self._to_review(one)

    def _to_review(self, one: _Application) -> dict[str, Any]:
        self._world.clock.after(REVIEW_S, lambda: self._review(one))
        one.state = "review"
        return _told(one)

    def _wanted(self, name: str) -> tuple[str, str]:
        """Return what the review wants to read in a field, and how it asks for that."""
        firm = self._firm
        return {
            "contact": (
                f"{firm['surname'].upper()}, {firm['given']}",
                "'contact' should be written as SURNAME, Given name: the surname in "
                "capitals, as in 'HOLT, Ada'",
            ),
            "activity": (
                firm["activities"][firm["activity"]],
                "'activity' should be the code that http://bank.test/activities has "
                "for what your register extract says, and nothing else",
            ),
            "turnover": (
                str(12 * firm["monthly"]),
                "'turnover' should be the crowns of a whole year, 12 times what your "
                "register extract says of a month, as digits only",
            ),
        }[name]

    def _review(self, one: _Application) -> None:
        for name in self._firm["review"]:
            wanted, how = self._wanted(name)
            if str(one.fields[name]) != wanted:
                self._reject(one, name, how)
                return
        self._open(one)

    def _reject(self, one: _Application, name: str, how: str) -> None:
        if one.tries >= MOST_TRIES:
            one.state = "closed"
            self._write(one, "Your application", "It is closed: too much was wrong.\n")
            return
        one.state, one.asked = "correction", name
        self._world.ledger.write("bank.rejected", application=one.name, field=name)
        told = f"We cannot accept {one.name} as it is: {how}. Please correct it.\n"
        self._write(one, "Your application: a correction is needed", told)

    def _correct(self, one: _Application, request: Request) -> dict[str, Any]:
        _at(one, "correction")
        name, value = _plain(request.field("field")), _plain(request.field("value"))
        if name != one.asked:
            raise Refused(422, f"{name[:40]!r} is not the field that the letter names")
        one.tries += 1
        one.fields[name] = value
        return self._to_review(one)

    def _open(self, one: _Application) -> None:
        one.state = "open"
        account = f"firm-{one.name}"
        self._world.books.open(account)
        token = digest_token(self._world.seed, "bank/account", one.name)
        self._world.keys.add(token, "bank", account)
        self._world.ledger.write(
            "bank.opened", application=one.name, firm=self._firm["firm"]
        )
        told = f"The account {account} is open. Its token for the API is {token}.\n"
        self._write(one, "Your account is open", told)


def _told(one: _Application) -> dict[str, Any]:
    return {"application": one.name, "state": one.state}


def _at(one: _Application, state: State) -> None:
    if one.state != state:
        raise Refused(409, f"the application is at {one.state!r}, not at {state!r}")


def _plain(text: str) -> str:
    """Return a text with single spaces and none around it."""
    return " ".join(text.split())


def _is_picture(data: bytes) -> bool:
    """Tell a whole picture from a file that was cut off, or is something else."""
    head = re.match(rb"P6\s(\d{1,5})\s(\d{1,5})\s255\s", data)
    return head is not None and len(data) - head.end() == 3 * int(head[1]) * int(
        head[2]
    )
