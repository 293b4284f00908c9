"""Blind rules, and the gates that they must not pass."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from fair_items import PEOPLE, PLACES, fair_item, labelled
from hypothesis import given
from hypothesis import strategies as st

from arena.audit import Audit, audit, text_picks
from arena.audit.table import audit_rows, worst_rows
from arena.items import Item, Label

N = 1000


def items(count: int = N, **kind: Any) -> list[Item]:
    return [fair_item(number, **kind) for number in range(count)]


def failing(found: Audit) -> set[str]:
    return {row.rule for row in found.rows if not row.passed}


def small(story: Sequence[str], question: str, *options: str) -> Item:
    return replace(
        fair_item(0), story=tuple(story), question=question, options=options, gold=0
    )


def test_text_rules_pick_by_position_length_and_mentions() -> None:
    story = (
        "Bo puts it in the green box.",
        "A Jar falls; the jar is whole. The tin, too.",
        "Bo opens the tin, the jar and the crate.",
    )
    item = small(story, "Tin or jar?", "the jar", "In a green box", "tin", "the crate")
    picks = text_picks(item)
    assert 0 == picks["always-A"]
    assert 1 == picks["longest"]
    assert 2 == picks["shortest"]
    assert 1 == picks["first-mentioned"]
    assert 3 == picks["last-mentioned"]
    assert 0 == picks["most-mentioned"]
    assert picks["least-mentioned"] in (1, 3)
    assert 2 == picks["named-in-question-first"]
    assert 1 == picks["overlap"]
    assert "always-yes" not in picks


def test_what_is_never_mentioned_counts_only_if_nothing_is() -> None:
    item = small(["The jar and the jar."], "Where?", "tin", "jar", "box")
    assert 1 == text_picks(item)["least-mentioned"]
    item = small(["Nothing."], "Where?", "tin", "jar", "box")
    assert text_picks(item)["least-mentioned"] in range(3)
    assert "named-in-question-first" not in text_picks(item)


def test_a_part_of_a_word_is_no_mention() -> None:
    item = small(["The crate is tinted."], "Where?", "tin", "rate", "crate")
    assert 2 == text_picks(item)["first-mentioned"]


def test_yes_and_no_are_rules_where_options_begin_so() -> None:
    picks = text_picks(small(["So."], "So?", "No, not so", "Yes, so"))
    assert (1, 0) == (picks["always-yes"], picks["always-no"])
    assert "always-no" not in text_picks(small(["So."], "So?", "Nobody", "Norah"))


def test_between_equals_a_rule_guesses_evenly() -> None:
    picks = [
        text_picks(replace(small(["-"], "?", "a b", "c d"), id=str(number)))
        for number in range(N)
    ]
    assert abs(sum(pick["overlap"] for pick in picks) / N - 0.5) < 0.05


@given(st.lists(st.text(), max_size=4), st.text(), st.sets(st.text(), min_size=2))
def test_every_pick_is_an_option_and_comes_again(
    story: list[str], question: str, options: set[str]
) -> None:
    item = small(story, question, *sorted(options))
    assert all(0 <= pick < len(options) for pick in text_picks(item).values())
    assert text_picks(item) == text_picks(item)


def test_fair_items_pass() -> None:
    found = audit(items())
    assert () == found.failures
    assert found.passed
    assert {"belief 1": N} == found.items
    learned = {row.rule for row in found.rows if "n-grams" in row.rule}
    assert {"options n-grams", "question n-grams"} == learned


def test_a_bound_is_chance_and_two_standard_errors_or_a_twentieth() -> None:
    rows = audit(items(100), learn=False).rows
    assert pytest.approx(0.25 + 2 * (0.25 * 0.75 / 100) ** 0.5) == rows[0].bound
    rows = audit(items(), learn=False).rows
    assert pytest.approx(0.30) == rows[0].bound


def test_a_planted_shortcut_is_caught_in_its_cell() -> None:
    good = items()
    bad = [
        labelled(item, cell="belief 2", gold=text_picks(item)["last-mentioned"])
        if number % 3 == 0
        else replace(item, cell="belief 2")
        for number, item in enumerate(items(2 * N)[N:])
    ]
    found = audit([*good, *bad], learn=False)
    assert {"last-mentioned"} == failing(found)
    assert 1 == len(found.failures)
    assert found.failures[0].startswith("belief 2: the rule 'last-mentioned' is right")
    worst = {row.cell: row.rule for row in worst_rows(found)}
    assert "last-mentioned" == worst["belief 2"]
    assert [False] == [row["passed"] for row in audit_rows(found) if not row["passed"]]


def test_a_rule_is_not_held_against_items_where_it_is_fair() -> None:
    asked = [
        labelled(item, gold=item.picks["reality"], fair=("reality",))
        for item in items()
    ]
    row = next(r for r in audit(asked, learn=False).rows if r.rule == "reality")
    assert (0, 1.0, True) == (row.n, row.fair, row.passed)
    unfair = [replace(item, fair=()) for item in asked]
    assert "reality" in failing(audit(unfair, learn=False))


def test_with_two_options_a_rule_that_is_always_wrong_gives_the_answer_away() -> None:
    wrong = [
        replace(item, picks={"reality": 1 - item.gold}) for item in items(options=2)
    ]
    assert {"not reality"} == failing(audit(wrong, learn=False))
    balanced = [
        labelled(item, gold=item.picks["reality"], fair=("reality",))
        if number % 2
        else item
        for number, item in enumerate(wrong)
    ]
    assert set() == failing(audit(balanced, learn=False))
    asked = [
        replace(item, picks={**item.picks, "initial": item.gold}, fair=("initial",))
        for item in wrong
    ]
    assert set() == failing(audit(asked, learn=False))


def test_a_place_that_is_right_too_often_is_a_problem() -> None:
    often = [
        fair_item(number, gold=2 if number % 4 == 0 else None) for number in range(N)
    ]
    problems = audit(often, learn=False).problems
    assert 1 == len(problems)
    assert problems[0].startswith("belief 1: option C is right in ")


def test_an_answer_that_is_right_too_often_is_a_problem() -> None:
    often = [
        labelled(item, gold=item.options.index("the jar"))
        if "the jar" in item.options and number % 2
        else item
        for number, item in enumerate(items())
    ]
    found = audit(often)
    assert any("the answer 'the jar' is right" in told for told in found.problems)
    assert "options n-grams" in failing(found)


def test_the_learner_finds_what_the_question_gives_away() -> None:
    told = [
        labelled(item, gold=item.options.index(place), cell="told")
        if (place := f"the {PLACES[number % 3]}") in item.options and number % 4
        else item
        for number, item in enumerate(items(2 * N))
    ]
    told = [
        replace(item, cell="told", question=f"Does {PEOPLE[number % 3]} know?")
        for number, item in enumerate(told)
    ]
    rows = {row.rule: row for row in audit(told).rows}
    learned = rows["question n-grams"].accuracy
    assert learned > rows["options n-grams"].accuracy + 0.1
    assert not rows["question n-grams"].passed


def test_from_words_that_never_come_again_nothing_is_learnt() -> None:
    told = [
        labelled(item, options=tuple(f"word-{n}-{i}" for i in range(4)), gold=n % 4)
        for n, item in enumerate(items(200))
    ]
    rows = {row.rule: row for row in audit(told).rows}
    assert rows["options n-grams"].passed


def test_the_learner_is_not_judged_on_worlds_that_it_learnt_from() -> None:
    """Each world names its answer, so whoever has seen the world knows it."""
    same = [
        replace(
            fair_item(number // 2),
            id=str(number),
            question=f"World {number // 2}?",
            story=(str(number),),
        )
        for number in range(N)
    ]
    rows = {row.rule: row for row in audit(same).rows}
    assert rows["question n-grams"].passed


def test_labels_that_disagree_are_named_with_their_derivations() -> None:
    bad = fair_item(3)
    wrong = next(text for text in bad.options if text != bad.answer)
    bad = replace(bad, labels=(bad.labels[0], Label("filter", wrong, "he saw it")))
    (problem,) = audit([*items(3), bad], learn=False).problems
    assert "item-3" in problem
    assert f"filter: {wrong!r}, he saw it" in problem
    assert f"table: {bad.answer!r}" in problem


def test_an_item_whose_answer_is_no_option_is_named_and_left_out() -> None:
    found = audit([*items(3), replace(fair_item(3), gold=9)], learn=False)
    assert "item-3: there is no option 9" in found.problems[0]
    assert {"belief 1": 3} == found.items


def test_one_labeller_is_enough_only_for_items_from_elsewhere() -> None:
    alone = [replace(item, labels=item.labels[:1]) for item in items(8)]
    problems = audit(alone, learn=False).problems
    assert 4 == len(problems)
    assert "only one labeller" in problems[0]
    assert problems[-1].startswith("5 more such as: ")
    imported = [
        replace(item, labels=(Label("source", item.answer, "row 1"),)) for item in alone
    ]
    assert () == audit(imported, learn=False).problems


def test_duplicates_are_named() -> None:
    same_id = replace(fair_item(5), id="item-4")
    same_text = replace(fair_item(3), id="other")
    problems = audit([*items(5), same_id, same_text], learn=False).problems
    assert "belief 1: item-4: this id comes twice" in problems
    assert "belief 1: other: tells and asks as item-3 does" in problems


def twins(answers: tuple[int, int], **changes: Any) -> list[Item]:
    found: list[Item] = []
    for number in range(40):
        base = fair_item(number)
        for variant, shift in zip(("test", "twin"), answers, strict=True):
            gold = (number + shift) % len(base.options)
            found.append(
                labelled(
                    base,
                    id=f"{number}-{variant}",
                    pair=str(number),
                    variant=variant,
                    story=(*base.story, variant),
                    gold=gold,
                    **changes,
                )
            )
    return found


def test_twins_have_different_answers() -> None:
    assert () == audit(twins((0, 1)), learn=False).problems
    problems = audit(twins((0, 0)), learn=False).problems
    assert "belief 1: 0-test and its twin 0-twin have one answer" in problems


def test_twins_with_other_options_may_differ_in_the_role_of_the_answer() -> None:
    roles = tuple((f"role {place}",) for place in range(4))
    pairs = twins((0, 0), roles=roles)
    for at in range(1, len(pairs), 2):
        options = list(pairs[at].options)
        options[pairs[at].gold - 1] = "the well"
        turned = (roles[3], *roles[:3])
        pairs[at] = replace(pairs[at], options=tuple(options), roles=turned)
    assert () == audit(pairs, learn=False).problems


def test_tests_without_twins_are_a_problem() -> None:
    pairs = twins((0, 1))
    problems = audit([*pairs[:60], *pairs[60::2]], learn=False).problems
    assert ("belief 1: 40 tests have 30 twins",) == problems


def test_an_audit_of_nothing_passes() -> None:
    assert audit([]).passed
