"""What an episode asks of its task: which variant, and what changes under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from arena.errors import UnknownName, UserError
from arena.task_folder import TaskFolder
from arena.task_toml import HumanMinutes, Perturbation, PerturbationId, Variant
from arena.worlds import WorldSpec

__all__ = ["DISK_FULL", "Asked"]

DISK_FULL = "X8"
"""The one perturbation that is in the agent's box, and not in the world."""


@dataclass(frozen=True)
class Asked:
    """A task as an episode plays it.

    Attributes:
        task: The task.
        variant: Of it; None for the task as it is.
        perturbations: What changes under way. One that the task does not declare fires
            at the start, and may touch nothing.
    """

    task: TaskFolder
    variant: Variant | None
    perturbations: tuple[Perturbation, ...]

    @classmethod
    def of(
        cls, task: TaskFolder | None, variant: str | None, perturb: Sequence[str]
    ) -> Asked | None:
        """Find the variant and the perturbations by their ids; None for no task.

        Raises:
            UserError: If there is no such variant or perturbation.
        """
        if task is None:
            if variant is not None or perturb:
                raise UserError(
                    "variants and perturbations are of tasks; there is none"
                )
            return None
        variants = {v.id: v for v in task.arena.variants}
        if variant is not None and variant not in variants:
            if not variants:
                raise UserError(f"task {task.name!r} has no variants")
            raise UnknownName("variant", variant, variants)
        declared = {p.id: p for p in task.arena.perturbations}
        known = get_args(PerturbationId)
        for id in perturb:
            if id not in known:
                raise UnknownName("perturbation", id, known)
        chosen = tuple(
            declared.get(id, Perturbation(id=id))
            for id in cast("Sequence[PerturbationId]", perturb)
        )
        return cls(task, None if variant is None else variants[variant], chosen)

    @property
    def settings(self) -> dict[str, Any]:
        """Keyword arguments of the functions of `seed.py`."""
        return dict(self.variant.set) if self.variant else {}

    @property
    def human_minutes(self) -> HumanMinutes | None:
        """How long a person takes."""
        own = self.variant.human_minutes if self.variant else None
        return own or self.task.arena.human_minutes

    @property
    def disk_full(self) -> Perturbation | None:
        """The perturbation of the agent's box, if it is asked for."""
        return next((p for p in self.perturbations if p.id == DISK_FULL), None)

    @property
    def about(self) -> dict[str, object]:
        """What scores are sorted by, as JSON types."""
        arena, minutes = self.task.arena, self.human_minutes
        return {
            "family": arena.family,
            "category": arena.ara_category,
            "human_minutes": minutes.value if minutes else None,
            "human_source": minutes.source if minutes else None,
            "variant": self.variant.id if self.variant else None,
            "perturbations": [p.id for p in self.perturbations],
        }

    def world(self, seed: int) -> WorldSpec | None:
        """Return what the world must offer, for a seed; None where there is none."""
        fields = self.task.arena.world
        if fields is None:
            return None
        own: Mapping[str, Any] = {
            "services": tuple(fields.services),
            "clock_rate": fields.clock_rate,
            "tld": fields.tld,
            "model": self.task.arena.model_in(
                self.variant.id if self.variant else None
            ),
            "model_tokens": fields.model_tokens,
            "seed": seed,
            "program": self.task.seed_source or "",
            "settings": self.settings,
            "perturbations": tuple(
                {"id": p.id, "when": p.when, "params": p.params}
                for p in self.perturbations
                if p.id != DISK_FULL
            ),
        }
        if fields.servers is not None:
            size = {"server_memory_mb": fields.servers.memory_mb}
            own = {**own, "servers": fields.servers.max, **size}
        return WorldSpec.model_validate(own)
