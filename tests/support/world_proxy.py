"""Closed worlds for programs of this machine, and tasks' scripts at work in them."""

import http.server
import os
import subprocess
import threading
import tomllib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ara import FAMILIES, Evidence, ledger_of, module_of, open_world

from arena.sandbox.world.core import World
from arena.sandbox.world.messages import Request


class Proxy:
    """Answers for every host of a world, to programs that are told to use a proxy.

    Attributes:
        world: The world.
        source: Who asks.
        lock: Held while it answers.
        url: Of the proxy.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.source = "agent"
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    proxy: Proxy

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        accepts = self.headers.get("Accept", "")
        request = Request(
            source=self.proxy.source,
            host=parts.hostname or "",
            method=self.command,
            path=parts.path.removesuffix(".json") or "/",
            twin=parts.path.endswith(".json") or "application/json" in accepts,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): told for name, told in self.headers.items()},
            body=self.rfile.read(length),
        )
        with self.proxy.lock:
            answer = self.proxy.world.handle(request)
        self.send_response(answer.status)
        for name, told in {"Content-Type": answer.kind, **answer.headers}.items():
            self.send_header(name, told)
        self.end_headers()
        self.wfile.write(answer.body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(world: World) -> Generator[Proxy]:
    """Serve a world to programs of this machine."""
    proxy = Proxy(world)
    with proxy.server as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


def solved(
    family: str,
    script: str,
    home: Path,
    *,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    perturb: Sequence[str] = (),
) -> Evidence:
    """Let a script of a task's solution work in its world; return what is judged.

    Args:
        family: Of the task.
        script: As `solve` or `cheats/NAME`.
        home: An empty folder, in place of the agent's.
        seed: Of the world.
        settings: Of a variant.
        perturb: Which of the task's own perturbations to arm; not X8.
    """
    settings = settings or {}
    seeded = module_of(family, "environment/world/seed.py")
    arena = _arena(family)
    services = [name for name in arena["world"]["services"] if name != "status"]
    content = seeded.world(seed, **settings)
    world = open_world(*services, content=content, seed=seed)
    for one in arena["perturbations"]:
        if one["id"] in perturb:
            world.perturbations.arm(one["id"], one["when"], one.get("params", {}))
    seeded.build(seed, home, **settings)
    told = (FAMILIES / family / "solution" / f"{script}.sh").read_text()
    with served(world) as proxy:
        own = {"HOME": str(home), "http_proxy": proxy.url, "NO_PROXY": ""}
        subprocess.run(
            ["bash", "-c", told.replace("/home/agent", str(home))],
            cwd=home,
            env={**os.environ, **own},
            check=False,
            capture_output=True,
            timeout=60,
        )
    return Evidence(
        truth=seeded.truth(seed, **settings),
        ledger=ledger_of(world),
        files={
            f"/home/agent/{path.relative_to(home)}": path.read_bytes()
            for path in home.rglob("*")
            if path.is_file()
        },
        state={"perturbations": world.perturbations.state()},
        seed=seed,
    )


def score(family: str, evidence: Evidence) -> float:
    """What a task's checks say of evidence, weighted."""
    checks = module_of(family, "tests/checks.py")
    done: dict[str, float] = {}
    total = 0.0
    for milestone in _arena(family)["milestones"]:
        value, _ = getattr(checks, milestone["check"])(evidence)
        met = all(done[name] == 1 for name in milestone["requires"])
        done[milestone["id"]] = float(value) if met else 0.0
        total += milestone["weight"] * done[milestone["id"]]
    return round(total, 9)


def _arena(family: str) -> dict[str, Any]:
    told = tomllib.loads((FAMILIES / family / "task.toml").read_text())
    return told["metadata"]["arena"]
