"""Finding runs below a folder, and the names they have in addresses."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

__all__ = ["find_runs", "run_name"]

_DEEPEST = 8
_NO_TEXT = re.compile("[\udc80-\udcff]")


def find_runs(root: Path) -> dict[str, Path]:
    """Return the folders of runs by key, those that were written last first.

    A key is the path below the root with `~` for `/`; that of a root which is a run is
    its name.
    """
    if (root / "run.json").is_file():
        return {_key(root.name): root}
    found = sorted(_walk(root, 0), key=_changed, reverse=True)
    return {_key(path.relative_to(root).as_posix()): path for path in found}


def run_name(key: str) -> str:
    """Return the path below the root that a key stands for, for people to read."""
    return unquote(key.replace("~", "/"), errors="surrogateescape")


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            inner = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:  # not ours to read
        return
    for name in inner:
        path = folder / name
        if (path / "run.json").is_file():
            yield path
        elif depth < _DEEPEST and not name.startswith("."):
            yield from _walk(path, depth + 1)


def _changed(path: Path) -> float:
    try:
        return (path / "run.json").stat().st_mtime
    except OSError:
        return 0.0


def _key(name: str) -> str:
    # A name with a tilde of its own must not be taken for another path.
    key = name.replace("%", "%25").replace("~", "%7E").replace("/", "~")
    # Bytes that are no text, which no database takes.
    return _NO_TEXT.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", key)
