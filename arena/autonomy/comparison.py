"""Two agents, or two runs of one, in the same worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from ..intervals import Estimate, mean_interval
from .plays import Play

__all__ = ["paired"]


def paired(
    first: Sequence[Play], second: Sequence[Play], confidence: float = 0.95
) -> tuple[Estimate, int]:
    """Return by how much the first scores more, and over how many scenarios.

    Episodes are paired by scenario, seed and epoch; scenarios weigh the same, and are
    the clusters. n counts the pairs.

    Args:
        first: Episodes of one agent.
        second: Of the other.
        confidence: Nominal coverage.
    """
    ours, theirs = _scores(first), _scores(second)
    by_scenario: dict[str, list[float]] = {}
    for key in ours.keys() & theirs.keys():
        by_scenario.setdefault(key[0], []).append(ours[key] - theirs[key])
    means = [fmean(own) for _, own in sorted(by_scenario.items())]
    pairs = sum(map(len, by_scenario.values()))
    return replace(mean_interval(means, confidence), n=pairs), len(means)


def _scores(plays: Sequence[Play]) -> dict[tuple[str, int, int, int], float]:
    return {
        (p.episode.scenario, p.episode.seed, p.episode.sample, p.episode.epoch): (
            p.verdict.score
        )
        for p in plays
        if p.status == "scored" and p.verdict
    }
