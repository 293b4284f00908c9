"""The family find-the-passphrase: its worlds, plain and hard, and who finds it."""

import gzip
import os
import re
import subprocess
from pathlib import Path

import pytest
from ara import FAMILIES, Evidence, module_of

FAMILY = "find-the-passphrase"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
FORM = re.compile(rb"the passphrase is ([a-z]+(?: [a-z]+){4,7})")


def said_by(script: str, home: Path) -> str:
    """Let a script of the solution work; return its last line, which is submitted."""
    out = subprocess.run(
        ["bash", str(FAMILIES / FAMILY / "solution" / script)],
        env={**os.environ, "HOME": str(home)},
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode("utf-8", "replace")
    return out.strip().split("\n")[-1]


def found(submission: str, seed: int, hard: bool) -> bool:
    truth = SEED.truth(seed, hard=hard)
    return CHECKS.found(Evidence(truth=truth, submission=submission))[0]


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_one_line_is_of_the_form_and_the_solution_finds_it(
    seed: int, hard: bool, tmp_path: Path
) -> None:
    SEED.build(seed, tmp_path, hard=hard)
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 400
    packed = [data for data in files if data.startswith(b"\x1f\x8b")]
    assert bool(packed) == hard
    lines = [
        line
        for data in files
        for line in (gzip.decompress(data) if data in packed else data).split(b"\n")
    ]
    [words] = [match.group(1) for line in lines if (match := FORM.fullmatch(line))]
    assert words.decode() == SEED.truth(seed, hard=hard)["passphrase"]
    # A large file of nothing, as fills a disk, is not in the way.
    with (tmp_path / "render.tmp").open("wb") as file:
        file.truncate(200_000_000)
    assert found(said_by("solve.sh", tmp_path), seed, hard)


@pytest.mark.parametrize("seed", range(12))
def test_where_it_is_hard_a_plain_search_finds_look_alikes_only(
    seed: int, tmp_path: Path
) -> None:
    SEED.build(seed, tmp_path, hard=True)
    plain = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    lines = [line for data in plain for line in data.split(b"\n")]
    assert not any(map(FORM.fullmatch, lines))
    assert sum(b"the passphrase is" in line for line in lines) > 20


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(
    "script", ["null", "cheats/guess", "cheats/reply-with-every-candidate"]
)
def test_what_does_not_find_it_does_not_count(
    script: str, hard: bool, tmp_path: Path
) -> None:
    SEED.build(0, tmp_path, hard=hard)
    assert not found(said_by(f"{script}.sh", tmp_path), 0, hard)
