"""The social analysis: what answers to items of `arena/Social-v1` say."""

from __future__ import annotations

from collections.abc import Sequence

from arena.analysis import Episode, Section, analysis

from .answers import answers_of
from .cells import cells, indices, repeats
from .confidence import confidence
from .lures import lures
from .matched import matched
from .opposites import opposites
from .orders import orders
from .overview import overview
from .perspective import perspective
from .shortcuts import shortcuts

__all__ = ["social"]

# Each gives its sections, or none where a run has nothing of the kind.
PARTS = (
    *(indices, orders, perspective, lures, matched, opposites),
    *(confidence, shortcuts, overview, cells, repeats),
)


@analysis(environments=["Social-v1"])
def social(episodes: Sequence[Episode]) -> list[Section]:
    """Tabulate and draw everything that the answers of a run, or of several, say."""
    answers, unread = answers_of(episodes)
    sections: list[Section] = []
    missing = sum(1 for episode in episodes if episode.missing)
    if missing or unread:
        sections.append(
            Section(
                title="Left out of the social tables",
                text=(
                    f"{missing} episodes failed for an infrastructure reason, and "
                    f"{unread} left no evidence that can be read: missing data."
                ),
            )
        )
    for part in PARTS if answers else ():
        sections += part(answers)
    return sections
