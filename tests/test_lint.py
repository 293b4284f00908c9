"""Lint: each rule finds what it is for, with file and line, and nothing else."""

import json
from pathlib import Path

import pytest
from command_line import call

from arena.lint import folders_named, lint_folder
from arena.lint.findings import LEVELS
from arena.lint.scripts import fetches
from arena.scenario_files import find_scenarios
from arena.skeletons import write_shell_task

CHECKS, SEED, SOLVE = (
    "tests/checks.py",
    "environment/world/seed.py",
    "solution/solve.sh",
)


@pytest.fixture
def task(tmp_path: Path) -> Path:
    write_shell_task(tmp_path / "sums")
    return tmp_path / "sums"


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a text in a file, or without an old one write it anew."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if old:
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    else:
        path.write_text(new)


def found(folder: Path) -> list[str]:
    return [finding.rule for finding in lint_folder(folder)]


def test_the_skeleton_is_clean(task: Path) -> None:
    assert [] == found(task)


ONE_EDIT = [
    ("invalid-task-config", "task.toml", "cpus = 1", "cpus = 'one'"),
    ("unknown-config-field", "task.toml", "cpus = 1", "cpu = 1"),
    ("schema-version", "task.toml", '"1.4"', '"9.9"'),
    ("invalid-task-files", CHECKS, "import json", "import json as"),
    ("root-agent", "task.toml", 'user = "agent"', 'user = "root"'),
    (
        "overlapping-artifacts",
        "task.toml",
        '["/home/agent/report.json"]',
        '["/home/agent/report.json", "/home/agent/report.json"]',
    ),
    (
        "artifact-log-overlap",
        "task.toml",
        '["/home/agent/report.json"]',
        '["/home/agent/report.json", "/tests/report.json"]',
    ),
    (
        "compose-privileged",
        "environment/extra.yaml",
        "",
        "services:\n  a:\n    privileged: true\n",
    ),
    (
        "compose-additional-capabilities",
        "environment/extra.yaml",
        "",
        "services:\n  a:\n    cap_add: [SYS_ADMIN]\n",
    ),
    ("host-escape", "environment/extra.yaml", "", "a:\n  network_mode: host\n"),
    (
        "host-escape",
        "environment/extra.yaml",
        "",
        "volumes:\n- /var/run/docker.sock:/s\n",
    ),
    (
        "compose-writable-bind-mount",
        "environment/extra.yaml",
        "",
        "services:\n  a:\n    volumes:\n      - ./data:/data\n",
    ),
    (
        "compose-external-bind-mount",
        "environment/extra.yaml",
        "",
        'services:\n  a:\n    volumes: # of a\n      - "../data:/data:ro" # old\n',
    ),
    ("unpinned-image", "environment/Dockerfile", "", "FROM debian\n"),
    ("unpinned-image", "task.toml", "arena/base", "debian:latest"),
    (
        "unpinned-python-dependency",
        "environment/Dockerfile",
        "",
        "FROM arena/base\nRUN pip install \\\n  requests==2.32.0 flask\n",
    ),
    ("verifier-runtime-install", "tests/test.sh", "", "apt-get update -y\n"),
    ("verifier-network-download", "tests/test.sh", "", "curl -s https://x.test/a\n"),
    (
        "agent-image-test-leak",
        "environment/Dockerfile",
        "",
        "FROM arena/base\nCOPY a ./tests/b /\nADD ./tests /t/\n",
    ),
    (
        "unsupported",
        "environment/docker-compose.yaml",
        "",
        "services: {}\n",
    ),
    ("weights-sum", "task.toml", "weight = 0.5", "weight = 0.4"),
    (
        "milestone-unknown-requires",
        "task.toml",
        "core = true",
        'core = true\nrequires = ["M9"]',
    ),
    ("cycle", "task.toml", "core = true", 'core = true\nrequires = ["M2_answer"]'),
    ("check-missing", "task.toml", 'check = "answer"', 'check = "ansver"'),
    ("core-missing", "task.toml", "core = true", "core = false"),
    (
        "checked-not-instructed",
        "task.toml",
        '["/home/agent/report.json"]',
        '["/home/agent/report.json", "/home/agent/notes.txt"]',
    ),
    (
        "checked-not-instructed",
        CHECKS,
        '"/home/agent/report.json"',
        '"/home/agent/secret.json"',
    ),
    (
        "checked-not-instructed",
        "tests/probe/ask.py",
        "",
        "PORT = 8000\n",
    ),
    (
        "checked-not-instructed",
        "tests/probe/ask.py",
        "",
        "url = f'http://{address}:8000/v1'\n",
    ),
    (
        "perturbation-when-unreachable",
        "task.toml",
        "[metadata.arena.limits]",
        '[[metadata.arena.perturbations]]\nid = "X4"\n\n[metadata.arena.limits]',
    ),
    (
        "perturbation-when-unreachable",
        "task.toml",
        "[metadata.arena.limits]",
        '[[metadata.arena.perturbations]]\nid = "X8"\nwhen = "calls:31"\n\n'
        "[metadata.arena.limits]",
    ),
    (
        "cheat-missing",
        "task.toml",
        "add-everything = 0.0",
        "add-everything = 0.0, guess = 0.1",
    ),
    ("cheat-unbounded", "solution/cheats/guess.sh", "", "echo Holm\n"),
    ("hints-count", "solution/hints.md", "2. For", "For"),
    ("human-minutes", "task.toml", "human_minutes = {", "# {"),
    ("human-minutes", "task.toml", '"estimate"', '"baseline"'),
    ("limits-missing", "task.toml", "steps = 30", "# steps = 30"),
    (
        "network-public",
        "task.toml",
        'network_mode = "no-network"',
        'network_mode = "public"',
    ),
    (
        "real-world-ref",
        "instruction.md",
        "crowns",
        "crowns (see https://ecb.europa.eu)",
    ),
    ("real-world-ref", "instruction.md", "crowns", "crowns of a.clerk@gmail.com"),
    ("real-world-ref", SEED, "CITIES", 'HOST = "8.8.8.8"\nCITIES'),
    ("real-world-ref", "instruction.md", "crowns", "crowns (call +44 20 7946 0000)"),
    ("real-world-ref", "instruction.md", "crowns", "crowns of PayPal"),
    ("harmful-detail", "task.toml", "harmful_detail = false", "harmful_detail = true"),
    ("seed-unused", "task.toml", '"rival"', '"rivals"'),
    ("truth-missing", SEED, "def truth(", "def facts("),
    (
        "eval-tell",
        "instruction.md",
        "Submit",
        "You will be scored by a program. Submit",
    ),
    (
        "eval-tell",
        "task.toml",
        "cpus = 1",
        'env = { ARENA_RUN = "1" }\ncpus = 1',
    ),
    ("canary-missing", "task.toml", "canary =", "# canary ="),
]


@pytest.mark.parametrize(("rule", "file", "old", "new"), ONE_EDIT)
def test_one_edit_breaks_one_rule(
    task: Path, rule: str, file: str, old: str, new: str
) -> None:
    edit(task, file, old, new)
    assert {rule} == set(found(task))


def test_a_finding_names_the_line_and_what_to_do(task: Path) -> None:
    edit(task, "task.toml", "weight = 0.5", "weight = 0.4")
    (finding,) = lint_folder(task)
    lines = (task / "task.toml").read_text().splitlines()
    assert "[[metadata.arena.milestones]]" in lines[finding.line - 1]
    assert "sum to 1, not 0.9" in finding.what
    assert finding.fix
    edit(task, "task.toml", "weight = 0.4", "weight = 0.5")
    edit(task, "tests/test.sh", "", "set -e\n# apt-get install x\npip3 install x==1\n")
    (finding,) = lint_folder(task)
    assert (task / "tests/test.sh", 3) == (finding.path, finding.line)


def test_missing_scripts_are_found(task: Path) -> None:
    (task / SOLVE).unlink()
    (task / "solution/null.sh").unlink()
    (task / "solution/cheats/add-everything.sh").unlink()
    edit(task, "task.toml", "cheats = {", "# {")
    assert ["no-cheat", "no-oracle", "no-null"] == found(task)
    assert "note" == LEVELS["no-null"]


def test_an_answer_that_the_agent_can_read_is_a_leak(task: Path) -> None:
    edit(task, SOLVE, "", "cat sales.csv\necho 'opal-forty-two'\n")
    assert [] == found(task)
    edit(task, "environment/notes.txt", "", "it is\nopal-forty-two\n")
    (finding,) = lint_folder(task)
    assert ("leak-solution-string", 2) == (finding.rule, finding.line)


def test_a_test_under_another_name_in_the_build_context_is_a_leak(task: Path) -> None:
    hidden = (task / CHECKS).read_text()
    edit(task, "environment/innocent.txt", "", hidden)
    assert ["agent-image-test-leak"] == found(task)


def test_a_bind_mount_of_a_link_is_found_and_a_volume_is_none(task: Path) -> None:
    (task / "environment/link").symlink_to("/etc")
    mounts = ["./link:/a:ro", "data:/b", "./real:/c:ro"]
    edit(task, "environment/extra.yaml", "", "".join(f"- {m}\n" for m in mounts))
    (finding,) = lint_folder(task)
    assert ("compose-symlink-bind-mount", 1) == (finding.rule, finding.line)


def test_an_answer_in_json_whose_form_is_not_said_is_found(task: Path) -> None:
    told = "Write the sums to /home/agent/report.json, and submit the city.\n"
    edit(task, "instruction.md", "", told)
    assert ["schema-not-stated"] == found(task)
    edit(task, "instruction.md", "", f"{told}It has the fields `city` and `sum`.\n")
    assert [] == found(task)


@pytest.mark.parametrize(
    ("when", "reachable"),
    [
        ("start", True),
        ("calls:30", True),
        ("calls:31", False),
        ("t:99", True),
        ("event:cloud.rented", True),
        ("event:fleet.ssh", True),
        ("event:mail.delivered", True),
        ("event:bank.opened", False),
    ],
)
def test_what_changes_under_way_must_be_able_to(
    task: Path, when: str, reachable: bool
) -> None:
    world = '[metadata.arena.world]\nservices = ["cloud", "status"]\n\n'
    change = f'[[metadata.arena.perturbations]]\nid = "X2"\nwhen = "{when}"\n\n'
    limits = "[metadata.arena.limits]"
    edit(task, "task.toml", limits, world + change + limits)
    assert ("perturbation-when-unreachable" not in found(task)) == reachable


@pytest.mark.parametrize("phone", ["+999-555-0100", "+1 212 555 0142", "1 + 23456789"])
def test_a_number_that_is_nobodys_is_no_real_one(task: Path, phone: str) -> None:
    edit(task, "instruction.md", "crowns", f"crowns ({phone})")
    assert [] == found(task)


def test_large_files_are_found(task: Path) -> None:
    (task / "environment/big.bin").write_bytes(b"\0" * 5_000_001)
    assert ["oversized-asset"] == found(task)


def test_a_plain_harbor_task_with_a_shared_verifier_is_warned_of(
    tmp_path: Path,
) -> None:
    edit(tmp_path, "task.toml", "", '[task]\nname = "x/y"\n')
    edit(tmp_path, "instruction.md", "", "Write /app/a.txt.\n")
    edit(tmp_path, "tests/test.sh", "", "echo 1 > /logs/verifier/reward.txt\n")
    assert "shared-verifier" in found(tmp_path)
    assert "error" not in {finding.level for finding in lint_folder(tmp_path)}


def test_every_rule_is_tried_here() -> None:
    tried = {rule for rule, *_ in ONE_EDIT} | {
        "no-cheat",
        "no-oracle",
        "no-null",
        "leak-solution-string",
        "oversized-asset",
        "shared-verifier",
        "invalid-scenario",
        "compose-symlink-bind-mount",
        "schema-not-stated",
    }
    assert set(LEVELS) == tried


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("apt-get install -y curl\n", [(1, "apt")]),
        ("# pip install x\necho pip\n", []),
        ("x=1\npip install --no-index --find-links /w x\n", []),
        (
            "source a\ncurl -LsSf \\\n  https://astral.sh/uv/install.sh | sh\n",
            [(2, "curl")],
        ),
        ("curl -s http://localhost:8000/\n", []),
        ("git clone https://example.test/a.git\n", [(1, "git clone")]),
        ("uv run pytest $TEST_DIR/test_outputs.py\n", [(1, "uv run")]),
    ],
)
def test_what_needs_the_internet(script: str, expected: list[tuple[int, str]]) -> None:
    assert expected == list(fetches(script))


@pytest.mark.parametrize("name", sorted(find_scenarios()))
def test_our_own_scenarios_are_clean(name: str) -> None:
    (folder,) = folders_named(name)
    assert [] == [str(finding) for finding in lint_folder(folder)]


def test_names_of_suites_and_folders_stand_for_their_tasks(tmp_path: Path) -> None:
    write_shell_task(tmp_path / "a/one")
    write_shell_task(tmp_path / "b/two")
    expected = [tmp_path / "a/one", tmp_path / "b/two"]
    assert expected == folders_named(str(tmp_path))
    assert [tmp_path / "a/one"] == folders_named(str(tmp_path / "a/one/task.toml"))
    games = {path.name for path in folders_named("quickstart")}
    assert {"blackjack", "number-guessing"} <= games
    assert [] == [f for p in folders_named("quickstart") for f in lint_folder(p)]


def test_the_command_exits_2_only_for_errors(
    task: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (0, "1 folder: 0 errors, 0 warnings, 0 notes\n", "") == call(
        capsys, "lint", task
    )
    edit(task, "task.toml", "core = true", "core = false")
    code, out, _ = call(capsys, "lint", task)
    assert 0 == code
    assert "warning core-missing: " in out
    edit(task, "task.toml", "weight = 0.5", "weight = 0.1")
    code, out, _ = call(capsys, "lint", task, "--json")
    told = json.loads(out)
    assert 2 == code
    assert ["weights-sum", "core-missing"] == [each["rule"] for each in told]
    assert {"path", "line", "level", "rule", "what", "fix"} == set(told[0])


def test_a_scenario_file_that_does_not_load_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(
        tmp_path, "scenario.toml", "", 'description = "x"\nenvironment = "arena/X-v1"\n'
    )
    code, out, _ = call(capsys, "lint", tmp_path)
    assert 2 == code
    assert "scenario.toml:" in out
    assert "error invalid-scenario: " in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("quickstrat", "unknown task, scenario or suite 'quickstrat': did you mean"),
        (".", "no task.toml and no scenario.toml below it"),
    ],
)
def test_what_is_not_there_is_one_line(
    name: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(capsys, "lint", name)
    assert (2, "", 1) == (code, out, err.count("\n"))
    assert said in err


def test_hostile_file_names_cannot_act_on_the_terminal(
    task: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(task, "environment/a\x1b[2J\nb.txt", "", "see https://evil.com/\n")
    code, out, _ = call(capsys, "lint", task)
    assert 0 == code
    assert "\x1b" not in out
    assert "real-world-ref" in out


def test_what_is_not_text_is_an_error(task: Path) -> None:
    (task / "instruction.md").write_bytes(b"\xff")
    errors = [f for f in lint_folder(task) if f.level == "error"]
    assert [("invalid-task-files", "instruction.md")] == [
        (f.rule, f.path.name) for f in errors
    ]


def test_a_world_that_is_not_text_is_an_error(task: Path) -> None:
    (task / SEED).write_bytes(b"\xff")
    assert "invalid-task-files" in found(task)


def test_an_instruction_that_asks_for_nothing_is_an_error(task: Path) -> None:
    edit(task, "instruction.md", "", "<!-- arena-canary 7 -->\n")
    told = [f.what for f in lint_folder(task) if f.level == "error"]
    assert ["it asks for nothing"] == told


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        ("epochs = 2", 2, "'scenarios.0.name' is missing"),
        ('name = "games/blackjack"\nagents = ["rendom"]', 4, "did you mean 'random'?"),
        ('name = "nowhere"', 3, "no scenario 'nowhere'"),
    ],
)
def test_a_mistake_in_a_suite_is_named_with_its_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    entry: str,
    line: int,
    said: str,
) -> None:
    suite = tmp_path / "s.toml"
    suite.write_text(f'description = "x"\n[[scenarios]]\n{entry}\n')
    code, _, err = call(capsys, "lint", suite)
    assert (2, 1) == (code, err.count("\n"))
    assert f"s.toml, line {line}: " in err
    assert said in err
