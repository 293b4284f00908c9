from collections import Counter

import pytest
from generated import DRAW, beyond_chance, changed_lines, made, pairs
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.social.games_of_rules.items import Counterfactual
from arena.environments.social.games_of_rules.reading import Reading
from arena.environments.social.generator import Draw
from arena.errors import UserError
from arena.items import Item

GENERATOR = Counterfactual()
ITEMS = made(GENERATOR, GENERATOR.period)
OWN = ("outcome", "inverse", "calendar", "winner", "tally", "reply")


def of_cell(cell: str) -> list[Item]:
    return [item for item in ITEMS if item.cell == cell]


STORY = (
    "At first this rule held: a nod means yes; a wave means no.",
    "Amara slept in another house.",
    "Bilal was in the room.",
    "Then this rule was read out: a nod means no; a wave means yes.",
    "Amara sat in the room.",
    "Bilal had gone away on an errand.",
    "Then this rule was read out: a nod means perhaps; a wave means no.",
)


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ((), "perhaps"),
        (("Amara",), "perhaps"),
        (("Bilal",), "no"),
        (("Amara", "Bilal"), "yes"),
        (("Bilal", "Amara"), "yes"),
    ],
)
def test_the_reader_of_a_story_goes_by_what_was_heard_together(
    path: tuple[str, ...], meaning: str
) -> None:
    assert Reading(STORY).value("a nod", "means", *path) == meaning


def test_the_reader_knows_keys_days_winners_and_replies() -> None:
    assert Reading(STORY).key("no", "means", "Bilal") == "a nod"
    week = ("At first this rule held: after May comes July; after July comes June.",)
    assert Reading(week).day("May", 2) == "June"
    duel = (
        "At first this rule held: rock loses to bell; bell and paper are equal; "
        "rock beats paper.",
    )
    assert Reading(duel).winner("bell", "rock") == "bell"
    assert Reading(duel).winner("paper", "bell") is None
    assert Reading(duel).beating("rock") == ["bell"]


def test_cells_and_variants_come_equally_often() -> None:
    counts = Counter((item.cell, item.variant) for item in ITEMS)
    assert set(counts.values()) == {GENERATOR.period // (2 * 15)}


@pytest.mark.parametrize("cell", sorted({item.cell for item in ITEMS}))
def test_a_twin_differs_in_one_line_and_in_its_answer(cell: str) -> None:
    for test, twin in pairs(of_cell(cell)):
        assert changed_lines(test, twin) == 1
        assert test.question == twin.question
        assert {*test.options} == {*twin.options}
        assert test.answer != twin.answer


@pytest.mark.parametrize("cell", sorted({item.cell for item in ITEMS}))
def test_rules_that_look_at_the_world_are_at_chance_in_a_period(cell: str) -> None:
    right: Counter[str] = Counter()
    unfair: Counter[str] = Counter()
    for item in of_cell(cell):
        for rule, pick in item.picks.items():
            if rule not in item.fair:
                unfair[rule] += 1
                right[rule] += pick == item.gold
    chance = 1 / len(of_cell(cell)[0].options)
    for rule, n in unfair.items():
        assert right[rule] / n <= chance + 1e-9, rule


def test_tests_of_the_second_order_need_both_minds() -> None:
    for item in of_cell("second order"):
        if item.variant == "test":
            assert item.order == 2
            assert item.gold not in (item.picks["drop-first"], item.picks["drop-last"])
        assert item.nominal == 2


def test_each_answer_is_mentioned_equally_often_where_answers_are_in_the_rules() -> (
    None
):
    for item in of_cell("expects outcome") + of_cell("outcome"):
        story = " ".join(item.story)
        assert len({story.count(f" {option}") for option in item.options}) == 1


def test_the_companion_may_be_you_or_have_a_name_and_all_else_is_equal() -> None:
    third = made(Counterfactual(person="third"), 300)
    for mine, theirs in zip(ITEMS[:300], third, strict=True):
        assert (mine.world, mine.pair, mine.gold) == (
            theirs.world,
            theirs.pair,
            theirs.gold,
        )
        assert len(mine.story) == len(theirs.story)
        assert mine.id != theirs.id
        assert "you" in " ".join(mine.story).casefold().replace(",", "").split()
        assert "you" not in " ".join(theirs.story).casefold().replace(",", "").split()
        own = mine.cell in OWN
        assert mine.measures == ("self-state" if own else "tom")
        assert theirs.measures == ("control" if own else "tom")


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_an_item_depends_on_its_seed_and_index_alone(seed: int, index: int) -> None:
    draw = Draw(seed)
    item = GENERATOR.item(draw, index)
    assert item == Counterfactual().item(draw, index)
    assert item.labels[0].by != item.labels[1].by


def test_a_salt_makes_other_items() -> None:
    assert GENERATOR.item(DRAW, 0).id != GENERATOR.item(Draw(4, "x" * 20), 0).id


def test_an_unknown_cell_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no cell 'chess'; there are outcome, "):
        Counterfactual(cells=["chess"])


def test_no_rule_that_reads_only_the_surface_is_far_above_chance() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("generator", [GENERATOR, Counterfactual(person="third")])
def test_every_gate_holds_with_a_thousand_items_of_each_cell(
    generator: Counterfactual,
) -> None:
    assert audit(made(generator, 7 * generator.period)).failures == ()
