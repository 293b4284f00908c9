"""`arena check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import as_json

if TYPE_CHECKING:
    from ..audit import Audit
    from ..scenario import Scenario

__all__ = ["check"]


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SUITE|SCENARIO…")
@click.option("--agent", default="random", show_default=True, help="Who tries them.")
@click.option("--sandbox", metavar="KIND", help="docker or bubblewrap.")
@click.option(
    "--items",
    type=click.IntRange(min=100),
    default=1000,
    show_default=True,
    help="How many of each cell are audited, where scenarios have items.",
)
@click.option(
    "--seeds", type=click.IntRange(min=1), help="Of shell tasks: only the first ones."
)
@click.option("--all", "every", is_flag=True, help="Every blind rule of each cell.")
@as_json
def check(
    scenarios: tuple[str, ...],
    agent: str,
    sandbox: str | None,
    items: int,
    seeds: int | None,
    every: bool,
    as_json: bool,
) -> int:
    """Check that scenarios load, play, repeat and score.

    Each is played twice from one seed and must come out equal; bad calls must be
    answered and change nothing; every scorer must work.

    Of a shell task its own solution is played, which must score on every seed, then
    nothing and each of its cheats, which must not; the seeds must change the world, and
    the stored evidence must be judged as the box was. In its variants, and under the
    perturbations that it declares, its solution is played on the first seed.

    Where a scenario has items, they are audited: no rule that is blind to what is asked
    may be above chance in any cell, no answer or place of it may stand out, all
    labellers must agree. An agent that knows the answers must have all right.
    """
    from ..audit.table import audit_rows, print_audits
    from ..scenario import load_suite
    from ..testing import CheckFailed
    from ..text import json_text, shown

    failed: dict[str, str | None] = {}
    audits: dict[str, Audit] = {}
    for name in scenarios:
        for _, scenario in load_suite(name).entries:
            if scenario.name in failed:
                continue  # another suite has it too
            try:
                told = _checked(scenario, agent, sandbox, items, seeds, audits)
                failed[scenario.name] = None
            except CheckFailed as problem:
                told = failed[scenario.name] = str(problem)
            if not as_json:
                click.echo(shown(f"{scenario.name}: {told}"))
    if as_json:
        rows = {name: audit_rows(found) for name, found in audits.items()}
        told = {"failed": failed, "audit": rows}
        click.echo(json_text(told))
    else:
        print_audits(audits, every=every)
    return 2 if any(failed.values()) else 0


def _checked(
    scenario: Scenario,
    agent: str,
    sandbox: str | None,
    items: int,
    seeds: int | None,
    audits: dict[str, Audit],
) -> str:
    """Check a scenario and return what is said of it; its audit is put in `audits`.

    Raises:
        CheckFailed: If something is wrong with it.
    """
    from ..testing import check_scenario, check_task
    from ..testing.item_checks import has_items

    if scenario.is_task:
        chosen = None if seeds is None else scenario.content.seeds[:seeds]
        told = check_task(scenario, sandbox=sandbox, seeds=chosen, say=_say)
        return f"ok: {told}"
    check_scenario(scenario, agent=agent)
    return _audited(scenario, items, audits) if has_items(scenario) else "ok"


def _audited(scenario: Scenario, items: int, audits: dict[str, Audit]) -> str:
    from ..items import ItemError
    from ..testing import CheckFailed, audit_scenario, check_items

    try:
        found = audits[scenario.name] = audit_scenario(scenario, items=items)
    except ItemError as refused:
        raise CheckFailed(str(refused)) from None
    if found.failures:
        raise CheckFailed("; ".join(found.failures))
    played = check_items(scenario)
    cells = "1 cell" if len(found.items) == 1 else f"{len(found.items)} cells"
    count = sum(found.items.values())
    told = f"ok: {cells} of {count:,} items pass"
    return f"{told}; {played}" if played else told


def _say(text: str) -> None:
    from ..text import shown

    click.echo(shown(text), err=True)
