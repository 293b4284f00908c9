"""Two agents in the same worlds: who is paired, what is missing, and by how much."""

import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import pytest
from command_line import call
from hypothesis import given
from hypothesis import strategies as st
from playing import play_plan, play_run

from arena.agent import AgentSpec
from arena.errors import UserError
from arena.intervals import paired_difference
from arena.paired_runs import Comparison, compare
from arena.planning import make_plan
from arena.run_folder import RunFolder
from arena.scenario import load_suite
from arena.scoring import Score
from arena.sides import sides

GAMES = ("games/blackjack", "games/number-guessing")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`a` and `b` of one seed, `other` of another, `two` with two agents."""
    root = tmp_path_factory.mktemp("runs")
    play_run(root / "a", *GAMES, epochs=6)
    play_run(root / "b", *GAMES, epochs=8)
    play_run(root / "other", GAMES[0], epochs=6, seed=1)
    agents = [AgentSpec.parse(name) for name in ("random", "basic-strategy")]
    plan = make_plan([load_suite(GAMES[0])], agents=agents, epochs=6)
    play_plan(plan, root / "two")
    return root


def compared(first: Path, second: Path) -> Comparison:
    return compare(*sides(RunFolder(first), RunFolder(second), (None, None)))


def rescored(run: Path, copy: Path, score: Callable[[int], float | None]) -> Path:
    """A copy of a run in which the nth episode's scores are others."""
    copy.mkdir()
    (copy / "run.json").write_bytes((run / "run.json").read_bytes())
    folder = RunFolder(copy)
    lines = [
        Score(episode=spec.episode, scorer=choice.name, value=score(number))
        for scenario in folder.manifest.plan.scenarios
        for choice in scenario.scorers
        for number, spec in enumerate(
            s
            for s in folder.manifest.plan.episodes()
            if s.scenario.name == scenario.ref.name
        )
    ]
    folder.add_scores(lines)
    return copy


def test_a_run_differs_from_its_like_in_nothing(runs: Path) -> None:
    found = compared(runs / "a", runs / "b")
    assert set(GAMES) == {d.scenario for d in found.differences}
    for difference in found.differences:
        assert (6, 6, 0) == (
            *(difference.pairs, difference.estimate.n, difference.missing),
        )
        assert (0.0, (0, 0)) == (difference.estimate.value, difference.better_in)
    assert ["2 of 2 scenarios"] * len(found.overall) == [
        d.scenario for d in found.overall
    ]
    told = "0 episodes of random (a) and 2 of random (b) have no counterpart"
    assert all(told in caveat for caveat in found.caveats)
    assert len(GAMES) == len(found.caveats)


def test_two_agents_of_one_run_met_the_same_deals(runs: Path) -> None:
    found = compared(runs / "two", runs / "two")
    assert ("random", "basic-strategy") == (found.first.name, found.second.name)
    assert [] == found.caveats
    folder = RunFolder(runs / "two")
    for pair in found.pairs:
        first, second = (folder.trajectory(e).header for e in pair.episodes)
        assert (first.seed, first.epoch) == (second.seed, second.epoch)
        assert {"random"} == {agent.label for agent in first.seats.values()}
    sizes = [abs(pair.difference) for pair in found.pairs]
    assert sorted(sizes, reverse=True) == sizes


@given(
    values=st.lists(
        st.tuples(*[st.none() | st.floats(-9, 9, width=16)] * 2), min_size=6, max_size=6
    )
)
def test_differences_are_those_of_pairs_with_both_scores(
    runs: Path,
    tmp_path_factory: pytest.TempPathFactory,
    values: list[tuple[float | None, float | None]],
) -> None:
    root = tmp_path_factory.mktemp("rescored")
    first = rescored(runs / "a", root / "first", lambda n: values[n][0])
    second = rescored(runs / "a", root / "second", lambda n: values[n][1])
    both = [(a, b) for a, b in values if a is not None and b is not None]
    found = compared(first, second)
    back = compared(second, first)
    for difference, reverse in zip(found.differences, back.differences, strict=True):
        assert paired_difference(both) == difference.estimate
        assert (len(both), 6 - len(both)) == (difference.pairs, difference.missing)
        assert difference.better_in == reverse.better_in[::-1]
        if both:
            assert difference.means == pytest.approx(
                (fmean(a for a, _ in both), fmean(b for _, b in both))
            )
            assert reverse.estimate.value == pytest.approx(
                -fmean(a - b for a, b in both)
            )
        told = sum(difference.why_missing.values())
        assert sum(value is None for pair in values for value in pair) == told


def test_what_failed_is_missing_and_no_zero(runs: Path, tmp_path: Path) -> None:
    part = rescored(runs / "a", tmp_path / "part", lambda n: 1.0 if n else None)
    (difference, *_) = compared(part, runs / "a").differences
    assert (5, 1) == (difference.pairs, difference.missing)
    assert {"random (part): unscored": 1} == difference.why_missing


def test_over_scenarios_each_weighs_the_same(runs: Path, tmp_path: Path) -> None:
    ones = rescored(runs / "a", tmp_path / "ones", lambda n: 1.0)
    # Of the second, the other scenario has one pair only, and it weighs as much.
    text = (ones / "scores.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in text if "blackjack" in line or "e00000" in line]
    (ones / "scores.jsonl").write_text("".join(kept))
    zeros = rescored(runs / "a", tmp_path / "zeros", lambda n: 0.25 * (n % 2))
    found = compared(ones, zeros)
    shared = {d.scorer for d in found.overall}
    assert shared
    for overall in found.overall:
        own = [d for d in found.differences if d.scorer == overall.scorer]
        values = [d.estimate.value for d in own if d.estimate.value is not None]
        assert overall.estimate.value == pytest.approx(fmean(values))
        assert 2 == overall.estimate.n
        assert overall.estimate.value == pytest.approx(
            (overall.means[0] or 0) - (overall.means[1] or 0)
        )


def test_other_seeds_have_no_pairs_and_it_is_said(runs: Path) -> None:
    found = compared(runs / "a", runs / "other")
    assert {0} == {d.pairs for d in found.differences}
    assert [None] * len(found.differences) == [
        d.estimate.value for d in found.differences
    ]
    assert any(
        "6 episodes of random (a) and 6 of random (other)" in c for c in found.caveats
    )
    assert "Only random (a) has 1 scenarios more." in found.caveats


def test_a_changed_scenario_is_a_caveat(runs: Path, tmp_path: Path) -> None:
    copy = rescored(runs / "a", tmp_path / "copy", lambda n: 0.5)
    manifest = json.loads((copy / "run.json").read_text())
    manifest["plan"]["scenarios"][0]["ref"]["digest"] = "0" * 64
    manifest["plan"]["scenarios"][0]["limits"]["turns"] = 7
    (copy / "run.json").write_text(json.dumps(manifest))
    (caveat,) = compared(runs / "a", copy).caveats
    told = f"{GAMES[0]}: its file or data and its limits differ between the runs."
    assert told == caveat


def test_forks_of_other_moments_are_a_caveat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = play_run(tmp_path / "parent", "games/kuhn", epochs=1)
    (episode, *_) = sorted(RunFolder(run).manifest.episodes)
    for at in (1, 2):
        record = run / "episodes" / f"{episode}.jsonl"
        given = ("--at", at, "--agent", "random", "--out", tmp_path / f"at{at}")
        assert 0 == call(capsys, "fork", record, *given)[0]
    told = "The two runs do not go on from the same moments of one episode."
    assert told in compared(tmp_path / "at1", tmp_path / "at2").caveats
    assert told in compared(run, tmp_path / "at2").caveats


def test_who_is_compared_can_be_named(runs: Path) -> None:
    one, two = RunFolder(runs / "a"), RunFolder(runs / "two")
    assert ["random (a)", "random (two)"] == [
        s.name for s in sides(one, two, (None, None))
    ]
    named = sides(two, one, ("basic-strategy", None))
    assert ["basic-strategy (two)", "random (a)"] == [s.name for s in named]
    turned = sides(two, two, (None, "random"))
    assert ["basic-strategy", "random"] == [s.name for s in turned]


def test_nobody_is_compared_with_himself_or_a_stranger(
    runs: Path, tmp_path: Path
) -> None:
    one = RunFolder(runs / "a")
    with pytest.raises(UserError, match="one agent, 'random'"):
        sides(one, one, (None, None))
    with pytest.raises(UserError, match="did you mean 'random'"):
        sides(one, RunFolder(runs / "b"), ("randon", None))
    play_run(tmp_path / "kuhn", "games/kuhn", epochs=1)
    with pytest.raises(UserError, match="no scenario in common"):
        compared(runs / "a", tmp_path / "kuhn")


def test_the_command_prints_and_gives_json(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _ = call(capsys, "compare", runs / "two")
    assert 0 == code
    assert "first: random\nsecond: basic-strategy\n" in told
    assert "Episodes that differ most" in told
    agents = ("--agent", "basic-strategy", "random")
    code, told, _ = call(capsys, "compare", runs / "two", *agents, "--json")
    given = json.loads(told)
    assert (0, "basic-strategy") == (code, given["first"]["agent"])
    assert 6 == given["differences"][0]["estimate"]["n"]
    code, _, complaint = call(capsys, "compare", runs / "a", runs / "nowhere")
    assert 2 == code
    assert "no run here" in complaint
