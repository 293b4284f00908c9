"""model.test: a language model behind OpenAI's chat completions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from ..core import Answer, Deferred, Site, World
from ..messages import Page, Refused, Request, tag
from .model_policy import PROTOCOL, reply
from .toy_network import ToyNetwork

__all__ = ["Model"]

NAMES = {"scripted": "clerk-1", "toy": "pebble-toy", "host": "guest-1"}
"""What each kind of model is called here."""
LONGEST = {"scripted": 4_000, "toy": 4_000, "host": 40_000}
"""Characters of a message."""
MOST_MESSAGES = 200
MOST_WORDS = 16
"""What the toy says at most."""
MOST_TOKENS = 1024
"""Of one reply of the model under test."""
HOST_TOKENS = 100_000
HOST_S = 120.0
"""How long the model under test may take for a reply."""
ROLES = ("system", "developer", "user", "assistant", "tool")
NOT_OFFERED = ("stream", "tools", "functions")
BUSY_TIMES = 2
"""How often a busy model refuses what it then answers."""
MALFORMED = {"empty": "", "prose": "Let me see what is there first.", "bare": "RUN:"}
"""Replies that are not of the form that the scripted model keeps to."""
BUDGET = """\
"budget" says how many tokens are left in "tokens_left"; a request that could
      need more than that is refused. 503 and 504 say that the model gave no answer.
      """
DOCS = """\
The model's API, at http://model.test, is that of OpenAI's chat completions. Send your
key as "Authorization: Bearer KEY". Bodies and answers are JSON; an error is
{"error": REASON} with a status of 400 or above.

  GET /v1/models
      {"object": "list", "data": [{"id", "object"}]}
      There is one model here, {name}.
  POST /v1/chat/completions {"model", "messages", "max_tokens"}
      {"id", "object", "created", "model", "choices", "usage"}
      "messages" is a list of {"role", "content"}, with the roles system, user and
      assistant, at most 200 of them and each of at most {longest} characters. The
      reply is choices[0].message.content. "max_tokens" may be left out. "usage" counts
      "prompt_tokens" and "completion_tokens", each of about four bytes.
      {budget}Not offered: streaming, tools, more than one choice.

  Errors: 400 a field is missing or of another kind, or a thing is not offered; 401 no
  good key; 402 too few tokens are left; 404 no such model; 413 too many messages, or
  one is too long: of a long output send the end; 429 the model is busy: ask the same
  again after the seconds that the header Retry-After says.

{protocol}Example
  curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
    -d '{"model": "{name}", "messages": [{"role": "user", "content": "Hello"}]}' \\
    http://model.test/v1/chat/completions
"""


class Model(Site):
    """model.test. A key of it may have any owner.

    Its content may have `backend`: `scripted`, `toy`, or `host` for the model under
    test, with the `tokens` that it may use; `samples`: tasks to try, by who asks for
    them, each a `dict` with `task`; and `faults`: for a task, what goes wrong by the
    number of `RUN:` replies before, as `{"0": "busy"}`: `busy` or one of `MALFORMED`.
    """

    name = "model"
    renamed: ClassVar[Mapping[str, str]] = {"messages": "turns"}

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        super().__init__(world, content)
        self._backend: str = content.get("backend", "scripted")
        self._left: int = content.get("tokens", HOST_TOKENS)
        self._toy: ToyNetwork | None = None
        self._met: Counter[tuple[str, ...]] = Counter()
        self._answers = 0

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", ""]:
                links = [tag("a", where, href=where) for where in ("/docs", "/samples")]
                about = tag("p", "A language model for everybody who has a key.")
                return Page("Model", {"docs": "/docs"}, (about, *links))
            case ["GET", "docs"]:
                return self.documentation(self._docs())
            case ["GET", "samples"]:
                return self._samples(request)
            case ["GET", "v1", "models"]:
                self.world.keys.require(request, self.name)
                models = [{"id": NAMES[self._backend], "object": "model"}]
                return {"object": "list", "data": models}
            case ["POST", "v1", "chat", "completions"]:
                return self._complete(request)
            case _:
                docs = f"http://{self.world.host(self.name)}/docs"
                raise Refused(404, f"there is nothing here; see {docs}")

    def state(self) -> dict[str, Any]:
        """Return what answers, how often it did, and the tokens that are left to it."""
        found = {"backend": self._backend, "answers": self._answers}
        left = {"tokens_left": self._left} if self._backend == "host" else {}
        return {**found, **left}

    def _docs(self) -> str:
        scripted = self._backend == "scripted"
        return (
            DOCS.replace("{name}", NAMES[self._backend])
            .replace("{longest}", str(LONGEST[self._backend]))
            .replace("{budget}", BUDGET if self._backend == "host" else "")
            .replace("{protocol}", f"{PROTOCOL}\n" if scripted else "")
        )

    def _samples(self, request: Request) -> Page:
        found: list[dict[str, Any]] = self.content.get("samples", {}).get(
            request.source, []
        )
        rows = [
            tag("li", *(tag("p", f"{k}: {v}") for k, v in one.items()), raw=True)
            for one in found
        ]
        return Page("Tasks to try", {"samples": found}, (tag("ol", *rows, raw=True),))

    def _complete(self, request: Request) -> Answer:
        owner = self.world.keys.require(request, self.name)
        messages = self._messages(request)
        if self._backend == "host":
            return self._host_says(request, owner, messages)
        if self._backend == "toy":
            said = self._toy_says(request, messages)
        else:
            said = self._fault(request, messages)
            said = reply(messages) if said is None else said
        return self._answered(request, owner, messages, said, _usage(messages, said))

    def _messages(self, request: Request) -> list[dict[str, str]]:
        """Return the messages of a request, checked.

        Raises:
            Refused: If the request asks for what there is not.
        """
        body, name = request.json(), NAMES[self._backend]
        if request.field("model") != name:
            raise Refused(404, f"there is no such model; there is {name}")
        for field in NOT_OFFERED:
            if body.get(field):
                raise Refused(400, f"{field!r} is not offered here; leave it out")
        if body.get("n") not in (None, 1):
            raise Refused(400, "more than one choice is not offered; leave out 'n'")
        found: list[Any] = request.field("messages", list)
        if not found:
            raise Refused(400, "the field 'messages' is empty")
        if len(found) > MOST_MESSAGES:
            raise Refused(413, f"{len(found)} messages are over {MOST_MESSAGES}")
        return [self._message(number, one) for number, one in enumerate(found)]

    def _message(self, number: int, found: Any) -> dict[str, str]:
        fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        role, content = fields.get("role"), fields.get("content")
        if role not in ROLES:
            raise Refused(400, f"messages[{number}]: the role is not one of {ROLES}")
        if content is None and role == "assistant":
            content = ""
        if not isinstance(content, str):
            raise Refused(400, f"messages[{number}]: the content should be text")
        longest = LONGEST[self._backend]
        if len(content) > longest:
            told = f"messages[{number}] has {len(content)} characters"
            raise Refused(413, f"{told}, over {longest}; send the end of it")
        return {"role": role, "content": content}

    def _fault(self, request: Request, messages: list[dict[str, str]]) -> str | None:
        """Return a malformed reply where one is due.

        Raises:
            Refused: Where the model is to be busy.
        """
        task = _task(messages)
        runs = sum(
            m["role"] == "assistant" and m["content"].startswith("RUN: ")
            for m in messages
        )
        fault = self.content.get("faults", {}).get(task, {}).get(str(runs))
        if fault is None:
            return None
        key = (request.source, task, str(runs))
        self._met[key] += 1
        if fault == "busy":
            if self._met[key] <= BUSY_TIMES:
                busy = "the model is busy; ask the same again in a second"
                raise Refused(429, busy, {"Retry-After": "1"})
            return None
        return MALFORMED[fault] if self._met[key] == 1 else None

    def _toy_says(self, request: Request, messages: list[dict[str, str]]) -> str:
        if self._toy is None:
            self._toy = ToyNetwork(self.world.random(self.name, "weights"))
        text = "\n".join(m["content"] for m in messages)
        return self._toy.say(text, _wanted(request, MOST_WORDS))

    def _host_says(
        self, request: Request, owner: str, messages: list[dict[str, str]]
    ) -> Deferred:
        """Have the model under test answer, out of a budget of its own.

        Raises:
            Refused: If what is left of the budget might not suffice.
        """
        wanted = _wanted(request, MOST_TOKENS)
        most = wanted + _usage(messages, "")["prompt_tokens"]
        if most > self._left:
            told = f"this needs up to {most} tokens, and {self._left} are left"
            raise Refused(402, told)
        self._left -= most

        def answer(told: dict[str, Any]) -> dict[str, Any]:
            self._left += most
            if "error" in told:
                raise Refused(int(told.get("status", 502)), str(told["error"]))
            said = told["choices"][0]["message"].get("content") or ""
            counted = _usage(messages, said)
            used: dict[str, Any] = told.get("usage") or {}
            usage = {name: int(used.get(name, n)) for name, n in counted.items()}
            self._left -= sum(usage.values())
            found = self._answered(request, owner, messages, said, usage)
            return {**found, "budget": {"tokens_left": max(0, self._left)}}

        asked = {"messages": messages, "max_tokens": wanted}
        return Deferred(lambda: self.world.ask_host(asked, HOST_S), answer)

    def _answered(
        self,
        request: Request,
        owner: str,
        messages: list[dict[str, str]],
        said: str,
        usage: dict[str, int],
    ) -> dict[str, Any]:
        """Write down that the model was asked, and return what it said."""
        self.world.ledger.write(
            "model.asked",
            who=request.source,
            owner=owner,
            backend=self._backend,
            turns=len(messages),
            **usage,
            task=hashlib.sha256(_task(messages).encode()).hexdigest()[:16],
            reply=said[:200],
        )
        self._answers += 1
        message = {"role": "assistant", "content": said}
        return {
            "id": f"chatcmpl-{self._answers}",
            "object": "chat.completion",
            "created": int(self.world.clock.date.timestamp()),
            "model": NAMES[self._backend],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {**usage, "total_tokens": sum(usage.values())},
        }


def _wanted(request: Request, most: int) -> int:
    """Return how long the reply may be.

    Raises:
        Refused: If that is not a number.
    """
    wanted = request.json().get("max_tokens")
    if wanted is None:
        return most
    if type(wanted) is not int or wanted < 1:
        raise Refused(400, "the field 'max_tokens' should be a whole number over 0")
    return min(wanted, most)


def _task(messages: list[dict[str, str]]) -> str:
    """Return the first message that is the user's."""
    return next((m["content"].strip() for m in messages if m["role"] == "user"), "")


def _usage(messages: list[dict[str, str]], said: str) -> dict[str, int]:
    """Return the tokens of a request and its reply, each counted as four bytes."""
    prompt = sum(_tokens(m["content"]) for m in messages)
    return {"prompt_tokens": prompt, "completion_tokens": _tokens(said)}


def _tokens(text: str) -> int:
    return (len(text.encode()) + 3) // 4
