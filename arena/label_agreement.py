"""What readers' labels come to: how often each was given, and how far readers agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from .annotations import FAILURE_LABELS, Annotation, Annotations, Note
from .intervals import Estimate, rate_interval
from .metrics.agreement import cohens_kappa

__all__ = ["Agreement", "LabelCount", "agreements", "label_counts"]

WHICH_FAILURE = f"which of {', '.join(FAILURE_LABELS)}"

_Judgements = Mapping[str, set[str]]
"""By episode: all labels that one reader gave to it or to an event of it."""


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often one label stands.

    Attributes:
        notes: In how many.
        episodes: On how many episodes.
        readers: Whose, sorted.
    """

    label: str
    notes: int
    episodes: int
    readers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two readers on the episodes that both have judged.

    Attributes:
        label: Whether an episode has it is what is judged; or `which of …`, for the
            choice among METR's labels where both readers gave exactly one.
        readers: The two.
        first: Of how many of these episodes the first says so.
        second: Of how many the second does.
        both: Of how many both do.
        observed: The share of episodes on which they agree, by Wilson's interval.
        kappa: Cohen's: the agreement beyond chance.
    """

    label: str
    readers: tuple[str, str]
    first: int
    second: int
    both: int
    observed: Estimate
    kappa: Estimate


def label_counts(annotations: Annotations) -> list[LabelCount]:
    """Count the labels of current notes, the most frequent first."""
    given = [
        (label, note.id, version)
        for note in annotations.current
        for version in note.current
        for label in version.labels
    ]
    found = [
        LabelCount(
            label=label,
            notes=len({note for own, note, _ in given if own == label}),
            episodes=len({v.episode for own, _, v in given if own == label}),
            readers=tuple(sorted({v.author for own, _, v in given if own == label})),
        )
        for label in {label for label, _, _ in given}
    ]
    return sorted(found, key=lambda count: (-count.notes, count.label))


def agreements(annotations: Annotations, confidence: float = 0.95) -> list[Agreement]:
    """Compare every two readers, label by label.

    A reader has judged an episode who gave a label to it or to an event of it. What
    counts are the reader's own last versions, also where somebody else has edited the
    note since; what was removed does not count.
    """
    judged: dict[str, dict[str, set[str]]] = {}
    for note in annotations.notes.values():
        for version in _standing(note):
            if version.labels:
                own = judged.setdefault(version.author, {})
                own.setdefault(version.episode, set()).update(version.labels)
    return [
        found
        for pair in combinations(sorted(judged), 2)
        for found in _of_two(pair, judged[pair[0]], judged[pair[1]], confidence)
    ]


def _standing(note: Note) -> Iterator[Annotation]:
    """Yield the versions that neither their author has replaced nor anybody removed."""
    by_id = {version.id: version for version in note.versions}
    gone: set[str] = set()
    for version in note.versions:
        todo, seen = list(version.replaces), set[str]()
        while todo:
            old = by_id.get(todo.pop())
            if old is None or old.id in seen:
                continue
            seen.add(old.id)
            todo += old.replaces
            if version.removed or version.author == old.author:
                gone.add(old.id)
    yield from (v for v in note.versions if v.id not in gone and not v.removed)


def _of_two(
    readers: tuple[str, str], ours: _Judgements, theirs: _Judgements, confidence: float
) -> Iterator[Agreement]:
    shared = sorted(ours.keys() & theirs.keys())
    failures = [
        (a, b)
        for a, b in (
            (ours[e] & set(FAILURE_LABELS), theirs[e] & set(FAILURE_LABELS))
            for e in shared
        )
        if len(a) == len(b) == 1
    ]
    if failures:
        pairs = [(min(a), min(b)) for a, b in failures]
        both = sum(a == b for a, b in pairs)
        counts = (len(pairs), len(pairs), both)
        yield _agreement(WHICH_FAILURE, readers, counts, pairs, confidence)
    for label in sorted({v for e in shared for v in ours[e] | theirs[e]}):
        said = [(label in ours[e], label in theirs[e]) for e in shared]
        counts = (
            sum(a for a, _ in said),
            sum(b for _, b in said),
            sum(a and b for a, b in said),
        )
        pairs = [(str(a), str(b)) for a, b in said]
        yield _agreement(label, readers, counts, pairs, confidence)


def _agreement(
    label: str,
    readers: tuple[str, str],
    counts: tuple[int, int, int],
    pairs: list[tuple[str, str]],
    confidence: float,
) -> Agreement:
    observed = rate_interval([float(a == b) for a, b in pairs], confidence)
    kappa = cohens_kappa(pairs, confidence)
    return Agreement(label, readers, *counts, observed, kappa)
