"""What rules find, and how bad each is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["LEVELS", "Finding", "Level"]

Level = Literal["error", "warning", "note"]

LEVELS: dict[str, Level] = {
    # Harbor's rules, under Harbor's names
    "invalid-task-config": "error",
    "unknown-config-field": "error",
    "invalid-task-files": "error",
    "root-agent": "warning",
    "shared-verifier": "warning",
    "overlapping-artifacts": "warning",
    "artifact-log-overlap": "error",
    "compose-privileged": "error",
    "compose-additional-capabilities": "error",
    "compose-writable-bind-mount": "error",
    "compose-external-bind-mount": "error",
    "compose-symlink-bind-mount": "error",
    "unpinned-image": "warning",
    "unpinned-python-dependency": "warning",
    "verifier-runtime-install": "error",
    "verifier-network-download": "error",
    "agent-image-test-leak": "error",
    # ours
    "unsupported": "error",
    "invalid-scenario": "error",
    "schema-version": "warning",
    "weights-sum": "error",
    "milestone-unknown-requires": "error",
    "cycle": "error",
    "check-missing": "error",
    "core-missing": "warning",
    "checked-not-instructed": "warning",
    "schema-not-stated": "warning",
    "no-oracle": "warning",
    "no-null": "note",
    "no-cheat": "warning",
    "cheat-missing": "error",
    "cheat-unbounded": "error",
    "hints-count": "warning",
    "human-minutes": "warning",
    "limits-missing": "warning",
    "network-public": "error",
    "host-escape": "error",
    "real-world-ref": "warning",
    "harmful-detail": "error",
    "seed-unused": "warning",
    "truth-missing": "error",
    "leak-solution-string": "error",
    "eval-tell": "warning",
    "canary-missing": "warning",
    "oversized-asset": "warning",
    "perturbation-when-unreachable": "error",
}


@dataclass(frozen=True)
class Finding:
    """One thing that a rule does not like."""

    path: Path
    line: int
    """From 1."""
    rule: str
    what: str
    fix: str
    """What to do about it."""

    @property
    def level(self) -> Level:
        """How bad it is; only an error fails a lint."""
        return LEVELS[self.rule]

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}"
        return f"{where}: {self.level} {self.rule}: {self.what}; {self.fix}"
