from collections import Counter

import pytest
from generated import DRAW, beyond_chance, changed_lines, made, pairs
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.social.generator import Draw
from arena.environments.social.other_worlds.fence import Fence, inconsistencies
from arena.environments.social.other_worlds.items import NewWorld
from arena.environments.social.other_worlds.places import ANIMALS
from arena.environments.social.other_worlds.towns import TownReader
from arena.errors import UserError
from arena.items import Item

GENERATOR = NewWorld()
ITEMS = made(GENERATOR, 2 * GENERATOR.period)
OWN = ("imitation", "norm", "etiquette", "law")
CELLS = sorted({item.cell for item in ITEMS})

DOES = {
    "a heron": frozenset({"wading", "stretching", "standing"}),
    "a crab": frozenset({"wading", "creeping"}),
    "a mole": frozenset({"digging"}),
}
DONE = frozenset({"wading", "stretching"})


def of_cell(cell: str) -> list[Item]:
    return [item for item in ITEMS if item.cell == cell]


def test_who_does_not_know_the_best_likeness_thinks_of_the_next() -> None:
    assert Fence(DOES, frozenset(DOES), DONE).likeliest() == "a heron"
    assert Fence(DOES, frozenset({"a crab", "a mole"}), DONE).likeliest() == "a crab"


def test_a_consistent_world_has_nothing_wrong() -> None:
    fence = Fence(DOES, frozenset({"a crab"}), DONE)
    assert inconsistencies(fence, ["Omar moved like a crab."]) == []


@pytest.mark.parametrize(
    ("known", "narration", "wrong"),
    [
        ({"a crab"}, ["Omar beat the arms like a heron."], "not known there"),
        ({"a crab"}, ["Omar beat the arms like a Heron!"], "not known there"),
        (set[str](), [], "nothing is known"),
        ({"a mole"}, [], "any of the things done"),
        ({"a yak"}, [], "not told what 'a yak' does"),
    ],
)
def test_a_world_that_is_not_consistent_is_told_why(
    known: set[str], narration: list[str], wrong: str
) -> None:
    [problem] = inconsistencies(Fence(DOES, frozenset(known), DONE), narration)
    assert wrong in problem


def test_two_equal_likenesses_are_inconsistent() -> None:
    does = {"a crab": frozenset({"creeping"}), "a toad": frozenset({"creeping"})}
    [problem] = inconsistencies(
        Fence(does, frozenset(does), frozenset({"creeping"})), []
    )
    assert problem == "two known animals do 1 of the things done"


def test_all_animals_do_different_things() -> None:
    assert len(set(ANIMALS.values())) == len(ANIMALS)
    assert {len(does) for does in ANIMALS.values()} == {5}


NORMS = (
    "Norms of the land outside of Ondu: a bow is a joke; a nod is a plea.",
    "Wei was far from the gate.",
    "Norms of the hall of Ondu: a bow is a plea; a nod is a threat.",
    "Wei stood at the gate.",
    "Common norms of Ondu: a bow is a threat; a nod is a joke.",
    "Norms of the long night of Ondu: a bow is praise; a nod is a farewell.",
)


@pytest.mark.parametrize(
    ("when", "where", "meaning"),
    [
        ("during the long night", "the land outside", "a joke"),
        ("on an ordinary day", "the land outside", "a joke"),
        ("on an ordinary day", "a street", "a threat"),
        ("on an ordinary day", "the hall", "a plea"),
        ("during the long night", "the hall", "praise"),
        ("during the long night", "a street", "praise"),
    ],
)
def test_what_holds_depends_on_time_and_place(
    when: str, where: str, meaning: str
) -> None:
    scene = f"What follows happened {when}, in {where} of Ondu."
    assert TownReader([*NORMS, scene]).value("a bow", "is") == meaning


def test_a_visitor_goes_by_the_norms_that_the_visitor_heard() -> None:
    scene = "What follows happened on an ordinary day, in the hall of Ondu."
    reader = TownReader([*NORMS, scene])
    assert reader.value("a bow", "is", "Wei") == "a threat"
    assert reader.key("a joke", "is", "Wei") == "a nod"


@pytest.mark.parametrize("cell", CELLS)
def test_a_twin_differs_in_one_line_and_in_its_answer(cell: str) -> None:
    for test, twin in pairs(of_cell(cell)):
        assert changed_lines(test, twin) == 1
        assert test.question == twin.question
        assert {*test.options} == {*twin.options}
        assert test.answer != twin.answer


@pytest.mark.parametrize("cell", CELLS)
def test_rules_that_look_at_the_world_are_at_chance_in_a_period(cell: str) -> None:
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for item in of_cell(cell):
        for rule, pick in item.picks.items():
            if rule not in item.fair:
                asked[rule] += 1
                right[rule] += pick == item.gold
    assert asked
    for rule, n in asked.items():
        assert right[rule] / n <= 0.25, rule


def test_tests_of_locals_need_both_minds() -> None:
    for item in of_cell("local reads"):
        if item.variant == "test":
            assert item.order == 2
            assert item.gold not in (item.picks["drop-first"], item.picks["reality"])


def test_who_lives_in_the_world_is_never_said_to_do_what_nobody_there_knows() -> None:
    for item in of_cell("imitation"):
        told = (item.story[0], item.story[-1], item.question)
        names = {option.split()[-1] for option in item.options}
        assert not any(names & {*line.split()} for line in told)


def test_persons_and_names_change_words_only() -> None:
    for knobs in ({"person": "third"}, {"names": "invented"}, {"fence": "implied"}):
        others = made(NewWorld(**knobs), 160)  # pyright: ignore[reportArgumentType]
        for mine, other in zip(ITEMS[:160], others, strict=True):
            assert mine.id != other.id
            assert (mine.world, mine.pair, mine.gold, mine.facts) == (
                other.world,
                other.pair,
                other.gold,
                other.facts,
            )
            assert mine.roles == other.roles


def test_what_is_about_the_reader_is_a_control_when_told_of_another() -> None:
    third = made(NewWorld(person="third"), 16)
    for mine, theirs in zip(ITEMS, third, strict=False):
        own = mine.cell in OWN
        assert mine.measures == ("self-state" if own else "tom")
        assert theirs.measures == ("control" if own else "tom")


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_an_item_depends_on_its_seed_and_index_alone(seed: int, index: int) -> None:
    draw = Draw(seed)
    item = GENERATOR.item(draw, index)
    assert item == NewWorld().item(draw, index)
    assert item.labels[0].by != item.labels[1].by


def test_an_unknown_cell_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no cell 'moon'; there are imitation, "):
        NewWorld(cells=["moon"])


def test_no_rule_that_reads_only_the_surface_is_far_above_chance() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "generator",
    [GENERATOR, NewWorld(person="third"), NewWorld(names="invented", fence="implied")],
)
def test_every_gate_holds_with_a_thousand_items_of_each_cell(
    generator: NewWorld,
) -> None:
    items = made(generator, 21 * generator.period, DRAW)
    assert audit(items).failures == ()
