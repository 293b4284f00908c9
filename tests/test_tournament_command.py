"""`arena tournament` as a user meets it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from openai_server import OpenAIServer, Reply

from arena.run_folder import RunFolder
from arena.trajectory import comparable, read_trajectory

Capture = pytest.CaptureFixture[str]
SMALL = ("--game", "number-guessing")
LEVELS = ("level-1", "level-2", "level-3", "level-4", "random")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tournament(capsys: Capture, *arguments: object) -> dict[str, Any]:
    """Play a tournament that ends well, and return what it prints for programs."""
    code, out, err = call(capsys, "tournament", *arguments, "--json")
    assert (code, err.count("arena:")) == (0, 0), err
    return json.loads(out)


def trajectories(folder: Path) -> dict[str, Any]:
    """What two plays have in common, by round and episode."""
    return {
        str(path.relative_to(folder)): comparable(read_trajectory(path))
        for path in sorted(folder.rglob("episodes/*.jsonl"))
    }


def likes_aces(body: Mapping[str, Any]) -> Reply:
    """Raise with an ace in the hand, where it may; else check or call."""
    seen = str(body["messages"][-1]["content"])
    bold = "A" in seen.partition("Your cards")[2][:9] and "bet_or_raise" in seen
    name = "bet_or_raise" if bold else "check_or_call"
    return Reply(tool_calls=((name, "{}"),))


def guesses(number: int) -> Any:
    """A model that always guesses a number, whoever the other player is."""

    def answer(body: Mapping[str, Any]) -> Reply:
        schema = json.dumps(body["tools"])
        other = "player-1" if '"player-1"' in schema else "player-2"
        given = {"number": number, "predictions": {other: 50}}
        return Reply(tool_calls=(("guess", json.dumps(given)),))

    return answer


def test_bots_and_a_chat_model_play_holdem_and_the_seed_decides_all(
    here: Path, capsys: Capture
) -> None:
    agents = ("random", "cfr", "tight-aggressive", "chat:openai:test-model")
    with OpenAIServer(likes_aces) as server:
        asked = (*agents, "--game", "holdem", "--hands", 3, "--sessions", 1)
        given = (*asked, "--seed", 5, "--base-url", server.base_url)
        one, two = (tournament(capsys, *given, "--out", out) for out in ("one", "two"))
        asked_of_model = len(server.requests)
    assert asked_of_model > 2 * 3 * 2 * 3  # a decision a hand, and more
    assert trajectories(here / "one") == trajectories(here / "two")
    assert len(trajectories(here / "one")) == 6 * 2
    assert one["ratings"] == two["ratings"]
    assert one["cross_table"] == two["cross_table"]
    for cell in one["cross_table"]["cells"]:
        assert (cell["matches"], cell["parts"]) == (1, 2 * 3)
        assert (cell["missing"], cell["cut"]) == (0, 0)
    assert sum(r["results"] for r in one["ratings"]) == 2 * 6
    for out in ("one", "two"):
        code, told, _ = call(capsys, "verify", out)
        assert (code, "12 episodes, all intact" in told) == (0, True)


def test_both_seats_play_the_same_cards(here: Path, capsys: Capture) -> None:
    tournament(
        capsys,
        *("random", "always-call", "--game", "leduc", "--hands", 9, "--out", "run"),
    )
    first, second = (
        RunFolder(here / "run").trajectory(episode).evidence["parts"]
        for episode in sorted(RunFolder(here / "run").manifest.episodes)
    )
    assert [part["cards"] for part in first] == [part["cards"] for part in second]


def test_the_tables_rank_and_show_who_beat_whom(capsys: Capture) -> None:
    """At two players the lower number wins, so a higher level beats a lower one."""
    names = ("level-1", "level-2", "level-4")
    code, out, _ = call(
        capsys, "tournament", *names, *SMALL, "--sessions", 4, "--out", "run"
    )
    lines = out.splitlines()
    assert code == 0
    ranked = [line.split()[:2] for line in lines if line[:2].strip().isdigit()]
    places = [["1", "level-4"], ["2", "level-2"], ["3", "level-1"]]
    assert ranked == places * 2
    assert "points a part (hand, round), row against column" in out
    assert "digest: " in out


def test_the_same_command_plays_only_what_is_missing(
    here: Path, capsys: Capture
) -> None:
    for system, folder in (("round-robin", here / "run"), ("swiss", here / "swiss")):
        asked = (*LEVELS, *SMALL, "--system", system, "--out", folder)
        first = tournament(capsys, *asked)
        before = trajectories(folder)
        gone = sorted(folder.rglob("episodes/*.jsonl"))[::3]
        for path in gone:
            path.unlink()
        again = tournament(capsys, *asked)
        assert (again["played"], again["already"]) == (
            len(gone),
            first["played"] - len(gone),
        )
        assert before == trajectories(folder)
        assert first["ratings"] == again["ratings"]


def test_swiss_plays_rounds_that_are_runs_and_more_of_them_when_asked(
    here: Path, capsys: Capture
) -> None:
    asked = (*LEVELS, *SMALL, "--system", "swiss", "--seed", 2)
    short = tournament(capsys, *asked, "--rounds", 2, "--out", "swiss")
    longer = tournament(capsys, *asked, "--rounds", 4, "--out", "swiss")
    whole = tournament(capsys, *asked, "--rounds", 4, "--out", "whole")
    assert [run["path"] for run in short["runs"]] == ["swiss/round-1", "swiss/round-2"]
    assert (longer["already"], longer["played"]) == (8, 8)
    assert trajectories(here / "swiss") == trajectories(here / "whole")
    assert longer["standing"] == whole["standing"]
    met = [
        frozenset(agent.label for agent in spec.seats.values())
        for run in longer["runs"]
        for spec in RunFolder(here / run["path"]).manifest.plan.episodes()
    ]
    assert {met.count(pair) for pair in met} == {2}  # both seats of one session
    assert sum(points for _, points in longer["standing"]) == 4 * 3  # with the byes
    worlds = {
        spec.seed
        for run in longer["runs"]
        for spec in RunFolder(here / run["path"]).manifest.plan.episodes()
    }
    assert len(worlds) == 4
    assert call(capsys, "verify", "swiss/round-4")[0] == 0
    code, _, complaint = call(capsys, "verify", "swiss")
    assert code == 2
    assert "name a round, as swiss/round-1" in complaint
    assert call(capsys, "report", "swiss/round-1", "swiss/round-2")[0] == 0


def test_pairs_of_a_round_that_has_begun_stay_when_results_before_it_change(
    here: Path, capsys: Capture
) -> None:
    """A model that was out of order in round 1 plays it later, and wins it then."""
    asked = ("level-2", "level-3", "level-4", "chat:openai:m", *SMALL)
    swiss = ("--system", "swiss", "--rounds", 2, "--out", "swiss", "--max-concurrency")
    broken: list[int] = []

    def answer(body: Mapping[str, Any]) -> Reply:
        if broken:
            return Reply("out of order", status=400)
        return guesses(0)(body)

    with OpenAIServer(answer) as server:
        given = (*asked, "--base-url", server.base_url, *swiss, 1)
        broken.append(1)
        code, out, err = call(capsys, "tournament", *given)
        assert (code, "out of order" in out + err) == (1, True)
        before = [
            RunFolder(here / "swiss" / f"round-{n}").manifest.plan for n in (1, 2)
        ]
        broken.clear()
        told = tournament(capsys, *given)
    after = [RunFolder(here / "swiss" / f"round-{n}").manifest.plan for n in (1, 2)]
    assert before == after
    assert told["played"] == 4  # two rounds of the model's sessions, in both seats
    assert dict(told["standing"])["chat:openai:m"] == 2


def test_a_model_that_fails_is_missing_data_and_the_others_are_rated(
    capsys: Capture,
) -> None:
    with OpenAIServer(lambda body: Reply("no", status=400)) as server:
        code, out, _ = call(
            capsys,
            *("tournament", "level-1", "level-3", "chat:openai:m", *SMALL, "--json"),
            *("--base-url", server.base_url, "--out", "run"),
        )
    told = json.loads(out)
    rated = {r["player"]: r["results"] for r in told["ratings"]}
    assert code == 1
    assert rated == {"level-3": 1, "level-1": 1, "chat:openai:m": 0}
    cells = {(c["row"], c["column"]): c for c in told["cross_table"]["cells"]}
    assert cells["level-1", "chat:openai:m"]["missing"] == 1
    assert cells["level-1", "chat:openai:m"]["estimate"]["value"] is None


def test_two_models_have_a_server_each(capsys: Capture) -> None:
    with OpenAIServer(guesses(0)) as low, OpenAIServer(guesses(90)) as high:
        told = tournament(
            capsys,
            *("chat:openai:a", "chat:openai:b", *SMALL, "--out", "run"),
            *("--base-url", low.base_url),
            *("--agent-option", f"base_url@chat:openai:b={high.base_url}"),
        )
        assert {r.body["model"] for r in low.requests} == {"a"}
        assert {r.body["model"] for r in high.requests} == {"b"}
    assert [r["player"] for r in told["ratings"]] == ["chat:openai:a", "chat:openai:b"]


@pytest.mark.parametrize(
    ("others", "listed"),
    [((), True), (("chat:openai:b",), False)],
    ids=["one-model", "two-models"],
)
def test_nobody_is_told_that_a_model_is_a_player_of_known_policy(
    capsys: Capture, others: tuple[str, ...], listed: bool
) -> None:
    with OpenAIServer(likes_aces) as server:
        told = tournament(
            capsys,
            *("random", "chat:openai:a", *others, "--game", "kuhn", "--hands", 2),
            *("--base-url", server.base_url, "--out", "run"),
        )
    assert {1} == {cell["matches"] for cell in told["cross_table"]["cells"]}
    sent = [json.dumps(request.body) for request in server.requests]
    for text in ("is one of these players", "opponent_type"):
        assert {listed} == {text in body for body in sent}
    assert {True} == {"opponent_next" in body for body in sent}


ROBIN = ("level-1", "level-2", *SMALL)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("cfr", "--game", "holdem"), "needs two agents or more, given cfr"),
        (
            ("random", "cfr", "random", "--game", "holdem"),
            "agent 'random' is there 2 times; a tournament tells agents apart by name",
        ),
        (
            ("random", "level-1", "--game", "games/number-guessing-four"),
            "games/number-guessing-four has 4 seats; a tournament is for two",
        ),
        (
            ("random", "level-1", "--game", "blackjack"),
            "games/blackjack has 1 seat; a tournament is for two",
        ),
        (("random", "level-1", "--game", "holdm"), "did you mean 'holdem'?"),
        (("random", "cfrr", "--game", "holdem"), "did you mean 'cfr'?"),
        (("random", "level-1", "--game", "./nowhere"), "no such file or folder"),
        (
            ("random", "cfr", *SMALL),
            "agent 'cfr' cannot play games/number-guessing: random v cfr: ",
        ),
        (
            (*ROBIN, "basic-strategy", "--system", "swiss"),
            "agent 'basic-strategy' cannot play",
        ),
        (
            (*ROBIN, "--hands", "5"),
            "games/number-guessing has no hands; its parameters",
        ),
        (("random", "cfr", "--game", "holdem", "--hands", "5001"), "hands: "),
        ((*ROBIN, "--rounds", "2"), "only a Swiss tournament has rounds"),
        ((*ROBIN, "--sessions", "0"), "0 is not in the range x>=1"),
        ((*ROBIN, "--system", "knockout"), "is not one of 'round-robin', 'swiss'"),
        (("random", "chat", *SMALL), "agent 'chat' needs a model"),
        ((*ROBIN, "--model", "openai:m"), "name one that does, as chat"),
        ((*ROBIN, "--out", "x" * 5000), "File name too long"),
        ((*ROBIN, "--system", "swiss", "--out", "x" * 5000), "File name too long"),
        (
            (*ROBIN, "--agent-option", "seed@level-3=1"),
            "unknown agent after @ 'level-3': did you mean",
        ),
        (
            (*ROBIN, "chat:openai:m", "--agent-option", "base_url@level-1=x"),
            "unknown agent option 'base_url'",
        ),
        (
            (*ROBIN, "chat:openai:m", "--price", "1,2@chat:openai:n"),
            "unknown agent after @ 'chat:openai:n': did you mean 'chat:openai:m'?",
        ),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_played(
    here: Path, capsys: Capture, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = call(capsys, "tournament", "--out", "run", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
    assert os.listdir(here) == []


def test_a_folder_of_another_tournament_is_refused(here: Path, capsys: Capture) -> None:
    tournament(capsys, *LEVELS, *SMALL, "--out", "robin")
    swiss = (*SMALL, "--system", "swiss", "--rounds", 2, "--out", "swiss")
    tournament(capsys, *LEVELS, *swiss)
    before = trajectories(here)
    for arguments, said in (
        ((*LEVELS[1:], *SMALL, "--out", "robin"), "robin holds another run: "),
        ((*LEVELS, *SMALL, "--seed", 1, "--out", "robin"), "they differ in seed"),
        ((*LEVELS, *swiss[:-1], "robin"), "robin holds another run"),
        ((*LEVELS, *SMALL, "--out", "swiss"), "swiss holds a Swiss tournament"),
        ((*LEVELS[1:], *swiss), "swiss/round-1 holds another run: "),
        ((*LEVELS[:-1], "cfr", *swiss), "cannot play"),
        ((*LEVELS, *swiss, "--rounds", 1), "swiss holds 2 rounds, 1 asked for"),
        ((*LEVELS, *swiss[:-1], "."), "not empty and no tournament of ours"),
    ):
        code, _, err = call(capsys, "tournament", *arguments)
        assert (code, err.count("\narena: ") + err.startswith("arena: ")) == (2, 1)
        assert said in err
    assert before == trajectories(here)


def test_a_longer_session_may_take_more_turns(here: Path, capsys: Capture) -> None:
    limits: list[int] = []
    for hands in (1, 200):
        out = here / f"hands-{hands}"
        agents = ("random", "always-call")
        tournament(capsys, *agents, "--game", "kuhn", "--hands", hands, "--out", out)
        plan = RunFolder(out).manifest.plan
        limits.append(plan.scenarios[0].limits.turns)
        assert plan.scenarios[0].ref.parameters["hands"] == hands
    assert limits[1] > limits[0]
