"""Which wrong answers are chosen: each lure is what a shortcut leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from arena.analysis import Section, Table, Value
from arena.intervals import rate_interval

from .answers import Answer, grouped

__all__ = ["lures"]


def lures(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate, of the wrong answers where a lure was offered, how many took it."""
    wrong = [a for a in answers if a.item.roles and not a.right and _offered(a)]
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(wrong, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            roles = dict.fromkeys(
                r for a in own for o in _offered(a) for r in a.roles(o)
            )
            for role in sorted(roles):
                rows.append((scenario, role, agent, *_taken(own, role)))
    if rows:
        table = Table(
            title="Lures",
            columns=("scenario", "lure", "agent", "wrong", "took it", "by chance"),
            rows=rows,
            note=(
                "Wrong: items that offer the lure and were answered wrong. Took it: "
                "how many of these answers chose it, an item's epochs being one "
                "value. By chance: if every wrong option were as likely. "
                "An option may be several lures at once."
            ),
        )
        yield Section(title="Wrong answers", tables=[table])


def _taken(wrong: Sequence[Answer], role: str) -> tuple[Value, ...]:
    taken: list[float] = []
    even: list[float] = []
    for group in grouped(wrong, lambda a: (a.run, a.item.id)).values():
        options = _offered(group[0])
        lure = [option for option in options if role in group[0].roles(option)]
        if lure:
            taken.append(fmean(a.chosen in lure for a in group))
            even.append(len(lure) / len(options))
    return len(taken), rate_interval(taken), fmean(even)


def _offered(answer: Answer) -> list[int]:
    """Return the wrong options of an item that was answered."""
    if answer.chosen is None:
        return []
    return [o for o in range(len(answer.item.options)) if o != answer.item.gold]
