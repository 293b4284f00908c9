"""Shell tasks in variants, with a full disk, with hints; and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playing import play_plan
from shell_tasks import SEED, SOLVE, TOML, changed, write_task

from arena.agent import AgentSpec
from arena.commands.run import run
from arena.errors import UnknownName, UserError
from arena.planning import make_plan
from arena.registry import make_env
from arena.run_folder import RunFolder
from arena.scenario import load_scenario, load_suite
from arena.testing import CheckFailed, check_task
from arena.variations import varied

VARIED = (
    TOML
    + """
[[metadata.arena.variants]]
id = "hard"
set = { suffix = "-hard" }
human_minutes = { value = 9, source = "estimate" }

[[metadata.arena.perturbations]]
id = "X8"
when = "start"
"""
)
SEED_VARIED = (
    SEED.replace("def word(seed):", 'def word(seed, suffix=""):')
    .replace("+ str(seed)", "+ str(seed) + suffix")
    .replace("def truth(seed):", 'def truth(seed, suffix=""):')
    .replace('{"word": word(seed)}', '{"word": word(seed, suffix)}')
    .replace("import pathlib", "import json, pathlib")
    .replace(
        "word(int(sys.argv[1]))", "word(int(sys.argv[1]), **json.loads(sys.argv[2]))"
    )
)
FREES = 'rm -rf "$HOME/.cache"\n' + SOLVE
FILES = {
    "task.toml": VARIED,
    "environment/world/seed.py": SEED_VARIED,
    "environment/files/tools/greet.sh": "echo hello\n",
    "solution/solve.sh": FREES,
    "solution/hints.md": "1. Look\n   around.\n2. Make it run.\n3. Say it.\n",
}


@pytest.fixture
def task(tmp_path: Path) -> str:
    path = write_task(tmp_path / "mini", FILES)
    (path / "environment/files/tools/greet.sh").chmod(0o755)
    return str(path)


def machine(task: str, **parameters: Any) -> Any:
    env = make_env("Shell-v1", {"task": task, "sandbox": "bubblewrap", **parameters})
    env.reset(seed=0)
    return env


def called(env: Any, command: str) -> str:
    action: Any = {"name": "bash", "args": {"command": command}, "id": None}
    return env.step(action)[0]


def test_a_variant_sets_the_world_and_its_truth_and_says_its_minutes(task: str) -> None:
    env = machine(task, variant="hard")
    assert called(env, "cat notes/word").endswith("-hard")
    evidence = env.evidence()
    assert evidence["settings"] == {"suffix": "-hard"}
    about = {"family": "mini", "category": "basic", "human_source": "estimate"}
    about |= {"human_minutes": 9, "variant": "hard", "perturbations": []}
    assert evidence["about"] == about


def test_files_of_the_task_are_there_before_its_seed_runs(task: str) -> None:
    env = machine(task)
    assert called(env, "./tools/greet.sh").endswith("hello")
    env.close()


def test_a_full_disk_takes_no_byte_until_something_is_removed(task: str) -> None:
    env = machine(task, perturb=["X8"])
    assert "No space left" in called(env, "echo something > file; sync")
    assert "Exit code 0" in called(env, "rm -r ~/.cache && echo something > file")
    assert env.evidence()["perturbations"] == {"X8": {"fired": 0, "touched": 0}}


def test_hints_come_after_so_many_calls_and_mark_the_episode_assisted(
    task: str,
) -> None:
    env = machine(task, hints_after=2)
    seen = [called(env, "true") for _ in range(7)]
    assert ["Hint" in text for text in seen] == [
        False,
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert seen[1].endswith("Hint: Look around.")
    evidence = env.evidence()
    assert (evidence["hints"], evidence["assisted"]) == ([2, 4, 6], ["hint"])
    again = machine(task)
    called(again, "true")
    assert again.evidence()["assisted"] == []


def test_a_run_plays_each_task_with_and_without_in_the_same_worlds(
    task: str, tmp_path: Path
) -> None:
    suites = varied([load_suite(task)], variant="hard", perturb=["X8"])
    plan = make_plan(suites, agents=[AgentSpec(name="oracle")], sandbox="bubblewrap")
    play_plan(plan, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    seeds: dict[str, list[int]] = {}
    for spec in plan.episodes():
        seeds.setdefault(spec.scenario.name, []).append(spec.seed)
        assert folder.scores()[spec.episode][0].value == 1
    assert seeds == {"mini@hard": [0, 1], "mini@hard+X8": [0, 1]}


def test_the_check_plays_variants_and_what_the_task_declares(task: str) -> None:
    report = check_task(load_scenario(task), sandbox="bubblewrap", seeds=[0])
    assert report.varied == {"@hard": 1.0, "+X8": 1.0}


def test_the_check_refuses_a_solution_that_a_full_disk_stops(tmp_path: Path) -> None:
    files = {**FILES, "solution/solve.sh": SOLVE}
    scenario = load_scenario(str(write_task(tmp_path / "mini", files)))
    with pytest.raises(CheckFailed, match=r"the solution \+X8 scores 0"):
        check_task(scenario, sandbox="bubblewrap", seeds=[0])


def test_unknown_names_are_refused_with_those_that_are_known(task: str) -> None:
    suites = [load_suite(task)]
    with pytest.raises(UnknownName, match="unknown variant 'easy'"):
        varied(suites, variant="easy")
    with pytest.raises(UserError, match="perturbation 'X11'"):
        machine(task, perturb=["X11"])
    with pytest.raises(UserError, match="of shell tasks"):
        varied([load_suite("games/blackjack")], perturb=["X1"])


def test_the_command_says_what_was_judged(task: str, tmp_path: Path) -> None:
    command = [task, "--agent", "oracle", "--sandbox", "bubblewrap", "-v"]
    told = CliRunner().invoke(run, [*command, "--out", str(tmp_path / "run")])
    assert "probe run: exit code 0\n  hello\n  after" in told.output
    assert "M2: 1 done, weight 0.3: it greets" in told.output


def test_what_needs_a_world_is_refused_where_there_is_none(tmp_path: Path) -> None:
    probe = changed(TOML, "timeout_sec = 10\n", 'timeout_sec = 10\nrun_in = "judge"\n')
    for text, told in (
        (probe, r"probe 'run' needs \[metadata\.arena\.world\]"),
        (VARIED.replace('"start"', '"t:5"'), "X8: when 't:5'"),
        (VARIED + '\n[[metadata.arena.variants]]\nid = "hard"\nset = {}\n', "2 times"),
    ):
        folder = write_task(tmp_path / "mini", {"task.toml": text})
        with pytest.raises(UserError, match=told):
            load_scenario(str(folder))
