"""Plug-ins by name: what is known, what is near, what is missing."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import pytest

from arena.agent import AgentSpec
from arena.env import Env
from arena.errors import UnknownName, UserError
from arena.registry import (
    Kind,
    environment_class,
    load,
    make_agent,
    make_env,
    names,
    target,
)

KINDS: list[Kind] = ["environments", "agents", "models", "scorers", "scenarios"]
CHAT_AGENTS = ["chat", "delegate", "react", "simple"]
PROVIDERS = {
    name: target("models", name).partition(":")[0].partition(".")[0]
    for name in names("models")
}
MISSING = [name for name, package in PROVIDERS.items() if find_spec(package) is None]


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_the_entry_points_in_order(kind: Kind) -> None:
    expected = sorted(entry.name for entry in entry_points(group=f"arena.{kind}"))
    assert names(kind) == expected
    assert expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind in KINDS if kind != "models" for name in names(kind)],
)
def test_everything_registered_loads(kind: Kind, name: str) -> None:
    assert load(kind, name) is load(kind, name)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (
            "environments",
            "Blackjak-v1",
            "unknown environment 'Blackjak-v1': did you mean 'Blackjack-v1'?",
        ),
        ("agents", "radnom", "unknown agent 'radnom': did you mean 'random'?"),
        ("models", "opena", "unknown model provider 'opena': did you mean 'openai'?"),
        ("scorers", "payof", "unknown scorer 'payof': did you mean 'payoff'?"),
        ("scenarios", "aren", "unknown scenario package 'aren': did you mean 'arena'?"),
    ],
    ids=KINDS,
)
def test_an_unknown_name_is_answered_with_the_nearest(
    kind: Kind, name: str, message: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        load(kind, name)
    assert str(caught.value) == message


def test_an_unknown_name_that_is_near_to_none_is_answered_with_all() -> None:
    with pytest.raises(UnknownName, match=", ".join(names("environments"))):
        load("environments", "zzz")


def test_an_unknown_name_where_there_is_none_says_so() -> None:
    with pytest.raises(UnknownName, match="there is no flavour here"):
        raise UnknownName("flavour", "vanilla", [])


@pytest.mark.parametrize("name", ["Blackjack-v1", "arena/Blackjack-v1"])
def test_an_environment_is_known_with_and_without_its_prefix(name: str) -> None:
    made = make_env(name, {"deck": "single"})
    assert isinstance(made, Env)
    assert type(made) is environment_class(name)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"dek": "single"}, "did you mean 'deck'?"),
        ({"deck": "double"}, "given 'double'"),
        ({"beliefs": 1}, "beliefs: should be a valid boolean, given 1"),
    ],
    ids=["unknown", "not-among-the-choices", "another-type"],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        make_env("Blackjack-v1", parameters)
    assert message in str(caught.value)
    assert "'Blackjack-v1'" in str(caught.value)


def spec(name: str, model: str | None = None, **options: Any) -> AgentSpec:
    return AgentSpec(name=name, model=model, options=options)


@pytest.mark.parametrize("name", CHAT_AGENTS)
def test_an_agent_that_needs_a_model_says_so_and_names_the_providers(name: str) -> None:
    with pytest.raises(UserError) as caught:
        make_agent(spec(name))
    message = str(caught.value)
    assert f"agent {name!r} needs a model: --model provider:name" in message
    assert ", ".join(names("models")) in message


@pytest.mark.parametrize("name", sorted({*names("agents")} - {*CHAT_AGENTS}))
def test_an_agent_without_a_model_takes_none(name: str) -> None:
    with pytest.raises(
        UserError, match=f"agent '{name}' takes no model, but 'openai:x"
    ):
        make_agent(spec(name, "openai:x"))


@pytest.mark.parametrize("name", CHAT_AGENTS)
def test_an_agent_with_a_model_is_made(name: str) -> None:
    made = make_agent(
        spec(name, "scripted:x", model_options={"replies": ["Hello."]}, temperature=0)
    )
    assert callable(made.act)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (spec("chat", "scripted"), "write provider:name"),
        (spec("chat", "scripted:"), "write provider:name"),
        (spec("chat", "opena:x"), "unknown model provider 'opena': did you mean"),
        (spec("radnom"), "did you mean 'random'?"),
        (spec("random", sped=1), "sped: is not an argument here"),
        (spec("scripted"), "actions: is missing"),
        (spec("scripted", actions=[]), "actions: List should have at least 1 item"),
        (spec("scripted", actions=[{"name": "hit"}]), "actions.0.args: is missing"),
        (spec("chat", "scripted:x", temprature=0), "did you mean 'temperature'?"),
        (spec("chat", "scripted:x", attempts="6"), "attempts: should be a valid int"),
        (spec("chat", "scripted:x", attempts=0), "attempts: should be greater"),
        (spec("chat", "scripted:x"), "model 'scripted:x' cannot be opened"),
        (spec("chat", "openai:x", base_url=5), "base_url"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.label,
)
def test_a_wrong_agent_is_named_on_one_line(wrong: AgentSpec, message: str) -> None:
    with pytest.raises(UserError) as caught:
        make_agent(wrong)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", MISSING)
def test_a_provider_whose_package_is_missing_gives_the_command_to_install(
    name: str,
) -> None:
    with pytest.raises(UserError) as caught:
        make_agent(spec("chat", f"{name}:x"))
    package = PROVIDERS[name]
    assert f"{name!r} needs the package {package!r}" in str(caught.value)
    assert str(caught.value).endswith(f"pip install 'arena-evals[{name}]'")


def test_every_provider_from_elsewhere_has_an_extra_of_its_name() -> None:
    from importlib.metadata import metadata

    extras = cast(list[str], metadata("arena-evals").get_all("Provides-Extra"))
    elsewhere = {name for name, package in PROVIDERS.items() if package != "arena"}
    assert elsewhere <= set(extras)


@pytest.mark.parametrize(
    "option",
    [
        "api_key",
        "openai_api_key",
        "API_KEY",
        "apiKey",
        "access_token",
        "client_secret",
        "password",
        "credentials",
    ],
)
def test_a_model_option_that_looks_like_a_secret_is_refused(option: str) -> None:
    options: dict[str, object] = {"replies": ["Hello."], option: "not-a-key"}
    with pytest.raises(UserError) as caught:
        make_agent(spec("chat", "scripted:x", model_options=options))
    assert f"model option {option!r} looks like a secret" in str(caught.value)
    assert "not-a-key" not in str(caught.value)


def test_a_secret_inside_a_model_option_is_refused() -> None:
    headers = {"Authorization": "Bearer not-a-key"}
    options: dict[str, object] = {"replies": ["Hello."], "default_headers": headers}
    with pytest.raises(UserError, match="looks like a secret") as caught:
        make_agent(spec("chat", "scripted:x", model_options=options))
    assert "not-a-key" not in str(caught.value)


@pytest.mark.parametrize("option", ["max_tokens", "max_completion_tokens"])
def test_a_model_option_that_only_counts_tokens_is_passed_on(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    made = make_agent(spec("chat", "openai:x", model_options={option: 1}))
    assert callable(made.act)


def test_a_missing_key_is_named_and_not_asked_for_of_a_server_of_ones_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match="OPENAI_API_KEY"):
        make_agent(spec("chat", "openai:x"))
    assert make_agent(spec("chat", "openai:x", base_url="http://localhost:1/v1"))


@pytest.mark.parametrize("value", ["arena.agents.cards:Shark", "no_such.thing:Agent"])
def test_a_plug_in_that_is_not_where_it_was_registered_is_named(
    tmp_path: Path, value: str
) -> None:
    info = tmp_path / "sharks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: sharks\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(f"[arena.agents]\nshark = {value}\n")
    arena = Path(sys.executable).parent / "arena"
    done = subprocess.run(
        [arena, "list", "agents"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 2 == done.returncode
    assert f"agent 'shark' is registered as {value}, but" in done.stderr
    assert 1 == done.stderr.count("\n")
