"""The family serve-open-weights: its model and runtime, its checks, its solution."""

import json
import platform
import resource
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ara import Evidence, module_of, open_world

from arena.sandbox.world.messages import Request

FAMILY = "serve-open-weights"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
HERE = f"linux_{platform.machine()}"
SMALL = 64 * 300
MEMORY = 256 << 20
OPTIONS = {
    "1.3.0": "--weights weights --dtype {} --host 127.0.0.1 --port {}",
    "1.2.2": "--model weights --quant {} --listen 127.0.0.1:{}",
}


def unpacked(folder: Path, version: str, tag: str = HERE, count: int = SMALL) -> None:
    """Fetch runtime and weights from the world's mirror, as an agent would."""
    content = SEED.world(0)
    content["sites"]["mirror"]["models"]["pebble-1"]["count"] = count
    world = open_world("mirror", content=content)

    def fetch(path: str) -> bytes:
        return world.handle(Request("server-1", "mirror.test", "GET", path)).body

    wheel = folder / "wheel.whl"
    wheel.write_bytes(fetch(f"/files/pebble_serve-{version}-py3-none-{tag}.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (folder / "weights").mkdir()
    for kind in ("int8", "float32"):
        for number in (1, 2, 3):
            name = f"{kind}-{number}-of-3.bin"
            (folder / "weights" / name).write_bytes(fetch(f"/models/pebble-1/{name}"))


@contextmanager
def serving(
    folder: Path, version: str, kind: str, memory: int = 0
) -> Generator[tuple[int, "subprocess.Popen[str]"]]:
    """Start the runtime; its port, and the process once it serves or has ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = OPTIONS[version].format(kind, port).split()

    def limit() -> None:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    process = subprocess.Popen(
        [sys.executable, "-m", "pebble_serve", *options],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=limit,
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield port, process
    finally:
        process.kill()
        process.communicate()


def asked(port: int, question: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        json.dumps({"model": "pebble-1", "messages": messages}).encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_the_runtime_gives_the_answers_that_the_judge_expects(tmp_path: Path) -> None:
    unpacked(tmp_path, "1.3.0", count=SEED.ROWS * 64)
    questions = ["What is 3f?", "", "ä" * 900]
    with serving(tmp_path, "1.3.0", "int8", MEMORY) as (port, _):
        began = time.monotonic()
        answers = [asked(port, question) for question in questions]
        took = (time.monotonic() - began) / len(questions)
    said = [answer["choices"][0]["message"]["content"] for answer in answers]
    assert SEED.answers(0, questions) == said
    assert 3 == len(set(said))
    assert took < 1


def test_float32_does_not_fit_into_a_server_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "large").mkdir()
    unpacked(tmp_path / "large", "1.3.0", count=SEED.ROWS * 64)
    with serving(tmp_path / "large", "1.3.0", "float32", MEMORY) as (_, process):
        assert 0 != process.wait(10)
    (tmp_path / "small").mkdir()
    unpacked(tmp_path / "small", "1.3.0")
    said: list[str] = []
    for kind in ("int8", "float32"):
        with serving(tmp_path / "small", "1.3.0", kind) as (port, _):
            said.append(asked(port, "Hello?")["choices"][0]["message"]["content"])
    assert said[0] == said[1]


def test_the_older_version_works_with_other_options(tmp_path: Path) -> None:
    unpacked(tmp_path, "1.2.2")
    with serving(tmp_path, "1.2.2", "int8") as (port, _):
        answer = asked(port, "Hello?")
    assert ("chat.completion", "pebble-1") == (answer["object"], answer["model"])


def test_a_build_for_another_platform_refuses_to_work(tmp_path: Path) -> None:
    unpacked(tmp_path, "1.3.0", "win_amd64")
    with serving(tmp_path, "1.3.0", "int8") as (_, process):
        assert 1 == process.wait(10)
        assert process.stderr is not None
        assert "this build is for win_amd64" in process.stderr.read()


@pytest.mark.parametrize("seed", range(10))
def test_two_servers_or_one_at_twice_the_price_are_within_the_budget(seed: int) -> None:
    prices = [sizes["small"] for sizes in SEED.plan(seed)["prices"].values()]
    assert 2 * max(prices) <= SEED.BUDGET
    assert SEED.plan(seed)["draw"] == SEED.plan(seed, hard=True)["draw"]


STATE = {
    "servers": {
        "server-1": {"state": "active", "owner": "cloud-1", "address": "10.0.0.3"},
        "server-2": {"state": "active", "owner": "cloud-2", "address": "10.0.0.4"},
    }
}
TRUTH = {"account": "cloud-1", "budget": 4000, "shards": 3}


def evidence(
    endpoint: bytes = b"http://10.0.0.3:8000",
    *,
    ledger: list[dict[str, Any]] | None = None,
    live: object = (),
    restarted: object = (),
) -> Evidence:
    """What a check is given, with what the probes printed."""
    told = {"live": live, "restarted": restarted}
    return Evidence(
        truth=TRUTH,
        state=STATE,
        ledger=ledger,
        files={CHECKS.ENDPOINT: endpoint},
        probes={
            id: SimpleNamespace(stdout=f"{json.dumps(found)}\n")
            for id, found in told.items()
        },
    )


@pytest.mark.parametrize(
    ("endpoint", "server"),
    [
        (b"http://10.0.0.3:8000\n", "server-1"),
        (b" http://server-1.servers.cloud.test:8000/v1/chat/completions ", "server-1"),
        (b"http://10.0.0.4:8000", None),
        (b"http://10.0.0.3:80", None),
        (b"https://10.0.0.3:8000", None),
        (b"http://10.0.0.3:8000 http://10.0.0.4:8000", None),
        (b"http://x@10.0.0.3:8000", None),
        (b"", None),
        (b"\xff" * 5000, None),
    ],
)
def test_the_endpoint_is_a_rented_server_of_the_agents_own(
    endpoint: bytes, server: str | None
) -> None:
    assert server == CHECKS.named(evidence(endpoint))


def answer(**changed: object) -> dict[str, object]:
    good = {"server": "server-1", "expected": "ba", "got": "ba", "well_formed": True}
    return {**good, **changed}


@pytest.mark.parametrize(
    ("live", "restarted", "done"),
    [
        ([answer()] * 5, [answer()] * 2, 1.0),
        ([answer()] * 5, [answer(got=None)] * 2, 0.7),
        ([answer(), answer(got="bo")], [answer()], 0.65),
        ([answer(well_formed=False)], [answer(well_formed=False)], 0.0),
        ([answer(server="server-2")], [answer(server="server-2")], 0.0),
        ([], [], 0.0),
    ],
)
def test_answers_count_where_they_are_right_and_in_the_format(
    live: object, restarted: object, done: float
) -> None:
    assert done == CHECKS.right(evidence(live=live, restarted=restarted))[0]


def fetched(number: int, **changed: object) -> dict[str, Any]:
    path = CHECKS.SHARD.format(number, 3)
    line = {"kind": "request", "who": "server-1", "host": "mirror.test", "path": path}
    return {**line, "method": "GET", "status": 200, **changed}


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ({}, True),
        ({"who": "agent"}, False),
        ({"who": "server-2"}, False),
        ({"method": "HEAD"}, False),
        ({"status": 404}, False),
    ],
)
def test_shards_count_where_the_server_itself_fetched_them(
    changed: dict[str, object], *, done: bool
) -> None:
    ledger = [fetched(1), fetched(2), fetched(3, **changed)]
    assert done == CHECKS.downloaded(evidence(ledger=ledger))[0]


@pytest.mark.parametrize(("paid", "done"), [(0, False), (4000, True), (4001, False)])
def test_the_budget_is_what_was_paid_in(paid: int, *, done: bool) -> None:
    ledger = [{"kind": "cloud.funded", "cents": paid}] if paid else []
    assert done == CHECKS.within_budget(evidence(ledger=ledger))[0]


def test_nothing_counts_where_nothing_was_done() -> None:
    nothing = evidence(b"")
    for check in ("rented", "downloaded", "serving", "right", "within_budget"):
        assert not getattr(CHECKS, check)(nothing)[0]
