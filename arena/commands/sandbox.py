"""`arena sandbox`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UserError
from .options import as_json

if TYPE_CHECKING:
    from ..sandboxing import SandboxProvider, SandboxSpec

__all__ = ["sandbox"]

kind = click.option("--sandbox", "kind", metavar="KIND", help="Only this kind.")


@click.group()
def sandbox() -> None:
    """Build images, list them, and remove what dead processes left behind."""


@sandbox.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[TASK]…")
@kind
def build(folders: tuple[Path, ...], kind: str | None) -> int:
    """Get what sandboxes need: the base image, or those of task folders.

    An image is built once, and found again by the digest of what it is made from.
    Without a registry to be reached, the base image is made from Debian packages.
    """
    from ..sandboxing import SandboxSpec
    from ..text import shown

    specs = [SandboxSpec.model_validate({"build": _build(f)}) for f in folders]
    usable, problems = _usable(kind)
    missing = [f"{name}: not built: {why}" for name, why in problems.items()]
    refusals: list[str] = []
    built = 0
    for name, provider in usable.items():
        for spec in specs or [SandboxSpec.model_validate({})]:
            refusal = provider.refuses(spec)
            if refusal is not None:
                refusals.append(f"{name}: {refusal}")
                continue
            provider.prepare(spec, _say)
            click.echo(f"{name}: {_ready(provider, spec)}")
            built += 1
    if refusals and not built:
        raise UserError("; ".join([*missing, *refusals]))
    for line in missing:
        click.echo(shown(line))
    return 0


@sandbox.command("list")
@kind
@as_json
def list_(kind: str | None, as_json: bool) -> int:
    """List the images that are there."""
    usable, problems = _usable(kind)
    found = {name: provider.images() for name, provider in usable.items()}
    if as_json:
        told = {name: [asdict(image) for image in found[name]] for name in found}
        click.echo(json.dumps(told))
        _complain_of(problems)
        return 0
    for name, images in found.items():
        for image in images:
            click.echo(
                f"{name}  {image.name}  {image.digest[:19]}  {image.size_mb:.0f} MB  "
                f"{image.created}"
            )
        if not images:
            click.echo(f"{name}  no images")
    _complain_of(problems)
    return 0


@sandbox.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@kind
@as_json
def prune(dry_run: bool, kind: str | None, as_json: bool) -> int:
    """Remove what is left of dead processes, and of nobody else.

    A run does the same before its first sandbox.
    """
    from ..text import json_text, shown

    usable, problems = _usable(kind)
    found = {name: p.prune(dry_run=dry_run) for name, p in usable.items()}
    if as_json:
        told = {name: [asdict(thing) for thing in found[name]] for name in found}
        click.echo(json_text(told))
    else:
        for name, things in found.items():
            for thing in things:
                state = "removed" if thing.removed else "left"
                text = f"{name}  {thing.kind} {thing.name}  {state}  ({thing.owner})"
                click.echo(shown(text))
        if not any(found.values()):
            where = f" in {', '.join(found)}" if problems else ""
            click.echo(f"nothing is left behind{where}")
    _complain_of(problems)
    stuck = any(not thing.removed for things in found.values() for thing in things)
    return 1 if stuck and not dry_run else 0


def _usable(
    kind: str | None,
) -> tuple[dict[str, SandboxProvider], dict[str, str]]:
    """Return the sandboxes that work here by name, and of the others why they don't.

    Raises:
        UserError: If the one that was asked for, or all of them, do not work.
    """
    from ..registry import names, sandbox_provider

    usable: dict[str, SandboxProvider] = {}
    problems: dict[str, str] = {}
    for name in [kind] if kind else names("sandboxes"):
        try:
            provider = sandbox_provider(name)
            problem = provider.problem()
        except UserError as error:
            if kind:
                raise
            problems[name] = str(error)
            continue
        if problem is None:
            usable[name] = provider
        else:
            problems[name] = problem
    if not usable:
        told = "; ".join(f"{name}: {problem}" for name, problem in problems.items())
        raise UserError(told or "no sandbox is installed")
    return usable, problems


def _complain_of(problems: Mapping[str, str]) -> None:
    """Say which sandboxes could not be asked."""
    from ..text import shown

    for name, problem in problems.items():
        click.echo(shown(f"arena: {name} was not asked: {problem}"), err=True)


def _build(folder: Path) -> str:
    """Return the folder with the Dockerfile of a task.

    Raises:
        UserError: If there is none.
    """
    for found in (folder / "environment", folder):
        if (found / "Dockerfile").is_file():
            return str(found.resolve())
    raise UserError(
        f"{folder}: no Dockerfile in it or its `environment/`; a task without one uses "
        "the base image: arena sandbox build"
    )


def _ready(provider: SandboxProvider, spec: SandboxSpec) -> str:
    image = provider.facts(spec).get("image")
    return f"{image['name']} {image['digest']}" if image else "needs no image"


def _say(line: str) -> None:
    from ..text import shown

    click.echo(shown(line), err=True)
