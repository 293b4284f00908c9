"""Sessions of games with minds, by who plays whom, and their scores together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arena.agent import AgentSpec
from arena.analysis import Episode
from arena.intervals import Estimate
from arena.metrics.ratios import Sums, parts_needed, ratio_interval
from arena.metrics.resampling import FEWEST_WORLDS
from arena.scoring import Unscored

from ..minds_evidence import Session, switch_of
from ..minds_measures import ByPart, Measure

__all__ = [
    "Clusters",
    "Played",
    "clusters_of",
    "measured",
    "name_of",
    "sessions_of",
]


@dataclass(frozen=True)
class Played:
    """A session, looked at from a tested seat."""

    episode: Episode
    session: Session
    agent: str

    @property
    def opponent(self) -> str:
        """Whoever sits in the other seats; all switchers are one."""
        return ", ".join(self.session.seats[seat].label for seat in self.session.others)

    @property
    def faced(self) -> str:
        """The same, with what a switcher is and becomes."""
        return ", ".join(name_of(self.session.seats[s]) for s in self.session.others)

    @property
    def match(self) -> tuple[str, str, str]:
        """Scenario, opponent and agent: sessions of one match are taken together."""
        return self.episode.scenario, self.opponent, self.agent

    @property
    def place(self) -> str:
        """Where and against whom; a scenario that is named by its opponent says it."""
        scenario, opponent, _ = self.match
        named = scenario.endswith((f"/{opponent}", f" {opponent}"))
        return scenario if named else f"{scenario}: {opponent}"

    @property
    def deals(self) -> tuple[str, str, int, int]:
        """What its chance is drawn from; rotations of one epoch have it in common."""
        e = self.episode
        return e.run, e.scenario, e.sample, e.epoch


class Clusters(NamedTuple):
    """A score's sums, by what was drawn independently."""

    sums: Sequence[Sums]
    parts: int
    """How many were played in the sessions that it is known of."""
    over: str
    """What a cluster is: `sessions`, or `deals` where sessions are fewer than five."""

    def estimate(self) -> Estimate:
        """Return the score with its interval."""
        return ratio_interval(self.sums, self.parts)

    def needed(self, half: float) -> int | None:
        """Return how many parts an interval of ± `half` takes."""
        return parts_needed(self.sums, self.parts, half)


def sessions_of(episodes: Iterable[Episode]) -> tuple[list[Played], Counter[str]]:
    """Return every tested seat's sessions, and why others could not be read.

    Episodes that failed for an infrastructure reason are missing and not counted.
    """
    found: list[Played] = []
    unread: Counter[str] = Counter()
    for episode in episodes:
        for seat in () if episode.missing else episode.tested:
            try:
                session = Session.of(episode.evidence, seat, episode.seats)
            except Unscored as reason:
                unread[str(reason)] += 1
                continue
            alone = len(episode.tested) == 1
            agent = episode.agent if alone else episode.seats[seat].label
            found.append(Played(episode, session, agent))
    return found, unread


def name_of(spec: AgentSpec) -> str:
    """Return an agent's label; of a switcher what it is and becomes."""
    try:
        switch = switch_of(spec)
    except Unscored:
        return spec.label
    if switch is None:
        return spec.label
    first, then, at = switch
    return f"{first} → {then} at {at}"


def measured(sessions: Iterable[Played], measure: Measure) -> dict[int, ByPart]:
    """Return what can be measured, by the session's place in the list."""
    found: dict[int, ByPart] = {}
    for number, played in enumerate(sessions):
        try:
            found[number] = measure(played.session)
        except Unscored:
            continue
    return found


def clusters_of(sessions: Sequence[Played], measure: Measure) -> Clusters:
    """Sum a measure over independent draws.

    Rotations of one deal are one draw, so that duplicate deals tell less luck. With
    five sessions or more (rotations taken together) each of these is one; with fewer,
    every deal is, as if an agent did not learn from one to the next.
    """
    found = measured(sessions, measure)
    whole = {sessions[number].deals for number in found}
    by_session = len(whole) >= FEWEST_WORLDS
    sums: dict[object, Sums] = {}
    for number, parts in found.items():
        for part, (above, below) in parts.items():
            key = sessions[number].deals, 0 if by_session else part
            before = sums.get(key, (0.0, 0.0))
            sums[key] = before[0] + above, before[1] + below
    return Clusters(
        list(sums.values()),
        sum(len(sessions[number].session.parts) for number in found),
        "sessions" if by_session else "deals",
    )
