"""Statements and their negations: coherence, and a leaning towards yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arena.analysis import Section, Table, Value
from arena.intervals import rate_interval
from arena.metrics.logic import coherence, d_prime, pair_accuracy, yes_bias

from .answers import Answer, grouped, sets_of

__all__ = ["opposites"]

COHERENT = "dual-logic"
"""The generator whose pairs are a statement and its opposite."""


def opposites(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate answers to yes-or-no questions, and pairs of opposites."""
    asked = [a for a in answers if _affirms(a, a.item.gold) is not None]
    tables = [_coherence(asked), _leaning(asked)]
    kept = [table for table in tables if table.rows]
    if kept:
        yield Section(title="Yes and no", tables=kept)


def _coherence(asked: Sequence[Answer]) -> Table:
    own = [a for a in asked if a.item.generator == COHERENT and a.item.pair is not None]
    rows: list[Sequence[Value]] = []
    for (scenario, cell), group in sorted(grouped(own, lambda a: a.cell).items()):
        for agent, members in grouped(group, lambda a: a.agent).items():
            pairs = [
                epochs
                for each in sets_of(members, lambda a: a.item.pair)
                if (epochs := [(p[0], p[1]) for p in each if _opposed(p)])
            ]
            if pairs:
                one = [coherence([_said(*both) for both in p]) or 0.0 for p in pairs]
                right = [pair_accuracy([_right(*both) for both in p]) for p in pairs]
                rows.append(
                    (
                        *(f"{scenario}: {cell}", agent, len(pairs)),
                        *(rate_interval(one), rate_interval([r or 0.0 for r in right])),
                    )
                )
    return Table(
        title="Pairs of opposites",
        columns=("cell", "agent", "pairs", "coherent", "both right"),
        rows=rows,
        note=(
            "Of a statement and its opposite exactly one is true. Coherent: exactly "
            "one was affirmed, be it the wrong one; always yes or always no gives 0."
        ),
    )


def _leaning(asked: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(asked, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            said = [(a, _affirms(a, a.chosen)) for a in own]
            spoke = [(a, yes) for a, yes in said if yes is not None]
            yes_items = [yes for a, yes in spoke if _affirms(a, a.item.gold)]
            no_items = [yes for a, yes in spoke if not _affirms(a, a.item.gold)]
            if spoke:
                rows.append(
                    (
                        *(scenario, agent, len(spoke)),
                        len(yes_items) / len(spoke),
                        sum(yes for _, yes in spoke) / len(spoke),
                        yes_bias([yes for _, yes in spoke]),
                        d_prime(
                            *(sum(yes_items), len(yes_items)),
                            *(sum(no_items), len(no_items)),
                        ),
                    )
                )
    return Table(
        title="Leaning towards yes",
        columns=(
            "scenario",
            "agent",
            "answers",
            "yes is right",
            "said yes",
            "bias",
            "d′",
        ),
        rows=rows,
        note=(
            "Bias: the share of yes less one half. d′: z(yes where yes is right) − "
            "z(yes where no is), 0 for an agent that does not tell them apart, "
            "whatever its leaning."
        ),
    )


def _affirms(answer: Answer, option: int | None) -> bool | None:
    """Return whether an option says yes; None where the question is another kind."""
    starts = [_first_word(text) for text in answer.item.options]
    if sorted(starts) != ["no", "yes"] or option not in (0, 1):
        return None
    return starts[option] == "yes"


def _first_word(text: str) -> str:
    return text.replace(",", " ").replace(".", " ").casefold().split(" ")[0]


def _opposed(pair: Sequence[Answer]) -> bool:
    """Whether these are a statement and its opposite, of which one is true."""
    return len(pair) == 2 and {_affirms(a, a.item.gold) for a in pair} == {True, False}


def _said(one: Answer, other: Answer) -> tuple[bool | None, bool | None]:
    return _affirms(one, one.chosen), _affirms(other, other.chosen)


def _right(one: Answer, other: Answer) -> tuple[bool, bool]:
    return one.right == 1, other.right == 1
