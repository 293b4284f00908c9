"""Where items come from: a generator, or a file."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from arena.errors import UserError
from arena.item_files import read_items
from arena.items import Item

from .generator import Draw, Generator
from .generators import make_generator

__all__ = [
    "Reference",
    "Source",
    "draw_of",
    "file_digest",
    "item_of",
    "salt_digest",
    "source_of",
]

SHORTEST_SALT = 16
"""Characters; a shorter one could be guessed from its digest."""


class Source(NamedTuple):
    """What items are taken from: a generator, or else a file."""

    generator: Generator | None
    file: tuple[Item, ...]
    most_options: int
    """The largest number of options of an item."""


class Reference(NamedTuple):
    """Which item of which source it is, for scripted agents; never shown to a model."""

    source: str
    """JSON of generator, knobs and file."""
    salt_from: str | None
    seed: int
    sample: int


def source_of(reference_source: str) -> Source:
    """Return the source that JSON of `generator`, `knobs` and `file` describes."""
    fields: Mapping[str, Any] = json.loads(reference_source)
    return _source(reference_source, _stamp(fields["file"]))


def item_of(reference: Reference) -> Item:
    """Return an item; the same object where it was asked for a moment ago."""
    fields: Mapping[str, Any] = json.loads(reference.source)
    return _item(reference, _stamp(fields["file"]))


def salt_digest(variable: str) -> str:
    """Return a digest of the private salt in an environment variable.

    Raises:
        UserError: If it is not set, or too short to be private.
    """
    return hashlib.sha256(f"arena-salt {_salt(variable)}".encode()).hexdigest()[:12]


def file_digest(file: str) -> str:
    """Return a digest of a file of items.

    Raises:
        UserError: If it cannot be read.
    """
    return _file_digest(file, _stamp(file))


@functools.lru_cache(maxsize=64)
def _file_digest(file: str, stamp: tuple[int, int] | None) -> str:
    try:
        with Path(file).open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()[:12]
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None


@functools.lru_cache(maxsize=64)
def _source(text: str, stamp: tuple[int, int] | None) -> Source:
    fields = json.loads(text)
    if fields["file"] is not None:
        items = tuple(read_items(Path(fields["file"])))
        return Source(None, items, max(len(item.options) for item in items))
    generator = make_generator(fields["generator"], fields["knobs"])
    return Source(generator, (), generator.most_options)


@functools.lru_cache(maxsize=64)
def _item(reference: Reference, stamp: tuple[int, int] | None) -> Item:
    source = _source(reference.source, stamp)
    if source.generator is None:
        return source.file[reference.sample % len(source.file)]
    return source.generator.item(draw_of(reference), reference.sample)


def draw_of(reference: Reference) -> Draw:
    """Return where the randomness of the reference's set comes from."""
    salt = "" if reference.salt_from is None else _salt(reference.salt_from)
    return Draw(reference.seed, salt)


def _salt(variable: str) -> str:
    salt = os.environ.get(variable, "")
    if len(salt) < SHORTEST_SALT:
        state = "is not set" if not salt else f"holds {len(salt)} characters"
        raise UserError(
            f"the salt: the environment variable {variable} {state}; give it at least "
            f"{SHORTEST_SALT} characters that nobody can guess"
        )
    return salt


def _stamp(file: str | None) -> tuple[int, int] | None:
    """Return what changes when a file does, so that nothing stale is kept."""
    if file is None:
        return None
    try:
        state = Path(file).stat()
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
    except ValueError as error:  # a zero byte, or half a character
        raise UserError(f"{file}: {error}") from None
    return state.st_mtime_ns, state.st_size
