"""The trainer: it finds equilibria of small games, and is the same for equal seeds."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from arena.environments.poker.betting import KUHN, LEDUC, Shape
from arena.environments.poker.equilibrium import all_deals, exploitability, game_value
from arena.environments.poker.tabular import Tabular, infosets
from arena.environments.poker.training.deals import pool
from arena.environments.poker.training.mccfr import (
    average,
    ends_of,
    nodes_of,
    nothing_learned,
    train,
)


def trained(shape: Shape, iterations: int, seed: int = 0) -> Tabular:
    sets, every = infosets(shape), all_deals(shape)
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(every.weight), size=iterations, p=every.weight)
    buckets = every.buckets[:, :, drawn].transpose(2, 0, 1).astype(np.int16).copy()
    learned = nothing_learned(sets.rows)
    nodes, ends = nodes_of(sets.tree, sets.offsets), ends_of(sets.tree)
    half = iterations // 2
    for part in (slice(None, half), slice(half, None)):
        signs = every.sign[drawn[part]]
        train(rng, nodes, ends, learned, buckets[part], signs, part.start or 0)
    return Tabular(sets, average(learned, sets.legal))


@pytest.mark.parametrize(
    ("shape", "iterations", "within", "value"),
    [(KUHN, 200_000, 0.01, -1 / 18), (LEDUC, 1_000_000, 0.05, -0.0856)],
    ids=["kuhn", "leduc"],
)
def test_training_comes_close_to_an_equilibrium_of_a_small_game(
    shape: Shape, iterations: int, within: float, value: float
) -> None:
    found = trained(shape, iterations).by_decision()
    assert exploitability(shape, found) < within
    assert game_value(shape, found) == pytest.approx(value, abs=within / 2)


def test_equal_seeds_learn_the_same_and_others_do_not():
    first, again, other = (trained(KUHN, 1000, seed).table for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@pytest.mark.slow
def test_the_command_writes_equal_files_for_equal_seeds(tmp_path: Path):
    digests: list[str] = []
    for number in range(2):
        out = tmp_path / f"{number}.xz"
        command = [sys.executable, "-m", "arena.environments.poker.training"]
        options = ["--iterations", "120000", "--seed", "3", "--out", str(out)]
        subprocess.run([*command, *options], check=True, timeout=600)
        digests.append(tomllib.loads(out.with_suffix(".toml").read_text())["sha256"])
    assert digests[0] == digests[1]


@pytest.mark.slow
def test_deals_are_equal_for_equal_seeds_and_of_nine_different_cards():
    first, again, other = pool(500, 1), pool(500, 1), pool(500, 2)
    for one, same in zip(first, again, strict=True):
        assert one.tolist() == same.tolist()
    assert first.cards.tolist() != other.cards.tolist()
    assert all(len(set(cards)) == 9 for cards in first.cards.tolist())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--iterations", "0", "--out", "x"], "must be above 0"),
        (["--minutes", "nan", "--out", "x"], "must be above 0"),
        (["--seed", "-1", "--out", "x"], "--seed 0 or above"),
        (["--out", "no/such/folder/x"], "there is no folder no/such/folder"),
    ],
)
def test_what_the_command_cannot_do_it_says_before_it_trains(
    options: list[str], problem: str
) -> None:
    command = [sys.executable, "-m", "arena.environments.poker.training", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert problem in done.stderr.splitlines()[-1]
