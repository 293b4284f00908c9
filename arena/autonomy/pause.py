"""The note that an agent is paused, and whether a later run may lift it.

After Alaga & Schuett, arXiv 2310.00374: evaluate, pause, notify, add precautions, and
resume only when the thresholds are met again, in the same tests of the same agents.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import RecordError, UserError, one_line
from ..run_folder import Manifest, RunFolder
from .gate import Decision, Finding
from .policy import Policy

__all__ = ["check_resume", "pause", "read_pause"]

_MOST_NOTES = 1000


class Pause(BaseModel):
    """The content of `pause.json`."""

    model_config = ConfigDict(frozen=True)

    format: Literal["arena-pause"] = "arena-pause"
    version: Literal[1] = 1
    at: str = Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")
    """UTC time in ISO 8601, to the second, as a manifest's `started`."""
    outcome: str
    """`reached`, or `inconclusive` where that is treated alike."""
    rule: dict[str, Any]
    """The finding that binds."""
    evidence: list[str]
    """Ids of the episodes that it stands on."""
    run: str
    """Id of the run."""
    run_digest: str
    policy_digest: str
    config_family: str
    """A digest of who played what: a run that lifts the pause has the same."""
    config: str
    """Fingerprint of the run's plan."""
    resume_conditions: list[str]


def pause(folder: RunFolder, decision: Decision, policy: Policy) -> Path:
    """Write the pause into the run's folder, and return where it is.

    One that says the same is left as it is; others are kept, and this one is numbered.

    Raises:
        RecordError: If it cannot be written.
    """
    manifest, binding = folder.manifest, decision.binding
    told = Pause(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        outcome=decision.outcome,
        rule=binding.as_dict(),
        evidence=list(binding.episodes),
        run=manifest.run,
        run_digest=manifest.digest,
        policy_digest=policy.digest,
        config_family=_config_family(manifest),
        config=manifest.fingerprint,
        resume_conditions=[*policy.resume_conditions, _condition(binding)],
    )
    try:
        return _written(folder.path, told)
    except OSError as error:
        raise RecordError(
            f"{folder.path}: the pause cannot be written: "
            f"{one_line(error.strerror or str(error))}"
        ) from error


def read_pause(path: Path) -> Pause:
    """Read a pause.

    Raises:
        UserError: If it is none, or cannot be read.
    """
    if path.exists() and not path.is_file():
        raise UserError(f"{path}: not a file of text")  # a pipe would wait for ever
    try:
        return Pause.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise UserError(f"{path}: no pause: {field}: {first['msg']}") from error


def check_resume(path: Path, paused: Pause, folder: RunFolder, policy: Policy) -> None:
    """Refuse a run that cannot lift a pause, whatever it says.

    Raises:
        UserError: If it began before the pause, or is of other tasks or agents, or is
            judged by another policy.
    """
    if folder.manifest.run == paused.run:
        raise UserError(f"{path}: it is of this very run; only a new one can lift it")
    if folder.manifest.started < paused.at:
        raise UserError(
            f"{path}: the run began before the pause; only a new one can lift it"
        )
    if _config_family(folder.manifest) != paused.config_family:
        raise UserError(
            f"{path}: the run that it is of had other scenarios, or other files or "
            "limits of them, or other agents: the same must be played again"
        )
    if policy.digest != paused.policy_digest:
        raise UserError(
            f"{path}: it was paused by another policy: judge the new run by that one"
        )


def _config_family(manifest: Manifest) -> str:
    """Return a digest of who played what: scenarios with files and limits, and agents.

    Options of agents, the run's seed and its epochs may differ: they are what is
    changed before another try. With fewer turns whoever was paused would do less.
    """
    plan = manifest.plan
    scenarios = sorted(
        (s.ref.name, s.ref.digest, s.limits.model_dump_json()) for s in plan.scenarios
    )
    agents = sorted({agent.label for s in plan.scenarios for agent in s.agents})
    told = json.dumps({"scenarios": scenarios, "agents": agents})
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _condition(binding: Finding) -> str:
    return (
        f"a new run of the same scenarios and agents is below by the same policy, "
        f"{binding.rule} included"
    )


def _written(folder: Path, told: Pause) -> Path:
    """Write to a new name in one step, so that nothing is replaced or half there."""
    own = told.model_dump_json(indent=1) + "\n"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".pause-") as part:
        part.write(own.encode())
        part.flush()
        os.fsync(part.fileno())
        for number in range(1, _MOST_NOTES):
            path = folder / ("pause.json" if number == 1 else f"pause-{number}.json")
            try:
                os.link(part.name, path)
            except FileExistsError:
                if _same(path, told):
                    return path
            else:
                path.chmod(0o644)
                return path
    raise UserError(f"{folder}: it has {_MOST_NOTES} pauses")


def _same(path: Path, told: Pause) -> bool:
    """Whether a file holds this pause already, noted at another time."""
    try:
        there: Mapping[str, Any] = read_pause(path).model_dump(exclude={"at"})
    except UserError:
        return False
    return there == told.model_dump(exclude={"at"})
