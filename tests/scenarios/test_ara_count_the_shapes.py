"""The family count-the-shapes: its pictures, plain and hard, and who counts right."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ara import FAMILIES, Evidence, module_of

FAMILY = "count-the-shapes"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")


def said_by(script: str, home: Path) -> str:
    """Let a script of the solution work; return its last line, which is submitted."""
    out = subprocess.run(
        ["bash", str(FAMILIES / FAMILY / "solution" / script)],
        env={**os.environ, "HOME": str(home)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return out.strip().split("\n")[-1]


def worth(submission: str | None, *, hard: bool = False, seed: int = 0) -> float:
    truth = SEED.truth(seed, hard=hard)
    return float(CHECKS.count(Evidence(truth=truth, submission=submission))[0])


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("seed", [0, pytest.param(10, marks=pytest.mark.slow)])
def test_the_solution_counts_right(seed: int, hard: bool, tmp_path: Path) -> None:
    SEED.build(seed, tmp_path, hard=hard)
    assert worth(said_by("solve.sh", tmp_path), hard=hard, seed=seed) == 1.0


CHEATS = (
    "null",
    "cheats/guess",
    "cheats/count-the-patches",
    "cheats/reply-with-every-number",
)


@pytest.mark.parametrize("script", CHEATS)
def test_what_does_not_look_at_shapes_does_not_count(
    script: str, tmp_path: Path
) -> None:
    SEED.build(0, tmp_path)
    assert worth(said_by(f"{script}.sh", tmp_path)) == 0.0


def test_only_where_it_is_hard_a_near_number_counts_in_part() -> None:
    right = SEED.truth(0, hard=True)["count"]
    assert worth(str(right), hard=True) == 1.0
    assert worth(f" {right}\n", hard=True) == 1.0
    near = [worth(str(right + off), hard=True) for off in (1, -1, 3, right, 10 * right)]
    assert near == pytest.approx(
        [(1 - 1 / right) / 2] * 2 + [(1 - 3 / right) / 2, 0, 0]
    )
    plain = SEED.truth(0)["count"]
    assert (worth(str(plain)), worth(str(plain + 1))) == (1.0, 0.0)


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(
    "wrong", [None, "", "many", "-3", "1e1", "²", "12 13", "9" * 7]
)
def test_what_is_no_number_counts_nothing(wrong: str | None, hard: bool) -> None:
    assert worth(wrong, hard=hard) == 0.0


def seen(placed: list[Any]) -> list[tuple[int, int]]:
    """Of each shape, how many pixels can be seen, and how many there are."""
    owner: dict[int, int] = {}
    sizes: list[int] = []
    for number, shape in enumerate(placed):
        canvas = [b""] * (SEED.WIDTH * SEED.HEIGHT)
        SEED.draw(canvas, shape, b"x")
        mine = [at for at, pixel in enumerate(canvas) if pixel]
        owner.update(dict.fromkeys(mine, number))
        sizes.append(len(mine))
    visible = [0] * len(placed)
    for number in owner.values():
        visible[number] += 1
    return list(zip(visible, sizes, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_where_it_is_hard_shapes_overlap_as_the_question_says(seed: int) -> None:
    rng = SEED.dice(seed, True)
    placed = SEED.place(rng, SEED.plan(rng)["wanted"], True)
    shares = [visible / size for visible, size in seen(placed)]
    assert min(shares) >= 2 / 3
    assert sum(share < 1 for share in shares) >= 5
    touching = [
        (one, other)
        for number, one in enumerate(placed)
        for other in placed[:number]
        if SEED.reach(one, other) > -3
    ]
    assert len(touching) >= 10
    assert not any(SEED.alike(one, other) for one, other in touching)


@pytest.mark.parametrize("seed", range(4))
def test_where_it_is_not_hard_no_two_shapes_touch(seed: int) -> None:
    rng = SEED.dice(seed, False)
    placed = SEED.place(rng, SEED.plan(rng)["wanted"], False)
    assert all(
        SEED.reach(one, other) <= -3
        for number, one in enumerate(placed)
        for other in placed[:number]
    )
