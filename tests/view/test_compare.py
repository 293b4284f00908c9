"""The page that compares two agents."""

import re
from pathlib import Path

import pytest
from command_line import call
from playing import play_plan, play_run
from starlette.testclient import TestClient
from viewing import entered

from arena.agent import AgentSpec
from arena.planning import make_plan
from arena.run_folder import RunFolder
from arena.scenario import load_suite
from arena.scoring import Score

GAMES = ("games/kuhn", "games/leduc")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`two` with two agents, `deep/other` with one of other seeds."""
    root = tmp_path_factory.mktemp("runs")
    agents = [AgentSpec.parse(name) for name in ("random", "always-call")]
    plan = make_plan([load_suite(name) for name in GAMES], agents=agents, epochs=2)
    play_plan(plan, root / "two")
    play_run(root / "deep" / "other", GAMES[0], epochs=1, seed=1)
    return root


@pytest.fixture
def client(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return entered(root)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_two_agents_of_one_run_are_compared_as_the_command_does(
    client: TestClient, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/compare", params={"a": "two"})
    assert 200 == answer.status_code
    shown = text_of(answer.text)
    assert "random less always-call" in shown
    assert "regret lower is better" in shown
    _, told, _ = call(capsys, "compare", root / "two")
    for row in re.findall(r"-?[\d.]+ \[-?[\d.]+, -?[\d.]+\]", told):
        assert row in shown


def test_the_sides_can_be_turned_round(client: TestClient) -> None:
    asked = {"a": "two", "first": "always-call", "second": "random"}
    shown = text_of(client.get("/compare", params=asked).text)
    assert "always-call less random" in shown


def test_every_pair_leads_to_both_episodes(client: TestClient) -> None:
    answer = client.get("/compare", params={"a": "two"})
    links = re.findall(r'href="(/run/two/episode/[^"]+)"', answer.text)
    assert 2 * 8 == len(links)
    assert {200} == {client.get(link).status_code for link in links}


def test_runs_of_other_seeds_say_that_nothing_is_paired(client: TestClient) -> None:
    answer = client.get("/compare", params={"a": "two", "b": "deep~other"})
    shown = text_of(answer.text)
    assert "4 episodes of random (two) and 2 of random (other)" in shown
    assert "No pair has both scores." in shown


def test_missing_pairs_say_why(root: Path, client: TestClient) -> None:
    folder = RunFolder(root / "two")
    (lost, *_) = (s.episode for s in folder.manifest.plan.episodes())
    score = next(s for s in folder.scores()[lost] if s.scorer == "regret")
    folder.add_scores([Score(episode=lost, scorer="regret", value=None, reason="no")])
    try:
        shown = text_of(client.get("/compare", params={"a": "two"}).text)
    finally:
        folder.add_scores([score])
    assert "games/kuhn: 1 episode of random: unscored" in shown


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({}, 200, "First Run"),
        ({"a": "nowhere"}, 404, "There is no run 'nowhere' here."),
        ({"a": "../two"}, 404, "There is no run"),
        ({"a": "two", "b": "<b>"}, 404, "There is no run"),
        ({"a": "two", "first": "randon"}, 422, "did you mean"),
        ({"a": "two", "first": "<script>"}, 422, "unknown agent"),
        ({"a": "deep~other"}, 200, "Second Run"),
        ({"a": "deep~other", "b": "deep~other"}, 422, "one agent"),
        ({"a": "two", "first": "random", "second": "random"}, 422, "one agent"),
        ({"a": "two", "score": "\x00<i>"}, 200, "No pair has both scores."),
    ],
)
def test_what_cannot_be_compared_is_said(
    client: TestClient, asked: dict[str, str], status: int, told: str
) -> None:
    answer = client.get("/compare", params=asked)
    assert status == answer.status_code
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    assert told in text_of(answer.text).replace("&#39;", "'")


def test_an_empty_folder_has_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "runs").mkdir()
    answer = entered(tmp_path / "runs").get("/compare")
    assert "There are no runs here to compare." in answer.text
