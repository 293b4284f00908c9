"""How deep minds are followed: scores by effective order, and the order used."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arena.analysis import Figure, Section, Table, Value
from arena.intervals import Estimate, rate_interval
from arena.metrics.curves import crossing, logit_slope

from .answers import Answer, chance_of, grouped, per_item
from .cells import corrected_score
from .charts import Point, curves, shares

__all__ = ["orders", "used_order"]

_ORDER = re.compile(r"order-(\d)")


def used_order(answer: Answer, option: int | None) -> int | None:
    """Return the order of belief that leads to an option of a graded item, if any."""
    if option is None or not 0 <= option < len(answer.item.options):
        return None
    found = [m for role in answer.roles(option) if (m := _ORDER.fullmatch(role))]
    return int(found[0][1]) if len(found) == 1 else None


def orders(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate and draw beliefs by effective order, and which order was used."""
    asked = [
        a for a in answers if a.item.order is not None and a.item.measures == "tom"
    ]
    by_order = {
        agent: dict(sorted(grouped(own, _order).items()))
        for agent, own in grouped(asked, lambda a: a.agent).items()
    }
    if len({order for orders in by_order.values() for order in orders}) > 1:
        points = {
            agent: {order: corrected_score(group) for order, group in groups.items()}
            for agent, groups in by_order.items()
        }
        yield Section(
            title="By effective order",
            text=(
                "The effective order is how many minds a belief really needs: 0 where "
                "it equals reality, else the length of the shortest chain of people "
                "that gives the same belief. The order as worded can be far larger."
            ),
            tables=[_curve(by_order, points), _depth(by_order, points)],
            figures=[_drawn_curve(points)],
        )
    graded = [a for a in asked if used_order(a, a.item.gold) is not None]
    if graded:
        yield _used(graded)


def _curve(
    by_order: Mapping[str, Mapping[int, Sequence[Answer]]],
    points: Mapping[str, Mapping[int, Estimate]],
) -> Table:
    rows: list[Sequence[Value]] = []
    for agent, groups in by_order.items():
        for order, group in groups.items():
            right = per_item(group)
            accuracy = rate_interval(right)
            rows.append(
                (
                    *(agent, order, len(right), accuracy, chance_of(group)),
                    points[agent][order],
                )
            )
    return Table(
        title="Beliefs by effective order",
        columns=("agent", "order", "items", "accuracy", "chance", "κ"),
        rows=rows,
    )


def _depth(
    by_order: Mapping[str, Mapping[int, Sequence[Answer]]],
    points: Mapping[str, Mapping[int, Estimate]],
) -> Table:
    rows: list[Sequence[Value]] = []
    for agent, groups in by_order.items():
        right = {order: per_item(group) for order, group in groups.items()}
        counts = {order: (sum(r), len(r)) for order, r in right.items()}
        kappas = {o: e.value for o, e in points[agent].items() if e.value is not None}
        rows.append((agent, _k50(crossing(kappas), kappas), logit_slope(counts)))
    return Table(
        title="How deep",
        columns=("agent", "K50", "slope of log odds per order"),
        rows=rows,
        note="K50: the effective order at which κ falls below one half.",
    )


def _k50(depth: float | None, curve: Mapping[int, float]) -> str:
    if depth is None:
        return f"below {min(curve)}" if curve else "–"
    return f"above {max(curve)}" if math.isinf(depth) else f"{depth:.2f}"


def _drawn_curve(points: Mapping[str, Mapping[int, Estimate]]) -> Figure:
    lines = {
        agent: [Point(order, estimate) for order, estimate in curve.items()]
        for agent, curve in points.items()
    }

    def draw(canvas: Any) -> None:
        curves(
            canvas, lines, xlabel="effective order", ylabel="κ", level=0.5, whole=True
        )

    return Figure(
        title="κ by effective order",
        caption=(
            "Belief items, corrected for guessing, with 95 % intervals over worlds. "
            "Where a curve crosses the dashed line is K50."
        ),
        draw=draw,
    )


def _used(graded: Sequence[Answer]) -> Section:
    rows: list[Sequence[Value]] = []
    panels: dict[str, list[list[float | None]]] = {}
    deepest = max(
        used_order(a, option) or 0
        for a in graded
        for option in range(len(a.item.options))
    )
    span = range(deepest + 1)
    for agent, own in grouped(graded, lambda a: a.agent).items():
        panel: list[list[float | None]] = [[None] * len(span) for _ in span]
        truth = grouped(own, lambda a: used_order(a, a.item.gold))
        for true in span:
            group = truth.get(true, [])
            if not group:
                continue
            used = grouped(group, lambda a: used_order(a, a.chosen))
            found = [len(used.get(order, [])) / len(group) for order in span]
            panel[true] = list(found)
            rows.append((agent, true, len(group), *found, 1 - sum(found)))
        panels[agent] = panel
    table = Table(
        title="True order by used order",
        columns=("agent", "true", "answers", *(f"used {o}" for o in span), "other"),
        rows=rows,
        note=(
            "Graded items: each option is what following so many minds gives. Shares "
            "of a row; other: no answer, or an option that stands for no one order."
        ),
    )
    names = [str(order) for order in span]
    there = sorted({used_order(a, a.item.gold) or 0 for a in graded})

    def draw(canvas: Any) -> None:
        shares(
            canvas,
            {agent: [p[order] for order in there] for agent, p in panels.items()},
            rows=[str(order) for order in there],
            columns=names,
            xlabel="order used",
            ylabel="true order",
        )

    figure = Figure(
        title="Share of answers by the order used",
        caption=(
            "The share of answers, of each true order, that stand for each order used; "
            "left of the diagonal fewer minds were followed than asked for."
        ),
        draw=draw,
        size=(7.0, 0.6 + (0.5 + 0.38 * len(there)) * -(-len(panels) // 3)),
    )
    return Section(title="Which order was used", tables=[table], figures=[figure])


def _order(answer: Answer) -> int:
    assert answer.item.order is not None  # it was asked for
    return answer.item.order
