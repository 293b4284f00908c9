"""People and who is what to whom, as a graph that answers are walked in.

After the "Alice in Wonderland" problems (Nezhurina et al. 2024, arXiv 2406.02061): how
many sisters Alice's brother has, given her own brothers and sisters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["Graph", "Step"]

Step = tuple[str, str | None]
"""A tie to follow, and the kind of people to go to; None for all."""


@dataclass(frozen=True)
class Graph:
    """People of some kind each, and ties between them.

    Attributes:
        kinds: The kind of each person: girl, boy, red, ….
        ties: For a tie and a person, the people whom it leads to.
    """

    kinds: dict[str, str] = field(default_factory=dict[str, str])
    ties: dict[tuple[str, str], set[str]] = field(
        default_factory=dict[tuple[str, str], set[str]]
    )

    def add(self, person: str, kind: str) -> str:
        """Add a person; return who it is."""
        self.kinds[person] = kind
        return person

    def tie(self, name: str, person: str, other: str) -> None:
        """Let a tie lead from one person to another."""
        self.ties.setdefault((name, person), set()).add(other)

    def tie_all(self, name: str, people: Iterable[str]) -> None:
        """Let a tie lead from each of some people to each other of them."""
        group = list(people)
        for person in group:
            for other in group:
                if person != other:
                    self.tie(name, person, other)

    def reach(self, starts: Iterable[str], steps: Sequence[Step]) -> set[str]:
        """Return the people at the end of the steps."""
        reached = set(starts)
        for tie, kind in steps:
            reached = {
                other
                for person in reached
                for other in self.ties.get((tie, person), ())
                if kind in (None, self.kinds[other])
            }
        return reached

    def count(self, start: str, to: Step, steps: Sequence[Step]) -> int:
        """Return how many are at the end of the steps from anyone whom `to` leads to.

        Raises:
            ValueError: If there is nobody, or it hangs on whom one starts from.
        """
        counts = {
            len(self.reach([person], steps)) for person in self.reach([start], [to])
        }
        if len(counts) != 1:
            raise ValueError(f"{start}: {to} leads to {sorted(counts)}")
        return counts.pop()
