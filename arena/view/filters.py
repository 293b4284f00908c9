"""Which episodes of a list are wanted, and in which order, in the words of SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .store import RECORD_COLUMNS

__all__ = ["FIELDS", "Filter", "order", "where"]

FIELDS = ("id", *RECORD_COLUMNS, "size")
"""The fields of an episode in the index."""

_MOST_WORDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which episodes of a run are wanted; None stands for all."""

    scenario: str | None = None
    agent: str | None = None
    """Label of the agent under test."""
    reason: str | None = None
    """Why it ended; `running` where it has not, `broken` for damaged records."""
    cell: str | None = None
    """Of the item that was asked."""
    query: str | None = None
    """Words, or beginnings of words, that all stand in the record; `"two words"` for
    such that follow each other."""


def where(run: str, wanted: Filter) -> tuple[str, list[str]]:
    """Return a condition on `episodes e`, and its values."""
    conditions, values = ["e.run = ?"], [run]
    for column in ("scenario", "agent", "cell"):
        value = getattr(wanted, column)
        if value is not None:
            conditions.append(f"e.{column} = ?")
            values.append(value)
    if wanted.reason == "broken":
        conditions.append("coalesce(e.problem, e.damage) IS NOT NULL")
    elif wanted.reason is not None:
        conditions.append("e.reason = ?")
        values.append("" if wanted.reason == "running" else wanted.reason)
    for words in _phrases(wanted.query or "")[:_MOST_WORDS]:
        # One by one, as the pieces of a long record hold one word each.
        conditions.append(
            "e.id IN (SELECT episode FROM pieces WHERE run = ? AND text IN "
            "(SELECT rowid FROM texts WHERE texts MATCH ?))"
        )
        values += [run, words]
    return " AND ".join(conditions), values


def _phrases(query: str) -> list[str]:
    """Return what all must be found, as FTS5 reads it: nothing in it is an operator."""
    parts: list[str] = []
    # FTS5 reads no further than a NUL.
    for number, part in enumerate(query.replace("\0", " ").split('"')):
        quoted = number % 2 == 1
        parts += [part] if quoted else part.split()
    return [f'"{part}"*' for part in parts if any(map(str.isalnum, part))]


def order(
    sort: str, scorers: Mapping[str, Sequence[str]]
) -> tuple[str, str, list[str]]:
    """Return a join, what to order by, and the values of the join."""
    joined = "LEFT JOIN scores s ON s.run = e.run AND s.episode = e.id AND s.scorer = "
    if sort.startswith("score:"):
        return f"{joined} ?", "s.value", [sort.removeprefix("score:")]
    if sort == "score" and scorers:
        cases = " WHEN ? THEN ?" * len(scorers)
        pairs = [word for name, own in scorers.items() for word in (name, own[0])]
        return f"{joined} CASE e.scenario{cases} END", "s.value", pairs
    return "", f"e.{sort if sort in FIELDS else 'id'}", []
