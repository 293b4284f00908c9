"""What decisions give away: by hand in Kuhn, by sense in Hold'em."""

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arena.environments.poker.betting import HOLDEM, KUHN, LEDUC, Shape
from arena.environments.poker.cards import parsed
from arena.environments.poker.losses import loss, losses, packed, unpacked
from arena.environments.poker.policies import policy_names
from arena.environments.poker.tabular import infosets
from arena.errors import UnknownName

JACK, QUEEN, KING = range(3)
PLAYERS = [
    (shape, name)
    for shape in (HOLDEM, LEDUC, KUHN)
    for name in policy_names(shape.name)
]


def holdem(name: str, betting: str, hole: str, board: str, action: str) -> float:
    own, common = (parsed(text.split(), HOLDEM.deck) for text in (hole, board))
    return loss(HOLDEM, name, betting, own, common, action)


@pytest.mark.parametrize(
    ("betting", "card", "action", "chips"),
    [
        ("", KING, "check_or_call", 1.0),  # a bet wins 2, a check 1
        ("", KING, "bet_or_raise", 0.0),
        ("", QUEEN, "bet_or_raise", 0.0),  # as often called by the king as by the jack
        ("", QUEEN, "check_or_call", 0.0),
        ("", JACK, "bet_or_raise", 1.0),
        ("c", KING, "check_or_call", 1.0),
    ],
)
def test_losses_to_always_call_in_kuhn_are_those_found_by_hand(
    betting: str, card: int, action: str, chips: float
):
    assert loss(KUHN, "always-call", betting, (card,), (), action) == chips


def test_to_call_a_bet_that_is_always_made_with_the_worst_card_costs_a_chip():
    # Folding loses the ante, calling two chips, as both other cards are higher.
    at = ("always-raise", "r", (JACK,), ())
    assert loss(KUHN, *at, "check_or_call") == 1.0
    assert loss(KUHN, *at, "fold") == 0.0


@pytest.mark.parametrize(
    ("shape", "name"), PLAYERS, ids=lambda v: getattr(v, "name", v)
)
def test_some_action_is_free_everywhere_and_none_is_a_gift(shape: Shape, name: str):
    sets, known = infosets(shape), losses(shape, name)
    assert (np.isnan(known) == ~sets.legal).all()
    assert (np.nanmin(known, axis=1) == 0).all()
    assert np.nanmax(known) > 0.1


@pytest.mark.parametrize("name", policy_names("holdem"))
def test_folding_aces_costs_more_than_the_blind(name: str):
    assert holdem(name, "", "As Ah", "", "fold") > 1


def test_folding_the_best_hand_on_the_river_costs_the_pot():
    # It lets go the four chips put in, and the four and more of the other.
    at = ("random", "rc/cc/cc/r", "As Ks", "Qs Js Ts 2d 3c")
    assert holdem(*at, "fold") > 8
    assert holdem(*at, "bet_or_raise") == 0


def test_bluffing_who_never_folds_costs_about_the_bet():
    at = ("always-call", "cc/cc/cc/", "3c 2d", "Ah Kd 9s 7c 5h")
    assert holdem(*at, "check_or_call") == 0
    assert 3 < holdem(*at, "bet_or_raise") <= 4.4


@given(arrays(np.float64, (20, 3), elements=st.floats(0, 96)))
def test_a_file_of_losses_keeps_them_to_twelve_percent(known: np.ndarray):
    np.testing.assert_allclose(unpacked(packed(known)), known, rtol=0.12, atol=0.026)


def test_a_file_of_losses_has_nothing_below_zero():
    assert unpacked(packed(np.array([[-3.0, np.nan, 0.0]]))).tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("name", policy_names("holdem"))
def test_the_shipped_files_are_small(name: str):
    place = files("arena.environments.poker") / "data" / f"losses-{name}.xz"
    assert len(place.read_bytes()) < 150_000


def test_an_unknown_opponent_is_refused_by_name():
    with pytest.raises(UnknownName, match="shark"):
        loss(LEDUC, "shark", "", (0,), (), "check_or_call")


@pytest.mark.parametrize(
    ("betting", "action", "said"),
    [
        ("", "fold", "fold is not legal after ''"),
        ("cc", "check_or_call", "nobody decides"),
    ],
)
def test_a_decision_that_is_not_there_is_refused(betting: str, action: str, said: str):
    with pytest.raises(ValueError, match=said):
        loss(KUHN, "random", betting, (0,), (), action)
