"""A program at a pseudo-terminal, and what its screen shows."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pexpect
import pyte

__all__ = ["Terminal"]

PATIENCE_S = 30


class Terminal:
    """A program at a terminal of so many columns and lines, until the block is left.

    Attributes:
        raw: All bytes that the program has written.
    """

    def __init__(
        self,
        program: str | Path,
        *arguments: object,
        columns: int = 80,
        lines: int = 24,
        **environment: str,
    ) -> None:
        self.raw = b""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        env = {**os.environ, "TERM": "xterm-256color", **environment}
        self._child: Any = pexpect.spawn(
            str(program),
            [str(argument) for argument in arguments],
            dimensions=(lines, columns),
            env=env,  # pyright: ignore[reportArgumentType]
            timeout=PATIENCE_S,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """What is on the screen, without the spaces at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def send(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._screen.resize(lines, columns)
        self._child.setwinsize(lines, columns)

    def until(self, *shows: str) -> str:
        """Wait until the screen shows all these texts, and return the whole screen."""
        deadline = time.monotonic() + PATIENCE_S
        while not all(text in self.text for text in shows):
            assert time.monotonic() < deadline, f"waited for {shows}:\n{self.text}"
            self._read(0.1)
        return self.text

    def ended(self) -> int:
        """Wait until the program has ended, and return its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(0.1):
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
        self._child.close()
        return self._child.exitstatus

    def _read(self, patience_s: float) -> bool:
        """Read what was written; return whether the program may write more."""
        try:
            new = self._child.read_nonblocking(1 << 16, patience_s)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += new
        self._stream.feed(new)
        return True
