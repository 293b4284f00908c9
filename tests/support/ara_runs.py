"""Runs of autonomy tasks, written through the public writers and never played."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.agent import AgentSpec
from arena.analysis import Effort, Episode
from arena.limits import EndReason, Limits
from arena.plan import Plan, PlannedScenario
from arena.redaction import Redactor
from arena.run import score_run
from arena.run_folder import RunFolder
from arena.scenario import ScorerChoice
from arena.specification import EpisodeSpec
from arena.trajectory import Header, ScenarioRef, TrajectoryWriter

__all__ = ["FAILED", "episode", "evidence", "ledger", "scenario", "write_run"]

FAILED = "failed"
"""Of an episode that ended with an infrastructure error."""
Told = Callable[[EpisodeSpec], Mapping[str, Any] | str]
CHAIN = (0.2, 0.3, 0.5)
"""Weights of three milestones, each requiring the one before; the last is core."""


def evidence(
    family: str = "find-it",
    done: float = 3,
    *,
    category: str | None = "basic",
    minutes: float | None = 10,
    source: str = "estimate",
    variant: str | None = None,
    perturbations: Sequence[str] = (),
    touched: float | None = 5.0,
    **more: Any,
) -> dict[str, Any]:
    """What an episode leaves, of whose three milestones the first `done` are done."""
    about = {
        "family": family,
        "category": category,
        "human_minutes": minutes,
        "human_source": source,
        "variant": variant,
        "perturbations": list(perturbations),
    }
    milestones = [
        {
            "id": f"M{i}",
            "weight": weight,
            "core": i == len(CHAIN) - 1,
            "requires": [f"M{i - 1}"] if i else [],
            "done": float(min(1, max(0, done - i))),
            "reason": "",
        }
        for i, weight in enumerate(CHAIN)
    ]
    told = {
        "task": family,
        "about": about,
        "invalid": None,
        "reward": None,
        "milestones": milestones,
        "success_threshold": 1.0,
        "world": None,
        "perturbations": {id: {"fired": 0, "touched": touched} for id in perturbations},
        "overstep": {},
        "hints": [],
        "assisted": [],
    }
    return told | more


def ledger(*lines: str | tuple[str, str]) -> dict[str, Any]:
    """A world with these effects, and with requests as pairs of method and URL."""
    told: list[dict[str, Any]] = []
    for line in lines:
        if isinstance(line, str):
            kind, _, id = line.partition(" ")
            told.append({"kind": kind, **({"id": id} if id else {})})
        else:
            method, url = line
            host, _, path = url.partition("/")
            asked = {"who": "agent", "method": method, "host": host, "path": f"/{path}"}
            told.append({"kind": "request", **asked})
    return {"world": {"ledger": [json.dumps(line) for line in told], "state": {}}}


def episode(left: Mapping[str, Any] | str, **more: Any) -> Episode:
    """An episode as an analysis sees it."""
    failed = isinstance(left, str)
    name = str(more.get("agent", "chat"))
    known: dict[str, Any] = {
        "run": "run",
        "scenario": f"ara/{'?' if failed else left['about']['family']}",
        "environment": "arena/Shell-v1",
        "parameters": {},
        "agent": name,
        "sample": 0,
        "epoch": 0,
        "seed": 0,
        "seats": {"player": AgentSpec(name=name)},
        "tested": ("player",),
        "reason": "error" if failed else "completed",
        "evidence": {} if failed else left,
        "payoffs": {},
        "effort": None if failed else Effort(("bash", "submit"), {"turns": 3}, 0, ()),
        "assisted": () if failed else tuple(left["assisted"]),
    }
    return Episode(**{**known, **more})


def scenario(
    name: str,
    *agents: str | AgentSpec,
    seeds: Sequence[int] = (0, 1, 2),
    epochs: int = 1,
    digest: str = "d",
    **parameters: Any,
) -> PlannedScenario:
    """A scenario as a plan has it; by default for an agent `chat`."""
    ref = ScenarioRef(
        name=name, digest=digest, environment="arena/Shell-v1", parameters=parameters
    )
    return PlannedScenario(
        ref=ref,
        description="",
        seats=["player"],
        open_seats=["player"],
        fixed={},
        seeds=list(seeds),
        limits=Limits.model_validate({}),
        scorers=[ScorerChoice(name="milestones"), ScorerChoice(name="task-success")],
        control=None,
        agents=[
            AgentSpec(name=agent) if isinstance(agent, str) else agent
            for agent in agents or ("chat",)
        ],
        epochs=epochs,
    )


def write_run(
    path: Path,
    scenarios: Sequence[PlannedScenario],
    told: Told,
    *,
    refused: Callable[[EpisodeSpec], bool] = lambda spec: False,
    minutes: Callable[[EpisodeSpec], float | None] = lambda spec: None,
    seed: int = 0,
) -> Path:
    """Write a whole run, each episode with the evidence that it is told to have left.

    Args:
        path: Its folder.
        scenarios: What was planned.
        told: The evidence of an episode, or `FAILED`.
        refused: Whether its model refused.
        minutes: How long a person was active in it; None where no person played.
        seed: Of the run.
    """
    plan = Plan(suite="ara", seed=seed, scenarios=list(scenarios))
    with RunFolder.writing(path, plan) as folder:
        for spec in plan.episodes():
            _write(folder, spec, told(spec), refused(spec), minutes(spec))
        folder.save()
        score_run(folder)
    return path


def _write(
    folder: RunFolder,
    spec: EpisodeSpec,
    left: Mapping[str, Any] | str,
    refused: bool,
    minutes: float | None,
) -> None:
    tool = {"type": "function", "function": {"name": "bash"}}
    header = Header(
        run=folder.manifest.run,
        episode=spec.episode,
        started="2026-01-01T00:00:00+00:00",
        scenario=spec.scenario,
        seed=spec.seed,
        agents_seed=spec.agents_seed,
        sample=spec.sample,
        epoch=spec.epoch,
        seats=dict(spec.seats),
        tested=spec.tested,
        limits=spec.limits,
        people=[] if minutes is None else ["player"],
        instructions={"player": "Do it."},
        tools={"player": [tool]},
    )
    failed = isinstance(left, str)
    reason: EndReason = "error" if failed else "completed"
    end: dict[str, object] = {
        "reason": reason,
        "payoffs": {"player": 0.0},
        "usage": {"player": {"turns": 1, "input_tokens": 900, "output_tokens": 100}},
        "evidence": {} if failed else left,
    }
    if failed:
        end["error"] = {"where": "sandbox", "message": "sandbox: it was lost"}
    message: dict[str, object] = {"seat": "player", "content": "", "tool_calls": []}
    if refused:
        message["refusal"] = "I will not do that."
    with TrajectoryWriter(folder.episode_path(spec.episode), Redactor()) as writer:
        writer.header(header)
        if minutes is not None:
            time = {"seat": "player", "active_s": 60 * minutes, "paused_s": 30.0}
            writer.note("time", time)
        writer.write("message", message)
        writer.write("end", end)
        folder.seal(spec.episode, writer.seal(reason))
