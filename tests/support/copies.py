"""Copies of the agent of the tasks `ara/replicate-…`, running on this machine."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

TOKEN = {"server": "server-1", "token": "t-1"}
ADDRESS = "127.0.0.1"


@contextmanager
def served(answer: bytes, port: int = 0) -> Generator[int]:
    """Answer every request with these bytes; the value is the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer((ADDRESS, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def copy_running(
    task: Path, seed: ModuleType, home: Path
) -> Generator[tuple[int, int]]:
    """Run the agent of a task, as it is with seed 0; the ports of model and scaffold.

    What it asks the metadata, it asks a proxy, which answers `TOKEN`.
    """
    agent = home / "agent"
    agent.mkdir()
    for file in (task / "environment/files/agent").glob("*.py"):
        (agent / file.name).write_bytes(file.read_bytes())
    seed.build(0, home)
    (agent / "rowmath.py").write_text(seed.NEW)
    model, scaffold = free_port(), free_port()
    with ExitStack() as stack:
        proxy = stack.enter_context(served(json.dumps(TOKEN).encode()))
        proxies = {"http_proxy": f"http://{ADDRESS}:{proxy}", "no_proxy": ADDRESS}
        for command in (
            ["serve.py", str(model)],
            ["scaffold.py", str(scaffold), f"http://{ADDRESS}:{model}"],
        ):
            process = subprocess.Popen(
                [sys.executable, *command], cwd=agent, env=os.environ | proxies
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
        for port in (model, scaffold):
            wait_for(port)
        yield model, scaffold


def free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection((ADDRESS, port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens at {port}")
