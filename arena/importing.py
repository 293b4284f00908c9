"""The contract of importers: what is in a foreign format becomes plain folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .sandboxing import Say

if TYPE_CHECKING:
    from .audit import Audit

__all__ = ["Imported", "Importer", "Refused"]


@dataclass(frozen=True)
class Imported:
    """A task, or a set of questions, that was written as a folder of ours."""

    name: str
    """As the foreign format calls it."""
    folder: Path
    notes: tuple[str, ...] = ()
    """What differs from the original, a sentence each."""
    audit: Audit | None = None
    """How blind rules do on the questions, if it is a set of them."""
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What was counted, as JSON types."""


@dataclass(frozen=True)
class Refused:
    """A task that cannot run here."""

    name: str
    reason: str


class Importer(Protocol):
    """Reads one foreign format; registered under `arena.importers`."""

    def __call__(
        self, source: Path, target: Path, *, say: Say, **options: Any
    ) -> list[Imported | Refused]:
        """Write what is in `source` as folders at or below `target`.

        Code of tasks runs in a sandbox only. Nothing that exists is overwritten. What
        cannot be used is refused, or counted and listed, with the reason.

        Args:
            source: What the user has, a file or a folder.
            target: The folder to write to; made where something can be written.
            say: Is told what takes time.
            options: An importer names those that it takes, as keyword-only arguments
                with types; `arena import` offers `image`, `format`, `seed` and
                `drop_doubted`.

        Raises:
            UserError: If `source` holds nothing of this format.
        """
        ...
