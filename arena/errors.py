"""The errors of Arena: what a user must change, and where a failure belongs."""

from __future__ import annotations

import difflib
import os
import sysconfig
import traceback
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Literal, cast

__all__ = [
    "ArenaError",
    "BuildFailed",
    "EpisodeError",
    "IllegalAction",
    "RecordError",
    "UnknownName",
    "UserError",
    "Where",
    "boundary",
    "first_of",
    "nearest",
    "one_line",
]

Where = Literal["agent", "model", "environment", "sandbox", "scorer"]
"""The boundary at which a failure of an episode happened."""


class ArenaError(Exception):
    """Every error that Arena raises on purpose."""


class UserError(ArenaError, ValueError):
    """Something the user must change: printed as one line, exit code 2."""


class BuildFailed(UserError):
    """An image that could not be built; the text ends with the build's last lines."""


class UnknownName(UserError, LookupError):
    """A name that nothing carries; the message gives the nearest that exists."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        close = nearest(name, known)
        if close is not None:
            hint = f"did you mean {close!r}?"
        elif not known:
            hint = f"there is no {kind} here"
        elif len(known) <= 16:
            hint = f"known: {', '.join(known)}"
        else:
            hint = f"{len(known)} are known, see `arena list`"
        super().__init__(f"unknown {kind} {name!r}: {hint}")


class RecordError(UserError, OSError):
    """The record could not be written: a full disk or a folder without permission."""


class IllegalAction(ArenaError, ValueError):
    """A well-formed call that the rules do not allow now. Its text goes to the agent.

    A tool raises it before it changes any state.
    """


class EpisodeError(ArenaError):
    """A failure attributed to one boundary; it ends its episode and no other."""

    def __init__(self, where: Where, cause: BaseException) -> None:
        self.where: Where = where
        self.cause = cause
        told = f"{where}: {type(cause).__name__}: {one_line(str(cause))}"
        bug = where in ("agent", "environment") and not isinstance(cause, ArenaError)
        super().__init__(f"{told}{_place(cause)}" if bug else told)


def _place(error: BaseException) -> str:
    """Return the innermost file and line of an error outside of libraries."""
    paths = sysconfig.get_paths()
    libraries = tuple(paths[name] for name in ("stdlib", "purelib", "platlib"))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(libraries):
            return f" ({os.path.basename(frame.filename)}, line {frame.lineno})"
    return ""


@contextmanager
def boundary(where: Where) -> Generator[None]:
    """Attribute any failure inside the block to `where`, once.

    Raises:
        EpisodeError: For every exception; one that is attributed already passes.
        RecordError: Unchanged, as it concerns the whole run.
    """
    try:
        yield
    except (EpisodeError, RecordError):
        raise
    except Exception as error:
        raise EpisodeError(where, error) from error


def first_of(error: BaseException) -> BaseException:
    """Return the first error of a group, since the others followed from it."""
    while isinstance(error, BaseExceptionGroup):
        error = cast(BaseExceptionGroup[BaseException], error).exceptions[0]
    return error


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like `name`, or None."""
    candidates = list(known)
    close = difflib.get_close_matches(name, candidates, n=1)
    if not close:
        # "blackjack" is what people type for "games/blackjack".
        close = [k for k in candidates if k.rpartition("/")[2] == name]
    return close[0] if close else None


def one_line(text: str, limit: int = 400) -> str:
    """Return `text` on one line of at most `limit` characters, for an error message."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
