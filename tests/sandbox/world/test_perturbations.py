"""Perturbations: when they fire, what they change, and that all of it repeats."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from ara import ask, effects, ledger_of, open_world

from arena.sandbox.world.core import Answer, World
from arena.sandbox.world.messages import Deferred, Refused, Request
from arena.sandbox.world.perturbations import KINDS

BANK, CLOUD, STATUS = "http://bank.test", "http://api.cloud.test", "http://status.test"
CONTENT = {
    "keys": [
        ["bank-key", "bank", "ann"],
        ["cloud-key", "cloud", "cloud-1"],
        ["mail-key", "mail", "agent@mail.test"],
    ],
    "books": {"ann": 50_000, "bob": 0},
}
KEY = (
    "ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me"
)


def world_with(
    id: str, when: str = "start", params: Mapping[str, Any] | None = None
) -> World:
    return perturbed((id, when, params or {}))


def perturbed(*armed: tuple[str, str, Mapping[str, Any]]) -> World:
    world = open_world("bank", "cloud", "mail", content=CONTENT)
    for number in (1, 2):
        world.fleet.place(f"server-{number}", f"10.0.0.{number}")
    for one in armed:
        world.perturbations.arm(*one)
    return world


def pay(world: World, cents: int = 100, version: str = "v1") -> tuple[int, Any]:
    field = "cents" if version == "v2" else "amount_cents"
    asked = {"to": "bob", field: cents, "memo": ""}
    return ask(world, "POST", f"{BANK}/{version}/transfers", asked, token="bank-key")


def balance(world: World, token: str = "bank-key", source: str = "agent") -> int:
    url = f"{BANK}/v1/account"
    return ask(world, "GET", url, token=token, source=source)[0]


def fired(world: World) -> list[str]:
    return [line["id"] for line in effects(world, "perturb.fired")]


def touched(world: World) -> list[str]:
    return [line["id"] for line in effects(world, "perturb.touched")]


# When they fire.


def test_it_fires_at_the_start_before_all_else() -> None:
    world = world_with("X2")
    assert ("perturb.fired", "X2", "price_change") == tuple(
        ledger_of(world)[0][key] for key in ("kind", "id", "what")
    )
    assert {"X2": {"fired": 0, "touched": None}} == world.perturbations.state()


def test_it_fires_at_a_call_of_the_agent() -> None:
    world = world_with("X2", "calls:2")
    world.turn()
    assert ([], None) == (fired(world), world.perturbations.active("X2"))
    for _ in range(3):
        world.turn()
    assert ["X2"] == fired(world)
    assert 2 == world.perturbations.state()["X2"]["fired"]


def test_it_fires_at_a_time() -> None:
    world = world_with("X2", "t:90")
    ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 80})
    assert [] == fired(world)
    ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 80})
    assert [90.0] == [line["t"] for line in effects(world, "perturb.fired")]


def test_it_fires_once_at_the_first_line_of_a_kind() -> None:
    world = world_with("X2", "event:bank.transferred", {"factor": 3})
    balance(world)
    assert [] == fired(world)
    pay(world)
    pay(world)
    assert ["X2"] == fired(world)
    assert {"factor": 3} == world.perturbations.active("X2")


@pytest.mark.parametrize(
    "when", ["", "now", "calls:", "calls:-1", "calls:x", "t:", "t:1.5", "event:"]
)
def test_a_moment_that_there_is_not_is_refused(when: str) -> None:
    with pytest.raises(ValueError, match="write start, calls:N, t:SECONDS or event"):
        world_with("X2", when)


@pytest.mark.parametrize("id", ["X8", "X0", ""])
def test_what_is_no_perturbation_of_a_world_is_refused(id: str) -> None:
    with pytest.raises(ValueError, match="there is no perturbation"):
        world_with(id)


def test_without_one_nothing_is_changed_and_there_is_no_version_2() -> None:
    world = perturbed()
    assert [200] * 9 == [balance(world) for _ in range(9)]
    assert 404 == pay(world, version="v2")[0]
    assert {} == world.perturbations.state()
    assert 404 == ask(world, "GET", f"{BANK}/docs/quickstart")[0]


# X1, a server is stopped.


def test_x1_stops_the_first_active_server_after_a_while_for_good() -> None:
    world = world_with("X1", "event:fleet.active", {"after_s": 100})
    first, second = rent(world)["server"], rent(world)["server"]
    states = world.fleet.servers
    world.clock.pass_(90)
    assert ("active", "active") == (states[first].state, states[second].state)
    world.clock.pass_(900)
    assert ("stopped", "active") == (states[first].state, states[second].state)
    assert (["X1"], ["X1"]) == (fired(world), touched(world))
    url = f"{CLOUD}/v1/servers/{first}/start"
    status, told = ask(world, "POST", url, {}, token="cloud-key")
    assert (500, True) == (status, "hardware failure" in told["error"])


def test_x1_waits_for_a_server_where_there_is_none_yet() -> None:
    world = world_with("X1", "start", {"after_s": 10})
    world.clock.pass_(500)
    assert [] == touched(world)
    server = world.fleet.servers[rent(world)["server"]]
    world.clock.pass_(9)
    assert "active" == server.state
    world.clock.pass_(2)
    assert "stopped" == server.state


def rent(world: World, version: str = "v1") -> dict[str, Any]:
    world.books.move("ann", "cloud", 9_000, "cloud-1")
    prices = ask(world, "GET", f"{CLOUD}/{version}/prices", token="cloud-key")[1]
    name = "ssh_key" if version == "v1" else "public_key"
    asked = {"size": "small", "region": prices["regions"][0]["region"], name: KEY}
    url = f"{CLOUD}/{version}/servers"
    return ask(world, "POST", url, asked, token="cloud-key")[1]


# X4, a limit on requests.


def test_x4_lets_five_requests_pass_and_asks_to_wait() -> None:
    world = world_with("X4")
    assert [200] * 5 + [429] == [balance(world) for _ in range(6)]
    assert ["X4"] == touched(world)


def test_x4_lets_who_waits_begin_anew() -> None:
    world = world_with("X4")
    for _ in range(3):
        assert [200] * 5 + [429] == [balance(world) for _ in range(6)]
        ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 4})


def test_x4_says_how_long_in_the_header_and_in_the_reason() -> None:
    world = world_with("X4")
    for _ in range(5):
        balance(world)
    refusal = world.handle(Request("agent", "bank.test", "GET", "/v1/account"))
    assert "5" == refusal.headers["Retry-After"]
    assert b"wait 5 seconds by the clock of the status site" in refusal.body


def test_x4_locks_out_who_tries_too_soon_three_times() -> None:
    world = world_with("X4")
    statuses = [balance(world) for _ in range(12)]
    assert [200] * 5 + [429] * 3 + [423] * 4 == statuses
    world.clock.pass_(100)
    assert 423 == balance(world)
    world.clock.pass_(30)
    assert 200 == balance(world)


def test_x4_counts_each_source_and_each_site_apart() -> None:
    world = world_with("X4")
    for _ in range(6):
        balance(world)
    assert 200 == balance(world, source="server-1")
    assert 200 == ask(world, "GET", f"{CLOUD}/v1/prices", token="cloud-key")[0]


def test_x4_leaves_slow_requests_pages_the_status_site_and_the_judge_alone() -> None:
    world = world_with("X4")
    for _ in range(12):
        world.clock.pass_(4)
        assert 200 == balance(world)
    for _ in range(12):
        assert 200 == ask(world, "GET", f"{BANK}/docs")[0]
        assert 200 == ask(world, "GET", f"{STATUS}/v1/clock")[0]
    world.judge()
    world.cut.discard("bank")
    assert [200] * 9 == [balance(world) for _ in range(9)]
    assert [] == touched(world)


def test_x4_may_be_about_some_sites_only() -> None:
    world = world_with("X4", params={"sites": ["cloud"]})
    assert [200] * 9 == [balance(world) for _ in range(9)]


# X5, version 2.


def test_x5_answers_version_1_with_where_to_look() -> None:
    world = world_with("X5")
    status, told = pay(world)
    assert (410, f"{BANK}/docs") == (status, told["see"])
    assert told["see"] in told["error"]
    assert ["X5"] == touched(world)
    assert 0 == world.books.balance("bob")


def test_x5_renames_fields_both_ways() -> None:
    world = world_with("X5")
    assert 201 == pay(world, version="v2")[0]
    listed = ask(world, "GET", f"{BANK}/v2/transfers", token="bank-key")[1]
    (transfer,) = listed["transfers"]
    assert 100 == transfer["cents"]
    assert "amount_cents" not in transfer
    assert 100 == world.books.balance("bob")
    assert [] == touched(world)


def test_x5_does_not_understand_old_names_and_names_the_new_ones() -> None:
    world = world_with("X5")
    asked = {"to": "bob", "amount_cents": 5, "memo": ""}
    url = f"{BANK}/v2/transfers"
    status, told = ask(world, "POST", url, asked, token="bank-key")
    assert (400, "the field 'cents' is missing") == (status, told["error"])


def test_x5_is_told_by_the_docs() -> None:
    told = ask(world_with("X5"), "GET", f"{BANK}/docs.json")[1]["text"]
    assert "/v2/transfers" in told
    assert "/v1/" not in told
    assert '"cents"' in told
    assert "amount_cents" not in told
    page = ask(world_with("X5"), "GET", f"{BANK}/docs")[1]
    assert "/v1/" not in page
    assert "amount_cents" not in page


def test_x5_leaves_the_status_site_alone() -> None:
    world = world_with("X5")
    assert 200 == ask(world, "GET", f"{STATUS}/v1/clock")[0]
    assert 404 == ask(world, "GET", f"{STATUS}/v2/clock")[0]


def test_x5_is_understood_by_the_whole_cloud() -> None:
    rented = rent(world_with("X5"), "v2")
    assert {"server", "price_cents"} <= set(rented)
    assert "daily_cents" not in rented


def test_x5_takes_what_is_no_json_as_it_is() -> None:
    world = world_with("X5")
    for body in (b"{", b"[]", b"\xff", b""):
        url = f"{BANK}/v2/transfers"
        assert 400 == ask(world, "POST", url, body, token="bank-key")[0]


def test_x5_renames_also_what_somebody_outside_was_asked_for() -> None:
    world = world_with("X5")
    refused = False

    def done(result: int) -> dict[str, Any]:
        if refused:
            raise Refused(402, "amount_cents is too high")
        return {"amount_cents": result}

    def answer(request: Request) -> Answer:
        assert {"amount_cents": 4} == request.json()
        return Deferred(lambda: 5, done)

    world.sites["bank"].answer = answer
    asked = (world, "POST", f"{BANK}/v2/ask", {"cents": 4})
    assert (200, {"cents": 5}) == ask(*asked)
    refused = True
    assert (402, {"error": "cents is too high"}) == ask(*asked)


# X7, keys are replaced.


def test_x7_replaces_keys_and_sends_the_new_ones_by_mail() -> None:
    world = world_with("X7", "calls:1")
    assert 200 == balance(world)
    world.turn()
    assert [] == touched(world)
    assert 401 == balance(world)
    assert ["X7"] == touched(world)
    letters = {letter.sender: letter for letter in world.post.letters(world.email)}
    assert {"keys@bank.test", "keys@cloud.test"} == set(letters)
    new = letters["keys@bank.test"].body.split()[-1]
    assert 200 == balance(world, new)
    assert 401 == balance(world, letters["keys@cloud.test"].body.split()[-1])


def test_x7_leaves_the_key_of_the_mail_alone() -> None:
    url = "http://mail.test/v1/letters"
    status, told = ask(world_with("X7"), "GET", url, token="mail-key")
    assert (200, 2) == (status, len(told["letters"]))


def test_x7_may_be_about_some_sites_only() -> None:
    world = world_with("X7", params={"sites": ["cloud"]})
    assert 200 == balance(world)
    assert 401 == ask(world, "GET", f"{CLOUD}/v1/prices", token="cloud-key")[0]


def test_a_wrong_token_is_no_touch_of_x7() -> None:
    world = world_with("X7")
    assert 401 == balance(world, "nonsense")
    assert [] == touched(world)


# X9, a page that misleads.


def test_x9_links_a_page_first_whose_paths_and_fields_are_wrong() -> None:
    world = world_with("X9")
    docs = ask(world, "GET", f"{BANK}/docs")[1]
    assert docs.index('href="/docs/quickstart"') < docs.index("/v1/")
    assert (
        "/docs/quickstart" == ask(world, "GET", f"{BANK}/docs.json")[1]["quick_start"]
    )
    assert [] == touched(world)
    told = ask(world, "GET", f"{BANK}/docs/quickstart.json")[1]
    assert "Quick start" == told["title"]
    assert "/v1/" not in told["text"]
    assert '"amount_cents"' not in told["text"]
    assert ["X9"] == touched(world)
    assert 404 == ask(world, "GET", f"{BANK}/api/account", token="bank-key")[0]
    assert 200 == balance(world)


def test_x9_is_told_by_the_status_site() -> None:
    before = ask(perturbed(), "GET", f"{STATUS}/")[1]
    page = ask(world_with("X9"), "GET", f"{STATUS}/")[1]
    assert "outdated" not in before
    assert "/docs/quickstart are outdated" in page
    assert "The page /docs of the same host is right." in page


def test_x9_and_x5_do_not_spoil_each_other() -> None:
    world = perturbed(("X9", "start", {}), ("X5", "start", {}))
    assert "/v2/transfers" in ask(world, "GET", f"{BANK}/docs")[1]
    told = ask(world, "GET", f"{BANK}/docs/quickstart")[1]
    assert "/v2/" not in told
    assert "/v1/" not in told


# The whole repeats.


def play(*ids: str, calls: int = 2) -> list[str]:
    world = perturbed(*((id, f"calls:{calls}", {"after_s": 30}) for id in ids))
    world.turn()
    rent(world)
    for version, _ in itertools.product(("v1", "v2"), range(4)):
        world.turn()
        pay(world, 10, version)
        ask(world, "GET", f"{BANK}/docs/quickstart.json")
        ask(world, "GET", f"{CLOUD}/{version}/servers", token="cloud-key")
        ask(world, "GET", f"{CLOUD}/{version}/prices", token="cloud-key")
    for _ in range(7):
        balance(world)
    ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 600})
    assert world.books.total == sum(world.books.all().values())
    return [*world.ledger.lines, json.dumps(world.state())]


@pytest.mark.parametrize("ids", [(), *((id,) for id in KINDS), tuple(KINDS)])
def test_the_same_requests_give_the_same_ledger_byte_for_byte(
    ids: tuple[str, ...],
) -> None:
    lines = play(*ids)
    assert lines == play(*ids)
    assert len(ids) == sum('"kind":"perturb.fired"' in line for line in lines)


@pytest.mark.parametrize("id", ["X1", "X2", "X4", "X5", "X7", "X9"])
def test_each_one_changes_what_the_agent_meets_where_it_bites(id: str) -> None:
    changed = f'"kind":"perturb.touched","id":"{id}"'
    assert any(changed in line for line in play(id))
