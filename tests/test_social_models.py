"""Models play the social suites over HTTP: a scripted one, and a real one."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import command_line
import pytest
from local_model import LocalModel, available
from openai_server import OpenAIServer, Reply

from arena.run_folder import RunFolder
from arena.verify import verify_run


def first_option(body: Mapping[str, Any]) -> Reply:
    """Wait until there is a question, then answer A."""
    asked = "\nA. " in str(body["messages"][-1]["content"])
    call = ("answer", '{"option": "A", "confidence": 0.5}') if asked else ("wait", "{}")
    return Reply(tool_calls=(call,))


def smoke(
    capsys: pytest.CaptureFixture[str], server: OpenAIServer, run: Path
) -> tuple[int, str]:
    """Play social-smoke by `arena run`, and return its exit code and its tables."""
    options = ("--agent-option", "timeout_s=240.0", "--base-url", server.base_url)
    code, told, _ = command_line.call(
        capsys,
        *("run", "social-smoke", "--agent", "chat", "--model", "openai:small"),
        *(*options, "--out", run),
    )
    return code, told


def test_a_chat_model_plays_social_smoke_over_http(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OpenAIServer(first_option) as server:
        code, told = smoke(capsys, server, tmp_path / "run")
        sent = "".join(str(request) for request in server.requests)
    folder = RunFolder(tmp_path / "run")
    assert 0 == code
    assert {"completed"} == {s.reason for s in folder.manifest.episodes.values()}
    assert [] == verify_run(folder)
    assert "Accuracy by cell" in told
    # What scripted agents and the record know, a model is not sent.
    found = [k for k in ("'gold'", "'reference'", "'roles'", "log filter") if k in sent]
    assert [] == found


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_real_model_plays_social_smoke_to_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = available()
    if missing is not None:
        pytest.skip(missing)
    with OpenAIServer(LocalModel(max_tokens=48, prompt_chars=1200)) as server:
        code, told = smoke(capsys, server, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    reasons = Counter(seal.reason for seal in folder.manifest.episodes.values())
    assert 0 == code
    assert reasons.total() == sum(1 for _ in folder.manifest.plan.episodes())
    # It may run into a limit, as weak as it is; nothing fails, and most is answered.
    assert set(reasons) <= {"completed", "tool_error_limit", "turn_limit"}, reasons
    assert reasons["completed"] > reasons.total() / 2
    assert [] == verify_run(folder)
    assert "Accuracy by cell" in told
    assert "social/daily-life-tom" in told
