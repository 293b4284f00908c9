"""The page of `arena report`, opened from its file with no network."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_hands import hostile_hands
from playing import play_plan
from playwright.sync_api import Browser, Page, expect
from viewing import apart, faults

from arena.agent import AgentSpec
from arena.analysis import written
from arena.intervals import Estimate
from arena.planning import make_plan
from arena.report.document import make_report
from arena.report.page import page as page_of
from arena.results import results
from arena.run_folder import RunFolder
from arena.scenario import load_suite

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenarios, of which one is a control."""
    path = tmp_path_factory.mktemp("report") / "run"
    names = ("games/blackjack", "games/number-guessing", "games/number-series")
    agents = [AgentSpec.parse("random")]
    plan = make_plan([load_suite(name) for name in names], agents=agents, epochs=6)
    apart(play_plan, plan, path)
    return path


@pytest.fixture(scope="module")
def page_file(run: Path) -> Path:
    return made(run)


def made(run: Path) -> Path:
    """Write the page beside a run."""
    out = run.with_suffix(".html")
    report = make_report([RunFolder(run)])
    out.write_text(page_of(report.title, report.sections), encoding="utf-8")
    return out


@pytest.fixture
def open_file(browser: Browser) -> Iterator[Open]:
    """Opens a file with no network; the test fails if it asks for or logs anything."""
    told: list[str] = []
    contexts: list[Any] = []

    def opened(path: Path, *, dark: bool = False, width: int = 1100) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            offline=True,
        )
        contexts.append(context)
        page = context.new_page()
        address = path.resolve().as_uri()
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("console", lambda line: told.append(line.text))
        page.on(
            "request",
            lambda asked: None if asked.url == address else told.append(asked.url),
        )
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [] == told


def table(page: Page, title: str) -> list[dict[str, str]]:
    """The first table under a heading, by column."""
    found = page.locator(f'h3:text-is("{title}") + .wide table').first
    head = found.locator("thead th").all_inner_texts()
    rows = found.locator("tbody tr").all()
    return [
        dict(zip(head, row.locator("td").all_inner_texts(), strict=True))
        for row in rows
    ]


def test_every_plot_is_drawn_with_the_network_off(
    page_file: Path, open_file: Open
) -> None:
    page = open_file(page_file)
    figures = page.locator("figure").all()
    assert len(figures) >= 2
    for figure in figures:
        plot = figure.locator("svg")
        expect(plot).to_be_visible()
        box = plot.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 60
        assert plot.locator("path").count() > 3


def test_the_numbers_on_the_page_are_those_of_score(
    run: Path, page_file: Path, open_file: Open
) -> None:
    folder = RunFolder(run)
    told = json.loads(json.dumps(results(folder.manifest, folder.scores()).as_dict()))
    page = open_file(page_file)
    for title, key in (("Scores", "rows"), ("Against controls", "differences")):
        rows = [row for row in told[key] if row["headline"]]
        seen = table(page, title)
        assert len(rows) == len(seen) > 0
        for row, cells in zip(rows, seen, strict=True):
            assert row["scenario"] == cells["scenario"]
            assert row["agent"] == cells["agent"]
            assert row["scorer"] == cells["score"]
            assert written(Estimate(**row["estimate"])) == cells["value"]
            assert str(row["estimate"]["n"]) == cells["n"]
            assert f"{row['played']} of {row['planned']}" == cells["episodes"]
            assert str(row["errors"]) == cells["failed"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1100, 400])
def test_anybody_can_read_it(
    dark: bool, width: int, page_file: Path, open_file: Open
) -> None:
    page = open_file(page_file, dark=dark, width=width)
    assert [] == faults(page)
    assert width == page.evaluate("document.documentElement.scrollWidth")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == (sum(map(int, re.findall(r"\d+", paper)[:3])) < 384)


def test_a_link_from_a_table_unfolds_its_episode(
    page_file: Path, open_file: Open
) -> None:
    page = open_file(page_file)
    episode = page.locator("details pre").first
    expect(episode).to_be_hidden()
    page.locator('h3:text-is("Scores") + .wide tbody a').first.click()
    expect(episode).to_be_visible()
    assert "player" in episode.inner_text()


def test_hostile_text_is_text_and_nothing_runs(tmp_path: Path, open_file: Open) -> None:
    run = tmp_path / "run"
    apart(hostile_hands, run)
    page = open_file(made(run))
    for folded in page.locator("summary").all():
        folded.click()
    assert page.evaluate("window.ran") is None
    assert 0 == page.locator("main img, main script, main iframe, svg style").count()
    text = page.locator("main").inner_text()
    assert "<script>window.ran=1</script>" in text
    assert "\\x1b]52;c;aGk=\\x07" in text
    assert "\\u202egnp.exe" in text
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text
    )
    assert {"file:"} == set(
        page.evaluate("[...document.querySelectorAll('a')].map(a => a.protocol)")
    )
    assert [] == faults(page)


def test_the_page_prints(page_file: Path, tmp_path: Path, open_file: Open) -> None:
    page = open_file(page_file)
    printed = page.pdf(path=tmp_path / "page.pdf", format="A4", print_background=True)
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") > 2
