"""Beliefs of a story that was written elsewhere, by both labellers.

Importers simulate foreign stories through it; they reach it by the environment's class.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from arena.errors import UserError
from arena.items import ItemError

from .beliefs import events as known
from .beliefs.filtering import believed as filtered
from .beliefs.table import BeliefTable
from .beliefs.world import Impossible

__all__ = ["believed"]


def believed(
    setting: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    thing: str,
    path: Sequence[str],
) -> str | None:
    """Return where the path believes the thing to be, None for no belief.

    Args:
        setting: The fields of `Setting`.
        events: Each with its `kind`, as `Enter`, and its fields.
        thing: What it is about.
        path: Who believes that who believes …; empty for where it is.

    Raises:
        UserError: If the story cannot have happened, or the labellers disagree.
    """
    try:
        world = _reader(known.Setting).validate_python(setting)
        happened = [_event(event) for event in events]
        table = BeliefTable(world, thing, max(1, len(path)))
        for event in happened:
            table.apply(event)
        first = table.belief(tuple(path))
        second = filtered(world, happened, thing, tuple(path))
    except Impossible as error:
        raise UserError(f"the story cannot have happened: {error}") from None
    except ValidationError as error:
        raise UserError(f"the story: {error.errors()[0]['msg']}") from None
    if first != second:
        raise ItemError(f"the labellers disagree: table {first!r}, filter {second!r}")
    return second


def _event(fields: Mapping[str, Any]) -> known.Event:
    own = {name: value for name, value in fields.items() if name != "kind"}
    kind = str(fields.get("kind"))
    if kind not in known.__all__ or kind in ("Event", "Setting"):
        raise UserError(f"the story: no event of kind {kind!r}")
    return _reader(getattr(known, kind)).validate_python(own)


@functools.cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    """Return a reader of a kind; making one takes far longer than reading."""
    return TypeAdapter(kind)
