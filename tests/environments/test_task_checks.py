"""`arena check` of a shell task: its solution scores, and nothing else does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from shell_tasks import (
    CHECKS,
    HARBOR_TOML,
    SEED,
    SOLVE,
    TOML,
    changed,
    write_harbor_task,
    write_task,
)

from arena.commands.check import check
from arena.scenario import load_scenario
from arena.testing import CheckFailed, check_task

BOX = "bubblewrap"
WRITTEN = 'pathlib.Path("notes/word").write_text(word(int(sys.argv[1])))'


def test_a_good_task_passes_and_tells_what_scored(tmp_path: Path) -> None:
    files = {"solution/null.sh": "mkdir out; echo 'nothing'\n"}
    report = check_task(
        load_scenario(str(write_task(tmp_path / "mini", files))), sandbox=BOX
    )
    assert str(report) == ("oracle 1, null 0, cheat guess 0; 2 seeds in bubblewrap")
    assert (report.oracle, report.null) == ([1.0, 1.0], [0.0, 0.0])
    assert [t.header.seed for t in report.played] == [0, 1]


def test_a_harbor_task_passes(tmp_path: Path) -> None:
    scenario = load_scenario(str(write_harbor_task(tmp_path / "task")))
    assert check_task(scenario, sandbox=BOX).oracle == [1.0]


BAD = {
    "a-solution-that-fails": (
        {"solution/solve.sh": SOLVE.replace("echo hello", "echo bye")},
        r"the solution scores 0\.7 on seed 0, below 1 \(M2: it says 'bye",
    ),
    "no-solution": ({"solution/solve.sh": ""}, r"there is no solution/solve\.sh"),
    "a-null-that-scores": (
        {"solution/null.sh": "cat notes/word\n"},
        r"null scores 0\.3 on seed 0, above its 0",
    ),
    "a-cheat-that-scores": (
        {"solution/cheats/guess.sh": "cat notes/word\n"},
        r"cheat guess scores 0\.3 on seed 0, above its 0",
    ),
    "a-cheat-without-a-bound": (
        {"solution/cheats/other.sh": "true\n"},
        r"solution/cheats/other\.sh: no bound in metadata\.arena\.cheats",
    ),
    "a-bound-without-a-cheat": (
        {"task.toml": changed(TOML, "{ guess = 0.0 }", "{ guess = 0.0, x = 0.0 }")},
        r"metadata\.arena\.cheats: no solution/cheats/x\.sh",
    ),
    "worlds-that-are-the-same": (
        {"environment/world/seed.py": changed(SEED, "int(sys.argv[1])", "1")},
        "the worlds of seeds 0 and 1 are the same",
    ),
    "seeds-without-a-world": (
        {"environment/world/seed.py": ""},
        r"several seeds, but no environment/world/seed\.py uses them",
    ),
    "a-world-that-changes-by-itself": (
        {
            "environment/world/seed.py": changed(
                SEED, WRITTEN, 'pathlib.Path("x").write_text(str(random.random()))'
            )
        },
        "the world of seed 0 differs from one time to the next",
    ),
    "a-solution-that-plays-differently": (
        {"solution/solve.sh": "date +%N\n" + SOLVE},
        "two plays of the solution on seed 0 differ, first in observation: text",
    ),
    "checks-that-judge-differently": (
        {"tests/checks.py": changed(CHECKS, '"it greets"', "str(id(probe))")},
        "two plays of the solution on seed 0 differ, first in end: evidence",
    ),
    "checks-that-do-not-work": (
        {"tests/checks.py": "import none\n" + CHECKS},
        r"not judged: tests/checks\.py: ModuleNotFoundError",
    ),
}


@pytest.mark.parametrize(("files", "named"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_a_task_is_said(
    tmp_path: Path, files: dict[str, str], named: str
) -> None:
    folder = write_task(tmp_path / "mini", files)
    if files.get("solution/solve.sh") == "":
        (folder / "solution/solve.sh").unlink()
    with pytest.raises(CheckFailed, match=named):
        check_task(load_scenario(str(folder)), sandbox=BOX)


def test_the_seeds_can_be_chosen(tmp_path: Path) -> None:
    scenario = load_scenario(str(write_task(tmp_path / "mini")))
    report = check_task(scenario, sandbox=BOX, seeds=[5])
    assert [t.header.seed for t in report.played] == [5]


def test_the_command_says_what_scored(tmp_path: Path) -> None:
    good = write_task(tmp_path / "good")
    bad = write_task(tmp_path / "bad", {"solution/null.sh": "cat notes/word\n"})
    asked = [str(good), str(bad), "--sandbox", BOX]
    told = CliRunner().invoke(check, asked, standalone_mode=False)
    assert told.return_value == 2
    assert told.output.splitlines() == [
        "good: ok: oracle 1, null 0, cheat guess 0; 2 seeds in bubblewrap",
        "bad: null scores 0.3 on seed 0, above its 0",
    ]


def test_the_command_tells_programs_the_same(tmp_path: Path) -> None:
    good = write_task(tmp_path / "good")
    told = CliRunner().invoke(
        check, [str(good), "--sandbox", BOX, "--json"], standalone_mode=False
    )
    assert json.loads(told.output) == {"failed": {"good": None}, "audit": {}}


def test_a_task_of_harbor_without_a_closed_network_says_so(tmp_path: Path) -> None:
    toml = HARBOR_TOML.replace("allow_internet = false\n", "")
    folder = write_harbor_task(tmp_path / "task", {"task.toml": toml})
    (played,) = check_task(load_scenario(str(folder)), sandbox=BOX).played
    sandbox = played.header.sandbox
    assert sandbox is not None
    assert sandbox["network_asked"] == "not said; none is given"


def test_a_world_that_cannot_be_built_is_one_line(tmp_path: Path) -> None:
    broken = {"environment/world/seed.py": "raise OSError('no\\nmore')\n"}
    folder = write_task(tmp_path / "bad", broken)
    told = CliRunner().invoke(
        check, [str(folder), "--sandbox", BOX], standalone_mode=False
    )
    assert (2, 1) == (told.return_value, told.output.count("\n"))
    said = "bad: seed 0: environment/world/seed.py "
    assert told.output.startswith(said), told.output
    assert "ended with 1: " in told.output


def test_a_setup_that_fails_is_one_line(tmp_path: Path) -> None:
    setup = {"task.toml": changed(TOML, "schema = 1\n", "schema = 1\nsetup = ['no']\n")}
    folder = write_task(tmp_path / "bad", setup | {"environment/world/seed.py": ""})
    asked = {"task.toml": setup["task.toml"].replace("[0, 1]", "[0]")}
    write_task(folder, asked | {"environment/world/seed.py": ""})
    with pytest.raises(CheckFailed, match="setup 'no' ended with 127"):
        check_task(load_scenario(str(folder)), sandbox=BOX)


def test_a_record_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    folder = write_task(tmp_path / "mini")
    code = (
        "import resource, sys; from arena.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        f"sys.argv = ['arena', 'check', {str(folder)!r}, '--sandbox', {BOX!r}]\n"
        "main()"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (2, 1) == (done.returncode, done.stderr.count("\n")), done.stderr[-900:]
    assert "File too large" in done.stderr
