"""`arena play`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UnknownName, UserError
from .agents import agent_options, read_limits, seated_by
from .played import code_of, print_played

if TYPE_CHECKING:
    from ..baselines import Baseline, Minutes
    from ..episode import EpisodeResult
    from ..plan import Plan
    from ..run import Observer
    from ..run_folder import RunFolder
    from ..scenario import Suite
    from ..specification import EpisodeSpec

__all__ = ["play"]

PERSON = "human"  # the agent that asks whoever is at the terminal
CONFIDENCE = 0.95


@click.command()
@click.argument("scenario")
@click.option("--as", "own", metavar="SEAT", help="Yours; by default the open ones.")
@click.option(
    "--seat", "seats", multiple=True, metavar="SEAT=AGENT", help="Who sits elsewhere."
)
@agent_options
@click.option("--items", type=click.IntRange(min=1), help="Of a set of items.")
@click.option("--epochs", type=click.IntRange(min=1), help="Repeats.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--sandbox", metavar="KIND", help="docker or bubblewrap.")
@click.option("--variant", metavar="ID", help="Of a task that has it, as hard.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder.")
def play(
    scenario: str,
    own: str | None,
    seats: tuple[str, ...],
    limits: tuple[str, ...],
    items: int | None,
    epochs: int | None,
    seed: int,
    sandbox: str | None,
    variant: str | None,
    out: Path | None,
    **of_agents: Any,
) -> int:
    """Play a scenario yourself, at this terminal.

    You see what a model sees, and call the same tools; /help says how. Your time
    without pauses is recorded, and what you reach is a human baseline. After /quit the
    same command goes on from there.

    \b
    arena play games/blackjack
    arena play games/kuhn --as player-2 --seat player-1=equilibrium
    arena play ara/find-the-passphrase --out runs/people/ann
    """
    from ..planning import make_plan
    from ..progress import make_observer
    from ..results import results
    from ..run import run
    from ..run_folder import RunFolder

    people, seated = seated_by([PERSON], seats, **of_agents)
    if own in seated:
        raise UserError(f"--as {own} and --seat {own}=… name the same seat")
    plan = make_plan(
        [_asked(scenario, own, variant)],
        agents=people,
        seats=seated,
        epochs=epochs,
        seed=seed,
        limits=read_limits(limits),
        sandbox=sandbox,
        items=items,
    )
    if own is not None:
        _check_seat(plan, own)
    path = out or Path("runs") / _name(plan, own)
    with make_observer(plain=True) as observer:
        outcome = run(plan, path, observer=_Ends(observer, path), max_concurrency=1)
    folder = RunFolder(path)
    table = results(folder.manifest, folder.scores(), confidence=CONFIDENCE)
    print_played(folder, outcome, table, CONFIDENCE)
    _print_baselines(folder)
    if not outcome.played and not outcome.interrupted:
        click.echo("all of it was played before; --seed N deals another one")
    return code_of(outcome, table)


class _Ends:
    """An observer that also shows how an episode ended: its player acts no more."""

    def __init__(self, observer: Observer, run: Path) -> None:
        self._observer = observer
        self._run = run

    def preparing(self, text: str) -> None:
        """Pass it on."""
        self._observer.preparing(text)

    def started(self, total: int, already: int) -> None:
        """Pass it on."""
        self._observer.started(total, already)

    def finished(self, spec: EpisodeSpec, result: EpisodeResult) -> None:
        """Show what was to be seen last, and the end."""
        from ..run_folder import RunFolder
        from ..text import shown
        from ..trajectory import read_trajectory

        record = read_trajectory(RunFolder(self._run).episode_path(spec.episode))
        last, end = record.events[-2:][0], record.events[-1].data
        unseen = last.kind == "observation" and end["reason"] != "time_limit"
        if unseen and last.data["seat"] in spec.tested:
            click.echo(shown(f"\n{last.data['text']}"))
        payoffs = json.dumps(end["payoffs"], ensure_ascii=False)
        click.echo(shown(f"\nend: {end['reason']}, payoffs {payoffs}"))
        self._observer.finished(spec, result)


def _asked(name: str, own: str | None, variant: str | None) -> Suite:
    """Return a suite of the one scenario, with the person's seat free."""
    from ..scenario import load_suite
    from ..variations import varied

    suite = load_suite(name)
    if suite.path is not None:
        first = suite.entries[0][1].name
        raise UserError(f"{name} is a suite: name one of its scenarios, as {first}")
    ((entry, scenario),) = varied([suite], variant=variant)[0].entries
    seats = {s: a for s, a in scenario.content.seats.items() if s != own}
    content = scenario.content.model_copy(update={"seats": seats})
    return replace(suite, entries=((entry, replace(scenario, content=content)),))


def _check_seat(plan: Plan, own: str) -> None:
    """Refuse a seat that there is not, and another one with nobody in it."""
    (scenario,) = plan.scenarios
    if own not in scenario.seats:
        raise UnknownName("seat", own, scenario.seats)
    others = [seat for seat in scenario.open_seats if seat != own]
    if others:
        raise UserError(f"say who sits in {others[0]}: --seat {others[0]}=AGENT")


def _name(plan: Plan, own: str | None) -> str:
    """Return the name of the folder in which the same command goes on."""
    (scenario,) = plan.scenarios
    parts = ["play", scenario.slug, own, f"seed{plan.seed}" if plan.seed else None]
    return "-".join(part for part in parts if part)


def _print_baselines(folder: RunFolder) -> None:
    """Print what people reach here, and in which time."""
    from ..baselines import human_baselines
    from ..text import shown

    for baseline in human_baselines([folder], CONFIDENCE):
        if baseline.episodes:
            click.echo(shown(_told(baseline)))


def _told(baseline: Baseline) -> str:
    from ..analysis import written

    parts = [f"{baseline.scorer} {written(baseline.score)}"]
    if baseline.success is not None and baseline.judge != baseline.scorer:
        parts.append(f"{baseline.judge} {written(baseline.success)}")
    if baseline.minutes.n:
        parts.append(_time(baseline.minutes))
    if baseline.minutes_of_successes.n:
        parts.append(f"of successes {_time(baseline.minutes_of_successes)}")
    apart = [
        f"{count} {what}"
        for count, what in (
            (baseline.missing, "missing"),
            (baseline.assisted, "assisted, apart"),
        )
        if count
    ]
    n = f"n={baseline.episodes}"
    return f"people, {baseline.scenario}: {'; '.join([n, *parts, *apart])}"


def _time(minutes: Minutes) -> str:
    from ..analysis import written

    middle, geometric = written(minutes.median), written(minutes.geometric)
    return f"median {middle} min, geometric mean {geometric} min"
