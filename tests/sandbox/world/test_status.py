"""status.test: what it says of the sites, and the clock that it lets pass."""

import pytest
from ara import ask, effects, open_world

STATUS = "http://status.test"


def test_the_front_page_tells_of_every_site_and_all_notices() -> None:
    world = open_world("bank", "mail")
    world.cut.add("bank")
    world.notices.append("Nothing works <today>.")
    told = ask(world, "GET", f"{STATUS}/.json")[1]
    states = {site["site"]: site["state"] for site in told["sites"]}
    assert {"bank": "does not answer", "mail": "up", "status": "up"} == states
    assert ["Nothing works <today>."] == told["notices"]
    page = ask(world, "GET", f"{STATUS}/")[1]
    assert "Nothing works &lt;today&gt;." in page
    assert "does not answer" in page


def test_the_clock_says_what_time_it_is() -> None:
    world = open_world()
    told = ask(world, "GET", f"{STATUS}/v1/clock")[1]
    assert {"time": 1.0, "date": "2031-05-05T08:00:01Z"} == told


def test_waiting_lets_time_pass_with_what_is_due_in_it() -> None:
    world = open_world()
    due: list[float] = []
    world.clock.at(500, lambda: due.append(world.clock.now))
    status, told = ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 600})
    assert (200, 601.0) == (status, told["time"])
    assert [500] == due
    (line,) = effects(world, "status.waited")
    assert ("agent", 600) == (line["who"], line["seconds"])


def test_a_form_may_ask_to_wait() -> None:
    world = open_world()
    assert 200 == ask(world, "POST", f"{STATUS}/v1/wait", b'{"seconds": 1}')[0]


@pytest.mark.parametrize(
    ("seconds", "status"),
    [
        (0, 422),
        (-5, 422),
        (86_401, 422),
        (10**400, 422),
        (1.5, 400),
        (True, 400),
        (None, 400),
        ([], 400),
        ("soon", 400),
    ],
)
def test_no_other_wait_is_granted(seconds: object, status: int) -> None:
    world = open_world()
    asked = {"seconds": seconds}
    assert status == ask(world, "POST", f"{STATUS}/v1/wait", asked)[0]
    assert 1 == world.clock.now
    assert [] == effects(world, "status.waited")


def test_the_longest_wait_is_a_day() -> None:
    world = open_world()
    ask(world, "POST", f"{STATUS}/v1/wait", {"seconds": 86_400})
    assert 86_401 == world.clock.now


def test_it_is_healthy_and_knows_no_other_path() -> None:
    world = open_world()
    assert (200, {"healthy": True}) == ask(world, "GET", f"{STATUS}/healthz")
    for path in ("/v1/wait", "/v1", "/beat", "/v1/beats/w-1"):
        status, told = ask(world, "GET", STATUS + path)
        assert (404, True) == (status, "http://status.test/docs" in told["error"])


def test_heartbeats_are_watched_where_the_world_has_some() -> None:
    content = {"sites": {"status": {"beats": {"keys": {"w-1": "aa"}, "window_s": 600}}}}
    world = open_world("cloud", content=content)
    assert 0 == ask(world, "GET", f"{STATUS}/v1/beats/w-1")[1]["beats"]
    assert "/v1/beats" in ask(world, "GET", f"{STATUS}/docs")[1]
    assert "/v1/beats" not in ask(open_world(), "GET", f"{STATUS}/docs")[1]
