"""Some hands of a run to read: the first, and where moves gave away the most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from arena.analysis import Block, Episode
from arena.errors import UserError
from arena.registry import environment_class
from arena.scoring import Unscored

from .. import minds_measures as measures
from ..minds_evidence import Part
from .answers import grouped
from .hands import Structure, replay_text
from .minds_sessions import Played, name_of, sessions_of

__all__ = ["hand_to_read", "hands_to_read"]

MOST = 6


class _Chosen(NamedTuple):
    why: str
    played: Played
    part: Part


def hands_to_read(played: Sequence[Played]) -> Iterator[Block]:
    """Yield the first hand, and of each of the first matches the costliest.

    Args:
        played: Sessions of one poker environment.
    """
    for chosen in list(_chosen(played))[:MOST]:
        yield _block(chosen)


def hand_to_read(episode: Episode, number: int) -> Block:
    """Return one hand of an episode.

    Raises:
        UserError: If it is no episode of poker, failed, or has no such hand.
    """
    if not hasattr(environment_class(episode.environment), "game"):
        raise UserError(f"{episode.environment} has no hands to read")
    played, unread = sessions_of([episode])
    if not played:
        why = next(iter(unread), "it failed for an infrastructure reason")
        raise UserError(f"there is no hand to read: {why}")
    parts = played[0].session.parts
    if number not in parts:
        raise UserError(f"there is no hand {number}; {len(parts)} were played")
    return _block(_Chosen(f"hand {number}", played[0], parts[number]))


def _block(chosen: _Chosen) -> Block:
    session, agent = chosen.played.session, chosen.played.agent
    game = cast(Any, environment_class(chosen.played.episode.environment)).game
    names = {seat: name_of(spec) for seat, spec in session.seats.items()}
    names[session.seat] = agent
    return Block(
        title=f"{agent} against {chosen.played.faced}: {chosen.why}",
        text=replay_text(chosen.part, session, cast(Structure, game.shape), names),
        caption=(
            f"Hand {chosen.part.part} of {session.evidence.parts_planned} of a "
            f"session of {chosen.played.episode.scenario}; below the moves of "
            f"{agent} stands what it expected next."
        ),
    )


def _chosen(played: Sequence[Played]) -> Iterator[_Chosen]:
    for one in played:
        if one.session.parts:
            first = min(one.session.parts)
            yield _Chosen("the first hand", one, one.session.parts[first])
            break
    for group in grouped(played, lambda p: p.match).values():
        found = [(loss, p, part) for p in group for part, loss in _losses(p).items()]
        if found:
            loss, one, part = max(found, key=lambda entry: entry[0])
            unit = one.session.evidence.unit.name
            if loss > 0:
                why = f"the costliest hand, {loss:.0f} {unit} given away"
                yield _Chosen(why, one, one.session.parts[part])


def _losses(played: Played) -> dict[int, float]:
    """Return what moves gave away in each part, none where that is not known."""
    try:
        return {n: above for n, (above, _) in measures.regret(played.session).items()}
    except Unscored:
        return {}
