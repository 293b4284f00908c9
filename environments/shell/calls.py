"""What the tools of a shell take, and how text comes into a box."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from arena.errors import IllegalAction
from arena.sandboxing import SandboxSpec

from .screen import KEYS

__all__ = [
    "Answer",
    "Command",
    "Content",
    "Key",
    "PathInBox",
    "Seconds",
    "Typed",
    "Wait",
    "absolute",
    "encoded",
]

LONGEST = 1_000_000
"""Characters of a command or an answer: all of it goes on the record."""
Command = Annotated[
    str, Field(max_length=LONGEST, description="Run by a bash that stays open.")
]
Seconds = Annotated[float, Field(gt=0, le=3600, description="Seconds until it ends.")]
Key = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(KEYS)})$",
        json_schema_extra={"enum": list(KEYS)},
        description="A key that is no character, or Ctrl with a letter.",
    ),
]
Typed = Annotated[str, Field(max_length=4000, description="Typed as it is.")]
Wait = Annotated[float, Field(ge=0, le=10, description="Seconds, at most.")]
PathInBox = Annotated[str, Field(description="Absolute, or from your folder.")]
Content = Annotated[str, Field(max_length=10 * LONGEST, description="All of it.")]
Answer = Annotated[
    str, Field(max_length=LONGEST, description="Empty where the task asks for none.")
]


def encoded(text: str, what: str, *, nul: bool = False) -> bytes:
    """Return text as bytes.

    Args:
        text: From the agent.
        what: It is, for the reason.
        nul: Whether it may hold a NUL character.

    Raises:
        IllegalAction: If it cannot be written as UTF-8, or holds a NUL character where
            none may be.
    """
    if "\0" in text and not nul:
        raise IllegalAction(f"{what} holds a NUL character.")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise IllegalAction(f"{what} holds half of a character.") from None


def absolute(path: str, spec: SandboxSpec) -> str:
    """Return a path as the box takes it, absolute.

    Raises:
        IllegalAction: If it cannot be a path.
    """
    encoded(path, "the path")
    home = "/root" if spec.user == "root" else "/home/agent"
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    return str(PurePosixPath(spec.workdir, path))
