"""docs/games.md says what is shipped."""

import re
from pathlib import Path
from typing import Any, cast

import pytest

from arena.intervals import Estimate
from arena.registry import environment_class, names
from arena.scenario import find_scenarios, find_suites

PAGE = (Path(__file__).parent.parent / "docs" / "games.md").read_text()


def told(estimate: Estimate) -> str:
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return f"{estimate.value:.0f} ± {(estimate.high - estimate.low) / 2:.0f}"


def test_the_ladder_is_as_measured_the_easiest_opponent_first() -> None:
    holdem = cast(Any, environment_class("LimitHoldem-v1"))
    players = [n for n in holdem.policies if not n.endswith("-observer")]
    strengths = {name: holdem.strength(name) for name in players}
    order = sorted(players, key=lambda name: -strengths[name].cfr_wins.value)
    lines = [
        f"| `{name}` | {'–' if name == 'cfr' else told(strengths[name].cfr_wins)} "
        f"| {told(strengths[name].best_response_wins)} |"
        for name in order
    ]
    measured = "\n".join(lines)
    assert measured in PAGE, f"docs/games.md should say:\n{measured}"


@pytest.mark.parametrize("name", re.findall(r"`(games/[a-z-]+)`", PAGE))
def test_every_scenario_is_there(name: str) -> None:
    assert name in find_scenarios()


def test_a_scenario_is_run_with_an_agent_as_only_suites_name_some() -> None:
    runs = re.findall(r"^arena run (\S+/\S+)(.*)", PAGE, re.M)
    assert runs
    for scenario, rest in runs:
        assert "--agent" in rest, f"{scenario} has nobody to play"


def test_what_is_run_and_scored_on_the_page_is_there() -> None:
    asked = set(re.findall(r"arena run ([a-z/-]+)", PAGE))
    assert asked <= find_scenarios().keys() | find_suites().keys()
    scored = set(
        re.findall(r"^\| `([a-z-]+)`(?:, `([a-z-]+)`)? \|.*\|.*\|$", PAGE, re.M)
    )
    known = {name for pair in scored for name in pair if name} - set(names("agents"))
    assert {"regret", "parts-to-recover"} <= known <= set(names("scorers"))
