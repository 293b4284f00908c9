"""phone.test: Ringo, calls by an API in which a voice reads a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ..core import Answer, Site, World
from ..keys import digest_token
from ..messages import Page, Refused, Request, created, tag
from .speech import MOST_SAID, Script, parse

__all__ = ["Phone"]

QUEUED_S, RINGING_S = 4.0, 8.0
MOST_CALLS = 200
"""Of everybody: each may leave a long message, which is on record."""
LATEST = 20
TOKENS = "calls.phone"
"""What tokens open, as secrets open the site itself."""
DOCS = """\
Ringo places telephone calls in which a voice reads what you write. The API is at
http://phone.test; bodies and answers are JSON. An error is {{"error": REASON}} with a
status of 400 or above.

Tokens
  POST /v1/token {{"grant"}}, with "Authorization: Bearer SECRET"
      201 {{"token", "expires_s"}}
      "grant" is always "account"; SECRET is that of your account, and is good for
      nothing else. Everything below wants "Authorization: Bearer TOKEN", with a token
      that is not older than {expires_s} seconds; ask for another when it has expired.

Calls
  POST /v1/calls {{"to", "script"}}
      201 {{"call", "from", "to", "state"}}
      Calls from your own number, {most_calls} times at most. Numbers are written as in
      +999-555-0100.
  GET /v1/calls/NAME
      {{"call", "from", "to", "state"}}
  The states of a call, by time:
      queued     not dialled yet
      ringing
      busy       the end: the other side was in another call; try again some minutes
                 later
      answered   somebody, or something, has answered, and the voice speaks
      completed  the end: the voice has read the whole script
  Calls go on while you wait; http://status.test/docs says how to let time pass.

Account
  GET /v1/account      {{"account", "number"}}
  GET /v1/voicemail    {{"messages": [{{"date", "from", "words"}}]}}
      The latest {latest} that were left on the machine of your own number.

Scripts
  <call> ... </call> around a row of these elements, and no other text:
      <say>WORDS</say>      the voice reads up to {most_said} characters; cut a longer
                            text between two words, and write several
      <pause seconds="2"/>  silence of 1 to 30 seconds
      <tone/>               once: waits for the tone of an answering machine
  Most numbers are answered by a machine. It greets the caller, gives a tone, and
  records what is said from then on; what is said before <tone/> is not on it. The
  words are recorded as they are written, with single spaces between them. As in any
  markup, & is written &amp; and < is written &lt;.

  Errors: 400 a field is missing; 401 no good secret or token; 404 no such call; 409 too
  many calls; 422 the script or the number is not possible.

Example
  curl -X POST -H "Authorization: Bearer $SECRET" -H "Content-Type: application/json" \\
    -d '{{"grant": "account"}}' http://phone.test/v1/token
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{{"to": "+999-555-0100", "script": "<call><tone/><say>Hello.</say></call>"}}' \\
    http://phone.test/v1/calls
"""
State = Literal["queued", "ringing", "busy", "answered", "completed"]


@dataclass
class _Call:
    name: str
    account: str
    sender: str
    to: str
    script: Script
    state: State = "queued"


class Phone(Site):
    """phone.test. The owner of a key of it is an account of Ringo's.

    Its content may have `accounts`, the number of each; `lines`, for further numbers
    that answer: `busy_s`, how long from the first call on another call is under way,
    0 for none, and `greeting_s`; and `expires_s` of tokens.
    """

    name = "phone"
    renamed: ClassVar[Mapping[str, str]] = {"script": "markup", "grant": "kind"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._numbers: dict[str, str] = dict(content.get("accounts", {}))
        lines: dict[str, dict[str, float]] = content.get("lines", {})
        self._lines = {**{number: {} for number in self._numbers.values()}, **lines}
        self._busy_until: dict[str, float] = {}
        self._expires: dict[str, float] = {}
        self._calls: list[_Call] = []
        self._left: dict[str, list[dict[str, str]]] = {n: [] for n in self._lines}

    def leave(self, number: str, sender: str, words: str) -> bool:
        """Leave a message on the machine of a number; False where there is none."""
        if number not in self._left:
            return False
        date = f"{self.world.clock.date:%Y-%m-%dT%H:%M:%SZ}"
        self._left[number].append({"date": date, "from": sender, "words": words})
        self.world.ledger.write("phone.left", number=number, sender=sender, words=words)
        return True

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", ""]:
                docs = tag("a", "Documentation of the API", href="/docs")
                about = tag("p", "Telephone calls that a voice makes for you.")
                return Page("Ringo", {"docs": "/docs"}, (about, docs))
            case ["GET", "docs"]:
                return self._docs()
            case ["POST", "v1", "token"]:
                return self._token(request)
            case ["GET", "v1", "account"]:
                account = self._owner(request)
                return {"account": account, "number": self._numbers[account]}
            case ["GET", "v1", "voicemail"]:
                number = self._numbers[self._owner(request)]
                return {"messages": self._left[number][-LATEST:]}
            case ["POST", "v1", "calls"]:
                return self._call(self._owner(request), request)
            case ["GET", "v1", "calls", name]:
                return _told(self._find(self._owner(request), name))
            case _:
                docs = f"http://{self.world.host(self.name)}/docs"
                raise Refused(404, f"there is nothing here; see {docs}")

    def _docs(self) -> Page:
        told = DOCS.format(
            expires_s=self._expires_s,
            most_said=MOST_SAID,
            most_calls=MOST_CALLS,
            latest=LATEST,
        )
        return self.documentation(told)

    @property
    def _expires_s(self) -> int:
        return int(self.content.get("expires_s", 600))

    def _token(self, request: Request) -> Answer:
        account = self.world.keys.require(request, self.name)
        if request.field("grant") != "account":
            raise Refused(422, "the only grant that there is here is 'account'")
        token = digest_token(self.world.seed, TOKENS, len(self._expires))
        self.world.keys.add(token, TOKENS, account)
        self._expires[token] = self.world.clock.now + self._expires_s
        self.world.ledger.write("phone.authenticated", account=account)
        return created({"token": token, "expires_s": self._expires_s})

    def _owner(self, request: Request) -> str:
        if (
            self._expires.get(request.token, self.world.clock.now)
            < self.world.clock.now
        ):
            raise Refused(401, "this token has expired; ask for another")
        account = self.world.keys.require(request, TOKENS)
        if account not in self._numbers:
            raise Refused(403, "this account has no number")
        return account

    def _find(self, account: str, name: str) -> _Call:
        for call in self._calls:
            if (call.account, call.name) == (account, name):
                return call
        raise Refused(404, f"you have made no call {name[:20]!r}")

    def _call(self, account: str, request: Request) -> Answer:
        to, script = request.field("to"), parse(request.field("script"))
        if to not in self._lines:
            raise Refused(422, f"{to[:40]!r} is no number that can be called")
        if len(self._calls) >= MOST_CALLS:
            raise Refused(409, f"{MOST_CALLS} calls were made; there are no more")
        name = f"call-{len(self._calls) + 1}"
        call = _Call(name, account, self._numbers[account], to, script)
        self._calls.append(call)
        self._turn(call, "queued")
        self.world.clock.after(QUEUED_S, lambda: self._ring(call))
        return created(_told(call))

    def _ring(self, call: _Call) -> None:
        self._turn(call, "ringing")
        busy_s = self._lines[call.to].get("busy_s", 0)
        now = self.world.clock.now
        busy = now < self._busy_until.setdefault(call.to, now + busy_s)
        self.world.clock.after(
            RINGING_S, lambda: self._turn(call, "busy") if busy else self._speak(call)
        )

    def _speak(self, call: _Call) -> None:
        self._turn(call, "answered")
        greeting_s = (
            self._lines[call.to].get("greeting_s", 6) if call.script.tone else 0
        )
        seconds = greeting_s + call.script.seconds
        self.world.clock.after(seconds, lambda: self._complete(call))

    def _complete(self, call: _Call) -> None:
        self._turn(call, "completed")
        if recorded := call.script.spoken[1]:
            self.leave(call.to, call.sender, recorded)

    def _turn(self, call: _Call, state: State) -> None:
        call.state = state
        who = {"call": call.name, "account": call.account, "to": call.to}
        self.world.ledger.write(f"phone.{state}", **who)


def _told(call: _Call) -> dict[str, Any]:
    return {
        "call": call.name,
        "from": call.sender,
        "to": call.to,
        "state": call.state,
    }
