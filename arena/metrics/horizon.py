"""Time horizons: how long tasks are, for people, that an agent still does.

After Kwa et al., arXiv 2503.14499: logit P(success) = α + β·log₂(minutes), where runs
weigh 1 / (runs of the task · √(tasks of the family)), with an L2 penalty on β alone.
Their penalty of 0.1 moves the 80 % horizon of their own data by -18 %, so ours is 1e-5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..intervals import Estimate
from .nested import percentiles, task_draws

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FEWEST_TASKS", "Fit", "Horizon", "TaskRuns", "fit_horizon", "horizon"]

PENALTY = 1e-5
RESAMPLES = 1000
FEWEST_TASKS = 10
FEWEST_DECADES = 2.0
_STEPS = 200


@dataclass(frozen=True)
class TaskRuns:
    """The runs of one task.

    Attributes:
        family: Of alike tasks, drawn again together.
        minutes: What a person takes, above 0.
        runs: At least 1.
        successes: From 0 to `runs`; of runs that are done in part, the sum.
    """

    family: str
    minutes: float
    runs: int
    successes: float


@dataclass(frozen=True)
class Fit:
    """Logistic regression of success on the doublings of minutes."""

    slope: float
    """β, by doubling."""
    intercept: float
    """α, at one minute."""

    def minutes_at(self, chance: float) -> float:
        """Return how long tasks are that succeed with this chance, from 0 to 1 open."""
        doublings = (math.log(chance / (1 - chance)) - self.intercept) / self.slope
        return 2.0 ** min(max(doublings, -1000.0), 1000.0)

    def chance(self, minutes: float) -> float:
        """Return the chance that a task of so many minutes succeeds."""
        z = self.intercept + self.slope * math.log2(minutes)
        return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


@dataclass(frozen=True)
class Horizon:
    """What the runs of one agent say of its horizon.

    Attributes:
        tasks: How many there were.
        fit: None where there is none to be had.
        refusal: Why there is no horizon, or where it lies beyond the tasks.
        warnings: What to know before it is quoted.
        draws: Fits of the bootstrap, for a band.
        failing: How many further resamples have no fit since nothing succeeded in them.
        passing: Since everything did.
        rising: Since longer tasks went no worse.
    """

    tasks: int
    fit: Fit | None
    refusal: str | None
    warnings: tuple[str, ...]
    draws: tuple[Fit, ...]
    failing: int = 0
    passing: int = 0
    rising: int = 0

    def at(self, chance: float, confidence: float = 0.95) -> Estimate:
        """Return the minutes at which it succeeds with a chance.

        The interval is over all resamples. Where nothing succeeded the horizon is 0,
        where everything did infinite; where longer tasks went no worse it could be
        either, so that each end takes the worse.

        Raises:
            ValueError: If there is no fit.
        """
        if self.fit is None:
            raise ValueError(f"there is no horizon: {self.refusal}")
        draws = [drawn.minutes_at(chance) for drawn in self.draws]
        draws += [0.0] * self.failing + [math.inf] * self.passing
        lows = sorted([*draws, *[0.0] * self.rising])
        highs = sorted([*draws, *[math.inf] * self.rising], reverse=True)
        tail = int((1 - confidence) / 2 * (len(lows) - 1))
        value = self.fit.minutes_at(chance)
        ends = (lows[tail], highs[tail])
        return Estimate(self.tasks, value, *ends, confidence, "nested-bootstrap")

    def band(self, minutes: float, confidence: float = 0.95) -> tuple[float, float]:
        """Return the interval of the chance of success at a length of task.

        Resamples whose curve rises are left out.
        """
        chances = [fit.chance(minutes) for fit in self.draws]
        chances += [0.0] * self.failing + [1.0] * self.passing
        return percentiles(chances, confidence)


def horizon(
    tasks: Sequence[TaskRuns],
    *,
    penalty: float = PENALTY,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Horizon:
    """Return the horizon, or why there is none.

    Refused for fewer than ten tasks, and for tasks whose lengths are within a factor of
    a hundred. Where nothing succeeds it is below the shortest task, where everything
    does above the longest, and where longer tasks go better there is none.

    Args:
        tasks: Of one agent.
        penalty: λ of the penalty λβ²/2.
        confidence: Of the intervals.
        resamples: Of the bootstrap over families, tasks and runs.
        seed: Of the bootstrap.
    """
    refusal = _refusal(tasks)
    if refusal is not None:
        return Horizon(len(tasks), None, refusal, (), ())
    fit = fit_horizon(tasks, penalty)
    if fit.slope >= 0:
        why = "longer tasks go no worse than shorter ones: there is no horizon"
        return Horizon(len(tasks), None, why, (), ())
    draws, failing, passing = _bootstrap(tasks, penalty, resamples, seed)
    falling = [drawn for drawn in draws if drawn.slope < 0]
    rising = len(draws) - len(falling)
    without = (failing, passing, rising)
    found = Horizon(len(tasks), fit, None, (), tuple(falling), *without)
    half = found.at(0.5, confidence)
    warnings: list[str] = []
    longest = max(task.minutes for task in tasks)
    if half.high is None or half.high > longest:
        warnings.append(f"the interval goes beyond the longest task ({longest:g} min)")
    for count, what in (
        (rising, "rise with length"),
        (failing, "have no success"),
        (passing, "have no failure"),
    ):
        if count:
            warnings.append(f"{count / resamples:.1%} of resamples {what}")
    return replace(found, warnings=tuple(warnings))


def fit_horizon(tasks: Sequence[TaskRuns], penalty: float = PENALTY) -> Fit:
    """Fit the curve.

    The weights sum to 1. A run that is done in part is split into a success and a
    failure of that weight.

    Raises:
        ValueError: If every run succeeded, or none.
    """
    import numpy as np

    won, runs = sum(task.successes for task in tasks), sum(t.runs for t in tasks)
    if not 0 < won < runs:
        raise ValueError(f"{won:g} of {runs} runs succeeded: no curve fits best")
    x, weights, successes = _columns(tasks)
    wins = (weights * successes)[None]
    losses = weights * np.array([task.runs for task in tasks]) - wins
    slopes, intercepts = _newton(x, wins, losses, penalty)
    return Fit(float(slopes[0]), float(intercepts[0]))


def _refusal(tasks: Sequence[TaskRuns]) -> str | None:
    if len(tasks) < FEWEST_TASKS:
        return f"{len(tasks)} tasks are fewer than the {FEWEST_TASKS} that it takes"
    shortest = min(task.minutes for task in tasks)
    longest = max(task.minutes for task in tasks)
    # Lengths of 3 and 300 minutes are two decades, whatever rounding says.
    if math.log10(longest / shortest) < FEWEST_DECADES - 1e-9:
        return f"tasks of {shortest:g} to {longest:g} minutes are not two decades apart"
    if not any(task.successes for task in tasks):
        return f"nothing succeeded: below the shortest task ({shortest:g} min)"
    if all(task.successes == task.runs for task in tasks):
        return f"everything succeeded: above the longest task ({longest:g} min)"
    return None


def _columns(tasks: Sequence[TaskRuns]) -> tuple[NDArray[np.float64], ...]:
    """Return log₂ minutes, the weight of a run, and successes, each by task."""
    import numpy as np

    sizes: dict[str, int] = {}
    for task in tasks:
        sizes[task.family] = sizes.get(task.family, 0) + 1
    raw = [1 / (task.runs * math.sqrt(sizes[task.family])) for task in tasks]
    total = math.fsum(w * task.runs for w, task in zip(raw, tasks, strict=True))
    return (
        np.log2([task.minutes for task in tasks]),
        np.array(raw) / total,
        np.array([task.successes for task in tasks], dtype=float),
    )


def _bootstrap(
    tasks: Sequence[TaskRuns], penalty: float, resamples: int, seed: int
) -> tuple[list[Fit], int, int]:
    """Fit draws; return also in how many nothing, and everything, succeeds."""
    import numpy as np

    tasks = sorted(tasks, key=lambda task: task.family)
    sizes: dict[str, int] = {}
    for task in tasks:
        sizes[task.family] = sizes.get(task.family, 0) + 1
    x, weights, successes = _columns(tasks)
    runs = np.array([task.runs for task in tasks])
    rng = np.random.default_rng(seed)
    drawn = task_draws(list(sizes.values()), resamples, rng) * runs
    won = rng.binomial(drawn, successes / runs)
    none, every = won.sum(axis=1) == 0, won.sum(axis=1) == drawn.sum(axis=1)
    mixed = ~(none | every)
    wins, losses = weights * won[mixed], weights * (drawn - won)[mixed]
    slopes, intercepts = _newton(x, wins, losses, penalty)
    fits = [Fit(float(b), float(a)) for b, a in zip(slopes, intercepts, strict=True)]
    return fits, int(none.sum()), int(every.sum())


def _newton(
    x: NDArray[np.float64],
    wins: NDArray[np.float64],
    losses: NDArray[np.float64],
    penalty: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slopes and intercepts, one of each for a row of weights.

    Newton's method on Σ w·log(1 + e^∓z) + λβ²/2, whose steps are halved until they no
    longer lead upwards.
    """
    import numpy as np

    total = wins + losses

    def cost(a: Any, b: Any) -> Any:
        z = a[:, None] + b[:, None] * x
        return (total * np.logaddexp(0, z) - wins * z).sum(1) + penalty * b * b / 2

    a, b = np.log(wins.sum(1) / losses.sum(1)), np.zeros(len(wins))
    for _ in range(_STEPS):
        p = 0.5 + 0.5 * np.tanh((a[:, None] + b[:, None] * x) / 2)
        up, curve = wins - total * p, total * p * (1 - p)
        ga, gb = up.sum(1), up @ x - penalty * b
        haa, hab, hbb = curve.sum(1), curve @ x, curve @ (x * x) + penalty
        det = haa * hbb - hab * hab + 1e-300
        da, db = (hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det
        before, size = cost(a, b), np.ones(len(a))
        for _ in range(40):
            higher = ~(cost(a + size * da, b + size * db) <= before + 1e-15)
            if not higher.any():
                break
            size[higher] /= 2
        a, b = a + size * da, b + size * db
        if max(np.abs(size * da).max(), np.abs(size * db).max()) < 1e-11:
            break
    return b, a
