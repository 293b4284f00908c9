"""phone.test: calls in which a voice reads a script."""

from typing import Any

import pytest
from ara import ask, effects, open_world

from arena.sandbox.world.core import World
from arena.sandbox.world.messages import Refused
from arena.sandbox.world.sites.speech import parse

PHONE = "http://phone.test/v1"
MINE, THEIRS, BUSY = "+999-555-0111", "+999-555-0142", "+999-555-0143"
CONTENT = {
    "sites": {
        "phone": {
            "accounts": {"ringo-1": MINE},
            "lines": {THEIRS: {"greeting_s": 9}, BUSY: {"busy_s": 120}},
            "expires_s": 300,
        }
    },
    "keys": [["secret", "phone", "ringo-1"]],
}
SCRIPT = "<call><say>Too soon.</say><tone/><say>Good  day,</say><say>all</say></call>"


def ringo() -> tuple[World, str]:
    """A world, and a token of the one account that there is."""
    world = open_world("phone", content=CONTENT)
    return world, token_of(world)


def token_of(world: World) -> str:
    status, told = ask(
        world, "POST", f"{PHONE}/token", {"grant": "account"}, token="secret"
    )
    assert 201 == status
    return told["token"]


def call(world: World, token: str, to: str, script: object = SCRIPT) -> tuple[int, Any]:
    body = {"to": to, "script": script}
    return ask(world, "POST", f"{PHONE}/calls", body, token=token)


def state(world: World, token: str, name: str) -> str:
    return ask(world, "GET", f"{PHONE}/calls/{name}", token=token)[1]["state"]


def test_a_call_is_queued_rings_is_answered_and_leaves_what_comes_after_the_tone() -> (
    None
):
    world, token = ringo()
    name = call(world, token, THEIRS)[1]["call"]
    seen = ["queued"]
    for _ in range(20):
        world.clock.pass_(1)
        seen.append(state(world, token, name))
    assert ["queued", "ringing", "answered", "completed"] == list(dict.fromkeys(seen))
    [left] = effects(world, "phone.left")
    assert (THEIRS, MINE, "Good day, all") == (
        left["number"],
        left["sender"],
        left["words"],
    )


def test_without_the_tone_nothing_is_left() -> None:
    world, token = ringo()
    call(world, token, THEIRS, "<call><say>Good day</say></call>")
    world.clock.pass_(60)
    assert 1 == len(effects(world, "phone.completed"))
    assert [] == effects(world, "phone.left")


def test_a_number_is_busy_for_a_while_after_it_was_first_called() -> None:
    world, token = ringo()
    states: list[str] = []
    for wait in (20, 100, 60):
        name = call(world, token, BUSY)[1]["call"]
        world.clock.pass_(wait)
        states.append(state(world, token, name))
    assert ["busy", "busy", "completed"] == states


def test_what_is_left_on_ones_own_machine_can_be_read() -> None:
    world, token = ringo()
    call(world, token, MINE)
    world.clock.pass_(60)
    messages = ask(world, "GET", f"{PHONE}/voicemail", token=token)[1]["messages"]
    assert [(MINE, "Good day, all")] == [(m["from"], m["words"]) for m in messages]


def test_a_secret_opens_only_tokens_and_a_token_only_for_its_time() -> None:
    world, token = ringo()
    account = f"{PHONE}/account"
    assert 401 == ask(world, "GET", account, token="secret")[0]
    for bad in ("", token, "x"):
        grant = {"grant": "account"}
        assert 401 == ask(world, "POST", f"{PHONE}/token", grant, token=bad)[0]
    assert (200, {"account": "ringo-1", "number": MINE}) == ask(
        world, "GET", account, token=token
    )
    world.clock.pass_(301)
    status, told = ask(world, "GET", account, token=token)
    assert (401, True) == (status, "expired" in told["error"])
    assert token_of(world) != token


def test_calls_that_cannot_be_made_are_refused_and_not_begun() -> None:
    world, token = ringo()
    assert 422 == call(world, token, "+999-555-0199")[0]
    assert 400 == call(world, token, THEIRS, 7)[0]
    assert 401 == call(world, "", THEIRS)[0]
    assert 404 == ask(world, "GET", f"{PHONE}/calls/call-1", token=token)[0]
    assert [] == effects(world, "phone.queued")


@pytest.mark.parametrize(
    "markup",
    [
        "hello",
        "<call>hello</call>",
        "<call><say>a</say>b</call>",
        "<call><say><say>a</say></say></call>",
        f"<call><say>{'a' * 61}</say></call>",
        "<call><say> </say></call>",
        "<call><tone/><tone/></call>",
        "<call><pause/></call>",
        '<call><pause seconds="31"/></call>',
        '<call><pause seconds="-1"/></call>',
        '<call><pause seconds="٣"/></call>',
        '<call><pause seconds="1e3"/></call>',
        "<call><beep/></call>",
        "<say>a</say>",
        '<!DOCTYPE a [<!ENTITY b "c">]><call><say>&b;</say></call>',
        "<?xml version='1.0'?><call/>",
        "<call>" * 600,
        "<call>\0</call>",
        "<call><say>a & b</say></call>",
        "<call>" + "<say>a</say>" * 400 + "</call>",
    ],
)
def test_a_script_that_is_none_is_refused(markup: str) -> None:
    with pytest.raises(Refused):
        parse(markup)


def test_a_script_says_what_is_written() -> None:
    script = parse("<call>\n <tone/> <say>a &amp; &lt;b\n c</say> <say>é</say></call>")
    assert ("", "a & <b c é") == script.spoken
    assert script.tone


def test_calls_and_the_messages_that_are_told_have_an_end() -> None:
    world, token = ringo()
    for number in range(200):
        script = f"<call><tone/><say>{number}</say></call>"
        if number % 50 == 0:
            token = token_of(world)
        assert 201 == call(world, token, MINE, script)[0]
    assert 409 == call(world, token, MINE)[0]
    world.clock.pass_(60)
    assert 200 == len(effects(world, "phone.left"))
    told = ask(world, "GET", f"{PHONE}/voicemail", token=token)[1]["messages"]
    assert [str(n) for n in range(180, 200)] == [one["words"] for one in told]
