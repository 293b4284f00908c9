"""Tournaments: agents play each other in pairs, in both seats of the same worlds.

A pairing is a scenario of a run, named `GAME: A v B`. A round robin is one run. A Swiss
tournament is one run a round, in the folders `round-1`, `round-2`, …; the pairs of a
round that has begun stay as they are, whatever is played again before it.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from .agent import AgentSpec
from .analysis import read_episodes
from .arguments import Arguments
from .cross_table import EQUAL, CrossTable, cross_table
from .errors import UnknownName, UserError
from .plan import Plan, PlannedScenario
from .planning import make_plan
from .registry import PREFIX, environment_class, make_env
from .run import Observer, run
from .run_folder import RunFolder
from .scenario import Scenario, Suite, SuiteEntry, find_scenarios, load_scenario
from .seating import derive_seed
from .swiss import Pair, Round, next_pairs, standing

__all__ = [
    "Played",
    "Tournament",
    "game",
    "play_round_robin",
    "play_swiss",
    "table_of",
]

FOLDER = "games/"
"""Of scenarios whose short names are understood."""


@dataclass(frozen=True, kw_only=True)
class Tournament:
    """Who plays what.

    Attributes:
        scenario: One of two seats; see `game`.
        agents: Two or more.
        sessions: How many worlds each pair plays, each in both seats.
        seed: Of everything.
        limits: Fields of `Limits` in place of the scenario's own.

    Raises:
        UserError: For fewer than two agents, or two of one name.
    """

    scenario: Scenario
    agents: tuple[AgentSpec, ...]
    sessions: int = 1
    seed: int = 0
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        labels = self.labels
        if len(labels) < 2:
            named = labels[0] if labels else "nobody"
            raise UserError(f"a tournament needs two agents or more, given {named}")
        for label in labels:
            if labels.count(label) > 1:
                raise UserError(
                    f"agent {label!r} is there {labels.count(label)} times; a "
                    "tournament tells agents apart by name, so name it once"
                )
        if len({agent.slug for agent in self.agents}) < len(labels):
            raise UserError(f"two of {', '.join(labels)} would have one file name")

    @property
    def labels(self) -> list[str]:
        """The names of the agents."""
        return [agent.label for agent in self.agents]


@dataclass(frozen=True)
class Played:
    """What one call has done.

    Attributes:
        folders: Runs, in order.
        played: Episodes that were played to an end, errors included.
        already: Episodes that were there before.
        interrupted: Whether Ctrl-C or SIGTERM stopped it.
        standing: Agents and points, best first, of a Swiss tournament that was played
            to its end.
    """

    folders: list[RunFolder]
    played: int
    already: int
    interrupted: bool
    standing: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])


def game(name: str, hands: int | None = None) -> Scenario:
    """Load a scenario of two seats, everybody's seat open and duplicate deals on.

    Args:
        name: As of `load_scenario`; or short, as `holdem` for `games/holdem`.
        hands: In place of the scenario's own number; its limit of turns grows along.

    Raises:
        UserError: If there is none, it has other than two seats, or no hands.
    """
    scenario = _named(name)
    if hands is not None:
        scenario = _with_hands(scenario, hands)
    content = scenario.content
    seats = make_env(scenario.environment, content.parameters).seats
    if len(seats) != 2:
        has = "1 seat" if len(seats) == 1 else f"{len(seats)} seats"
        raise UserError(f"{scenario.name} has {has}; a tournament is for two")
    changes: dict[str, Any] = {"seats": {}, "rotate": True, "control": None}
    return replace(scenario, content=content.model_copy(update=changes))


def play_round_robin(
    tournament: Tournament, path: Path, *, observer: Observer, max_concurrency: int = 16
) -> Played:
    """Let every pair meet, in one run.

    The same call on the same folder goes on where it stopped.

    Raises:
        UserError: For agents that cannot play, or a folder that holds something else.
    """
    if (path / "round-1").exists():
        raise UserError(f"{path} holds a Swiss tournament; choose another --out")
    pairs = tuple(combinations(tournament.labels, 2))
    name = f"round robin, {tournament.scenario.name}"
    plan = _plan(tournament, pairs, name, tournament.seed)
    outcome = run(plan, path, observer=observer, max_concurrency=max_concurrency)
    folder = RunFolder(path)
    return Played([folder], outcome.played, outcome.already, outcome.interrupted)


def play_swiss(
    tournament: Tournament,
    rounds: int,
    path: Path,
    *,
    observer: Observer,
    max_concurrency: int = 16,
) -> Played:
    """Play rounds in which neighbours of the standing meet, each round a run.

    The same call on the same folder goes on where it stopped; with more rounds it adds
    the new ones.

    Raises:
        UserError: For agents that cannot play, or a folder that holds something else.
    """
    _check_swiss_folder(path, rounds)
    # Whoever has a bye in round 1 is checked before it all the same.
    _plan(tournament, tuple(pairwise(tournament.labels)), "", tournament.seed)
    history: list[Round] = []
    folders: list[RunFolder] = []
    played = already = 0
    for number in range(1, rounds + 1):
        plan = _plan_of_round(tournament, number, history, path)
        place = path / f"round-{number}"
        outcome = run(plan, place, observer=observer, max_concurrency=max_concurrency)
        folders.append(RunFolder(place))
        played, already = played + outcome.played, already + outcome.already
        if outcome.interrupted:
            return Played(folders, played, already, True)
        history.append(_round(tournament, folders[-1]))
    order = standing(tournament.labels, history, tournament.seed)
    points = [(agent, sum(r.points[agent] for r in history)) for agent in order]
    return Played(folders, played, already, False, points)


def table_of(
    tournament: Tournament, folders: Sequence[RunFolder], confidence: float = 0.95
) -> CrossTable:
    """Tabulate what was played so far.

    Raises:
        UserError: If a record is damaged.
    """
    name = tournament.scenario.environment.removeprefix(PREFIX)
    episodes = read_episodes(folders, [name])
    return cross_table(episodes, confidence, rotations=range(2))


def _named(name: str) -> Scenario:
    known = find_scenarios()
    full = FOLDER + name
    try:
        return load_scenario(full if name not in known and full in known else name)
    except UnknownName:
        short = [k.removeprefix(FOLDER) for k in known if k.startswith(FOLDER)]
        raise UnknownName("game", name, [*known, *short]) from None


def _with_hands(scenario: Scenario, hands: int) -> Scenario:
    content = scenario.content
    kind = environment_class(scenario.environment)
    takes = Arguments.of_class(kind).types
    if "hands" not in takes:
        raise UserError(
            f"--hands {hands}: {scenario.name} has no hands; its parameters: "
            f"{', '.join(sorted(takes)) or 'none'}"
        )
    usual = inspect.signature(kind).parameters["hands"].default
    grown = max(1.0, hands / content.parameters.get("hands", usual))
    turns = math.ceil(content.limits.turns * grown)
    changes = {
        "parameters": {**content.parameters, "hands": hands},
        "limits": content.limits.model_copy(update={"turns": turns}),
    }
    return replace(scenario, content=content.model_copy(update=changes))


def _plan(tournament: Tournament, pairs: Sequence[Pair], name: str, seed: int) -> Plan:
    """Plan a run of pairings."""
    scenario = _said_truly(tournament)
    by_label = {agent.label: agent for agent in tournament.agents}
    second = make_env(scenario.environment, scenario.content.parameters).seats[1]
    planned: list[PlannedScenario] = []
    for a, b in pairs:
        named = replace(scenario, name=f"{scenario.name}: {a} v {b}")
        entry = SuiteEntry(name=scenario.name, epochs=tournament.sessions)
        suite = Suite(name, None, scenario.content.description, ((entry, named),))
        plan = make_plan(
            [suite],
            agents=[by_label[a]],
            seats={second: by_label[b]},
            seed=seed,
            limits=tournament.limits,
        )
        planned += plan.scenarios
    return Plan(suite=name, seed=seed, scenarios=planned)


def _said_truly(tournament: Tournament) -> Scenario:
    """Return the scenario, without its types where two agents are none of them.

    Each of the two would be told that the other is one. Of two agents of which one is
    a listed type only the other reads what it is told.
    """
    scenario = tournament.scenario
    given = scenario.content.parameters
    types = given.get("types", ())
    if not types or len(set(tournament.labels) - set(types)) < 2:
        return scenario
    asked = [what for what in given.get("ask", ()) if what != "type"]
    silent = {**given, "types": [], "ask": asked, "switching": False}
    parameters = {name: silent[name] for name in given}
    content = scenario.content.model_copy(update={"parameters": parameters})
    return replace(scenario, content=content)


def _plan_of_round(
    tournament: Tournament, number: int, history: Sequence[Round], path: Path
) -> Plan:
    """Plan a Swiss round: its pairs as they are recorded, else by the results."""
    labels, seed = tournament.labels, tournament.seed
    pairs = _recorded_pairs(path / f"round-{number}")
    if not pairs or not {label for pair in pairs for label in pair} <= set(labels):
        pairs = next_pairs(labels, history, seed)
    # All names, since who has the bye is in no pair.
    name = f"Swiss round {number} of {', '.join(labels)}: {tournament.scenario.name}"
    return _plan(tournament, pairs, name, derive_seed(seed, "round", number))


def _recorded_pairs(place: Path) -> tuple[Pair, ...]:
    """Return the pairs of a round that is in a folder; empty where there is none."""
    if not (place / "run.json").exists():
        return ()
    found: list[Pair] = []
    for scenario in RunFolder(place).manifest.plan.scenarios:
        ((opponent,),) = scenario.fixed.values()
        found.append((scenario.agents[0].label, opponent.label))
    return tuple(found)


def _check_swiss_folder(path: Path, rounds: int) -> None:
    """Refuse a folder that holds anything but rounds, and no more than asked for."""
    ours = {f"round-{number}" for number in range(1, rounds + 1)}
    there = sorted(p.name for p in path.iterdir()) if path.is_dir() else []
    strangers = [name for name in there if name not in ours]
    if "run.json" in strangers:
        raise UserError(f"{path} holds another run; choose another --out")
    if not strangers:
        return
    if all(name.startswith("round-") for name in strangers):
        raise UserError(
            f"{path} holds {len(there)} rounds, {rounds} asked for; give --rounds "
            f"{len(there)} or more, or another --out"
        )
    raise UserError(
        f"{path}: not empty and no tournament of ours; choose another --out"
    )


def _round(tournament: Tournament, folder: RunFolder) -> Round:
    """Give the points of a round: to who got more over all sessions of a pair."""
    table = table_of(tournament, [folder])
    points = dict.fromkeys(tournament.labels, 1.0)
    pairs = _recorded_pairs(folder.path)
    for a, b in pairs:
        ahead = math.fsum(
            match.payoff(a) - match.payoff(b)
            for match in table.matches
            if set(match.agents) == {a, b}
        )
        points[a] = 0.5 if abs(ahead) < EQUAL else float(ahead > 0)
        points[b] = 1 - points[a]
    return Round(pairs, points)
