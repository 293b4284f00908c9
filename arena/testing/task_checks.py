"""Checks of shell tasks: that the solution scores, and nothing else does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

import anyio

from ..agent import AgentSpec
from ..env import Env
from ..episode import play
from ..errors import ArenaError, UserError, first_of
from ..planning import make_plan
from ..redaction import Redactor
from ..registry import make_env
from ..sandboxing import Say
from ..scenario import Scenario, Suite, SuiteEntry
from ..scoring import score_trajectory
from ..specification import EpisodeSpec
from ..task_folder import TaskFolder, load_task
from ..trajectory import Trajectory, comparable, read_trajectory
from .checks import CheckFailed

__all__ = ["TaskReport", "check_task"]

AT_ONCE = 4


class _Judged(Protocol):
    """What the checks ask of an environment of shell tasks beside the contract."""

    def world_digest(self) -> str: ...

    def judged_again(self, evidence: Mapping[str, Any]) -> list[dict[str, object]]: ...


@dataclass(frozen=True)
class TaskReport:
    """What a task's own scripts score, on each of its seeds.

    Attributes:
        sandbox: The kind that it was played in.
        oracle: Of the solution.
        null: Of doing nothing.
        cheats: Of each cheat by name.
        varied: Of the solution in each variant and under each perturbation, by what
            follows the task's name.
        played: The solution's trajectories, without their files.
    """

    sandbox: str
    oracle: list[float]
    null: list[float]
    cheats: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    varied: dict[str, float] = field(default_factory=dict[str, float])
    played: list[Trajectory] = field(default_factory=list[Trajectory])

    def __str__(self) -> str:
        cheats = "".join(f", {name} {max(s):g}" for name, s in self.cheats.items())
        cheats += "".join(f", {name} {s:g}" for name, s in self.varied.items())
        seeds = "1 seed" if len(self.oracle) == 1 else f"{len(self.oracle)} seeds"
        return (
            f"oracle {min(self.oracle):g}, null {max(self.null):g}{cheats}; {seeds} "
            f"in {self.sandbox}"
        )


def check_task(
    scenario: Scenario,
    *,
    sandbox: str | None = None,
    seeds: Sequence[int] | None = None,
    say: Say = lambda text: None,
) -> TaskReport:
    """Check a shell task by playing what lies in its folder.

    On every seed the solution must score enough, twice and equally; doing nothing and
    every cheat must score no more than the task allows; the worlds of two seeds must
    differ, and of one seed be equal; the checks must judge the stored evidence as they
    judged the box. In every variant, and under every perturbation that the task
    declares, which must touch it, the solution must score enough on the first seed.

    Args:
        scenario: Of a task folder.
        sandbox: The kind to play in; by default what the task and machine allow.
        seeds: In place of the task's own.
        say: Is told how getting images goes on.

    Raises:
        CheckFailed: If it does not keep one of these.
        UserError: If it cannot be played here.
    """
    if seeds is not None:
        scenario = _on(scenario, seeds)
    task = load_task(scenario.content.parameters["task"])
    bounds = _bounds(task)
    oracle = _episodes(scenario, AgentSpec(name="oracle"), sandbox)
    parameters = oracle[0].scenario.parameters
    env = make_env(scenario.environment, parameters)
    try:
        env.prepare(say)
        _check_worlds(env, task, [spec.seed for spec in oracle])
        twice = _played([spec for spec in oracle for _ in range(2)])
        _check_repeats(task, oracle, twice)
        _check_judging(env, task, oracle, twice[::2])
    finally:
        env.close()
    values = _values(scenario, oracle, twice[::2])
    _require_at_least(task, oracle, values, twice[::2])
    scored = _check_bounds(scenario, bounds, sandbox)
    null = scored.pop("null")
    varied = _check_varied(_on(scenario, scenario.content.seeds[:1]), task, sandbox)
    return TaskReport(parameters["sandbox"], values, null, scored, varied, twice[::2])


def _on(scenario: Scenario, seeds: Sequence[int]) -> Scenario:
    """Return a scenario on some seeds only."""
    content = scenario.content.model_copy(update={"seeds": list(seeds)})
    return replace(scenario, content=content)


def _check_varied(
    scenario: Scenario, task: TaskFolder, sandbox: str | None
) -> dict[str, float]:
    """Play the solution in each variant, and under each perturbation."""
    arena = task.arena
    cases: dict[str, tuple[dict[str, Any], float]] = {
        f"@{v.id}": ({"variant": v.id}, arena.oracle_min)
        for v in arena.variants
        if v.model != "host"  # a script is no model that could answer there
    }
    for one in arena.perturbations:
        cases[f"+{one.id}"] = ({"perturb": [one.id]}, one.oracle_min)
    specs = [
        _episodes(_with(scenario, parameters), AgentSpec(name="oracle"), sandbox)[0]
        for parameters, _ in cases.values()
    ]
    played = _played(specs)
    values = _values(scenario, specs, played)
    for (name, (_, least)), spec, value, one in zip(
        cases.items(), specs, values, played, strict=True
    ):
        _require_enough(spec, value, one, least, f"the solution {name}")
        if name.startswith("+"):
            touched = one.evidence["perturbations"][name[1:]]["touched"]
            _require(touched is not None, f"perturbation {name[1:]} touches nothing")
    return dict(zip(cases, values, strict=True))


def _check_bounds(
    scenario: Scenario,
    bounds: Mapping[str, tuple[AgentSpec, float]],
    sandbox: str | None,
) -> dict[str, list[float]]:
    """Play who must score no more than a bound, all in one batch: they wait a lot."""
    batch = [
        (name, spec)
        for name, (agent, _) in bounds.items()
        for spec in _episodes(scenario, agent, sandbox)
    ]
    specs = [spec for _, spec in batch]
    scored: dict[str, list[float]] = {name: [] for name in bounds}
    values = _values(scenario, specs, _played(specs))
    for (name, spec), value in zip(batch, values, strict=True):
        most = bounds[name][1]
        _require(
            value <= most + 1e-9,
            f"{name} scores {value:g} on seed {spec.seed}, above its {most:g}",
        )
        scored[name].append(value)
    return scored


def _with(scenario: Scenario, parameters: Mapping[str, Any]) -> Scenario:
    own = {**scenario.content.parameters, **parameters}
    content = scenario.content.model_copy(update={"parameters": own})
    return replace(scenario, content=content)


def _bounds(task: TaskFolder) -> dict[str, tuple[AgentSpec, float]]:
    """Return who must score no more than what."""
    declared = task.arena.cheats
    there = {path.stem for path in (task.path / "solution/cheats").glob("*.sh")}
    for name in sorted(there - set(declared)):
        raise CheckFailed(
            f"solution/cheats/{name}.sh: no bound in metadata.arena.cheats"
        )
    for name in sorted(set(declared) - there):
        raise CheckFailed(f"metadata.arena.cheats: no solution/cheats/{name}.sh")
    _require(task.oracle is not None, "there is no solution/solve.sh")
    bounds = {"null": (AgentSpec(name="null"), task.arena.null_solution_max)}
    for name, most in declared.items():
        bounds[f"cheat {name}"] = (
            AgentSpec(name="cheat", options={"name": name}),
            most,
        )
    return bounds


def _episodes(
    scenario: Scenario, agent: AgentSpec, sandbox: str | None
) -> list[EpisodeSpec]:
    suite = Suite(
        scenario.name, None, "", ((SuiteEntry(name=scenario.name, epochs=1), scenario),)
    )
    return list(make_plan([suite], agents=[agent], sandbox=sandbox).episodes())


def _check_worlds(env: Env, task: TaskFolder, seeds: Sequence[int]) -> None:
    if task.seed_source is None:
        idle = bool(task.milestones) and len(seeds) > 1
        _require(not idle, "several seeds, but no environment/world/seed.py uses them")
        return
    worlds: dict[str, int] = {}
    for seed in seeds:
        world, again = (_world(env, seed) for _ in range(2))
        same = again == world
        _require(same, f"the world of seed {seed} differs from one time to the next")
        other = worlds.setdefault(world, seed)
        _require(other == seed, f"the worlds of seeds {other} and {seed} are the same")


def _world(env: Env, seed: int) -> str:
    try:
        env.reset(seed=seed)
        return cast(_Judged, env).world_digest()
    except UserError:
        raise
    except ArenaError as error:
        raise CheckFailed(f"seed {seed}: {error}") from error


def _check_repeats(
    task: TaskFolder, specs: Sequence[EpisodeSpec], twice: Sequence[Trajectory]
) -> None:
    for spec, one, two in zip(specs, twice[::2], twice[1::2], strict=True):
        if task.arena.world is not None:
            # Keys, nonces and addresses differ; what is judged must not.
            same = _done(one) == _done(two)
            what = f"two plays of the solution on seed {spec.seed} are judged apart"
            _require(same, what)
            continue
        _require(
            comparable(one) == comparable(two),
            f"two plays of the solution on seed {spec.seed} differ"
            f"{_first_difference(one, two)}",
        )


def _done(trajectory: Trajectory) -> dict[str, float]:
    return {m["id"]: m["done"] for m in trajectory.evidence["milestones"]}


def _first_difference(one: Trajectory, two: Trajectory) -> str:
    for a, b in zip(comparable(one), comparable(two), strict=False):
        for key in a:
            if a[key] != b.get(key):
                return f", first in {a.get('kind', 'the header')}: {key}"
    return ""


def _check_judging(
    env: Env,
    task: TaskFolder,
    specs: Sequence[EpisodeSpec],
    played: Sequence[Trajectory],
) -> None:
    if not task.milestones:
        return
    for spec, trajectory in zip(specs, played, strict=True):
        evidence = trajectory.evidence
        if evidence.get("invalid") is not None or "files" not in evidence:
            continue  # which is said with the score
        try:
            again = cast(_Judged, env).judged_again(evidence)
        except ArenaError as error:
            raise CheckFailed(f"seed {spec.seed}: not judged again: {error}") from error
        _require(
            again == evidence["milestones"],
            f"seed {spec.seed}: the stored evidence is judged differently",
        )


def _require_at_least(
    task: TaskFolder,
    specs: Sequence[EpisodeSpec],
    values: Sequence[float],
    played: Sequence[Trajectory],
) -> None:
    for spec, value, trajectory in zip(specs, values, played, strict=True):
        _require_enough(spec, value, trajectory, task.arena.oracle_min, "the solution")


def _require_enough(
    spec: EpisodeSpec, value: float, trajectory: Trajectory, least: float, who: str
) -> None:
    failed = [
        f"{m['id']}: {m['reason'] or 'not done'}"
        for m in trajectory.evidence["milestones"]
        if m["done"] != 1
    ]
    why = f" ({'; '.join(failed)})" if failed else ""
    _require(
        value >= least - 1e-9,
        f"{who} scores {value:g} on seed {spec.seed}, below {least:g}{why}",
    )


def _values(
    scenario: Scenario, specs: Sequence[EpisodeSpec], played: Sequence[Trajectory]
) -> list[float]:
    """Return the headline score of each episode."""
    values: list[float] = []
    for spec, trajectory in zip(specs, played, strict=True):
        score = score_trajectory(trajectory, scenario.content.scorers)[0]
        if score.value is None:
            reason = score.reason
            raise CheckFailed(f"{spec.label} on seed {spec.seed}: {reason}")
        values.append(score.value)
    return values


def _played(specs: Sequence[EpisodeSpec]) -> list[Trajectory]:
    """Play episodes, a few at once."""
    played: dict[int, Trajectory] = {}

    async def play_one(index: int, folder: Path, free: anyio.Semaphore) -> None:
        async with free:
            path = folder / f"{index}.jsonl"
            await play(specs[index], path, "check", Redactor())
            played[index] = read_trajectory(path)

    async def play_all(folder: Path) -> None:
        free = anyio.Semaphore(AT_ONCE)
        async with anyio.create_task_group() as tasks:
            for index in range(len(specs)):
                tasks.start_soon(play_one, index, folder, free)

    with tempfile.TemporaryDirectory() as folder:
        try:
            anyio.run(play_all, Path(folder))
        except BaseExceptionGroup as group:
            raise first_of(group) from None
    return [played[index] for index in range(len(specs))]


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise CheckFailed(otherwise)
