"""What the gate says of a run, on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..analysis import Section, Table, Value
from ..errors import UserError
from ..intervals import Estimate
from ..metrics.sensitivity import more_to_exclude

if TYPE_CHECKING:
    from ..autonomy.gate import Finding
    from ..autonomy.policy import Policy
    from ..run_folder import RunFolder

__all__ = ["gate_section"]

NOTE = (
    "Most severe wins: invalid, reached, inconclusive, below. The first row is what "
    "binds. Low and high are the bounds of what was measured, moved by the rule's "
    "uplift. It is reached if even the lower bound is at the threshold, and below if "
    "even the upper one is below the edge; of bits, of which few are much, the other "
    "way about. Coverage: scored episodes of those planned. More: so many more runs "
    "like these would decide an inconclusive rule, if what was measured stays as it "
    "is; none would where it lies between edge and threshold."
)


def gate_section(
    folder: RunFolder, policy: Policy, check: RunFolder | None, where: str
) -> Section:
    """Return the verdict on a run, with the rule that binds.

    A run that has nobody to judge gets a section that says so.

    Args:
        folder: The run.
        policy: The thresholds.
        check: A run of oracle and null, where they are not in the run itself.
        where: Behind the title, where a page has several runs.
    """
    from ..autonomy.gate import decide

    title = f"Gate{where}"
    try:
        decision = decide(folder, policy, check)
    except UserError as error:
        return Section(title=title, text=f"There is no verdict: {error}.")
    binding = decision.binding
    others = [finding for finding in decision.findings if finding is not binding]
    rows: list[Sequence[Value]] = [
        (
            *(finding.outcome, finding.rule, finding.agent, finding.text),
            *(finding.value, finding.low, finding.high),
            *(finding.threshold, finding.edge, finding.runs, finding.coverage),
            _more(finding),
        )
        for finding in (binding, *others)
    ]
    who = "" if binding.agent is None else f" of {binding.agent}"
    also = "".join(
        f" Reached all the same, by {f.agent}: {f.text}." for f in decision.overruled
    )
    return Section(
        title=title,
        text=(
            f"Verdict: {decision.outcome}. What binds is {binding.rule}{who}: "
            f"{binding.text}.{also} Policy {policy.digest}, intervals of "
            f"{100 * policy.confidence:g} %."
        ),
        tables=[
            Table(
                title="Findings",
                columns=(
                    *("verdict", "rule", "agent", "why", "value", "low", "high"),
                    *("threshold", "edge", "runs", "coverage", "more"),
                ),
                rows=rows,
                note=NOTE,
            )
        ],
    )


def _more(finding: Finding) -> int | None:
    """Return how many more runs would take the nearer of its two ends out of bounds."""
    value, low, high, runs = finding.value, finding.low, finding.high, finding.runs
    ends = [end for end in (finding.edge, finding.threshold) if end is not None]
    if finding.outcome != "inconclusive" or not runs:
        return None
    if value is None or low is None or high is None:
        return None
    # An uplift moves the bounds and not the value, which may then lie outside.
    if not ends or not low <= value <= high or min(ends) <= value <= max(ends):
        return None
    estimate = Estimate(runs, value, low, high, 0.0, "bounds")
    return more_to_exclude(estimate, min(ends, key=lambda end: abs(end - value)))
