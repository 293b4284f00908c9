"""A blind learner: which option is right, told from words alone, the story withheld.

A conditional logit over the options of each item (McFadden 1974, "Conditional logit
analysis of qualitative choice behavior"), judged on items that it did not learn from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..items import Item
from .rules import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["learned_picks"]

FOLDS = 5
FEWEST_ITEMS = 100  # of fewer, nothing is learnt
MOST_ITEMS = 2000  # of more, the first
MOST_FEATURES = 500  # the most frequent
FEWEST_USES = 5  # of a feature, in options
MOST_CROSSED = 16  # words of an option, and n-grams of a question, taken together
ROUNDS = 30
RIDGE = 3.0  # pseudo-observations that pull each weight to 0
_ASKED = "\0asked"  # stands for: the question has a word of the option


def learned_picks(items: Sequence[Item]) -> list[dict[str, int]]:
    """Return what two learners pick for each item of a cell.

    `options n-grams` sees the words and pairs of words of the options;
    `question n-grams` sees also the question's, each together with each word of an
    option. Items of one world or one pair are learnt from or judged together, never
    both.
    """
    nothing: list[dict[str, int]] = [{}] * len(items)
    items = items[:MOST_ITEMS]
    if len(items) < FEWEST_ITEMS:
        return nothing
    folds = _folds(items)
    options = [[_grams(words(text)) for text in item.options] for item in items]
    asked = [_grams(words(item.question)) for item in items]
    crossed = _crossed(options, asked)
    by_options = _picks(items, options, folds)
    by_question = _picks(items, crossed, folds)
    picked = [
        {"options n-grams": one, "question n-grams": other}
        for one, other in zip(by_options, by_question, strict=True)
    ]
    return [*picked, *nothing[len(items) :]]


def _grams(found: Sequence[str]) -> list[str]:
    return [*dict.fromkeys([*found, *(" ".join(two) for two in pairwise(found))])]


def _crossed(
    options: Sequence[Sequence[Sequence[str]]], asked: Sequence[Sequence[str]]
) -> list[list[list[str]]]:
    """Return the options' n-grams, alone and with each telling one of the question."""
    uses = Counter(gram for grams in asked for gram in grams)
    # What every question has tells nothing more than the option alone.
    most = 0.95 * len(asked)
    telling = {g: count for g, count in uses.items() if FEWEST_USES <= count <= most}
    crossed: list[list[list[str]]] = []
    for choices, question in zip(options, asked, strict=True):
        about = sorted(telling.keys() & question, key=lambda g: (-telling[g], g))
        shared = set(choices[0]).intersection(*choices)
        rows: list[list[str]] = []
        for grams in choices:
            named = [_ASKED] if not set(question).isdisjoint(grams) else []
            own = [g for g in grams if " " not in g and g not in shared]
            pairs = (
                f"{gram} | {other}"
                for gram in (*named, *own[:MOST_CROSSED])
                for other in about[:MOST_CROSSED]
            )
            rows.append([*grams, *named, *pairs])
        crossed.append(rows)
    return crossed


def _folds(items: Sequence[Item]) -> list[int]:
    """Return the fold of each item: one for all that a world or a pair links."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while (above := leader.setdefault(name, name)) != name:
            leader[name] = leader[above]
            name = leader[name]
        return name

    names = [f"world {item.world or item.id}" for item in items]
    for item, name in zip(items, names, strict=True):
        if item.pair is not None:
            leader[find(f"pair {item.pair}")] = find(name)
    return [
        int.from_bytes(blake2b(find(name).encode(), digest_size=8).digest()) % FOLDS
        for name in names
    ]


def _picks(
    items: Sequence[Item],
    features: Sequence[Sequence[Iterable[str]]],
    folds: Sequence[int],
) -> list[int]:
    import numpy as np

    values, there = _matrix(features)
    right = np.zeros(there.shape, np.float32)
    right[np.arange(len(items)), [item.gold for item in items]] = 1
    held_out = np.array(folds)[:, None] == np.arange(FOLDS)
    weights = _fitted(values, there, right, ~held_out)
    worth = (values @ weights)[np.arange(len(items)), :, folds]
    # Rounded, so that equals stay equal on every machine; a hash decides them.
    worth = np.where(there, worth.round(4), -np.inf)
    return [
        min(
            np.flatnonzero(row == row.max()).tolist(),
            key=lambda place, item=item: blake2b(
                f"{item.id}\0{item.options[place]}".encode(), digest_size=8
            ).digest(),
        )
        for item, row in zip(items, worth, strict=True)
    ]


def _matrix(
    features: Sequence[Sequence[Iterable[str]]],
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return features by item and option, less their mean over the item's options.

    What all options of an item share can tell none from another. The second array has
    which options there are.
    """
    import numpy as np

    uses = Counter(f for rows in features for row in rows for f in row)
    known = [f for f, count in uses.most_common() if count >= FEWEST_USES]
    most = max(map(len, features))
    cuts = (0, *range(MOST_FEATURES, len(known), MOST_FEATURES))
    there = np.zeros((len(features), most), np.bool_)
    for at, rows in enumerate(features):
        there[at, : len(rows)] = True
    kept: list[Floats] = []
    # In parts, since the most frequent are often those that all options share.
    for cut in cuts:
        column = {f: i for i, f in enumerate(known[cut : cut + MOST_FEATURES])}
        part = np.zeros((len(features), most, len(column)), np.float32)
        for at, rows in enumerate(features):
            for option, row in enumerate(rows):
                part[at, option, [column[f] for f in row if f in column]] = 1
        part -= (part.sum(1) / there.sum(1)[:, None])[:, None]
        part *= there[:, :, None]
        kept.append(part[:, :, np.abs(part).max((0, 1)) > 0])
        if sum(part.shape[2] for part in kept) >= MOST_FEATURES:
            break
    return np.concatenate(kept, 2)[:, :, :MOST_FEATURES], there


def _fitted(
    values: Floats,
    there: NDArray[np.bool_],
    right: Floats,
    learnt: NDArray[np.bool_],
) -> Floats:
    """Return weights by feature and fold, by accelerated gradient ascent.

    Args:
        values: Features by item and option.
        there: Options that each item has.
        right: 1 for the right option of each item.
        learnt: Items that each fold learns from.
    """
    import numpy as np

    # Not -1: there may be no features at all.
    flat = values.reshape(there.size, values.shape[2])
    # Of the chances p of an item, diag(p) - p p' has no eigenvalue above 1/2.
    step = 1 / (0.5 * _largest(flat) + RIDGE)
    weights = ahead = np.zeros((values.shape[2], learnt.shape[1]), np.float32)
    for time in range(ROUNDS):
        worth = (flat @ ahead).reshape(*there.shape, -1)
        worth = np.where(there[:, :, None], worth, -np.inf)
        chance = np.exp(worth - worth.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        error = (right[:, :, None] - chance) * learnt[:, None, :]
        slope = flat.T @ error.reshape(len(flat), -1) - RIDGE * ahead
        before, weights = weights, (ahead + step * slope).astype(np.float32)
        ahead = weights + time / (time + 3) * (weights - before)
    return weights


def _largest(flat: Floats) -> float:
    """Return the largest eigenvalue of `flat.T @ flat`, by power iteration."""
    import numpy as np

    # Not ones: where all options have equally many words, these lead to 0.
    along: Any = np.arange(1, flat.shape[1] + 1, dtype=np.float32)
    size = 0.0
    for _ in range(15):
        along = flat.T @ (flat @ along)
        size = float(np.sqrt(along @ along))
        if not size:
            return 0.0
        along = along / size
    return 1.2 * size
