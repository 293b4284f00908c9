"""What `arena replay --verify` does and prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UserError
from .options import split_episode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..replays import Replayed

__all__ = ["verify_by_replay"]

_MOST_TOLD = 5


def verify_by_replay(target: Path, *, max_concurrency: int, as_json: bool) -> int:
    """Play a run's episodes, or one of them, again and print how they came out.

    Args:
        target: A run, an episode of it, or the file of a record.
        max_concurrency: How many are played at once.
        as_json: For programs.

    Returns:
        The exit code: 0 where all came out as recorded, 2 where one differs or cannot
        be played again, else 1 where a sandbox failed.
    """
    from ..replays import replay_all
    from ..text import shown

    done: list[Replayed] = []
    replay_all(
        _records(target),
        say=lambda text: click.echo(shown(text), err=True),
        told=done.append,
        max_concurrency=max_concurrency,
    )
    done.sort(key=lambda one: one.path)
    if as_json:
        _print_json(done)
    else:
        _print(done)
    if any(not one.identical and not one.failed for one in done):
        return 2
    return 1 if any(one.failed for one in done) else 0


def _records(target: Path) -> list[Path]:
    from ..run_folder import RunFolder

    if target.suffix == ".jsonl":
        return [target]
    path, episode = split_episode(target)
    folder = RunFolder(path)
    if episode is not None:
        folder.check_known(episode)
        return [folder.episode_path(episode)]
    paths = sorted(path.glob("episodes/*.jsonl"))
    if not paths:
        raise UserError(f"{path}: no episode was recorded")
    return paths


def _print(done: Sequence[Replayed]) -> None:
    from collections import Counter

    from ..differences import difference_lines
    from ..text import shown

    differ = [one for one in done if one.replay is not None and one.replay.count]
    for one in differ[:_MOST_TOLD]:
        assert one.replay is not None
        click.echo(shown(f"{one.path.stem}: {one.replay.count} events differ; first:"))
        for line in difference_lines(one.replay.differences[0]):
            click.echo(line)
        if one.replay.redacted:
            click.echo(
                f"  {one.replay.redacted} of its calls had a secret, which is not on "
                "the record: what they do may differ"
            )
    if len(differ) > _MOST_TOLD:
        click.echo(f"… and {len(differ) - _MOST_TOLD} further episodes that differ")
    problems = [one for one in done if one.problem is not None]
    for one in problems[:_MOST_TOLD]:
        how = "damaged" if one.replay is not None else "not played again"
        click.echo(shown(f"{one.path.stem}: {how}: {one.problem}"))
    if len(problems) > _MOST_TOLD:
        click.echo(f"… and {len(problems) - _MOST_TOLD} further problems")
    ruled: Counter[str] = Counter()
    for one in done:
        ruled.update(one.replay.ruled if one.replay else ())
    for name, count in ruled.most_common():
        click.echo(shown(f"made equal by the rule {name!r}: {count} events"))
    click.echo(_summary(done))


def _summary(done: Sequence[Replayed]) -> str:
    identical = sum(one.identical for one in done)
    steps = sum(one.replay.steps for one in done if one.replay)
    counts = {
        "differ": sum(bool(one.replay and one.replay.count) for one in done),
        "damaged": sum(bool(one.replay and one.problem) for one in done),
        "not played again": sum(one.replay is None for one in done),
    }
    evidence = sum(bool(o.replay and o.replay.only_evidence) for o in done)
    off = sum(bool(o.replay and o.replay.ended == "broken off") for o in done)
    parts = [f"{identical} identical"]
    parts += [f"{count} {what}" for what, count in counts.items() if count]
    if evidence:
        parts.append(f"{evidence} of those only in the evidence of their end")
    if off:
        parts.append(f"{off} broken off and compared up to there")
    return f"{len(done)} episodes, {steps} steps: {', '.join(parts)}"


def _print_json(done: Sequence[Replayed]) -> None:
    from ..text import json_text

    click.echo(
        json_text(
            {
                "episodes": len(done),
                "identical": sum(one.identical for one in done),
                "records": [_as_dict(one) for one in done],
            }
        )
    )


def _as_dict(one: Replayed) -> dict[str, Any]:
    from dataclasses import asdict

    told: dict[str, Any] = {
        "file": str(one.path),
        "identical": one.identical,
        "problem": one.problem,
        "failed": one.failed,
    }
    return told | (asdict(one.replay) if one.replay else {})
