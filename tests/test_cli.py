"""The command line as a user meets it: what it prints, and its exit codes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.__main__ import main
from arena.run_folder import RunFolder

Answer = tuple[int, str, str]
Arena = Callable[..., Answer]


@pytest.fixture
def arena(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Arena:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["arena", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
        told = capsys.readouterr()
        code = stopped.value.code
        assert isinstance(code, int)
        return code, told.out, told.err

    return run


def test_help_imports_neither_numpy_nor_langchain() -> None:
    code = (
        "import sys; sys.argv = ['arena', '--help']\n"
        "from arena.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'langchain_core', 'gymnasium', 'pydantic', 'rich'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-P", "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Measure what language-model agents can do" in told
    assert "heavy: []" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "unknown command 'rnu': did you mean 'run'?"),
        (["run", "quickstrat"], "'quickstrat': did you mean 'quickstart'?"),
        (["run", "blackjack", "--agent", "random"], "did you mean 'games/blackjack'?"),
        (["run", "./nowhere"], "./nowhere: no such file or folder"),
        (["run", "."], ".: no scenario.toml and no task.toml in this folder"),
        (["run", "games/blackjack"], "name an agent, as in --agent random"),
        (["run", "games/blackjack", "--agent", "rendom"], "did you mean 'random'?"),
        (["run", "games/blackjack", "--agnet", "random"], "--agent"),
        (
            ["run", "games/blackjack", "--agent", "level-3"],
            "'level-3' cannot play games/blackjack: it plays arena/NumberGuessing-v1",
        ),
        (
            ["run", "games/blackjack", "--agent", "oracle"],
            "'oracle' cannot play games/blackjack: it plays shell tasks and social",
        ),
        (["run", "games/blackjack", "--agent", "chat"], "agent 'chat' needs a model"),
        (
            ["run", "games/blackjack", "--agent", "chat", "--model", "gpt-5"],
            "model 'gpt-5': write provider:name",
        ),
        (
            ["run", "games/blackjack", "--agent", "chat", "--model", "opnai:x"],
            "unknown model provider 'opnai': did you mean 'openai'?",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--model", "openai:x"],
            "no agent here takes one; name one that does, as chat",
        ),
        (
            [
                "run",
                "games/number-guessing",
                "--agent",
                "random",
                "--seat",
                "player2=random",
            ],
            "unknown seat 'player2': did you mean 'player-2'?",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--seat", "random"],
            "--seat 'random': write NAME=VALUE",
        ),
        (
            [
                "run",
                "games/blackjack",
                "--agent",
                "scripted",
                "--agent-option",
                "action=1",
            ],
            "unknown agent option 'action': did you mean 'actions'?",
        ),
        (
            [
                "run",
                "games/blackjack",
                "--agent",
                "scripted",
                "--agent-option",
                "actions=1",
            ],
            "agent 'scripted': actions: should be a valid list, given 1 "
            "(options: --agent-option NAME=VALUE)",
        ),
        (
            [
                "run",
                "games/blackjack",
                "--agent",
                "chat:scripted:x",
                "--model-option",
                "api_key=secret",
            ],
            "'api_key' looks like a secret",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--limit", "turn=3"],
            "unknown limit 'turn': did you mean 'turns'?",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--limit", "turns=0"],
            "--limit turns: Input should be greater than or equal to 1",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--confidence", "1.5"],
            "1.5 is not in the range 0<x<1",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--agent", "random"],
            "agent 'random' is there 2 times; name it once",
        ),
        (["run", "games/blackjack", "--epochs", "0"], "0 is not in the range x>=1"),
        (["run", "/dev/zero", "--agent", "random"], "/dev/zero: not a file of text"),
        (
            [
                "run",
                "games/blackjack",
                "--agent",
                "scripted",
                "--agent-option",
                'actions=[{"name":"\\ud800","args":{}}]',
            ],
            "--agent-option actions: not text that can be recorded",
        ),
        (
            ["run", "games/blackjack", "--agent", "random", "--sandbox", "docker"],
            "--sandbox docker: no scenario here runs commands",
        ),
        (
            ["run", "ara-basic", "--agent", "null", "--sandbox", "bublewrap"],
            "unknown sandbox 'bublewrap': did you mean 'bubblewrap'?",
        ),
        (["lint", "ara/find-the-pasphrase"], "did you mean 'ara/find-the-passphrase'?"),
        (["import", "mter", "here", "-o", "there"], "did you mean 'metr'?"),
        (["show", "nowhere"], "nowhere: no run here (it has no run.json)"),
        (["show", "x" * 5000], "File name too long"),
        (["run", "x" * 5000, "--agent", "random"], "File name too long"),
        (["verify", "nowhere"], "nowhere: no run here"),
        (["list", "agnets"], "'agnets' is not one of"),
        (["check", "quickstrat"], "did you mean 'quickstart'?"),
    ],
    ids=str,
)
def test_what_the_user_must_change_is_one_line_and_exit_2(
    arena: Arena, arguments: list[str], said: str, tmp_path: Path
) -> None:
    code, out, err = arena(*arguments)
    assert (2, "") == (code, out)
    assert 1 == err.count("\n")
    assert err.startswith("arena: ")
    assert said in err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["empty", "empty/"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_of_a_folder_that_is_no_scenario_both_files_are_named(
    arena: Arena, command: str, name: str
) -> None:
    Path("empty").mkdir()
    said = f"arena: {name}: no scenario.toml and no task.toml in this folder\n"
    assert (2, "", said) == arena(command, name)


def test_a_run_prints_its_table_its_folder_and_its_digest(arena: Arena) -> None:
    options = ("--agent", "random", "--epochs", "2", "--out", "run")
    code, out, err = arena("run", "games/blackjack", *options)
    digest = RunFolder(Path("run")).manifest.digest
    assert 0 == code
    assert "2 episodes, 0 of them there already" in err
    for word in ("scenario", "agent", "95 % interval", "episodes", "errors"):
        assert word in out
    assert "run: run\n" in out
    assert f"digest: {digest}\n" in out
    code, out, _ = arena("run", "games/blackjack", *options)
    assert "played 0, there already 2" in out
    assert 0 == code


def test_json_is_for_programs(arena: Arena) -> None:
    options = ("--agent", "random", "--epochs", "3", "--out", "run", "--json")
    _, out, _ = arena("run", "games/blackjack", *options)
    told = json.loads(out)
    rows = {row["scorer"]: row for row in told["rows"]}
    assert 3 == rows["payoff"]["estimate"]["n"]
    assert 3 == told["played"]
    _, out, _ = arena("score", "run", "--json")
    assert told["rows"] == json.loads(out)["rows"]
    _, out, _ = arena("show", "run", "--json")
    assert told["rows"] == json.loads(out)["rows"]


def test_a_run_without_out_gets_a_folder_of_its_own(arena: Arena) -> None:
    code, _, _ = arena("run", "games/blackjack", "--agent", "random")
    (run,) = Path("runs").iterdir()
    assert 0 == code
    assert "games-blackjack" in run.name


def test_verify_says_which_line_of_which_file_and_exits_2(arena: Arena) -> None:
    arena("run", "games/blackjack", "--agent", "random", "--out", "run")
    code, out, _ = arena("verify", "run")
    assert 0 == code
    assert "1 episodes, all intact" in out
    (episode,) = Path("run/episodes").iterdir()
    episode.write_bytes(episode.read_bytes().replace(b'"seat":', b'"saet":', 1))
    code, out, _ = arena("verify", "run")
    assert 2 == code
    assert f"{episode}, line 2: changed" in out
    code, out, _ = arena("verify", "run", "--json")
    assert [2] == [problem["line"] for problem in json.loads(out)["problems"]]


def test_show_tells_a_run_and_an_episode(arena: Arena) -> None:
    options = ("--agent", "basic-strategy", "--seed", "3", "--out", "run")
    arena("run", "games/blackjack", *options)
    code, out, _ = arena("show", "run")
    assert 0 == code
    assert "optimal-moves" in out
    assert "1 of 1 episodes played" in out
    (episode,) = (path.stem for path in Path("run/episodes").iterdir())
    code, by_name, _ = arena("show", f"run/{episode}")
    _, by_file, _ = arena("show", f"run/episodes/{episode}.jsonl")
    assert 0 == code
    assert by_name == by_file
    assert "player sees: Your cards:" in by_name
    assert "end: completed" in by_name
    assert "optimal-moves: 1" in by_name
    code, _, err = arena("show", f"run/{episode[:-1]}9")
    assert 2 == code
    assert f"did you mean '{episode}'?" in err


def test_what_an_agent_wrote_cannot_act_on_the_terminal(arena: Arena) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\u202egnp\x9b31m\r\x00"
    replies = json.dumps([hostile, [{"name": hostile, "args": {hostile: hostile}}]])
    options = ("--agent", "chat:scripted:x", "--out", "run")
    code, out, err = arena(
        "run", "games/blackjack", *options, "--model-option", f"replies={replies}"
    )
    (episode,) = (path.stem for path in Path("run/episodes").iterdir())
    told = out + err + "".join(arena("show", f"run/{episode}")[1:])
    assert "\\x1b]0;owned" in told
    assert not set(told) & set("\x1b\x07\x9b\r\x00\u202e")
    assert 0 == code


def test_errors_of_the_infrastructure_exit_1_and_say_how_to_go_on(
    arena: Arena, tmp_path: Path
) -> None:
    Path("s.toml").write_text(
        'description = "Breaks."\nenvironment = "broken:Fragile"\n'
        '[parameters]\nbreaks = "step"\n[[scorers]]\nname = "completed"\n'
    )
    code, out, _ = arena("run", "s.toml", "--agent", "random", "--out", "run")
    assert 1 == code
    assert "1 failed: environment: RuntimeError: broken at step" in out
    assert "the same command plays them again" in out


def test_an_agent_that_breaks_is_not_said_to_go_away(arena: Arena) -> None:
    Path("s.toml").write_text(
        'description = "Is a game that it does not know."\n'
        'environment = "broken:Fragile"\n[[scorers]]\nname = "completed"\n'
    )
    code, out, _ = arena("run", "s.toml", "--agent", "null", "--out", "run")
    assert 1 == code
    assert "1 failed: agent: " in out
    assert "Failed episodes are missing data.\n" in out


def test_list_names_everything(arena: Arena) -> None:
    code, out, _ = arena("list")
    assert 0 == code
    for name in ("games/blackjack", "quickstart", "arena/Blackjack-v1", "level-4"):
        assert name in out
    _, out, _ = arena("list", "agents", "--json")
    assert "base_url" in json.loads(out)["agents"]["chat"]
    _, out, _ = arena("list", "sandboxes")
    assert "bubblewrap" in out
    assert "docker" in out


def test_check_plays_and_says_ok(arena: Arena) -> None:
    code, out, _ = arena("check", "games/blackjack", "games/number-series")
    assert 0 == code
    assert "games/blackjack: ok\ngames/number-series: ok\n" == out


def test_an_optional_scenario_is_left_out_where_it_cannot_be_had(arena: Arena) -> None:
    Path("mine/environment").mkdir(parents=True)
    Path("mine/task.toml").write_text('schema_version = "1.4"\n[environment]\n')
    Path("mine/instruction.md").write_text("Do it.")
    Path("mine/environment/Dockerfile").write_text("FROM arena/base\n")
    Path("mine/tests").mkdir()
    Path("mine/tests/test.sh").write_text("echo 1 > /logs/verifier/reward.txt\n")
    suite = (
        'description = "Two."\n[[scenarios]]\nname = "ara/find-the-passphrase"\n'
        '[[scenarios]]\nname = "./mine"\n'
    )
    Path("s.toml").write_text(suite)
    options = ("--agent", "null", "--sandbox", "bubblewrap", "--out", "run")
    code, _, err = arena("run", "s.toml", *options)
    assert 2 == code
    assert "in bubblewrap: it allows only docker" in err
    assert not Path("run").exists()
    Path("s.toml").write_text(f"{suite}optional = true\n")
    code, out, _ = arena("run", "s.toml", *options)
    assert 0 == code
    assert "left out mine: " in out
    assert "it allows only docker" in out


def test_check_names_a_scenario_that_does_not_repeat(arena: Arena) -> None:
    Path("s.toml").write_text(
        'description = "Breaks."\nenvironment = "broken:Fragile"\n'
        '[parameters]\nbreaks = "evidence"\n[[scorers]]\nname = "completed"\n'
    )
    code, out, _ = arena("check", "s.toml")
    assert 2 == code
    assert "broken at evidence" in out


def test_doctor_names_keys_and_never_shows_them(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-mine-0123456789")
    code, out, _ = arena("doctor")
    assert 0 == code
    assert "OPENAI_API_KEY is set" in out
    assert "sk-of-mine" not in out
    assert "pip install 'arena-evals[mistral]'" in out
    _, out, _ = arena("doctor", "--json")
    states = {finding["name"]: finding["state"] for finding in json.loads(out)}
    assert {"ok"} == {states[n] for n in ("python", "environments", "scenarios")}


@pytest.mark.slow
def test_optimal_blackjack_earns_its_exact_value(arena: Arena) -> None:
    """The exact value of the rules is -0.046556; see tests/data/SOURCES.md."""
    options = ("--epochs", "2000", "--seed", "1", "--out", "B", "--json")
    confidence = ("--confidence", "0.99")
    command = ("run", "games/blackjack", "--agent", "basic-strategy")
    code, out, _ = arena(*command, *options, *confidence)
    rows = {row["scorer"]: row["estimate"] for row in json.loads(out)["rows"]}
    assert 0 == code
    assert rows["payoff"]["low"] < -0.046556 < rows["payoff"]["high"]
    assert 1.0 == rows["optimal-moves"]["value"]
    assert 2000 == rows["payoff"]["n"]
