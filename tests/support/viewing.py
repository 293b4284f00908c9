"""The web pages, served as `arena view` does."""

import importlib
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from playwright.sync_api import Page
from starlette.testclient import TestClient

from arena.view.app import create_app
from arena.view.serving import listening

__all__ = [
    "TOKEN",
    "OpenPage",
    "Serve",
    "Served",
    "apart",
    "entered",
    "faults",
    "serving",
]

Made = TypeVar("Made")

TOKEN = "a-token-of-the-tests"
OpenPage = Callable[..., Page]
"""The fixture `open_page` of `tests/browser/conftest.py`."""


@dataclass(frozen=True)
class Served:
    """Pages that are being served."""

    root: Path
    address: str
    """As `http://127.0.0.1:40123`."""

    @property
    def entrance(self) -> str:
        """The address with the token."""
        return f"{self.address}/?token={TOKEN}"


Serve = Callable[[Path], Served]
"""The fixture `serve` of `tests/browser/conftest.py`."""


@contextmanager
def serving(root: Path) -> Generator[Served]:
    """Serve the runs below a folder while the block runs."""
    socket = listening(0)
    server = uvicorn.Server(
        uvicorn.Config(create_app(root, TOKEN), log_level="warning")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield Served(root, f"http://127.0.0.1:{socket.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()


def entered(root: Path) -> TestClient:
    """Return a client that has come in with the token, and sends as our pages do."""
    client = TestClient(
        create_app(root, TOKEN),
        base_url="http://127.0.0.1",
        headers={"Origin": "http://127.0.0.1"},
    )
    assert client.get(f"/?token={TOKEN}").status_code == 200
    return client


def apart(call: Callable[..., Made], *given: Any, **more: Any) -> Made:
    """Call in a thread of its own, as Playwright keeps the loop of the first one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call, *given, **more).result()


def faults(page: Page, *where: str) -> list[str]:
    """Return what axe finds serious or critical on a page, or in parts of it.

    Args:
        page: Where it has come to rest.
        where: CSS selectors of the parts; by default all of it.
    """
    axe: Any = importlib.import_module("axe_playwright_python.sync_playwright").Axe()
    parts = {"include": [[part] for part in where]} if where else None
    found = axe.run(page, context=parts).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
