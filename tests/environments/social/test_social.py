"""The environment of social items: read, lived, answered once, recorded unchanged."""

import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import command_line
import pytest
from playing import plan_of, play_one, play_plan, play_run
from social_scenarios import item, social_scenario

from arena.audit import audit
from arena.environments.social import Social
from arena.errors import UserError
from arena.item_files import write_items
from arena.registry import make_env
from arena.run import score_run
from arena.run_folder import RunFolder
from arena.scoring import score_trajectory
from arena.verify import verify_run


def call(name: str, **args: Any) -> Any:
    return {"name": name, "args": args, "id": None}


@pytest.fixture
def parameters(tmp_path: Path) -> dict[str, Any]:
    social_scenario(tmp_path / "mine")
    return {"file": str(tmp_path / "mine" / "items.jsonl")}


def test_a_read_item_shows_rules_story_question_and_lettered_options(
    parameters: dict[str, Any],
) -> None:
    env = make_env("Social-v1", parameters)
    seen, info = env.reset(seed=1, options={"sample": 2})
    assert seen == (
        "Who is away sees nothing.\n\n"
        "Ana puts the ball in the box.\nAna leaves.\nBo takes the bag.\n\n"
        "Where will Ana look for the ball?\nA. the box\nB. the bag"
    )
    assert info["view"]["legal"] == ["answer"]


def test_a_lived_item_arrives_one_event_at_a_time(parameters: dict[str, Any]) -> None:
    env = make_env("Social-v1", parameters | {"mode": "lived"})
    seen, info = env.reset(seed=1, options={"sample": 2})
    assert seen == "Who is away sees nothing.\n\nAna puts the ball in the box."
    assert info["view"]["legal"] == ["wait"]
    assert env.step(call("wait"))[0] == "Ana leaves."
    refused, *_, info = env.step(call("answer", option="A", confidence=1.0))
    assert "not allowed now" in refused
    env.step(call("wait"))
    seen, *_, info = env.step(call("wait"))
    assert seen.endswith("Where will Ana look for the ball?\nA. the box\nB. the bag")
    assert info["view"]["legal"] == ["answer"]


@pytest.mark.parametrize(
    ("generator", "lived"),
    [("beliefs", True), ("talk", True), ("conversations", False)],
)
def test_only_what_is_perceived_one_event_at_a_time_is_said_to_be_lived(
    generator: str, lived: bool
) -> None:
    env = make_env("Social-v1", {"generator": generator, "mode": "lived"})
    assert ("as far as you perceive it" in env.instructions("player")) is lived
    assert ("a line at a time" in env.instructions("player")) is not lived


def test_the_answer_ends_the_episode_and_does_not_tell_whether_it_was_right(
    parameters: dict[str, Any],
) -> None:
    env = make_env("Social-v1", parameters)
    ends: list[Any] = []
    for option in "AB":
        env.reset(seed=1, options={"sample": 2})
        ends.append(env.step(call("answer", option=option, confidence=0.5)))
    assert [end[1] for end in ends] == [1.0, 0.0]
    assert ends[0][0] == ends[1][0]
    assert all(end[2] for end in ends)


@pytest.mark.parametrize(
    "args",
    [
        {"option": "C", "confidence": 0.5},
        {"option": "the box", "confidence": 0.5},
        {"option": "A", "confidence": 1.5},
        {"option": "A", "confidence": "high"},
        {"option": "A"},
        {"option": 0, "confidence": 0.5},
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(
    parameters: dict[str, Any], args: dict[str, Any]
) -> None:
    env = make_env("Social-v1", parameters)
    env.reset(seed=1)
    seen, reward, over, _, info = env.step(call("answer", **args))
    assert (reward, over) == (0.0, False)
    assert "Legal now: answer" in seen
    assert "error" in info


def test_an_option_beyond_those_of_the_item_is_refused_by_letter(
    tmp_path: Path,
) -> None:

    more = item(1, options=("the box", "the bag", "the jar"), roles=())
    write_items(tmp_path / "items.jsonl", [item(0), more])
    env = make_env("Social-v1", {"file": str(tmp_path / "items.jsonl")})
    env.reset(seed=1, options={"sample": 0})
    seen, *_ = env.step(call("answer", option="C", confidence=0.5))
    assert "the options are A to B, not C" in seen


HOSTILE = (
    "Ana\x1b[2J says \u202eevil\u202c \x07 \U0001f600\U0001f9d1\u200d\U0001f680 "
    + "o" * 5000
)


def test_hostile_text_is_played_and_recorded_unchanged_and_shown_safely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = social_scenario(tmp_path / "mine", story=(HOSTILE, "Ana leaves."), items=1)
    trajectory = play_one(tmp_path / "run", path, agent="oracle")
    seen = next(e.data["text"] for e in trajectory.events if e.kind == "observation")
    assert HOSTILE in seen
    _, shown, _ = command_line.call(capsys, "show", trajectory.path)
    assert "Ana leaves." in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown


def test_oracle_is_always_right_and_reality_never_where_belief_is_false(
    tmp_path: Path,
) -> None:
    path = social_scenario(tmp_path / "mine")
    for agent, value in (("oracle", 1.0), ("reality", 0.0)):
        folder = RunFolder(play_run(tmp_path / agent, path, agent=agent))
        scores = [s for each in folder.scores().values() for s in each]
        headline = {s.value for s in scores if s.scorer == "right-answer"}
        assert headline == {value}


@pytest.mark.parametrize("agent", ["oracle", "random"])
def test_a_lived_false_belief_verifies_and_scores_the_same_offline(
    tmp_path: Path, agent: str
) -> None:
    plan = plan_of("social/lived-beliefs", agent=agent, epochs=1, items=8)
    play_plan(plan, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    assert verify_run(folder) == []
    before = folder.scores()
    for spec in plan.episodes():
        trajectory = folder.trajectory(spec.episode)
        assert "lived" == trajectory.evidence["mode"]
        again = score_trajectory(trajectory, plan.scenarios[0].scorers)
        assert again == list(before[spec.episode])
    assert score_run(folder) == before


def test_no_answer_counts_as_wrong_and_its_confidence_is_missing(
    tmp_path: Path,
) -> None:
    path = social_scenario(tmp_path / "mine", parameters='mode = "lived"', items=1)
    plan = plan_of(path, agent="oracle", epochs=1, limits={"turns": 2})
    play_plan(plan, tmp_path / "run")
    ((right, brier),) = RunFolder(tmp_path / "run").scores().values()
    assert right.value == 0.0
    assert (brier.value, brier.reason) == (None, "no answer was given")


def test_what_blind_rules_answer_is_in_the_evidence(tmp_path: Path) -> None:
    path = social_scenario(tmp_path / "mine", items=1)
    evidence = play_one(tmp_path / "run", path, agent="oracle").evidence
    assert {"reality", "initial", "always-A", "longest"} <= set(evidence["blind"])
    assert evidence["answer"] == {"option": 0, "confidence": 1.0}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"generator": "belief"}, "'beliefs'"),
        ({"generator": "beliefs", "file": "x.jsonl"}, "not both"),
        ({"file": "nowhere.jsonl"}, "nowhere.jsonl"),
        ({"file": "no\0where"}, "null byte"),
        (
            {"generator": "relations", "knobs": {"cells": ["none"]}},
            "generator 'relations': there is no cell 'none'; there are ",
        ),
        ({"acts": ["look"]}, "nothing to do while a story is read"),
        (
            {"generator": "relations", "mode": "lived", "acts": ["look"]},
            "what generator 'relations' tells cannot be lived, only told",
        ),
        ({"generator": "beliefs", "knobs": {"orderz": [1]}}, "orderz"),
    ],
)
def test_wrong_parameters_are_one_line(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError) as error:
        make_env("Social-v1", wrong)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_salt_makes_other_items_and_is_in_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    salt = "a private salt of ours"
    monkeypatch.setenv("OUR_SALT", salt)
    folder = tmp_path / "held-out"
    folder.mkdir()
    (folder / "scenario.toml").write_text(
        'description = "Held out."\nenvironment = "arena/Social-v1"\nitems = 3\n'
        '[parameters]\ngenerator = "beliefs"\nsalt_from = "OUR_SALT"\n'
        '[[scorers]]\nname = "right-answer"\n'
    )
    run = RunFolder(play_run(tmp_path / "run", str(folder), agent="oracle", epochs=1))
    assert all(score.value == 1.0 for (score,) in run.scores().values())
    record = "".join(p.read_text() for p in run.path.rglob("*") if p.is_file())
    assert salt not in record
    parameters = run.manifest.plan.scenarios[0].ref.parameters
    items = Social.items
    salted = [i.story for i in items(parameters, 1, 3)]
    assert salted != [i.story for i in items({"generator": "beliefs"}, 1, 3)]
    monkeypatch.setenv("OUR_SALT", "another private salt")
    with pytest.raises(UserError, match="another salt than this run was planned with"):
        make_env("Social-v1", parameters)
    monkeypatch.setenv("OUR_SALT", "short")
    with pytest.raises(UserError, match="holds 5 characters"):
        plan_of(str(folder))
    monkeypatch.delenv("OUR_SALT")
    with pytest.raises(UserError, match="OUR_SALT is not set"):
        plan_of(str(folder))


def test_a_file_that_changes_after_the_plan_is_refused(
    parameters: dict[str, Any],
) -> None:
    """Also where the scenario's own digest does not cover it."""
    settled = Social.settle(parameters)
    make_env("Social-v1", settled)
    file = Path(parameters["file"])
    file.write_text("\n".join(reversed(file.read_text().splitlines())))
    with pytest.raises(UserError, match="was changed since this run was planned"):
        make_env("Social-v1", settled)


def test_lived_items_are_as_hard_to_guess_as_told_ones() -> None:
    items = Social.items
    parameters = {"knobs": {"questions": ["belief"]}, "mode": "lived"}
    found = audit(items(parameters, 5, 2000), learn=False)
    assert found.passed, found.failures
    assert {"lived"} == {item.rendering for item in items(parameters, 3, 40)}


def test_items_are_made_and_none_is_kept() -> None:
    made = Social.items({"generator": "beliefs"}, 1, 500)
    tracemalloc.start()
    try:
        for _ in itertools.islice(made, 150):
            pass
        before, _ = tracemalloc.get_traced_memory()
        for _ in made:
            pass
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 300_000


def test_an_episode_cut_short_is_counted_as_what_would_have_been_asked(
    tmp_path: Path,
) -> None:
    def plan(agent: str, **more: Any) -> Any:
        return plan_of("social/lived-beliefs", agent=agent, epochs=1, items=4, **more)

    orders: list[list[Any]] = []
    for agent, more in (("oracle", {}), ("reality", {"limits": {"turns": 3}})):
        play_plan(plan(agent, **more), tmp_path / agent)
        folder = RunFolder(tmp_path / agent)
        items = [folder.trajectory(e).evidence["item"] for e in folder.scores()]
        orders.append(sorted((i["id"], i["order"], i["gold"]) for i in items))
    assert orders[0] == orders[1]
