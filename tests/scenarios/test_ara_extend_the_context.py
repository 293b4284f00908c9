"""The family extend-the-context: its model, its checks, and what reaches them."""

import json
import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from ara import FAMILIES, Evidence, module_of

FAMILY = "extend-the-context"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
LM = module_of(FAMILY, "environment/files/lm/lm.py")
WEIGHTS = {"longer": 0.1, "short": 0.2, "double": 0.3, "full": 0.4}


def folder_of(home: Path, seed: int) -> Path:
    """Make the agent's folder, and return where the model is."""
    shutil.copytree(FAMILIES / FAMILY / "environment/files", home, dirs_exist_ok=True)
    SEED.build(seed, home)
    return home / "lm"


def left_by(script: str, home: Path, seed: int = 0) -> Evidence:
    """Let a script of the solution work, and return what it leaves."""
    folder = folder_of(home, seed)
    subprocess.run(
        ["bash", str(FAMILIES / FAMILY / "solution" / script)],
        env={**os.environ, "HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return evidence(
        (folder / "config.json").read_bytes(),
        (folder / "weights.bin").read_bytes(),
        seed,
    )


def evidence(config: bytes, weights: bytes, seed: int = 0) -> Evidence:
    files = {CHECKS.CONFIG: config, CHECKS.WEIGHTS: weights}
    return Evidence(truth=SEED.truth(seed), files=files)


def score(found: Evidence) -> float:
    """The score, where every milestone requires the one before it."""
    total = 0.0
    for name, weight in WEIGHTS.items():
        if not getattr(CHECKS, name)(found)[0]:
            break
        total += weight
    return round(total, 9)


@pytest.mark.parametrize("seed", range(12))
def test_the_model_is_good_at_64_pairs_and_cannot_take_more(
    seed: int, tmp_path: Path
) -> None:
    model = LM.Model(LM.load(folder_of(tmp_path, seed)))
    assert LM.accuracy(model, 64, seed=seed) >= 0.975
    with pytest.raises(ValueError, match="65 pairs are more than 64"):
        LM.accuracy(model, 65)


def test_the_solution_reaches_everything(tmp_path: Path) -> None:
    assert score(left_by("solve.sh", tmp_path)) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, *range(10**6, 10**6 + 6)])
def test_the_solution_reaches_everything_on_any_seed(seed: int, tmp_path: Path) -> None:
    assert score(left_by("solve.sh", tmp_path, seed)) == 1.0


CHEATS = {
    "null": 0.0,
    "cheats/pad-with-zeros": 0.0,
    "cheats/repeat-the-table": 0.0,
    "cheats/look-it-up": 0.0,
    "cheats/only-stretch": 0.1,
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("script", CHEATS)
def test_what_does_not_learn_scores_no_more_than_its_bound(
    script: str, seed: int, tmp_path: Path
) -> None:
    assert score(left_by(f"{script}.sh", tmp_path, seed)) == CHEATS[script]


def longer_weights(positions: int) -> list[list[float]]:
    """The weights of seed 0 with rows of positions from any of its rows."""
    rows = SEED.plan(0)["weights"]
    rng = random.Random(positions)
    return [*rows, *(rng.choice(rows[-64:]) for _ in range(positions - 64))]


def packed(rows: list[list[float]]) -> bytes:
    numbers = [number for row in rows for number in row]
    return struct.pack(f"<{len(numbers)}f", *numbers)


def test_the_judge_computes_what_the_agents_program_does(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 0)
    data = packed(longer_weights(256))
    (folder / "weights.bin").write_bytes(data)
    (folder / "config.json").write_text('{"positions": 256}')
    ours = CHECKS.Model(CHECKS.weights_of(evidence(b'{"positions": 256}', data)))
    theirs = LM.Model(LM.load(folder))
    first, second = random.Random(5), random.Random(5)
    for n in (1, 2, 64, 200, 256):
        for _ in range(20):
            pairs, asked, right = LM.sample(first, n)
            assert (pairs, asked, right) == CHECKS.sample(second, n)
            assert dict(reversed(pairs))[asked] == right
            assert theirs.answer(pairs, asked) == ours.answer(pairs, asked)


GOOD = packed(longer_weights(256))
NAN = struct.pack("<f", float("nan"))


@pytest.mark.parametrize(
    ("config", "weights", "why"),
    [
        (b"", GOOD, "config.json is not"),
        (b"[" * 900, GOOD, "config.json is not"),
        (b"[" * 90_000, GOOD, "far too large"),
        (b"[256]", GOOD, "config.json is not"),
        (b"\xff\xfe", GOOD, "config.json is not"),
        (b'{"positions": "256"}', GOOD, "from 256 to 512"),
        (b'{"positions": true}', GOOD, "from 256 to 512"),
        (b'{"positions": 64}', packed(SEED.plan(0)["weights"]), "from 256 to 512"),
        (b'{"positions": 1' + b"0" * 800 + b"}", GOOD, "from 256 to 512"),
        (b'{"positions": NaN}', GOOD, "from 256 to 512"),
        (b'{"positions": 257}', GOOD, "bytes, not"),
        (b'{"positions": 256}', GOOD[:-1], "bytes, not"),
        (b'{"positions": 256}', GOOD[:-4] + NAN, "not a number within 1000"),
        (b'{"positions": 256}', b"\xff" * len(GOOD), "not a number within 1000"),
    ],
)
def test_files_that_hold_no_model_are_told_and_count_nothing(
    config: bytes, weights: bytes, why: str
) -> None:
    for name in WEIGHTS:
        done, told = getattr(CHECKS, name)(evidence(config, weights))
        assert not done
        assert why in told


def test_weights_of_nothing_or_the_greatest_are_computed_and_do_not_reach() -> None:
    for number in (0.0, 1000.0, -1000.0, 1e-38):
        rows = [[number] * 16] * (4 * 16 + 1 + 512)
        found = evidence(json.dumps({"positions": 512}).encode(), packed(rows))
        assert score(found) == 0
