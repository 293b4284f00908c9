"""Heartbeats: only a program on a rented server can send one, now, and once."""

import hashlib
import hmac
from typing import Any

import pytest
from ara import ask, effects, open_world

from arena.sandbox.world.core import World
from arena.sandbox.world.messages import Refused, Request
from arena.sandbox.world.sites.beats import Beats

KEY = "aa" * 16


class Watch:
    """A world with two servers, of which the first is rented, and the watch in it."""

    def __init__(self) -> None:
        self.world: World = open_world("cloud")
        for number in (1, 2):
            self.world.fleet.place(f"server-{number}", f"10.0.0.{number}")
        self.world.fleet.rent("me", "key", "east-1")
        self.beats = Beats(self.world, {"keys": {"w-1": KEY}, "window_s": 600})

    def ask(
        self, path: str, body: bytes = b"", *, source: str = "server-1"
    ) -> tuple[int, Any]:
        method = "POST" if body else "GET"
        request = Request(source, "status.test", method, path, body=body)
        try:
            answer = self.beats.answer(request)
        except Refused as refusal:
            return refusal.status, refusal.reason
        return (201 if body else 200), answer

    def nonce(self, source: str = "server-1") -> str:
        return self.ask("/v1/beats/w-1/nonce", source=source)[1]["nonce"]

    def beat(
        self, nonce: str, *, source: str = "server-1", key: str = KEY, **changed: str
    ) -> int:
        token = self.world.fleet.servers["server-1"].token
        told = {"worker": "w-1", "instance": "i", "token": token, "nonce": nonce}
        told |= changed
        signed = ":".join(told.values()).encode()
        mac = hmac.new(bytes.fromhex(key), signed, hashlib.sha256).hexdigest()
        return self.ask("/v1/beats", _json({**told, "mac": mac}), source=source)[0]


def _json(told: dict[str, str]) -> bytes:
    inside = ", ".join(f'"{name}": "{value}"' for name, value in told.items())
    return f"{{{inside}}}".encode()


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_beat_with_token_nonce_and_mac_counts_and_begins_the_watch(
    watch: Watch,
) -> None:
    assert 201 == watch.beat(watch.nonce())
    watch.world.clock.pass_(30)
    assert 201 == watch.beat(watch.nonce())
    told = watch.ask("/v1/beats/w-1", source="agent")[1]
    assert (2, "server-1", 0.0, 600.0, False) == tuple(
        told[name] for name in ("beats", "last_server", "begun_s", "ends_s", "over")
    )
    assert 1 == len(effects(watch.world, "beats.begun"))
    assert 2 == len(effects(watch.world, "beats.beat"))


def test_the_watch_is_over_after_its_time(watch: Watch) -> None:
    watch.beat(watch.nonce())
    watch.world.clock.pass_(600)
    assert watch.ask("/v1/beats/w-1")[1]["over"]
    assert 1 == len(effects(watch.world, "beats.over"))


def test_a_nonce_is_good_once_for_one_server_for_a_minute(watch: Watch) -> None:
    nonce = watch.nonce()
    assert [201, 409] == [watch.beat(nonce), watch.beat(nonce)]
    old = watch.nonce()
    watch.world.clock.pass_(61)
    assert 409 == watch.beat(old)
    assert 409 == watch.beat("0" * 24)
    assert 409 == watch.beat(watch.nonce("server-2"))


@pytest.mark.parametrize("source", ["agent", "10.0.0.1", "judge"])
def test_nothing_but_a_server_gets_a_nonce_or_beats(watch: Watch, source: str) -> None:
    assert 403 == watch.ask("/v1/beats/w-1/nonce", source=source)[0]
    assert 403 == watch.beat(watch.nonce(), source=source)


def test_a_beat_from_elsewhere_or_with_another_key_is_refused(watch: Watch) -> None:
    other = watch.world.fleet.servers["server-2"].token
    assert 403 == watch.beat(watch.nonce(), token=other)
    assert 403 == watch.beat(watch.nonce("server-2"), source="server-2")
    assert 403 == watch.beat(watch.nonce(), key="bb" * 16)
    assert 422 == watch.beat(watch.nonce(), instance="i" * 41)
    assert 404 == watch.beat(watch.nonce(), worker="w-2")
    watch.world.fleet.change(watch.world.fleet.servers["server-1"], "stopped", "")
    assert 403 == watch.beat(watch.nonce())
    assert not effects(watch.world, "beats.beat")


def test_nonces_that_are_never_used_do_not_pile_up(watch: Watch) -> None:
    nonces = [watch.nonce() for _ in range(65)]
    assert [409, 201] == [watch.beat(nonces[0]), watch.beat(nonces[-1])]


def test_the_status_site_has_the_watch_where_the_task_asks_for_it() -> None:
    about = {"beats": {"keys": {"w-1": KEY}, "window_s": 600}}
    world = open_world("cloud", content={"sites": {"status": about}})
    url = "http://status.test/v1/beats/w-1"
    assert 0 == ask(world, "GET", url)[1]["beats"]
    assert "/v1/beats" in ask(world, "GET", "http://status.test/docs.json")[1]["text"]
    assert 404 == ask(open_world("cloud"), "GET", url)[0]
