"""The social tables, on answers few enough to work them out by hand."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from social_answers import answered, item, rows_of

from arena.analysis import Episode, Section, written
from arena.intervals import wilson
from arena.report.figures import svg
from arena.scenarios.analyses.egosocialarena import egosocialarena
from arena.scenarios.analyses.social import social

YES_NO = ("Yes, she does", "No, she does not")


def tables(episodes: Sequence[Episode], title: str) -> list[dict[str, Any]]:
    return rows_of(list(social(episodes)), title)


def only(episodes: Sequence[Episode], title: str) -> dict[str, Any]:
    (row,) = tables(episodes, title)
    return row


def test_accuracy_has_n_and_chance_and_k_is_corrected_for_it() -> None:
    """3 of 4 right among four options: κ = (0.75 - 0.25) / 0.75 = 2/3."""
    episodes = [answered(item(f"i{n}"), 1 if n == 3 else 0) for n in range(4)]
    row = only(episodes, "Cells")
    assert (4, 0.25) == (row["items"], row["chance"])
    low, high = wilson(3, 4)
    assert (0.75, low, high) == (
        row["accuracy"].value,
        row["accuracy"].low,
        row["accuracy"].high,
    )
    assert pytest.approx(2 / 3) == row["κ"].value


def test_an_answer_that_was_never_given_is_wrong_and_a_failure_is_missing() -> None:
    given_up = answered(item("a"), None)
    failed = answered(item("b"), 0, reason="error", evidence={})
    right = answered(item("c"), 0)
    row = only([given_up, failed, right], "Cells")
    assert (2, 0.5) == (row["items"], row["accuracy"].value)
    sections = social([given_up, failed, right])
    assert "1 episodes failed" in sections[0].text


def test_evidence_that_cannot_be_read_is_counted_and_the_rest_stands() -> None:
    bad = answered(item("a"), 0, evidence={"item": {"id": 3}})
    sections = social([bad, answered(item("b"), 0)])
    assert "1 left no evidence" in sections[0].text
    assert 1 == rows_of(sections, "Cells")[0]["items"]


def test_of_nothing_nothing_is_said() -> None:
    assert [] == social([])


def test_the_epochs_of_an_item_are_one_value() -> None:
    """One item right in 1 of 2, another in 2 of 2: 3/4 of two items."""
    first, second = item("a"), item("b")
    episodes = [
        answered(first, 0, epoch=0),
        answered(first, 1, epoch=1),
        answered(second, 0, epoch=0),
        answered(second, 0, epoch=1),
    ]
    row = only(episodes, "Cells")
    assert (2, 0.75) == (row["items"], row["accuracy"].value)
    again = only(episodes, "Repeated items")
    assert (2, 4) == (again["items"], again["answers"])
    assert 0.75 == again["consistency"]  # (1/2 + 1) / 2
    assert 0.5 == again["always right"].value
    assert 1.0 == again["ever right"].value


def in_epochs(*epochs: Sequence[Episode]) -> list[Episode]:
    return [replace(e, epoch=n) for n, own in enumerate(epochs) for e in own]


def test_epochs_make_no_more_pairs_worlds_or_gates() -> None:
    """Two epochs: each set is one value, the mean of its epochs, and n stays."""
    right, wrong = world("w", memory=0, belief=0), world("w", memory=1, belief=1)
    twice = in_epochs(right, wrong)
    whole = only(twice, "Whole worlds")
    assert (1, 0.5) == (whole["worlds"], whole["all right"].value)
    assert 1 == whole["all right"].n
    gated = only(twice, "Beliefs where memory and reality are right")
    assert (1, 0.5, 1) == (
        gated["worlds"],
        gated["controls right"].value,
        gated["mind items behind"],
    )
    assert 1.0 == gated["gated"].value
    pairs = only(in_epochs(opposite(1, (0, 1)), opposite(1, (0, 0))), "Twins")
    assert (1, 0.5, 1) == (
        pairs["pairs"],
        pairs["all right"].value,
        pairs["all right"].n,
    )
    opposed = only(
        in_epochs(opposite(1, (0, 1)), opposite(1, (0, 0))), "Pairs of opposites"
    )
    assert (1, 0.5, 0.5) == (
        opposed["pairs"],
        opposed["coherent"].value,
        opposed["both right"].value,
    )


def test_epochs_make_no_more_wrong_items_of_a_lure() -> None:
    asked = item("a", roles=(("correct",), ("reality",), ("told",), ("told",)))
    episodes = in_epochs([answered(asked, 1)], [answered(asked, 2)])
    row = next(r for r in tables(episodes, "Lures") if r["lure"] == "reality")
    assert (1, 0.5, 1) == (row["wrong"], row["took it"].value, row["took it"].n)


def test_epochs_make_no_more_items_in_the_papers_table() -> None:
    episodes = in_epochs(
        [answered(item("a"), 0, scenario="social/daily-life-tom")],
        [answered(item("a"), 1, scenario="social/daily-life-tom")],
    )
    episodes.append(answered(item("b"), 0, scenario="social/blackjack"))
    rows = rows_of(list(egosocialarena(episodes)), "EgoSocialArena's scenarios")
    assert [(1, 0.5), (1, 1.0)] == [(r["n"], r["accuracy"].value) for r in rows]


def test_items_of_few_worlds_say_no_more_than_the_worlds() -> None:
    """20 items of two worlds, right in one of them: κ's interval is of n = 2."""
    episodes = [
        answered(item(f"{w}{n}", world=w), int(w == "b"))
        for w in "ab"
        for n in range(10)
    ]
    found = only(episodes, "Cells")["κ"]
    low, high = wilson(1, 2)
    assert pytest.approx((1 / 3, (low - 0.25) / 0.75, (high - 0.25) / 0.75)) == (
        found.value,
        found.low,
        found.high,
    )


def test_an_index_weighs_cells_alike_and_the_two_are_never_pooled() -> None:
    """Cells of κ = 1 (one item) and 1/3 (4 of 8 right, chance 1/4): mean 2/3."""
    episodes = [answered(item("a", cell="belief 2"), 0)]
    episodes += [answered(item(f"b{n}"), n % 2) for n in range(8)]
    episodes += [answered(item("c", cell="emotion", measures="self-state"), 1)]
    minds, own = tables(episodes, "Indices")
    assert ("theory of mind", 2) == (minds["index of"], minds["cells"])
    assert pytest.approx(2 / 3) == minds["mean κ"].value
    assert ("own situation", 1) == (own["index of"], own["cells"])
    assert pytest.approx(-1 / 3) == own["mean κ"].value
    assert minds["no cell below"] < 1 / 3
    assert "social/by-hand: belief 2" == minds["weakest cell"]  # one item says little


def test_the_indices_of_three_agents_are_correlated() -> None:
    episodes: list[Episode] = []
    for agent, right in (("a", 0), ("b", 1), ("c", 3)):
        for n in range(3):
            asked = item(f"t{n}"), item(f"s{n}", measures="self-state", cell="mood")
            episodes += [answered(i, int(n >= right), agent=agent) for i in asked]
    (note,) = [
        t.note for s in social(episodes) for t in s.tables if t.title == "Indices"
    ]
    assert "Over 3 agents the two correlate with r = 1.00." in note


def test_twins_count_when_both_are_right() -> None:
    """Of three pairs one whole; test right in 2, twin right in 2."""
    episodes: list[Episode] = []
    for pair, (test, twin) in enumerate([(0, 1), (0, 2), (3, 1)]):
        for variant, gold, option in (("test", 0, test), ("twin", 1, twin)):
            asked = item(
                f"{pair}{variant}", gold=gold, pair=f"p{pair}", variant=variant
            )
            episodes.append(answered(asked, option))
    row = only(episodes, "Twins")
    assert (3, "test 0.667, twin 0.667") == (row["pairs"], row["right alone"])
    assert pytest.approx(1 / 3) == row["all right"].value
    assert pytest.approx(1 / 16) == row["guessing"]


def world(name: str, *, memory: int, belief: int, **more: Any) -> list[Episode]:
    control = {"cell": "memory", "measures": "control", "world": name}
    return [
        answered(item(f"{name}m", **control, **more), memory),
        answered(item(f"{name}b", world=name, **more), belief),
    ]


def test_beliefs_are_counted_behind_their_controls() -> None:
    """Controls right in 2 of 3 worlds; the belief in 1 of these 2, and 2 of all 3."""
    episodes = [
        *world("w1", memory=0, belief=0),
        *world("w2", memory=0, belief=1),
        *world("w3", memory=1, belief=0),
    ]
    row = only(episodes, "Beliefs where memory and reality are right")
    assert (3, 2) == (row["worlds"], row["mind items behind"])
    assert pytest.approx(2 / 3) == row["controls right"].value
    assert pytest.approx(2 / 3) == row["all mind items"].value
    assert pytest.approx(1 / 2) == row["gated"].value
    assert "comprehension-limited" == row["remark"]
    whole = only(episodes, "Whole worlds")
    assert (3, pytest.approx(1 / 3)) == (whole["worlds"], whole["all right"].value)


def test_where_controls_are_right_nothing_is_remarked() -> None:
    row = only(
        world("w", memory=0, belief=1), "Beliefs where memory and reality are right"
    )
    assert "" == row["remark"]


def test_a_gap_is_on_matched_items_and_controls_are_taken_off() -> None:
    """Minds: 1p right in 3 of 3, 3p in 1: gap 2/3, b : c = 2 : 0, p = 2/4.

    Controls: 1p right in 3 of 3, 3p in 2: gap 1/3. The difference is 1/3. A fourth
    world is told in first person only, and matches nothing.
    """
    episodes = [
        *world("w1", memory=0, belief=0, rendering="1p"),
        *world("w2", memory=0, belief=0, rendering="1p"),
        *world("w3", memory=0, belief=0, rendering="1p"),
        *world("w4", memory=1, belief=1, rendering="1p"),
        *world("w1", memory=0, belief=0, rendering="3p"),
        *world("w2", memory=0, belief=1, rendering="3p"),
        *world("w3", memory=1, belief=2, rendering="3p"),
    ]
    minds, controls = tables(episodes, "Gaps between tellings")
    assert ("1p − 3p", "others' minds", 3) == (
        minds["contrast"],
        minds["on"],
        minds["pairs"],
    )
    assert pytest.approx(2 / 3) == minds["gap"].value
    assert ("2 : 0", 0.5) == (minds["only one right"], minds["p"])
    assert pytest.approx(1 / 3) == controls["gap"].value
    taken_off = only(episodes, "Difference in differences")
    assert pytest.approx(1 / 3) == taken_off["minds − controls"].value


def test_a_gap_is_told_by_order_too() -> None:
    """Order 1: right in both; order 2: right in first person only."""
    episodes = [
        answered(
            item(f"{told}{order}", world="w", rendering=told, order=order),
            int(told == "3p" and order == 2),
        )
        for told in ("1p", "3p")
        for order in (1, 2)
    ]
    first, second = tables(episodes, "Gaps by effective order")
    assert (1, 0.0) == (first["order"], first["gap"].value)
    assert (2, 1.0) == (second["order"], second["gap"].value)


def test_questions_of_one_world_are_matched_by_their_answers() -> None:
    def asked(rendering: str, order: Sequence[int]) -> list[Episode]:
        return [
            answered(
                item(f"{rendering}{gold}", gold=gold, world="w", rendering=rendering),
                0,
                scenario=f"social/{rendering}",
            )
            for gold in order
        ]

    row = only([*asked("1p", (0, 1)), *asked("3p", (1, 0, 2))], "Gaps between tellings")
    assert (2, "0 : 0") == (row["pairs"], row["only one right"])


def test_the_same_telling_twice_is_no_contrast() -> None:
    episodes = world("w", memory=0, belief=0)
    assert [] == tables(episodes, "Gaps between tellings")


def graded(name: str, true: int, used: int | None) -> Episode:
    """Options v0..v2, of which v(o) is what following o minds gives."""
    roles = tuple(
        ("correct", f"order-{o}") if o == true else (f"order-{o}",) for o in range(3)
    )
    asked = item(name, ("v0", "v1", "v2"), true, roles=roles, order=true, nominal=2)
    return answered(asked, used)


def test_the_order_curve_is_by_effective_order_with_its_crossing() -> None:
    """Order 1: 4 of 4, κ = 1. Order 2: 1 of 4, κ = (1/4 - 1/3)/(2/3) = -1/8.

    It falls to one half at 1 + (1 - 1/2)/(9/8) = 1.44.
    """
    episodes = [graded(f"a{n}", 1, 1) for n in range(4)]
    episodes += [graded(f"b{n}", 2, 2 if n == 0 else 1) for n in range(4)]
    first, second = tables(episodes, "Beliefs by effective order")
    assert (1, 4, 1.0) == (first["order"], first["items"], first["κ"].value)
    assert pytest.approx(-1 / 8) == second["κ"].value
    deep = only(episodes, "How deep")
    assert "1.44" == deep["K50"]
    assert deep["slope of log odds per order"] < 0


def test_wrong_answers_show_which_order_was_used() -> None:
    """Of true order 2: one right, two of order 1, one not answered."""
    used = (2, 1, 1, None)
    episodes = [graded(f"b{n}", 2, option) for n, option in enumerate(used)]
    row = only(episodes, "True order by used order")
    assert (2, 4) == (row["true"], row["answers"])
    assert [0.0, 0.5, 0.25, 0.25] == [
        row[name] for name in ("used 0", "used 1", "used 2", "other")
    ]


def test_lures_are_counted_among_wrong_answers_that_could_take_them() -> None:
    """Three wrong of three options left; reality is one of them, taken twice."""
    roles = (("correct",), ("reality",), ("initial",), ("told", "initial"))
    chosen = (0, 1, 1, 2, None)
    episodes = [
        answered(item(f"i{n}", roles=roles), option) for n, option in enumerate(chosen)
    ]
    rows = {row["lure"]: row for row in tables(episodes, "Lures")}
    assert {"initial", "reality", "told"} == set(rows)
    assert (3, pytest.approx(2 / 3)) == (
        rows["reality"]["wrong"],
        rows["reality"]["took it"].value,
    )
    assert pytest.approx(1 / 3) == rows["reality"]["by chance"]
    assert pytest.approx(1 / 3) == rows["initial"]["took it"].value
    assert pytest.approx(2 / 3) == rows["initial"]["by chance"]


def test_confidence_is_scored_where_it_was_stated() -> None:
    """(0.1² + 0.8²) / 2 = 0.325; the base is 0.25."""
    episodes = [
        answered(item("a"), 0, confidence=0.9),
        answered(item("b"), 1, confidence=0.8),
        answered(item("c"), 0),
        answered(item("d"), None),
    ]
    row = only(episodes, "Calibration")
    assert 2 == row["answers"]
    assert pytest.approx(0.325) == row["Brier"]
    assert pytest.approx(-0.3) == row["skill"]
    assert 1.0 == row["AUROC"]


def opposite(pair: int, said: tuple[int, int]) -> list[Episode]:
    """A statement that is true and its negation, and what was said to each."""
    return [
        answered(
            item(
                f"{pair}{gold}",
                YES_NO,
                gold,
                generator="dual-logic",
                pair=f"p{pair}",
                variant=f"v{gold}",
            ),
            option,
        )
        for gold, option in enumerate(said)
    ]


def test_who_always_says_yes_is_half_right_and_never_coherent() -> None:
    episodes = [e for n in range(10) for e in opposite(n, (0, 0))]
    assert 0.5 == only(episodes, "Cells")["accuracy"].value
    pairs = only(episodes, "Pairs of opposites")
    assert (10, 0.0, 0.0) == (
        pairs["pairs"],
        pairs["coherent"].value,
        pairs["both right"].value,
    )
    leaning = only(episodes, "Leaning towards yes")
    assert (0.5, 1.0, 0.5) == (
        leaning["yes is right"],
        leaning["said yes"],
        leaning["bias"],
    )
    assert pytest.approx(0.0) == leaning["d′"]


def test_who_has_every_pair_the_wrong_way_is_coherent_and_wrong() -> None:
    pairs = only(opposite(1, (1, 0)), "Pairs of opposites")
    assert (1.0, 0.0) == (pairs["coherent"].value, pairs["both right"].value)


def test_the_best_blind_rule_stands_beside_the_agents() -> None:
    """Reality is right in 15 of 30; position A in 10. What is fair is no rule there."""
    episodes: list[Episode] = []
    for n in range(30):
        asked = item(
            f"i{n}",
            gold=n % 3,
            picks={"reality": n % 3 if n < 15 else 3, "initial": n % 3},
            fair=("initial",),
        )
        for agent, option in (("good", n % 3), ("poor", 3)):
            episodes.append(answered(asked, option, agent=agent, blind={"always-A": 0}))
    row = only(episodes, "Blind rules")
    assert ("reality", 0.5, 30) == (
        row["best blind rule"],
        row["its score"],
        row["items"],
    )
    assert (1.0, 0.0) == (row["good"], row["poor"])


def test_too_few_items_have_no_best_blind_rule() -> None:
    asked = item("a", picks={"reality": 0})
    row = only([answered(asked, 0)], "Blind rules")
    assert ("–", None) == (row["best blind rule"], row["its score"])


def everything(agent: str) -> list[Episode]:
    """Answers that fill every table and every figure."""
    episodes = [
        *world("w1", memory=0, belief=0, rendering="1p"),
        *world("w1", memory=0, belief=1, rendering="3p"),
        *(graded(f"g{n}", n % 3, n % 2) for n in range(9)),
        *opposite(1, (0, 1)),
        answered(item("c", picks={"reality": 1}), 1, confidence=0.7),
        answered(item("d", picks={"reality": 0}), 0, confidence=0.9),
    ]
    return [
        answered(
            item("e", cell=f"cell of {agent}"), 0, agent=agent, scenario=f"of {agent}"
        ),
        *(replace(episode, agent=agent) for episode in episodes),
    ]


HOSTILE = "a<b>&amp;\x1b[31m\u202e$x_{1}$\ud800 " + "w" * 300


@pytest.mark.parametrize(
    "agents", [["plain"], ["plain", HOSTILE], list("abcdefghijkl")]
)
def test_every_figure_can_be_drawn_whatever_the_names_hold(agents: list[str]) -> None:
    sections = social([e for agent in agents for e in everything(agent)])
    figures = [figure for section in sections for figure in section.figures]
    assert 5 == len(figures)
    for number, figure in enumerate(figures):
        drawn = svg(figure, number)
        namespaces = 'xmlns="s" xmlns:xlink="x"'
        root = ET.fromstring(f"<page {namespaces}>{drawn}</page>")
        assert "script" not in {element.tag for element in root.iter()}
        assert "\x1b" not in drawn
        assert "#0103" not in drawn, "a placeholder colour is left"


def test_the_same_answers_give_the_same_tables() -> None:
    episodes = everything("one")
    assert _told(social(episodes)) == _told(social(episodes))


def _told(sections: Sequence[Section]) -> str:
    return json.dumps([section.as_dict() for section in sections])


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["item", "answer", "option"]), inner)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(item("a").evidence())), junk)
def test_no_evidence_brings_the_analysis_down(field: str, value: Any) -> None:
    """A record may have been changed by hand, or be of another version."""
    good = answered(item("a", roles=((),) * 4, order=1), 0, confidence=0.5)
    told = {**good.evidence, "item": {**good.evidence["item"], field: value}}
    bad = answered(item("a"), 0, evidence=told)
    for section in social(
        [bad, good, answered(item("b"), 1, evidence={"item": value})]
    ):
        for table in section.tables:
            for row in table.rows:
                assert all(isinstance(written(cell), str) for cell in row)


@pytest.mark.parametrize("evidence", [{}, None, [3], {"rounds": None}, {"item": 3}])
def test_the_papers_table_stands_where_a_record_cannot_be_read(evidence: Any) -> None:
    rounds = [
        {"numbers": {"a": 3, "b": 7}, "predictions": {"a": {"b": 7}, "b": {"a": 2}}},
        {"numbers": {"a": 3, "b": 5}, "predictions": {"a": {"b": 4}, "b": {"a": 3}}},
    ]
    game = {"rounds": rounds, "rounds_planned": 4}
    episodes = [
        answered(item("a"), 0, scenario="social/blackjack"),
        answered(item("b"), 0, scenario="games/number-guessing", evidence=game),
        answered(item("c"), 0, scenario="games/number-guessing", evidence=evidence),
    ]
    rows = rows_of(list(egosocialarena(episodes)), "EgoSocialArena's scenarios")
    # One of the two rounds played was predicted, of four that were planned.
    assert [(1, 1.0), (1, 0.25)] == [(r["n"], r["accuracy"].value) for r in rows]
