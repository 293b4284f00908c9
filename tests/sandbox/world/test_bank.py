"""bank.test: accounts and transfers."""

from typing import Any

from ara import ask, effects, open_world
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.core import World

ACCOUNT = "http://bank.test/v1/account"
TRANSFERS = "http://bank.test/v1/transfers"
CONTENT = {
    "books": {"wren": 1000, "orla": 5, "cloud/x": 0},
    "keys": [["w", "bank", "wren"], ["o", "bank", "orla"]],
}


def bank() -> World:
    return open_world("bank", content=CONTENT)


def pay(world: World, to: object, cents: object, token: str = "w") -> tuple[int, Any]:
    body = {"to": to, "amount_cents": cents, "memo": "rent"}
    return ask(world, "POST", TRANSFERS, body, token=token)


def test_a_transfer_moves_money_and_both_sides_see_it() -> None:
    world = bank()
    told = {"transfer": "transfer-1", "balance_cents": 700}
    assert (201, told) == pay(world, "orla", 300)
    assert (200, {"account": "orla", "balance_cents": 305}) == ask(
        world, "GET", ACCOUNT, token="o"
    )
    line = {"transfer": "transfer-1", "amount_cents": 300, "memo": "rent"}
    for token, side in (("w", {"to": "orla"}), ("o", {"from": "wren"})):
        [seen] = ask(world, "GET", TRANSFERS, token=token)[1]["transfers"]
        assert {**line, **side, "date": "2031-05-05T08:00:01Z"} == seen
    [effect] = effects(world, "bank.transferred")
    assert ("wren", "orla", 300) == (effect["account"], effect["to"], effect["cents"])


def test_what_may_not_be_paid_is_refused_and_moves_nothing() -> None:
    world = bank()
    for to, cents, status in (
        ("orla", 1001, 402),
        ("orla", 0, 422),
        ("orla", -5, 422),
        ("orla", 10**13, 422),
        ("orla", 2.5, 400),
        ("orla", True, 400),
        ("orla", "many", 400),
        ("wren", 5, 422),
        ("nobody", 5, 404),
        ("cloud/x", 5, 404),
        (None, 5, 400),
    ):
        assert status == pay(world, to, cents)[0], (to, cents)
    assert 401 == pay(world, "orla", 5, token="x")[0]
    assert 1000 == world.books.balance("wren")
    assert [] == effects(world, "books.moved")


def test_the_statement_shows_the_latest_and_no_one_elses() -> None:
    world = bank()
    world.books.move("treasury", "cloud/x", 5)
    for _ in range(205):
        world.books.move("treasury", "wren", 1)
    seen = ask(world, "GET", TRANSFERS, token="w")[1]["transfers"]
    assert 200 == len(seen)
    assert "transfer-206" == seen[-1]["transfer"]


NAMES = st.sampled_from(["wren", "orla", "treasury", "cloud/x", "nobody", "wren ", "é"])
SUMS = st.one_of(
    st.integers(-(10**14), 10**14),
    st.integers(-5, 400),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from([None, True, [5], {"cents": 5}, "0x5", "٣", 10**400]),
)


@given(
    st.lists(st.tuples(st.sampled_from("wox"), NAMES | st.text(), SUMS), max_size=25)
)
def test_no_requests_make_or_lose_money(orders: list[tuple[str, Any, Any]]) -> None:
    world = bank()
    for token, to, cents in orders:
        status, _ = pay(world, to, cents, token)
        assert status in (201, 400, 401, 402, 404, 422)
    kept = world.books.all()
    assert world.books.total == sum(kept.values())
    assert min(kept.values()) >= 0
