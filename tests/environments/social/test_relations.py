"""Problems of relations: pinned by hand, and read back from their stories."""

import re
from collections import Counter

import pytest
from generated import DRAW, beyond_chance, changed_lines, made, pairs

from arena.audit import audit
from arena.environments.social.relation_items import Relations
from arena.environments.social.relations import Graph
from arena.errors import UserError
from arena.items import Item

GENERATOR = Relations(person="third")
ITEMS = made(GENERATOR, GENERATOR.period)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def family(own: str, boys: int, girls: int) -> Graph:
    graph = Graph()
    kinds = [own, *["boy"] * boys, *["girl"] * girls]
    graph.tie_all("sibling", [graph.add(str(i), kind) for i, kind in enumerate(kinds)])
    return graph


@pytest.mark.parametrize(
    ("own", "via", "asked", "count"),
    [
        ("girl", "boy", "girl", 5),
        ("boy", "boy", "girl", 4),
        ("girl", "boy", "boy", 2),
        ("boy", "boy", "boy", 3),
        ("girl", "girl", "girl", 4),
        ("boy", "girl", "girl", 3),
    ],
)
def test_a_sibling_counts_the_one_told_of_but_not_themselves(
    own: str, via: str, asked: str, count: int
) -> None:
    graph = family(own, boys=3, girls=4)
    assert graph.count("0", ("sibling", via), [("sibling", asked)]) == count


def test_a_count_that_hangs_on_whom_one_asks_is_refused() -> None:
    graph = family("girl", boys=2, girls=1)
    graph.tie("sibling", "1", graph.add("half", "girl"))
    with pytest.raises(ValueError, match=r"\[2, 3\]"):
        graph.count("0", ("sibling", "boy"), [("sibling", "girl")])


def _read(item: Item, name: str) -> tuple[str, int, int]:
    """Return the kind of a person, and how many brothers and sisters they have."""
    told = "\n".join(item.story)
    kind = re.findall(rf"{name} is a (boy|girl)\.", told)[0]
    numbers = [
        re.findall(rf"{name} has .*?(\w+) {plural}", told)[0]
        for plural in ("brothers", "sisters")
    ]
    brothers, sisters = (WORDS.index(n) if n in WORDS else int(n) for n in numbers)
    return kind, brothers, sisters


def test_siblings_are_what_the_story_makes_them() -> None:
    for item in ITEMS:
        if item.cell != "siblings":
            continue
        asked, name, via = re.findall(
            r"How many (\w+) does each of (\w+)'s (\w+) have", item.question
        )[0]
        kind, brothers, sisters = _read(item, name)
        children = ["boy"] * brothers + ["girl"] * sisters + [kind]
        kinds = {"brothers": "boy", "sisters": "girl"}
        children.remove(kinds[via])
        count = children.count(kinds[asked])
        assert item.answer in (str(count), [*WORDS, "ten"][count])


def test_one_line_tells_twins_apart_and_flips_the_answer() -> None:
    for test, twin in pairs(ITEMS):
        assert changed_lines(test, twin) == 1
        assert test.question == twin.question
        assert {*test.options} == {*twin.options}
        assert test.answer != twin.answer


def test_every_structure_is_told_in_every_variation() -> None:
    for cell in ("siblings", "cousins", "two families", "known"):
        told = {
            (item.facts["structure"], item.facts["variation"])
            for item in ITEMS
            if item.cell == cell
        }
        structures = {structure for structure, _ in told}
        assert len(told) == 4 * len(structures)


def test_the_told_number_is_right_in_half_and_fair_there() -> None:
    items = [item for item in ITEMS if item.cell != "known"]
    right = [item.options[item.picks["told"]] == item.answer for item in items]
    assert sum(right) * 2 == len(items)
    assert right == [item.fair == ("told",) for item in items]


def test_both_persons_have_one_world_and_one_answer() -> None:
    for index, third in enumerate(ITEMS):
        first = Relations(person="first").item(DRAW, index)
        assert (first.world, first.gold) == (third.world, third.gold)
        assert first.options == third.options
        assert first.question != third.question or first.story != third.story


def test_all_are_controls() -> None:
    assert {item.measures for item in ITEMS} == {"control"}


def test_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no cell 'cousin'"):
        Relations(cells=["cousin"])


def test_chosen_cells_alternate() -> None:
    items = made(Relations(cells=["known", "friends"]), 8)
    assert Counter(item.cell for item in items) == {"known": 4, "friends": 4}


def test_no_blind_rule_is_right_in_a_period() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
def test_the_audit_passes() -> None:
    assert audit(made(GENERATOR, 16 * GENERATOR.period)).failures == ()
