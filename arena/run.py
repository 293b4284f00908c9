"""Playing a plan: many episodes at once, each on its own record."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anyio

from .branch import Branch, branch_of, moments
from .chain import verify_trajectory
from .episode import EpisodeResult, play
from .errors import UserError, first_of
from .plan import Plan, PlannedScenario
from .redaction import Redactor
from .registry import make_env
from .run_folder import RunFolder
from .scoring import Score, score_trajectory
from .specification import EpisodeSpec
from .trajectory import read_trajectory
from .verify import parent_problem

__all__ = ["Observer", "RunOutcome", "run", "score_run"]


class Observer(Protocol):
    """Is told how a run goes on."""

    def preparing(self, text: str) -> None:
        """Say, in one line, how something slow goes on before the first episode."""
        ...

    def started(self, total: int, already: int) -> None:
        """Say how many episodes are planned, and how many of them are there already."""
        ...

    def finished(self, spec: EpisodeSpec, result: EpisodeResult) -> None:
        """Say that one episode has ended."""
        ...


@dataclass(frozen=True)
class RunOutcome:
    """What one call of `run` did.

    Attributes:
        played: Episodes that were played to an end, errors included.
        already: Episodes that were there before.
        interrupted: Whether Ctrl-C or SIGTERM stopped it.
    """

    played: int
    already: int
    interrupted: bool


def run(
    plan: Plan,
    path: Path,
    *,
    observer: Observer,
    max_concurrency: int = 16,
    parent: Path | None = None,
) -> RunOutcome:
    """Play what is missing of a plan into a folder, and score it.

    The failure of one episode is its record, and the others go on. At Ctrl-C, SIGTERM
    or SIGHUP the episodes that are being played end as interrupted, their sandboxes are
    removed, and everything is saved; the same call goes on from there.

    Args:
        plan: What to play.
        path: The run's folder; new, or one with the same plan.
        observer: Is told of progress.
        max_concurrency: How many episodes are played at once; one where a person
            plays or oversees.
        parent: The record that a run of forks goes on from; a copy is kept with it.

    Raises:
        UserError: If the folder holds something else, or an image that is needed
            cannot be had.
        RecordError: If the folder cannot be written (any more).
    """
    if plan.asks_a_person:
        max_concurrency = 1
    for scenario in plan.scenarios:
        env = make_env(scenario.ref.environment, scenario.ref.parameters)
        env.prepare(observer.preparing)
    with _terminable(), RunFolder.writing(path, plan) as folder:
        if parent is not None:
            folder.keep_parent(parent)
        todo = folder.missing()
        already = sum(1 for _ in plan.episodes()) - len(todo)
        observer.started(len(todo) + already, already)
        redactor = Redactor()
        interrupted = False
        try:
            anyio.run(_play_all, folder, todo, redactor, observer, max_concurrency)
        except KeyboardInterrupt:
            interrupted = True
        except BaseExceptionGroup as group:
            raise first_of(group) from None
        finally:
            folder.save()
        score_run(folder, again=False)
    ended = folder.manifest.episodes.items()
    played = sum(e in todo and seal.reason != "interrupted" for e, seal in ended)
    return RunOutcome(played, already, interrupted)


def score_run(folder: RunFolder, *, again: bool = True) -> dict[str, list[Score]]:
    """Return the scores of a run's ended episodes by episode, and save them.

    Args:
        folder: The run.
        again: Score every episode anew from its trajectory, and not only those that
            have no scores yet.

    Raises:
        UserError: If a record was changed since it was made.
    """
    scores = folder.scores()
    chosen = _scenarios(folder.manifest.plan)
    for spec in folder.manifest.plan.episodes():
        if spec.episode not in folder.manifest.episodes:
            continue
        choices = chosen[spec.scenario.name].scorers
        have = [score.scorer for score in scores.get(spec.episode, [])]
        if again or have != [choice.name for choice in choices]:
            path = folder.episode_path(spec.episode)
            seal = folder.manifest.episodes[spec.episode]
            problems = verify_trajectory(path, spec.episode, seal)
            if problems:
                raise UserError(f"not scored, as the record is damaged: {problems[0]}")
            trajectory = read_trajectory(path)
            scores[spec.episode] = score_trajectory(trajectory, choices)
    folder.replace_scores(scores)
    return scores


@contextmanager
def _terminable() -> Generator[None]:
    """Within it, being told to end is the same as Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return

    def interrupt(number: int, frame: object) -> None:
        signal.raise_signal(signal.SIGINT)

    handlers: dict[signal.Signals, Any] = {signal.SIGTERM: interrupt}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # not started by nohup
        handlers[signal.SIGHUP] = interrupt
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A script's background job; it must end when told to all the same.
        handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, h) for number, h in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def _play_all(
    folder: RunFolder,
    todo: set[str],
    redactor: Redactor,
    observer: Observer,
    max_concurrency: int,
) -> None:
    """Play episodes with a fixed number of workers that share one queue."""
    # One by one: a plan of a million episodes must not stand in memory.
    plan = folder.manifest.plan
    branches = _Branches(folder)
    queue = (spec for spec in plan.episodes() if spec.episode in todo)
    chosen = _scenarios(plan)

    async def work(queue: Iterator[EpisodeSpec]) -> None:
        for spec in queue:
            path = folder.episode_path(spec.episode)
            try:
                result = await _play_twice(spec, folder, redactor, branches(spec))
            except anyio.get_cancelled_exc_class():
                folder.adopt(spec.episode)  # it has ended, as interrupted
                raise
            folder.seal(spec.episode, result.seal)
            choices = chosen[spec.scenario.name].scorers
            folder.add_scores(score_trajectory(read_trajectory(path), choices))
            observer.finished(spec, result)
            await anyio.sleep(0)  # let the others, and a Ctrl-C, have their turn

    async with anyio.create_task_group() as tasks:
        for _ in range(max(1, min(max_concurrency, len(todo)))):
            tasks.start_soon(work, queue)


class _Branches:
    """What episodes of a run go on from."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        forks = folder.manifest.plan.forks
        if (problem := parent_problem(folder)) is not None:
            raise UserError(str(problem))
        self._parent = read_trajectory(folder.parent_path) if forks else None

    def __call__(self, spec: EpisodeSpec) -> Branch | None:
        """Return what an episode goes on from: a fork's parent, or what a person began.

        Everybody else begins anew where an episode was broken off.
        """
        if spec.fork is not None and self._parent is not None:
            return branch_of(self._parent, spec.fork.parent)
        record = self._folder.broken_off(spec.episode)
        if record is None or not record.header.people:
            return None
        moment = moments(record.events)[-1:]
        return Branch(record, moment[0], ()) if moment else None


async def _play_twice(
    spec: EpisodeSpec, folder: RunFolder, redactor: Redactor, branch: Branch | None
) -> EpisodeResult:
    """Play an episode, and once more where its sandbox failed: that may pass."""
    path, run = folder.episode_path(spec.episode), folder.manifest.run
    result = await play(spec, path, run, redactor, branch=branch)
    if result.error is None or result.error.where != "sandbox":
        return result
    folder.set_aside(path)
    again = str(result.error)
    return await play(spec, path, run, redactor, before=again, branch=branch)


def _scenarios(plan: Plan) -> Mapping[str, PlannedScenario]:
    return {scenario.ref.name: scenario for scenario in plan.scenarios}
