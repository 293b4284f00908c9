"""`arena view`, as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from command_line import call

ARENA = (sys.executable, "-c", "from arena.__main__ import main; main()")
WITHOUT = "import sys; sys.modules['starlette'] = None; "


@pytest.fixture
def process(hands: Path) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [*ARENA, "view", str(hands.parent), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield started
    started.kill()
    started.communicate()


def opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def test_the_address_that_is_printed_opens_the_runs(
    process: subprocess.Popen[str],
) -> None:
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    browser = opener()
    browser.open(address, timeout=30).close()
    with browser.open(address.partition("?")[0], timeout=30) as answer:
        assert b"hands" in answer.read()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opener().open(address.partition("?")[0], timeout=30)


def test_ctrl_c_ends_it_without_a_complaint(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    opener().open(address, timeout=30).close()
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert (0, "") == (process.returncode, complaint)


def test_a_port_that_is_taken_is_one_line(
    hands: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = call(capsys, "view", hands, "--no-browser", "--port", port)
    assert 2 == told[0]
    assert f"--port {port}: Address already in use" in told[2]
    assert 1 == told[2].count("\n")


def test_a_folder_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, complaint = call(capsys, "view", tmp_path / "nowhere", "--no-browser")
    assert (2, 1) == (code, complaint.count("\n"))
    assert "no such folder" in complaint


def test_without_the_extra_it_says_what_to_install(hands: Path) -> None:
    program = WITHOUT + "from arena.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "view", str(hands)],
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert "arena: arena view needs pip install 'arena-evals[view]'\n" == done.stderr
