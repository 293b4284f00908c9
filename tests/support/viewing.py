"""The web pages, served as `arena view` does."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Page
from starlette.testclient import TestClient

from arena.view.app import create_app
from arena.view.serving import listening

__all__ = ["TOKEN", "OpenPage", "Served", "entered", "serving"]

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
