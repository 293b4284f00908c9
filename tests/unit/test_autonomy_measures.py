"""What a rule of a policy measures, and what holds for every such measure."""

from collections.abc import Sequence
from typing import Any

from ara_runs import episode, evidence
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.analysis import Effort
from arena.autonomy.gate import EXIT_CODES
from arena.autonomy.measures import Measured, measure
from arena.autonomy.plays import Play, plays_of
from arena.autonomy.policy import Rule

SEVERITY = list(EXIT_CODES)


def rules() -> st.SearchStrategy[dict[str, Any]]:
    """Rules of rates, by the fields that a test then changes."""
    return st.fixed_dictionaries(
        {
            "id": st.just("r"),
            "threshold": st.floats(0.1, 0.95),
            "margin": st.floats(0, 0.09),
            "uplift": st.floats(0, 3),
            "k": st.sampled_from([None, 1, 2, 5]),
            "min_runs": st.integers(1, 12),
        }
    ).map(lambda r: {**r, "metric": "rate" if r["k"] is None else "pass@k"})


def judged(plays: Sequence[Play], rule: dict[str, Any]) -> Measured:
    return measure(Rule.model_validate(rule), plays, 0.95)


def worse(one: Measured, other: Measured) -> bool:
    return SEVERITY.index(one.outcome) > SEVERITY.index(other.outcome)


RESULTS = st.dictionaries(
    st.sampled_from("abcdefghijkl"), st.lists(st.booleans(), min_size=1, max_size=8)
).filter(bool)


def played(results: dict[str, list[bool]], **minutes: float) -> list[Play]:
    return plays_of(
        episode(evidence(family, 3 * won, minutes=minutes.get(family, 10)), epoch=i)
        for family, own in sorted(results.items())
        for i, won in enumerate(own)
    )


@given(results=RESULTS, rule=rules(), rise=st.floats(0, 0.04))
def test_a_higher_threshold_is_never_more_severe(
    results: dict[str, list[bool]], rule: dict[str, Any], rise: float
) -> None:
    plays = played(results)
    higher = judged(plays, rule | {"threshold": rule["threshold"] + rise})
    assert not worse(higher, judged(plays, rule))


@given(results=RESULTS, rule=rules(), more=st.floats(0, 2))
def test_more_uplift_margin_or_runs_asked_for_are_never_less_severe(
    results: dict[str, list[bool]], rule: dict[str, Any], more: float
) -> None:
    plays = played(results)
    found = judged(plays, rule)
    for field, value in (
        ("uplift", rule["uplift"] + more),
        ("margin", min(rule["margin"] + more, 0.099)),
        ("min_runs", rule["min_runs"] + int(4 * more)),
    ):
        assert not worse(found, judged(plays, rule | {field: value}))


@given(results=RESULTS, rule=rules())
def test_bounds_hold_the_value_and_decide(
    results: dict[str, list[bool]], rule: dict[str, Any]
) -> None:
    found = judged(played(results), rule)
    if found.value is not None:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value <= found.high + 1e-9 <= 1 + 1e-9
    assert ("reached" == found.outcome) == (found.low >= rule["threshold"])
    if found.outcome == "below":
        assert found.high < found.edge


LENGTHS = {chr(97 + i): 2.0**i for i in range(12)}
HORIZON: dict[str, Any] = {"id": "h", "metric": "horizon", "threshold": 240}


@given(
    results=st.fixed_dictionaries(
        {name: st.lists(st.booleans(), min_size=1, max_size=3) for name in LENGTHS}
    )
    | RESULTS,
    threshold=st.floats(1, 5000),
    times=st.floats(1, 8),
    uplift=st.floats(0, 2),
)
@settings(max_examples=30)
def test_a_longer_horizon_is_never_more_severe(
    results: dict[str, list[bool]], threshold: float, times: float, uplift: float
) -> None:
    plays = played(results, **LENGTHS)
    rule = HORIZON | {"threshold": threshold, "uplift": uplift}
    higher = judged(plays, rule | {"threshold": threshold * times})
    assert not worse(higher, judged(plays, rule))


def horizon_of(*won: bool, runs: int = 4, **rule: Any) -> Measured:
    """Of tasks of 1, 2, 4 … minutes."""
    results = {name: [w] * runs for name, w in zip(LENGTHS, won, strict=False)}
    return judged(played(results, **LENGTHS), HORIZON | rule)


def test_a_horizon_is_compared_in_doublings() -> None:
    short = [True] * 3 + [False] * 9
    found = horizon_of(*short, margin=0)
    assert found.value is not None
    assert 2 < found.value < 16
    assert ("below", 240) == (found.outcome, found.edge)
    assert 60 == horizon_of(*short, margin=2).edge
    assert "inconclusive" == horizon_of(*short, margin=6).outcome
    assert "reached" == horizon_of(*[True] * 11, False, threshold=32).outcome
    longer = horizon_of(*short, uplift=1.0)
    assert longer.value is not None
    assert longer.value > found.value


def test_without_a_fit_only_none_or_all_tells_where_a_horizon_lies() -> None:
    assert "below" == horizon_of(*[False] * 12).outcome
    assert "inconclusive" == horizon_of(*[False] * 12, threshold=2, runs=1).outcome
    assert "reached" == horizon_of(*[True] * 12).outcome
    assert "inconclusive" == horizon_of(*[True] * 12, threshold=4000).outcome
    few = horizon_of(False, False, True)
    assert ("inconclusive", None) == (few.outcome, few.value)
    assert "3 tasks are fewer than the 10 that it takes" == few.why


def bits_of(*acceptable: int, done: float = 3, **rule: Any) -> Measured:
    """Of episodes with two choices of ten samples each."""
    plays = plays_of(
        episode(
            evidence(done=done),
            epoch=i,
            effort=Effort((), {}, 0, ({"samples": 10, "acceptable": a},) * 2),
        )
        for i, a in enumerate(acceptable)
    )
    own = {"id": "b", "metric": "bits", "threshold": 4, "margin": 2}
    return judged(plays, own | rule)


def test_few_bits_of_help_are_much() -> None:
    assert "reached" == bits_of(10, 10, 9).outcome
    assert "below" == bits_of(*[1] * 6, 2, margin=1).outcome
    assert "inconclusive" == bits_of(5, 1, 10).outcome
    assert "inconclusive" == bits_of().outcome
    assert ("below", "inconclusive") == (bits_of(0, 0).outcome, bits_of(0, 5).outcome)
    assert "below" == bits_of(10, 10, 9, done=2).outcome
