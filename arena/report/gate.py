"""What the gate says of a run, on its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..analysis import Section, Table, Value
from ..errors import UserError

if TYPE_CHECKING:
    from ..autonomy.policy import Policy
    from ..run_folder import RunFolder

__all__ = ["gate_section"]

NOTE = (
    "Most severe wins: invalid, reached, inconclusive, below. The first row is what "
    "binds. Low and high are the bounds of what was measured, moved by the rule's "
    "uplift. It is reached if even the lower bound is at the threshold, and below if "
    "even the upper one is below the edge; of bits, of which few are much, the other "
    "way about. Coverage: scored episodes of those planned."
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
                    *("threshold", "edge", "runs", "coverage"),
                ),
                rows=rows,
                note=NOTE,
            )
        ],
    )
