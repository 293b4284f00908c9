"""Playing the records of a whole run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from .errors import EpisodeError, UserError
from .registry import make_env
from .replay import Replay, replay
from .sandboxing import Say
from .trajectory import CorruptTrajectory, Trajectory, read_trajectory

__all__ = ["Replayed", "replay_all"]


@dataclass(frozen=True)
class Replayed:
    """What became of one record.

    Attributes:
        path: Of the record.
        replay: How it came out; None where it could not be played again.
        problem: Why it could not be, or could be only up to where it is damaged.
        failed: Whether that was an infrastructure failure, which says nothing.
    """

    path: Path
    replay: Replay | None
    problem: str | None = None
    failed: bool = False

    @property
    def identical(self) -> bool:
        """Whether all of the record came out as recorded."""
        return self.replay is not None and self.replay.identical and not self.problem


def replay_all(
    paths: Sequence[Path],
    *,
    say: Say,
    told: Callable[[Replayed], None],
    max_concurrency: int = 8,
) -> None:
    """Play records again, several at once.

    Args:
        paths: Of the records.
        say: Is told of what has to be made before, such as images.
        told: Is given each outcome, as they come.
        max_concurrency: How many are played at once.
    """
    anyio.run(_replay_all, paths, say, told, max_concurrency)


async def _replay_all(
    paths: Sequence[Path],
    say: Say,
    told: Callable[[Replayed], None],
    max_concurrency: int,
) -> None:
    queue = iter(paths)
    prepared: dict[str, str | None] = {}

    async def work(queue: Iterator[Path]) -> None:
        for path in queue:
            told(await _replayed(path, say, prepared))
            await anyio.sleep(0)  # let the others, and a Ctrl-C, have their turn

    async with anyio.create_task_group() as tasks:
        for _ in range(max(1, min(max_concurrency, len(paths)))):
            tasks.start_soon(work, queue)


async def _replayed(path: Path, say: Say, prepared: dict[str, str | None]) -> Replayed:
    try:
        record = read_trajectory(path, as_far_as_it_goes=True)
        if (why := _prepared(record, say, prepared)) is not None:
            return Replayed(path, None, why)
        found = await replay(record)
    except CorruptTrajectory as error:
        return Replayed(path, None, f"line {error.line}: {error.problem}")
    except EpisodeError as error:
        return Replayed(path, None, str(error), failed=True)
    except UserError as error:
        return Replayed(path, None, str(error))
    damage = record.damage
    if damage is not None:
        return Replayed(path, found, f"line {damage.line}: {damage.problem}")
    return Replayed(path, found)


def _prepared(
    record: Trajectory, say: Say, prepared: dict[str, str | None]
) -> str | None:
    """Get what a scenario needs, once; return why it cannot be had, or None."""
    scenario = record.header.scenario
    key = scenario.model_dump_json(include={"environment", "parameters"})
    if key not in prepared:
        prepared[key] = None
        try:
            make_env(scenario.environment, scenario.parameters).prepare(say)
        except UserError as error:
            prepared[key] = str(error)
    return prepared[key]
