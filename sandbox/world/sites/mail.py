"""mail.test: the letters of whoever has a mailbox there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..core import Answer, Site
from ..messages import Page, Refused, Request, created, tag
from ..post import Letter

__all__ = ["Mail"]

MOST_BODY = 20_000
LATEST = 200
DOCS = """\
Mail, by an API at http://mail.test. Send your token as "Authorization: Bearer TOKEN".
Bodies and answers are JSON. An error is {"error": REASON} with a status of 400 or
above.

  GET /v1/letters
      {"letters": [{"letter", "date", "from", "to", "subject"}]}
      The latest 200 in your mailbox, the oldest first. "letter" is a number, "date" is
      UTC.
  GET /v1/letters/NUMBER
      The same fields of one letter, and its "body".
  POST /v1/letters {"to", "subject", "body"}
      201 {"letter", "date", "to"}
      Sends a letter from your address to one other. It arrives at once; when somebody
      answers is up to them. A subject has at most 200 characters, a body 20000.

  Errors: 400 a field is missing or the body is not JSON; 401 no good token; 404 no
  such letter, or nobody has the address; 422 too long.

Example
  curl -H "Authorization: Bearer $TOKEN" http://mail.test/v1/letters
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
    -d '{"to": "desk@mail.test", "subject": "Hours", "body": "When are you open?"}' \\
    http://mail.test/v1/letters
"""


class Mail(Site):
    """mail.test. The owner of a key of it is the address that it opens."""

    name = "mail"
    renamed: ClassVar[Mapping[str, str]] = {"subject": "title", "body": "text"}

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", ""]:
                docs = tag("a", "How to read and send letters", href="/docs")
                about = tag("p", "Mailboxes for people and firms.")
                return Page("Mail", {"docs": "/docs"}, (about, docs))
            case ["GET", "docs"]:
                return self.documentation(DOCS)
            case ["GET", "v1", "letters"]:
                box = self.world.post.letters(self._owner(request))[-LATEST:]
                return {"letters": [_heading(letter) for letter in box]}
            case ["GET", "v1", "letters", number]:
                return self._letter(self._owner(request), number)
            case ["POST", "v1", "letters"]:
                return self._send(self._owner(request), request)
            case _:
                raise Refused(404, f"there is nothing here; see {self._docs}")

    @property
    def _docs(self) -> str:
        return f"http://{self.world.host(self.name)}/docs"

    def _owner(self, request: Request) -> str:
        return self.world.keys.require(request, self.name)

    def _letter(self, address: str, number: str) -> Answer:
        for letter in self.world.post.letters(address):
            if str(letter.number) == number:
                return {**_heading(letter), "body": letter.body}
        raise Refused(404, f"there is no letter {number[:20]!r} in your mailbox")

    def _send(self, address: str, request: Request) -> Answer:
        to = request.field("to").strip()
        subject, body = request.field("subject"), request.field("body")
        if len(subject) > 200 or len(body) > MOST_BODY:
            raise Refused(422, "a subject has at most 200 characters, a body 20000")
        letter = self.world.post.deliver(to, address, subject, body)
        if letter is None:
            raise Refused(404, f"nobody has the address {to[:100]!r}")
        return created({"letter": letter.number, "date": letter.sent, "to": letter.to})


def _heading(letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter.number,
        "date": letter.sent,
        "from": letter.sender,
        "to": letter.to,
        "subject": letter.subject,
    }
