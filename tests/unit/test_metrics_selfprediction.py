"""Scores of self-prediction, by hand."""

from math import isclose, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.metrics.selfprediction import (
    ceiling,
    entropy,
    log_score,
    mode,
    pooled,
    repeat_accuracy,
    shares,
    shuffled_accuracy,
    skill,
    skill_interval,
)

HIT, STAND = {"hit": 1.0}, {"stand": 1.0}
TORN = {"hit": 0.5, "stand": 0.5}
counts = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), min_size=1)


def test_shares_are_parts_of_all_acts() -> None:
    assert {"hit": 0.75, "stand": 0.25} == shares({"hit": 3, "stand": 1})


def test_each_situation_has_the_same_weight() -> None:
    """(1 + 0 + 0.5) / 3 and (0 + 1 + 0.5) / 3."""
    assert {"hit": 0.5, "stand": 0.5} == pooled([HIT, STAND, TORN])


def test_entropy_is_in_bits() -> None:
    assert 0 == entropy(HIT)
    assert 1 == entropy(TORN)
    assert pytest.approx(0.8113, abs=1e-4) == entropy({"hit": 0.75, "stand": 0.25})


def test_the_mode_is_what_is_done_most_often() -> None:
    """(1 + 1 + 0.5 + 0) / 4."""
    assert ("hit", 0.625) == mode([HIT, HIT, TORN, STAND])


def test_of_equally_frequent_acts_the_first_by_name_is_the_mode() -> None:
    assert ("hit", 0.5) == mode([STAND, HIT])


def test_shuffled_predictions_are_right_as_often_as_shares_meet() -> None:
    """Acts 3/4 hit, predictions 1/2 hit: 3/4·1/2 + 1/4·1/2."""
    acts = [HIT, HIT, HIT, STAND]
    assert pytest.approx(0.5) == shuffled_accuracy(acts, [HIT, HIT, STAND, STAND])
    assert pytest.approx(0.75) == shuffled_accuracy(acts, [HIT] * 4)


def test_the_ceiling_is_the_mean_share_of_each_situations_own_mode() -> None:
    """(1 + 0.5 + 0.75) / 3."""
    assert 0.75 == ceiling([HIT, TORN, {"hit": 0.25, "stand": 0.75}])


def test_a_repeated_act_is_predicted_by_the_others() -> None:
    """hit, hit, stand: each hit sees one of both, 1/2; the stand sees two hits, 0."""
    assert pytest.approx(1 / 3) == repeat_accuracy([{"hit": 2, "stand": 1}])
    assert 1 == repeat_accuracy([{"hit": 4}])
    assert 0 == repeat_accuracy([{"hit": 1, "stand": 1}])


def test_one_act_says_nothing_of_repeating() -> None:
    assert repeat_accuracy([{"hit": 1}, {"stand": 1}]) is None
    assert 1 == repeat_accuracy([{"hit": 1}, {"stand": 2}])


@given(st.lists(counts, min_size=1, max_size=8))
def test_no_baseline_is_above_the_ceiling(acts: list[dict[str, int]]) -> None:
    each = [shares(a) for a in acts]
    top = ceiling(each) + 1e-9
    assert mode(each)[1] <= top
    assert shuffled_accuracy(each, each) <= top


@given(st.lists(counts.filter(lambda c: sum(c.values()) > 1), min_size=1, max_size=8))
def test_repeating_is_not_above_the_ceiling(acts: list[dict[str, int]]) -> None:
    assert (repeat_accuracy(acts) or 0) <= ceiling([shares(a) for a in acts]) + 1e-9


def test_skill_is_the_part_of_the_way_from_habit_to_ceiling() -> None:
    assert pytest.approx(0.5) == skill(0.75, 0.6, 0.9)
    assert pytest.approx(-0.5) == skill(0.45, 0.6, 0.9)
    assert skill(1.0, 1.0, 1.0) is None


def test_an_interval_of_skill_holds_its_value() -> None:
    """Half of 40 acts are hits: mode 0.5, ceiling 1; 30 right: (0.75 - 0.5) / 0.5."""
    acts = [HIT, STAND] * 20
    found = skill_interval([1.0] * 30 + [0.0] * 10, acts)
    assert 0.5 == found.value
    assert 40 == found.n
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.5 < found.high < 1


def test_there_is_no_interval_where_all_predictions_are_right() -> None:
    found = skill_interval([1.0, 1.0], [HIT, STAND])
    assert (1.0, None, None) == (found.value, found.low, found.high)
    assert skill_interval([], []).value is None


def test_the_log_score_is_in_bits_of_what_was_done() -> None:
    assert pytest.approx(log2(0.8)) == log_score(HIT, "hit", 0.8, 2)
    assert pytest.approx(log2(0.1)) == log_score(STAND, "hit", 0.8, 3)
    assert pytest.approx(-2) == log_score(TORN, "hit", 0.25, 4)


def test_certainty_that_fails_costs_no_more_than_one_in_a_hundred() -> None:
    assert isclose(log2(0.01), log_score(STAND, "hit", 1.0, 2))
    assert isclose(log2(0.99), log_score(HIT, "hit", 1.0, 2))
