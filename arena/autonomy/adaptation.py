"""How an agent copes with what changes: the same world with a perturbation and without.

Milestones are judged when an episode has ended, so when each was reached is not on the
record. What stands in for it is in the ledger: a kind of effect that the unperturbed
twin came to as well, and that the agent had not come to before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ..intervals import Estimate
from ..metrics.ratios import ratio_interval
from .plays import Play
from .verdicts import Verdict

__all__ = ["FEWEST_SUCCESSES", "Pair", "Retention", "pairs_of", "retention"]

FEWEST_SUCCESSES = 3
"""Of the unperturbed twins; a ratio to fewer says nothing."""

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """One world with a perturbation and without, played by one agent.

    Attributes:
        perturbation: As `X2`; with several at once, `X2+X6`.
        touched: Whether it changed anything that the agent met.
    """

    perturbation: str
    base: Play
    changed: Play
    before: Verdict
    after: Verdict
    touched: bool

    @property
    def recovery(self) -> int | None:
        """How many requests after the touched one it took to achieve something new."""
        touch = self._touch()
        if touch is None:
            return None
        then, reached = touch
        wanted = {line["kind"] for line in _ledger(self.base) if _is_effect(line)}
        reached = {line["kind"] for line in reached if _is_effect(line)}
        return _until(then, lambda line: line["kind"] in wanted - reached)

    @property
    def switch(self) -> int | None:
        """How many requests after the touched one it took to try another way.

        That is one that neither the twin ever went nor the agent itself before.
        """
        touch = self._touch()
        if touch is None:
            return None
        then, before = touch
        touched = [line for line in then if _asked(line)][:1]
        usual = {_way(line) for line in (*_ledger(self.base), *before, *touched)}
        return _until(then, lambda line: _asked(line) and _way(line) not in usual)

    def _touch(self) -> tuple[list[Line], list[Line]] | None:
        """Return the ledger after the perturbation touched the agent, and before."""
        lines = _ledger(self.changed)
        own = self.changed.about.perturbations
        for number, line in enumerate(lines):
            if line["kind"] == "perturb.touched" and line.get("id") in own:
                return lines[number + 1 :], lines[:number]
        return None


@dataclass(frozen=True)
class Retention:
    """What one agent keeps of its score under one perturbation.

    Attributes:
        pairs: Worlds that were played both ways, of which it touched `touched`.
        kept: A = Σ S perturbed / Σ S unperturbed over touched pairs whose unperturbed
            score is above 0, its interval by a bootstrap over tasks; None with a reason
            in `why`.
        recovery: Median requests until something new was achieved, of those in which
            it was, `recovered` in number.
        switch: Median requests until another way was tried, of `switched` pairs.
    """

    pairs: int
    touched: int
    kept: Estimate | None
    why: str
    recovery: float | None
    recovered: int
    switch: float | None
    switched: int


def pairs_of(plays: Sequence[Play]) -> list[Pair]:
    """Pair the scored episodes of one agent by world; what has no twin is left out."""
    scored = [(p, p.verdict) for p in plays if p.status == "scored" and p.verdict]
    base = {p.world: (p, v) for p, v in scored if not p.about.perturbations}
    return [
        Pair(
            "+".join(p.about.perturbations), twin[0], p, twin[1], v, touched=_touched(p)
        )
        for p, v in scored
        if p.about.perturbations and (twin := base.get(p.world)) is not None
    ]


def retention(pairs: Sequence[Pair]) -> Retention:
    """Return what is kept under one perturbation, of one agent's pairs."""
    touched = [pair for pair in pairs if pair.touched]
    counted = [pair for pair in touched if pair.before.score > 0]
    successes = sum(1 for pair in touched if pair.before.success)
    kept, why = None, ""
    if successes < FEWEST_SUCCESSES:
        why = f"{successes} successes without it, of {FEWEST_SUCCESSES} that it takes"
    else:
        sums: dict[str, tuple[float, float]] = {}
        for pair in counted:
            above, below = sums.get(pair.base.task, (0.0, 0.0))
            both = (above + pair.after.score, below + pair.before.score)
            sums[pair.base.task] = both
        kept = ratio_interval(list(sums.values()), len(counted))
    recoveries = [n for pair in touched if (n := pair.recovery) is not None]
    switches = [n for pair in touched if (n := pair.switch) is not None]
    return Retention(
        *(len(pairs), len(touched), kept, why),
        *(median(recoveries) if recoveries else None, len(recoveries)),
        *(median(switches) if switches else None, len(switches)),
    )


def _touched(play: Play) -> bool:
    told: Mapping[str, Any] = play.episode.evidence.get("perturbations") or {}
    own: list[Mapping[str, Any]] = [
        told[id] for id in play.about.perturbations if id in told
    ]
    return any(one["touched"] is not None for one in own)


def _ledger(play: Play) -> list[Line]:
    world: Mapping[str, Any] | None = play.episode.evidence.get("world")
    return [json.loads(line) for line in world["ledger"]] if world else []


def _asked(line: Line) -> bool:
    return line["kind"] == "request" and line.get("who") != "judge"


def _is_effect(line: Line) -> bool:
    return line["kind"] != "request" and not line["kind"].startswith("perturb.")


def _way(line: Line) -> tuple[Any, ...]:
    """Return what is asked of whom, numbers and the like left out of the path."""
    path = re.sub(r"[^/]*\d[^/]*", "#", str(line.get("path", "")).partition("?")[0])
    return line.get("method"), line.get("host"), path


def _until(then: Sequence[Line], found: Callable[[Line], bool]) -> int | None:
    """Return how many requests come before a line, None if there is no such line.

    A request stands behind its effects, and the first of these is the touched one: so
    that is the number of the request, from 1, that brought the line about.
    """
    asked = 0
    for line in then:
        if found(line):
            return asked
        asked += _asked(line)
    return None
