"""Of worlds nothing stays: closed, killed, many at once, many one after the other."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from arena.sandbox.docker_provider import DockerProvider
from arena.sandbox.docker_world import DockerWorld
from arena.sandboxing import SandboxError

from ..support.docker_worlds import BOX, NOTHING, open_world, owned, run

pytestmark = pytest.mark.docker

# Opens a world with a box and servers, and waits to be killed.
HOLD = """
import sys, time
from tests.support.docker_worlds import BOX, open_world, rent
world = open_world(servers=2)
box = world.open(BOX, "agent")
if sys.argv[1] == "rented": rent(box)
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(params=["idle", "rented"])
def holder(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a world."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, request.param], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        yield process
        process.kill()
    DockerProvider().prune()


def test_closing_removes_all_of_it() -> None:
    world = open_world(servers=2)
    box = world.open(BOX, "agent")
    held = owned()
    assert (4, 1) == (len(held["container"]), len(held["network"]))
    assert held["volume"]
    world.close()  # with the box in it
    assert NOTHING == owned()
    box.close()
    world.close()


def test_a_world_that_was_never_used_is_gone_as_well() -> None:
    for _ in range(3):
        open_world(servers=1).close()
        assert NOTHING == owned()


def test_closing_from_another_thread_ends_the_opening_of_a_box() -> None:
    for wait in (0.0, 0.1, 0.2, 0.4):
        world = open_world(servers=1)
        closing = threading.Timer(wait, world.close)
        closing.start()
        try:
            world.open(BOX, "agent")
            world.ask("state")
        except SandboxError:
            pass
        closing.join()
        world.close()
        assert NOTHING == owned()


@pytest.mark.slow
def test_after_a_sigkill_all_ends_by_itself_but_the_network(
    holder: subprocess.Popen[str],
) -> None:
    assert 4 == len(owned(holder.pid)["container"])
    time.sleep(1)  # servers that have not met the world yet would wait longer for it
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    until = time.monotonic() + 30
    while owned(holder.pid)["container"] and time.monotonic() < until:
        time.sleep(0.2)
    left = owned(holder.pid)
    assert ([], []) == (left["container"], left["volume"])
    DockerProvider().prune()
    assert NOTHING == owned(holder.pid)


@pytest.mark.slow
def test_after_a_sigkill_the_next_sweep_leaves_nothing_at_once(
    holder: subprocess.Popen[str],
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    things = DockerProvider().prune()
    assert {"container", "network"} <= {
        thing.kind for thing in things if f"process {holder.pid} " in thing.owner
    }
    assert NOTHING == owned(holder.pid)


@pytest.mark.slow
def test_a_process_that_just_ends_leaves_nothing() -> None:
    code = HOLD.replace("time.sleep(600)", "")
    with subprocess.Popen([sys.executable, "-c", code, "idle"]) as process:
        assert 0 == process.wait(60)
    assert NOTHING == owned(process.pid)


@pytest.mark.slow
def test_eight_worlds_at_once_work_and_are_strangers() -> None:
    worlds: list[DockerWorld] = []
    failed: list[BaseException] = []

    def play() -> None:
        try:
            world = open_world(servers=2)
            worlds.append(world)
            box = world.open(BOX, "agent")
            assert "200" == run(
                box, "curl -s -m 20 -o /dev/null -w '%{http_code}' http://cloud.test/"
            )
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=play) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [] == failed
        assert 8 == len({world.network.subnet for world in worlds})
        assert 32 == len(owned()["container"])
    finally:
        closing = [threading.Thread(target=world.close) for world in worlds]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
    assert NOTHING == owned()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_many_worlds_one_after_the_other_leave_nothing() -> None:
    threads = threading.active_count()
    for _ in range(22):
        with open_world(servers=1) as world:
            world.open(BOX, "agent")
    assert NOTHING == owned()
    assert threading.active_count() <= threads + 2
