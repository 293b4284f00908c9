"""Judges milestones in a box of its own; standard library only, not imported here.

Beside it lie the task's tests, `seed.py` where there is one, and `evidence.json`. It
prints one line of JSON: `{"milestones": {id: {"done": …, "reason": …}}}`, or
`{"error": …}` where the task itself is at fault. What the agent made is data to it,
and each function that reads it runs in a process of its own, with its share of the
time: one that uses up time or memory takes nothing else with it.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import select
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, cast

HERE = Path(__file__).parent
LONGEST_REASON = 300


class Probe:
    """How a probe's command ended in the clone of the box."""

    def __init__(self, about: dict[str, Any]) -> None:
        self.exit_code: int | None = about["exit_code"]
        self.stdout: str = about["stdout"]
        self.stderr: str = about["stderr"]
        self.timed_out: bool = about["timed_out"]


class Context:
    """What a check may know.

    Attributes:
        submission: The agent's answer; None if it gave none.
        seed: Of the world.
        truth: What `truth(seed, **settings)` of the world's program says.
        ledger: What was done in the closed world, a `dict` a line: `n`, `t`, `kind`,
            and what the kind brings. Lines of `who` "judge" are of probes.
        state: Of that world at the end: `money`, `servers`, `perturbations`, `time`.
    """

    def __init__(self, evidence: dict[str, Any], truth: dict[str, Any]) -> None:
        self.submission: str | None = evidence["submission"]
        self.seed: int = evidence["world_seed"]
        self.truth = truth
        world: dict[str, Any] = evidence["world"] or {"ledger": [], "state": {}}
        self.ledger: list[dict[str, Any]] = [json.loads(t) for t in world["ledger"]]
        self.state: dict[str, Any] = world["state"]
        self._probes = evidence["probes"]
        self._digests = {
            path: about["sha256"]
            for path, about in evidence["files"].items()
            if "sha256" in about
        }
        self._files = {
            path: base64.b64decode(about["data"])
            for path, about in evidence["files"].items()
            if "data" in about
        }

    def file(self, path: str) -> bytes | None:
        """Return a kept file by its path in the box; None if it is not there."""
        return self._files.get(path)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a kept file, also where it is too large to be read."""
        return self._digests.get(path)

    def effects(self, kind: str) -> list[dict[str, Any]]:
        """Return the ledger's lines of a kind."""
        return [line for line in self.ledger if line["kind"] == kind]

    def files(self, prefix: str = "/") -> dict[str, bytes]:
        """Return the kept files whose paths begin with a prefix."""
        return {p: data for p, data in self._files.items() if p.startswith(prefix)}

    def probe(self, id: str) -> Probe:
        """Return how a probe ended."""
        return Probe(self._probes[id])


def main() -> dict[str, Any]:
    """Run every check and return what to print."""
    evidence = json.loads((HERE / "evidence.json").read_bytes())
    sys.path.insert(0, str(HERE))
    truth: dict[str, Any] = {}
    if (HERE / "seed.py").exists():
        tell = getattr(loaded("seed", HERE / "seed.py"), "truth", None)
        truth = tell(evidence["world_seed"], **evidence["settings"]) if tell else {}
    checks = loaded("checks", HERE / evidence["scorer"])
    milestones = evidence["milestones"]
    share = evidence["timeout_sec"] / max(1, len(milestones))
    done = {
        about["id"]: judged(getattr(checks, about["check"]), evidence, truth, share)
        for about in milestones
    }
    return {"milestones": done}


def loaded(name: str, path: Path) -> ModuleType:
    """Import a file as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def judged(
    check: Any, evidence: dict[str, Any], truth: dict[str, Any], seconds: float
) -> dict[str, Any]:
    """Return what a check says; one that does not come to an end is not done."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, json.dumps(said(check, evidence, truth)).encode())
        finally:
            os._exit(0)
    os.close(write)
    in_time = select.select([read], [], [], seconds)[0]
    told = os.read(read, select.PIPE_BUF) if in_time else b""
    os.close(read)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if told:
        return json.loads(told)
    if in_time:
        code = os.waitstatus_to_exitcode(status)
        return verdict(0.0, f"the check ended with {code} and gave no answer")
    return verdict(0.0, f"the check took more than {seconds:g} s")


def said(check: Any, evidence: dict[str, Any], truth: dict[str, Any]) -> dict[str, Any]:
    """Return what a check says; one that fails is not done, and says why.

    It may have failed at what the agent made, and that must be worth nothing.
    """
    try:
        value = check(Context(evidence, truth))
        reason: object = ""
        if isinstance(value, tuple):
            value, reason = cast("tuple[Any, object]", value)
        done = float(value)
        if not (isinstance(value, (bool, int, float)) and 0 <= done <= 1):
            raise ValueError(f"it gave {value!r}, which is not within 0 and 1")
        return verdict(done, reason)
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is the answer)
        return verdict(0.0, f"the check failed: {type(error).__name__}: {error}")


def verdict(done: float, reason: object) -> dict[str, Any]:
    """Return what is told of a milestone."""
    return {"done": done, "reason": " ".join(str(reason).split())[:LONGEST_REASON]}


if __name__ == "__main__":
    # What checks print must not be taken for the verdict.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        answer = main()
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the answer)
        answer = {"error": f"{type(error).__name__}: {error}"[:LONGEST_REASON]}
    out.write(json.dumps(answer) + "\n")
    out.close()
