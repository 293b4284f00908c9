"""Players of known policy: distributions everywhere, and what each is said to do."""

import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.environments.poker.abstraction import bucket, holes
from arena.environments.poker.betting import ACTIONS, HOLDEM, KUHN, LEDUC, after
from arena.environments.poker.betting_tree import betting_tree
from arena.environments.poker.cards import parsed
from arena.environments.poker.data_files import read, record
from arena.environments.poker.policies import policy, policy_names, table
from arena.environments.poker.rules import LimitPoker
from arena.environments.poker.strategy_file import packed, unpacked
from arena.environments.poker.styles import STYLES, hand_strengths
from arena.errors import UnknownName, UserError

SHAPES = {shape.name: shape for shape in (HOLDEM, LEDUC, KUHN)}
EVERYONE = [(shape, name) for shape in SHAPES for name in policy_names(shape)]
RLCARD = Path(__file__, "../../../data/holdem_rlcard_rule.txt").resolve()
FIFTEENTHS = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(
    lambda weights: sum(weights) > 0
)


def cards(names: str) -> tuple[int, ...]:
    return parsed(names.split(), HOLDEM.deck)


@pytest.mark.parametrize(("shape_name", "name"), EVERYONE)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), place=st.floats(0, 1, exclude_max=True))
def test_everywhere_a_player_has_a_distribution_over_legal_actions(
    shape_name: str, name: str, seed: int, place: float
) -> None:
    shape = SHAPES[shape_name]
    tree, game = betting_tree(shape), LimitPoker(shape)
    betting = tree.bettings[int(place * len(tree.bettings))]
    public = after(shape, betting)
    state = game.new(np.random.default_rng(seed))._replace(public=public)
    hole, board = game.hole(state, public.mover), game.board(state)
    player = policy(shape_name, name)
    chances = player.distribution(betting, hole, board)
    assert sum(chances) == pytest.approx(1.0, abs=1e-12)
    for chance, action in zip(chances, ACTIONS, strict=True):
        assert 0 <= chance <= 1
        assert chance == 0 or action in public.legal
    assert chances == player.distribution(betting, hole[::-1], board[::-1])
    every = player.distributions(betting, board)
    assert chances == tuple(every[holes(shape).index(hole)])
    clash = [bool(set(each) & set(board)) for each in holes(shape)]
    assert clash == (every.sum(axis=1) == 0).tolist()


def test_a_players_table_is_what_it_plays():
    cfr = table("holdem", "cfr")
    by_decision = cfr.by_decision()
    assert len(by_decision) == len(cfr.sets.tree.bettings)
    hole, board = cards("Ah Kd"), cards("2c 7d 9h")
    row = by_decision[cfr.sets.tree.index("rc/r")][bucket(hole, board)]
    assert tuple(row) == cfr.distribution("rc/r", hole, board)


def test_names_that_nobody_carries_are_refused():
    with pytest.raises(UnknownName, match="did you mean 'tight-passive'"):
        policy("holdem", "tight-pasive")
    with pytest.raises(UnknownName, match="unknown player of leduc 'cfr'"):
        policy("leduc", "cfr")
    with pytest.raises(UnknownName, match="poker game"):
        policy_names("stud")


def test_where_nobody_decides_a_player_says_so():
    with pytest.raises(ValueError, match="nobody decides in holdem after 'f'"):
        policy("holdem", "random").distribution("f", (0, 1), ())


def test_the_plain_players_do_one_thing():
    hole = cards("7c 2d")
    assert policy("holdem", "always-call").distribution("r", hole, ()) == (0, 1, 0)
    assert policy("holdem", "always-raise").distribution("r", hole, ()) == (0, 0, 1)
    # The big blind and three raises: no more.
    assert policy("holdem", "always-raise").distribution("rrr", hole, ()) == (0, 1, 0)
    assert policy("holdem", "random").distribution("rrr", hole, ()) == (0.5, 0.5, 0)


@pytest.mark.parametrize("name", STYLES)
def test_a_style_acts_by_its_thresholds_but_for_one_decision_in_fifty(name: str):
    style, player = STYLES[name], policy("holdem", name)
    board = cards("2c 7d 9h")
    for hole in holes(HOLDEM)[::7]:
        if set(hole) & set(board):
            continue
        strength = hand_strengths(1)[bucket(hole, board)]
        facing = player.distribution("cc/r", hole, board)
        free = player.distribution("cc/", hole, board)
        done = 0 if strength < style.fold else 2 if strength >= style.raise_ else 1
        assert facing[done] == pytest.approx(0.98 + 0.02 / 3)
        bets = 1.0 if strength >= style.bet else style.bluff
        assert free[2] == pytest.approx(0.98 * bets + 0.01)
        assert free[0] == 0
        capped = player.distribution("cc/rrrr", hole, board)
        assert capped[0 if done == 0 else 1] == pytest.approx(0.99)


def test_before_the_flop_a_style_goes_by_the_share_of_hands_that_are_behind():
    strengths = hand_strengths(0)
    assert strengths[bucket(cards("Ac Ad"), ())] == pytest.approx(1 - 3 / 1326)
    assert strengths[bucket(cards("2c 3d"), ())] == pytest.approx(6 / 1326)
    # Tight ones fold the lower half, save what they do at random.
    fold = policy("holdem", "tight-passive").distributions("r", ())[:, 0]
    assert np.mean(fold > 0.5) == pytest.approx(0.5, abs=0.01)


def test_draws_make_a_hand_stronger_to_a_style():
    plain, gutshot, flush = hand_strengths(1)[3:6]
    assert [0.05, 0.1] == pytest.approx([gutshot - plain, flush - plain])


@pytest.mark.parametrize(("name", "place"), [("aggressive", 2), ("conservative", 0)])
def test_the_biased_players_weigh_one_action_of_cfr_four_times(name: str, place: int):
    cfr, biased = table("holdem", "cfr").table, table("holdem", f"dqn-{name}").table
    factors = np.ones(3)
    factors[place] = 4
    assert biased == pytest.approx(cfr * factors / (cfr @ factors)[:, None], abs=1e-12)
    assert not np.allclose(cfr, biased)


def test_rule_does_what_rlcards_own_code_does_but_checks_for_nothing():
    player = policy("holdem", "rule")
    asked = {
        0: ("r", "rrr", "c"),  # the big blind may check after a call
        3: ("cc/r", "cc/rrrr", "cc/"),
        4: ("cc/cc/r", "cc/cc/rrrr", "cc/cc/"),
        5: ("cc/cc/cc/r", "cc/cc/cc/rrrr", "cc/cc/cc/"),
    }
    number = {"fold": 0, "check": 1, "call": 1, "raise": 2}
    lines = RLCARD.read_text("utf-8").splitlines()
    for line in lines:
        hand, laid, *answers = line.split()
        hole, board = (
            cards(" ".join(text[n : n + 2] for n in range(0, len(text), 2)))
            for text in (hand, laid.strip("-"))
        )
        answers[2] = "check" if answers[2] == "fold" else answers[2]
        for betting, answer in zip(asked[len(board)], answers, strict=True):
            chances = player.distribution(betting, hole, board)
            assert chances[number[answer]] == 1, (line, betting)
    assert len(lines) > 200


def test_the_strategy_file_is_small_and_has_its_training_record():
    data, found = read("cfr.xz"), record("cfr")
    assert len(data) == found["bytes"] < 100_000
    assert (
        f"--iterations {found['iterations']} --seed {found['seed']}" in found["command"]
    )
    assert found["iterations"] >= 10_000_000


def test_a_damaged_strategy_file_is_refused_by_its_digest(tmp_path: Path):
    shipped = Path(str(files("arena.environments.poker").joinpath("data")))
    for name in ("cfr.xz", "cfr.toml"):
        shutil.copy(shipped / name, tmp_path)
    assert read("cfr.xz", tmp_path) == read("cfr.xz")
    damaged = bytearray(read("cfr.xz"))
    damaged[1000] ^= 1
    (tmp_path / "cfr.xz").write_bytes(damaged)
    with pytest.raises(
        UserError, match=r"cfr\.xz is damaged or not .*SHA-256"
    ) as error:
        read("cfr.xz", tmp_path)
    assert "\n" not in str(error.value)
    (tmp_path / "cfr.xz").unlink()
    with pytest.raises(UserError, match="cannot be read"):
        read("cfr.xz", tmp_path)


@settings(max_examples=20, deadline=None)
@given(st.lists(FIFTEENTHS, min_size=4, max_size=4))
def test_a_strategy_file_keeps_probabilities_to_the_nearest_fifteenths(
    rows: list[list[float]],
) -> None:
    weights = np.array(rows)
    exact = weights / weights.sum(axis=1, keepdims=True)
    kept = unpacked(packed(exact))
    assert np.abs(kept - exact).max() < 1 / 15
    assert kept.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert kept.min() >= 0
    assert not (kept[exact == 0] > 0).any()
    assert unpacked(packed(kept)).tolist() == kept.tolist()
