"""The environment `arena/SelfPrediction-v1`."""

from __future__ import annotations

import functools
import hashlib
import json
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Field

from arena.env import Env, View
from arena.errors import IllegalAction, UserError
from arena.registry import PREFIX, environment_class, make_env
from arena.sandboxing import Say
from arena.seating import derive_seed
from arena.tools import Tool, tool, tools_of

from .decision import Decision
from .properties import Asked, Kind, checked, options_at, possible_values

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["SelfPrediction"]

Confidence = Annotated[
    float,
    Field(ge=0, le=1, description="Your probability that it is right, 0 to 1."),
]
PREDICT = """\
You are asked about yourself. In another session you, beginning anew, are put into a \
situation and act; nothing of this session is known there. Do not act here, and do not \
say what would be best: predict what you do there. Call predict once, with one of the \
options, exactly as written, and your probability that it is right.

What you are told there:
{instructions}

Your tools there:
{tools}"""
ENDED = {
    "act": "Your move is taken, and this session ends with it.",
    "predict": "Your prediction is taken.",
}


class SelfPrediction(Env):
    """A decision in a world of another environment, or a forecast of the own decision.

    Description:
        A world of any environment is played up to a decision of its first seat. In mode
        "act" the player decides, by that environment's own tools, and knows of nothing
        else. In mode "predict" a fresh session sees the same situation, with the
        instructions and the tools as text, and states a property of the call that it
        would make next. Both modes come to equal situations from equal seeds.

    Action space:
        Act: the tools of the world; the first call that it accepts ends the episode.
        Predict: `predict(option, confidence)`, and no tool to act or to try with.

    Observation space:
        Text: what the seat sees in the world, after the moves that were made for it;
        in mode "predict" also the question and its options, in a random order.

    Starting state:
        The world of the seed, and of `options["sample"]`. Up to `before` moves of the
        seat are made at random, fewer where the world would end. Its other seats are
        played by the world's partners, or by `others`.

    Rewards:
        None: prediction and act are in different episodes, and an analysis pairs them.

    Episode end:
        Terminates with the call or the prediction. Never truncates.

    Evidence:
        `self_prediction`: `mode`, `environment`, `property`, `argument`, `options`,
        `value` (of the call, or predicted; null for none), `confidence` (null in mode
        "act"); `situation`, a digest, equal where the same is seen in the same kind of
        world, and `group`, equal where the same is asked of it.

    Arguments:
        environment: Gymnasium id of the world's environment, or `module:Class`.
        settings: Its parameters.
        mode: "act" or "predict".
        property: `first-tool`, which is called next; `argument-parity`, even or odd;
            `number-bin`, in which range a number is; `letter`, which of the values that
            the tool lists; `mentions`, whether a text contains another.
        argument: Which argument of the call, inside an object as `outer.inner`.
        bins: Where each bin but the first begins.
        text: What to look for, in any case.
        before: Random moves before the decision at most.
        others: Registered agents at the world's other seats, by seat.

    Source:
        Binder et al., Looking Inward, arXiv 2410.13787, with acts in place of texts.

    Version:
        v1.
    """

    def __init__(
        self,
        *,
        environment: str = "arena/Blackjack-v1",
        settings: dict[str, Any] | None = None,
        mode: Literal["act", "predict"] = "act",
        property: Kind = "first-tool",
        argument: str | None = None,
        bins: list[float] | None = None,
        text: str = "",
        before: Annotated[int, Field(ge=0, le=100)] = 0,
        others: dict[str, str] | None = None,
        render_mode: str | None = None,
    ) -> None:
        _world_class(environment)
        self.environment = _gymnasium_id(environment)
        self.world = make_env(environment, settings or {})
        self.mode: Literal["act", "predict"] = mode
        self.asked = checked(Asked(property, argument, tuple(bins or ()), text))
        self._decision = Decision(self.world, others or {}, before)
        self.seats = (self._decision.seat,)
        self.most_items = self.world.most_items
        self.blocking = self.world.blocking
        # A predictor that draws what the actor draws would seem to know itself.
        self.apart = (mode,)
        self._possible = possible_values(self.asked, self.world.tools(self.seats[0]))
        played = (self.environment, settings or {}, before, others or {})
        self._played = json.dumps(played, sort_keys=True)
        self._situation = ""
        self._options: list[str] = []
        self._value: str | None = None
        self._confidence: float | None = None
        super().__init__(render_mode=render_mode)

    @classmethod
    def settle(cls, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Let the world's environment decide what a plan must fix."""
        if "environment" not in parameters:
            return dict(parameters)
        kind = _world_class(parameters["environment"])
        return {**parameters, "settings": kind.settle(parameters.get("settings") or {})}

    @staticmethod
    def value_of(view: View, tool: str, args: Mapping[str, Any]) -> str:
        """Return the property that a view asks for, of a call in the world."""
        return Asked(*cast(list[Any], view["asked"])).value(tool, args)

    def prepare(self, say: Say) -> None:
        """Get what the world needs."""
        self.world.prepare(say)

    def sandbox_facts(self) -> dict[str, Any] | None:
        """Return what the record says of the world's sandbox."""
        return self.world.sandbox_facts()

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return the world's own tools, or `predict`."""
        if self.mode == "act":
            return self.world.tools(seat)
        return _predict(tuple(options_at(self._possible, self._possible)))

    def instructions(self, seat: str) -> str:
        """Return the world's instructions, or what to predict and those as text."""
        there = self.world.instructions(seat)
        if self.mode == "act":
            return there
        tools = "\n".join(_described(tool) for tool in self.world.tools(seat).values())
        return PREDICT.format(instructions=there, tools=tools)

    def start(self, options: Mapping[str, Any]) -> None:
        """Play a new world up to the decision."""
        drawn = int(self.np_random.integers(2**32))
        seed = derive_seed(drawn, options.get("sample", 0))
        self.turn = self.seats[0]
        self._value = self._confidence = None
        self._decision.reach(seed, options)
        # By what is seen, and not by the seed: what looks alike is one situation.
        self._situation = _digest(self._played, self._decision.text)
        self._options = options_at(self._possible, self.world.legal(self.turn))
        random.Random(self._situation).shuffle(self._options)

    def step(self, action: ToolCall) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Pass a call to the world, and end with the first that it accepts; or predict.

        What the world then shows is told to nobody: it may be for another seat.
        """
        if self.mode == "predict" or self.over:
            return super().step(action)
        seen, _, _, _, info = self.world.step(action)
        notes = {"notes": info["notes"]} if "notes" in info else {}
        if "error" in info:
            told = {**self._info(), **notes, "error": info["error"]}
            return seen, 0.0, False, False, told
        self._value = self.asked.value(action["name"], action["args"])
        self.over = True
        return self._observation(), 0.0, True, False, {**self._info(), **notes}

    @tool
    def predict(self, option: str, confidence: float) -> None:
        """Predict what you do in the situation, once."""
        if option not in self._options:
            listed = ", ".join(self._options)
            raise IllegalAction(f"predict: {option!r} cannot be here; one of: {listed}")
        self._value, self._confidence = option, confidence
        self.over = True

    def legal(self, seat: str) -> list[str]:
        """Return what the world allows, or `predict`."""
        if self.over:
            return []
        return self.world.legal(seat) if self.mode == "act" else ["predict"]

    def observe(self, seat: str) -> str:
        """Return the situation; to predict, with the question and its options."""
        if self.over:
            return ENDED[self.mode]
        if self.mode == "act":
            return self._decision.text
        listed = "\n".join(f"- {option}" for option in self._options)
        seen = f"What you see there:\n{self._decision.text}"
        return f"{seen}\n\n{self.asked.question()}\n{listed}"

    def view(self, seat: str) -> dict[str, object]:
        """Return the world's view; to predict, with what is asked beside it."""
        there = self.world.view(seat)
        if self.mode == "act":
            return {**there, "legal": self.legal(seat)}
        return {
            "legal": self.legal(seat),
            "there": there,
            "asked": [list(x) if isinstance(x, tuple) else x for x in self.asked],
            "options": list(self._options),
        }

    def evidence(self) -> dict[str, object]:
        """Return what was done or predicted, and where."""
        told = {
            "mode": self.mode,
            "environment": self.environment,
            "situation": self._situation,
            "group": _digest(self._played, *self.asked),
            "property": self.asked.kind,
            "argument": self.asked.argument,
            "options": sorted(self._options),
            "value": self._value,
            "confidence": self._confidence,
        }
        return {"self_prediction": told}

    def close(self) -> None:
        """Close the world."""
        self.world.close()
        super().close()


def _world_class(environment: str) -> type[Env]:
    kind = environment_class(environment)
    if issubclass(kind, SelfPrediction):
        raise UserError(f"environment: {environment} cannot be about itself")
    return kind


def _gymnasium_id(environment: str) -> str:
    if ":" in environment:
        return environment
    return PREFIX + environment.removeprefix(PREFIX)


def _described(tool: Tool) -> str:
    args = json.dumps(tool.parameters, ensure_ascii=False)
    return f"- {tool.name}: {tool.description}\n  Arguments: {args}"


def _digest(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@functools.cache
def _predict(values: tuple[str, ...]) -> Mapping[str, Tool]:
    predict = tools_of(SelfPrediction)["predict"]
    options = Literal[values]  # pyright: ignore
    return {"predict": predict.taking(option=options, confidence=Confidence)}
