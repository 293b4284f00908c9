"""`arena check`."""

from __future__ import annotations

import json

import click

from .options import as_json

__all__ = ["check"]


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SUITE|SCENARIO…")
@click.option("--agent", default="random", show_default=True, help="Who tries them.")
@as_json
def check(scenarios: tuple[str, ...], agent: str, as_json: bool) -> int:
    """Check that scenarios load, play, repeat and score.

    Each is played twice from one seed and must come out equal; bad calls must be
    answered and change nothing; every scorer must work.
    """
    from ..scenario import load_suite
    from ..testing import CheckFailed, check_scenario
    from ..text import shown

    failed: dict[str, str | None] = {}
    for name in scenarios:
        for _, scenario in load_suite(name).entries:
            try:
                check_scenario(scenario, agent=agent)
                failed[scenario.name] = None
            except CheckFailed as problem:
                failed[scenario.name] = str(problem)
            if not as_json:
                problem = failed[scenario.name]
                click.echo(shown(f"{scenario.name}: {problem or 'ok'}"))
    if as_json:
        click.echo(json.dumps(failed, ensure_ascii=False))
    return 2 if any(failed.values()) else 0
