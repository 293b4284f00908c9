"""A real language model at the table: SmolLM2-135M on the CPU, over HTTP.

It proves that a model plays through every layer, and nothing about how well.
"""

from pathlib import Path

import pytest
from local_model import LocalModel, available
from openai_server import OpenAIServer
from playing import play_one

from arena.agent import AgentSpec
from arena.run_folder import RunFolder
from arena.verify import verify_run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> LocalModel:
    missing = available()
    if missing is not None:
        pytest.skip(missing)
    return LocalModel(prompt_chars=1200)


SCENARIO = """
description = "Three rounds, so that a small model on a CPU is done in a minute."
environment = "arena/NumberGuessing-v1"
[parameters]
rounds = 3
[seats]
player-2 = "level-2"
[[scorers]]
name = "prediction-rate"
[[scorers]]
name = "tool-errors"
"""


@pytest.mark.parametrize("game", ["guessing", "blackjack"])
def test_a_real_model_plays_to_the_end(
    tmp_path: Path, model: LocalModel, game: str
) -> None:
    (tmp_path / "guessing.toml").write_text(SCENARIO)
    name = str(tmp_path / "guessing.toml") if game == "guessing" else f"games/{game}"
    with OpenAIServer(model) as server:
        options = {"base_url": server.base_url, "timeout_s": 240.0}
        spec = AgentSpec(name="chat", model="openai:smollm2-135m", options=options)
        trajectory = play_one(tmp_path / "run", name, agent=spec)
        assert server.requests
    end = trajectory.end or {}
    assert "completed" == end["reason"]
    seat = trajectory.header.tested[0]
    assert end["usage"][seat]["output_tokens"] > 0
    assert 0 == end["usage"][seat]["tool_errors"]
    folder = RunFolder(tmp_path / "run")
    assert [] == verify_run(folder)
    (scores,) = folder.scores().values()
    assert scores[0].value is not None
