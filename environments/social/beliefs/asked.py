"""Questions about the worlds of the generator `beliefs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from arena.items import Item, Label

from ..drafts import Draft, Made
from ..generator import Draw
from .cases import GENERATOR, VERSION, Case
from .derived import belief_labels, table_after
from .events import Event, Leave, Move, Setting
from .filtering import believed
from .life import Lived
from .orders import effective_order
from .padding import closing
from .questions import belief_question, option, option_or_none
from .renderings import Told, ego_stance
from .table import BeliefTable
from .telling import Voice
from .visibility import rules_of

__all__ = ["Question", "belief_item", "control_item", "lived"]

Question = Literal["belief", "memory", "reality"]

_TIMES = ("at the beginning", "once", "twice", "three times")
_ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
)


def belief_item(
    case: Case, as_told: Told, events: Sequence[Event], draw: Draw, name: str
) -> Item:
    """Return the item that asks what the chain believes.

    Args:
        case: The world.
        as_told: How it is told.
        events: What happened; the case's own, unless it was lived otherwise.
        draw: Where the order of options comes from.
        name: The item's id.
    """
    chain, thing = case.story.chain, case.story.thing
    table = table_after(as_told.setting, events, thing, len(chain), chain)
    labels = belief_labels(
        as_told.setting, events, thing, chain, table, option_or_none, as_told.voice
    )
    answer, reality = table.belief(chain), table.reality
    order = effective_order(table.belief, chain, reality)
    shorter = _shorter(table, chain)
    draft = Draft(
        measures="self-state" if chain == (as_told.voice.you,) else "tom",
        rules=as_told.rules,
        story=as_told.story,
        question=belief_question(chain, thing, as_told.voice, case.wording),
        answers=_answers(case, labels, reality, {*shorter.values()} - {answer}),
        labels=labels,
        picks=_texts({"reality": reality, "initial": case.story.places[0], **shorter}),
        fair=tuple(shorter) if order < case.order else (),
        order=order,
        nominal=case.order,
        facts=_facts(case),
    )
    kind = "belief" if case.design == "lattice" else "graded"
    made = _made(case, as_told, f"{kind} {case.order}", case.number, name)
    return replace(made, variant=case.variant).item(draw, draft)


def control_item(
    case: Case, as_told: Told, question: Question, draw: Draw, name: str
) -> Item:
    """Return the item that asks, of the same world, what needs no theory of mind."""
    thing, places = case.story.thing, case.story.places
    if question == "reality":
        asked = f"Where is the {thing} at the end?"
        labels = _moved_labels(case, as_told.setting, len(places) - 1)
    elif as_told.rendering.endswith("-ego"):
        asked, labels = _sight(case, as_told)
    else:
        asked = _after_moves(case)
        labels = _moved_labels(case, as_told.setting, _moves(case))
    rules = _texts({"reality": places[-1], "initial": places[0]})
    draft = Draft(
        measures="control",
        rules=as_told.rules,
        story=as_told.story,
        question=asked,
        answers=_answers(case, labels, places[-1], set()),
        labels=labels,
        picks=rules,
        fair=tuple(rule for rule, text in rules.items() if text == labels[0].answer),
        facts=_facts(case),
    )
    cell = question if case.design == "lattice" else f"graded {case.order} {question}"
    return _made(case, as_told, cell, case.turn, name).item(draw, draft)


def lived(case: Case, draw: Draw, name: str) -> Lived:
    """Return the world as the ego lives it, asked about the chain's belief."""
    setting, planned = case.setting(), tuple(case.story.events)
    voice = Voice(case.ego)
    rules = f"{rules_of(setting, planned, act=True)} {ego_stance()}"

    def ask(events: Sequence[Event], story: Sequence[str]) -> Item:
        as_told = Told("lived", setting, voice, rules, tuple(story))
        item = belief_item(case, as_told, events, draw, name)
        acted = tuple(events) != planned
        return replace(item, variant="acted", pair=None) if acted else item

    def close(story: Sequence[str]) -> list[str]:
        return closing(draw.rng("closing", case.name), story, case.row)

    return Lived(setting, planned, case.ego, case.story.thing, rules, ask, close)


def _made(case: Case, as_told: Told, cell: str, number: int, name: str) -> Made:
    """Return what item it becomes; controls have no twins, they share the answer."""
    return Made(
        generator=GENERATOR,
        version=VERSION,
        cell=cell,
        number=number,
        world=case.name,
        pair=case.pair,
        variant="",
        rendering=as_told.rendering,
        id=name,
    )


def _answers(
    case: Case, labels: Sequence[Label], reality: str, lower: set[str | None]
) -> dict[str, tuple[str, ...]]:
    """Return the options and what each is."""
    right = labels[0].answer
    options = {
        option(place): tuple(_roles(case, place, reality, lower))
        for place in case.story.places
    }
    if right not in options:  # only where "you" saw to it
        del options[next(iter(options))]
        options[right] = ()
    return {
        text: ("correct", *roles) if text == right else roles or ("passed",)
        for text, roles in options.items()
    }


def _roles(case: Case, place: str, reality: str, lower: set[str | None]) -> list[str]:
    at = case.story.places.index(place)
    roles = {
        "reality": place == reality,
        "initial": at == 0,
        "lower-order": place in lower,
        f"order-{case.order - at}": case.design == "graded",
    }
    return [role for role, applies in roles.items() if applies]


def _texts(places: Mapping[str, str | None]) -> dict[str, str]:
    return {rule: option_or_none(place) for rule, place in places.items()}


def _facts(case: Case) -> dict[str, str | int]:
    return {
        "design": case.design,
        "wording": case.wording,
        "places": len(case.story.places),
        "events": len(case.story.events),
    }


def _shorter(table: BeliefTable, chain: tuple[str, ...]) -> dict[str, str | None]:
    """Return what rules say that leave out people of the chain."""
    if len(chain) == 1:
        return {}
    rules = {"collapse-first": chain[:1], "collapse-last": chain[-1:]}
    if len(chain) > 2:
        middle = len(chain) // 2
        rules["drop-first"] = chain[1:]
        rules["drop-last"] = chain[:-1]
        rules["drop-middle"] = chain[:middle] + chain[middle + 1 :]
    return {rule: table.belief(path) for rule, path in rules.items()}


def _moves(case: Case) -> int:
    """Return after how many moves the memory question asks, not the last."""
    count = len(case.story.places) - 1
    return (case.turn + case.turn // count) % count


def _after_moves(case: Case) -> str:
    when = _TIMES[_moves(case)]
    if _moves(case):
        when = f"after it had been moved {when}"
    return f"Where was the {case.story.thing} {when}?"


def _moved_labels(case: Case, setting: Setting, moves: int) -> tuple[Label, Label]:
    """Return where the thing was after so many moves, by the plan and by the events."""
    planned = case.story.places[moves]
    seen: list[Event] = []
    for event in case.story.events:
        if isinstance(event, Move):
            if not moves:
                break
            moves -= 1
        seen.append(event)
    happened = believed(setting, seen, case.story.thing, ())
    return (
        Label("stages", option(planned), f"by plan it is in the {planned} then"),
        Label("log filter", option_or_none(happened), "the last move before that"),
    )


def _sight(case: Case, as_told: Told) -> tuple[str, tuple[Label, Label]]:
    """Return the question where it was when the ego went, and its labels."""
    story, ego, voice = case.story, case.ego, as_told.voice
    visits = story.visits(ego)
    number = case.turn % len(visits)
    planned = story.places[visits[number]]
    seen = _when_gone(as_told.setting, story.events, story.thing, ego)[number]
    left = f"{voice.name(ego)} left the {story.room} for the {_ORDINALS[number]} time"
    asked = f"Where was the {story.thing} when {left}?"
    labels = (
        Label("meetings", option(planned), "that visit was while it lay there"),
        Label(
            "belief table",
            option(seen),
            f"that is where {voice.name(ego)} thought it was then",
        ),
    )
    return asked, labels


def _when_gone(
    setting: Setting, events: Sequence[Event], thing: str, ego: str
) -> list[str]:
    """Return where the ego thinks that the thing is, each time after going."""
    table = BeliefTable(setting, thing, 1, (ego,))
    found: list[str] = []
    for event in events:
        table.apply(event)
        if event == Leave(ego):
            found.append(str(table.belief((ego,))))
    return found
