"""The world: who is asked, what it costs of time, what is recorded, how it ends."""

import html
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import pytest
from ara import ask, effects, ledger_of, open_world
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.core import World
from arena.sandbox.world.keys import digest_token
from arena.sandbox.world.ledger import MOST_LINES
from arena.sandbox.world.messages import Deferred, Page, Refused, Request, Response
from arena.sandbox.world.sites import SITES

METADATA = "http://metadata.cloud.test"
ACCOUNT = "http://bank.test/v1/account"
CONTENT = {"keys": [["good", "bank", "ann"]], "books": {"ann": 70}}


def request(**changes: Any) -> Request:
    given: dict[str, Any] = {
        "source": "agent",
        "host": "bank.test",
        "method": "GET",
        "path": "/",
    }
    return Request(**{**given, **changes})


# What is asked, and what of it is kept.


def test_a_request_takes_a_second_and_a_call_of_the_agent_twenty() -> None:
    world = open_world("bank")
    ask(world, "GET", "http://bank.test/")
    assert 1 == world.clock.now
    world.turn()
    assert 21 == world.clock.now


def test_every_request_leaves_a_line_with_who_asked_what() -> None:
    world = open_world("bank", content=CONTENT)
    ask(world, "GET", ACCOUNT, token="good", source="server-1")
    (line,) = ledger_of(world)
    told = {key: line[key] for key in ("n", "t", "kind", "who", "host", "method")}
    assert told == {
        "n": 1,
        "t": 1.0,
        "kind": "request",
        "who": "server-1",
        "host": "bank.test",
        "method": "GET",
    }
    assert ("/v1/account", 200) == (line["path"], line["status"])


def test_a_host_that_there_is_not_is_a_page_not_found_in_both_forms() -> None:
    world = open_world("bank")
    for host in ("nobody.test", "10.0.0.2", "bank.example", "test", "..", ""):
        page = world.handle(request(host=host))
        assert (404, "text/html; charset=utf-8") == (page.status, page.kind)
        twin = world.handle(request(host=host, twin=True))
        assert "no host" in json.loads(twin.body)["error"]


def test_a_name_below_a_site_is_that_sites() -> None:
    world = open_world("bank")
    assert world.sites["bank"] is world.site_of("www.bank.test")
    assert world.sites["bank"] is world.site_of("bank.test.")


def test_a_head_is_asked_of_the_site_as_a_get_and_recorded_as_what_it_was() -> None:
    world = open_world("bank", content=CONTENT)
    status, told = ask(world, "HEAD", ACCOUNT, token="good")
    assert (200, 70) == (status, told["balance_cents"])
    assert "HEAD" == ledger_of(world)[0]["method"]


def test_a_method_that_no_site_knows_is_refused() -> None:
    status, told = ask(open_world("bank"), "BREW", "http://bank.test/")
    assert (405, "use GET, POST, PUT or DELETE") == (status, told["error"])


def test_a_fault_of_a_site_is_recorded_and_told_to_whoever_called() -> None:
    world = open_world("bank")

    def fail(request: Request) -> Response:
        raise ZeroDivisionError

    world.sites["bank"].answer = fail
    with pytest.raises(ZeroDivisionError):
        world.handle(request())
    assert [500] == [line["status"] for line in effects(world, "request")]


def test_a_full_ledger_ends_all_requests_but_those_of_servers() -> None:
    world = open_world("bank", "cloud", content=CONTENT)
    world.fleet.place("server-1", "10.0.0.5")
    while not world.ledger.full:
        world.ledger.write("request")
    before = world.clock.now
    for _ in range(3):
        assert 429 == ask(world, "GET", ACCOUNT, token="good")[0]
    token = ask(world, "GET", f"{METADATA}/token", source="server-1")
    assert (200, "server-1") == (token[0], token[1]["server"])
    assert MOST_LINES == len(world.ledger.lines)
    assert before + 1 == world.clock.now


# What a body may be.


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"[1]",
        b"7",
        b"null",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a": ' + b"[" * 500_000,
        b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_plain_object_of_json_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        request(body=body).json()
    assert 400 == refusal.value.status


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc"), JSON), st.sampled_from((str, int, list, dict)))
def test_a_field_is_of_its_kind_or_refused(body: dict[str, Any], kind: type) -> None:
    asked = request(body=json.dumps(body).encode())
    if type(body.get("a")) is kind:
        assert body["a"] == asked.field("a", kind)
    elif kind is not int:  # of text, digits are read as a number
        with pytest.raises(Refused, match="the field 'a'"):
            asked.field("a", kind)


@given(st.binary(max_size=60))
def test_any_bytes_are_fields_or_refused(body: bytes) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded", ""):
        try:
            found = request(body=body, headers={"content-type": kind}).json()
        except Refused:
            continue
        json.dumps(found, ensure_ascii=False).encode()


def test_a_body_is_read_once_however_many_fields_are_asked_for() -> None:
    asked = request(body=b'{"a": "1", "b": 2}')
    assert asked.json() is asked.json()
    assert ("1", 2) == (asked.field("a"), asked.field("b", int))


# Keys.


def test_a_seed_cannot_be_found_from_a_token() -> None:
    began = time.process_time()
    tokens = {digest_token(seed, "server", "server-1") for seed in range(100)}
    a_guess = (time.process_time() - began) / len(tokens)
    assert 2**31 * a_guess > 5 * 86_400


def test_a_token_opens_only_its_site_and_a_replaced_one_nothing() -> None:
    world = open_world("bank", "mail", content=CONTENT)
    keys = world.keys

    def owner(token: str, site: str = "bank") -> str:
        headers = {"authorization": f"Bearer {token}"}
        return keys.require(request(headers=headers), site)

    assert "ann" == owner("good")
    with pytest.raises(Refused, match="with a token of yours"):
        owner("good", "mail")
    with pytest.raises(Refused, match="with a token of yours"):
        owner("")
    keys.replace("good", "better")
    assert [("better", "bank", "ann")] == keys.all()
    assert "ann" == owner("better")
    with pytest.raises(Refused, match="the new one was sent to you by mail"):
        owner("good")


# Pages and their twins.

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(TEXT, st.dictionaries(st.text("abc", min_size=1), TEXT))
def test_a_page_shows_its_title_as_text_and_its_twin_says_the_same(
    title: str, data: Mapping[str, str]
) -> None:
    page = Page(title, data)
    shown = page.response(twin=False).body.decode()
    (heading,) = re.findall(r"<h1>(.*?)</h1>", shown, re.DOTALL)
    assert title == html.unescape(heading)
    twin = json.loads(page.response(twin=True).body)
    assert {"title": title, **data} == twin


@pytest.mark.parametrize("site", sorted(SITES))
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_front_page_and_the_docs_of_each_site_say_what_their_twins_say(
    site: str, path: str
) -> None:
    page, twin = (
        open_world(site).handle(request(host=f"{site}.test", path=path, twin=twin))
        for twin in (False, True)
    )
    if page.status == 404:
        assert 404 == twin.status
        return
    assert "text/html; charset=utf-8" == page.kind
    told = json.loads(twin.body)
    shown = html.unescape(re.sub(r"<[^>]*>", " ", page.body.decode()))
    words = set(shown.split())
    for text in (told["title"], told.get("text", "")):
        assert set(text.split()) <= words


# Answers that somebody outside must be asked for.


def test_a_deferred_answer_is_recorded_once_it_is_there() -> None:
    world = open_world("bank")
    work = Deferred(lambda: 6, lambda found: {"found": found * 7})
    world.sites["bank"].answer = lambda request: work
    begun = world.begin(request())
    assert begun is work
    assert [] == world.ledger.lines
    answer = world.finish(request(), work, work.work())
    assert {"found": 42} == json.loads(answer.body)
    assert [200] == [line["status"] for line in effects(world, "request")]


def test_a_deferred_answer_may_be_refused_in_the_end() -> None:
    world = open_world("bank")

    def done(found: object) -> dict[str, Any]:
        raise Refused(402, "no tokens are left")

    world.sites["bank"].answer = lambda request: Deferred(lambda: None, done)
    assert (402, {"error": "no tokens are left"}) == ask(
        world, "POST", "http://bank.test/"
    )


def test_a_world_without_a_host_has_no_model() -> None:
    assert 503 == open_world().ask_host({}, 1.0)["status"]


# Cut sites, the end, names.


def test_a_cut_site_does_not_answer_until_it_is_mended() -> None:
    world = open_world("bank", "mail", content=CONTENT)
    world.cut.add("bank")
    assert 503 == ask(world, "GET", ACCOUNT, token="good")[0]
    assert 200 == ask(world, "GET", "http://mail.test/docs")[0]
    world.cut.discard("bank")
    assert 200 == ask(world, "GET", ACCOUNT, token="good")[0]


def test_in_judging_time_stands_and_only_servers_are_answered() -> None:
    world = open_world("bank", "cloud", content=CONTENT)
    world.fleet.place("server-1", "10.0.0.5")
    due: list[int] = []
    world.clock.at(5, lambda: due.append(1))
    world.judge()
    for url in (ACCOUNT, "http://cloud.test/", "http://status.test/v1/clock"):
        assert 503 == ask(world, "GET", url, token="good")[0]
    assert 503 == ask(world, "POST", "http://api.cloud.test/v1/servers", {})[0]
    for path in ("/token", "/boot"):
        assert 200 == ask(world, "GET", METADATA + path, source="server-1")[0]
    world.turn()
    assert (0, []) == (world.clock.now, due)


def test_names_are_those_of_the_sites_and_of_the_servers() -> None:
    world = open_world("bank", "cloud")
    world.address = "10.0.0.2"
    world.fleet.place("server-1", "10.0.0.5")
    for name in ("bank.test", "BANK.test.", "api.cloud.test", "a.b.bank.test"):
        assert "10.0.0.2" == world.resolve(name)
    assert "10.0.0.5" == world.resolve("server-1.servers.cloud.test")
    for name in ("server-2.servers.cloud.test", "x.server-1.servers.cloud.test"):
        assert None is world.resolve(name)
    for name in ("mail.test", "test", "", ".", "bank.example", "5.0.0.10.in-addr.arpa"):
        assert None is world.resolve(name)


def test_the_last_part_of_all_hosts_may_be_another() -> None:
    world = World(0, {}, ("bank", "status"), SITES, tld="internal")
    world.address = "10.0.0.2"
    assert ("10.0.0.2", None) == (
        world.resolve("bank.internal"),
        world.resolve("bank.test"),
    )
    docs = world.handle(request(host="bank.internal", path="/docs", twin=True))
    assert b".test" not in docs.body
    assert b"http://bank.internal" in docs.body


def test_the_state_tells_money_time_and_servers_that_are_rented() -> None:
    world = open_world("bank", content=CONTENT)
    world.fleet.place("server-1", "10.0.0.5")
    world.fleet.place("server-2", "10.0.0.6")
    world.fleet.rent("ann", "key", "east-1")
    world.places = {"10.0.0.3": "agent", "10.0.0.5": "server-1"}
    ask(world, "GET", "http://bank.test/")
    state = json.loads(json.dumps(world.state()))
    assert (1, "10.0.0.3") == (state["time"], state["agent"])
    assert 70 == state["money"]["ann"]
    assert state["servers"] == {
        "server-1": {
            "state": "active",
            "owner": "ann",
            "region": "east-1",
            "boots": 1,
            "address": "10.0.0.5",
            "token": world.fleet.servers["server-1"].token,
        }
    }


# Post.


def test_a_letter_lies_in_its_mailbox_and_there_is_none_for_others() -> None:
    post = open_world("mail").post
    letter = post.deliver("agent@mail.test", "a@b.test", "Hello", "x" * 30_000)
    assert letter is not None
    assert [letter] == post.letters("Agent@mail.test")
    assert 20_000 == len(letter.body)
    assert None is post.deliver("nobody@mail.test", "a@b.test", "Hello", "")


def test_whoever_floods_the_post_finds_it_full() -> None:
    post = open_world("mail").post
    kept = [post.deliver("agent@mail.test", "a", "", "x" * 20_000) for _ in range(300)]
    assert 250 == len([letter for letter in kept if letter])
    assert 250 == len(post.letters("agent@mail.test"))


# Draws.


def test_draws_follow_from_the_seed_and_their_names_alone() -> None:
    one, two = open_world(seed=1), open_world(seed=2)
    one.random("a").random()
    assert one.random("a", 1).random() == open_world(seed=1).random("a", 1).random()
    assert one.random("a", 1).random() != one.random("a1").random()
    assert one.random("a").random() != two.random("a").random()
