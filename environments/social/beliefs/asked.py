"""Questions about the worlds of the generator `beliefs`, in every rendering."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from arena.items import Item, Label, Measures, check_item

from ..generator import Draw
from .cases import Case
from .derived import belief_labels, table_after
from .events import Event, Move, Setting
from .filtering import believed
from .life import Lived
from .orders import effective_order
from .padding import evened, row_of
from .perspective import perceived_story
from .questions import belief_question, option, option_or_none, placed
from .table import BeliefTable
from .telling import Voice, tell_story
from .visibility import rules_of

__all__ = [
    "Question",
    "Rendering",
    "Told",
    "belief_item",
    "control_item",
    "lived",
    "told",
]

Question = Literal["belief", "memory", "reality"]
Rendering = Literal["3p", "1p", "3p-ego", "1p-ego", "name-swap", "bystander"]

_TIMES = ("at the beginning", "once", "twice", "three times")
_ALL_TOLD = (
    "The story also tells what {who} not perceive; where you are asked what {name} "
    "{think}, it is what {name} {think} in the story."
)


class Told(NamedTuple):
    """A world as one rendering tells it."""

    rendering: Rendering
    setting: Setting
    voice: Voice
    rules: str
    story: tuple[str, ...]


def told(case: Case, rendering: Rendering, draw: Draw) -> Told:
    """Return the story of a world in a rendering."""
    setting = case.setting(bystander=rendering == "bystander")
    events = case.story.events
    voice = Voice(_called_you(case, rendering))
    lines = (
        perceived_story(setting, events, case.ego, voice.you)
        if rendering.endswith("-ego")
        else tell_story(setting, events, voice.you)
    )
    rng = draw.rng("told", case.name)
    padded = evened(rng, lines, case.row, _opening(setting))
    padded.append(row_of(rng.sample(case.row, len(case.row))))
    rules = " ".join((rules_of(setting, events), _stance(case, rendering))).strip()
    return Told(rendering, setting, voice, rules, tuple(padded))


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
    labels = belief_labels(as_told.setting, events, thing, chain, table, option_or_none)
    answer, reality = table.belief(chain), table.reality
    order = effective_order(table.belief, chain, reality)
    shorter = _shorter(table, chain)
    believed_there = {place for place in shorter.values() if place != answer}
    picks = {"reality": reality, "initial": case.story.places[0], **shorter}
    return _item(
        case,
        as_told,
        draw,
        name=name,
        cell=f"{'belief' if case.design == 'lattice' else 'graded'} {case.order}",
        question=belief_question(chain, thing, as_told.voice, case.wording),
        measures="self-state" if chain == (as_told.voice.you,) else "tom",
        labels=labels,
        picks=picks,
        roles=lambda place: _roles(case, place, reality, believed_there),
        fair=tuple(shorter) if order < case.order else (),
        orders=(order, case.order),
    )


def control_item(
    case: Case, as_told: Told, question: str, draw: Draw, name: str
) -> Item:
    """Return the item that asks, of the same world, what needs no theory of mind."""
    reality, initial = case.story.reality, case.story.places[0]
    if question == "reality":
        asked = f"Where is the {case.story.thing} at the end?"
        labels = _moved_labels(case, as_told.setting, len(case.story.places) - 1)
    elif as_told.rendering.endswith("-ego"):
        asked, labels = _sight(case, as_told)
    else:
        asked = _after_moves(case)
        labels = _moved_labels(case, as_told.setting, _moves(case))
    gold = labels[0].answer
    rules = {"reality": reality, "initial": initial}
    cell = question if case.design == "lattice" else f"graded {case.order} {question}"
    return _item(
        case,
        as_told,
        draw,
        name=name,
        cell=cell,
        question=asked,
        measures="control",
        labels=labels,
        picks=rules,
        roles=lambda place: _roles(case, place, reality, set()),
        fair=tuple(rule for rule, place in rules.items() if option(place) == gold),
    )


def lived(case: Case, draw: Draw, name: str) -> Lived:
    """Return the world as the ego lives it, asked about the chain's belief."""
    setting, planned = case.setting(), tuple(case.story.events)
    voice = Voice(case.ego)
    rules = f"{rules_of(setting, planned, act=True)} {_stance(case, '1p-ego')}"

    def ask(events: Sequence[Event], story: Sequence[str]) -> Item:
        as_told = Told("1p-ego", setting, voice, rules, tuple(story))
        item = belief_item(case, as_told, events, draw, name)
        if tuple(events) == planned:
            return replace(item, rendering="lived")
        return replace(item, rendering="lived", variant="acted", pair=None)

    return Lived(setting, planned, case.ego, case.story.thing, rules, ask)


def _item(
    case: Case,
    as_told: Told,
    draw: Draw,
    *,
    name: str,
    cell: str,
    question: str,
    measures: Measures,
    labels: Sequence[Label],
    picks: Mapping[str, str | None],
    roles: Callable[[str], tuple[str, ...]],
    fair: tuple[str, ...],
    orders: tuple[int | None, int | None] = (None, None),
) -> Item:
    """Return a checked item; controls have no twins."""
    places = list(case.story.places)
    options = [option(place) for place in places]
    answer = labels[0].answer
    if answer not in options:  # only where "you" saw to it
        options[0], places[0] = answer, answer
    rng = draw.rng("options", case.name, cell)
    texts, gold, arranged = placed(
        rng,
        options,
        options.index(answer),
        case.position if orders[0] is not None else rng.randrange(len(options)),
    )
    ranked = [places[i] for i in arranged]
    return check_item(
        Item(
            id=name,
            generator="beliefs",
            version=1,
            cell=cell,
            measures=measures,
            world=case.name,
            pair=case.pair,
            variant=case.variant if orders[0] is not None else "",
            rendering=as_told.rendering,
            rules=as_told.rules,
            story=as_told.story,
            question=question,
            options=tuple(texts),
            gold=gold,
            labels=tuple(labels),
            roles=tuple(
                ("correct", *roles(place)) if i == gold else roles(place) or ("passed",)
                for i, place in enumerate(ranked)
            ),
            picks={
                rule: ranked.index(place)
                for rule, place in picks.items()
                if place in ranked
            },
            fair=fair,
            order=orders[0],
            nominal=orders[1],
            facts={
                "design": case.design,
                "wording": case.wording,
                "places": len(places),
                "events": len(case.story.events),
            },
        )
    )


def _roles(
    case: Case, place: str, reality: str, believed_there: set[str | None]
) -> tuple[str, ...]:
    places = case.story.places
    roles: list[str] = []
    if place == reality:
        roles.append("reality")
    if place == places[0]:
        roles.append("initial")
    if place in believed_there:
        roles.append("lower-order")
    if case.design == "graded" and place in places:
        roles.append(f"order-{case.order - places.index(place)}")
    return tuple(roles)


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
    return case.turn % (len(case.story.places) - 1)


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
        Label("stages", option(planned), f"by plan it is then in the {planned}"),
        Label("log filter", option_or_none(happened), "the last move before that"),
    )


def _sight(case: Case, as_told: Told) -> tuple[str, tuple[Label, Label]]:
    """Return the question where the ego saw the thing first or last, and its labels."""
    first = case.turn % 4 < 2
    story, ego, voice = case.story, case.ego, as_told.voice
    met = [
        place
        for place, meetings in zip(story.places, story.meetings, strict=True)
        if any(ego in meeting.goes for meeting in meetings)
    ]
    planned = met[0 if first else -1]
    values = _sights(as_told.setting, story.events, story.thing, ego)
    seen = values[0 if first else -1]
    verb = "saw"
    asked = (
        f"Where was the {story.thing} when {voice.name(ego)} "
        f"{'first' if first else 'last'} {verb} it?"
    )
    labels = (
        Label("meetings", option(planned), f"{ego} met others there"),
        Label("belief table", option(seen), f"what {ego} thought then"),
    )
    return asked, labels


def _sights(
    setting: Setting, events: Sequence[Event], thing: str, ego: str
) -> list[str]:
    table = BeliefTable(setting, thing, 1, (ego,))
    values = [table.belief((ego,))]
    for event in events:
        table.apply(event)
        values.append(table.belief((ego,)))
    return [place for place in values if place is not None]


def _called_you(case: Case, rendering: Rendering) -> str | None:
    if rendering in ("1p", "1p-ego"):
        return case.ego
    return case.bystander if rendering == "bystander" else None


def _stance(case: Case, rendering: Rendering) -> str:
    """Return who the reader is, and how much the story tells."""
    if rendering == "1p":
        stance = 'You are one of the people, called "you".'
        return f"{stance} {_ALL_TOLD.format(who='you do', name='you', think='think')}"
    if rendering == "name-swap":
        everything = _ALL_TOLD.format(who="you do", name=case.ego, think="thinks")
        return f"You are {case.ego}. {everything}"
    if rendering == "1p-ego":
        stance = 'You are one of the people, called "you".'
        return f"{stance} The story tells what you perceive, and nothing else."
    if rendering == "3p-ego":
        return f"The story tells what {case.ego} perceives, and nothing else."
    if rendering == "bystander":
        return f"You are in the {case.story.room} all the time and take no part."
    return ""


def _opening(setting: Setting) -> int:
    """Return before which line no remark stands: the setting is told first."""
    return len(tell_story(setting, ()))
