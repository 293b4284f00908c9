"""Statements about beliefs and their opposites, pinned by hand and read back."""

import re
from collections import Counter

import pytest
from generated import DRAW, beyond_chance, made, pairs

from arena.audit import audit
from arena.environments.social.beliefs.table import belief_table
from arena.environments.social.dual_logic import DualLogic
from arena.environments.social.dual_statements import World, world_of
from arena.errors import UserError
from arena.items import Item

GENERATOR = DualLogic()
ITEMS = made(GENERATOR, GENERATOR.period)
CELLS = sorted({item.cell for item in ITEMS})


def beliefs_of(world: World) -> list[str | None]:
    table = belief_table(world.setting, world.events, world.thing, 1)
    return [table[(person,)] for person in world.people]


@pytest.mark.parametrize(
    "stages", [[0], [1], [2], [None], [0, 1, 2], [2, None, 2], [None, None, None]]
)
def test_a_person_believes_the_stage_of_the_visit_or_nothing(
    stages: list[int | None],
) -> None:
    world = world_of(DRAW.rng("a world"), stages)
    expected = [None if stage is None else world.places[stage] for stage in stages]
    assert beliefs_of(world) == expected


def _thoughts(item: Item) -> dict[str, str | None]:
    """Return what each person thinks, read from the story as it is told."""
    place = ""
    room = re.findall(r"(\w+) is in the (\w+)\.$", item.story[2])[0][1]
    thoughts: dict[str, str | None] = {}
    for line in item.story:
        if (found := re.match(r"The \w+ is in the (\w+), as all", line)) or (
            found := re.match(r"\w+ moves the \w+ to the (\w+)\.", line)
        ):
            place = found[1]
        elif found := re.match(r"(\w+) comes into the (\w+)\.", line):
            thoughts[found[1]] = place if found[2] == room else None
    return thoughts


def _is_so(item: Item, thoughts: dict[str, str | None]) -> bool:
    """Return whether a statement about one person is true, by its words alone."""
    said = item.question.removeprefix("Is this so: ").removesuffix("?")
    (thought,) = thoughts.values()
    if said.startswith("it is not the case that "):
        said, turned = said.removeprefix("it is not the case that "), True
    else:
        turned = "does not think" in said
    place = said.split()[-1]
    if "is not in the" in said:
        return (thought is not None and thought != place) != turned
    return (thought == place) != turned


def test_statements_about_one_person_are_true_by_what_the_story_tells() -> None:
    seen = Counter[str]()
    for item in ITEMS:
        if item.cell in ("not the case", "outer negation", "inner negation"):
            thoughts = _thoughts(item)
            assert (item.answer == "Yes") == _is_so(item, thoughts), item.story
            seen[item.cell] += None in thoughts.values()
    assert min(seen.values()) > 2


def test_statements_about_a_group_are_true_by_what_the_story_tells() -> None:
    for item in ITEMS:
        if item.cell not in ("everyone", "nobody"):
            continue
        thoughts = _thoughts(item)
        place = item.question.removesuffix("?").split()[-1]
        so = [thought == place for thought in thoughts.values()]
        truth = {
            "everyone thinks": all(so),
            "someone does not": not all(so),
            "nobody thinks": not any(so),
            "someone thinks": any(so),
        }
        (expected,) = [v for words, v in truth.items() if words in item.question]
        assert (item.answer == "Yes") == expected, item.story


def test_of_a_statement_and_its_opposite_exactly_one_is_true() -> None:
    for test, twin in pairs(ITEMS):
        assert (test.story, test.rules) == (twin.story, twin.rules)
        assert {test.answer, twin.answer} == {"Yes", "No"}
        assert test.question != twin.question


def test_who_thinks_nothing_denies_both_a_thought_and_its_inner_negation() -> None:
    nothing = [item for item in ITEMS if item.facts["no belief"]]
    for item in nothing:
        if item.cell in ("outer negation", "inner negation"):
            assert (item.answer == "Yes") == ("does not think" in item.question)


@pytest.mark.parametrize("cell", CELLS)
def test_each_statement_is_true_in_half_of_the_worlds(cell: str) -> None:
    for variant in ("test", "twin"):
        items = [i for i in ITEMS if i.cell == cell and i.variant == variant]
        assert sum(item.answer == "Yes" for item in items) * 2 == len(items)
        for rule in ("reality", "initial"):
            right = [item.options[item.picks[rule]] == item.answer for item in items]
            assert abs(sum(right) * 2 - len(items)) <= 6, (rule, sum(right))


def test_both_persons_have_one_world_and_one_answer() -> None:
    for index, third in enumerate(ITEMS):
        first = DualLogic(person="first").item(DRAW, index)
        assert (first.world, first.gold) == (third.world, third.gold)
        assert first.question != third.question or "who has been" in third.question
    assert {item.measures for item in ITEMS} == {"tom"}
    own = made(DualLogic(person="first", cells=["inner negation"]), 2)
    assert {item.measures for item in own} == {"self-state"}


def test_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no cell 'outer'"):
        DualLogic(cells=["outer"])


def test_no_blind_rule_is_right_in_a_period() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
def test_the_audit_passes() -> None:
    assert audit(made(GENERATOR, 28 * GENERATOR.period)).failures == ()
