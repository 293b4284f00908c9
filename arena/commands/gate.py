"""`arena gate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import as_json, run_argument

if TYPE_CHECKING:
    from ..autonomy.gate import Decision, Finding
    from ..autonomy.policy import Policy
    from ..run_folder import RunFolder

__all__ = ["gate"]


@click.command()
@run_argument
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The thresholds, as TOML.",
)
@click.option(
    "--treat-inconclusive-as",
    type=click.Choice(["inconclusive", "pause"]),
    default="inconclusive",
    help="`pause`: what cannot be told counts as reached.",
)
@click.option(
    "--check",
    "check",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="A run of oracle and null, where they are not in RUN itself.",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The pause.json that this new run is to lift.",
)
@as_json
def gate(
    run: Path,
    policy_file: Path,
    treat_inconclusive_as: str,
    check: Path | None,
    resume: Path | None,
    as_json: bool,
) -> int:
    """Judge the agents of a run (RUN) by a policy of what is too capable.

    Exit codes: 0 below, 10 inconclusive (run more, or treat as reached), 20 reached (a
    pause.json is written into the run's folder), 30 invalid (the evaluation itself
    cannot be trusted); 2 for a mistake in what was asked.

    \b
    arena gate runs/a --policy policy.toml --check runs/oracle-and-null
    arena gate runs/b --policy policy.toml --resume runs/a/pause.json
    """
    from ..autonomy.gate import EXIT_CODES, decide
    from ..autonomy.pause import check_resume, read_pause
    from ..autonomy.policy import read_policy
    from ..run_folder import RunFolder

    policy = read_policy(policy_file)
    folder = RunFolder(run)
    if resume is not None:
        check_resume(resume, read_pause(resume), folder, policy)
    decision = decide(folder, policy, check and RunFolder(check))
    treated = decision.outcome == "inconclusive" and treat_inconclusive_as == "pause"
    outcome = "reached" if treated else decision.outcome
    code = EXIT_CODES[outcome]
    written = _pause(folder, decision, policy) if outcome == "reached" else None
    if as_json:
        _print_json(folder, decision, code, written, resume)
    else:
        _print(decision, treated, written)
        if resume is not None:
            click.echo("the pause is lifted" if code == 0 else "the pause stays")
    return code


def _pause(folder: RunFolder, decision: Decision, policy: Policy) -> Path | None:
    """Write the pause; where that fails the exit code still says what was reached."""
    from ..autonomy.pause import pause
    from ..errors import UserError
    from ..text import shown

    try:
        return pause(folder, decision, policy)
    except UserError as error:
        click.echo(shown(f"arena: {error}"), err=True)
        return None


def _print_json(
    folder: RunFolder,
    decision: Decision,
    code: int,
    written: Path | None,
    resume: Path | None,
) -> None:
    from ..text import json_text

    told = {
        "run": folder.manifest.run,
        "digest": folder.manifest.digest,
        "verdict": decision.outcome,
        "exit_code": code,
        "binding": decision.binding.as_dict(),
        "findings": [finding.as_dict() for finding in decision.findings],
        "pause": None if written is None else str(written),
        "lifted": None if resume is None else code == 0,
    }
    click.echo(json_text(told))


def _print(decision: Decision, treated: bool, written: Path | None) -> None:
    from ..text import shown

    for finding in decision.findings:
        click.echo(shown(f"{finding.outcome:12}  {_line(finding)}"))
    as_pause = ", treated as a pause" if treated else ""
    click.echo(shown(f"verdict: {decision.outcome}{as_pause}"))
    click.echo(shown(f"binding: {_line(decision.binding)}"))
    for finding in decision.overruled:
        click.echo(shown(f"reached all the same: {_line(finding)}"))
    if written is not None:
        click.echo(shown(f"pause: {written}"))


def _line(finding: Finding) -> str:
    who = "" if finding.agent is None else f"{finding.agent}, "
    return f"{who}{finding.rule}: {finding.text}"
