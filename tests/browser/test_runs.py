"""The list of runs and the page of one, in a browser."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_run import SIGN, hostile_run
from many_episodes import many_episodes
from playing import play_run
from playwright.sync_api import Page, expect
from viewing import OpenPage, Serve, Served, apart, faults, serving

from arena.run_folder import RunFolder

pytestmark = pytest.mark.browser
FIRST = "games.blackjack--basic-strategy--s0e00000"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`many` with 600 hands by two agents, `many-played`, and `kuhn` with plots."""
    root = tmp_path_factory.mktemp("shelf")
    apart(many_episodes, root / "many", 600, 20)
    apart(play_run, root / "kuhn", "games/kuhn", epochs=6)
    with serving(root) as found:
        yield found


def ready(page: Page) -> Page:
    """The page of a run when everything can be searched."""
    expect(page.locator("#facts")).not_to_contain_text("so far", timeout=30_000)
    expect(page.get_by_text("Loading…")).to_have_count(0)
    return page


def first_rows(page: Page) -> list[str]:
    links = page.locator(".episodes tbody a").all()[:5]
    return [str(link.get_attribute("title")) for link in links]


def ran_nothing(page: Page) -> bool:
    return page.evaluate(f"window.{SIGN} === undefined")


def test_a_run_is_found_by_a_word_and_opened_by_keys(
    shelf: Served, open_page: OpenPage
) -> None:
    page = open_page(shelf)
    expect(page.locator("tbody[data-run]")).to_have_count(3)
    page.keyboard.press("/")
    page.keyboard.type("KUHN")
    expect(page.locator("tbody[data-run]:visible")).to_have_count(1)
    expect(page.locator("#found")).to_have_text("1 of 3 runs")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/run/kuhn")
    expect(page.get_by_role("heading", level=1)).to_have_text("kuhn")


def test_a_click_on_another_page_leads_in(shelf: Served, open_page: OpenPage) -> None:
    page = open_page(shelf)
    page.context.clear_cookies()
    page.goto(f"data:text/html,<a href='{shelf.entrance}'>come in</a>")
    page.get_by_role("link", name="come in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Runs")
    expect(page).to_have_url(f"{shelf.address}/")


def test_two_runs_are_chosen_to_be_compared(shelf: Served, open_page: OpenPage) -> None:
    page = open_page(shelf)
    page.get_by_label("A: many", exact=True).check()
    page.get_by_label("B: many-played", exact=True).check()
    page.get_by_role("button", name="Compare A with B").click()
    page.wait_for_url("**/compare?a=many&b=many-played")


def test_episodes_are_searched_filtered_and_kept_in_the_address(
    shelf: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(shelf, "/run/many"))
    shown = page.locator("#shown")
    expect(shown).to_have_text("600 episodes")
    page.keyboard.press("/")
    page.keyboard.type('"you are bust"')
    expect(page).to_have_url(f"{shelf.address}/run/many?query=%22you+are+bust%22")
    expect(shown).to_have_text(re.compile(r"^\d+ episodes of this filter$"))
    found = int(shown.inner_text().split()[0])
    assert 0 < found < 600
    page.get_by_label("Agent").select_option("random")
    expect(page).to_have_url(
        f"{shelf.address}/run/many?query=%22you+are+bust%22&agent=random"
    )
    expect(shown).not_to_have_text(f"{found} episodes of this filter")
    fewer = shown.inner_text()
    page.reload()
    expect(shown).to_have_text(fewer)
    expect(page.locator(".episodes tbody a").first).to_be_visible()
    assert all("--random--" in name for name in first_rows(page))
    page.locator("[name=reason]").select_option("running")
    expect(shown).to_have_text("0 episodes of this filter")


def test_a_click_on_a_head_sorts_and_another_turns_it(
    shelf: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(shelf, "/run/many"))
    folder = RunFolder(shelf.root / "many")
    scores = {
        episode: next(s.value for s in own if s.scorer == "payoff")
        for episode, own in folder.scores().items()
    }
    page.locator("[name=scorer]").select_option("payoff")
    head = page.locator(".episodes th").filter(has_text="Score")
    for direction, turned in (("ascending", False), ("descending", True)):
        head.get_by_role("link").click()
        expect(head).to_have_attribute("aria-sort", direction)
        best = sorted((v for v in scores.values() if v is not None), reverse=turned)
        expect(page.locator(".episodes tbody tr td:nth-child(3)").first).to_have_text(
            f"{best[0]:.3f}"
        )
        assert best[:5] == [scores[name] for name in first_rows(page)]


def test_a_long_list_holds_few_rows_and_every_one_is_reached(
    shelf: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(shelf, "/run/many"))
    names = sorted(RunFolder(shelf.root / "many").manifest.episodes)
    for key, number in (("j", 0), ("j", 1), ("k", 0), ("G", 599), ("k", 598), ("g", 0)):
        page.keyboard.press(key)
        expect(page.locator(f"a[title='{names[number]}']")).to_be_focused()
    page.keyboard.press("G")
    last = page.locator(f"a[title='{names[599]}']")
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    assert page.locator(".episodes tbody tr").count() <= 310
    row = last.locator("xpath=ancestor::tr")
    assert ("601", "601") == (
        row.get_attribute("aria-rowindex"),
        page.locator(".episodes").get_attribute("aria-rowcount"),
    )
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/episode/{names[599]}")
    page.go_back()
    expect(page.locator(f"a[title='{names[599]}']")).to_be_visible()


def test_scrolling_brings_the_rows_that_are_looked_at(
    shelf: Served, open_page: OpenPage
) -> None:
    page = ready(open_page(shelf, "/run/many"))
    box = page.locator(".window")
    for part in (0.5, 0.9, 0.1):
        box.evaluate(f"box => box.scrollTop = {part} * box.scrollHeight")
        index = round(part * 600)
        near = page.locator(f".episodes tr[aria-rowindex='{index + 5}']")
        expect(near).to_be_in_viewport()


def test_analyses_come_with_plots_that_follow_the_dark(
    shelf: Served, open_page: OpenPage
) -> None:
    for dark in (False, True):
        page = ready(open_page(shelf, "/run/kuhn", dark=dark))
        picture = page.locator("#analyses img").first
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("picture => picture.naturalWidth") > 100
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ("rgb(20, 24, 29)" if dark else "rgb(255, 255, 255)") == paper


@pytest.mark.parametrize("path", ["/", "/run/many", "/run/kuhn"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(
    shelf: Served, open_page: OpenPage, path: str, dark: bool
) -> None:
    page = open_page(shelf, path, dark=dark)
    if path != "/":
        ready(page)
    assert [] == faults(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert [] == faults(page)


@pytest.mark.parametrize("path", ["/", "/run/many", "/run/kuhn"])
def test_nothing_is_wider_than_a_phone(
    shelf: Served, open_page: OpenPage, path: str
) -> None:
    page = open_page(shelf, path, width=400)
    if path != "/":
        ready(page)
    assert 400 >= page.evaluate("document.documentElement.scrollWidth")


def test_hostile_text_is_read_and_does_nothing(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    apart(hostile_run, tmp_path / "cards")
    served = serve(tmp_path)
    page = open_page(served)
    expect(page.locator("main")).to_contain_text("onerror=window")
    assert ran_nothing(page)
    page = ready(open_page(served, "/run/cards"))
    expect(page.locator("main")).to_contain_text("</td></script><script>")
    expect(page.locator(".badge.bad")).to_have_count(1)
    page.get_by_label("Text").fill("elsewhere.test")
    expect(page.locator("#shown")).to_have_text("2 episodes of this filter")
    page.locator("summary").filter(has_text="Other").first.click()
    assert ran_nothing(page)
    assert [] == faults(page)
    assert page.url.startswith(served.address)


def test_a_damaged_record_is_marked_and_opens(
    shelf: Served, tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    shutil.copytree(shelf.root / "many-played", tmp_path / "cards")
    file = tmp_path / "cards" / "episodes" / f"{FIRST}.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    page = ready(open_page(serve(tmp_path), "/run/cards"))
    mark = page.locator(".badge.bad")
    expect(mark).to_have_count(1)
    assert "cut off" in str(mark.get_attribute("title"))
    page.locator("[name=reason]").select_option("broken")
    expect(page.locator("#shown")).to_have_text("1 episode of this filter")
    page.locator(".episodes tbody a").click()
    page.wait_for_url(f"**/episode/{FIRST}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_run_is_followed_while_it_is_played(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    served = serve(tmp_path)
    page = open_page(served)
    expect(page.get_by_text("There are no runs here yet")).to_be_visible()
    player = subprocess.Popen(
        [
            *(sys.executable, "-c", "from arena.__main__ import main; main()", "run"),
            *("games/blackjack", "--agent", "random", "--epochs", "1500"),
            *("--out", str(tmp_path / "cards")),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while len(list(tmp_path.glob("cards/episodes/*"))) < 20:
            assert player.poll() is None
            time.sleep(0.1)
        run = open_page(served, "/run/cards")
        facts, shown = run.locator("#facts"), run.locator("#shown")
        expect(facts).to_contain_text("playing", timeout=20_000)
        before = shown.inner_text()
        expect(shown).not_to_have_text(before, timeout=20_000)
        expect(facts).to_contain_text("1,500 of 1,500 episodes", timeout=90_000)
        expect(facts).not_to_contain_text("playing", timeout=20_000)
        expect(shown).to_have_text("1,500 episodes")
        expect(page.get_by_role("link", name="cards")).to_be_visible(timeout=20_000)
        assert 0 == player.wait(30)
    finally:
        player.terminate()
        player.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_thousand_episodes_open_and_scroll_at_once(
    tmp_path: Path, serve: Serve, open_page: OpenPage
) -> None:
    apart(many_episodes, tmp_path / "many", 10_000)
    served = serve(tmp_path)
    page = open_page(served, "/run/many")
    shown, last = page.locator("#shown"), page.locator("tr[aria-rowindex='10001']")
    expect(shown).to_have_text("10,000 episodes", timeout=120_000)
    expect(page.locator("#facts")).not_to_contain_text("so far", timeout=120_000)
    times: dict[str, list[float]] = {"open": [], "last row": [], "search": []}
    for word in ("bust", "dealer", "payoff"):
        times["open"].append(took(lambda: page.goto(f"{served.address}/run/many")))
        page.keyboard.press("G")
        times["last row"].append(took(lambda: expect(last).to_be_in_viewport()))
        page.get_by_label("Text").fill(word)
        times["search"].append(took(lambda: expect(shown).to_contain_text("filter")))
    quickest = {name: round(min(seconds), 3) for name, seconds in times.items()}
    print(f"10,000 episodes, seconds: {quickest}")
    assert {} == {name: s for name, s in quickest.items() if s >= 1}


def took(call: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
