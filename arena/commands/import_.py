"""`arena import`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import as_json

if TYPE_CHECKING:
    from ..importing import Imported, Importer, Refused

__all__ = ["import_"]


@click.command("import")
@click.argument("kind", metavar="KIND")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where the task folders go; of a set of questions the scenario's own folder.",
)
@click.option("--image", metavar="IMAGE", help="A Docker image to build on instead.")
@click.option("--format", "format_", metavar="NAME", help="Which set of questions.")
@click.option("--seed", type=int, metavar="N", help="Of the order of options.")
@click.option(
    "--drop-doubted",
    is_flag=True,
    default=None,
    help="Leave out questions whose label does not hold.",
)
@as_json
def import_(
    kind: str,
    path: Path,
    out: Path,
    image: str | None,
    format_: str | None,
    seed: int | None,
    drop_doubted: bool | None,
    as_json: bool,
) -> int:
    """Make task folders, or a scenario, of what is in a foreign format.

    KIND is `metr` (a task family, one folder for each of its tasks), `terminal-bench`
    (version 1: a task, or a folder of tasks) or `social` (a file or a folder of
    questions, one scenario). Harbor's folders need no import. What cannot be used is
    named with the reason.

    Formats of `social`: agieval, bigtom, egosocialarena, fantom, hi-tom, inspect,
    introspection, multiple-choice (MMLU, WMDP), negotiationtom, opentom, socialiqa,
    tombench, tomi.

    \b
    arena import metr ./count_odds -o imported
    arena import terminal-bench ./hello-world -o imported
    arena import social ./test.txt --format tomi -o my-tomi
    """
    from ..errors import UserError
    from ..importing import Imported, Refused
    from ..registry import load
    from ..text import json_text, shown

    importer: Importer = load("importers", kind)
    if not path.exists():
        raise UserError(f"{path}: no such file or folder")
    given = {
        "image": image,
        "format": format_,
        "seed": seed,
        "drop_doubted": drop_doubted,
    }
    options = _checked(kind, importer, given)

    def say(line: str) -> None:
        click.echo(shown(line), err=True)

    outcome = importer(path, out, say=say, **options)
    done = [each for each in outcome if isinstance(each, Imported)]
    refused = [each for each in outcome if isinstance(each, Refused)]
    if as_json:
        click.echo(json_text(_told(done, refused)))
    else:
        _print(done, refused)
    return 2 if refused else 0


def _checked(kind: str, importer: Importer, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given, if the importer takes them.

    Raises:
        UserError: If it does not, or if one is missing that it needs.
    """
    import inspect

    from ..errors import UserError

    parameters = inspect.signature(importer).parameters.values()
    own = {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY}
    options = {name: value for name, value in given.items() if value is not None}
    for name in options:
        if name not in own:
            option = name.replace("_", "-")
            raise UserError(f"importer {kind!r} takes no --{option}")
    for name in set(own) & set(given) - set(options):
        if own[name].default is own[name].empty:
            if name == "format":
                raise UserError(
                    f"importer {kind!r} needs --format NAME; 'arena import --help' "
                    "lists the names"
                )
            options[name] = None
    return options


def _told(done: Sequence[Imported], refused: Sequence[Refused]) -> dict[str, Any]:
    imported: list[dict[str, Any]] = []
    for each in done:
        told = {"name": each.name, "folder": str(each.folder), "notes": each.notes}
        imported.append({**told, "details": each.details} if each.details else told)
    return {
        "imported": imported,
        "refused": [{"name": r.name, "reason": r.reason} for r in refused],
    }


def _print(done: Sequence[Imported], refused: Sequence[Refused]) -> None:
    from ..text import shown

    for task in done:
        click.echo(shown(f"{task.folder}: written, from {task.name}"))
        for note in task.notes:
            click.echo(shown(f"  note: {note}"))
        if task.audit is not None:
            from ..audit.table import print_audits

            print_audits({task.name: task.audit})
    for task in refused:
        click.echo(shown(f"{task.name}: refused: {task.reason}"))
    if not done:
        return
    first, folder = done[0], str(done[0].folder)
    if "/" not in folder:
        folder = f"./{folder}"  # without a slash it would be a registered name
    if first.audit is None:
        click.echo(shown(f"next: arena lint {folder}"))
        click.echo(shown(f"      arena run {folder} --agent oracle"))
    else:
        click.echo(shown(f"next: arena run {folder} --agent blind"))
