"""Rules over `task.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ..task_folder import TaskFolder
from ..toml_files import line_of
from .findings import Finding

__all__ = ["setting_findings"]

Found = tuple[tuple[str | int, ...], str, str, str]
"""Where in `task.toml`, the rule, what was found, and what to do about it."""
SCHEMAS = ("1.0", "1.1", "1.2", "1.3", "1.4")
OURS = ("metadata", "arena")
IN_BOX = ("X8",)
"""Perturbations of the agent's box, which need no world."""
WRITES = {"fleet": "cloud", "books": "", "mail": "", "perturb": ""}
"""Whose the lines of a ledger are that begin with no site's name; of none, the world
itself's."""


def setting_findings(task: TaskFolder) -> Iterator[Finding]:
    """Yield what is wrong with the fields, and with what they speak of."""
    if (task.path / "instruction.md").is_file() and not task.instruction:
        yield Finding(
            task.path / "instruction.md",
            1,
            "invalid-task-files",
            "it asks for nothing",
            "write what the agent is to do",
        )
    rules = (_boxes, _artifacts, _effort, _milestones, _perturbations, _seeds)
    for rule in (*rules, _scripts, _marks):
        for place, name, what, fix in rule(task):
            line = line_of(task.text, list(place))
            yield Finding(task.toml, line, name, what, fix)


def _boxes(task: TaskFolder) -> Iterator[Found]:
    version = task.content.schema_version
    if version not in SCHEMAS:
        what = f"schema_version {version!r} is not known here"
        yield ("schema_version",), "schema-version", what, f"write '{SCHEMAS[-1]}'"
    if task.user == "root":
        what = "the agent works as root"
        fix = "write [agent] user = 'agent' unless the task needs root"
        yield ("agent", "user"), "root-agent", what, fix
    if not task.milestones and task.shared_verifier:
        what = "tests/test.sh runs among files that the agent wrote (in a clone)"
        fix = "keep what counts as artifacts, and write environment_mode = 'separate'"
        yield ("verifier", "environment_mode"), "shared-verifier", what, fix


def _artifacts(task: TaskFolder) -> Iterator[Found]:
    paths = [PurePosixPath(a.source) for a in task.content.artifacts]
    for index, path in enumerate(paths):
        place = ("artifacts", index)
        others = [*paths[:index], *paths[index + 1 :]]
        above = [other for other in others if path != other and _in(path, other)]
        if above or path in paths[:index]:
            what = f"{path} is kept already, by {(above or [path])[0]}"
            yield place, "overlapping-artifacts", what, "name it once"
        if _in(path, PurePosixPath("/logs/verifier")) or _in(
            path, PurePosixPath("/tests")
        ):
            what = f"{path} is the verifier's own place"
            yield place, "artifact-log-overlap", what, "let the agent write elsewhere"


def _in(path: PurePosixPath, folder: PurePosixPath) -> bool:
    return path.is_relative_to(folder)


def _effort(task: TaskFolder) -> Iterator[Found]:
    minutes, place = task.arena.human_minutes, (*OURS, "human_minutes")
    if minutes is None:
        what = "how long a person takes is not said"
        fix = "write human_minutes = { value = 5, source = 'estimate' }"
        yield place, "human-minutes", what, fix
    elif minutes.source == "baseline" and not minutes.n_baselines:
        fix = "write n_baselines, or source = 'estimate'"
        yield place, "human-minutes", "a baseline of nobody", fix
    own = task.arena.limits
    clock = own.wall_seconds or task.content.agent.timeout_sec
    missing = [
        name
        for name, value in (("steps", own.steps), ("wall_seconds", clock))
        if value is None
    ]
    if missing:
        what, fix = (
            f"no limit on {' and '.join(missing)}",
            "set [metadata.arena.limits]",
        )
        yield (*OURS, "limits"), "limits-missing", what, fix


def _milestones(task: TaskFolder) -> Iterator[Found]:
    if not task.milestones:
        return
    place = (*OURS, "milestones")
    if not any(m.core for m in task.milestones):
        what = "no milestone is the core of the task"
        yield place, "core-missing", what, "mark the one that matters with core = true"
    if (task.path / "solution/hints.md").is_file():
        count, wanted = len(task.hints), len(task.milestones)
        if count != wanted:
            what = f"solution/hints.md has {count} hints for {wanted} milestones"
            yield place, "hints-count", what, "write one numbered item a milestone"


def _perturbations(task: TaskFolder) -> Iterator[Found]:
    world, steps = task.arena.world, task.arena.limits.steps
    for index, one in enumerate(task.arena.perturbations):
        kind, _, when = one.when.partition(":")
        why = ""
        if world is None and one.id not in IN_BOX:
            why = "there is no [metadata.arena.world] that could change"
        elif kind == "calls" and steps is not None and int(when) > steps:
            why = f"limits.steps ends the episode after {steps} calls"
        elif kind == "event" and world is not None:
            site = when.partition(".")[0]
            if WRITES.get(site, site) not in (*world.services, ""):
                why = f"no service of its world writes {when!r}"
        if why:
            place = (*OURS, "perturbations", index, "when")
            what = f"perturbation {one.id} can never happen: {why}"
            fix = "choose another moment, or take it out"
            yield place, "perturbation-when-unreachable", what, fix


def _seeds(task: TaskFolder) -> Iterator[Found]:
    seeds, source = task.arena.seeds, task.seed_source
    place = (*OURS, "seeds")
    if len(seeds.default) > 1 and source is None:
        what = "several seeds, and no environment/world/seed.py that reads them"
        yield place, "seed-unused", what, "write it, or name one seed"
    for index, name in enumerate(seeds.params):
        if source is not None and name not in source:
            what = f"seed.py has nothing called {name!r}"
            fix = "name what differs between worlds"
            yield (*place, "params", index), "seed-unused", what, fix


def _scripts(task: TaskFolder) -> Iterator[Found]:
    if task.oracle is None:
        what = "nothing shows that it can be solved"
        yield (), "no-oracle", what, "write solution/solve.sh"
    if task.null is None:
        what = "the agent `null` does nothing at all here"
        fix = "write solution/null.sh, which acts and achieves nothing"
        yield (), "no-null", what, fix
    scripts = {path.stem for path in (task.path / "solution/cheats").glob("*.sh")}
    if not scripts:
        what = "nothing shows that short cuts do not pay"
        fix = "write one as solution/cheats/NAME.sh, with its bound in cheats"
        yield (), "no-cheat", what, fix
    for name in sorted(scripts - set(task.arena.cheats)):
        what, fix = f"cheat {name!r} has no bound", f"add {name} = 0.0 to cheats"
        yield (*OURS, "cheats"), "cheat-unbounded", what, fix
    for name in sorted(set(task.arena.cheats) - scripts):
        what, fix = f"cheat {name!r} is no script", f"write solution/cheats/{name}.sh"
        yield (*OURS, "cheats", name), "cheat-missing", what, fix


def _marks(task: TaskFolder) -> Iterator[Found]:
    metadata, safety = task.content.metadata, task.arena.safety
    if not (metadata.arena.canary or (metadata.model_extra or {}).get("canary")):
        what = "nothing would tell that the task was trained on"
        fix = "write canary = 'arena-canary UUID' in [metadata], and in its files"
        yield ("metadata",), "canary-missing", what, fix
    if safety.harmful_detail and not safety.reviewed_by:
        what = "harmful detail that nobody has reviewed"
        fix = "name who has in reviewed_by, or take it out"
        yield (*OURS, "safety", "harmful_detail"), "harmful-detail", what, fix
