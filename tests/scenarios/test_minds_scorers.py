"""Scores of games with minds from evidence small enough to work out by hand."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from minds_play import (
    EVEN,
    OTHER,
    OWN,
    PLAY,
    TYPES,
    belief,
    chances,
    evidence,
    loss,
    part,
    prediction,
    record,
    switcher,
    types,
)

from arena.agent import AgentSpec
from arena.registry import load
from arena.scoring import Unscored

MINDS = (
    *("prediction-skill", "prediction-log-skill", "predictions-made", "type-skill"),
    *("parts-to-identify", "parts-to-recover", "regret", "winnings", "forfeits"),
)


def score(name: str, left: Any, other: AgentSpec | str = "caller") -> float:
    return load("scorers", name)(record(left, other), OWN)


def predicted(*stated: Any, ideal: Any = None, **more: Any) -> dict[str, Any]:
    """Evidence of hands with one prediction each; the ideal one is (1/4, 3/4)."""
    known = chances(0.25, 0.75) if ideal is None else ideal
    numbers = range(1, len(stated) + 1)
    return evidence(
        [part(n) for n in numbers],
        predictions=[
            prediction(n, told, known) for n, told in zip(numbers, stated, strict=True)
        ],
        **more,
    )


def test_skill_is_the_share_of_the_way_from_even_to_ideal() -> None:
    """Off by ½ from a certain call is 2·¼, by ¼ is 2·1/16; stated ⅜: 2·9/64."""
    left = predicted(chances(0.375, 0.625))
    expected = (1 / 2 - 2 * (3 / 8) ** 2) / (1 / 2 - 1 / 8)
    assert pytest.approx(expected) == score("prediction-skill", left)


@pytest.mark.parametrize("name", ["prediction-skill", "prediction-log-skill"])
def test_the_ends_of_the_scale_are_even_and_ideal(name: str) -> None:
    assert pytest.approx(0) == score(name, predicted(EVEN, EVEN))
    assert pytest.approx(1) == score(name, predicted(chances(0.25, 0.75)))


def test_skill_sums_over_rows_and_is_not_a_mean_of_ratios() -> None:
    rows = [
        prediction(1, chances(0.25, 0.75), chances(0.25, 0.75)),
        prediction(2, EVEN, chances(0.0, 1.0)),
    ]
    left = evidence([part(1), part(2)], predictions=rows)
    assert pytest.approx((3 / 8 + 0) / (3 / 8 + 1 / 2)) == score(
        "prediction-skill", left
    )


def test_where_nothing_is_stated_an_even_guess_counts() -> None:
    """Else who spoke only where it is easy would be the best of all."""
    left = predicted(chances(0.25, 0.75), None, None, None)
    even = predicted(chances(0.25, 0.75), *[chances(0.5, 0.5)] * 3)
    for name in ("prediction-skill", "prediction-log-skill"):
        assert pytest.approx(0.25) == score(name, left)
        assert pytest.approx(score(name, even)) == score(name, left)
    assert 0.25 == score("predictions-made", left)


@pytest.mark.parametrize(("at", "expected"), [(2, -1.0), (3, 1.0)])
def test_what_is_true_is_what_the_other_is_in_that_part(
    at: int, expected: float
) -> None:
    """Calls are expected in both hands, and a switcher folds from hand `at` on.

    Even is off by ½ in each; stated by 0, and by 2 where it folds.
    """
    call, fold = chances(0, 1), chances(1, 0)
    ideals = [call, fold if at == 2 else call]
    rows = [prediction(n, call, ideal) for n, ideal in enumerate(ideals, 1)]
    left = evidence([part(1), part(2)], predictions=rows)
    assert pytest.approx(expected) == score("prediction-skill", left, switcher(at))


def test_log_skill_is_by_divergence_with_a_floor() -> None:
    """A certain fold where a call is certain costs ln 1.001/0.001, and not infinity.

    Of three actions that could come two are floored: the sum is 1.002.
    """
    left = predicted(chances(1, 0))
    uniform, ideal = (math.log((1.001) / p) for p in (0.5, 0.75))
    stated = math.log(1.002 / 0.001)
    expected = (uniform - stated) / (uniform - ideal)
    assert pytest.approx(expected) == score("prediction-log-skill", left)


def test_hits_are_judged_by_the_chance_that_the_number_comes() -> None:
    by_type = {"caller": {"50": 1.0}, "folder": {"45": 1.0}}
    uniform = {str(n): 1 / 4 for n in (40, 45, 50, 55)}

    def row(number: int, stated: str, ideal: dict[str, float]) -> dict[str, Any]:
        return prediction(
            number, {stated: 1.0}, ideal, uniform=uniform, by_type=by_type, came="50"
        )

    rows = [row(1, "45", {"50": 0.6, "45": 0.4}), row(2, "50", {"50": 1.0})]
    left = evidence([part(1), part(2)], predictions=rows, judged_by="hit")
    # Hits 0 and 1, ideal 1 and 1, uniform ¼ and ¼.
    assert pytest.approx((1 - 1 / 2) / (2 - 1 / 2)) == score("prediction-skill", left)
    with pytest.raises(Unscored, match="single numbers"):
        score("prediction-log-skill", left)


def test_an_ideal_observer_that_is_torn_hits_half_of_the_time() -> None:
    by_type = {"caller": {"50": 1.0}, "folder": {"45": 1.0}}
    told = prediction(
        1,
        {"50": 1.0},
        {"45": 0.5, "50": 0.5},
        uniform={"45": 0.25, "50": 0.25, "55": 0.25, "60": 0.25},
        by_type=by_type,
        came="50",
    )
    left = evidence([part(1)], predictions=[told], judged_by="hit")
    assert pytest.approx((1 - 1 / 4) / (1 / 2 - 1 / 4)) == score(
        "prediction-skill", left
    )


def test_type_skill_is_by_brier_score_against_the_true_type() -> None:
    """Even is off by ½; stated 0.8 by 2·0.04, ideal 0.9 by 2·0.01."""
    left = evidence([part(1)], beliefs=[belief(1, types(0.8), types(0.9))])
    assert pytest.approx((0.5 - 0.08) / (0.5 - 0.02)) == score("type-skill", left)


def test_a_stated_type_holds_until_the_next_and_before_it_an_even_guess() -> None:
    silent = [None, types(0.8), None]
    spoken = [types(0.5), types(0.8), types(0.8)]
    one, two = (
        evidence(
            [part(1), part(2), part(3)],
            beliefs=[belief(n, t, types(0.9)) for n, t in enumerate(told, 1)],
        )
        for told in (silent, spoken)
    )
    assert pytest.approx(score("type-skill", two)) == score("type-skill", one)


@pytest.mark.parametrize("name", ["prediction-skill", "type-skill"])
def test_giving_up_wins_nothing(name: str) -> None:
    """Of four hands one is played out; whoever gave up the rest guesses it evenly."""

    def left(*parts: dict[str, Any]) -> Any:
        own = predicted(chances(0.25, 0.75), parts_planned=4)
        beliefs = [belief(1, types(0.9), types(0.9))]
        return {**own, "parts": [part(1), *parts], "beliefs": beliefs}

    lost = [part(n, forfeited=OWN) for n in (2, 3, 4)]
    won = [part(n, forfeited=OTHER) for n in (2, 3, 4)]
    assert pytest.approx(0.25) == score(name, left(*lost))
    assert pytest.approx(0.25) == score(name, left())
    assert pytest.approx(1.0) == score(name, left(*won))
    with pytest.raises(Unscored, match="no part was played out"):
        score(name, {**left(), "parts": [], "predictions": [], "beliefs": []})


def test_a_type_that_is_not_listed_is_no_type_to_find() -> None:
    left = evidence([part(1)], beliefs=[belief(1, SURE, SURE)])
    for name in ("type-skill", "parts-to-identify"):
        with pytest.raises(Unscored, match="stranger"):
            score(name, left, "stranger")


def test_where_even_the_ideal_observer_is_misled_there_is_no_skill() -> None:
    """Both differences are negative, and their ratio would be above 0."""
    left = evidence([part(1)], beliefs=[belief(1, types(0.8), types(0.9))])
    with pytest.raises(Unscored, match="nothing to know"):
        score("type-skill", left, "folder")


SURE, TORN, WRONG = types(0.9), types(0.5), types(0.2)


@pytest.mark.parametrize(
    ("stated", "until"),
    [
        ([SURE, SURE, SURE], 0),
        ([TORN, SURE, SURE], 1),
        ([SURE, WRONG, SURE], 2),
        ([SURE, SURE, WRONG], 3),
        ([SURE, SURE, TORN], 3),
        ([TORN, SURE, None], 1),
        ([None, None, SURE], 2),
    ],
)
def test_a_type_is_identified_once_it_is_stated_for_good(
    stated: list[Any], until: int
) -> None:
    rows = [belief(n, told, SURE) for n, told in enumerate(stated, 1)]
    left = evidence([part(1), part(2), part(3)], beliefs=rows)
    assert float(until) == score("parts-to-identify", left)


def test_a_session_that_was_cut_short_never_settled() -> None:
    left = evidence([part(1)], beliefs=[belief(1, SURE, SURE)], parts_planned=4)
    assert 4.0 == score("parts-to-identify", left)


def test_a_session_that_ended_by_forfeits_settled_only_what_was_played() -> None:
    """Hands 3 to 6 are lost without a move; until a switch in hand 3 all was played."""
    parts = [part(1), part(2), *(part(n, forfeited=OWN) for n in (3, 4, 5, 6))]
    rows = [belief(n, SURE, SURE) for n in (1, 2)]
    left = evidence(parts, beliefs=rows, ended_by_forfeit=OWN)
    assert 6.0 == score("parts-to-identify", left)
    assert 0.0 == score("parts-to-identify", left, switcher(3))
    assert 4.0 == score("parts-to-recover", left, switcher(3))


def test_after_a_switch_another_type_is_to_be_seen() -> None:
    """Right of the caller from hand 2 on, of the folder from hand 6 on."""
    told = [TORN, SURE, SURE, SURE, SURE, WRONG, WRONG]
    rows = [belief(n, t, SURE) for n, t in enumerate(told, 1)]
    left = evidence([part(n) for n in range(1, 8)], beliefs=rows)
    assert 1.0 == score("parts-to-identify", left, switcher(4))
    assert 2.0 == score("parts-to-recover", left, switcher(4))
    with pytest.raises(Unscored, match="nobody switched"):
        score("parts-to-recover", left)
    with pytest.raises(Unscored, match="nobody switched"):
        score("parts-to-recover", left, switcher(8))


def test_a_session_cut_before_the_switch_shows_no_recovery() -> None:
    left = evidence([part(1)], beliefs=[belief(1, SURE, SURE)], parts_planned=9)
    with pytest.raises(Unscored, match="before the switch"):
        score("parts-to-recover", left, switcher(5))


def test_what_was_right_before_a_switch_is_wrong_from_it_on() -> None:
    """In hand 4, where the other becomes the folder, nothing is decided or stated."""
    told = {1: SURE, 2: SURE, 3: SURE, 5: WRONG, 6: WRONG}
    rows = [belief(n, t, SURE) for n, t in told.items()]
    left = evidence([part(n) for n in range(1, 7)], beliefs=rows)
    assert 0.0 == score("parts-to-identify", left, switcher(4))
    assert 1.0 == score("parts-to-recover", left, switcher(4))


def test_regret_is_a_mean_over_hands_played_out_in_the_unit() -> None:
    """½ + ¼ chips in hand 1, 0 in hand 2, hand 3 is forfeited: 0.75·500/2."""
    parts = [part(1), part(2), part(3, forfeited=OWN)]
    losses = [loss(1, 0.5, 9), loss(1, 0.25, 9), loss(3, 7)]
    left = evidence(parts, losses=losses)
    assert pytest.approx(0.75 * 500 / 2) == score("regret", left)
    assert pytest.approx(1 / 3) == score("forfeits", left)


def test_winnings_are_as_the_rules_have_them_forfeits_included() -> None:
    left = evidence([part(1, 3), part(2, -1, forfeited=OWN), part(3, 1)])
    assert pytest.approx(500 * 1) == score("winnings", left)


def test_what_others_lost_and_stated_is_theirs() -> None:
    of_other = {"by": OTHER, "of": OWN}
    left = evidence(
        [part(1, forfeited=OTHER)],
        predictions=[{**prediction(1, EVEN, EVEN), **of_other}],
        beliefs=[{**belief(1, SURE, SURE), **of_other}],
        losses=[{**loss(1, 5), **of_other}],
    )
    assert 0.0 == score("forfeits", left)
    for name in ("prediction-skill", "predictions-made", "type-skill", "regret"):
        with pytest.raises(Unscored):
            score(name, left)


@pytest.mark.parametrize("name", ["prediction-skill", "prediction-log-skill", "regret"])
def test_an_opponent_of_unknown_play_is_unscored_with_its_name(name: str) -> None:
    left = predicted(EVEN, losses=[loss(1, 1)])
    with pytest.raises(Unscored, match="does not know how 'chat' plays"):
        score(name, left, "chat")


def test_where_the_ideal_observer_knows_nothing_there_is_no_skill() -> None:
    with pytest.raises(Unscored, match="nothing to know"):
        score("prediction-skill", predicted(EVEN, ideal=EVEN))


NOTHING: dict[str, float] = {}


@pytest.mark.parametrize("name", MINDS)
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"parts": [{"part": 0}]}, "does not fit: parts.0.part"),
        ({"unit": {"name": "mbb", "per_payoff": -1}}, "does not fit: unit.per_payoff"),
        ({"predictions": [{"part": 1}]}, "does not fit: predictions.0"),
        ({"losses": [loss(1, math.nan)]}, "does not fit: losses.0.by_type.caller"),
        (
            {"predictions": [prediction(1, chances(-1, 2), EVEN)]},
            "does not fit: predictions.0.stated.fold",
        ),
        ({"parts": [{"part": 1, "payoffs": NOTHING}]}, "pays player-1 nothing"),
    ],
)
def test_a_record_that_does_not_fit_is_unscored_with_the_place(
    name: str, damage: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unscored, match=reason):
        score(name, {**evidence([part(1)]), **damage})


@pytest.mark.parametrize("name", MINDS)
@pytest.mark.parametrize("left", [{}, {"rounds_planned": 3}, evidence([])])
def test_a_session_in_which_nothing_happened_is_unscored(name: str, left: Any) -> None:
    with pytest.raises(Unscored):
        score(name, {**left, "parts_planned": 1} if left.get("unit") else left)


def test_a_switcher_that_does_not_say_what_it_is_is_unscored() -> None:
    spec = AgentSpec(name="switcher", options={"first": "caller"})
    with pytest.raises(Unscored, match="a switcher with the options"):
        score("prediction-skill", predicted(EVEN), spec)


share = st.floats(0, 1)


@given(st.lists(st.tuples(share, share), min_size=1, max_size=20))
def test_skill_grows_with_every_step_towards_the_truth(
    rows: list[tuple[float, float]],
) -> None:
    """Stated chances half way between even and ideal have skill ½ or more."""
    true = PLAY[TYPES[0]]
    told: list[Any] = []
    for number, (_, towards) in enumerate(rows, 1):
        ideal = {n: EVEN[n] + towards * (true[n] - EVEN[n]) for n in EVEN}
        half = {n: (EVEN[n] + ideal[n]) / 2 for n in EVEN}
        told.append(prediction(number, half, ideal))
    left = evidence([part(n) for n in range(1, len(rows) + 1)], predictions=told)
    if max(towards for _, towards in rows) > 0.01:
        assert 0.5 - 1e-9 <= score("prediction-skill", left) <= 1 + 1e-9
