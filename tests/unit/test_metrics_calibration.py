"""Calibration, with numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intervals import Estimate
from arena.metrics.calibration import (
    aurc,
    auroc,
    brier,
    brier_skill,
    calibration_error,
    calibration_interval,
    reliability,
)

STATED = [0.9, 0.8, 0.6, 0.5]
RIGHT = [1.0, 0.0, 1.0, 0.0]

answers = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=120,
)


def test_brier_is_the_mean_squared_distance() -> None:
    """(0.01 + 0.64 + 0.16 + 0.25) / 4 = 0.265."""
    assert pytest.approx(0.265) == brier(STATED, RIGHT)
    assert brier([], []) is None


def test_skill_is_against_stating_the_mean_accuracy() -> None:
    """The base is 0.5 · 0.5: 1 - 0.265 / 0.25 = -0.06."""
    assert pytest.approx(-0.06) == brier_skill(STATED, RIGHT)
    assert 0.0 == brier_skill([0.5] * 4, RIGHT)
    assert brier_skill([1.0, 1.0], [1.0, 1.0]) is None
    assert brier_skill([], []) is None


def test_right_answers_are_surer_than_wrong_ones_in_so_many_pairs() -> None:
    """Of (0.9, 0.6) against (0.8, 0.5): 0.9 beats both, 0.6 beats one: 3/4."""
    assert 0.75 == auroc(STATED, RIGHT)
    assert 0.5 == auroc([0.7, 0.7, 0.7], [1.0, 0.0, 1.0])
    assert auroc([0.7], [1.0]) is None
    assert auroc([0.7], [0.0]) is None


def test_risk_by_coverage_is_averaged() -> None:
    """Shares wrong of the k surest: 0, 1/2, 1/3, 2/4; the mean is 1/3."""
    assert pytest.approx(1 / 3) == aurc(STATED, RIGHT)
    assert pytest.approx(0.5) == aurc([0.7] * 4, RIGHT)
    assert aurc([], []) is None


def test_bins_have_equal_mass_and_the_error_is_weighed_by_it() -> None:
    """Bins of two: |1/2 - 0.55| and |1/2 - 0.85|, each of weight 1/2: 0.2."""
    bins = reliability(STATED, RIGHT, bins=2, fewest=2)
    assert [2, 2] == [b.n for b in bins]
    assert pytest.approx([0.55, 0.85]) == [b.confidence for b in bins]
    assert [0.5, 0.5] == [b.accuracy for b in bins]
    assert pytest.approx(0.2) == calibration_error(bins)
    assert calibration_error([]) is None


def test_few_answers_make_one_bin() -> None:
    """|1/2 - 0.7|."""
    assert [4] == [b.n for b in reliability(STATED, RIGHT)]
    assert pytest.approx(0.2) == calibration_interval(STATED, RIGHT).value


def test_what_equals_take_too_much_the_bins_after_them_share() -> None:
    """1,500 equal answers are half of all; no bin of 20 stands beside those of 107."""
    stated = [0.5] * 1500 + [0.6 + 0.0001 * n for n in range(1500)]
    sizes = [b.n for b in reliability(stated, [1.0] * 3000)]
    assert 1500 == sizes[0]
    assert 15 == len(sizes)
    assert {107, 108} == set(sizes[1:])


@given(answers, st.integers(1, 15), st.integers(1, 30))
def test_bins_hold_every_answer_once_and_split_no_confidence(
    given_answers: list[tuple[float, float]], bins: int, fewest: int
) -> None:
    stated, right = zip(*given_answers, strict=True)
    found = reliability(stated, right, bins=bins, fewest=fewest)
    assert len(stated) == sum(b.n for b in found)
    assert len(found) <= bins
    assert all(b.n >= min(fewest, len(stated)) for b in found)
    assert len({b.confidence for b in found}) == len(found)
    backwards = reliability(stated[::-1], right[::-1], bins=bins, fewest=fewest)
    assert found == backwards


@given(answers)
def test_the_order_of_answers_changes_nothing(
    given_answers: list[tuple[float, float]],
) -> None:
    stated, right = zip(*given_answers, strict=True)
    for formula in (brier, auroc, aurc):
        there, back = formula(stated, right), formula(stated[::-1], right[::-1])
        assert there == (back if back is None else pytest.approx(back))


def test_the_interval_of_the_error_holds_it_and_is_the_same_each_time() -> None:
    stated, right = STATED * 25, RIGHT * 25
    found = calibration_interval(stated, right)
    assert found == calibration_interval(stated, right)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low < found.high <= 1


def test_the_interval_of_the_error_is_over_worlds() -> None:
    """Ten answers about each of 20 worlds say less than 200 about as many."""
    worlds = [f"w{n}" for n in range(20)] * 10
    alike = calibration_interval(STATED * 50, RIGHT * 50, worlds=worlds)
    apart = calibration_interval(STATED * 50, RIGHT * 50)
    assert _width(apart) < 0.6 * _width(alike)


def _width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low
