"""The data that ships with the package: read only if it is what its record says."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from arena.errors import UserError

__all__ = ["read", "record"]


def read(name: str, folder: Traversable | None = None) -> bytes:
    """Return a data file whose SHA-256 is the `sha256` of the record beside it.

    Args:
        name: Of the file; the record has its stem and the ending `.toml`.
        folder: Where both are; by default the package's own data.

    Raises:
        UserError: If one of them is missing, or the file is not the one recorded.
    """
    place = folder or _shipped()
    recorded = str(record(name.rpartition(".")[0], place).get("sha256"))
    try:
        data = place.joinpath(name).read_bytes()
    except OSError as error:
        raise _unreadable(name, error) from None
    found = hashlib.sha256(data).hexdigest()
    if found != recorded:
        raise UserError(
            f"data file {name} is damaged or not the one of its record: its SHA-256 is "
            f"{found[:16]}…, recorded is {recorded[:16]}…; install arena-evals again"
        )
    return data


def record(stem: str, folder: Traversable | None = None) -> Mapping[str, Any]:
    """Return the record of a data file, by the stem of its name.

    Raises:
        UserError: If it is missing or no TOML.
    """
    name = f"{stem}.toml"
    try:
        return tomllib.loads((folder or _shipped()).joinpath(name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _shipped() -> Traversable:
    return files("arena.environments.poker").joinpath("data")


def _unreadable(name: str, error: Exception) -> UserError:
    return UserError(
        f"data file {name} cannot be read ({error}): install arena-evals again"
    )
