from collections import Counter, defaultdict

import pytest
from generated import beyond_chance, changed_lines, made, pairs
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.social.conversations.items import Conversations
from arena.environments.social.conversations.telling import CallReader
from arena.environments.social.conversations.topics import TOPICS
from arena.environments.social.generator import Draw
from arena.errors import UserError
from arena.items import Item

GENERATOR = Conversations()
ITEMS = made(GENERATOR, 2 * GENERATOR.period)
CELLS = ("fact", "belief", "belief 2", "knows", "who knows", "who missed it")
PLACE = next(topic for topic in TOPICS if topic.name == "meeting place")
START = (
    "On the call, with the sound on, were Amara, Bilal, Hana and Wei.",
    'Hana: "We meet at the mill."',
)


def of_cell(cell: str) -> list[Item]:
    return [item for item in ITEMS if item.cell == cell]


def beliefs(*lines: str) -> dict[tuple[str, ...], str]:
    """What people believe after the start and further lines; Hana is the host."""
    return CallReader([*START, *lines], "Hana", PLACE).beliefs


def test_all_on_the_call_hear_what_is_said_and_know_it_of_each_other() -> None:
    after = beliefs('Hana: "We meet at the well."')
    assert after["Amara",] == after["Bilal", "Amara"] == "the well"


def test_who_hung_up_keeps_the_old_version_and_others_know_it() -> None:
    after = beliefs("Amara hung up.", 'Hana: "We meet at the well."')
    assert after["Amara",] == after["Bilal", "Amara"] == "the mill"
    assert after["Bilal",] == "the well"
    assert after["Amara", "Bilal"] == "the mill"


def test_nobody_notices_that_a_sound_is_off() -> None:
    line = "Amara turned the sound off, which nobody noticed."
    after = beliefs(line, 'Hana: "We meet at the well."')
    assert after["Amara",] == after["Amara", "Bilal"] == "the mill"
    assert after["Bilal", "Amara"] == "the well"


def test_who_comes_back_with_the_sound_off_hears_nothing() -> None:
    after = beliefs(
        "Amara hung up.",
        "Amara called in again with the sound off, which nobody noticed.",
        'Hana: "We meet at the well."',
        "Amara turned the sound on again, which nobody noticed.",
    )
    assert after["Amara",] == "the mill"
    assert after["Bilal", "Amara"] == "the well"


def test_who_comes_back_hears_what_is_said_from_then_on() -> None:
    back = ("Amara hung up.", 'Hana: "We meet at the well."', "Amara called in again.")
    assert beliefs(*back)["Amara",] == "the mill"
    assert beliefs(*back, 'Hana: "We meet at the barn."')["Amara",] == "the barn"


def test_a_copy_to_one_alone_is_known_to_no_other() -> None:
    after = beliefs(
        "Amara hung up.",
        'Hana: "We meet at the well."',
        "Hana sent Amara alone a copy of that message.",
    )
    assert after["Amara",] == "the well"
    assert after["Bilal", "Amara"] == after["Amara", "Bilal"] == "the mill"


def test_two_who_get_a_copy_together_know_it_of_each_other() -> None:
    after = beliefs(
        "Amara hung up.",
        "Bilal hung up.",
        'Hana: "We meet at the well."',
        "Hana sent Bilal and Amara together a copy of that message.",
    )
    assert after["Amara",] == after["Bilal", "Amara"] == after["Amara", "Bilal"]
    assert after["Amara",] == "the well"
    assert after["Wei", "Amara"] == "the mill"


def test_a_photo_and_small_talk_tell_nothing() -> None:
    after = beliefs(
        "Amara hung up.",
        'Hana: "We meet at the well."',
        "Hana sent Amara alone a photo of a cat.",
        'Bilal: "The bus was late again."',
    )
    assert after["Amara",] == "the mill"


def test_cells_and_variants_come_equally_often() -> None:
    counts = Counter((item.cell, item.variant) for item in ITEMS)
    assert set(counts) == {(c, v) for c in CELLS for v in ("test", "twin")}
    assert len(set(counts.values())) == 1


def test_all_tests_of_a_call_tell_one_story() -> None:
    told: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for item in ITEMS:
        if item.variant == "test":
            told[item.world].add(item.story)
    assert {len(stories) for stories in told.values()} == {1}


@pytest.mark.parametrize("cell", CELLS)
def test_a_twin_differs_in_one_line_and_in_its_answer(cell: str) -> None:
    for test, twin in pairs(of_cell(cell)):
        assert changed_lines(test, twin) == (cell != "fact")
        assert (test.question == twin.question) == (cell != "fact")
        assert test.answer != twin.answer


@pytest.mark.parametrize("cell", ["fact", "belief", "belief 2"])
def test_each_version_is_right_equally_often(cell: str) -> None:
    rules = ("initial", "second", "third", "reality")
    right = Counter(
        rule
        for item in of_cell(cell)
        for rule in rules
        if item.picks[rule] == item.gold
    )
    assert right == dict.fromkeys(rules, len(of_cell(cell)) // 4)


def test_each_pair_of_the_second_order_needs_both_minds_once() -> None:
    for test, twin in pairs(of_cell("belief 2")):
        assert 2 in (test.order, twin.order)
        for item in (test, twin):
            dropped = (item.picks["drop-first"], item.picks["drop-last"])
            assert item.order != 2 or item.gold not in dropped


def test_lists_name_equally_many_and_each_person_in_doubt_twice() -> None:
    for item in of_cell("who knows") + of_cell("who missed it"):
        lists = [
            set(option.replace(" and ", ", ").split(", ")) for option in item.options
        ]
        assert len({len(names) for names in lists}) == 1
        uses = Counter(name for names in lists for name in names)
        assert sorted(uses.values())[:4] == [2, 2, 2, 2]


def test_both_answers_are_right_in_each_wording() -> None:
    right = Counter((item.facts["wording"], item.answer) for item in of_cell("knows"))
    assert len(set(right.values())) == 1
    assert len(right) == 8


def test_person_and_small_talk_change_words_only() -> None:
    for other in (Conversations(person="third"), Conversations(turns=0)):
        for mine, theirs in zip(ITEMS[:96], made(other, 96), strict=True):
            assert mine.id != theirs.id
            assert (mine.world, mine.pair, mine.gold, mine.roles) == (
                theirs.world,
                theirs.pair,
                theirs.gold,
                theirs.roles,
            )


def test_as_many_remarks_are_made_as_are_wanted() -> None:
    none, many = (
        made(Conversations(turns=0), 1)[0],
        made(Conversations(turns=200), 1)[0],
    )
    assert len(many.story) == len(none.story) + 200


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_an_item_depends_on_its_seed_and_index_alone(seed: int, index: int) -> None:
    draw = Draw(seed)
    item = GENERATOR.item(draw, index)
    assert item == Conversations().item(draw, index)
    assert item.labels[0].by != item.labels[1].by


def test_an_unknown_cell_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no cell 'gossip'; there are fact, belief, "):
        Conversations(cells=["gossip"])


def test_no_rule_that_reads_only_the_surface_is_far_above_chance() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("generator", [GENERATOR, Conversations(person="third")])
def test_every_gate_holds_with_a_thousand_items_of_each_cell(
    generator: Conversations,
) -> None:
    assert audit(made(generator, 21 * generator.period)).failures == ()
