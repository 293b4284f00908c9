"""The analysis `minds`: what agents foresaw of each other in play, and what it brought.

Poker and number guessing leave the same kind of evidence. Skill of predictions comes
first, what moves gave away next, and winnings, which are mostly luck, last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from arena.analysis import Episode, Section, analysis
from arena.registry import PREFIX

from .answers import grouped
from .minds_cross import cross_section
from .minds_figures import figures
from .minds_hands import hand_to_read, hands_to_read
from .minds_ladder import ladder
from .minds_sessions import Played, sessions_of
from .minds_tables import identification, score_tables

__all__ = ["minds"]

POKER = ("LimitHoldem-v1", "LeducPoker-v1", "KuhnPoker-v1")
GUESSING = "NumberGuessing-v1"


@analysis(environments=[*POKER, GUESSING], part=hand_to_read)
def minds(episodes: Sequence[Episode]) -> list[Section]:
    """Tabulate and draw what was foreseen and won, each environment by itself."""
    sections: list[Section] = []
    for environment, own in grouped(episodes, lambda e: e.environment).items():
        name = environment.removeprefix(PREFIX)
        parts = "rounds" if name == GUESSING else "hands"
        played, unread = sessions_of(own)
        if name == GUESSING:  # whoever knows of no types cannot be judged by them
            played = [p for p in played if p.session.evidence.types]
        if played:
            sections += _sections(name, played, parts, _left_out(own, unread))
        if name in POKER:
            sections += cross_section(own, parts)
    return sections


def _sections(
    name: str, played: Sequence[Played], parts: str, left_out: str
) -> Iterator[Section]:
    climbed = ladder(played)
    tables = [*score_tables(played, parts), identification(played, parts)]
    tables += [climbed] if climbed else []
    yield Section(
        title=f"Minds in play: {name}",
        text=(
            "What an agent expected of its opponents, judged by the chances with which "
            "they really act, and what its own moves were worth against them."
            + left_out
        ),
        tables=[table for table in tables if table.rows],
        figures=list(figures(played, parts)),
        blocks=list(hands_to_read(played)) if name in POKER else (),
    )


def _left_out(episodes: Sequence[Episode], unread: Counter[str]) -> str:
    """Return sentences for what is missing or cut short, empty where nothing is."""
    missing = sum(1 for episode in episodes if episode.missing)
    told = [f"{missing} failed for an infrastructure reason"] if missing else []
    told += [f"{count} cannot be read ({why})" for why, count in unread.items()]
    cut = sum(map(_cut_short, episodes))
    return (f" Left out: {'; '.join(told)}." if told else "") + (
        f" {cut} were cut short, by a limit or by forfeits: what was played of them "
        "counts."
        if cut
        else ""
    )


def _cut_short(episode: Episode) -> bool:
    if episode.missing:
        return False
    by_forfeit = episode.evidence.get("ended_by_forfeit") is not None
    return by_forfeit or episode.reason != "completed"
