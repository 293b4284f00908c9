"""Language models behind LangChain's interface: opening one, and asking it."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

import anyio
from pydantic import ValidationError

from arena.agent import Note
from arena.errors import EpisodeError, UserError, one_line
from arena.redaction import Redactor
from arena.registry import load, names

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

__all__ = ["ask", "open_model"]

LONGEST_WAIT_S = 60.0
_SECRET = re.compile(r"(?i)(key|token|secret|password|credentials?)$")
_PASSING = {408, 409, 429}


def open_model(
    name: str, base_url: str | None, options: Mapping[str, Any]
) -> BaseChatModel:
    """Make a LangChain chat model.

    Keys come from the environment, never from options, which are recorded.

    Args:
        name: `provider:name`.
        base_url: Of a server that speaks the provider's protocol.
        options: Further arguments of the provider's class.

    Raises:
        UserError: For an unknown provider, a package that is not installed, or options
            or keys that the provider refuses.
    """
    provider, _, model = name.partition(":")
    if not model:
        raise UserError(
            f"model {name!r}: write provider:name, with a provider of: "
            f"{', '.join(names('models'))}"
        )
    if base_url is not None and Redactor({}).text(base_url) != base_url:
        raise UserError(
            "the base URL holds a password; options are recorded, so set the "
            "provider's environment variable instead"
        )
    redacted = cast(Mapping[str, object], Redactor({}).value(options))
    for option, value in options.items():
        named = _SECRET.search(option) and isinstance(value, str)
        if named or redacted[option] != value:
            raise UserError(
                f"model option {option!r} looks like a secret; options are recorded, "
                "so set the provider's environment variable instead"
            )
    kind = cast(type[Any], load("models", provider))
    fields: Mapping[str, Any] = kind.model_fields
    known = {*fields, *(f.alias for f in fields.values())}
    arguments: dict[str, Any] = {"model": model, **options}
    if base_url is not None:
        arguments["base_url"] = base_url
    if "max_retries" in known:
        arguments["max_retries"] = 0  # `ask` retries, so that it is on the record
    try:
        return kind(**arguments)
    except Exception as error:
        if base_url is None:
            raise _refused(name, error) from error
    try:  # A server of one's own often needs no key, but the client insists on one.
        return kind(**arguments, api_key="not-needed")
    except Exception as error:
        raise _refused(name, error) from error


async def ask(
    model: Runnable[Any, AIMessage],
    messages: Sequence[BaseMessage],
    note: Note,
    *,
    timeout_s: float,
    attempts: int,
) -> AIMessage:
    """Return the model's reply, trying again after failures that may pass.

    Those are 408, 409, 429 and 5xx answers, time-outs and lost connections. The wait is
    what Retry-After says, or else random within a bound that doubles; never above 60 s.
    Every retry is a note in the record, and so is a reply that LangChain cannot read,
    which counts as an empty message.

    Raises:
        EpisodeError: Attributed to the model, after the last attempt or at once for a
            failure that will not pass.
        ContextOverflowError: Unchanged, if the provider says that the prompt is too
            long.
    """
    from langchain_core.exceptions import ContextOverflowError
    from langchain_core.messages import AIMessage

    for attempt in range(1, attempts + 1):
        try:
            with anyio.fail_after(timeout_s):
                return await model.ainvoke(list(messages))
        except ContextOverflowError:
            raise
        except ValidationError as error:
            # LangChain could not read the reply, as when the arguments of a call are a
            # list. That is the model's fault, and not missing data.
            note("unreadable_reply", {"error": one_line(str(error), 200)})
            return AIMessage(content="")
        except Exception as error:
            if attempt == attempts or not _may_pass(error):
                raise EpisodeError("model", error) from error
            wait_s = _wait(error, attempt)
            about = f"{type(error).__name__}: {one_line(str(error), 200)}"
            note("retry", {"attempt": attempt, "error": about, "wait_s": wait_s})
        await anyio.sleep(wait_s)
    raise AssertionError("the last attempt returns or raises")


def _may_pass(error: BaseException) -> bool:
    status = _status(error)
    if status is not None:
        return status in _PASSING or status >= 500
    if isinstance(error, (TimeoutError, ConnectionError)):
        return True
    # Each provider's client has classes of its own for these, by like names.
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    return bool(re.search(r"Timeout|Connect|TransportError", kinds))


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for holder, name in ((error, "status_code"), (response, "status_code")):
        status = getattr(holder, name, None)
        if isinstance(status, int):
            return status
    code = getattr(error, "code", None)
    return code if isinstance(code, int) and 400 <= code < 600 else None


def _wait(error: Exception, attempt: int) -> float:
    asked = _retry_after(error)
    if asked is None:  # "full jitter": many episodes must not come back together
        asked = random.uniform(0, 2.0**attempt)
    return round(min(LONGEST_WAIT_S, asked), 3)


def _retry_after(error: Exception) -> float | None:
    """Return the seconds that a Retry-After header asks for."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    value = cast(Mapping[str, str], headers).get("retry-after") if headers else None
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _refused(name: str, error: Exception) -> UserError:
    text = one_line(str(error), 300)
    return UserError(f"model {name!r} cannot be opened: {text}")
