"""The generator `beliefs`: orders that are needed, renderings that match, lives."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.social.beliefs.asked import Question
from arena.environments.social.beliefs.cases import Design
from arena.environments.social.beliefs.filtering import believed
from arena.environments.social.beliefs.lattice_items import Beliefs
from arena.environments.social.beliefs.parsing import parse_story
from arena.environments.social.beliefs.renderings import Rendering
from arena.environments.social.generator import Draw
from arena.environments.social.living import Life
from arena.environments.social.vocabulary import PEOPLE
from arena.errors import IllegalAction
from arena.items import Item, check_item

RENDERINGS: tuple[Rendering, ...] = (
    "3p",
    "1p",
    "3p-ego",
    "1p-ego",
    "name-swap",
    "bystander",
)
DESIGNS: tuple[Design, ...] = ("lattice", "graded")
BELIEF: list[Question] = ["belief"]


def items_of(generator: Beliefs, periods: int, seed: int = 1) -> list[Item]:
    draw = Draw(seed)
    return [generator.item(draw, index) for index in range(periods * generator.period)]


def lived_to_the_end(life: Life) -> list[str]:
    lines = [life.opening()]
    while (line := life.advance()) is not None:
        lines.append(line)
    return lines


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_tests_need_the_worded_order_and_their_twins_do_not(
    rendering: Rendering,
) -> None:
    for item in items_of(Beliefs(rendering=rendering, questions=BELIEF), 2):
        if item.variant == "test":
            assert item.order == item.nominal
            assert not item.fair
        else:
            true = item.answer == item.options[item.picks["reality"]]
            assert (item.variant, item.order) == ("twin", 0 if true else 1)


def test_each_rule_that_drops_someone_is_wrong_on_every_test() -> None:
    for item in items_of(Beliefs(orders=[2, 3, 4], questions=BELIEF), 2):
        dropping = [r for r in item.picks if r.startswith(("collapse", "drop"))]
        assert len(dropping) == (2 if item.nominal == 2 else 5)
        right = [item.picks[rule] == item.gold for rule in dropping]
        assert not any(right) if item.variant == "test" else all(right)


def test_renderings_of_an_item_share_world_path_options_and_answer() -> None:
    told = [items_of(Beliefs(rendering=r, questions=BELIEF), 1) for r in RENDERINGS]
    for matched in zip(*told, strict=True):
        assert len({(x.world, x.pair, x.variant, x.cell) for x in matched}) == 1
        assert len({(x.options, x.gold, x.order) for x in matched}) == 1
        assert len({(x.rules, x.story, x.question) for x in matched}) == len(RENDERINGS)
        assert len({x.id for x in matched}) == len(RENDERINGS)


def test_questions_name_every_mind_of_the_path() -> None:
    for rendering in RENDERINGS:
        for item in items_of(Beliefs(rendering=rendering, questions=BELIEF), 1):
            nominal = item.nominal
            assert nominal is not None
            minds = item.question.count("think") + item.question.count("look for")
            assert minds == nominal


@pytest.mark.parametrize("rendering", ["3p", "1p", "name-swap"])
def test_a_story_that_tells_all_reads_back_into_its_own_answer(
    rendering: Rendering,
) -> None:
    for item in items_of(Beliefs(rendering=rendering, questions=BELIEF), 1):
        words = re.findall(r"\w+", item.question)
        named = [word for word in words if word in (*PEOPLE, "you")]
        path = ["Ulla" if word == "you" else word for word in named]
        setting, events = parse_story(item.story, path[0])
        (thing,) = setting.things
        place = believed(setting, events, thing, tuple(path))
        assert item.answer == f"in the {place}"


def test_graded_worlds_have_each_effective_order_and_its_place() -> None:
    found: Counter[tuple[int, int]] = Counter()
    for item in items_of(Beliefs(design="graded", questions=BELIEF), 1):
        assert item.order is not None
        assert item.nominal is not None
        found[item.nominal, item.order] += 1
        assert f"order-{item.order}" in item.roles[item.gold]
        for order in range(item.nominal + 1):
            assert sum(f"order-{order}" in roles for roles in item.roles) == 1
    assert set(found) == {(k, s) for k in (1, 2, 3, 4) for s in range(k + 1)}
    assert all(found[k, s] == found[k, 0] for k, s in found)


def test_the_reality_rule_and_each_stage_are_at_chance() -> None:
    items = items_of(Beliefs(questions=BELIEF), 5)
    for rule in ("reality", "initial"):
        right = sum(item.picks[rule] == item.gold for item in items)
        assert right * 5 == len(items)
    assert set(Counter(item.gold for item in items).values()) == {len(items) // 5}


def test_invented_places_change_names_only() -> None:
    plain = items_of(Beliefs(), 1)
    invented = items_of(Beliefs(words="invented"), 1)
    for one, other in zip(plain, invented, strict=True):
        assert (one.cell, one.variant, one.order) == (
            other.cell,
            other.variant,
            other.order,
        )
        assert one.options != other.options


def test_an_item_is_the_same_whatever_was_made_before() -> None:
    generator, draw = Beliefs(), Draw(7, "a salt that is private")
    last = generator.item(draw, 70)
    assert [generator.item(draw, i) for i in range(71)][-1] == last
    assert Beliefs().item(Draw(7), 70) != last


def test_reality_cannot_be_asked_of_who_did_not_see_it() -> None:
    with pytest.raises(ValueError, match="none that can be asked"):
        Beliefs(rendering="1p-ego", questions=["reality"])


def test_a_life_without_acts_has_the_answer_of_the_item_that_is_read() -> None:
    generator = Beliefs(rendering="1p-ego", questions=BELIEF)
    for index in range(40):
        life = generator.life(Draw(3), index)
        lines = lived_to_the_end(life)
        lived, read = life.item(), generator.item(Draw(3), index)
        assert (lived.answer, lived.pair) == (read.answer, read.pair)
        *perceived, closing = [*lines[0].splitlines(), *lines[1:]]
        told = [line for line in perceived if line != "Time passes."]
        assert [line for line in read.story if line in told] == told
        assert "From left to right" in closing


def test_acts_change_what_is_believed_and_so_the_answer() -> None:
    generator = Beliefs(orders=[1], questions=BELIEF)
    draw = Draw(3)
    life = generator.life(draw, 0)
    room = life.opening().split()[2]
    while life.advance() is not None:
        pass
    false = life.item()
    assert (false.variant, false.order) == ("test", 1)
    assert "The" in life.move(room)
    true = life.item()
    assert true.variant == "acted"
    assert true.order == 0
    assert true.answer != false.answer


def test_what_the_world_forbids_changes_nothing() -> None:
    life = Beliefs(orders=[2]).life(Draw(3), 0)
    other = Beliefs(orders=[2]).life(Draw(3), 0)
    for act in (
        lambda: life.look("moon"),
        lambda: life.move("moon"),
        lambda: life.say("nobody", "moon"),
    ):
        with pytest.raises(IllegalAction, match="no"):
            act()
    assert lived_to_the_end(life) == lived_to_the_end(other)
    assert life.item() == other.item()


def test_cells_pass_the_gates_that_need_no_learning() -> None:
    found = audit(items_of(Beliefs(), 20, seed=11), learn=False)
    assert not found.failures


@pytest.mark.slow
@pytest.mark.parametrize("rendering", RENDERINGS)
def test_cells_of_each_rendering_pass_the_gates(rendering: Rendering) -> None:
    found = audit(items_of(Beliefs(rendering=rendering), 50, seed=12), learn=False)
    assert not found.failures


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS)
def test_cells_pass_all_gates(design: Design) -> None:
    generator = Beliefs(design=design, questions=BELIEF)
    periods = 4000 // generator.period
    assert not audit(items_of(generator, periods, seed=13)).failures


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from(RENDERINGS))
def test_any_item_of_any_seed_is_sound(
    seed: int, index: int, rendering: Rendering
) -> None:
    item = check_item(Beliefs(rendering=rendering).item(Draw(seed), index))
    assert len({label.by for label in item.labels}) == len(item.labels) >= 2
    assert sum("correct" in roles for roles in item.roles) == 1
    places = [option.split()[-1] for option in item.options]
    mentioned = Counter(re.findall(r"\w+", " ".join(item.story)))
    assert len({mentioned[place] for place in places}) == 1


def test_an_act_that_the_world_forbids_is_named() -> None:
    life = Beliefs(orders=[2], questions=BELIEF).life(Draw(3), 0)
    room = life.opening().split()[2]
    with pytest.raises(IllegalAction, match="look: you are elsewhere"):
        life.look("moon")
    life.move(room)
    with pytest.raises(IllegalAction, match=r"look: in the .* there is"):
        life.look("moon")
    with pytest.raises(IllegalAction, match="move: you are there already"):
        life.move(room)
    life.move("elsewhere")
    assert life.legal() == ["move"]
    with pytest.raises(IllegalAction, match="say: you are elsewhere"):
        life.say("anyone", "moon")
