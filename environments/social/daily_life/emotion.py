"""What a person feels, or does next, about something that the person believes."""

from __future__ import annotations

import random
from typing import NamedTuple

from .feelings import FAMILIES, Family
from .news import BELIEF, Report, last_learned, now_believed
from .scene import Asked, Reading, flipped_pairs, only
from .telling import news

__all__ = ["Emotion"]


_NORM = (
    "What people feel follows from what they believe. Whom people like, what they hope "
    "or fear, who did which work and what is in force, all know as it is told."
)


class _State(NamedTuple):
    ground: int
    first: int
    learned: bool


_PAIRS = flipped_pairs(
    [_State(g, f, x) for g in (0, 1) for f in (0, 1) for x in (False, True)],
    [
        lambda state: state._replace(ground=1 - state.ground),
        lambda state: state._replace(learned=not state.learned),
    ],
)


class Emotion:
    """One of four feelings, or deeds, of a family; one line flips it.

    The feeling follows from the state that the person believes, which is the real one
    in half of the items. The line that flips is the ground of the feeling, as whether
    two people like each other, or whether the person learned of a correction.
    """

    designs = len(_PAIRS)
    options = 4

    def __init__(self, cell: str, *, deed: bool) -> None:
        self.cell = cell
        self._deed = deed

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        state = _PAIRS[design][twin]
        family = rng.choice(FAMILIES)
        topic = rng.choice(family.topics)
        told = news(rng, "a", topic.states, first=state.first, learned=state.learned)
        ground = topic.ground[state.ground]
        lines = [*told.lines]
        lines.insert(rng.choice((0, 0, 3)), ground)
        place = {"reality": 1 - state.first, "told": state.first}
        picks = {rule: 2 * state.ground + value for rule, value in place.items()}
        names = family.deeds if self._deed else family.feelings
        norm = [BELIEF, _NORM, family.norm]
        return Asked(
            people="ab",
            you="a",
            measures="self-state",
            rules=" ".join([*norm, family.tendencies] if self._deed else norm),
            lines=lines,
            question=self._question(),
            options=names,
            readings=_readings(family, state.ground, told.reports),
            roles=picks,
            picks={**picks, "kindest": family.kindest},
            fair=["reality" if state.learned else "told"],
            facts={"family": family.name, "false belief": not state.learned},
        )

    def _question(self) -> str:
        if self._deed:
            return "What {a:does|do} {a} do next?"
        return "What {a:does|do} {a} feel now?"


def _readings(
    family: Family, ground: int, reports: tuple[Report, ...]
) -> tuple[Reading, Reading]:
    """Appraise what is believed; and look for the feeling whose conditions hold."""
    believed = now_believed(reports, "a")
    appraised = 2 * ground + believed
    learned = last_learned(reports, "a")
    holding = {family.grounds[ground], family.values[learned]}
    elicited = only(holding == {*both} for both in family.eliciting)
    return (
        Reading(
            "appraisal",
            appraised,
            f"it is {family.grounds[ground]}, and {{a}} {{a:takes|take}} it to be "
            f"{family.values[believed]}",
        ),
        Reading(
            "elicitation",
            elicited,
            f"its conditions alone hold: {' and '.join(sorted(holding))}",
        ),
    )
