"""The measured strengths: what ships, measured again on other deals."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from arena.environments.poker.betting import ACTIONS, HOLDEM
from arena.environments.poker.data_files import read, record
from arena.environments.poker.losses import loss, losses, unpacked
from arena.environments.poker.policies import policy, policy_names
from arena.environments.poker.rules import LimitPoker
from arena.environments.poker.strengths import strength
from arena.environments.poker.tabular import infosets
from arena.environments.poker.training.measure import Sample, estimated, main
from arena.environments.poker.values import Player, head_to_head
from arena.errors import UnknownName
from arena.intervals import Estimate, mean_interval

NAMES = policy_names("holdem")
PAIRS = [
    ("cfr", "always-call"),
    ("cfr", "tight-passive"),
    ("cfr", "loose-aggressive"),
    ("cfr", "dqn-conservative"),
    ("tight-aggressive", "dqn-aggressive"),
    ("tight-aggressive", "loose-passive"),
    ("loose-passive", "tight-aggressive"),
    ("always-call", "loose-aggressive"),
    ("random", "tight-passive"),
    ("loose-aggressive", "rule"),
]


@cache
def sample() -> Sample:
    """Return deals that the shipped tables were not made from."""
    return Sample(200_000, seed=20_261_125)


@cache
def responding(name: str) -> Player:
    """Return the best response that the shipped losses imply: what costs nothing."""
    sets, known = infosets(HOLDEM), losses(HOLDEM, name)
    free = (known == np.nanmin(known, axis=1, keepdims=True)).astype(np.float64)
    by_node = np.split(free / free.sum(axis=1, keepdims=True), sets.offsets[1:])
    return Player(by_node, sample().deals.buckets)


def chips(a: Player, b: Player) -> np.ndarray:
    return head_to_head(infosets(HOLDEM).tree, a, b, sample().deals)


def value_and_half(found: Estimate) -> tuple[float, float]:
    assert found.value is not None
    assert found.low is not None
    return found.value, found.value - found.low


def agree(one: Estimate, other: Estimate) -> bool:
    """Return whether two independent estimates differ by chance alone, to 1 in 1000."""
    (first, half), (second, other_half) = value_and_half(one), value_and_half(other)
    return abs(first - second) <= 3.29 / 1.96 * math.hypot(half, other_half)


@pytest.mark.parametrize("name", NAMES)
def test_every_player_has_a_measured_strength(name: str):
    found = strength(name)
    assert found.cfr_wins.n == found.best_response_wins.n >= 1_000_000
    if name != "cfr":
        cfr, cfr_half = value_and_half(found.cfr_wins)
        best, best_half = value_and_half(found.best_response_wins)
        assert max(cfr_half, best_half) < 10
        assert best > cfr + 100


@pytest.mark.parametrize("name", NAMES)
def test_every_strength_was_measured_with_the_cfr_that_ships(name: str):
    assert record(f"losses-{name}")["cfr"] == record("cfr")["sha256"]


def test_cfr_wins_nothing_from_itself():
    assert strength("cfr").cfr_wins.value == 0


def test_an_unknown_player_has_no_strength():
    with pytest.raises(UnknownName, match="shark"):
        strength("shark")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("opponent", "least"),
    [("rule", 400), ("tight-aggressive", 140), ("always-call", 480)],
)
def test_cfr_wins_by_a_margin(opponent: str, least: float):
    wins, half = value_and_half(sample().wins("cfr", opponent))
    assert wins - half > least


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dqn-aggressive", "dqn-conservative"])
def test_the_biased_copies_lose_much_to_a_best_response(name: str):
    won = chips(responding(name), sample().player(name))
    wins, half = value_and_half(estimated(won))
    assert wins - half > 400


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_strengths_are_found_again(name: str):
    shipped, player = strength(name), sample().player(name)
    assert name == "cfr" or agree(shipped.cfr_wins, sample().wins("cfr", name))
    again = estimated(chips(responding(name), player))
    assert agree(shipped.best_response_wins, again)


@pytest.mark.slow
def test_the_command_writes_losses_with_their_record(tmp_path: Path):
    main(["random", "--deals", "2000", "--seed", "3", "--out", str(tmp_path)])
    known = unpacked(read("losses-random.xz", tmp_path))
    assert known.shape == (infosets(HOLDEM).rows, 3)
    wins = record("losses-random", tmp_path)["wins"]
    assert wins["deals"] == 2000
    assert wins["best_response"]["value"] > wins["cfr"]["value"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shark", "--out", "."], "no player 'shark'"),
        (["--deals", "5", "--out", "."], "at least 1000"),
        (["--out", "nowhere"], "nowhere is no folder"),
    ],
)
def test_the_command_refuses_what_it_cannot_do_in_a_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        main(arguments)
    assert said in capsys.readouterr().err


def played(agent: str, opponent: str, hands: int) -> Estimate:
    """Return the mean loss of an agent's decisions in hands of alternating seats."""
    game, rng = LimitPoker(HOLDEM), np.random.default_rng(7)
    policies = policy("holdem", agent), policy("holdem", opponent)
    lost: list[float] = []
    for hand in range(hands):
        state, total, own = game.new(rng), 0.0, hand % 2
        while state.mover >= 0:
            mover = state.mover
            at = state.betting, game.hole(state, mover), game.board(state)
            chances = policies[mover != own].distribution(*at)
            action = ACTIONS[rng.choice(3, p=chances)]
            if mover == own:
                total += loss(HOLDEM, opponent, *at, action)
            state = game.apply(state, {mover: action})
        lost.append(500 * total)
    return mean_interval(lost)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_losses_in_play_estimate_the_gap_to_the_best_response():
    agree, told = 0, list[str]()
    for agent, opponent in PAIRS:
        player = sample().player(opponent)
        best, own = (
            chips(p, player) for p in (responding(opponent), sample().player(agent))
        )
        gap, _ = value_and_half(estimated(best - own))
        lost, half = value_and_half(played(agent, opponent, 3000))
        agree += abs(lost - gap) <= half
        told.append(
            f"{agent} v {opponent}: gap {gap:.0f}, lost {lost:.0f} ± {half:.0f}"
        )
    assert agree >= 8, "\n".join(told)
