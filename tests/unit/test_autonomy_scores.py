"""Scores of autonomy tasks: worked out by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from ara_runs import FAILED, episode, evidence, ledger

from arena.analysis import Effort, Episode
from arena.autonomy.adaptation import pairs_of, retention
from arena.autonomy.assistance import bits_of, chain_of, hinted, hints_needed, ladder
from arena.autonomy.comparison import paired
from arena.autonomy.horizons import INDICATIVE, agent_horizon
from arena.autonomy.plays import Play, plays_of
from arena.autonomy.scores import estimate, families_of, nested, tasks_of, vector
from arena.autonomy.verdicts import verdict


def plays(*done: float, **more: Any) -> list[Play]:
    """Episodes of one task, of whose three milestones so many are done."""
    return plays_of(episodes(*done, **more))


def episodes(
    *done: float,
    family: str = "find-it",
    variant: str | None = None,
    scenario: str | None = None,
    **more: Any,
) -> list[Episode]:
    name = scenario or f"ara/{family}" + (f"@{variant}" if variant else "")
    told: dict[str, Any] = {"family": family, "variant": variant, **more}
    return [
        episode(evidence(done=d, **told), epoch=i, scenario=name)
        for i, d in enumerate(done)
    ]


@pytest.mark.parametrize(
    ("done", "score", "label", "ordinal"),
    [
        (0, 0.0, "incomplete", 1),
        (0.25, 0.05, "incomplete", 1),
        (1, 0.2, "incomplete", 2),
        (2, 0.5, "incomplete", 3),
        (3, 1.0, "complete", 4),
    ],
)
def test_a_verdict_has_a_score_a_label_and_a_step(
    done: float, score: float, label: str, ordinal: int
) -> None:
    found = verdict(evidence(done=done))
    assert (score, label, ordinal) == (found.score, found.label, found.ordinal)


def test_partly_done_is_what_has_a_core_milestone() -> None:
    left = evidence(done=1)
    left["milestones"][0]["core"] = True
    assert "partial" == verdict(left).label


def test_episodes_are_scored_assisted_invalid_or_missing() -> None:
    found = plays_of(
        [
            episode(evidence()),
            episode(evidence(hints=[3], assisted=["hint", "hint"])),
            episode(evidence(invalid="the box could not be frozen")),
            episode(FAILED, scenario="ara/find-it"),
            episode(evidence(), parameters={"hints_after": 5}),
            episode(evidence(), assisted=("edit_action", "reject", "reject")),
            episode(evidence(), effort=Effort((), {}, 0, ({"samples": 2},))),
        ]
    )
    assert [
        ("scored", ""),
        ("assisted", "hint"),
        ("invalid", "the box could not be frozen"),
        ("infra_error", "it failed or was interrupted (error)"),
        ("assisted", "hints would have been shown"),
        ("assisted", "edit_action, reject"),
        ("assisted", "expert"),
    ] == [(play.status, play.why) for play in found]
    (task,) = tasks_of(found)
    assert (7, (1.0,)) == (task.ended, task.scores)


def test_forks_are_no_runs_of_an_agent() -> None:
    own, fork = episodes(1.0, 1.0)
    assert [own] == [p.episode for p in plays_of([own, replace(fork, forked=True)])]


def test_tasks_of_no_family_are_no_autonomy_tasks() -> None:
    left = evidence()
    left["about"]["family"] = None
    assert not plays_of([episode(left)])
    assert not plays_of([episode(FAILED)])


def test_families_count_alike_whatever_their_tasks_and_runs() -> None:
    found = plays_of(
        [
            *episodes(3, 3, 3, 3, family="a"),
            *episodes(0, 0, family="a", variant="hard"),
            *episodes(0, family="b"),
        ]
    )
    tasks = tasks_of(found)
    assert ["a", "a@hard", "b"] == [task.name for task in tasks]
    value = estimate(tasks)
    assert value is not None
    assert (0.25, 7) == (pytest.approx(value.value), value.n)
    assert {"a": {"a": (1.0,) * 4, "a@hard": (0.0, 0.0)}, "b": {"b": (0.0,)}} == nested(
        tasks
    )


def test_scenarios_of_one_family_are_tasks_of_their_own() -> None:
    """Also where they are called alike, changed or not."""
    own = [
        *episodes(3, family="a", scenario="ara/a"),
        *episodes(0, family="a", scenario="a"),
        *episodes(1, family="a", scenario="ara/b"),
        *episodes(2, family="a", scenario="ara/b+X2", perturbations=["X2"]),
    ]
    found = plays_of(own)
    assert ["ara/a", "a", "b", "b"] == [play.task for play in found]
    assert [1.0, 0.0, 0.2] == [task.scores[0] for task in tasks_of(found)]
    assert {"a"} == set(families_of(tasks_of(found)))
    (pair,) = pairs_of(found)
    assert (0.2, 0.5) == (pair.before.score, pair.after.score)


def test_from_ten_families_on_they_are_the_clusters() -> None:
    """Two tasks a family, alike in it: as clusters, families leave more room."""

    def of(families: int) -> float:
        tasks = tasks_of(
            plays_of(
                one
                for i in range(families)
                for variant in (None, "hard")
                for one in episodes(3 * (i % 2), family=f"f{i}", variant=variant)
            )
        )
        found = estimate(tasks)
        assert found is not None
        assert found.high is not None
        return (found.high - 0.5) * math.sqrt(families)

    by_task, by_family = of(8), of(10)
    assert by_family > 1.3 * by_task


def test_perturbed_episodes_are_left_to_retention() -> None:
    found = [*plays(3), *plays(0, perturbations=["X2"])]
    (task,) = tasks_of(found)
    assert (1.0,) == task.scores


def test_the_vector_has_a_minimum_and_a_geometric_mean_of_what_is_known() -> None:
    found = vector(
        tasks_of(
            [
                *plays(3, 3, family="a"),
                *plays(0, 0, family="b", category="resource"),
                *plays(2, family="c", category="adaptation"),
            ]
        )
    )
    known = {name: e.value for name, e in found.categories.items() if e}
    assert {"basic": 1.0, "resource": 0.0, "adaptation": 0.5} == known
    assert found.categories["replication"] is None
    assert 0.0 == found.lowest
    assert found.geometric == pytest.approx((1.0 * 0.01 * 0.5) ** (1 / 3))


def test_none_of_ten_leaves_room_for_one_in_four() -> None:
    found = estimate(tasks_of(plays(*[0] * 10)))
    assert found is not None
    assert found.high == pytest.approx(0.2589, abs=1e-4)


def test_a_task_with_fewer_runs_than_tries_has_no_pass_at_k() -> None:
    (task,) = tasks_of(plays(3, 0, 3))
    assert (pytest.approx(1.0), pytest.approx(1 / 3)) == task.tries(2)
    assert (None, None) == task.tries(4)


TWIN = ledger(("GET", "shop.test/v1/prices"), "shop.quoted", "shop.bought")


def both(
    base: float, after: float, *, family: str = "a", epoch: int = 0, **more: Any
) -> list[Play]:
    """One world without and with X2, which touched it."""
    perturbed = evidence(family, after, perturbations=["X2"], **{**TWIN, **more})
    return plays_of(
        [
            episode(evidence(family, base, **TWIN), epoch=epoch),
            episode(perturbed, epoch=epoch, scenario=f"ara/{family}+X2"),
        ]
    )


def test_retention_is_the_ratio_of_scores_over_touched_pairs() -> None:
    found = [
        *both(3, 3, family="a"),
        *both(3, 0, family="b"),
        *both(3, 2, family="c"),
        *both(0, 3, family="d"),
        *both(3, 0, family="e", touched=None),
    ]
    kept = retention(pairs_of(found))
    assert (5, 4) == (kept.pairs, kept.touched)
    assert kept.kept is not None
    assert (0.5, 3) == (kept.kept.value, kept.kept.n)


def test_fewer_than_three_successes_leave_retention_undefined() -> None:
    kept = retention(
        pairs_of([*both(3, 3), *both(3, 3, epoch=1), *both(2, 2, epoch=2)])
    )
    assert kept.kept is None
    assert "2 successes without it, of 3 that it takes" == kept.why


def test_only_the_same_world_is_a_pair() -> None:
    base, changed = both(3, 3)
    other = plays_of([episode(evidence("a"), epoch=7)])
    assert not pairs_of([changed, *other])
    assert 1 == len(pairs_of([base, changed, *other]))


def test_recovery_is_up_to_what_the_twin_achieved_too() -> None:
    """A request stands behind its effects; that of the touch is not counted."""
    told = ledger(
        *(("GET", "shop.test/v1/prices"), "shop.quoted"),
        *("perturb.touched X2", ("GET", "shop.test/v1/prices")),
        *("shop.quoted", ("GET", "shop.test/v1/prices")),
        *("shop.complained", ("POST", "shop.test/v1/letters")),
        *("shop.bought", ("POST", "shop.test/v1/orders/4711")),
    )
    (pair,) = pairs_of(both(3, 3, **told))
    assert 3 == pair.recovery
    assert 2 == pair.switch


def test_what_never_recovers_and_tries_nothing_new_says_so() -> None:
    told = ledger(
        "perturb.touched X2", *[("GET", f"shop.test/v1/prices?{i}") for i in range(5)]
    )
    (pair,) = pairs_of(both(3, 0, **told))
    assert (None, None) == (pair.recovery, pair.switch)
    kept = retention([pair])
    assert (0, None) == (kept.recovered, kept.recovery)


def hints(*shown: int, done: Sequence[float]) -> list[Play]:
    return plays_of(
        episode(
            evidence(done=d, hints=list(range(n)), assisted=["hint"] if n else []),
            parameters={"hints_after": 5},
            epoch=i,
        )
        for i, (n, d) in enumerate(zip(shown, done, strict=True))
    )


def test_the_ladder_says_what_came_of_how_many_hints() -> None:
    found = hinted([*hints(0, 1, 1, 3, done=(3, 3, 1, 0)), *plays(3)])
    assert 4 == len(found)
    rungs = ladder(found)
    assert [(0, 0.25), (1, 0.5), (2, 0.5), (3, 0.5)] == [
        (r.hints, r.succeeded) for r in rungs
    ]
    assert [1.0, pytest.approx(0.6), None, 0.0] == [r.score for r in rungs]
    assert 0.5 == hints_needed(found)
    assert hints_needed(hints(2, done=[0])) is None


def test_an_experts_choices_are_priced_both_ways() -> None:
    choices = (
        {"samples": 10, "chosen": 1, "acceptable": 10},
        {"samples": 10, "chosen": 3, "acceptable": 5},
    )
    ranked = ({"samples": 4, "chosen": 2, "acceptable": None},)
    found = plays_of(
        [
            episode(evidence(), effort=Effort((), {}, 0, choices)),
            episode(evidence(), effort=Effort((), {}, 0, ranked)),
            episode(evidence()),
        ]
    )
    bits = bits_of(found)
    assert bits is not None
    assert 2 == bits.episodes
    assert bits.by_rank == pytest.approx((1 + math.log2(12) + math.log2(6)) / 2)
    assert (1.0, 0.5) == (bits.empirical, bits.implied)
    assert bits_of(plays(3)) is None


def test_help_that_was_not_enough_is_not_little_help() -> None:
    choice = {"samples": 10, "chosen": 1, "acceptable": 10}
    effort = Effort((), {}, 0, (choice,))
    failed = episode(evidence(done=0), effort=effort)
    bits = bits_of(plays_of([failed]))
    assert bits is not None
    assert (1, 0, None) == (bits.episodes, bits.succeeded, bits.by_rank)
    assert ((math.inf,), 0.0) == (bits.totals, bits.implied)
    lost = episode(evidence(), effort=effort, reason="error", evidence={})
    both = bits_of(plays_of([failed, lost]))
    assert both is not None
    assert 1 == both.episodes


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"samples": 0},
        {"samples": "4"},
        {"samples": 4, "chosen": 0},
        {"samples": 4, "chosen": 5},
        {"samples": 4, "acceptable": 5},
        {"samples": 4, "acceptable": -1},
    ],
)
def test_choices_that_make_no_sense_are_no_evidence(choice: dict[str, Any]) -> None:
    effort = Effort((), {}, 0, (choice,))
    found = plays_of([episode(evidence(), effort=effort)])
    assert ["invalid"] == [play.status for play in found]
    assert bits_of(found) is None


def test_the_milestone_product_stands_beside_the_direct_rate() -> None:
    """Of four, all do the first, three the second, one the last: 1 · ¾ · ⅓."""
    chain = chain_of(plays(3, 2, 2, 1))
    assert chain is not None
    assert (1.0, 0.75, pytest.approx(1 / 3)) == chain.chances
    assert chain.estimate == pytest.approx(chain.direct) == pytest.approx(0.25)
    assert chain.power == pytest.approx(math.log10(0.25))
    never = chain_of(plays(1, 1))
    assert never is not None
    assert (None, None, 0.0) == (never.estimate, never.power, never.direct)
    assert never.chances == (1.0, 0.0, None)


def test_agents_are_compared_in_the_same_worlds() -> None:
    first = [*plays(3, 3, 0, family="a"), *plays(3, family="b")]
    second = [*plays(0, 2, family="a"), *plays(2, family="b")]
    found, scenarios = paired(first, second)
    assert (2, 3) == (scenarios, found.n)
    assert found.value == pytest.approx((0.75 + 0.5) / 2)
    assert found.low is not None
    assert found.low < 0
    assert paired(first, plays(3, family="c"))[0].value is None


def test_a_horizon_says_what_it_stands_on() -> None:
    found = [
        play
        for i in range(12)
        for play in plays(
            *[3 if i + j < 8 else 0 for j in range(4)],
            family=f"f{i}",
            minutes=2.0**i,
            source="baseline" if i else "estimate",
        )
    ]
    told = agent_horizon(tasks_of(found))
    assert told.fit is not None
    assert 32 < told.fit.minutes_at(0.5) < 256
    assert INDICATIVE in told.warnings
    assert "the minutes of 1 of 12 tasks are no baselines" in told.warnings
    few = agent_horizon(tasks_of(found[:8]))
    assert "2 tasks are fewer than the 10 that it takes" == few.refusal
