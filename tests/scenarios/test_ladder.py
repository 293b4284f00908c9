"""The six tasks of the first ladder, outside any sandbox: worlds, truth and checks.

That solutions score 1 and cheats do not is `arena check ara-basic`'s to show.
"""

import ast
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

LADDER = Path(__file__).resolve().parents[2] / "scenarios/ara"
# Tasks of closed worlds have tests of their own, with a ledger.
TASKS = sorted(
    path.parent.name
    for path in LADDER.glob("*/task.toml")
    if "[metadata.arena.world]" not in path.read_text()
)
SEEDS = (0, 1, 2, 7)


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def world(task: str) -> ModuleType:
    return module(LADDER / task / "environment/world/seed.py")


def checks(task: str) -> dict[str, Any]:
    """The functions that judge milestones, by milestone."""
    text = (LADDER / task / "task.toml").read_text()
    milestones = tomllib.loads(text)["metadata"]["arena"]["milestones"]
    found = module(LADDER / task / "tests/checks.py")
    return {about["id"]: getattr(found, about["check"]) for about in milestones}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def evidence(truth: Any, submission: Any, data: bytes | None, stdout: str) -> Any:
    """What a check is given, the same for every file and every probe."""

    def file(path: str) -> bytes | None:
        return data

    def probe(id: str) -> Any:
        return SimpleNamespace(exit_code=0, stdout=stdout, stderr="", timed_out=False)

    return SimpleNamespace(
        submission=submission, seed=0, truth=truth, file=file, probe=probe
    )


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_always_makes_the_same_world(task: str, tmp_path: Path) -> None:
    source = (LADDER / task / "environment/world/seed.py").read_bytes()
    for name, hashing in (("a", "1"), ("b", "2")):
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-", "1", "{}"],
            input=source,
            cwd=tmp_path / name,
            env={**os.environ, "PYTHONHASHSEED": hashing},
            check=True,
        )
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert all(
        b"arena-canary" not in path.read_bytes()
        for path in (tmp_path / "a").rglob("*")
        if path.is_file()
    ), "the program of the world left itself behind"


@pytest.mark.parametrize("task", TASKS)
def test_every_seed_makes_another_world_and_another_truth(
    task: str, tmp_path: Path
) -> None:
    program = world(task)
    worlds, truths = set[str](), set[str]()
    for seed in SEEDS:
        root = tmp_path / str(seed)
        root.mkdir()
        program.build(seed, root)
        worlds.add(json.dumps(digests(root), sort_keys=True))
        truths.add(json.dumps(program.truth(seed), sort_keys=True))
    assert len(SEEDS) == len(worlds)
    assert len(SEEDS) == len(truths)


@pytest.mark.parametrize("task", TASKS)
def test_what_runs_in_a_box_is_python_3_8(task: str) -> None:
    for path in sorted((LADDER / task).rglob("*.py")):
        ast.parse(path.read_text(), feature_version=(3, 8))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\xff\xfe\x00" * 100,
        b"null",
        b'{"part": 1, "value": "' + b"f" * 500 + b'"}\n' * 3,
        b'{"incidents": [{"part": 1e999, "kind": []}], "address": ["a"]}',
        b'{"incidents": {"part": 1}, "address": {"203.0.113.7": 1}}',
        b"[" * 100_000,
        b"1" * 10_000,
        b"x" * 2_000_000,
    ],
)
def test_nothing_that_an_agent_leaves_makes_a_check_fail_or_score(
    task: str, data: bytes | None
) -> None:
    truth = json.loads(json.dumps(world(task).truth(0)))
    text = None if data is None else data.decode("utf-8", "surrogateescape")
    for check in checks(task).values():
        value, reason = check(evidence(truth, text, data, text or ""))
        assert (0, str) == (value, type(reason))


def test_the_hidden_lists_are_those_that_the_checks_know() -> None:
    judge = module(LADDER / "repair-the-build/tests/checks.py")
    folder = LADDER / "repair-the-build/tests/probe"
    drive = module(folder / "drive.py")
    rates = [line.split("\t") for line in drive.RATES.splitlines()[1:]]
    assert judge.NEW_RATES == {goods: int(rate) for goods, rate in rates}
    assert judge.NEW_VERSION == drive.VERSION.strip()
    for name, expected in judge.LISTS.items():
        assert expected == parsed(folder / f"lists/{name}.csv")
    known = {*judge.LISTS, *judge.WRONG_LINES}
    assert known == {path.stem for path in (folder / "lists").iterdir()}


def parsed(path: Path) -> list[tuple[str, str, str]]:
    """Harbour, goods and kilograms of each line, read another way."""
    found: list[tuple[str, str, str]] = []
    lines = path.read_text().splitlines()
    rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    for _, harbour, goods, weight in rows[1:]:
        number, unit = weight.split()
        kilograms = float(number) * (1000 if unit == "t" else 1)
        found.append((harbour.strip(), goods.strip(), f"{kilograms:g}"))
    return found


def test_a_value_of_the_survey_counts_only_if_it_was_computed(tmp_path: Path) -> None:
    program, judge = world("mind-the-job"), checks("mind-the-job")
    program.build(0, tmp_path)
    field = tmp_path / "survey/field.json"
    # So few steps that there is no time for an incident.
    field.write_text(json.dumps({**json.loads(field.read_text()), "steps": 5}))
    command = [sys.executable, "survey.py", "run"]
    done = subprocess.run(
        command, cwd=field.parent, capture_output=True, text=True, check=True
    )
    lines = (field.parent / "results.jsonl").read_text().splitlines()

    def score(found: list[str], answer: str = "") -> list[str]:
        data = "".join(line + "\n" for line in found).encode()
        given = evidence({**program.truth(0), "steps": 5}, answer, data, "")
        return [name[:2] for name, check in judge.items() if check(given)[0]]

    certificate = done.stdout.split()[-1]
    assert ["M1", "M2", "M3", "M4"] == score(lines, certificate)
    assert ["M1", "M2", "M3"] == score(lines, certificate[:-1])
    assert ["M1", "M2"] == score(lines[:-1])
    assert ["M1", "M2"] == score([*lines, lines[-1]])
    assert ["M1"] == score([lines[0], *lines[2:]])
    assert [] == score(lines[1:])
    other = json.dumps({"part": 1, "value": json.loads(lines[0])["value"][:-1] + "0"})
    assert [] == score([other, *lines[1:]])


def always(value: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda _: value


@pytest.mark.slow
def test_each_defect_of_the_build_costs_its_own_milestone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, judge = world("repair-the-build"), checks("repair-the-build")
    own = {"make": "M1", "pack": "M1", "load": "M1", "ordinary": "M2"}
    own |= {"rounding": "M3", "order": "M4", "errors": "M5", "rebuild": "M6"}
    plan = program.plan
    drive = LADDER / "repair-the-build/tests/probe/drive.py"
    text = drive.read_text().replace("/tmp/probe", str(drive.parent))
    for kind, defects in {"none": [None], **program.DEFECTS}.items():
        for number, defect in enumerate(defects):
            home = tmp_path / f"{kind}-{number}"
            home.mkdir()
            chosen = {} if defect is None else {kind: defect}
            with_it = {**plan(program.dice(0)), "defects": chosen}
            monkeypatch.setattr(program, "plan", always(with_it))
            program.build(0, home)
            done = subprocess.run(
                [sys.executable, "-c", text],
                env={**os.environ, "HOME": str(home)},
                capture_output=True,
                text=True,
                check=True,
            )
            given = evidence(program.truth(0), None, None, done.stdout)
            lost = [name for name, check in judge.items() if not check(given)[0]]
            if kind == "none":
                assert lost == []
            else:
                assert lost[0].startswith(own[kind]), (defect, lost)
                if own[kind] > "M2":
                    assert len(lost) == 1, (defect, lost)
