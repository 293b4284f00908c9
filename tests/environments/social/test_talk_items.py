"""The generator `talk`: telling, lying, trusting and watching, read and lived."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from typing import Literal, get_args

import pytest

from arena.audit import audit
from arena.environments.social.beliefs.events import Distract, Look, Move, Tell
from arena.environments.social.beliefs.evidence import (
    OTHER,
    SHARED,
    SUBJECT,
    Absent,
    Step,
    Way,
    perform,
    ways,
)
from arena.environments.social.beliefs.filtering import believed
from arena.environments.social.beliefs.parsing import parse_story
from arena.environments.social.beliefs.scenes import draw_cast
from arena.environments.social.beliefs.table import belief_table
from arena.environments.social.beliefs.talk_items import Talk
from arena.environments.social.generator import Draw
from arena.environments.social.vocabulary import PEOPLE
from arena.errors import IllegalAction
from arena.items import Item

Person = Literal["third", "first"]
PERSONS: tuple[Person, ...] = get_args(Person)
ABSENT: tuple[Absent, ...] = get_args(Absent)


def items_of(generator: Talk, count: int, seed: int = 1) -> list[Item]:
    draw = Draw(seed)
    return [generator.item(draw, index) for index in range(count)]


def pairs_of(items: list[Item]) -> list[dict[str, Item]]:
    pairs: defaultdict[str | None, dict[str, Item]] = defaultdict(dict)
    for item in items:
        pairs[item.pair][item.variant] = item
    return list(pairs.values())


@pytest.mark.parametrize("person", PERSONS)
def test_a_test_and_its_twin_differ_in_one_line_and_in_the_answer(
    person: Person,
) -> None:
    for pair in pairs_of(items_of(Talk(person=person), 1080)):
        test, twin = pair["test"], pair["twin"]
        gone = Counter(test.story) - Counter(twin.story)
        come = Counter(twin.story) - Counter(test.story)
        assert gone.total() <= 1
        assert come.total() <= 1
        assert test.story != twin.story
        assert test.answer != twin.answer
        assert test.question == twin.question


def test_first_person_changes_neither_options_nor_answer() -> None:
    third = items_of(Talk(), 360)
    first = items_of(Talk(person="first"), 360)
    for one, other in zip(third, first, strict=True):
        assert (one.world, one.pair, one.cell) == (other.world, other.pair, other.cell)
        assert one.gold == other.gold
        assert other.rendering == "1p"
        for named, yours in zip(one.options, other.options, strict=True):
            # What made you think so may be what you said.
            assert named == yours or re.sub(r"^\w+", "You", named) == yours
        assert any("you" in line.casefold() for line in other.story)


def path_of(item: Item) -> tuple[str, ...]:
    """People of the question in order; "you" by a name that nobody else has."""
    words = re.findall(r"\w+", item.question)
    return tuple("Ulla" if w == "you" else w for w in words if w in (*PEOPLE, "you"))


@pytest.mark.parametrize("person", PERSONS)
def test_a_story_reads_back_into_its_own_answer(person: Person) -> None:
    generator = Talk(person=person, cells=["belief 1", "belief 2", "action"])
    for item in items_of(generator, 120):
        path = path_of(item)
        setting, events = parse_story(item.story, path[0])
        (thing,) = setting.things
        place = believed(setting, events, thing, path)
        assert item.answer == f"in the {place}"


def test_belief_2_tests_need_the_second_order() -> None:
    for item in items_of(Talk(cells=["belief 2"]), 200):
        if item.variant == "test":
            assert item.order == 2
            assert item.gold not in (
                item.picks["collapse-first"],
                item.picks["collapse-last"],
                item.picks["reality"],
            )


def test_each_verdict_is_right_equally_often() -> None:
    cells = ("knowledge", "judgement", "lie", "deceived", "who knows")
    for cell in cells:
        generator = Talk(cells=[cell])
        answers = Counter(
            " ".join(item.answer.split()[:1])
            for item in items_of(generator, 10 * generator.period)
        )
        whole = answers.total()
        expected = {"only": 2} if cell in ("deceived", "who knows") else {}
        share = whole // (len(answers) + len(expected))
        for answer, count in answers.items():
            assert count == share * expected.get(answer, 1)


def test_all_that_can_happen_does() -> None:
    levels: set[int] = set()
    kinds: set[type] = set()
    public: set[bool] = set()
    distrusted = 0
    for item in items_of(Talk(), 200):
        setting, events = parse_story(item.story)
        distrusted += bool(setting.distrust)
        kinds |= {type(event) for event in events}
        for event in events:
            if isinstance(event, Move):
                levels |= set(event.watchers.values())
            if isinstance(event, Tell):
                public.add(event.public)
    assert levels == {1, 2}
    assert public == {True, False}
    assert {Distract, Look} <= kinds
    assert 40 < distrusted < 200


def test_only_a_look_shows_what_a_closed_container_holds() -> None:
    generator, looked = Talk(cells=["belief 1"]), 0
    for index in range(20):
        life = generator.life(Draw(2), index)
        opening = life.opening()
        while life.advance() is not None:
            pass
        if life.legal() == ["move"]:
            assert "The" not in life.move(opening.split()[2]).split()
        if "look" not in life.legal():
            continue
        containers = re.findall(r"closed (\w+)", opening)
        seen = {place: life.look(place) for place in containers}
        (holding,) = (place for place in containers if "The" in seen[place].split())
        item = life.item()
        assert item.answer == f"in the {holding}"
        assert (item.order, item.variant) == (0, "acted")
        looked += 1
    assert looked


def test_who_finds_the_place_empty_has_no_belief_left() -> None:
    generator = Talk(cells=["belief 1"])
    for index in range(40):
        life = generator.life(Draw(4), index)
        room = life.opening().split()[2]
        while life.advance() is not None:
            pass
        item = life.item()
        if item.order != 1 or "say" not in life.legal():
            continue
        assert room
        assert "It is empty." in life.look(item.answer.removeprefix("in the "))
        assert life.item().answer == "nowhere in particular"
        return
    pytest.fail("no false belief was lived")


def test_a_lie_that_you_tell_is_believed_and_counts() -> None:
    generator = Talk(cells=["belief 2"])
    for index in range(40):
        life = generator.life(Draw(4), index)
        life.opening()
        while life.advance() is not None:
            pass
        item = life.item()
        if "say" not in life.legal():
            continue
        asked = item.question.split(" that ")[1].split()[0]
        place = next(o for o in item.options if o != item.answer)
        try:
            life.say(asked, place.removeprefix("in the "))
        except IllegalAction:
            continue
        believed = life.item()
        assert believed.answer in (place, item.answer)
        if believed.answer == place:
            assert believed.variant == "acted"
            return
    pytest.fail("nobody could be spoken to")


def test_places_pass_the_gates_that_need_no_learning() -> None:
    generator = Talk(cells=["belief 1", "belief 2"])
    found = audit(items_of(generator, 30 * generator.period, seed=3), learn=False)
    assert not found.failures


@pytest.mark.slow
@pytest.mark.parametrize("person", PERSONS)
def test_cells_pass_all_gates(person: Person) -> None:
    generator = Talk(person=person)
    count = 12 * generator.period
    assert not audit(items_of(generator, count, seed=5)).failures


@pytest.mark.parametrize("way", ways(), ids=str)
@pytest.mark.parametrize("absent", ABSENT)
def test_a_way_reaches_whom_it_says(way: Way, absent: Absent) -> None:
    rng = random.Random(1)
    for before in ways():
        cast = draw_cast(rng)
        steps = [Step(before, absent=absent), Step(way, absent=absent)]
        setting, events = perform(cast, steps, switched=False)
        beliefs = belief_table(setting, events, cast.thing, 2)
        reached = {
            SUBJECT: beliefs[cast.subject,],
            OTHER: beliefs[cast.other,],
            SHARED: beliefs[cast.other, cast.subject],
        }
        assert {who for who in reached if reached[who] == cast.places[2]} == way.reach


def test_naming_who_is_asked_is_not_reaching_them() -> None:
    """They speak themselves, or hear a whisper of whom they do not believe."""
    right = named = 0
    for item in items_of(Talk(cells=["belief 1"]), 1000):
        (who,) = path_of(item)
        lines = [line for line in item.story if who in line.split(" believes")[0]]
        last = [
            option
            for line in lines
            for option in item.options
            if re.search(rf"\b{option.split()[-1]}\b", line)
        ]
        if last:
            named += 1
            right += last[-1] == item.answer
    assert named > 300
    assert right < 0.6 * named
