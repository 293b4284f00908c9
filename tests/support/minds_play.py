"""Evidence of games with minds, written by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.agent import AgentSpec
from arena.analysis import Episode
from arena.limits import Limits
from arena.trajectory import Event, Header, ScenarioRef, Trajectory

OWN, OTHER = "player-1", "player-2"
EVEN = {"fold": 0.5, "check_or_call": 0.5, "bet_or_raise": 0.0}
TYPES = ("caller", "folder")
PLAY: Mapping[str, Mapping[str, float]] = {
    "caller": {"fold": 0.0, "check_or_call": 1.0, "bet_or_raise": 0.0},
    "folder": {"fold": 1.0, "check_or_call": 0.0, "bet_or_raise": 0.0},
}
Chances = Mapping[str, float]


def chances(fold: float, call: float, bet: float = 0.0) -> dict[str, float]:
    return {"fold": fold, "check_or_call": call, "bet_or_raise": bet}


def types(caller: float) -> dict[str, float]:
    return {"caller": caller, "folder": 1 - caller}


def part(number: int, won: float = 0.0, **more: Any) -> dict[str, Any]:
    payoffs = {OWN: won, OTHER: -won}
    return {"part": number, "payoffs": payoffs, "forfeited": None, **more}


def prediction(
    number: int, stated: Chances | None, ideal: Chances | None = None, **more: Any
) -> dict[str, Any]:
    told = {"part": number, "by": OWN, "of": OTHER, "stated": stated, "ideal": ideal}
    rest = {"uniform": EVEN, "by_type": PLAY, "came": "check_or_call"}
    return {**told, **rest, **more}


def belief(number: int, stated: Chances | None, ideal: Chances) -> dict[str, Any]:
    return {"part": number, "by": OWN, "of": OTHER, "stated": stated, "ideal": ideal}


def loss(number: int, caller: float, folder: float = 0.0) -> dict[str, Any]:
    by_type = {"caller": caller, "folder": folder}
    return {"part": number, "by": OWN, "of": OTHER, "by_type": by_type}


def evidence(parts: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "parts_planned": len(parts),
        "unit": {"name": "mbb", "per_payoff": 500.0},
        "types": list(TYPES),
        "switching": False,
        "judged_by": "brier",
        "parts": list(parts),
        "predictions": [],
        "beliefs": [],
        "losses": [],
        "statements_not_judged": {OWN: 0, OTHER: 0},
        "ended_by_forfeit": None,
        **more,
    }


def switcher(at: int, first: str = "caller", then: str = "folder") -> AgentSpec:
    return AgentSpec(name="switcher", options={"first": first, "then": then, "at": at})


def record(left: Mapping[str, Any], other: AgentSpec | str = "caller") -> Trajectory:
    """The record of a session of player-1 against another."""
    spec = AgentSpec(name=other) if isinstance(other, str) else other
    header = Header(
        run="r",
        episode="e",
        started="2026-01-01T00:00:00+00:00",
        scenario=ScenarioRef(
            name="mini", digest="0", environment="arena/LeducPoker-v1", parameters={}
        ),
        seed=0,
        agents_seed=0,
        sample=0,
        epoch=0,
        seats={OWN: AgentSpec(name="it"), OTHER: spec},
        tested=[OWN],
        limits=Limits.model_validate({}),
        instructions={},
        tools={},
    )
    end = Event(1, 0.0, "end", {"reason": "completed", "evidence": left})
    return Trajectory(Path("e.jsonl"), header, (end,), "0", None)


def episode(
    left: Mapping[str, Any], other: AgentSpec | str = "caller", **more: Any
) -> Episode:
    """The same session as an analysis sees it."""
    spec = AgentSpec(name=other) if isinstance(other, str) else other
    known: dict[str, Any] = {
        "run": "run",
        "scenario": "games/mini",
        "environment": "arena/LeducPoker-v1",
        "parameters": {},
        "agent": "it",
        "sample": 0,
        "epoch": 0,
        "seed": 0,
        "seats": {OWN: AgentSpec(name="it"), OTHER: spec},
        "tested": (OWN,),
        "reason": "completed",
        "evidence": left,
        "payoffs": {},
    }
    return Episode(**{**known, **more})
