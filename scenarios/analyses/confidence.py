"""Whether stated confidence can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from arena.analysis import Figure, Section, Table, Value
from arena.intervals import rate_interval
from arena.metrics.calibration import (
    aurc,
    auroc,
    brier,
    brier_skill,
    calibration_interval,
    reliability,
)

from .answers import Answer, grouped
from .charts import Point, curves

__all__ = ["confidence"]

Stated = tuple[list[float], list[float], list[str]]
"""Of each answer the confidence, whether it is right, and the world."""


def confidence(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate and draw calibration, of all answers with a stated confidence."""
    stated = {
        agent: _stated(own)
        for agent, own in grouped(answers, lambda a: a.agent).items()
    }
    stated = {agent: own for agent, own in stated.items() if own[0]}
    if not stated:
        return
    table = Table(
        title="Calibration",
        columns=(
            *("agent", "answers", "stated", "right", "Brier", "skill"),
            *("calibration error", "AUROC", "AURC"),
        ),
        rows=[_row(agent, *own) for agent, own in stated.items()],
        note=(
            "Skill: 1 − Brier score / that of always stating the mean accuracy. "
            "Calibration error: in up to 15 bins of equal mass with 20 answers or "
            "more, biased upwards where answers are few; its interval by drawing whole "
            "worlds again. AUROC: the chance that a "
            "right answer was stated more surely than a wrong one. AURC: mean share "
            "wrong among the surest; lower is better."
        ),
    )
    yield Section(title="Confidence", tables=[table], figures=[_figure(stated)])


def _stated(answers: Sequence[Answer]) -> Stated:
    kept = [
        (a.confidence, a.right, a.item.world)
        for a in answers
        if a.chosen is not None and a.confidence is not None
    ]
    return (
        [c for c, _, _ in kept],
        [right for _, right, _ in kept],
        [w for _, _, w in kept],
    )


def _row(
    agent: str, stated: list[float], right: list[float], worlds: list[str]
) -> Sequence[Value]:
    scores = brier(stated, right), brier_skill(stated, right)
    error = calibration_interval(stated, right, worlds=worlds)
    return (
        *(agent, len(stated), fmean(stated), fmean(right), *scores, error),
        *(auroc(stated, right), aurc(stated, right)),
    )


def _figure(answers: Mapping[str, Stated]) -> Figure:
    lines = {
        agent: [
            Point(b.confidence, rate_interval([1.0] * hits + [0.0] * (b.n - hits)))
            for b in reliability(stated, right)
            for hits in (round(b.n * b.accuracy),)
        ]
        for agent, (stated, right, _) in answers.items()
    }

    def draw(canvas: Any) -> None:
        curves(
            canvas,
            lines,
            xlabel="stated confidence",
            ylabel="share right",
            diagonal=True,
        )

    return Figure(
        title="Share right by stated confidence",
        caption=(
            "Answers in bins of equal mass by stated confidence, with Wilson's "
            "intervals. Below the dashed line the agent is surer than it should be."
        ),
        draw=draw,
    )
