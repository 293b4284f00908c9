"""The ways in which the generator `beliefs` tells one world."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..generator import Draw
from .cases import Case
from .events import Setting
from .padding import evened, row_of
from .perspective import perceived_story
from .telling import Voice, tell_story
from .visibility import rules_of

__all__ = ["Rendering", "Told", "ego_stance", "told"]

Rendering = Literal["3p", "1p", "3p-ego", "1p-ego", "name-swap", "bystander"]

_CALLED_YOU = 'You are one of the people, called "you".'


class Told(NamedTuple):
    """A world as one rendering tells it."""

    rendering: str
    setting: Setting
    voice: Voice
    rules: str
    story: tuple[str, ...]


def told(case: Case, rendering: Rendering, draw: Draw) -> Told:
    """Return the story of a world in a rendering.

    Every place is mentioned equally often in it, and which is first or last is random.
    """
    setting = case.setting(bystander=rendering == "bystander")
    events = case.story.events
    voice = Voice(_called_you(case, rendering))
    if rendering.endswith("-ego"):
        lines = perceived_story(setting, events, case.ego, voice.you)
    else:
        lines = tell_story(setting, events, voice.you)
    rng = draw.rng("told", case.name)
    padded = evened(rng, lines, case.row, first=len(tell_story(setting, ())))
    padded.append(row_of(rng.sample(case.row, len(case.row))))
    rules = f"{rules_of(setting, events)} {_stance(case, rendering)}".strip()
    return Told(rendering, setting, voice, rules, tuple(padded))


def ego_stance() -> str:
    """Return who the reader of `1p-ego` is, and how much is told."""
    return f"{_CALLED_YOU} The story tells what you perceive, and nothing else."


def _called_you(case: Case, rendering: Rendering) -> str | None:
    if rendering in ("1p", "1p-ego"):
        return case.ego
    return case.bystander if rendering == "bystander" else None


def _stance(case: Case, rendering: Rendering) -> str:
    """Return who the reader is, and how much the story tells."""
    if rendering == "1p":
        return f"{_CALLED_YOU} {_all_told('you think')}"
    if rendering == "name-swap":
        return f"You are {case.ego}. {_all_told(f'{case.ego} thinks')}"
    if rendering == "1p-ego":
        return ego_stance()
    if rendering == "3p-ego":
        return f"The story tells what {case.ego} perceives, and nothing else."
    if rendering == "bystander":
        return f"You are in the {case.story.room} all the time and take no part."
    return ""


def _all_told(thinks: str) -> str:
    return (
        "The story also tells what you do not perceive; where you are asked what "
        f"{thinks}, it is what {thinks} in the story."
    )
