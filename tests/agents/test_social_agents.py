"""Agents that answer social items by a rule: of the very item that is asked."""

import re
from typing import Any, cast

import pytest

from arena.agent import AgentSpec
from arena.env import Env, View
from arena.registry import environment_class, make_agent, make_env

LIVED: list[dict[str, Any]] = [
    {"generator": "beliefs"},
    {"generator": "beliefs", "knobs": {"orders": [2, 3], "words": "invented"}},
    {"generator": "beliefs", "knobs": {"questions": ["belief"]}},
    {"generator": "talk"},
    {"generator": "relations"},
]


def call(name: str, **args: Any) -> Any:
    return {"name": name, "args": args, "id": None}


def lived(parameters: dict[str, Any], sample: int, *acts: Any) -> tuple[Env, View]:
    """Return an environment and its view where the question of a life is asked."""
    env = make_env("Social-v1", parameters | {"mode": "lived"})
    _, info = env.reset(seed=3, options={"sample": sample})
    for act in acts:
        env.step(act)
    while "answer" not in info["view"]["legal"]:
        *_, info = env.step(call("wait"))
    return env, info["view"]


def picks(view: View) -> dict[str, int]:
    return cast(Any, environment_class("Social-v1")).picks(view)


def asked(view: View) -> dict[str, str]:
    options = cast(list[str], view["options"])
    return {rule: options[index] for rule, index in picks(view).items()}


@pytest.mark.parametrize("parameters", LIVED)
def test_rules_answer_the_item_that_was_lived_and_oracle_is_right(
    parameters: dict[str, Any],
) -> None:
    for sample in range(8):
        env, view = lived(parameters, sample)
        answers = picks(view)
        right = answers.pop("oracle")
        option = "ABCDE"[right]
        assert env.step(call("answer", option=option, confidence=1.0))[1] == 1.0
        assert env.evidence()["blind"] == answers


def test_rules_answer_what_became_of_the_world_by_acting() -> None:
    parameters = {"generator": "talk", "acts": ["say"]}
    changed = 0
    for sample in range(30):
        _, untouched = lived(parameters, sample)
        about = re.search(r"that (\w+) thinks", cast(str, untouched["question"]))
        if about is None:  # it is about what "you" think, which no word of yours moves
            continue
        before = asked(untouched)["oracle"]
        for option in cast(list[str], untouched["options"]):
            container = option.removeprefix("in the ")
            lie = call("say", person=about[1], container=container)
            env, view = lived(parameters, sample, lie)
            if asked(view)["oracle"] != before:
                assert option == asked(view)["oracle"]  # what was said is believed
                changed += 1
            right = "ABCDE"[picks(view)["oracle"]]
            assert env.step(call("answer", option=right, confidence=1.0))[1] == 1.0
    assert changed


def test_a_rule_that_no_item_has_is_refused_with_those_that_there_are() -> None:
    blind = make_agent(AgentSpec(name="blind", options={"rule": "longst"}))
    reason = cast(Any, blind).refuses("arena/Social-v1", {"generator": "relations"})
    assert reason.startswith("no rule is called 'longst'; there are: ")
    assert {"longest", "initial", "collapse-first"} <= set(
        re.findall(r"[\w-]+", reason)
    )


def test_a_rule_of_other_items_is_none_to_refuse() -> None:
    # It guesses where it has no answer, so that it can play a whole suite.
    blind = make_agent(AgentSpec(name="blind", options={"rule": "collapse-first"}))
    assert (
        cast(Any, blind).refuses("arena/Social-v1", {"generator": "relations"}) is None
    )
