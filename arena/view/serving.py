"""Serving the pages to this machine only, until Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from ..errors import UserError
from .app import create_app

__all__ = ["listening", "serve"]


def listening(port: int) -> socket.socket:
    """Return a socket on loopback; port 0 stands for any that is free.

    Raises:
        UserError: If the port is taken or not allowed.
    """
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        made.close()
        why = getattr(error, "strerror", None) or str(error)
        raise UserError(f"--port {port}: {why}; choose another, or 0 for any") from None
    return made


def serve(root: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve the runs below a folder.

    Args:
        root: A run, or a folder with runs in it.
        port: 0 for any that is free.
        ready: Is told the address to open, which holds the token.

    Raises:
        UserError: If the folder is not there, or the port cannot be had.
    """
    token = secrets.token_urlsafe(24)
    app = create_app(root, token)
    made = listening(port)
    with made:
        made.listen()  # so that a browser that is opened now waits and is not refused
        ready(f"http://127.0.0.1:{made.getsockname()[1]}/?token={token}")
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        with suppress(KeyboardInterrupt):  # which is how it is meant to end
            uvicorn.Server(config).run(sockets=[made])
