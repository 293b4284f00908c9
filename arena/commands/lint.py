"""`arena lint`."""

from __future__ import annotations

from collections import Counter

import click

from .options import as_json

__all__ = ["lint"]


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="PATH|NAME…")
@as_json
def lint(names: tuple[str, ...], as_json: bool) -> int:
    """Look for mistakes in tasks and scenarios, without running them.

    A PATH is a task's folder or one that holds some; a NAME is a scenario's or a
    suite's. Exit code 2 where there is an error; warnings and notes pass.

    \b
    arena lint ./my-task
    arena lint ara-basic --json
    """
    from ..lint import folders_named, lint_folder
    from ..text import json_text, shown

    folders = dict.fromkeys(f for name in names for f in folders_named(name))
    findings = [finding for folder in folders for finding in lint_folder(folder)]
    levels = Counter(finding.level for finding in findings)
    if as_json:
        told = [
            {
                "path": str(finding.path),
                "line": finding.line,
                "level": finding.level,
                "rule": finding.rule,
                "what": finding.what,
                "fix": finding.fix,
            }
            for finding in findings
        ]
        click.echo(json_text(told))
        return 2 if levels["error"] else 0
    for finding in findings:
        click.echo(shown(str(finding)))
    counts = [_counted(levels[level], level) for level in ("error", "warning", "note")]
    click.echo(f"{_counted(len(folders), 'folder')}: {', '.join(counts)}")
    return 2 if levels["error"] else 0


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
