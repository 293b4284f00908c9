"""How many minds a question needs, whatever its wording: the effective order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

__all__ = ["effective_order"]

Path = tuple[str, ...]


def effective_order(
    belief: Callable[[Path], str | None], path: Path, reality: str
) -> int:
    """Return how few people of the path lead to the same answer.

    0 if the belief equals reality; else the length of the shortest subsequence of the
    path, without immediate repeats, whose belief is the same. A question worded to the
    fourth order often needs only the first.

    Args:
        belief: Where the thing is by each path; as `BeliefTable.belief`.
        path: Without immediate repeats.
        reality: Where the thing is.
    """
    answer = belief(path)
    if answer == reality:
        return 0
    for length in range(1, len(path)):
        for shorter in combinations(path, length):
            if all(a != b for a, b in pairwise(shorter)) and belief(shorter) == answer:
                return length
    return len(path)
