"""The table of EgoSocialArena (arXiv 2410.06195), from our scenarios of the same name.

Both of the paper's groupings are given: that of its first version, theory of mind (the
minds of others) against socialization (the own state), static or interactive; and that
of its third, by cognitive, situational and behavioural intelligence. Only accuracy is
in it, as in the paper; everything else that a run says is in its other tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from arena.analysis import Episode, Section, Table, Value, analysis
from arena.intervals import rate_interval

from .answers import grouped

__all__ = ["egosocialarena"]


class Row(NamedTuple):
    """One row of the paper, and our scenario for it."""

    paper: str
    first: str
    """Its place in the first version."""
    third: str
    """Its place in the third version."""
    scenario: str
    differs: str
    """How ours differs, in a line."""


STATIC_TOM = "static, theory of mind"
STATIC_SELF = "static, socialization"
ROWS = (
    Row(
        "Daily Life",
        STATIC_TOM,
        "cognitive, static",
        "social/daily-life-tom",
        "worlds are simulated; orders 1 to 4 and not 1 and 2; controls apart",
    ),
    Row(
        "Daily Life",
        STATIC_SELF,
        "situational, real world",
        "social/daily-life-socialization",
        "self-state: answers follow from a stated theory of appraisal",
    ),
    Row(
        "Counterfactual",
        STATIC_SELF,
        "situational, counterfactual",
        "social/counterfactual",
        "some players were not told of the change of rules",
    ),
    Row(
        "New World",
        STATIC_SELF,
        "situational, parallel world",
        "social/new-world",
        "the fence of the world is stated; nothing is from ToMBench",
    ),
    Row(
        "Blackjack",
        STATIC_TOM,
        "cognitive, static",
        "social/blackjack",
        "exact answers in place of a judge's 0 to 100",
    ),
    Row(
        "Number Guessing",
        "interactive, theory of mind",
        "cognitive, dynamic",
        "games/number-guessing",
        "exact predictions of the opponent; the control is games/number-series",
    ),
    Row(
        "Number Guessing",
        "interactive, theory of mind",
        "cognitive, dynamic",
        "games/number-guessing-four",
        "added: with two players the lower number always wins",
    ),
)
NOTE = (
    "Accuracy with n and interval, the episodes of infrastructure errors left out; n "
    "counts items, or games. Chance is that of guessing an option; there is none for "
    "numbers from 0 to 100. In `static, socialization` are the scenarios about the "
    "own state, documented here as self-state. Limit Hold'em, the paper's other "
    "interactive game, and its dialogues are not here. The items are new and the "
    "paper's were never published, so compare models within this table and not with "
    "the paper's numbers."
)


@analysis(environments=["Social-v1", "NumberGuessing-v1"])
def egosocialarena(episodes: Sequence[Episode]) -> Sequence[Section]:
    """Return the paper's table, where a run has at least two of its scenarios."""
    played = [e for e in episodes if not e.missing]
    rows = list(_rows(played))
    if len({row[0] for row in rows}) < 2:
        return []
    columns = ("paper's scenario", "version 1", "version 3", "agent", "n")
    table = Table(
        title="EgoSocialArena's scenarios",
        columns=(*columns, "accuracy", "chance", "scenario", "differs from the paper"),
        rows=rows,
        note=NOTE,
    )
    return [Section(title="EgoSocialArena", tables=[table])]


def _rows(played: Sequence[Episode]) -> Iterator[Sequence[Value]]:
    for row in ROWS:
        mine = [e for e in played if e.scenario == row.scenario and _counts(e)]
        for agent in dict.fromkeys(e.agent for e in mine):
            own = [e for e in mine if e.agent == agent]
            asked = grouped(own, _asked)
            accuracy = rate_interval([fmean(map(_accuracy, g)) for g in asked.values()])
            chances = [1 / len(e.evidence["item"]["options"]) for e in own if _item(e)]
            chance = fmean(chances) if chances else None
            yield (
                *(row.paper, row.first, row.third, agent, accuracy.n, accuracy),
                *(chance, row.scenario, row.differs),
            )


def _asked(episode: Episode) -> tuple[object, ...]:
    """Return what is one value: an item with all of its epochs, or a game."""
    item = _item(episode)
    if item is None:
        return episode.run, episode.sample, episode.epoch
    return episode.run, item["id"]


def _counts(episode: Episode) -> bool:
    """Whether it is about what the paper asks: our control questions are not."""
    item = _item(episode)
    return item is None or item["measures"] != "control"


def _item(episode: Episode) -> Mapping[str, Any] | None:
    return episode.evidence.get("item")


def _accuracy(episode: Episode) -> float:
    """Return 1 for a right answer, or the share of exact predictions in a game."""
    item = _item(episode)
    if item is not None:
        return float(episode.evidence["answer"]["option"] == item["gold"])
    rounds, planned = episode.evidence["rounds"], episode.evidence["rounds_planned"]
    hits = 0.0
    for each in rounds:
        own, *_ = each["numbers"]  # the tested seat is the first
        predicted = each["predictions"][own]
        hits += fmean(n == each["numbers"][seat] for seat, n in predicted.items())
    return hits / planned
