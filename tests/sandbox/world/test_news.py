"""news.test: editions, and pages that say the same to people and programs."""

import html
import re

import pytest
from ara import ask, effects, open_world


def titles(page: str, section: str) -> list[str]:
    (found,) = re.findall(rf'<section id="{section}">(.*?)</section>', page)
    return [html.unescape(t) for t in re.findall("<a [^>]*>(.*?)</a>", found)]


def test_a_front_page_stands_for_ten_minutes() -> None:
    world = open_world("news")
    _, first = ask(world, "GET", "http://news.test/index.json")
    _, same = ask(world, "GET", "http://news.test/index.json")
    world.clock.pass_(600)
    _, other = ask(world, "GET", "http://news.test/index.json")
    assert first == same
    assert (first["edition"], other["edition"]) == (1, 2)
    assert first["top"] != other["top"]


@pytest.mark.parametrize("busy", [False, True])
def test_page_twin_and_ledger_say_the_same(busy: bool) -> None:
    world = open_world("news", content={"sites": {"news": {"busy": busy}}})
    _, page = ask(world, "GET", "http://news.test/")
    _, twin = ask(world, "GET", "http://news.test/index.json")
    for section in ("top", "also", "read"):
        assert titles(page, section) == [s["headline"] for s in twin[section]]
    (edition, _) = effects(world, "news.edition")
    assert edition["top"] == titles(page, "top")
    assert len(edition["top"]) == 5
    assert (page.index("Most read") < page.index("Top stories")) is busy


def test_every_link_leads_somewhere_and_other_paths_nowhere() -> None:
    world = open_world("news")
    world.clock.pass_(1300)
    for start in ("", "archive", "about"):
        _, page = ask(world, "GET", f"http://news.test/{start}")
        for path in re.findall('href="([^"]*)"', page):
            assert ask(world, "GET", f"http://news.test{path}")[0] == 200
    for path in ("story/1-1-0", "story/99-1-000000", "story/²-1", "nothing"):
        assert ask(world, "GET", f"http://news.test/{path}")[0] == 404
    assert ask(world, "POST", "http://news.test/")[0] == 405


def test_a_page_of_appointments_is_there_where_there_are_some() -> None:
    one = {
        "headline": "Wren, to R & Co",
        "text": "With cake.",
        "date": "2031-04-01",
    }
    world = open_world("news", content={"sites": {"news": {"appointments": [one]}}})
    assert "/appointments" in ask(world, "GET", "http://news.test/")[1]
    assert "R &amp; Co" in ask(world, "GET", "http://news.test/appointments")[1]
    twin = ask(world, "GET", "http://news.test/appointments.json")[1]
    assert twin["appointments"] == [one]
    none = open_world("news")
    assert "/appointments" not in ask(none, "GET", "http://news.test/")[1]
    assert ask(none, "GET", "http://news.test/appointments")[0] == 404


def test_worlds_of_one_seed_print_the_same_and_others_do_not() -> None:
    fronts = [
        ask(open_world("news", seed=seed), "GET", "http://news.test/")[1]
        for seed in (1, 1, 2)
    ]
    assert fronts[0] == fronts[1] != fronts[2]
