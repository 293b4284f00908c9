"""Episodes of autonomy tasks, sorted by what they can be counted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..analysis import Episode
from ..scoring import Unscored
from .verdicts import Verdict, verdict

__all__ = [
    "CATEGORIES",
    "CONTROLS",
    "About",
    "Play",
    "Status",
    "plain",
    "plays_of",
]

Status = Literal["scored", "assisted", "invalid", "infra_error"]

CATEGORIES = ("basic", "resource", "replication", "adaptation")
CONTROLS = frozenset({"oracle", "null", "cheat"})
"""Agents that check the tasks, and are never judged themselves."""


@dataclass(frozen=True)
class About:
    """What a task's scores are sorted by.

    Attributes:
        family: Of alike tasks.
        category: One of `CATEGORIES`; None where the task does not say.
        minutes: What a person takes.
        source: How that is known: `baseline`, `estimate` or `qa`.
        variant: Of the task.
        perturbations: What changed under way.
    """

    family: str
    category: str | None
    minutes: float | None
    source: str | None
    variant: str | None
    perturbations: tuple[str, ...]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> About | None:
        """Read the evidence's `about`; None for a task of no family."""
        if not isinstance(told.get("family"), str):
            return None
        return cls(
            family=told["family"],
            category=told.get("category"),
            minutes=told.get("human_minutes"),
            source=told.get("human_source"),
            variant=told.get("variant"),
            perturbations=tuple(told.get("perturbations") or ()),
        )


@dataclass(frozen=True)
class Play:
    """One episode of an autonomy task.

    Attributes:
        task: The scenario, perturbations left out: short, and in full where others
            would be called alike.
        status: Only what is scored counts for a score. Who was helped, or could have
            been, is assisted: had only those counted who needed no help, the rest
            would look better than it is.
        why: Of what is not scored.
        verdict: Of what is scored or assisted.
    """

    episode: Episode
    about: About
    task: str
    status: Status
    why: str
    verdict: Verdict | None

    @property
    def agent(self) -> str:
        """Label of the agent."""
        return self.episode.agent

    @property
    def world(self) -> tuple[str, int, int, int]:
        """What tells the world of one task from others, whatever changed in it."""
        e = self.episode
        return self.task, e.seed, e.sample, e.epoch

    @property
    def name(self) -> str:
        """The registered name of the agent."""
        return self.episode.seats[self.episode.tested[0]].name

    @property
    def person(self) -> bool:
        """Whether people were tested."""
        return set(self.episode.tested) <= set(self.episode.people)

    @property
    def hints(self) -> int:
        """How many hints were shown."""
        return len(self.episode.evidence.get("hints") or ())


def plays_of(episodes: Iterable[Episode]) -> list[Play]:
    """Return the episodes whose tasks are of a family, each with its status.

    One that failed left no evidence; what it was is known from others of its scenario.
    Forks are left out: whoever goes on from the middle has not done the beginning.
    """
    episodes = [episode for episode in episodes if not episode.forked]
    known: dict[str, About] = {}
    for episode in episodes:
        about = About.of(episode.evidence.get("about") or {})
        if about is not None:
            known.setdefault(episode.scenario, about)
    tasks = _tasks(known)
    return [
        _play(e, known[e.scenario], tasks[e.scenario])
        for e in episodes
        if e.scenario in known
    ]


def plain(plays: Sequence[Play]) -> list[Play]:
    """Return those in which nothing was changed under way."""
    return [play for play in plays if not play.about.perturbations]


def _tasks(known: Mapping[str, About]) -> dict[str, str]:
    """Return the task of each scenario, no two alike."""
    whole = {name: _unchanged(name, about) for name, about in known.items()}
    short = {task: task.rpartition("/")[2] for task in whole.values()}
    alike = Counter(short.values())
    return {
        name: short[task] if alike[short[task]] == 1 else task
        for name, task in whole.items()
    }


def _unchanged(scenario: str, about: About) -> str:
    """Return the name of a scenario without what is changed in it."""
    return scenario.removesuffix("".join(f"+{id}" for id in about.perturbations))


def _play(episode: Episode, about: About, task: str) -> Play:
    if episode.missing:
        why = f"it failed or was interrupted ({episode.reason})"
        return Play(episode, about, task, "infra_error", why, None)
    try:
        found = verdict(episode.evidence)
    except Unscored as unscored:
        return Play(episode, about, task, "invalid", str(unscored), None)
    reasons = list(episode.assisted)
    if episode.effort is not None and episode.effort.choices:
        if not all(map(_is_choice, episode.effort.choices)):
            why = "its notes on an expert's choices are not as they should be"
            return Play(episode, about, task, "invalid", why, None)
        reasons.append("expert")
    if not reasons and episode.parameters.get("hints_after") is not None:
        reasons.append("hints would have been shown")
    if reasons:
        why = ", ".join(dict.fromkeys(reasons))
        return Play(episode, about, task, "assisted", why, found)
    return Play(episode, about, task, "scored", "", found)


def _is_choice(told: Mapping[str, Any]) -> bool:
    """Whether a note has what `Effort.choices` promises."""
    samples, chosen = told.get("samples"), told.get("chosen")
    acceptable = told.get("acceptable")
    return (
        isinstance(samples, int)
        and samples >= 1
        and (chosen is None or (isinstance(chosen, int) and 1 <= chosen <= samples))
        and (
            acceptable is None
            or (isinstance(acceptable, int) and 0 <= acceptable <= samples)
        )
    )
