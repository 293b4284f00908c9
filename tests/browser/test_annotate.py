"""Writing notes beside an episode, in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playing import play_run
from playwright.sync_api import Dialog, Page, expect
from viewing import OpenPage, Served, apart, faults, serving

from arena.annotations import annotate, read_annotations

pytestmark = pytest.mark.browser
HOSTILE = "</textarea><img src=x onerror=alert(1)>\x1b[2J<script>alert(1)</script>"
EPISODE = "games.blackjack--random--s0e00000"
HERE = f"/run/cards/episode/{EPISODE}"


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("runs")
    apart(play_run, root / "cards", "games/blackjack", epochs=2)
    with serving(root) as found:
        yield found


@pytest.fixture
def run(cards: Served) -> Path:
    (cards.root / "cards" / "annotations.jsonl").unlink(missing_ok=True)
    return cards.root / "cards"


def noted(run: Path) -> list[tuple[int | None, str, tuple[str, ...], str]]:
    """Event, author, labels and text of all current versions."""
    return [
        (note.event, version.author, version.labels, version.text)
        for note in read_annotations(run).current
        for version in note.current
    ]


def ready(page: Page) -> Page:
    expect(page.locator("#notes[data-ready]")).to_be_attached()
    return page


def test_a_note_is_written_on_the_episode(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    page = ready(open_page(cards, HERE))
    page.get_by_role("button", name="Add a note", exact=True).click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_text("spurious", exact=True).click()
    page.get_by_label("others, with commas").fill("Loop, gives up")
    page.get_by_label("Text").fill("It stands on 12.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#notes .said")).to_have_text("It stands on 12.")
    expect(page.locator("#note")).to_be_hidden()
    labels = ("spurious", "loop", "gives up")
    assert [(None, "Ada", labels, "It stands on 12.")] == noted(run)
    page.reload()
    ready(page).get_by_role("button", name="Add a note", exact=True).click()
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    expect(page.get_by_text("gives up", exact=True).last).to_be_visible()


def test_a_note_is_written_on_an_event_by_keyboard(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    page = ready(open_page(cards, f"{HERE}#n2"))
    expect(page.locator("#n2")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Note on event 2")).to_be_visible()
    page.keyboard.type("Bo")
    page.get_by_label("Text").press_sequentially("a j k ? /")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Notes on event 2: 1")).to_be_visible()
    assert [(2, "Bo", (), "a j k ? /")] == noted(run)
    page.get_by_role("link", name="Event 2").click()
    expect(page.locator("#n2")).to_be_focused()


def test_two_readers_who_edit_one_note_keep_all_words(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    given = {"author": "Ada", "text": "one", "labels": ["real"], "event": 2}
    annotate(run, EPISODE, given)
    ada, bo = (ready(open_page(cards, HERE, but="409")) for _ in range(2))
    for page, name in ((ada, "Ada"), (bo, "Bo")):
        page.get_by_role("button", name="Edit").click()
        page.get_by_label("Your name").fill(name)
        page.get_by_label("Text").fill(f"{name}'s words")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator("#notes .version > .said").first).to_have_text("Ada's words")
    bo.get_by_role("button", name="Save").click()
    expect(bo.get_by_role("alert")).to_contain_text("both are kept")
    expect(bo.locator("#note .others")).to_contain_text("Ada's words")
    expect(bo.get_by_label("Text")).to_have_value("Bo's words")
    assert {"Ada's words", "Bo's words"} == {text for *_, text in noted(run)}
    bo.get_by_label("Text").fill("ours")
    bo.get_by_role("button", name="Save").click()
    expect(bo.locator("#note")).to_be_hidden()
    assert [(2, "Bo", ("real",), "ours")] == noted(run)
    bo.get_by_text("3 earlier versions").click()
    expect(bo.locator("#notes details .said")).to_have_text(
        ["one", "Ada's words", "Bo's words"]
    )


def test_siblings_are_written_as_one(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    first = annotate(run, EPISODE, {"author": "Ada", "text": "one"}).version.id
    for name, label in (("Ada", "real"), ("Bo", "spurious")):
        given = {"author": name, "text": f"{name}'s", "labels": [label]}
        annotate(run, EPISODE, {**given, "replaces": [first]})
    page = ready(open_page(cards, HERE))
    page.get_by_role("button", name="Write one from them").click()
    expect(page.get_by_label("Text")).to_have_value("Ada's\n\nBo's")
    page.get_by_label("Your name").fill("Cy")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#note")).to_be_hidden()
    assert [(None, "Cy", ("real", "spurious"), "Ada's\n\nBo's")] == noted(run)


def test_a_note_is_removed_after_asking(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    annotate(run, EPISODE, {"author": "Ada", "text": "one"})
    page = ready(open_page(cards, HERE))
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("alert")).to_contain_text("Give your name first")
    page.get_by_label("Your name").fill("Bo")
    page.get_by_role("button", name="Cancel").click()
    page.once("dialog", lambda asked: asked.dismiss())
    page.get_by_role("button", name="Remove").click()
    assert 1 == len(noted(run))
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#notes")).to_contain_text("No notes yet.")
    assert [] == noted(run)


def test_what_was_typed_is_not_thrown_away_unasked(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    page = ready(open_page(cards, HERE))
    page.get_by_role("button", name="Add a note", exact=True).click()
    page.get_by_label("Text").fill("precious")
    asked: list[str] = []

    def keep(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", keep)
    for _ in range(3):
        page.keyboard.press("Escape")
    assert ["Throw away what you have written?"] * 3 == asked
    expect(page.get_by_label("Text")).to_have_value("precious")
    page.get_by_role("button", name="Save").click()  # no name yet: it says so itself
    expect(page.get_by_label("Your name")).to_be_focused()
    assert [] == noted(run)


def test_a_page_that_loads_itself_again_asks_before_words_are_lost(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    page = ready(open_page(cards, HERE))
    page.get_by_role("button", name="Add a note", exact=True).click()
    page.get_by_label("Text").press_sequentially("precious")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(300)
    assert ["beforeunload"] == asked
    expect(page.get_by_label("Text")).to_have_value("precious")
    page.remove_listener("dialog", stay)
    page.on("dialog", lambda dialog: dialog.accept())


def test_hostile_words_are_shown_and_edited_as_words(
    cards: Served, run: Path, open_page: OpenPage
) -> None:
    given = {"author": "<b>x</b>", "text": HOSTILE, "labels": ["<i>", "a\"'"]}
    annotate(run, EPISODE, {**given, "event": 2})
    page = ready(open_page(cards, HERE))
    shown = HOSTILE.replace("\x1b", "\\x1b")
    expect(page.locator("#notes .said")).to_have_text(shown)
    page.get_by_role("button", name="Notes on event 2: 1").click()
    expect(page.locator("#note .said")).to_have_text(shown)
    page.locator("#note [data-edit]").click()
    expect(page.get_by_label("Text")).to_have_value(HOSTILE)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#note")).to_be_hidden()
    assert [(2, "Ada", ("<i>", "a\"'"), HOSTILE)] == noted(run)
    page.get_by_role("link", name="Notes of this run").click()
    expect(page.locator("main .said").first).to_have_text(shown)


def test_a_server_that_is_gone_leaves_the_words_there(
    tmp_path: Path, open_page: OpenPage
) -> None:
    apart(play_run, tmp_path / "cards", "games/blackjack", epochs=1)
    with serving(tmp_path) as served:
        page = ready(open_page(served, HERE, but="net::ERR_FAILED"))
        page.get_by_role("button", name="Add a note", exact=True).click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Text").fill("precious")
        page.route("**/notes", lambda route: route.abort())
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("still here")
        expect(page.get_by_label("Text")).to_have_value("precious")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 400])
def test_it_is_accessible_and_fits(
    cards: Served, run: Path, open_page: OpenPage, dark: bool, width: int
) -> None:
    long = {"author": "Ada", "text": "word " * 2000, "labels": ["real"], "event": 2}
    first = annotate(run, EPISODE, long).version
    for text in ("a" * 5000, "two\nlines"):
        given = {**long, "text": text, "replaces": [first.id]}
        annotate(run, EPISODE, given)
    page = ready(open_page(cards, HERE, dark=dark, width=width))
    page.locator(".noted").evaluate("(noted) => { noted.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [] == faults(page, "#notes", ".note-on")
    page.get_by_role("button", name="Notes on event 2: 1").click()
    assert [] == faults(page, "#note")
    page.goto(f"{cards.address}/run/cards/notes")
    assert [] == faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
