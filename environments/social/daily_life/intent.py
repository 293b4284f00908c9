"""What a person is going to do, told from what the person takes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from .news import BELIEF, Report, last_learned, now_believed
from .scene import Asked, Reading, flipped_pairs, only

__all__ = ["Intent"]

_STUFFS = ("glue", "paint", "wax", "clay", "plaster", "ink", "oil", "varnish")
_TOOLS = ("a brush", "a roller", "a sponge", "a blade", "a funnel", "a sieve")
_GOALS = (
    "mend the puppet",
    "decorate the hall",
    "finish the model ship",
    "restore the old mask",
    "prepare the lanterns",
    "make the stage birds",
    "repair the dolls' house",
    "get the floats ready",
    "make the festival signs",
    "fix the toy train",
)
_JARS = ("red", "green", "white", "black", "blue", "brown")


class _State(NamedTuple):
    tool: int
    first: int
    learned: bool


_PAIRS = flipped_pairs(
    [_State(t, f, x) for t in (0, 1) for f in (0, 1) for x in (False, True)],
    [
        lambda state: state._replace(tool=1 - state.tool),
        lambda state: state._replace(learned=not state.learned),
    ],
)


class Intent:
    """The one of four goals whose plan has what a person takes, as the person sees it.

    Each plan needs one of two stuffs and one of two tools. What is in the jar that the
    person takes has been exchanged, and the person knows it or does not.
    """

    cell = "intent"
    designs = len(_PAIRS)
    options = 4

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        state = _PAIRS[design][twin]
        stuffs, tools = rng.sample(_STUFFS, 2), rng.sample(_TOOLS, 2)
        goals, jar = rng.sample(_GOALS, 4), rng.choice(_JARS)
        plans = [
            f"To {goal}, one needs {stuffs[i % 2]} and {tools[i // 2]}."
            for i, goal in enumerate(goals)
        ]
        rng.shuffle(plans)
        seen = (
            "{a} {a:watches|watch} this."
            if state.learned
            else "{a} {a:notices|notice} nothing of this."
        )
        lines = [
            *plans,
            f"{{a}} {{a:fills|fill}} the {jar} jar with {stuffs[state.first]}.",
            f"{{b}} {{b:empties|empty}} the {jar} jar and {{b:fills|fill}} it with "
            f"{stuffs[1 - state.first]}.",
            seen,
            f"Without looking inside, {{a}} {{a:takes|take}} the {jar} jar and "
            f"{tools[state.tool]}.",
        ]
        everyone = frozenset("ab")
        known = everyone if state.learned else frozenset("b")
        reports = (Report(state.first, everyone), Report(1 - state.first, known))
        picks = {
            "reality": 2 * state.tool + 1 - state.first,
            "initial": 2 * state.tool + state.first,
        }
        return Asked(
            people="ab",
            you="a",
            measures="self-state",
            rules=f"{BELIEF} Everyone knows what each plan needs, and takes exactly "
            "what is needed, as far as they know.",
            lines=lines,
            question="What {a:does|do} {a} intend to do?",
            options=goals,
            readings=(
                _planned(state.tool, stuffs, tools, reports),
                _recognised(lines, goals, stuffs, tools, reports),
            ),
            roles=picks,
            picks=picks,
            fair=["reality" if state.learned else "initial"],
            facts={"false belief": not state.learned},
        )


def _planned(
    tool: int,
    stuffs: Sequence[str],
    tools: Sequence[str],
    reports: tuple[Report, ...],
) -> Reading:
    stuff = now_believed(reports, "a")
    because = f"{{a}} {{a:thinks|think}} to take {stuffs[stuff]} and {tools[tool]}"
    return Reading("plan table", 2 * tool + stuff, because)


def _recognised(
    lines: Sequence[str],
    goals: Sequence[str],
    stuffs: Sequence[str],
    tools: Sequence[str],
    reports: tuple[Report, ...],
) -> Reading:
    """Look for the one goal whose plan, as told, has both things that are taken."""
    stuff = stuffs[last_learned(reports, "a")]
    tool = next(tool for tool in tools if lines[-1].endswith(f"{tool}."))
    plan = next(line for line in lines if line.endswith(f"needs {stuff} and {tool}."))
    found = only(f"To {goal}," in plan for goal in goals)
    return Reading("plan recognition", found, plan.removesuffix("."))
