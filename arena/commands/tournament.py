"""`arena tournament`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .agents import agent_options, equipped, read_limits
from .options import as_json, confidence

if TYPE_CHECKING:
    from ..cross_table import CrossTable
    from ..ratings import Rating
    from ..tournament import Played, Tournament

__all__ = ["tournament"]

FEW = 5


@click.command()
@click.argument("agents", nargs=-1, required=True, metavar="AGENT…")
@click.option(
    "--game",
    "name",
    required=True,
    metavar="SCENARIO",
    help="Of two seats: holdem-match.",
)
@click.option("--hands", type=click.IntRange(min=1), help="Of a session, at cards.")
@click.option(
    "--system",
    type=click.Choice(["round-robin", "swiss"]),
    default="round-robin",
    show_default=True,
)
@click.option("--rounds", type=click.IntRange(min=1), help="Of swiss.")
@click.option(
    "--sessions",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Of a pair that meets, each in both seats.",
)
@agent_options
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--max-concurrency", type=click.IntRange(min=1), default=16, show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="The tournament's folder.")
@confidence
@as_json
def tournament(
    agents: tuple[str, ...],
    name: str,
    hands: int | None,
    system: str,
    rounds: int | None,
    sessions: int,
    limits: tuple[str, ...],
    seed: int,
    max_concurrency: int,
    out: Path | None,
    confidence: float,
    as_json: bool,
    **of_agents: Any,
) -> int:
    """Let agents play each other in pairs; print ratings and the cross table.

    Each session of a pair is played in both seats on the same deals. The same command
    on the same folder goes on where it stopped. A round robin is one run; a Swiss
    tournament is a run for every round.

    \b
    arena tournament random cfr tight-aggressive --game holdem-match --sessions 10
    arena tournament cfr chat:openai:gpt-5 --game holdem-match --hands 20
    arena tournament chat:openai:A chat:openai:B --game leduc \\
        --agent-option base_url@chat:openai:B=http://HOST/v1
    """
    from ..agent import AgentSpec, is_person
    from ..errors import UserError
    from ..progress import make_observer
    from ..registry import load
    from ..tournament import Tournament, game, play_round_robin, play_swiss

    if rounds is not None and system != "swiss":
        raise UserError(f"--rounds {rounds}: only a Swiss tournament has rounds")
    specs = equipped(
        [AgentSpec.parse(text) for text in agents],
        **of_agents,
    )
    wanted = Tournament(
        scenario=game(name, hands),
        agents=tuple(specs),
        sessions=sessions,
        seed=seed,
        limits=read_limits(limits),
    )
    slug = wanted.scenario.name.replace("/", "-")
    path = out or Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}-tournament-{slug}"
    plain = any(is_person(load("agents", agent.name)) for agent in specs)
    with make_observer(plain=plain) as observer:
        if system == "swiss":
            played = play_swiss(
                wanted,
                rounds or math.ceil(math.log2(len(specs))),
                path,
                observer=observer,
                max_concurrency=max_concurrency,
            )
        else:
            played = play_round_robin(
                wanted, path, observer=observer, max_concurrency=max_concurrency
            )
    return _told(wanted, played, path, confidence, as_json)


def _told(
    wanted: Tournament, played: Played, path: Path, confidence: float, as_json: bool
) -> int:
    """Print everything and return the exit code."""
    from ..ratings import Result, ratings
    from ..tables import print_errors
    from ..text import json_text, shown
    from ..tournament import table_of

    table = table_of(wanted, played.folders, confidence)
    results = [Result(*match.agents, match.winner) for match in table.matches]
    rated = ratings(wanted.labels, results, seed=wanted.seed, confidence=confidence)
    if as_json:
        click.echo(json_text(_as_dict(wanted, played, table, rated, confidence)))
    else:
        _print_ratings(rated, table, dict(played.standing), confidence)
        _print_cross_table(rated, table)
        for line in _remarks(rated, table, confidence):
            click.echo(shown(line))
        for folder in played.folders:
            print_errors(folder)
        click.echo(f"played {played.played}, there already {played.already}")
        click.echo(f"tournament: {shown(str(path))}")
        for folder in played.folders:
            click.echo(f"digest: {folder.manifest.digest} {shown(str(folder.path))}")
    if played.interrupted:
        click.echo("arena: interrupted; the same command goes on from here", err=True)
        return 130
    seals = (s for f in played.folders for s in f.manifest.episodes.values())
    return int(any(seal.reason == "error" for seal in seals))


def _as_dict(
    wanted: Tournament,
    played: Played,
    table: CrossTable,
    rated: list[Rating],
    confidence: float,
) -> dict[str, Any]:
    from ..ratings import not_told_apart

    runs = [
        {"run": f.manifest.run, "path": str(f.path), "digest": f.manifest.digest}
        for f in played.folders
    ]
    return {
        "game": wanted.scenario.name,
        "seed": wanted.seed,
        "sessions": wanted.sessions,
        "runs": runs,
        "played": played.played,
        "already": played.already,
        "interrupted": played.interrupted,
        "ratings": [
            {**asdict(r), "ordinal": r.ordinal, "results": r.results} for r in rated
        ],
        "not_told_apart": not_told_apart([r for r in rated if r.results], confidence),
        "standing": played.standing,
        "cross_table": table.as_dict(),
    }


def _print_ratings(
    rated: list[Rating], table: CrossTable, points: dict[str, float], confidence: float
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from ..tables import console
    from ..text import shown

    interval = f"{confidence * 100:g} % interval"
    heads = ("rating", interval, "ordinal", *(["points"] if points else []))
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("", justify="right")
    printed.add_column("agent", overflow="fold")
    for head in (*heads, "won", "drawn", "lost", "forfeits", "cut short", "missing"):
        printed.add_column(head, justify="right")
    for place, r in enumerate(rated, 1):
        own = [cell for cell in table.cells.values() if cell.row == r.player]
        skill = [f"{r.mu:.1f}", f"[{r.low:.1f}, {r.high:.1f}]", f"{r.ordinal:.1f}"]
        printed.add_row(
            str(place),
            Text(shown(r.player)),
            *(skill if r.results else ["–"] * 3),
            *([f"{points[r.player]:g}"] if points else []),
            *(str(n) for n in (r.won, r.drawn, r.lost)),
            *(str(sum(cell.forfeits for cell in own)),),
            *(str(sum(cell.cut for cell in own)),),
            *(str(sum(cell.missing for cell in own)),),
        )
    console().print(printed)


def _print_cross_table(rated: list[Rating], table: CrossTable) -> None:
    """Print the mean payoff of each row against each column, as at chess."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from ..tables import console
    from ..text import shown

    order = [rating.player for rating in rated]
    click.echo(shown(f"{table.unit} a part (hand, round), row against column:"))
    printed = Table(box=SIMPLE_HEAD, pad_edge=False)
    printed.add_column("", justify="right")
    printed.add_column("agent", overflow="fold")
    for place in range(1, len(order) + 1):
        printed.add_column(str(place), justify="right")
    write = _writer(table)
    for place, row in enumerate(order, 1):
        cells = [write(row, column) for column in order]
        printed.add_row(str(place), Text(shown(row)), *cells)
    console().print(printed)


def _writer(table: CrossTable) -> Callable[[str, str], str]:
    """Return what writes a cell, with as many digits as the numbers need."""
    values = [c.estimate.value for c in table.cells.values() if c.estimate.value]
    largest = max(map(abs, values), default=0)
    digits = 0 if largest >= 100 else 1 if largest >= 10 else 2
    sign = "+" if any(value < 0 for value in values) else ""

    def write(row: str, column: str) -> str:
        cell = table.cells.get((row, column))
        if cell is None or cell.estimate.value is None:
            return "" if row == column else "–"
        estimate = cell.estimate
        told = f"{estimate.value:{sign}.{digits}f}"
        if estimate.high is not None and estimate.value is not None:
            told += f" ±{estimate.high - estimate.value:.{digits}f}"
        return f"{told} ({estimate.n})"

    return write


def _remarks(rated: list[Rating], table: CrossTable, confidence: float) -> list[str]:
    """Say how to read the tables, and what they do not show."""
    from ..ratings import not_told_apart

    percent = f"{confidence * 100:g} %"
    lines = [
        "One result: a session in both seats on the same deals; who got more has won. "
        "Only differences of ratings mean something.",
        f"Cells: mean ± half of the {percent} interval (n).",
    ]
    cells = table.cells.values()
    if any(cell.n_of == "parts" for cell in cells):
        lines.append(
            "A pair with one session: its interval takes parts as independent, which "
            "they are not for who learns on the way; give --sessions 5 or more."
        )
    elif any(0 < cell.matches < FEW for cell in cells):
        lines.append(
            f"Intervals from fewer than {FEW} sessions of a pair are very wide; give "
            "more --sessions."
        )
    judged = [rating for rating in rated if rating.results]
    close = not_told_apart(judged, confidence)
    if close:
        told = "; ".join(f"{better} and {worse}" for better, worse in close)
        fewest = min(rating.results for rating in judged)
        lines.append(
            f"Not told apart at {percent}, from {fewest} results and more: {told}."
        )
    return lines
