"""Comparing two agents, in a browser."""

from collections.abc import Iterator

import pytest
from playing import play_plan
from playwright.sync_api import expect
from viewing import OpenPage, Served, apart, faults, serving

from arena.agent import AgentSpec
from arena.planning import make_plan
from arena.scenario import load_suite

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A run `two` with two agents in two scenarios."""
    root = tmp_path_factory.mktemp("runs")
    agents = [AgentSpec.parse(name) for name in ("random", "always-call")]
    suites = [load_suite(name) for name in ("games/kuhn", "games/leduc")]
    apart(play_plan, make_plan(suites, agents=agents, epochs=6), root / "two")
    with serving(root) as found:
        yield found


def test_a_reader_chooses_who_is_compared(two: Served, open_page: OpenPage) -> None:
    page = open_page(two, "/compare")
    page.get_by_role("group", name="First").get_by_label("Run").select_option("two")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("random less always-call")
    page.get_by_role("group", name="First").get_by_label("Agent").select_option(
        "always-call"
    )
    page.get_by_role("group", name="Second").get_by_label("Agent").select_option(
        "random"
    )
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("h1")).to_have_text("always-call less random")


def test_intervals_are_drawn_around_their_points_on_one_axis(
    two: Served, open_page: OpenPage
) -> None:
    page = open_page(two, "/compare?a=two")
    forest = page.locator("table.forest").first
    zero = forest.locator("line.zero").first.bounding_box()
    assert zero is not None
    drawn = 0
    for row in forest.locator("tbody tr").all():
        told = row.locator("td.number").first.inner_text()
        point = row.locator("circle").bounding_box()
        assert point is not None
        middle = point["x"] + point["width"] / 2
        value = float(told.split(" ")[0])
        assert (value > 0) == (middle > zero["x"] + zero["width"] / 2)
        line = row.locator("line.interval")
        if line.count():
            drawn += 1
            box = line.bounding_box()
            assert box is not None
            assert box["x"] < middle < box["x"] + box["width"]
    assert drawn


def test_a_pair_leads_to_its_episodes(two: Served, open_page: OpenPage) -> None:
    page = open_page(two, "/compare?a=two")
    link = page.get_by_role("link", name="Episode games.").first
    name = (link.get_attribute("aria-label") or "").removeprefix("Episode ")
    link.click()
    expect(page.locator("nav [aria-current=page]")).to_have_text(name)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_accessible_and_fits(
    two: Served, open_page: OpenPage, dark: bool, width: int
) -> None:
    page = open_page(two, "/compare?a=two", dark=dark, width=width)
    assert [] == faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
