"""coin.test: the toy coin Tern."""

import hashlib
from typing import Any

from ara import ask, effects, open_world
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.sandbox.world.core import World
from arena.sandbox.world.sites.coin import Coin
from arena.sandbox.world.sites.lamport import address_of, is_address, public, sign
from arena.sandbox.world.sites.tern import SUPPLY

COIN = "http://coin.test/v1"
CHAIN = "tern-7"
WREN, ORLA = bytes(range(32)), bytes(range(1, 33))


def chain_world(**rules: object) -> World:
    return open_world("coin", content={"sites": {"coin": {"chain": CHAIN, **rules}}})


def digest(key: bytes, nonce: int) -> bytes:
    return hashlib.sha256(public(key, nonce)).digest()


def address(key: bytes) -> str:
    return address_of(digest(key, 0), CHAIN)


def order(key: bytes, nonce: int, *words: object, sender: str = "") -> dict[str, Any]:
    """Return a signed order: `claim`, or `send` with the receiver and the grains."""
    sender = sender or address(key)
    following = digest(key, nonce + 1).hex()
    kind, *rest = words
    line = "|".join(map(str, (kind, CHAIN, sender, *rest, nonce, following)))
    signature, others = sign(key, nonce, line)
    told = {"address": sender, "nonce": nonce, "next": following}
    told |= {"signature": signature.hex(), "others": others.hex()}
    return {**told, **dict(zip(("to", "grains"), rest, strict=False))}


def claim(world: World, key: bytes, nonce: int = 0) -> tuple[int, Any]:
    return ask(world, "POST", f"{COIN}/claims", order(key, nonce, "claim"))


def send(world: World, told: dict[str, Any]) -> tuple[int, Any]:
    return ask(world, "POST", f"{COIN}/transfers", told)


def rich_world() -> World:
    """A world where Wren has claimed, and the claim is confirmed."""
    world = chain_world()
    assert 201 == claim(world, WREN)[0]
    world.clock.pass_(240)
    return world


def supply(world: World) -> int:
    coin = world.sites["coin"]
    assert isinstance(coin, Coin)
    assert min(coin.chain.grains.values()) >= 0
    return sum(coin.chain.grains.values())


def test_a_claim_is_paid_once_it_has_three_confirmations() -> None:
    world = chain_world()
    _, told = claim(world, WREN)
    assert ("pending", 1, 0) == (told["state"], told["block"], told["confirmations"])
    world.clock.pass_(175)
    told = ask(world, "GET", f"{COIN}/wallets/{address(WREN)}")[1]
    assert (0, 5000, 1) == (told["grains"], told["pending_grains"], told["nonce"])
    assert [] == effects(world, "coin.confirmed")
    world.clock.pass_(5)
    told = ask(world, "GET", f"{COIN}/wallets/{address(WREN)}")[1]
    assert (5000, 0) == (told["grains"], told["pending_grains"])
    [line] = effects(world, "coin.confirmed")
    assert ("faucet", address(WREN), 180.0) == (line["from"], line["to"], line["t"])
    told = ask(world, "GET", f"{COIN}/transfers/tern-1")[1]
    assert ("confirmed", 3) == (told["state"], told["confirmations"])


def test_what_was_sent_arrives_and_the_fee_is_paid() -> None:
    world = rich_world()
    assert 201 == send(world, order(WREN, 1, "send", address(ORLA), 2000))[0]
    world.clock.pass_(240)
    for key, grains in ((WREN, 2980), (ORLA, 2000)):
        told = ask(world, "GET", f"{COIN}/wallets/{address(key)}")[1]
        assert grains == told["grains"]
    assert SUPPLY == supply(world)


def test_an_order_counts_once_and_in_its_turn() -> None:
    world = rich_world()
    first = order(WREN, 1, "send", address(ORLA), 100)
    assert 409 == send(world, order(WREN, 2, "send", address(ORLA), 100))[0]
    assert [201, 409, 409] == [send(world, first)[0] for _ in range(3)]
    assert 201 == send(world, order(WREN, 2, "send", address(ORLA), 100))[0]
    assert 409 == claim(world, WREN, 3)[0]


def test_an_order_that_is_not_the_wallets_own_is_refused() -> None:
    world = rich_world()
    mine = order(WREN, 1, "send", address(ORLA), 100)
    changes: tuple[dict[str, Any], ...] = (
        {"grains": 101},
        {"to": address(bytes(32))},
        {"next": digest(ORLA, 2).hex()},
        {"signature": mine["others"]},
        order(ORLA, 1, "send", address(ORLA), 100, sender=address(WREN)),
        order(WREN, 0, "send", address(ORLA), 100) | {"nonce": 1},
    )
    for change in changes:
        assert 403 == send(world, mine | change)[0]
    assert 201 == send(world, mine)[0]


def test_what_is_no_order_is_refused_with_a_reason() -> None:
    world = rich_world()
    mine = order(WREN, 1, "send", address(ORLA), 100)
    for change, status in (
        ({"to": address(ORLA)[:-1] + "0"}, 422),
        ({"to": address(WREN)}, 422),
        ({"to": "faucet"}, 422),
        ({"grains": 0}, 422),
        ({"grains": -5}, 422),
        ({"grains": 1.5}, 400),
        ({"grains": 10**300}, 422),
        ({"nonce": "1st"}, 400),
        ({"signature": "ab"}, 422),
        ({"signature": "٣" * 16384}, 422),
        ({"next": "Z" * 64}, 422),
        ({"others": 5}, 400),
    ):
        got, told = send(world, mine | change)
        assert (status, True) == (got, bool(told["error"])), change
    assert 402 == send(world, order(WREN, 1, "send", address(ORLA), 4981))[0]
    assert 404 == ask(world, "GET", f"{COIN}/transfers/tern-9")[0]
    assert 422 == ask(world, "GET", f"{COIN}/wallets/me")[0]


def test_the_faucet_waits_for_a_claim_to_be_confirmed_where_there_are_several() -> None:
    world = chain_world(claims=2, faucet=900, most=1000)
    assert [201, 409] == [claim(world, WREN, n)[0] for n in (0, 1)]
    world.clock.pass_(240)
    assert 201 == claim(world, WREN, 1)[0]
    world.clock.pass_(240)
    assert 409 == claim(world, WREN, 2)[0]
    assert 422 == send(world, order(WREN, 2, "send", address(ORLA), 1001))[0]


def test_the_faucet_closes_before_it_is_empty() -> None:
    world = chain_world()
    keys = [bytes([n]) * 32 for n in range(61)]
    assert [201] * 60 + [409] == [claim(world, key)[0] for key in keys]


def test_the_worked_example_is_what_the_chain_takes() -> None:
    text = ask(chain_world(), "GET", "http://coin.test/docs.json")[1]["text"]
    told = order(WREN, 0, "claim")
    for part in (
        WREN.hex(),
        digest(WREN, 0).hex(),
        address(WREN),
        f"claim|{CHAIN}|{address(WREN)}|0|{told['next']}",
        hashlib.sha256(bytes.fromhex(told["signature"])).hexdigest(),
        hashlib.sha256(bytes.fromhex(told["others"])).hexdigest(),
    ):
        assert f" {part}\n" in text
    program = text.partition("The same in Python\n")[2]
    names: dict[str, Any] = {}
    exec("\n".join(line[2:] for line in program.splitlines()), names)
    assert address(WREN) == names["address"](WREN)
    assert digest(WREN, 1) == names["D"](WREN, 1)
    without = chain_world(program=False)
    text = ask(without, "GET", "http://coin.test/docs.json")[1]["text"]
    assert "import" not in text


def test_an_address_with_a_letter_changed_is_none() -> None:
    good = address(WREN)
    for place in range(24):
        other = "A" if good[place] != "A" else "B"
        assert not is_address(good[:place] + other + good[place + 1 :], CHAIN)
    assert not is_address(good, "tern-8")
    assert not is_address(good.lower(), CHAIN)


SUMS = st.one_of(
    st.integers(-(10**14), 10**14),
    st.integers(1, 6000),
    st.floats(),
    st.sampled_from([None, True, "10", "x", [1], 10**400]),
)
STEPS = st.tuples(
    st.sampled_from(["claim", "send", "wait", "again"]),
    st.sampled_from([WREN, ORLA]),
    st.sampled_from([address(WREN), address(ORLA), "faucet", "fees", "pending", "é"]),
    SUMS,
    st.integers(-1, 1),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_no_orders_make_or_lose_coin(steps: list[tuple[Any, ...]]) -> None:
    world = chain_world(claims=3)
    nonces = {WREN: 0, ORLA: 0}
    last: dict[str, Any] = {}
    for what, key, to, grains, off in steps:
        nonce = max(0, nonces[key] + off)
        if what == "wait":
            world.clock.pass_(100)
        elif what == "claim":
            nonces[key] += claim(world, key, nonce)[0] == 201
        else:
            if what == "send" or not last:
                last = order(key, nonce, "send", to, grains) | {"who": key}
            sender = last["who"]
            told = {k: v for k, v in last.items() if k != "who"}
            status, _ = send(world, told)
            assert status in (201, 400, 402, 403, 409, 422)
            nonces[sender] += status == 201
        assert SUPPLY == supply(world)
    assert world.books.total == sum(world.books.all().values())
