"""What a task folder must keep to beyond the types of its fields, and what cannot run.

Each broken rule is a `TomlError` with the line of the field that it is about.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from .task_toml import EnvironmentFields, Milestone
from .toml_files import TomlError, line_of

if TYPE_CHECKING:
    from .task_folder import TaskFolder

__all__ = ["ancestors", "broken_rules"]

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
_OURS: Place = ("metadata", "arena")
_CLOSED = "boxes have no network here"
TEXTS = (
    "instruction.md",
    "environment/world/seed.py",
    "solution/solve.sh",
    "solution/null.sh",
)
_KNOWN_USERS = (None, "agent", "root", "0", "1000", 0, 1000)


def broken_rules(task: TaskFolder) -> Iterator[TomlError]:
    """Yield what is wrong with a task, in no order of weight."""
    for rules in (_unsupported, _boxes, _kept_files, _judging, _milestones, _world):
        for place, problem in rules(task):
            line = line_of(task.text, list(place))
            yield TomlError(task.toml, line, problem)
    yield from _texts(task)
    yield from _checks(task)


def ancestors(milestones: Sequence[Milestone]) -> dict[str, set[str]]:
    """Return all that each milestone requires, directly or through others."""
    direct = {m.id: set(m.requires) for m in milestones}
    found: dict[str, set[str]] = {}
    for name, needs in direct.items():
        seen: set[str] = set()
        todo = set(needs)
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo |= direct.get(one, set())
        found[name] = seen
    return found


def _unsupported(task: TaskFolder) -> Iterator[Problem]:
    """What Harbor can do and this cannot."""
    content = task.content
    if content.steps:
        yield ("steps",), "steps: tasks of several steps are not supported"
    for name in ("docker-compose.yaml", "docker-compose.yml"):
        if (task.path / "environment" / name).exists():
            yield (
                ("environment",),
                f"environment/{name}: tasks of several containers are not supported",
            )
    if content.verifier.collect:
        yield (
            ("verifier", "collect"),
            "verifier.collect: not supported, as such a command would run while the "
            "agent's processes live; use [[metadata.arena.probes]]",
        )
    yield from _networks(task)
    boxes = {
        ("environment",): content.environment,
        ("verifier", "environment"): content.verifier.environment,
    }
    for place, fields in boxes.items():
        if fields is not None:
            yield from _hardware(place, fields)
    for place, env in (
        (("environment", "env"), content.environment.env),
        (("verifier", "env"), content.verifier.env),
        (("solution", "env"), content.solution.env),
    ):
        yield from _variables(place, env)


def _networks(task: TaskFolder) -> Iterator[Problem]:
    content = task.content
    phases = {
        ("agent",): content.agent,
        ("verifier",): content.verifier,
        ("environment",): content.environment,
        ("verifier", "environment"): content.verifier.environment,
    }
    for place, fields in phases.items():
        if fields is None:
            continue
        field = ".".join(place)
        if fields.network_mode not in (None, "no-network"):
            mode = fields.network_mode
            yield (*place, "network_mode"), f"{field}.network_mode {mode!r}: {_CLOSED}"
        if fields.allowed_hosts:
            yield (*place, "allowed_hosts"), f"{field}.allowed_hosts: {_CLOSED}"
        if isinstance(fields, EnvironmentFields) and fields.allow_internet:
            yield (*place, "allow_internet"), f"{field}.allow_internet: {_CLOSED}"


def _hardware(place: Place, fields: EnvironmentFields) -> Iterator[Problem]:
    asked = {
        "gpus": "boxes have no GPU here" if fields.gpus else None,
        "tpu": "boxes have no TPU here" if fields.tpu else None,
        "mcp_servers": "MCP servers are not supported" if fields.mcp_servers else None,
        "skills_dir": "agents here take no skills" if fields.skills_dir else None,
        "os": "boxes run Linux only" if fields.os != "linux" else None,
    }
    for name, reason in asked.items():
        if reason:
            field = ".".join(str(part) for part in (*place, name))
            yield (*place, name), f"{field}: {reason}"


def _variables(place: Place, env: Mapping[str, str]) -> Iterator[Problem]:
    for name, value in env.items():
        if "${" in value:
            field = ".".join(str(part) for part in (*place, name))
            yield (
                (*place, name),
                f"{field}: takes a variable of the host, which no box sees; write its "
                "value",
            )


def _boxes(task: TaskFolder) -> Iterator[Problem]:
    content = task.content
    for place, user in (
        (("agent", "user"), content.agent.user),
        (("verifier", "user"), content.verifier.user),
    ):
        if user not in _KNOWN_USERS:
            field = ".".join(place)
            yield place, f"{field} {user!r}: only 'agent' and 'root' are there"
    for fields, where in (
        (content.environment, ("environment",)),
        (content.verifier.environment, ("verifier", "environment")),
    ):
        if fields and fields.workdir and not fields.workdir.startswith("/"):
            field = ".".join(where)
            yield (*where, "workdir"), f"{field}.workdir: should be absolute"
    if not task.kinds:
        allowed = ", ".join(task.arena.sandboxes or ())
        yield (
            (*_OURS, "sandboxes"),
            f"sandboxes: the task {task.needs_docker}, which only docker can give; "
            f"allowed are {allowed}",
        )


def _kept_files(task: TaskFolder) -> Iterator[Problem]:
    for index, artifact in enumerate(task.content.artifacts):
        place: Place = ("artifacts", index)
        if ".." in PurePosixPath(artifact.source).parts:
            yield place, f"artifacts: {artifact.source!r} should not hold '..'"
        if artifact.service not in (None, "main", "servers"):
            yield place, f"artifacts: there is no service {artifact.service!r} here"
        if artifact.service == "servers" and not artifact.source.startswith("/"):
            yield place, f"artifacts: {artifact.source!r} of servers should be absolute"
        if artifact.exclude:
            yield (
                place,
                "artifacts: 'exclude' is not supported; name what to keep",
            )


def _judging(task: TaskFolder) -> Iterator[Problem]:
    if not (task.path / "instruction.md").is_file():
        yield (), "instruction.md is missing beside it"
    if task.milestones:
        if task.content.verifier.environment_mode == "shared":
            yield (
                ("verifier", "environment_mode"),
                "verifier.environment_mode 'shared': milestones are judged in a box of "
                "their own; write 'separate'",
            )
        if not task.checks_file.is_file():
            yield (
                (*_OURS, "scorer"),
                f"tests/{task.arena.scorer} is missing, and judges the milestones",
            )
    elif not (task.path / "tests/test.sh").is_file() and not task.bundled_tests:
        yield (
            (),
            "nothing judges it: write tests/test.sh, or [[metadata.arena.milestones]] "
            "and tests/checks.py",
        )
    for place, names in (
        ("milestones", [m.id for m in task.milestones]),
        ("probes", [p.id for p in task.arena.probes]),
    ):
        for name, count in Counter(names).items():
            if count > 1:
                index = len(names) - 1 - names[::-1].index(name)
                where = (*_OURS, place, index, "id")
                yield where, f"{place}: the id {name!r} is there {count} times"


def _milestones(task: TaskFolder) -> Iterator[Problem]:
    milestones = task.milestones
    if not milestones:
        return
    total = sum(m.weight for m in milestones)
    if abs(total - 1) > 1e-9:
        place = (*_OURS, "milestones")
        yield place, f"milestones: the weights should sum to 1, not {total:.9g}"
    known = [m.id for m in milestones]
    above = ancestors(milestones)
    for index, milestone in enumerate(milestones):
        place = (*_OURS, "milestones", index, "requires")
        for name in milestone.requires:
            if name not in known:
                yield (
                    place,
                    f"milestone {milestone.id!r} requires {name!r}; known: "
                    f"{', '.join(known)}",
                )
        if milestone.id in above[milestone.id]:
            yield place, f"milestone {milestone.id!r} requires itself"


def _world(task: TaskFolder) -> Iterator[Problem]:
    """What needs a closed world, and has none; and what is there twice."""
    world = task.arena.world
    if world is not None and not task.milestones:
        yield (*_OURS, "world"), "world: only milestones are judged in a closed world"
    if world is not None and task.seed_source is None:
        yield (
            (*_OURS, "world"),
            "world: environment/world/seed.py is missing, whose world(seed) fills it",
        )
    servers = world.servers.max if world is not None and world.servers else 0
    if any(a.service == "servers" for a in task.content.artifacts) and not servers:
        yield ("artifacts",), "artifacts of servers: the task's world has no servers"
    for index, probe in enumerate(task.arena.probes):
        place = (*_OURS, "probes", index)
        if world is None and (probe.run_in == "judge" or probe.network or probe.world):
            yield place, f"probe {probe.id!r} needs [metadata.arena.world]"
    for index, one in enumerate(task.arena.perturbations):
        if one.id == "X8" and not re.match("start|calls:", one.when):
            place = (*_OURS, "perturbations", index, "when")
            yield place, f"perturbation X8: when {one.when!r}: write start or calls:N"
    for name, ids in (
        ("variants", [v.id for v in task.arena.variants]),
        ("perturbations", [p.id for p in task.arena.perturbations]),
    ):
        for id, count in Counter(ids).items():
            if count > 1:
                yield (*_OURS, name), f"{name}: {id!r} is there {count} times"


def _texts(task: TaskFolder) -> Iterator[TomlError]:
    """What is read as text, and cannot be."""
    paths = [task.path / name for name in TEXTS]
    paths += sorted((task.path / "solution/cheats").glob("*.sh"))
    for path in filter(Path.is_file, paths):
        data = b""
        try:
            data = path.read_bytes()
            data.decode()
        except OSError as error:
            yield TomlError(path, 1, f"cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            yield TomlError(path, line, "is not text in UTF-8")


def _checks(task: TaskFolder) -> Iterator[TomlError]:
    path = task.checks_file
    if not task.milestones or not path.is_file():
        return
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        yield TomlError(path, 1, f"cannot be read: {error.strerror}")
        return
    except SyntaxError as error:
        yield TomlError(path, error.lineno or 1, f"not valid Python: {error.msg}")
        return
    except ValueError as error:
        yield TomlError(path, 1, f"not valid Python: {error}")
        return
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for index, milestone in enumerate(task.milestones):
        if milestone.check not in defined:
            place = [*_OURS, "milestones", index, "check"]
            line = line_of(task.text, place)
            yield TomlError(
                task.toml,
                line,
                f"check {milestone.check!r} is not a function of tests/{path.name}; "
                f"there are: {', '.join(sorted(defined)) or 'none'}",
            )
