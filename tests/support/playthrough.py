"""Golden playthroughs: what a random legal player sees of an environment, as text."""

import json
from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from arena.registry import environment_class, make_env, names
from arena.spaces import sample_json

# Each environment with its defaults, and with the parameters that change what is shown.
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "Blackjack-v1": [
        {},
        {"beliefs": True, "deck": "single", "soft_17": "hit", "naturals": "casino"},
    ],
    "KuhnPoker-v1": [
        {"hands": 4},
        {
            "hands": 4,
            "ask": ["action", "type"],
            "types": ["always-raise", "equilibrium"],
        },
    ],
    "LeducPoker-v1": [
        {"hands": 4},
        {"hands": 4, "ask": ["action"], "types": ["random", "equilibrium"]},
    ],
    "LimitHoldem-v1": [
        {"hands": 4},
        {
            "hands": 4,
            "ask": ["action", "type"],
            "types": ["tight-aggressive", "loose-passive", "cfr"],
            "switching": True,
        },
    ],
    "NumberGuessing-v1": [
        {"rounds": 3},
        {"rounds": 2, "players": 4, "framing": "series"},
        {
            "rounds": 2,
            "payoff": "distance",
            "ask": ["type"],
            "types": ["level-1", "level-2", "level-3", "level-4"],
            "switching": True,
        },
    ],
    "SelfPrediction-v1": [
        {},
        {"mode": "predict", "before": 3},
        {
            "environment": "arena/NumberGuessing-v1",
            "settings": {"players": 3, "rounds": 4},
            "mode": "predict",
            "property": "number-bin",
            "argument": "number",
            "bins": [25, 50],
            "before": 3,
        },
    ],
    "Social-v1": [
        {"knobs": {"rendering": "1p"}},
        {"mode": "lived", "acts": ["look", "move", "say"]},
        *(
            {"generator": name}
            for name in (
                *("blackjack", "conversations", "counterfactual", "daily-life"),
                *("dual-logic", "new-world", "relations", "talk"),
            )
        ),
    ],
}
SEEDS = (0, 1)


def golden_names() -> list[str]:
    """Return every registered environment that is the same on every machine."""
    found = {name: environment_class(name) for name in names("environments")}
    return [name for name, kind in found.items() if not kind.blocking]


def playthrough(name: str) -> str:
    """Return two episodes of each variant, every observation, call and reward."""
    lines = [
        line
        for parameters in VARIANTS.get(name, [{}])
        for seed in SEEDS
        for line in _episode(name, parameters, seed)
    ]
    return "\n".join(lines) + "\n"


def _episode(name: str, parameters: dict[str, Any], seed: int) -> Iterator[str]:
    rng = np.random.default_rng(seed)
    env = make_env(name, parameters)
    observation, info = env.reset(seed=seed)
    yield f"# {name} {json.dumps(parameters)} seed {seed}"
    for seat in env.seats:
        yield f"{seat} is told: {env.instructions(seat)}"
    yield f"{env.turn} sees: {observation}"
    refused, *_ = env.step({"name": "no-such-tool", "args": {}, "id": None})
    yield f"{env.turn} calls no-such-tool and sees: {refused}"
    while not env.over:
        seat, legal = env.turn, info["view"]["legal"]
        tool = env.tools(seat)[legal[int(rng.integers(len(legal)))]]
        args: Any = sample_json(tool.parameters, rng)
        action: Any = {"name": tool.name, "args": args, "id": None}
        observation, reward, _, _, info = env.step(action)
        yield f"{seat} calls {tool.name}({json.dumps(args)}), reward {reward:g}"
        yield f"{env.turn} sees: {observation}"
    yield f"payoffs {json.dumps(env.payoffs)}"
    yield f"evidence {json.dumps(_rounded(env.evidence()))}"
    yield ""


def _rounded(value: Any) -> Any:
    """Round numbers: processors and NumPy's versions differ in their last digits."""
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return {key: _rounded(field) for key, field in fields.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in cast(list[Any], value)]
    return value
