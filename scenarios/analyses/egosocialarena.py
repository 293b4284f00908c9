"""The table of EgoSocialArena (arXiv 2410.06195), from our scenarios of the same name.

Both of the paper's groupings are given: that of its first version, theory of mind (the
minds of others) against socialization (the own state), static or interactive; and that
of its third, by cognitive, situational and behavioural intelligence. Only accuracy is
in it, as in the paper; everything else that a run says is in its other tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from pydantic import BaseModel, Field, ValidationError

from arena.analysis import Episode, Section, Table, Value, analysis
from arena.intervals import rate_interval

from .answers import answers_of, grouped
from .minds_sessions import sessions_of

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
    asks: str = ""
    """Which of its questions, where a scenario asks several."""


STATIC_TOM = "static, theory of mind"
STATIC_SELF = "static, socialization"
DYNAMIC = "interactive, theory of mind"
STYLE, ACTION = "style", "action"
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
        DYNAMIC,
        "cognitive, dynamic",
        "games/number-guessing",
        "exact predictions of the opponent; the control is games/number-series",
    ),
    Row(
        "Number Guessing",
        DYNAMIC,
        "cognitive, dynamic",
        "games/number-guessing-four",
        "added: with two players the lower number always wins",
    ),
    Row(
        "Limit Texas Hold'em: style",
        DYNAMIC,
        "cognitive, dynamic",
        "games/texas-holdem",
        "aggressive or conservative, as stated last; copies of one trained strategy, "
        "four times as inclined to raise or to fold, in place of the DQN agents",
        STYLE,
    ),
    Row(
        "Limit Texas Hold'em: next action",
        DYNAMIC,
        "cognitive, dynamic",
        "games/texas-holdem",
        "the likeliest action as stated, where the opponent answers a move; added",
        ACTION,
    ),
)
NOTE = (
    "Accuracy with n and interval, the episodes of infrastructure errors left out; n "
    "counts items, or games. Chance is that of guessing an option; there is none for "
    "numbers from 0 to 100. In `static, socialization` are the scenarios about the "
    "own state, documented here as self-state. At Hold'em even an ideal observer is "
    "not always right; skill beside it is in the tables of minds in play. The paper's "
    "dialogues are not here. The items are new and the paper's were never published, "
    "so compare models within this table and not with the paper's numbers."
)


class _Round(BaseModel):
    numbers: dict[str, int]
    """By seat; the tested one is the first."""
    predictions: dict[str, dict[str, int]]
    """By seat, of the others."""


class _Game(BaseModel):
    """What the table needs of a game's evidence."""

    rounds: list[_Round]
    rounds_planned: int = Field(ge=1)

    def accuracy(self) -> float:
        """Return the share of exact predictions; a round not played has none."""
        return sum(map(_hits, self.rounds)) / self.rounds_planned


class _Score(NamedTuple):
    """What one episode adds to the table."""

    scenario: str
    agent: str
    about: tuple[object, ...]
    """One value: an item with all of its epochs, or a game."""
    accuracy: float
    chance: float | None
    asks: str = ""


@analysis(environments=["Social-v1", "NumberGuessing-v1", "LimitHoldem-v1"])
def egosocialarena(episodes: Sequence[Episode]) -> Sequence[Section]:
    """Return the paper's table, where a run has at least two of its scenarios."""
    scores = [*_of_items(episodes), *_of_games(episodes), *_of_sessions(episodes)]
    rows = list(_rows(scores))
    if len({str(row[0]).partition(":")[0] for row in rows}) < 2:
        return []
    columns = ("paper's scenario", "version 1", "version 3", "agent", "n")
    table = Table(
        title="EgoSocialArena's scenarios",
        columns=(*columns, "accuracy", "chance", "scenario", "differs from the paper"),
        rows=rows,
        note=NOTE,
    )
    return [Section(title="EgoSocialArena", tables=[table])]


def _rows(scores: Sequence[_Score]) -> Iterator[Sequence[Value]]:
    questions = grouped(scores, lambda s: (s.scenario, s.asks))
    for row in ROWS:
        mine = grouped(questions.get((row.scenario, row.asks), ()), lambda s: s.agent)
        for agent, own in mine.items():
            values = grouped(own, lambda s: s.about).values()
            accuracy = rate_interval([fmean(s.accuracy for s in g) for g in values])
            chances = [s.chance for s in own if s.chance is not None]
            chance = fmean(chances) if chances else None
            yield (
                *(row.paper, row.first, row.third, agent, accuracy.n, accuracy),
                *(chance, row.scenario, row.differs),
            )


def _of_items(episodes: Sequence[Episode]) -> Iterator[_Score]:
    """Yield the scores of answers; our control questions are not the paper's."""
    answers, _ = answers_of(episodes)
    for a in answers:
        if a.item.measures != "control":
            about = (a.run, a.item.id)
            yield _Score(a.scenario, a.agent, about, a.right, a.chance)


def _of_games(episodes: Sequence[Episode]) -> Iterator[_Score]:
    for e in episodes:
        try:
            game = None if e.missing else _Game.model_validate(e.evidence)
        except ValidationError:
            continue
        if game is not None:
            about = (e.run, e.sample, e.epoch)
            yield _Score(e.scenario, e.agent, about, game.accuracy(), None)


def _of_sessions(episodes: Sequence[Episode]) -> Iterator[_Score]:
    """Yield the scores of sessions of Hold'em, both rotations of a deal as one."""
    played, _ = sessions_of(episodes)
    for p in played:
        session, about = p.session, p.deals
        asked = p.episode.scenario, p.agent, about
        stated = [row for row in session.beliefs if row.stated is not None]
        if session.beliefs:
            last = stated[-1] if stated else None
            right = last and _top(last.stated, session.type_of(last.of, last.part))
            chance = 1 / len(session.beliefs[0].ideal)
            yield _Score(*asked, right or 0.0, chance, STYLE)
        rows = session.predictions
        if rows:
            right = fmean(_top(row.stated, row.came) for row in rows)
            chance = fmean(1 / sum(c > 0 for c in row.uniform.values()) for row in rows)
            yield _Score(*asked, right, chance, ACTION)


def _top(stated: Mapping[str, float] | None, true: str) -> float:
    """Return whether the likeliest is the true one; several share evenly."""
    most = max(stated.values(), default=0.0) if stated else 0.0
    tops = [name for name, chance in (stated or {}).items() if chance == most]
    return (true in tops) / len(tops) if tops else 0.0


def _hits(played: _Round) -> float:
    """Return the share of exact predictions in a round."""
    own = next(iter(played.numbers), "")
    predicted = played.predictions.get(own, {})
    hits = [number == played.numbers.get(seat) for seat, number in predicted.items()]
    return fmean(hits) if hits else 0.0
