"""Opening files that somebody else may have put there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_file", "read_file"]


def open_file(path: Path) -> BinaryIO:
    """Open a file to read its bytes.

    A pipe would be waited for, and a device has no end: they are refused.

    Raises:
        OSError: If it cannot be opened, or is no regular file.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("not a regular file")
    return file


def read_file(path: Path) -> bytes:
    """Return the bytes of a file; raises as `open_file` does."""
    with open_file(path) as file:
        return file.read()
