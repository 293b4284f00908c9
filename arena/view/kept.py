"""What was found out about a file, kept until the file changes."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, TypeVar

__all__ = ["Kept"]

T = TypeVar("T")


class Kept(Generic[T]):
    """The last few results of reading files through.

    Who asks for what somebody else is already reading waits for it: a page that is
    opened again and again does not have a large record read as often at once.

    Args:
        most: How many results are kept.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, T] = OrderedDict()
        self._reading = threading.Lock()

    def get(self, path: Path, also: Hashable, make: Callable[[], T]) -> T:
        """Return a result, made now unless it is there.

        Args:
            path: The file; there must be one.
            also: What else the result depends on.
            make: Reads the file.
        """
        with self._reading:
            about = os.stat(path)
            key = (path, about.st_ino, about.st_size, about.st_mtime_ns, also)
            if key not in self._results:
                self._results[key] = make()
            self._results.move_to_end(key)
            if len(self._results) > self._most:
                self._results.popitem(last=False)
            return self._results[key]
