"""The page of an episode, in a browser."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playing import play_run
from playwright.sync_api import Locator, Page, expect
from viewing import OpenPage, Served, apart, faults, serving
from written_records import HOSTILE, big, hostile, written

from arena.text import shown

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`holdem`, `guess`, `forks` of it, `cards`, `hostile`."""
    root = tmp_path_factory.mktemp("runs")
    apart(play_run, root / "holdem", "games/holdem", agent="uniform-observer", epochs=1)
    apart(play_run, root / "guess", "games/number-guessing", agent="level-2", epochs=1)
    apart(play_run, root / "cards", "games/blackjack", epochs=2)
    apart(hostile, root / "hostile")
    with serving(root) as found:
        yield found


def address(served: Served, run: str, number: int = 0) -> str:
    """Return where the page of an episode of a run is."""
    names = sorted(path.stem for path in (served.root / run / "episodes").iterdir())
    return f"/run/{run}/episode/{names[number]}"


def ready(page: Page) -> Page:
    """Wait until a page is there, with all that stands around."""
    page.wait_for_selector(".episode[data-ready]")
    expect(page.locator("#chain")).to_contain_text("chain", timeout=30_000)
    expect(page.locator("#chain")).not_to_contain_text("check")
    return page


def event(page: Page, n: int) -> Locator:
    return page.locator(f"#n{n}")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_an_episode_is_read_with_cards_scores_and_an_intact_chain(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "holdem")))
    expect(page.locator("#chain")).to_have_text("chain intact, sealed in run.json")
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator(".scores")).to_contain_text("prediction-skill")
    first = event(page, 1)
    expect(first.locator(".seat")).to_have_text("player-2")
    colours = {
        seat: page.locator(f".event .seat:text-is('{seat}')").first.evaluate(
            "seat => getComputedStyle(seat).color"
        )
        for seat in ("player-1", "player-2")
    }
    assert len(set(colours.values())) == 2


def test_keys_go_from_event_to_event_and_episode_to_episode(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "holdem")))
    press = page.keyboard.press
    press("j")
    assert focused(page) == "n1"
    for _ in range(45):  # into the next window
        press("j")
    expect(event(page, 46)).to_be_focused()
    press("k")
    expect(event(page, 45)).to_be_focused()
    press("Shift+G")
    expect(page.locator(".event[data-kind=end]")).to_be_focused()
    expect(page.locator(".event[data-kind=end]")).to_be_in_viewport()
    press("g")
    expect(event(page, 1)).to_be_focused()
    press("r")
    expect(page.locator("#raw pre")).to_contain_text('"kind":"observation"')
    press("Escape")
    press("?")
    expect(page.locator("#help")).to_contain_text("next, previous event")
    press("Escape")
    press("]")
    page.wait_for_url("**" + address(runs, "holdem", 1))
    ready(page)
    press("[")
    page.wait_for_url("**" + address(runs, "holdem"))


def test_a_link_leads_to_its_event_and_is_copied(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "holdem") + "#n300"))
    expect(event(page, 300)).to_be_in_viewport()
    expect(event(page, 300)).to_be_focused()
    top = event(page, 300).bounding_box()
    tools = page.locator(".tools").bounding_box()
    assert top is not None
    assert tools is not None
    assert top["y"] >= tools["y"] + tools["height"], "it hides behind the search"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    event(page, 301).locator(".anchor").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{runs.address}{address(runs, 'holdem')}#n301"
    assert page.url == copied


def test_search_goes_through_the_whole_record(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "holdem")))
    page.keyboard.press("/")
    expect(page.locator("[name=q]")).to_be_focused()
    page.locator("[name=q]").fill("HAND 25 OF 25")
    expect(page.locator("#found")).to_have_text(re.compile(r"^\d+ found$"))
    count = page.locator("#hits li").count()
    assert count > 0
    expect(page.locator("#hits mark").first).to_have_text("Hand 25 of 25")
    page.keyboard.press("Enter")
    first = page.locator("#hits a").first.get_attribute("href")
    assert first is not None
    expect(page.locator(first)).to_be_focused()
    expect(page.locator(first)).to_be_in_viewport()
    page.keyboard.press("n")
    expect(page.locator("#found")).to_have_text(f"2 of {count}")


def test_seats_and_kinds_are_filtered(runs: Served, open_page: OpenPage) -> None:
    page = ready(open_page(runs, address(runs, "holdem")))
    page.locator(".chip", has_text="player-1").click()
    page.locator(".chip", has_text="step").click()
    expect(page.locator(".event[data-kind=observation]")).to_have_count(0)
    expect(page.locator(".event").first).to_have_attribute("data-kind", "step")
    assert {*page.locator(".event .seat").all_inner_texts()} == {"player-1"}
    page.keyboard.press("Shift+G")
    expect(page.locator(".event").last).to_be_focused()
    page.locator(".chip", has_text="step").click()
    expect(page.locator(".event[data-kind=message]").first).to_be_attached()
    page.keyboard.press("Shift+G")
    expect(page.locator(".event[data-kind=end]")).to_be_focused()


def test_guesses_are_drawn_as_a_chart_that_leads_to_them(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "guess")))
    chart = page.locator("figure.chart", has_text="guess · number")
    expect(chart.locator(".legend li")).to_have_text(["player-1", "player-2"])
    assert chart.locator(".dot").count() == 20
    chart.locator(".dot").nth(9).dispatch_event("click")
    expect(page.locator(".event.linked[data-kind=step]")).to_be_in_viewport()


def test_a_fork_stands_beside_its_parent(runs: Served, open_page: OpenPage) -> None:
    parent = address(runs, "guess").rsplit("/", 1)[1]
    arena = Path(sys.executable).with_name("arena")
    told = ["--at", "6", "--agent", "level-4", "--out", runs.root / "forks"]
    command = [arena, "fork", f"{runs.root / 'guess'}/{parent}", *told]
    subprocess.run(command, check=True, capture_output=True)
    page = ready(open_page(runs, address(runs, "forks")))
    page.get_by_role("link", name="Side by side").click()
    page.wait_for_selector(".episode[data-ready]")
    columns = page.locator(".beside > section")
    expect(columns.nth(0).locator(".event").first).to_contain_text("player-1")
    expect(columns.nth(0).locator(".event .call").first).to_contain_text("number=35")
    expect(columns.nth(1).locator(".event .call").first).to_contain_text("number=33")
    left, right = columns.nth(0).bounding_box(), columns.nth(1).bounding_box()
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert faults(page) == []
    page.get_by_role("link", name=address(runs, "forks").rsplit("/", 1)[1]).click()
    page.get_by_role("link", name=parent).click()
    expect(page.locator(".family")).to_contain_text("1 forked from this one")


def test_hostile_text_is_drawn_and_does_nothing(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "hostile")))
    title = page.title()
    seen = ""
    for _ in range(4):
        seen += page.locator(".transcript").inner_text()
        page.keyboard.press("Shift+G")
        page.wait_for_timeout(300)
    for text in HOSTILE:
        told = shown(text.replace("\r\n", "\n")).strip()
        word = told.split("\n")[0][:30].strip()
        if not text.startswith("\x1b"):  # its colours are drawn
            assert word in seen, word
    assert "\\x1b]8;;http://a.test\\x07" in seen
    assert "\\x1b]52;c;eA==\\x07" in seen
    seen_there = page.locator(".part.terminal", has_text="concealed").first
    assert seen_there.inner_text().strip().endswith("\\x1b[2J\\x1b[Hconcealed")
    assert page.title() == title
    assert (
        page.locator(".main-column").locator("img, style, script, iframe").count() == 0
    )
    assert page.locator("a[href^='javascript']").count() == 0
    red = page.locator(".ink-1").first
    assert red.inner_text() == "red"


def test_nothing_of_a_text_is_drawn_outside_its_box(
    runs: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(runs, address(runs, "hostile"), width=400))
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    contained = page.locator(".part").first.evaluate("p => getComputedStyle(p).contain")
    assert contained == "paint"


def test_five_megabytes_come_in_pieces(runs: Served, open_page: OpenPage) -> None:
    page = ready(open_page(runs, address(runs, "hostile")))
    page.keyboard.press("Shift+G")
    long = page.locator(".event", has=page.locator("button.more")).last
    before = len(long.inner_text())
    assert before < 10_000
    long.locator("button.more").click()
    expect(long.locator(".piece")).to_have_count(1)
    assert 80_000 < len(long.inner_text()) < 400_000
    long.locator("button.more").scroll_into_view_if_needed()
    expect(long.locator(".piece")).to_have_count(2)


def test_a_damaged_record_is_shown_up_to_the_break_and_marked(
    open_page: OpenPage, tmp_path: Path
) -> None:
    apart(play_run, tmp_path / "cards", "games/blackjack", epochs=1)
    (path,) = (tmp_path / "cards" / "episodes").iterdir()
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:3], lines[3][:90], *lines[4:]]))
    with serving(tmp_path) as served:
        page = ready(open_page(served, address(served, "cards")))
        expect(page.locator("#chain")).to_have_text(
            "chain broken: line 4: not valid JSON"
        )
        expect(event(page, 1)).to_contain_text("Your cards")
        expect(event(page, 3)).to_contain_text("Line 4 is damaged: not valid JSON.")
        page.get_by_role("link", name="Go there").click()
        expect(event(page, 3)).to_be_focused()
        assert faults(page) == []


def test_an_episode_that_is_played_grows_on_the_page(
    open_page: OpenPage, tmp_path: Path
) -> None:
    path = apart(written, tmp_path / "live", [], end=False)
    with serving(tmp_path) as served:
        page = ready(open_page(served, address(served, "live")))
        expect(page.locator("#ending")).to_contain_text("Not ended")
        with path.open("ab") as file:
            for n in range(1, 60):
                line = {"n": n, "prev": "", "t": n, "kind": "observation"}
                told = {**line, "seat": "player", "text": f"It is {n}."}
                file.write(json.dumps(told).encode() + b"\n")
        expect(event(page, 1)).to_contain_text("It is 1.", timeout=10_000)
        page.keyboard.press("Shift+G")
        expect(event(page, 59)).to_be_focused()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("run", ["holdem", "guess", "hostile"])
def test_axe_finds_no_serious_fault(
    runs: Served, open_page: OpenPage, run: str, dark: bool, width: int
) -> None:
    page = ready(open_page(runs, address(runs, run), dark=dark, width=width))
    page.locator("#n0 summary").click()
    expect(page.locator("#n0")).to_contain_text("was told")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page) == []


def test_a_large_episode_opens_at_once_and_scrolls_smoothly(
    open_page: OpenPage, tmp_path: Path
) -> None:
    path = apart(big, tmp_path / "big", 66_666)
    assert path.stat().st_size > 100e6
    with serving(tmp_path) as served:
        page = open_page(served)
        where = served.address + address(served, "big")
        opened = min(seconds_to_open(page, f"{where}?{n}") for n in range(3))
        began = time.monotonic()
        page.goto(f"{where}#n150000")
        expect(event(page, 150_000)).to_be_in_viewport()
        jumped = time.monotonic() - began
        frames = page.evaluate(SCROLLED)
        there = page.locator(".event").count()
        page.close()  # it is still being told about the whole record
    print(f"100 MB: open after {opened:.2f} s, jump {jumped:.2f} s, frames {frames} ms")
    # Half a second, half for a jump, and 17 ms on free cores; they may be busy.
    assert opened < 2
    assert jumped < 5
    assert frames["usual"] < 50
    assert there < 40 * 40


def seconds_to_open(page: Page, where: str) -> float:
    began = time.monotonic()
    page.goto(where)
    page.wait_for_selector(".episode[data-ready]")
    return time.monotonic() - began


SCROLLED = """async () => {
  const gaps = [];
  for (let last = performance.now(), i = 0; i < 200; i++) {
    scrollBy(0, 300);
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  gaps.sort((a, b) => a - b);
  return { usual: gaps[100], most: gaps[189], highest: gaps[199] };
}"""
