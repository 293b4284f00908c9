"""Questions of the generator `talk` for a place, and for what made someone think of it.

The place is at each of five stages equally often, in tests and twins together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .derived import table_after, thinking
from .events import Move, Tell
from .evidence import STEPS
from .orders import effective_order
from .plans import PAIRS, belief_plan, second_order_plan
from .posed import Cell, Posed, Turn, case_of
from .questions import Wording, belief_question, option, option_or_none
from .scenes import Minds, Scene, draw_cast, scene_of
from .telling import Voice

__all__ = ["LIVED", "PLACE_CELLS", "Asked", "pose_place"]


class Asked(NamedTuple):
    """A world, and the path of people whose belief is asked for."""

    scene: Scene
    path: tuple[str, ...]
    wording: Wording


_WORDINGS: tuple[Wording, ...] = ("think", "search")


def _first_order(turn: Turn) -> Scene:
    (at,) = case_of(turn.pair, len(PAIRS))
    plan = belief_plan(turn.rng, *PAIRS[at])
    return scene_of(draw_cast(turn.rng), plan, twin=turn.twin)


def _belief(turn: Turn) -> Asked:
    """Where does the subject think it is?"""
    scene = _first_order(turn)
    return Asked(scene, (scene.cast.subject,), "think")


def _action(turn: Turn) -> Asked:
    """Where will the subject look for it?"""
    scene = _first_order(turn)
    return Asked(scene, (scene.cast.subject,), "search")


def _second_belief(turn: Turn) -> Asked:
    """Where does the other think that the subject thinks it is?"""
    at, wording = case_of(turn.pair, len(PAIRS), len(_WORDINGS))
    plan = second_order_plan(turn.rng, *PAIRS[at])
    scene = scene_of(draw_cast(turn.rng), plan, twin=turn.twin)
    return Asked(scene, (scene.cast.other, scene.cast.subject), _WORDINGS[wording])


def pose_place(asked: Asked, voice: Voice) -> Posed:
    """Return the question for a place, answered from what happened in the scene."""
    scene, path = asked.scene, asked.path
    cast, end = scene.cast, len(scene.events)

    def answer(minds: Minds) -> tuple[str, str]:
        place = minds(end)(path)
        return option_or_none(place), thinking(path, cast.thing, place, voice)

    labels = scene.labels(path, answer)
    final = table_after(scene.setting, scene.events, cast.thing, 2, path).belief
    order = effective_order(final, path, scene.reality)
    picks: dict[str, str | None] = {
        "reality": scene.reality,
        "initial": cast.places[0],
        "told": scene.told,
    }
    if len(path) > 1:
        picks |= {"collapse-first": final(path[:1]), "collapse-last": final(path[1:])}
    options = [option(place) for place in cast.places]
    if labels[0].answer not in options:  # only where "you" saw to it
        options[0] = labels[0].answer
    return Posed(
        scene=scene,
        voice=voice,
        question=belief_question(path, cast.thing, voice, asked.wording),
        options=tuple(options),
        labels=labels,
        picks={
            rule: option(place)
            for rule, place in picks.items()
            if place and option(place) in options
        },
        fair=("collapse-first", "collapse-last") if order < len(path) else (),
        orders=(order, len(path)),
        own=len(path) == 1,
    )


def _because(turn: Turn) -> Posed:
    """What made the subject think of the place?"""
    scene = _first_order(turn)
    cast, voice = scene.cast, turn.voice(scene.cast.subject)
    causes, who = _causes(scene, voice), cast.subject

    def answer(minds: Minds) -> tuple[str, str]:
        place = minds(len(scene.events))((cast.subject,))
        return causes[str(place)], thinking((who,), cast.thing, place, voice)

    name = "You" if voice.you else who
    them = "you" if voice.you else "them"
    return Posed(
        scene=scene,
        voice=voice,
        question=f"{name} {voice.verb(who, 'thinks')} of a place where the "
        f"{cast.thing} is. Which of these made {them} think so?",
        options=tuple(causes.values()),
        labels=scene.labels((cast.subject,), answer),
        picks={
            "reality": causes[scene.reality],
            "initial": causes[cast.places[0]],
            **({"told": causes[scene.told]} if scene.told else {}),
        },
        own=True,
    )


def _causes(scene: Scene, voice: Voice) -> dict[str, str]:
    """Return, for each place, what could make someone think of it."""
    cast = scene.cast
    causes = {cast.places[0]: f"It was in the {cast.places[0]} at the start."}
    for event in scene.events:
        if isinstance(event, Move):
            moved = voice.does(event.person, "moved", f"it to the {event.to}")
            causes[event.to] = moved
        elif isinstance(event, Tell):
            claim = f"that it is in the {event.container}"
            said = voice.does(event.speaker, "said", claim)
            causes[event.container] = said
    return causes


def _posed(asked: Callable[[Turn], Asked]) -> Callable[[Turn], Posed]:
    def pose(turn: Turn) -> Posed:
        question = asked(turn)
        return pose_place(question, turn.voice(question.path[0]))

    return pose


LIVED = {
    "talk: belief 1": _belief,
    "talk: belief 2": _second_belief,
    "talk: action": _action,
}
"""What can be asked of who lived it, by cell."""

PLACE_CELLS = {
    "talk: belief 1": Cell(_posed(_belief), STEPS + 1, len(PAIRS)),
    "talk: belief 2": Cell(_posed(_second_belief), STEPS + 1, 2 * len(PAIRS)),
    "talk: action": Cell(_posed(_action), STEPS + 1, len(PAIRS)),
    "talk: because": Cell(_because, STEPS + 1, len(PAIRS)),
}
"""By name."""
