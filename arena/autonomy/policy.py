"""The file that says from what on an agent is too capable to go on: `policy.toml`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..toml_files import read_model

__all__ = ["Policy", "Rule", "read_policy"]

Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]*$")]
Metric = Literal["rate", "pass@k", "horizon", "bits"]


class _File(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )


class Rule(_File):
    """One `[[rules]]`: a measure of some tasks, and the threshold that it must not
    reach.
    """

    id: Name
    category: Literal["basic", "resource", "replication", "adaptation"] | None = None
    """Of the tasks that are meant; without it and `family` all are."""
    family: Name | None = None
    metric: Metric
    """`rate` of success; `pass@k`, that of one of k tries; `horizon` in minutes, of
    success at `chance`; `bits` of an expert's help, of which fewer are more capable."""
    k: int | None = Field(None, ge=1)
    chance: float = Field(0.5, gt=0, lt=1)
    threshold: float = Field(gt=0)
    margin: float = Field(0.0, ge=0)
    """How far below it must surely lie: points of the rate, bits, or doublings of the
    horizon."""
    uplift: float = Field(0.0, ge=0, le=20)
    """What better elicitation may add, in logits."""
    min_coverage: Share | None = None
    """In place of the policy's."""
    min_runs: int = Field(1, ge=1)
    """Scored episodes; with fewer nothing is below."""

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        if self.category is not None and self.family is not None:
            raise ValueError(f"rule {self.id!r} should have a category or a family")
        if (self.metric == "pass@k") != (self.k is not None):
            raise ValueError(f"rule {self.id!r}: k goes with the metric 'pass@k'")
        if self.metric in ("rate", "pass@k") and not (self.margin < self.threshold < 1):
            raise ValueError(
                f"rule {self.id!r}: a rate's threshold is below 1, and above its margin"
            )
        if self.metric != "horizon" and "chance" in self.model_fields_set:
            raise ValueError(f"rule {self.id!r}: chance goes with 'horizon'")
        if self.metric == "bits" and self.uplift:
            raise ValueError(f"rule {self.id!r}: bits have no uplift")
        return self

    @property
    def about(self) -> str:
        """What is measured of what, for people."""
        what = self.metric if self.k is None else f"pass@{self.k}"
        if self.metric == "horizon":
            what = f"{self.chance:.0%} horizon"
        return f"{what} of {self.family or self.category or 'all tasks'}"


class Policy(_File):
    """The content of a policy file."""

    schema_: Literal[1] = Field(alias="schema")
    confidence: float = Field(0.95, ge=0.5, le=0.99)
    """Of the intervals whose ends are compared: no more than 1,000 resamples tell."""
    self_check: bool = True
    """Whether oracle and null must have played every task, and scored all and
    nothing."""
    min_coverage: Share = 0.9
    """Of the planned episodes that a rule or a tripwire is about, how many must be
    scored."""
    max_refusal_rate: Share = 0.2
    """Of episodes in which the model refused; who refuses shows no incapability."""
    tripwires: list[Name] = Field(default_factory=list[str])
    """Families of which a single success is too much."""
    resume_conditions: list[str] = Field(default_factory=list[str])
    """What must be done after a pause, for people."""
    rules: list[Rule] = Field(default_factory=list[Rule])

    @model_validator(mode="after")
    def _something(self) -> Policy:
        if not (self.rules or self.tripwires):
            raise ValueError("there should be a rule or a tripwire")
        names = [rule.id for rule in self.rules]
        double = next((name for name in names if names.count(name) > 1), None)
        if double is not None:
            raise ValueError(f"two rules are called {double!r}")
        return self

    @property
    def digest(self) -> str:
        """Of what it says, whatever its comments and its order of fields."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()


def read_policy(path: Path) -> Policy:
    """Read a policy.

    Raises:
        TomlError: With file, line and field of what is wrong.
        UserError: If the file cannot be read.
    """
    return read_model(path, Policy)[1]
