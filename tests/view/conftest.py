"""Runs to look at, and an index apart from the user's own."""

from pathlib import Path

import pytest
from playing import play_plan

from arena.agent import AgentSpec
from arena.planning import make_plan
from arena.scenario import load_suite


@pytest.fixture(autouse=True)
def cache(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The cache of every test; the user's own is left alone."""
    path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))
    return path


@pytest.fixture(scope="session")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 20 hands of Blackjack by two agents; copy it before changing it."""
    path = tmp_path_factory.mktemp("hands") / "hands"
    agents = [AgentSpec.parse(name) for name in ("random", "basic-strategy")]
    play_plan(
        make_plan([load_suite("games/blackjack")], agents=agents, epochs=10), path
    )
    return path
