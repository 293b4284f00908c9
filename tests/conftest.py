"""What holds for all tests."""

import os
import shutil
import signal
from collections.abc import Callable

import pytest
from hypothesis import settings

# A shared machine is slow at times, and a slow example is no failure.
settings.register_profile("arena", deadline=None)
settings.load_profile("arena")

# A script's background job ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a Docker engine or a browser where there is none, and say why.

    With ARENA_REQUIRE_DOCKER or ARENA_REQUIRE_BROWSER set, as in CI, they run and fail
    instead.
    """
    _skip(items, "docker", _docker_problem)
    _skip(items, "browser", _browser_problem)


def _skip(
    items: list[pytest.Item], mark: str, problem: Callable[[], str | None]
) -> None:
    theirs = [item for item in items if item.get_closest_marker(mark)]
    if not theirs or os.environ.get(f"ARENA_REQUIRE_{mark.upper()}"):
        return
    why = problem()
    if why is not None:
        for item in theirs:
            item.add_marker(pytest.mark.skip(reason=why))


def _docker_problem() -> str | None:
    from arena.registry import sandbox_provider

    return sandbox_provider("docker").problem()


def _browser_problem() -> str | None:
    if shutil.which("chromium"):
        return None
    return "there is no chromium on the path: apt-get install chromium"
