"""Stories are told in two persons, and read back into the same events."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.environments.social.beliefs.events import (
    Distract,
    Enter,
    Event,
    Leave,
    Look,
    Move,
    Noise,
    Setting,
    Tell,
)
from arena.environments.social.beliefs.parsing import parse_story
from arena.environments.social.beliefs.perspective import perceived_story
from arena.environments.social.beliefs.random_worlds import random_world
from arena.environments.social.beliefs.table import belief_table
from arena.environments.social.beliefs.telling import tell_story
from arena.environments.social.beliefs.visibility import rules_of
from arena.environments.social.beliefs.world import Impossible
from arena.environments.social.vocabulary import CONTAINERS, PEOPLE, ROOMS, THINGS
from arena.errors import UserError

ROOM_NAMES = ROOMS[:2]
NAMES = PEOPLE[:5]
BOXES = CONTAINERS[:4]

people = st.sampled_from(NAMES)
rooms = st.sampled_from(ROOM_NAMES)
boxes = st.sampled_from(BOXES)
things = st.sampled_from(THINGS[:2])


@st.composite
def watched_moves(draw: st.DrawFn) -> Move:
    who = draw(people)
    others = [name for name in NAMES if name != who]
    some = draw(st.lists(st.sampled_from(others), unique=True, max_size=3))
    levels: dict[str, int] = {}
    for name in some:
        highest = max(levels.values(), default=0)
        levels[name] = draw(st.integers(max(1, highest), highest + 1))
    return Move(who, draw(things), draw(boxes), levels)


events = st.one_of(
    watched_moves(),
    st.builds(Enter, people, rooms),
    st.builds(Leave, people),
    st.builds(Look, people, boxes),
    st.builds(
        Tell,
        people,
        st.lists(people, unique=True, max_size=3).map(tuple),
        things,
        boxes,
        st.booleans(),
    ),
    st.builds(Distract, people, st.booleans()),
    st.just(Noise("It rains. Nobody minds.")),
)


@st.composite
def settings(draw: st.DrawFn) -> Setting:
    lies_in = {thing: draw(boxes) for thing in draw(st.sets(things, min_size=1))}
    pairs = st.tuples(people, people).filter(lambda pair: pair[0] != pair[1])
    return Setting(
        rooms=ROOM_NAMES,
        containers={box: draw(rooms) for box in BOXES},
        closed=frozenset(draw(st.sets(boxes))),
        things=lies_in,
        people={name: draw(st.none() | rooms) for name in NAMES},
        distrust=frozenset(draw(st.sets(pairs, max_size=3))),
        announced=draw(st.booleans()),
    )


@given(settings(), st.lists(events, max_size=8), st.none() | people)
def test_a_told_story_reads_back_into_its_events(
    setting: Setting, happened: list[Event], you: str | None
) -> None:
    told = tell_story(setting, happened, you)
    assert parse_story(told, you) == (setting, happened)


@given(settings(), st.lists(events, max_size=8), people)
def test_first_person_changes_nothing_but_who_is_called_you(
    setting: Setting, happened: list[Event], you: str
) -> None:
    third = tell_story(setting, happened)
    first = tell_story(setting, happened, you)
    assert len(first) == len(third)
    assert not any(you in line for line in first)
    for line_of_you, line in zip(first, third, strict=True):
        assert (line_of_you == line) == (you not in line)


def test_you_take_the_verbs_of_the_second_person() -> None:
    setting = Setting(
        rooms=("kitchen", "attic"),
        containers={"box": "kitchen", "jar": "kitchen"},
        closed=frozenset({"jar"}),
        things={"coin": "box"},
        people={"Bilal": "kitchen", "Sanna": "kitchen", "Yara": None},
        distrust=frozenset({("Bilal", "Yara")}),
    )
    happened: list[Event] = [
        Leave("Bilal"),
        Move("Sanna", "coin", "jar", {"Yara": 1, "Bilal": 2}),
        Enter("Bilal", "kitchen"),
        Look("Bilal", "jar"),
        Tell("Bilal", ("Sanna", "Yara"), "coin", "box", public=False),
        Distract("Bilal", away=True),
        Distract("Bilal", away=False),
    ]
    assert tell_story(setting, happened, "Bilal") == [
        "In the kitchen there is a box and a closed jar.",
        "In the attic there is nothing.",
        "You and Sanna are in the kitchen.",
        "Yara is elsewhere.",
        "You believe nothing that Yara says, and everyone knows it.",
        "The coin is in the box, as all in the kitchen see.",
        "You leave the kitchen.",
        "Sanna moves the coin to the jar. Yara watches secretly. "
        "You watch secretly and see Yara watch.",
        "You come into the kitchen.",
        "You look into the jar.",
        'You whisper to Sanna and Yara: "The coin is in the box."',
        "You stop paying attention.",
        "You pay attention again.",
    ]


def test_a_story_about_you_needs_to_know_who_you_are() -> None:
    with pytest.raises(UserError, match="say who is meant"):
        parse_story(["You come into the kitchen."])


def test_what_you_perceive_is_told_and_nothing_else() -> None:
    setting = Setting(
        rooms=("kitchen", "attic"),
        containers={"box": "kitchen", "jar": "kitchen", "bag": "attic"},
        closed=frozenset({"jar"}),
        things={"coin": "box", "ring": "bag"},
        people={"Bilal": "kitchen", "Sanna": "kitchen", "Yara": None, "Omar": None},
    )
    happened: list[Event] = [
        Leave("Bilal"),
        Move("Sanna", "coin", "jar", {"Yara": 1, "Omar": 2}),
        Enter("Bilal", "kitchen"),
        Look("Sanna", "jar"),
        Look("Bilal", "jar"),
        Tell("Sanna", ("Bilal",), "coin", "bag", public=False),
        Distract("Bilal", away=True),
        Move("Sanna", "coin", "box"),
        Distract("Bilal", away=False),
        Enter("Sanna", "attic"),
        Enter("Bilal", "attic"),
    ]
    assert perceived_story(setting, happened, "Bilal", "Bilal")[3:] == [
        "The coin is in the box, as all in the kitchen see.",
        "You leave the kitchen.",
        "You come into the kitchen. Sanna is there.",
        "Sanna looks into the jar.",
        "You look into the jar. The coin is in the jar.",
        'Sanna whispers to you: "The coin is in the bag."',
        "You stop paying attention.",
        "You pay attention again. Sanna is there. The coin is in the box.",
        "Sanna leaves the kitchen.",
        "You come into the attic. Sanna is there. The ring is in the bag.",
    ]
    watched = "Sanna moves the coin to the jar. Yara watches secretly."
    assert perceived_story(setting, happened, "Yara")[-1] == (
        f"Sanna is in the kitchen. {watched}"
    )
    assert perceived_story(setting, happened, "Omar")[-1] == (
        f"Sanna is in the kitchen. {watched} Omar watches secretly and sees Yara watch."
    )


def test_what_one_person_thinks_follows_from_the_lines_they_perceive() -> None:
    compared = 0
    for seed in range(100):
        setting, happened = random_world(random.Random(seed))
        thing = next(iter(setting.things))
        ego = list(setting.people)[seed % len(setting.people)]
        lines = perceived_story(setting, happened, ego)
        table = belief_table(setting, happened, thing, 3)
        for left_out in range(len(happened)):
            others = [*happened[:left_out], *happened[left_out + 1 :]]
            try:
                told = perceived_story(setting, others, ego)
            except Impossible:
                continue
            if told == lines:
                compared += 1
                changed = belief_table(setting, others, thing, 3)
                own = {path for path in table if path[0] == ego}
                assert {p: changed[p] for p in own} == {p: table[p] for p in own}
    assert compared > 100


def test_rules_are_told_for_what_occurs_and_for_nothing_else() -> None:
    setting = Setting(
        rooms=("kitchen",),
        containers={"box": "kitchen", "jar": "kitchen"},
        closed=frozenset(),
        things={"coin": "box"},
        people={"Bilal": "kitchen", "Yara": None},
    )
    plain = rules_of(setting, [Leave("Bilal")])
    assert "Containers are open" in plain
    for word in ("whisper", "secretly", "attention", "closed"):
        assert word not in plain
    watched = rules_of(setting, [Move("Bilal", "coin", "jar", {"Yara": 1})])
    assert "secretly" in watched
    closed = replace(setting, closed=frozenset({"box", "jar"}))
    assert "Containers are closed" in rules_of(closed, [])
    assert "whisper" in rules_of(closed, [], act=True)
    assert "no longer knows where it is" in rules_of(closed, [], act=True)
    assert "sees what else is in it" not in rules_of(closed, [])
    more = replace(closed, things={"coin": "box", "ring": "jar"})
    assert "sees what else is in it" in rules_of(more, [])
