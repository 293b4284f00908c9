"""Players of poker: each is the policy of its name in the environment, and no more."""

from collections import Counter
from typing import Any

import anyio
import numpy as np
import pytest

from arena.agent import AgentSpec
from arena.env import Env
from arena.errors import UserError
from arena.planning import make_plan
from arena.registry import environment_class, make_agent, make_env, names, target
from arena.scenario import load_suite

GAMES = ("KuhnPoker-v1", "LeducPoker-v1", "LimitHoldem-v1")
PLAYERS = [n for n in names("agents") if ".cards:" in target("agents", n)]


def unnoted(about: str, data: object) -> None:
    """Nothing is recorded here."""


def views(environment: str, count: int) -> list[dict[str, Any]]:
    """Views of sessions in which all legal actions are equally likely."""
    env: Env = make_env(environment, {"hands": 10})
    rng = np.random.default_rng(1)
    found: list[dict[str, Any]] = []
    for seed in range(count):
        _, info = env.reset(seed=seed)
        while not env.over and len(found) < count:
            found.append(info["view"])
            name = str(rng.choice(env.legal(env.turn)))
            _, _, _, _, info = env.step({"name": name, "args": {}, "id": None})
    return found


def test_every_policy_of_poker_has_an_agent_of_its_name() -> None:
    known = {name for game in GAMES for name in environment_class(game).policies}
    observers = {f"{kind}-observer" for kind in ("ideal", "frequency", "uniform")}
    assert known == {*PLAYERS, *observers, "random"}


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("name", PLAYERS)
def test_an_agent_is_the_policy_of_its_name(name: str, game: str) -> None:
    agent: Any = make_agent(AgentSpec(name=name))
    known = environment_class(game).policies
    if name not in known:
        assert f"{game} knows no player {name!r}" in agent.refuses(f"arena/{game}", {})
        return
    assert agent.refuses(f"arena/{game}", {}) is None
    for view in views(game, 30):
        chances = agent.probabilities(view)
        assert known[name]().probabilities(view) == chances
        assert 1 == pytest.approx(sum(chance for chance, _ in chances), abs=1e-9)
        assert {action.name for _, action in chances} <= set(view["legal"])


def test_it_draws_its_actions_as_often_as_its_probabilities_say() -> None:
    agent: Any = make_agent(AgentSpec(name="loose-aggressive"))
    agent.reset(seat="player-1", instructions="", tools=(), seed=1, note=unnoted)
    (view,) = views("LimitHoldem-v1", 1)
    draws = 4000

    async def draw() -> Counter[str]:
        messages = [await agent.act("", view, ()) for _ in range(draws)]
        return Counter(m.tool_calls[0]["name"] for m in messages)

    seen = anyio.run(draw)
    for chance, action in agent.probabilities(view):
        spread = (draws * chance * (1 - chance)) ** 0.5
        assert chance * draws == pytest.approx(seen[action.name], abs=4 * spread + 1)


def test_a_run_says_at_once_that_an_agent_cannot_play_there() -> None:
    with pytest.raises(UserError, match=r"'cfr' cannot play games/blackjack: .*no"):
        make_plan([load_suite("games/blackjack")], agents=[AgentSpec(name="cfr")])
