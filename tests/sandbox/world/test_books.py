"""Money: whatever is asked, none is made, none is lost, none is owed."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.books import MOST_CENTS, Books
from arena.sandbox.world.ledger import Ledger
from arena.sandbox.world.messages import Refused

ACCOUNTS = ("ann", "bob", "shop", "treasury")
HOSTILE: list[Any] = [
    0,
    -1,
    -(10**30),
    10**30,
    MOST_CENTS + 1,
    True,
    1.5,
    float("nan"),
    "7",
    None,
    [],
]
MOVES = st.lists(
    st.tuples(
        st.sampled_from([*ACCOUNTS, "nobody", ""]),
        st.sampled_from([*ACCOUNTS, "nobody", "\ud800"]),
        st.integers(-5, 120) | st.sampled_from(HOSTILE),
    ),
    max_size=30,
)


def books() -> Books:
    opening = {"ann": 100, "bob": 0, "shop": 7, "treasury": 50}
    return Books(Ledger(lambda: 0.0), opening)


@given(MOVES)
def test_money_is_conserved_and_never_below_zero(
    moves: list[tuple[str, str, Any]],
) -> None:
    kept = books()
    # The shop gives back half of what it gets, while the payment is under way.
    kept.receives(
        "shop",
        lambda source, cents, memo: (
            kept.move("shop", source, cents // 2) if cents > 1 else None
        ),
    )
    for source, target, cents in moves:
        before = kept.all()
        try:
            kept.move(source, target, cents)
        except Refused:
            assert before == kept.all()
        assert kept.total == sum(kept.all().values())
        assert min(kept.all().values()) >= 0
        assert all(type(cents) is int for cents in kept.all().values())


@pytest.mark.parametrize("cents", HOSTILE, ids=repr)
def test_what_is_no_sum_is_refused(cents: Any) -> None:
    with pytest.raises(Refused, match="whole number of cents"):
        books().move("treasury", "ann", cents)


def test_a_refusal_says_why() -> None:
    kept = books()
    for source, target, cents, status, why in (
        ("ann", "nobody", 1, 404, "no account 'nobody'"),
        ("ann", "ann", 1, 422, "the same account"),
        ("ann", "bob", 101, 402, "not enough money"),
    ):
        with pytest.raises(Refused, match=why) as refusal:
            kept.move(source, target, cents)
        assert status == refusal.value.status


def test_every_move_leaves_a_line() -> None:
    ledger = Ledger(lambda: 0.0)
    kept = Books(ledger, {"ann": 5, "bob": 0})
    kept.move("ann", "bob", 3, "tea")
    with contextlib.suppress(Refused):
        kept.move("ann", "bob", 3)
    assert 1 == len(ledger.lines)
    assert '"source":"ann","target":"bob","cents":3,"memo":"tea"' in ledger.lines[0]


def test_opening_an_account_that_is_there_changes_nothing() -> None:
    kept = books()
    kept.open("ann")
    kept.open("new")
    assert (100, 0) == (kept.balance("ann"), kept.balance("new"))
    assert "new" in kept
    assert "nobody" not in kept
    assert 0 == kept.balance("nobody")
