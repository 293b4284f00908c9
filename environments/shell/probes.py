"""Probes: commands of a task's, once nothing of the agent's runs any more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from arena.errors import one_line
from arena.sandboxing import Sandbox, SandboxFileError, SandboxSpec
from arena.task_folder import TaskFolder
from arena.task_toml import Probe
from arena.worlds import World

from .tests_in_box import put_folder

__all__ = ["probe"]

PROBES = "/tmp/probe"
OUTPUT = 16384
# Its owner may have forbidden everyone, and himself, to look into it.
WIPE = '[ -L "$1" ] || chmod -R u+rwx "$1"; rm -rf "$1"'
JUDGE = SandboxSpec.model_validate({"memory_mb": 512, "pids": 64, "storage_mb": 128})

Found = dict[str, object]


def probe(
    task: TaskFolder, box: Sandbox, world: World | None, case: Mapping[str, Any]
) -> Found:
    """Run the probes in their order; what they print is data.

    Those that follow one another in one kind of box share it.

    Args:
        task: What was asked.
        box: The agent's, frozen.
        world: Around it.
        case: What a probe in the judge's box finds in `case.json`.

    Raises:
        SandboxError: If a box fails.
    """
    found: Found = {}
    kinds = groupby(task.arena.probes, key=lambda p: (p.run_in, p.network))
    for (run_in, network), group in kinds:
        these = list(group)
        if run_in == "judge":
            assert world is not None  # a rule of task folders
            with world.open(JUDGE, "judge") as judge:
                _put(task, judge)
                if task.seed_source is not None:
                    judge.write_file(f"{PROBES}/seed.py", task.seed_source.encode())
                judge.write_file(f"{PROBES}/case.json", json.dumps(case).encode())
                found |= _run(these, judge, world)
        else:
            found |= _in_clone(task, box, these, world if network else None, world)
    return found


def _in_clone(
    task: TaskFolder,
    box: Sandbox,
    probes: list[Probe],
    around: World | None,
    world: World | None,
) -> Found:
    # In a folder of its own: the agent may have made one, or have filled what is there.
    own = (PROBES,) if task.spec.read_only else ()
    try:
        clone = around.clone(box, writable=own) if around else box.clone(writable=own)
    except SandboxFileError as error:  # its files are such that none can be had
        nothing = {"exit_code": None, "stdout": "", "timed_out": False}
        told = {**nothing, "stderr": one_line(str(error))}
        return {p.id: told for p in probes}
    with clone:
        if not own:
            clone.exec(["bash", "-c", WIPE, "bash", PROBES], cwd="/")
        _put(task, clone)
        return _run(probes, clone, world)


def _put(task: TaskFolder, box: Sandbox) -> None:
    put_folder(box, PROBES, task.path / "tests/probe")


def _run(probes: list[Probe], box: Sandbox, world: World | None) -> Found:
    found: Found = {}
    for one in probes:
        for step in one.world:
            assert world is not None  # a rule of task folders
            op, _, site = step.partition(" ")
            world.ask(op, **({"site": site} if site else {}))
        cwd = PROBES if one.run_in == "judge" else None
        result = box.exec(
            one.command, timeout_s=one.timeout_sec, max_output=OUTPUT, cwd=cwd
        )
        found[one.id] = {
            "exit_code": result.exit_code,
            "stdout": result.stdout.text,
            "stderr": result.stderr.text,
            "timed_out": result.timed_out,
        }
    return found
