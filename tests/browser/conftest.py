"""A browser, pages to look at, and what must hold on every page."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playing import play_run
from playwright.sync_api import Browser, Page, expect, sync_playwright
from viewing import OpenPage, Serve, Served, serving

# A shared machine is slow at times, and a slow page is no failure.
expect.set_options(timeout=30_000)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")  # later tests cannot play while its loop runs
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        assert found is not None
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small run, `cards`; read it only."""
    root = tmp_path_factory.mktemp("runs")
    play_run(root / "cards", "games/blackjack", epochs=12)
    return root


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps indexes out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def served(played: Path) -> Iterator[Served]:
    """The pages of `played`."""
    with serving(played) as found:
        yield found


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves folders of a test; name it before `open_page`, so that pages end first."""
    with ExitStack() as stack:
        yield lambda root: stack.enter_context(serving(root))


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a page of a served folder: `open_page(served, "/run/cards", dark=True)`.

    The test fails if any page logs an error, `but` one that has some text, or asks
    anybody but its server.
    """
    faults: list[str] = []
    contexts: list[Any] = []

    def opened(
        served: Served,
        path: str = "/",
        *,
        dark: bool = False,
        width: int = 1280,
        height: int = 800,
        but: str = "\0",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda told: (
                faults.append(told.text)
                if told.type == "error"
                and but not in told.text
                # Somebody else's containers come and go; pages ask again.
                and "ERR_NETWORK_CHANGED" not in told.text
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((served.address + "/", "data:", "blob:"))
                else faults.append(f"asked {asked.url}")
            ),
        )
        page.goto(served.entrance)
        page.wait_for_url(served.address + "/")
        if path != "/":
            page.goto(served.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [] == faults
