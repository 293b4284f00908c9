"""Tables of self-prediction: what agents said they would do, beside what they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from arena.analysis import Episode, Figure, Section, Table, Value, analysis
from arena.intervals import Estimate
from arena.metrics.paired import paired_gap
from arena.metrics.resampling import bootstrap_of_worlds
from arena.metrics.selfprediction import (
    Shares,
    ceiling,
    entropy,
    log_score,
    mode,
    pooled,
    repeat_accuracy,
    shares,
    shuffled_accuracy,
    skill_interval,
)

from .charts import Dot, intervals

__all__ = ["self_prediction"]

LEAST_ENTROPY = 0.5
"""Bits; below it acts are so alike that anybody could predict them."""

TEXT = (
    "In one session an agent acts once in a situation; in another, knowing nothing of "
    "it, it predicts a property of that act. Code reads the property. Both meet the "
    "same situations."
)
SKILL_NOTE = (
    "n: situations. Accuracy: share of the acts in a situation that the prediction is "
    "right of, with an interval over situations; an episode without a prediction is "
    "wrong. Mode: always predicting the act that is most frequent over all situations. "
    "Ceiling: always the most frequent act of the situation itself; it is too high for "
    "few acts, and 1 for one. Skill: (accuracy - mode) / (ceiling - mode), 0 for habit "
    "and 1 for perfect."
)
CROSS_NOTE = (
    "Other agents' predictions beside this agent's acts, in n situations that both "
    "met: each was asked about itself. Privileged access is own less other's, paired "
    "by situation; above 0, the agent knows of itself what is not common to both."
)
CHANCE_NOTE = (
    "Entropy: of the acts over all situations, in bits. Shuffled: accuracy of the "
    "predictions of other situations. Repeat: how well an act is predicted by the "
    "agent's others in the same situation; it errs below what is possible, as the "
    "ceiling errs above. Log score: of the stated confidence, in bits, 0 is best; "
    "known shares is the score of one who knows only how frequent each act is over "
    "all situations."
)


class _Told(BaseModel):
    """What the tables need of an episode's evidence."""

    group: str
    situation: str
    mode: Literal["act", "predict"]
    options: list[str] = Field(min_length=1)
    value: str | None
    confidence: float | None = Field(ge=0, le=1)


class _Evidence(BaseModel):
    self_prediction: _Told


@dataclass
class _Known:
    """What an agent did and predicted in one situation."""

    acts: Counter[str] = field(default_factory=Counter[str])
    predictions: list[tuple[str | None, float]] = field(
        default_factory=list[tuple[str | None, float]]
    )
    """Each with the confidence that was stated."""
    options: int = 0

    @property
    def shares(self) -> Shares:
        """The shares of its acts."""
        return shares(self.acts)

    def hit(self, acts: Shares) -> float:
        """Return how often its predictions are right of acts, its own or another's."""
        return fmean(acts.get(said or "", 0.0) for said, _ in self.predictions)


_Agent = Mapping[str, _Known]
"""What is known of an agent in one group, by situation."""


@analysis(environments=["SelfPrediction-v1"])
def self_prediction(episodes: Sequence[Episode]) -> Sequence[Section]:
    """Return accuracy between habit and ceiling, and beside others' predictions."""
    groups = _groups(episodes)
    names = _names(episodes)
    lines: list[str] = []
    tables: dict[str, list[Sequence[Value]]] = {"skill": [], "cross": [], "chance": []}
    for group, agents in groups.items():
        for agent, known in agents.items():
            both = {s: k for s, k in known.items() if k.acts and k.predictions}
            place = (names[group], agent)
            reason = _left_out(known, both)
            if reason:
                lines.append(f"Left out: {agent} in {names[group]}, {reason}.")
                tables["skill"].append((*place, len(both), *[None] * 4))
                continue
            tables["skill"].append((*place, *_skill_row(both)))
            tables["chance"].append((*place, *_chance_row(both)))
            tables["cross"] += ((*place, *row) for row in _cross(agent, agents))
    made = _tables(tables, " ".join([SKILL_NOTE, *lines]))
    figures = _figures(tables["skill"], tables["cross"])
    return [Section(title="Self-prediction", text=TEXT, tables=made, figures=figures)]


def _groups(episodes: Sequence[Episode]) -> dict[str, dict[str, dict[str, _Known]]]:
    """Return what is known by group, agent and situation."""
    groups: dict[str, dict[str, dict[str, _Known]]] = {}
    for episode in episodes:
        told = _told(episode)
        if told is None:
            continue
        agents = groups.setdefault(told.group, {})
        known = agents.setdefault(episode.agent, {})
        here = known.setdefault(told.situation, _Known())
        here.options = len(told.options)
        if told.mode == "predict":
            here.predictions.append((told.value, told.confidence or 0.0))
        elif told.value is not None:
            here.acts[told.value] += 1
    return groups


def _names(episodes: Sequence[Episode]) -> dict[str, str]:
    """Return the scenario's name of each group, of the predictions where there are."""
    found: dict[str, str] = {}
    for episode in episodes:
        told = _told(episode)
        if told is not None and (told.mode == "predict" or told.group not in found):
            found[told.group] = episode.scenario
    return found


def _told(episode: Episode) -> _Told | None:
    """Return what an episode says, None for one that is missing or cannot be read."""
    try:
        evidence = _Evidence.model_validate(episode.evidence)
    except ValidationError:
        return None
    return None if episode.missing else evidence.self_prediction


def _left_out(known: _Agent, both: _Agent) -> str | None:
    """Return why nothing is said of an agent, or None."""
    acts = sum(1 for k in known.values() if k.acts)
    if not both:
        said = sum(1 for k in known.values() if k.predictions)
        return f"as no situation has both: {acts} with acts, {said} with predictions"
    bits = entropy(pooled([k.shares for k in both.values()]))
    if bits < LEAST_ENTROPY:
        return (
            f"whose acts are too alike to need predicting: {bits:.2f} bits over "
            f"{len(both)} situations, where {LEAST_ENTROPY} are needed"
        )
    return None


def _skill_row(both: _Agent) -> Iterator[Value]:
    acts = [k.shares for k in both.values()]
    hits = {s: [k.hit(k.shares)] for s, k in both.items()}
    yield len(both)
    yield bootstrap_of_worlds(hits)
    yield mode(acts)[1]
    yield ceiling(acts)
    yield skill_interval([hit for (hit,) in hits.values()], acts)


def _predicted(known: _Known) -> Shares:
    """Return the shares of the predictions in a situation; none is the empty text."""
    return shares(Counter(said or "" for said, _ in known.predictions))


def _chance_row(both: _Agent) -> Iterator[Value]:
    acts = [k.shares for k in both.values()]
    yield fmean(k.acts.total() for k in both.values())
    yield entropy(pooled(acts))
    yield shuffled_accuracy(acts, [_predicted(k) for k in both.values()])
    yield repeat_accuracy([k.acts for k in both.values()])
    yield fmean(_log_score(k) for k in both.values())
    yield -entropy(pooled(acts))


def _log_score(known: _Known) -> float:
    """Return the mean log score in a situation; without a prediction, of guessing."""
    guess = 1 / known.options
    return fmean(
        log_score(
            known.shares, said or "", guess if said is None else sure, known.options
        )
        for said, sure in known.predictions
    )


def _cross(agent: str, agents: Mapping[str, _Agent]) -> Iterator[Sequence[Value]]:
    """Yield a row for every other agent that predicted in this one's situations."""
    own = agents[agent]
    for name, other in agents.items():
        shared = [
            s
            for s, k in own.items()
            if k.acts and k.predictions and s in other and other[s].predictions
        ]
        if name == agent or not shared:
            continue
        pairs = {
            s: [(own[s].hit(own[s].shares), other[s].hit(own[s].shares))]
            for s in shared
        }
        mine, theirs = zip(*(pair for (pair,) in pairs.values()), strict=True)
        yield (name, len(shared), fmean(mine), fmean(theirs), paired_gap(pairs))


def _tables(
    rows: Mapping[str, Sequence[Sequence[Value]]], skill_note: str
) -> list[Table]:
    place = ("scenario", "agent")
    known = ("acts in each", "entropy", "shuffled", "repeat")
    tables = [
        Table(
            title="Self-prediction",
            columns=(*place, "n", "accuracy", "mode", "ceiling", "skill"),
            rows=rows["skill"],
            note=skill_note,
            main=True,
        ),
        Table(
            title="Privileged access",
            columns=(*place, "other", "n", "own", "other's", "own - other's"),
            rows=rows["cross"],
            note=CROSS_NOTE,
        ),
        Table(
            title="What there was to predict",
            columns=(*place, *known, "log score", "known shares"),
            rows=rows["chance"],
            note=CHANCE_NOTE,
        ),
    ]
    return [table for table in tables if table.rows]


def _figures(
    skill: Sequence[Sequence[Value]], cross: Sequence[Sequence[Value]]
) -> list[Figure]:
    skills = [
        Dot(group=str(scenario), agent=str(agent), about="skill", estimate=value)
        for scenario, agent, *_, value in skill
        if isinstance(value, Estimate) and value.value is not None
    ]
    gaps = [
        Dot(
            group=str(scenario),
            agent=str(agent),
            about=f"less {other}'s",
            estimate=value,
        )
        for scenario, agent, other, *_, value in cross
        if isinstance(value, Estimate)
    ]
    figures = [
        _dots(
            skills,
            title="Skill of self-prediction",
            caption="0 is always predicting the most frequent act, 1 is perfect; with "
            "95 % intervals over situations.",
            xlabel="skill",
        ),
        _dots(
            gaps,
            title="Own less others' predictions",
            caption="Accuracy of an agent's predictions of itself less that of another "
            "agent's, of the same acts, with 95 % intervals over situations; right of "
            "the line it knows itself better.",
            xlabel="own - other's",
        ),
    ]
    return [figure for figure in figures if figure is not None]


def _dots(
    dots: Sequence[Dot], *, title: str, caption: str, xlabel: str
) -> Figure | None:
    if not dots:
        return None
    groups = len({dot.group for dot in dots})
    return Figure(
        title=title,
        caption=caption,
        draw=lambda canvas: intervals(canvas, dots, xlabel=xlabel, zero=True),
        size=(7.0, 1.2 + 0.28 * len(dots) + 0.3 * groups),
    )
