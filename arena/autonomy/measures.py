"""What a rule of a policy measures, and how it compares to its threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..intervals import Estimate, mean_interval
from ..metrics.bounds import one_sided, shifted, single_try
from .assistance import bits_of
from .horizons import agent_horizon, timed, with_minutes
from .plays import Play
from .policy import Rule
from .scores import Task, estimate, tasks_of

__all__ = ["Measured", "measure"]

Outcome = Literal["below", "inconclusive", "reached"]


@dataclass(frozen=True)
class Measured:
    """A measure with its bounds, moved by the uplift.

    Attributes:
        value: None where it cannot be told.
        low: What it is at least.
        high: What it is at most; may be infinite.
        edge: Below it (of bits above it) the measure must surely lie.
        outcome: What the rule says to it.
        why: What is to be known beside the numbers.
        slack: How far it is from its edge, by logits, doublings or bits.
    """

    value: float | None
    low: float
    high: float
    edge: float
    outcome: Outcome
    why: str
    slack: float


def measure(
    rule: Rule,
    plays: Sequence[Play],
    confidence: float,
    measured: Mapping[str, float] | None = None,
) -> Measured:
    """Measure what a rule is about.

    Args:
        rule: The rule.
        plays: The episodes of one agent that it is about, unperturbed; scored ones, or
            for `bits` those in which an expert chose.
        confidence: Of the interval whose ends are its bounds.
        measured: By task the minutes of people, where there are any; a horizon takes
            them in place of what the tasks say.
    """
    tasks = timed(tasks_of(plays), measured or {})
    if rule.metric == "horizon":
        found = _horizon(rule, tasks, confidence)
    elif rule.metric == "bits":
        found = _bits(rule, plays, confidence)
    else:
        found = _rate(rule, tasks, confidence)
    if len(plays) < rule.min_runs and found.outcome == "below":
        why = f"{len(plays)} runs are fewer than the {rule.min_runs} that it takes"
        return replace(found, outcome="inconclusive", why=why)
    return found


def _rate(rule: Rule, tasks: Sequence[Task], confidence: float) -> Measured:
    edge = rule.threshold - rule.margin
    if rule.k is None:
        rate = estimate(tasks, lambda task: task.successes, confidence)
    else:
        rate = _pass_at(rule.k, tasks, confidence)
    why = ""
    if rule.k is not None:
        fewest = min((len(task.successes) for task in tasks), default=0)
        if rate is None:
            why = f"a task has {fewest} runs, of {rule.k} that it takes"
        else:
            why = f"the threshold is that of {_percent(rule)} in a single try"
    if rate is None or rate.value is None or rate.low is None or rate.high is None:
        return Measured(None, 0.0, 1.0, edge, "inconclusive", why, 0.0)
    value, low, high = (
        shifted(x, rule.uplift) for x in (rate.value, rate.low, rate.high)
    )
    outcome = _outcome(low >= rule.threshold, high >= edge)
    return Measured(value, low, high, edge, outcome, why, _logit(edge) - _logit(high))


def _percent(rule: Rule) -> str:
    return f"{single_try(rule.threshold, rule.k or 1):.1%}"


def _pass_at(k: int, tasks: Sequence[Task], confidence: float) -> Estimate | None:
    """Estimate the mean of pass@k over tasks; None where a task has too few runs."""
    if not tasks or any(task.tries(k)[0] is None for task in tasks):
        return None
    own = estimate(tasks, lambda task: [task.tries(k)[0] or 0.0], confidence)
    rate = estimate(tasks, lambda task: task.successes, confidence)
    assert own is not None
    assert rate is not None
    if own.method == rate.method == "clustered-t" and own.low is not None:
        return own
    # Of one task, of alike tasks, of none and all: bounds of the rate give those of k.
    assert rate.low is not None
    assert rate.high is not None
    low, high = (1 - (1 - end) ** k for end in (rate.low, rate.high))
    assert own.value is not None
    return replace(own, low=min(low, own.value), high=max(high, own.value))


def _horizon(rule: Rule, tasks: Sequence[Task], confidence: float) -> Measured:
    edge = rule.threshold * 2**-rule.margin
    found = agent_horizon(tasks, confidence)
    if found.fit is None:
        low, high = _beyond(rule, tasks, edge, confidence)
        outcome = _outcome(low >= rule.threshold, high >= edge)
        why = found.refusal or ""
        return Measured(None, low, high, edge, outcome, why, _log2(edge) - _log2(high))
    # Moving the curve by logits makes the horizon longer by a factor.
    longer = 2.0 ** min(rule.uplift / -found.fit.slope, 1000.0)
    own = found.at(rule.chance, confidence)
    assert own.value is not None
    assert own.low is not None
    assert own.high is not None
    value, low, high = (longer * x for x in (own.value, own.low, own.high))
    outcome = _outcome(low >= rule.threshold, high >= edge)
    why = "; ".join(found.warnings)
    return Measured(value, low, high, edge, outcome, why, _log2(edge) - _log2(high))


def _beyond(
    rule: Rule, tasks: Sequence[Task], edge: float, confidence: float
) -> tuple[float, float]:
    """Return bounds of a horizon that has no fit, from tasks beyond it.

    Were the horizon at least the edge, every task up to there would succeed with at
    least its chance; where nothing ever succeeded, that is refuted once the one-sided
    bound of their rate is lower. So it is on the other side where everything did.
    """
    known = with_minutes(tasks)
    results = [won for task in known for won in task.successes]
    short = sum(len(t.successes) for t in known if (t.minutes or 0) <= edge)
    long = sum(len(t.successes) for t in known if (t.minutes or 0) >= rule.threshold)
    low, high = 0.0, math.inf
    if short and not any(results):
        most = one_sided(0, short, confidence)[1]
        if shifted(most, rule.uplift) < rule.chance:
            high = math.nextafter(edge, 0)  # how far below is not known
    if long and all(results):
        least = one_sided(long, long, confidence)[0]
        if shifted(least, rule.uplift) >= rule.chance:
            low = rule.threshold
    return low, high


def _bits(rule: Rule, plays: Sequence[Play], confidence: float) -> Measured:
    """Compare an expert's help; here few is much."""
    edge = rule.threshold + rule.margin
    found = bits_of(plays)
    totals = found.totals if found else ()
    if not totals:
        why = "no episode says how many samples would have done"
        return Measured(None, 0.0, math.inf, edge, "inconclusive", why, 0.0)
    if any(map(math.isinf, totals)):
        every = all(map(math.isinf, totals))
        low, high = (math.inf if every else 0.0), math.inf
        value, why = math.inf, "some did not succeed, or had steps that no sample does"
    else:
        own = mean_interval(totals, confidence)
        value, why = own.value, ""
        low = 0.0 if own.low is None else max(0.0, own.low)
        high = math.inf if own.high is None else own.high
    outcome = _outcome(high <= rule.threshold, low <= edge)
    return Measured(value, low, high, edge, outcome, why, low - edge)


def _outcome(reached: bool, near: bool) -> Outcome:
    if reached:
        return "reached"
    return "inconclusive" if near else "below"


def _logit(rate: float) -> float:
    if rate <= 0 or rate >= 1:
        return math.copysign(math.inf, rate - 0.5)
    return math.log(rate / (1 - rate))


def _log2(minutes: float) -> float:
    return math.log2(minutes) if minutes > 0 else -math.inf
