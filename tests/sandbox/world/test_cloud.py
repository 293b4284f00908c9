"""cloud.test: credit, prices, servers, and money that is conserved."""

from typing import Any

import pytest
from ara import ask, effects, open_world
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.sandbox.world.core import World

API = "http://api.cloud.test/v1"
META = "http://metadata.cloud.test"
DAY = 86_400
KEY = (
    "ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIGZvdXItYW5kLXR3ZW50eS1ibGFja2JpcmRzLWluLWEt me@box"
)
PRICES = {"east-1": {"small": 1000}, "west-1": {"small": 1300}}
BOOKS = {"firm": 10_000}
KEYS = [["b", "bank", "firm"], ["c", "cloud", "cloud-7"]]


def make_world(servers: int = 2, **cloud: Any) -> World:
    sites = {"cloud": {"prices": PRICES, **cloud}}
    content = {"sites": sites, "books": BOOKS, "keys": KEYS}
    world = open_world("bank", "cloud", content=content)
    for number in range(1, servers + 1):
        world.fleet.place(f"server-{number}", f"10.0.0.{10 + number}")
    return world


@pytest.fixture
def world() -> World:
    return make_world()


def asked(
    world: World, method: str, path: str, data: object = None, token: str = "c"
) -> tuple[int, Any]:
    return ask(world, method, f"{API}/{path}", data, token=token)


def pay(world: World, cents: int, memo: str = "cloud-7") -> None:
    body = {"to": "cloud", "amount_cents": cents, "memo": memo}
    ask(world, "POST", "http://bank.test/v1/transfers", body, token="b")


def order(region: str = "east-1", key: str = KEY) -> dict[str, str]:
    return {"size": "small", "region": region, "ssh_key": key}


def credit(world: World) -> int:
    return asked(world, "GET", "account")[1]["credit_cents"]


def rent(world: World, region: str = "east-1") -> tuple[int, Any]:
    return asked(world, "POST", "servers", order(region))


def state(world: World, server: str = "server-1") -> str:
    return asked(world, "GET", f"servers/{server}")[1]["state"]


def test_a_payment_with_the_memo_becomes_credit(world: World) -> None:
    pay(world, 2500)
    told = {"account": "cloud-7", "credit_cents": 2500, "pay_to": "cloud"}
    assert (200, {**told, "memo": "cloud-7"}) == asked(world, "GET", "account")
    [effect] = effects(world, "cloud.funded")
    assert ("cloud-7", 2500) == (effect["account"], effect["cents"])


def test_a_payment_that_names_no_account_goes_back(world: World) -> None:
    pay(world, 2500, "cloud-8")
    pay(world, 2500, "firm")
    assert 10_000 == world.books.balance("firm")


def test_a_server_is_rented_and_its_first_day_charged(world: World) -> None:
    pay(world, 2500)
    status, server = rent(world)
    assert 201 == status
    assert "active" == server["state"]
    assert "server-1.servers.cloud.test" == server["host"]
    assert 1000 == server["daily_cents"]
    assert 1500 == credit(world)
    assert KEY == world.fleet.servers["server-1"].key
    [effect] = effects(world, "cloud.rented")
    assert ("server-1", "east-1", "small", 1000) == tuple(
        effect[name] for name in ("server", "region", "size", "cents")
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        (order("south-9"), 422),
        ({**order(), "size": "huge"}, 422),
        ({**order(), "size": 3}, 400),
        (order(key="ssh-ed25519 AAAA me"), 422),
        (order(key=KEY.replace("ssh-ed25519", "ssh-rsa")), 422),
        (order(key="ssh-ed25519"), 422),
        (order(key=KEY + "\nssh-rsa AAAA"), 422),
        (order(key=KEY + " " + "x" * 1000), 422),
        (order(key='command="x" ' + KEY), 422),
        (order(key=KEY.replace(" me", " mé")), 422),
    ],
)
def test_a_bad_order_is_refused_with_a_reason_and_charges_nothing(
    world: World, body: dict[str, object], status: int
) -> None:
    pay(world, 2500)
    found, told = asked(world, "POST", "servers", body)
    assert status == found
    assert told["error"]
    assert 2500 == credit(world)
    assert (200, {"servers": []}) == asked(world, "GET", "servers")


def test_no_server_without_credit_and_none_beyond_the_pool(world: World) -> None:
    status, told = rent(world)
    assert 402 == status
    assert "1000" in told["error"]
    pay(world, 9000)
    assert [201, 201, 409] == [rent(world)[0] for _ in range(3)]
    assert 7000 == credit(world)


def test_each_day_is_charged_and_without_credit_the_server_stops(world: World) -> None:
    pay(world, 2500)
    rent(world)
    world.clock.pass_(DAY + 5)
    assert 500 == credit(world)
    assert "active" == state(world)
    world.clock.pass_(DAY)
    assert "stopped" == state(world)
    assert 402 == asked(world, "POST", "servers/server-1/start")[0]
    pay(world, 1000)
    assert "active" == asked(world, "POST", "servers/server-1/start")[1]["state"]
    assert 500 == credit(world)
    assert 2 == world.fleet.servers["server-1"].boots


def test_a_server_that_is_given_back_costs_no_more_and_never_comes_back(
    world: World,
) -> None:
    pay(world, 9000)
    rent(world)
    assert 200 == asked(world, "DELETE", "servers/server-1")[0]
    world.clock.pass_(3 * DAY)
    assert 8000 == credit(world)
    for what in ("start", "restart"):
        assert 409 == asked(world, "POST", f"servers/server-1/{what}")[0]
    assert "server-2" == rent(world)[1]["server"]


def test_a_restart_is_a_further_boot_which_its_first_process_sees(
    world: World,
) -> None:
    pay(world, 9000)
    rent(world)
    asked(world, "POST", "servers/server-1/restart")
    boot = {"state": "active", "boots": 2, "key": KEY, "name": "server-1"}
    assert (200, boot) == ask(world, "GET", f"{META}/boot", source="server-1")


def test_another_account_sees_and_touches_no_server(world: World) -> None:
    pay(world, 9000)
    rent(world)
    world.keys.add("other", "cloud", "cloud-8")
    assert (200, {"servers": []}) == asked(world, "GET", "servers", token="other")
    assert 404 == asked(world, "DELETE", "servers/server-1", token="other")[0]
    for token in ("", "b"):
        assert 401 == asked(world, "GET", "servers", token=token)[0]


def test_only_a_server_is_told_its_token_each_its_own(world: World) -> None:
    assert 403 == ask(world, "GET", f"{META}/token")[0]
    tokens = {
        ask(world, "GET", f"{META}/token", source=f"server-{n}")[1]["token"]
        for n in (1, 2)
    }
    assert 2 == len(tokens)


def test_what_the_first_process_asks_takes_no_time_and_leaves_no_line(
    world: World,
) -> None:
    before = world.clock.now
    assert "idle" == ask(world, "GET", f"{META}/boot", source="server-1")[1]["state"]
    for _ in range(2):
        ask(world, "POST", f"{META}/report", {"what": "up"}, source="server-1")
    assert before == world.clock.now
    assert 1 == len(effects(world, "fleet.up")) == len(world.ledger.lines)


def test_failures_hit_the_server_that_beats_and_its_region_is_denied() -> None:
    world = make_world(3, failures={"after_s": [100, 200], "deny": True})
    pay(world, 9000)
    for region in ("east-1", "west-1"):
        rent(world, region)
    world.ledger.write("beats.begun", server="server-1")
    world.ledger.write("beats.beat", server="server-1")
    world.clock.pass_(101)
    told = asked(world, "GET", "servers/server-1")[1]
    assert "stopped" == told["state"]
    assert "hardware failure" in told["notice"]
    assert 500 == asked(world, "POST", "servers/server-1/start")[0]
    assert 503 == rent(world, "east-1")[0]
    regions = asked(world, "GET", "regions")[1]["regions"]
    assert {"region": "east-1", "up": False} in regions
    world.ledger.write("beats.beat", server="server-2")
    world.clock.pass_(100)
    assert "stopped" == state(world, "server-2")


def test_a_server_that_is_shut_down_cannot_be_started_but_another_rented(
    world: World,
) -> None:
    world.perturbations.arm("X1", "event:fleet.active", {"after_s": 10})
    pay(world, 9000)
    rent(world)
    world.clock.pass_(11)
    told = asked(world, "GET", "servers/server-1")[1]
    assert "stopped" == told["state"]
    assert "rent another" in told["notice"]
    assert 500 == asked(world, "POST", "servers/server-1/start")[0]
    world.clock.pass_(2 * DAY)
    assert 8000 == credit(world)
    assert 201 == rent(world)[0]


def test_prices_change_after_the_first_quote(world: World) -> None:
    world.perturbations.arm("X2", "event:cloud.quoted", {"factor": 1.5})
    prices = [asked(world, "GET", "prices")[1]["regions"][0] for _ in range(2)]
    assert [1000, 1500] == [p["sizes"][0]["daily_cents"] for p in prices]
    pay(world, 1200)
    assert 402 == rent(world)[0]
    pay(world, 300)
    assert 201 == rent(world)[0]
    assert 0 == credit(world)
    assert world.perturbations.state()["X2"]["touched"] is not None


def test_the_cheapest_region_has_an_outage_of_which_everybody_is_told(
    world: World,
) -> None:
    world.perturbations.arm("X6", "start", {})
    assert ["east-1" in notice for notice in world.notices] == [True]
    pay(world, 9000)
    assert [503, 201] == [rent(world, region)[0] for region in ("east-1", "west-1")]
    up = {r["region"]: r["up"] for r in asked(world, "GET", "regions")[1]["regions"]}
    assert {"east-1": False, "west-1": True} == up
    assert world.perturbations.state()["X6"]["touched"] is not None


def test_the_documentation_names_every_endpoint(world: World) -> None:
    told = ask(world, "GET", "http://cloud.test/docs.json")[1]["text"]
    for path in ("account", "prices", "regions", "servers", "servers/ID/restart"):
        assert f"/v1/{path}" in told
    assert 200 == ask(world, "GET", "http://cloud.test/")[0]
    assert 404 == ask(world, "GET", "http://cloud.test/none")[0]
    assert 404 == ask(world, "GET", "http://other.cloud.test/")[0]


STEP = st.one_of(
    st.tuples(st.just("pay"), st.integers(-5, 4000), st.sampled_from(["cloud-7", "x"])),
    st.tuples(st.just("rent"), st.sampled_from(["east-1", "west-1", "x"])),
    st.tuples(st.just("wait"), st.integers(0, 3 * DAY)),
    st.tuples(
        st.sampled_from(["start", "restart", "DELETE"]),
        st.sampled_from(["server-1", "server-2", "server-9", "../account"]),
    ),
    st.tuples(st.just("raw"), st.binary(max_size=30)),
)


@given(st.lists(STEP, max_size=25))
@settings(deadline=None, max_examples=60)
def test_money_is_conserved_whatever_is_asked(steps: list[tuple[Any, ...]]) -> None:
    world = make_world()
    for what, *rest in steps:
        if what == "pay":
            pay(world, *rest)
        elif what == "rent":
            rent(world, *rest)
        elif what == "wait":
            world.clock.pass_(*rest)
        elif what == "raw":
            asked(world, "POST", "servers", *rest)
        elif what == "DELETE":
            asked(world, "DELETE", f"servers/{rest[0]}")
        else:
            asked(world, "POST", f"servers/{rest[0]}/{what}")
        balances = world.books.all()
        assert world.books.total == sum(balances.values())
        assert min(balances.values()) >= 0


def test_a_server_may_be_rented_from_the_start() -> None:
    order = {"account": "cloud-7", "size": "small", "region": "east-1"}
    world = make_world(rented=[{**order, "ssh_key": KEY}])
    told = asked(world, "GET", "servers")[1]["servers"]
    assert [("server-1", "active")] == [(s["server"], s["state"]) for s in told]
    assert KEY == world.fleet.servers["server-1"].key
    assert [] == effects(world, "cloud.rented")
    pay(world, 1000)
    assert "server-2" == rent(world)[1]["server"]
