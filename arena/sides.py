"""Who is compared: an agent of a run with one of another, or two of one run."""

from __future__ import annotations

from .analysis import run_names
from .errors import UnknownName, UserError
from .paired_runs import Side
from .run_folder import RunFolder

__all__ = ["labels_of", "sides"]


def labels_of(folder: RunFolder) -> list[str]:
    """Return the labels of the agents of a run, in its order."""
    scenarios = folder.manifest.plan.scenarios
    return list(dict.fromkeys(a.label for s in scenarios for a in s.agents))


def sides(
    first: RunFolder, second: RunFolder, named: tuple[str | None, str | None]
) -> tuple[Side, Side]:
    """Return who is compared.

    An agent that is not named is the first that both runs have, or else the first of
    its run; within one run it is the next.

    Args:
        first: A run.
        second: Another, or the same.
        named: The label of an agent of each.

    Raises:
        UserError: For a label that a run does not have, or one agent against itself.
    """
    ours, theirs = labels_of(first), labels_of(second)
    for label, known in zip(named, (ours, theirs), strict=True):
        if label is not None and label not in known:
            raise UnknownName("agent", label, known)
    if first.path.resolve() == second.path.resolve():
        one = named[0] or next(a for a in ours if a != named[1])
        other = named[1] or next((a for a in theirs if a != one), one)
        if one == other:
            raise UserError(f"{first.path}: one agent, {one!r}; name another run")
        return Side(first, one, one), Side(second, other, other)
    common = [label for label in ours if label in theirs]
    one, other = (
        label or own or (*common, *known)[0]
        for label, own, known in (
            (named[0], named[1] if named[1] in ours else None, ours),
            (named[1], named[0] if named[0] in theirs else None, theirs),
        )
    )
    names = run_names([first, second])
    return (
        Side(first, one, f"{one} ({names[0]})"),
        Side(second, other, f"{other} ({names[1]})"),
    )
