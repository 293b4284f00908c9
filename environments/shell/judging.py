"""From a box to the evidence of an episode, out of the agent's reach.

The order: freeze the box, so that nothing of the agent's runs any more; take it off the
world's network and let the world's time stand still; take out the files that count; run
probes; read the ledger; judge in a box of its own, in which nothing of the agent's is
ever run. A box that cannot be frozen and cut off, or tests that fail, make the verdict
invalid, never 0; a world or a box that is lost is the sandbox's failure, and missing
data. But what only the agent's own files are in the way of is not done, or whoever
loses could see to it that no verdict is reached.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from arena.errors import one_line
from arena.sandboxing import (
    Collected,
    SandboxError,
    SandboxRefusal,
    SandboxSpec,
)
from arena.task_folder import TaskFolder
from arena.worlds import World

from .asked import Asked
from .course import Course
from .harbor import reward_of
from .place import Place
from .probes import probe
from .tests_in_box import JudgingFailed, OpenBox, put_file, put_folder

__all__ = ["Case", "judge", "judged_again"]

DRIVER = Path(__file__).with_name("arena_checks.py")
VERIFY = "/tmp/verify"
MOST_FILES = 200
MOST_BYTES = 4_000_000
"""Of all kept files together."""
STORED_BYTES = 65536
"""Of one file on the record; of a larger one stands the digest."""
OVERSTEPS = (".overstep", ".enumerated", ".exploit")
"""How the kinds of effects end that are forbidden to the agent."""
GRACE_S = 10.0
"""What the judging program may take beside the checks."""
VERIFIER = SandboxSpec.model_validate({"memory_mb": 512, "pids": 64, "storage_mb": 256})

Files = dict[str, dict[str, Any]]


@dataclass
class Case:
    """An episode that has ended, and is to be judged.

    Attributes:
        asked: The task, and how it was played.
        place: In which the agent worked.
        course: What came with its calls.
        open: Starts another box of the same kind.
        submission: The agent's answer, None if it gave none.
        seed: Of the world.
        incidents: What happened to its box.
    """

    asked: Asked
    place: Place
    course: Course
    open: OpenBox
    submission: str | None
    seed: int
    incidents: list[str]


def judge(case: Case) -> dict[str, object]:
    """Return the evidence of an episode, with the verdict on every milestone.

    Raises:
        SandboxError: If the world, or a box to judge in, is lost or cannot be had.
    """
    task = case.asked.task
    evidence: dict[str, Any] = {
        "task": task.name,
        "about": case.asked.about,
        "trust": "clone" if task.shared_verifier else "separate",
        "invalid": None,
        "submission": case.submission,
        "world_seed": case.seed,
        "settings": case.asked.settings,
        "milestones": [],
        "success_threshold": task.arena.success_threshold,
        "reward": None,
        "files": {},
        "probes": {},
        "world": None,
        "perturbations": {},
        "overstep": {},
        "incidents": case.incidents,
    }
    try:
        case.incidents += case.place.box.incidents()
        _freeze(case.place)
    except SandboxError as error:
        evidence["invalid"] = f"the box could not be frozen: {one_line(str(error))}"
        return evidence
    if case.place.world is not None:
        case.place.world.ask("judge")
    try:
        _gather(case, evidence)
    except JudgingFailed as error:
        evidence["invalid"] = f"not judged: {one_line(str(error))}"
    evidence |= case.course.told(evidence["perturbations"])
    evidence["files"] = {
        path: _stored(about) for path, about in evidence["files"].items()
    }
    return evidence


def judged_again(evidence: Mapping[str, Any], asked: Asked, open_box: OpenBox) -> Any:
    """Return the milestones as the checks judge the stored evidence now.

    Raises:
        JudgingFailed: If a file was too large to be stored whole, or judging fails.
        SandboxError: If the box for it cannot be had.
    """
    for path, about in cast(Files, evidence["files"]).items():
        of_server = not path.startswith("/")  # of such the checks saw no more either
        if not of_server and "data" not in about and "problem" not in about:
            raise JudgingFailed(f"{path} has {about['bytes']} bytes and is not stored")
    return _milestones(evidence, asked.task, open_box)


def _freeze(place: Place) -> None:
    """Stop all that is the agent's, and see that nothing of it is on a network."""
    place.box.freeze()
    if place.world is not None:
        place.world.detach(place.box)


def _gather(case: Case, evidence: dict[str, Any]) -> None:
    """Fill in files, probes, the world and the verdict."""
    task, box, world = case.asked.task, case.place.box, case.place.world
    kept = box.collect(task.artifacts, max_bytes=MOST_BYTES, max_files=MOST_FILES)
    evidence["files"] = {file.path: _described(file) for file in kept}
    if not task.milestones:
        evidence["reward"] = reward_of(task, box, case.open, kept, case.submission)
        return
    if world is not None:
        evidence["world"] = _told(world)
        evidence["files"] |= _of_servers(task, world, evidence["world"]["state"])
    if task.arena.probes:
        evidence["probes"] = probe(task, box, world, _case(evidence))
    if world is not None:  # probes have left traces in it
        evidence["world"] = _told(world)
        evidence["perturbations"] = evidence["world"]["state"]["perturbations"]
        evidence["overstep"] = _oversteps(evidence["world"]["ledger"])
    evidence["milestones"] = _milestones(evidence, task, case.open)


def _told(world: World) -> dict[str, Any]:
    """Return what the world says of itself, for the record."""
    return {"ledger": world.ledger(), "state": world.ask("state")}


def _oversteps(ledger: Sequence[str]) -> dict[str, int]:
    """Return how often the agent did what is forbidden in its world, by kind.

    That is how it is inclined, and no part of its score.
    """
    kinds = (json.loads(line)["kind"] for line in ledger)
    return dict(Counter(kind for kind in kinds if kind.endswith(OVERSTEPS)))


def _of_servers(task: TaskFolder, world: World, state: Mapping[str, Any]) -> Files:
    """Return the files that are kept from every server that was rented.

    Of a large one there is only the digest, for the checks as for the record.

    Raises:
        JudgingFailed: If a server does not stand still, which is what its agent does.
    """
    found: dict[str, Any] = {}
    for name, server in state["servers"].items() if task.server_artifacts else ():
        if server["state"] != "active":
            continue
        try:
            files = world.collect(name, task.server_artifacts)
        except SandboxRefusal as error:
            raise JudgingFailed(f"{name}: {error}") from error
        found |= {f"{name}:{file.path}": _stored(_described(file)) for file in files}
    return found


def _case(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a probe in the judge's box may know."""
    world: dict[str, Any] = evidence["world"] or {"ledger": [], "state": {}}
    return {
        "seed": evidence["world_seed"],
        "settings": evidence["settings"],
        "submission": evidence["submission"],
        "ledger": [json.loads(line) for line in world["ledger"]],
        "state": world["state"],
    }


def _milestones(
    evidence: Mapping[str, Any], task: TaskFolder, open_box: OpenBox
) -> list[dict[str, object]]:
    """Judge in a fresh box."""
    seconds = task.content.verifier.timeout_sec
    about = {
        **{
            key: evidence[key]
            for key in (
                "submission",
                "world_seed",
                "settings",
                "files",
                "probes",
                "world",
            )
        },
        "milestones": [{"id": m.id, "check": m.check} for m in task.milestones],
        "scorer": task.checks_file.name,
        "timeout_sec": seconds,
    }
    with open_box(VERIFIER) as box:
        put_folder(box, VERIFY, task.path / "tests", but="probe/")
        put_file(box, f"{VERIFY}/{DRIVER.name}", DRIVER)
        if task.seed_source is not None:
            box.write_file(f"{VERIFY}/seed.py", task.seed_source.encode())
        box.write_file(f"{VERIFY}/evidence.json", json.dumps(about).encode())
        result = box.exec(
            ["python3", "-I", f"{VERIFY}/{DRIVER.name}"],
            timeout_s=seconds + GRACE_S,
            max_output=1_000_000,
            cwd=VERIFY,
        )
    try:
        verdict = json.loads(result.stdout.data)
    except ValueError:
        why = (result.stderr.text.strip().splitlines() or [result.note])[-1]
        if result.timed_out:
            why = f"timed out after {seconds + GRACE_S:g} s"
        raise JudgingFailed(f"the checks gave no verdict: {why}") from None
    if "error" in verdict:
        raise JudgingFailed(f"tests/{task.checks_file.name}: {verdict['error']}")
    return [
        {
            "id": m.id,
            "weight": m.weight,
            "core": m.core,
            "requires": m.requires,
            **verdict["milestones"][m.id],
        }
        for m in task.milestones
    ]


def _described(file: Collected) -> dict[str, Any]:
    if file.data is None:
        return {"problem": file.problem}
    return {
        "sha256": hashlib.sha256(file.data).hexdigest(),
        "bytes": len(file.data),
        "data": base64.b64encode(file.data).decode(),
    }


def _stored(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record keeps of a file."""
    large = about.get("bytes", 0) > STORED_BYTES
    return {key: about[key] for key in about if not (large and key == "data")}
