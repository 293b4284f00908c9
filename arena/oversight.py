"""Oversight: who decides on every call of the agent under test, and on what it sees.

There are four verbs: `approve`, `reject` with a reason, `edit_action` and
`edit_observation`. A policy file decides by ordered rules, a person at the terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic import model_validator as validator

from .toml_files import read_model

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["ByRules", "Decision", "Overseer", "Oversight", "Verb", "read_oversight"]

Verb = Literal["approve", "reject", "edit_action", "edit_observation"]
MOST_READ = 100_000
"""Characters of one call or observation that rules are held against; what is longer
does not pass, since nobody has read it."""
TOO_LONG = f"it is longer than the {MOST_READ:,} characters that are overseen"


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return text


Expression = Annotated[str, Field(max_length=2000), AfterValidator(_expression)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    matches: Expression | None = None
    """A regular expression that is to be found; None for every one."""
    reason: str = ""
    """For the record; an agent whose call is rejected is told."""

    def holds(self, text: str) -> bool:
        """Return whether the rule is for this text."""
        return self.matches is None or re.search(self.matches, text) is not None


class CallRule(_Rule):
    """What becomes of a tool call."""

    verb: Literal["approve", "reject", "edit_action"]
    tool: str | None = None
    """The name of the tool; None for every one."""
    args: dict[str, JsonValue] | None = None
    """Arguments in place of the call's own, those that are not named stay."""

    @validator(mode="after")
    def _complete(self) -> Self:
        if self.verb == "reject" and not self.reason:
            raise ValueError("reject needs a 'reason', which the agent is told")
        if (self.verb == "edit_action") != (self.args is not None):
            raise ValueError("'args' goes with edit_action, which needs it")
        return self


class ObservationRule(_Rule):
    """What becomes of an observation."""

    verb: Literal["approve", "edit_observation"]
    text: str | None = None
    """In place of all that matches; without `matches`, of everything."""

    @validator(mode="after")
    def _complete(self) -> Self:
        if (self.verb == "edit_observation") != (self.text is not None):
            raise ValueError("'text' goes with edit_observation, which needs it")
        return self

    def edited(self, seen: str) -> str:
        """Return what is seen instead."""
        text = self.text
        if text is None:
            return seen
        # A function, since text may have backslashes.
        return (
            text if self.matches is None else re.sub(self.matches, lambda _: text, seen)
        )


class _Rules(BaseModel):
    """The content of a policy file; of each kind the first rule that holds decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: tuple[CallRule, ...] = ()
    """Held against the arguments as JSON with sorted keys."""
    observations: tuple[ObservationRule, ...] = ()


class Oversight(_Rules):
    """Who oversees a run, as its plan and the records keep it."""

    person: bool = False
    """Whether somebody at the terminal is asked, and not the rules."""


@dataclass(frozen=True)
class Decision:
    """What an overseer has decided.

    Attributes:
        reason: Why, where it was said.
        args: All arguments of the call as it is played instead.
        text: What is seen instead.
    """

    verb: Verb
    reason: str = ""
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    text: str = ""


class Overseer(Protocol):
    """Whoever decides; None is approval that is not worth a word."""

    async def on_call(self, seat: str, call: ToolCall) -> Decision | None:
        """Decide on a call before it is played."""
        ...

    async def on_observation(self, seat: str, text: str) -> Decision | None:
        """Decide on what a seat is about to see."""
        ...


class ByRules:
    """An overseer that keeps to rules."""

    def __init__(self, rules: Oversight) -> None:
        self._rules = rules

    async def on_call(self, seat: str, call: ToolCall) -> Decision | None:
        """Decide on a call before it is played."""
        if not self._rules.calls:
            return None
        told = _json(call["args"])
        if told is None or len(told) > MOST_READ:
            return Decision("reject", TOO_LONG)
        for rule in self._rules.calls:
            if rule.tool in (None, call["name"]) and rule.holds(told):
                args = {**call["args"], **(rule.args or {})}
                return Decision(rule.verb, rule.reason, args=args)
        return None

    async def on_observation(self, seat: str, text: str) -> Decision | None:
        """Decide on what a seat is about to see."""
        if not self._rules.observations:
            return None
        read, rest = text[:MOST_READ], text[MOST_READ:]
        decided = self._first(read)
        if rest and (decided is None or decided.verb == "approve"):
            decided = Decision("edit_observation", text=read)
        if rest and decided is not None:
            more = f"{decided.text}\n(The rest is left out: {TOO_LONG}.)"
            return Decision("edit_observation", decided.reason, text=more)
        return decided

    def _first(self, text: str) -> Decision | None:
        """Return what the first rule that holds says."""
        for rule in self._rules.observations:
            if rule.holds(text):
                return Decision(rule.verb, rule.reason, text=rule.edited(text))
        return None


def read_oversight(path: Path) -> Oversight:
    """Read a policy file: tables `[[calls]]` and `[[observations]]`.

    Raises:
        TomlError: Where it is wrong, with file and line.
        UserError: If it cannot be read.
    """
    _, rules = read_model(path, _Rules)
    return Oversight(calls=rules.calls, observations=rules.observations)


def _json(args: Mapping[str, Any]) -> str | None:
    """Return arguments as JSON, or None where they are nested too deep to be read."""
    try:
        return json.dumps(args, ensure_ascii=False, sort_keys=True, default=str)
    except (RecursionError, ValueError, TypeError):
        return None
