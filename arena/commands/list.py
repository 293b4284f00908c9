"""`arena list`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from .options import as_json

if TYPE_CHECKING:
    from ..registry import Kind

__all__ = ["list_"]

KINDS = ("scenarios", "suites", "environments", "agents", "models", "scorers")


@click.command("list")
@click.argument("kind", required=False, type=click.Choice([*KINDS, "sandboxes"]))
@as_json
def list_(kind: str | None, as_json: bool) -> int:
    """List what can be run, by name."""
    from ..text import json_text, shown

    kinds = [kind] if kind else list(KINDS)
    found = {each: _listed(each) for each in kinds}
    if as_json:
        click.echo(json_text(found))
        return 0
    for each, entries in found.items():
        click.secho(each, bold=True)
        width = max((len(name) for name in entries), default=0)
        for name, text in entries.items():
            click.echo(shown(f"  {name:<{width}}  {text}"))
        if not entries:
            click.echo("  none installed")
    return 0


def _listed(kind: str) -> dict[str, str]:
    from ..registry import PREFIX, names, target
    from ..scenario import find_scenarios, find_suites, load_scenario, load_suite

    match kind:
        case "scenarios":
            return {n: load_scenario(n).content.description for n in find_scenarios()}
        case "suites":
            return {n: load_suite(n).description for n in find_suites()}
        case "environments":
            return {PREFIX + n: _about("environments", n) for n in names(kind)}
        case "agents":
            return {n: _about("agents", n) + _options(n) for n in names(kind)}
        case "models":
            return {n: target("models", n) for n in names(kind)}
        case "scorers":
            return {n: _scorer(n) for n in names(kind)}
        case _:
            return {n: _about("sandboxes", n) for n in names("sandboxes")}


def _about(kind: Kind, name: str) -> str:
    from ..registry import load

    found = load(kind, name)
    return (inspect.getdoc(found) or "").partition("\n")[0]


def _options(name: str) -> str:
    from ..arguments import Arguments
    from ..registry import load

    options = Arguments.of_class(load("agents", name)).types
    return f" [{', '.join(options)}]" if options else ""


def _scorer(name: str) -> str:
    from ..registry import load

    return load("scorers", name).description
