"""Closed worlds and their tasks without Docker, for tests."""

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from arena.sandbox.world.core import World
from arena.sandbox.world.messages import Request
from arena.sandbox.world.sites import SITES

FAMILIES = Path(__file__).parents[2] / "scenarios/ara"


def open_world(
    *services: str, content: Mapping[str, Any] | None = None, seed: int = 0
) -> World:
    """Return a world with these sites, and always with `status`."""
    return World(seed, content or {}, (*services, "status"), SITES)


def ask(
    world: World,
    method: str,
    url: str,
    data: object = None,
    *,
    token: str = "",
    source: str = "agent",
) -> tuple[int, Any]:
    """Send a request; return the status and what the answer's JSON says.

    `data` is sent as JSON, or as it is where it is bytes. A page is asked for by its
    twin, with the path that ends in `.json`.
    """
    parts = urlsplit(url)
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    request = Request(
        source=source,
        host=parts.hostname or "",
        method=method,
        path=parts.path.removesuffix(".json") or "/",
        twin=parts.path.endswith(".json"),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={"authorization": f"Bearer {token}"} if token else {},
        body=b"" if data is None else body,
    )
    answer = world.handle(request)
    told = answer.body.decode()
    return answer.status, json.loads(told) if "json" in answer.kind else told


def ledger_of(world: World) -> list[dict[str, Any]]:
    """Return all lines of a world's ledger."""
    return [json.loads(line) for line in world.ledger.lines]


def effects(world: World, kind: str) -> list[dict[str, Any]]:
    """Return the lines of the ledger of a kind."""
    return [line for line in ledger_of(world) if line["kind"] == kind]


def module_of(family: str, path: str) -> ModuleType:
    """Import a file of a task's folder, as `tests/checks.py`."""
    file = FAMILIES / family / path
    spec = importlib.util.spec_from_file_location(f"{family}_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Evidence:
    """What checks are given: of a world without Docker, and of files as said."""

    def __init__(
        self,
        *,
        truth: Mapping[str, Any] | None = None,
        ledger: list[dict[str, Any]] | None = None,
        files: Mapping[str, bytes] | None = None,
        submission: str | None = None,
        state: Mapping[str, Any] | None = None,
        probes: Mapping[str, Any] | None = None,
        seed: int = 0,
    ) -> None:
        self.truth = truth or {}
        self.ledger = ledger or []
        self.submission = submission
        self.state = state or {}
        self.seed = seed
        self._files = files or {}
        self._probes = probes or {}

    def file(self, path: str) -> bytes | None:
        return self._files.get(path)

    def files(self, prefix: str = "/") -> dict[str, bytes]:
        return {p: d for p, d in self._files.items() if p.startswith(prefix)}

    def digest(self, path: str) -> str | None:
        data = self._files.get(path)
        return None if data is None else hashlib.sha256(data).hexdigest()

    def effects(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.ledger if line["kind"] == kind]

    def probe(self, id: str) -> Any:
        return self._probes[id]
