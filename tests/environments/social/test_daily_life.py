"""Daily life: answers by stated rules, pinned by a reader of the stories as told."""

import re
from collections import Counter

import pytest
from generated import DRAW, beyond_chance, changed_lines, made, pairs
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import audit
from arena.environments.social.daily_life.items import DailyLife
from arena.environments.social.daily_life.wording import Wording
from arena.environments.social.generator import Draw
from arena.errors import UserError
from arena.items import Item

GENERATOR = DailyLife(person="third")
ITEMS = made(GENERATOR, GENERATOR.period)
CELLS = sorted({item.cell for item in ITEMS})


def of_cell(*cells: str) -> list[Item]:
    return [item for item in ITEMS if item.cell in cells]


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ("{a} {a:has|have} {a's} coat.", "You have your coat."),
        ("{b} sees {a}. {b's} coat is {a's}.", "Bo sees you. Bo's coat is your."),
        ("Then {a} {a:goes|go}: {a} {a:is|are} late.", "Then you go: you are late."),
    ],
)
def test_you_take_the_place_of_a_person(marked: str, told: str) -> None:
    assert Wording({"a": "Ann", "b": "Bo"}, "a").sentence(marked) == told


def test_a_person_who_is_not_you_keeps_the_name() -> None:
    assert Wording({"a": "Ann"}, None).sentence("{a} {a:is|are} in.") == "Ann is in."


def test_one_line_tells_twins_apart_and_flips_the_answer() -> None:
    for test, twin in pairs(ITEMS):
        assert changed_lines(test, twin) == 1, test.story
        assert test.question == twin.question
        assert {*test.options} == {*twin.options}
        assert test.answer != twin.answer


def test_both_persons_have_one_world_and_one_answer() -> None:
    for index, third in enumerate(ITEMS[:640]):
        first = DailyLife(person="first").item(DRAW, index)
        assert (first.world, first.pair) == (third.world, third.pair)
        assert (first.variant, first.cell) == (third.variant, third.cell)
        assert (first.gold, first.roles) == (third.gold, third.roles)
        assert first.id != third.id
        assert re.search(r"\b[Yy]our?\b", " ".join(first.story))
        assert not re.search(r"\b[Yy]our?\b", " ".join(third.story))


def test_the_own_mind_is_self_state_only_in_the_first_person() -> None:
    first = made(DailyLife(person="first"), 16)
    assert {item.cell for item in first if item.measures == "tom"} == {
        "faux pas: who",
        "hidden emotion: thought",
        "hint",
        "hint: any",
        "persuasion",
        "persuasion: chosen",
        "sarcasm",
    }
    assert {item.measures for item in ITEMS} == {"tom"}


def test_no_mark_is_left_in_what_is_told() -> None:
    for item in ITEMS:
        told = " ".join((item.rules, *item.story, item.question, *item.options))
        assert not set("{}|") & set(told)


@pytest.mark.parametrize("cell", CELLS)
def test_each_answer_of_a_cell_is_right_equally_often(cell: str) -> None:
    items = of_cell(cell)
    tests = [item for item in items if item.variant == "test"]
    assert len(tests) * 2 == len(items) == GENERATOR.period // len(CELLS)
    if items[0].options in (("Yes", "No"), ("No", "Yes")) or "hidden" in cell:
        right = Counter(item.answer for item in items)
        assert len(set(right.values())) == 1, right


@pytest.mark.parametrize("cell", ["white lie", "sarcasm"])
def test_what_a_speaker_does_is_each_of_four_equally_often(cell: str) -> None:
    for variant in ("test", "twin"):
        items = [item for item in of_cell(cell) if item.variant == variant]
        kinds = Counter(item.answer.split()[-1] for item in items)
        right, mistaken = kinds.pop("right"), kinds.pop("mistaken")
        assert right == mistaken == 12
        assert sum(kinds.values()) == 24


def _matter(story: tuple[str, ...]) -> tuple[str, str, bool]:
    """Return what was reported, what is so, and whether the person learned of it."""
    news = next(i for i, line in enumerate(story) if " that " in line and i)
    first = story[news].rpartition(" that ")[2].rstrip(".")
    later = next(line for line in story if ": in truth" in line)
    then = later.rpartition(": in truth ")[2].rstrip(".")
    learned = any(
        sign in line
        for line in story
        for sign in (" is told of it at once", "passes this on to", "gets to know of")
        if "never" not in line and "Nobody" not in line
    )
    return first, then, learned


FEELINGS = {
    ("fond of each other", True): "Happy",
    ("fond of each other", False): "Sorry",
    ("dislike each other", True): "Resentful",
    ("dislike each other", False): "Gloating",
}
GOOD = ("won", "the lead", "passed", "going to print", "everything", "better")
GOOD_TOO = ("sunniest", "higher")


def test_feelings_for_others_follow_from_liking_and_from_what_is_believed() -> None:
    checked = 0
    for item in of_cell("emotion"):
        if item.facts["family"] != "fortunes of others":
            continue
        first, then, learned = _matter(item.story)
        believed = then if learned else first
        good = any(word in believed for word in (*GOOD, *GOOD_TOO))
        liking = next(
            key for key, _ in FEELINGS if any(key in line for line in item.story)
        )
        assert item.answer.split()[0] == FEELINGS[liking, good], item.story
        checked += 1
    assert checked > 5


def test_an_intent_is_the_plan_for_what_the_person_believes_to_take() -> None:
    for item in of_cell("intent"):
        told = "\n".join(item.story)
        fills = re.findall(r"fills? (?:the \w+ jar|it) with (\w+)\.", told)
        stuff = fills[1] if "watches this" in told else fills[0]
        tool = re.findall(r"takes the \w+ jar and (a \w+)\.", told)[0]
        goal = re.findall(rf"To (.*), one needs {stuff} and {tool}\.", told)
        assert [item.answer.casefold()] == [g.casefold() for g in goal]


def test_a_hint_asks_for_the_thing_where_the_speaker_believes_it() -> None:
    helps = {"sleeve": "needle", "dark": "matches", "pouring": "umbrella"}
    checked = 0
    for item in of_cell("hint"):
        told = "\n".join(item.story)
        places = re.findall(r"from (the \w+ basket) to (the \w+ basket)", told)[0]
        place = places["watches this" in told]
        assert item.answer.endswith(f"from {place}")
        for said, thing in helps.items():
            if said in told.rpartition("says to")[2]:
                assert thing in item.answer
                checked += 1
    assert checked > 5


def test_a_faux_pas_is_made_by_who_was_not_told() -> None:
    for item in of_cell("faux pas: who"):
        told = "\n".join(item.story)
        assert item.answer == re.findall(r"in secret, but not (\w+),", told)[0]


def test_knowing_makes_of_a_faux_pas_a_slight() -> None:
    meaning = {"faux pas: any": "faux pas", "faux pas: purpose": "on purpose"}
    for item in of_cell(*meaning):
        told = "\n".join(item.story)
        maker = re.findall(r"(\w+) made the \w+;", told)[0]
        knows = f"that {maker} made" in told
        hears = f"{maker} sits close by and hears every word" in told
        is_so = hears and knows == (meaning[item.cell] == "on purpose")
        affirms = not re.search("free of|without", item.question)
        assert (item.answer == "Yes") == (is_so == affirms), item.story


def test_a_lie_is_what_the_speaker_does_not_believe_true_or_not() -> None:
    true_lies = [i for i in of_cell("white lie", "sarcasm") if i.facts["true lie"]]
    assert len(true_lies) > 10
    for item in true_lies:
        assert re.match("Lies|Mocks|Deceives", item.answer)


def test_what_wins_over_is_real_and_what_is_chosen_is_believed() -> None:
    for item in of_cell("persuasion", "persuasion: chosen"):
        told = "\n".join(item.story)
        target = re.findall(r"wants to win (\w+) over", told)[0]
        minded = re.findall(rf"{target} (?:still )?minds (the [\w ]+?) most", told)
        unaware = "does not hear of how" in told
        chosen = minded[0] if "chosen" in item.cell and unaware else minded[1]
        assert f'"{item.answer}" answers {chosen}' in item.rules


@given(st.integers(0, 10**9), st.integers(0, 2**63))
def test_any_item_can_be_made_alone_and_is_the_same_again(
    index: int, seed: int
) -> None:
    draw = Draw(seed, "a private salt")
    assert DailyLife().item(draw, index) == DailyLife().item(draw, index)


def test_cells_can_be_chosen() -> None:
    items = made(DailyLife(cells=["hint", "sarcasm"]), 8)
    assert Counter(item.cell for item in items) == {"hint": 4, "sarcasm": 4}


def test_a_cell_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="no cell 'hnt'"):
        DailyLife(cells=["hnt"])


def test_no_blind_rule_is_right_in_a_period() -> None:
    found = audit(ITEMS, learn=False)
    assert found.problems == ()
    assert beyond_chance(found) == []


@pytest.mark.slow
@pytest.mark.parametrize("person", ["first", "third"])
def test_the_audit_passes(person: str) -> None:
    generator = DailyLife(person="first" if person == "first" else "third")
    assert audit(made(generator, 11 * generator.period)).failures == ()


def test_no_count_of_lines_tells_who_makes_a_faux_pas() -> None:
    right = tried = 0
    generator = DailyLife(person="third", cells=["faux pas: who"])
    for item in (generator.item(DRAW, index) for index in range(900)):
        alone = Counter(
            named[0]
            for line in item.story
            if len(named := [x for x in item.options if x in line]) == 1
        )
        fewest = min(alone[option] for option in item.options)
        least = [option for option in item.options if alone[option] == fewest]
        if len(least) == 1:
            tried += 1
            right += item.answer == least[0]
        told = " ".join(item.story)
        assert len({told.count(option) for option in item.options}) == 1
    assert right <= tried * 0.39
