"""Scenarios and suites: what is asked, read from TOML by name or from any path."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from .agent import AgentSpec
from .arguments import Arguments, BadArguments
from .errors import UnknownName, UserError
from .limits import Limits
from .registry import PREFIX, environment_class, load
from .scenario_files import (
    SCENARIO_FILE,
    TASK_FILE,
    find_scenarios,
    find_suites,
    folder_digest,
    scenario_file_in,
)
from .seat_agents import SeatAgent, Seats, check_agent, check_seats
from .task_folder import load_task
from .toml_files import TomlError, line_of, read_model, read_toml

__all__ = [
    "SHELL",
    "Scenario",
    "ScorerChoice",
    "Suite",
    "SuiteEntry",
    "find_scenarios",
    "find_suites",
    "load_scenario",
    "load_suite",
    "read_suite",
]

SHELL = PREFIX + "Shell-v1"
"""What task folders are played in."""

MOST_ITEMS = 10_000_000
MOST_EPOCHS = 1_000_000
"""Of one scenario: a few bytes could plan more episodes than can be counted."""


def _distinct(seeds: list[int]) -> list[int]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("should hold every seed once")
    return seeds


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ScorerChoice(_File):
    """One `[[scorers]]` of a scenario; the first one is its headline."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Keyword arguments of the scorer."""


class ScenarioFile(_File):
    """The content of a `scenario.toml`."""

    description: str
    """One sentence: what is asked, and of whom."""
    environment: str
    """A Gymnasium id, as `arena list environments` shows them, or `module:Class`."""
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Keyword arguments of the environment."""
    seats: Seats = Field(default_factory=dict[str, list[str | SeatAgent]])
    """Agents with a fixed seat, by name or as `{ name, options }`. Of a list, epoch e
    takes entry e modulo its length."""
    rotate: bool = False
    """Whether every epoch is played once in every rotation of the seats, in the same
    world: as duplicate deals at cards."""
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], AfterValidator(_distinct)] = (
        Field(default_factory=list[int])
    )
    """Fixed worlds, each played every epoch. Without them the run's seed gives one."""
    items: Annotated[int | None, Field(ge=1, le=MOST_ITEMS)] = None
    """How many items of one set are played, each every epoch: item s of the set that
    the run's seed makes, or of a file. Instead of `seeds`."""
    limits: Limits = Limits.model_validate({})
    scorers: list[ScorerChoice] = Field(min_length=1)
    control: str | None = None
    """A scenario that differs only in what is to be measured; scores are paired."""

    @model_validator(mode="after")
    def _seeds_or_items(self) -> ScenarioFile:
        if self.seeds and self.items:
            raise ValueError("has both seeds and items; keep one of them")
        return self


class SuiteEntry(_File):
    """One `[[scenarios]]` of a suite."""

    name: str
    """A registered name, or a path relative to the suite's file."""
    shown_as: Annotated[str | None, Field(alias="as", min_length=1)] = None
    """Its name in this suite, where one scenario is there several times."""
    seats: Seats = Field(default_factory=dict[str, list[str | SeatAgent]])
    """Agents in place of the scenario's own in these seats."""
    agents: list[str] = Field(default_factory=list[str])
    """Baselines that play where the command names no agent."""
    epochs: int | None = Field(None, ge=1, le=MOST_EPOCHS)
    """Repeats where the command names no number."""
    items: Annotated[int | None, Field(ge=1, le=MOST_ITEMS)] = None
    """How many items, in place of the scenario's own number."""
    optional: bool = False
    """Left out, and said so, on a machine that cannot give what it needs."""


class SuiteFile(_File):
    """The content of a suite's TOML file."""

    description: str
    scenarios: list[SuiteEntry] = Field(min_length=1)


@dataclass(frozen=True)
class Scenario:
    """A scenario, checked and ready to play.

    Attributes:
        name: Registered name, or the name of the folder it was read from.
        path: Its TOML file, or the `task.toml` of a shell task.
        digest: SHA-256 of all files of its folder, names included.
        content: What the file says; of a shell task what follows from it.
    """

    name: str
    path: Path
    digest: str
    content: ScenarioFile

    @property
    def is_task(self) -> bool:
        """Whether it is a shell task's folder."""
        return self.path.name == TASK_FILE

    @property
    def environment(self) -> str:
        """The Gymnasium id of its environment, or `module:Class`."""
        name = self.content.environment
        return name if ":" in name else PREFIX + name.removeprefix(PREFIX)


@dataclass(frozen=True)
class Suite:
    """A suite, checked: its scenarios exist."""

    name: str
    path: Path | None
    description: str
    entries: tuple[tuple[SuiteEntry, Scenario], ...]


def load_scenario(name: str, base: Path | None = None) -> Scenario:
    """Load a scenario by registered name, or from a file or folder.

    Args:
        name: The name or path.
        base: Folder that a relative path starts from.

    Raises:
        UnknownName: If there is neither a scenario nor a path of that name.
        TomlError: If the file is wrong, with file, line and field.
    """
    path = _path_of(name, base)
    if path is not None:
        if path.is_dir():
            path = _file_in(path, name)
        folder = path.resolve().parent.name
        own = path.stem if _stands_alone(path) else folder
        return _checked(own, path, str(path.resolve().parent))
    known = find_scenarios()
    if name not in known:
        raise UnknownName("scenario", name, known)
    return _checked(name, known[name], name)


def load_suite(name: str) -> Suite:
    """Load a suite by name or path; a scenario's name makes a suite of that one.

    Raises:
        UnknownName: If there is neither a suite, nor a scenario, nor such a path.
        TomlError: If a file is wrong, with file, line and field.
    """
    suites, path = find_suites(), _path_of(name, None)
    is_file = path is not None and path.is_file() and path.name != TASK_FILE
    if path is not None and is_file and "environment" not in read_toml(path)[1]:
        return _suite(path.stem, path)
    if path is None and name in suites:
        return _suite(name, suites[name])
    if path is None and name not in find_scenarios():
        if Path(name).is_dir():
            _file_in(Path(name), name)
        raise UnknownName("suite or scenario", name, [*suites, *find_scenarios()])
    scenario = load_scenario(name)
    entry = SuiteEntry(name=scenario.name, epochs=None)
    return Suite(
        scenario.name, None, scenario.content.description, ((entry, scenario),)
    )


def read_suite(path: Path) -> tuple[str, SuiteFile]:
    """Return a suite's text and content, its scenarios not looked at.

    Raises:
        TomlError: If a field is wrong, or an agent unknown.
    """
    text, content = read_model(path, SuiteFile)
    for index, entry in enumerate(content.scenarios):
        for agent in entry.agents:
            try:
                check_agent(AgentSpec.parse(agent))
            except UserError as error:
                line = line_of(text, ["scenarios", index, "agents"])
                raise TomlError(path, line, str(error)) from None
    return text, content


def _suite(name: str, path: Path) -> Suite:
    text, content = read_suite(path)
    entries: list[tuple[SuiteEntry, Scenario]] = []
    for index, entry in enumerate(content.scenarios):
        try:
            scenario = load_scenario(entry.name, base=path.parent)
        except TomlError:
            raise
        except UserError as error:
            line = line_of(text, ["scenarios", index, "name"])
            raise TomlError(path, line, str(error)) from None
        place: list[str | int] = ["scenarios", index, "seats"]
        if entry.seats:
            seats = environment_class(scenario.environment)(
                **scenario.content.parameters
            ).seats
            check_seats(path, text, place, entry.seats, seats)
        entries.append((entry, _of_entry(scenario, entry)))
    return Suite(name, path, content.description, tuple(entries))


def _of_entry(scenario: Scenario, entry: SuiteEntry) -> Scenario:
    """Return a scenario as a suite names and seats it."""
    seats = {**scenario.content.seats, **entry.seats}
    content = scenario.content.model_copy(update={"seats": seats})
    return replace(scenario, name=entry.shown_as or scenario.name, content=content)


def _checked(name: str, path: Path, task: str) -> Scenario:
    """Read a scenario and check every name and parameter in it.

    Args:
        name: For tables.
        path: Its file.
        task: How the environment finds it, where it is a shell task.
    """
    if path.name == TASK_FILE:
        return Scenario(name, path, folder_digest(path.parent), _shell_task(task))
    text, content = read_model(path, ScenarioFile)
    content = _with_paths(content, path.parent)

    def wrong(place: list[str | int], problem: object) -> TomlError:
        return TomlError(path, line_of(text, place), str(problem))

    try:
        environment = environment_class(content.environment)
    except UserError as error:
        raise wrong(["environment"], error) from None
    try:
        parameters = Arguments.of_class(environment).check(content.parameters)
        seats = environment(**parameters).seats
    except BadArguments as error:
        field = error.problems[0].argument
        raise wrong(["parameters", field], f"parameters.{error}") from None
    except UserError as error:
        raise wrong(["parameters"], error) from None
    check_seats(path, text, ["seats"], content.seats, seats)
    for index, choice in enumerate(content.scorers):
        try:
            load("scorers", choice.name).check(choice.options)
        except BadArguments as error:
            field = error.problems[0].argument
            raise wrong(["scorers", index, "options", field], error) from None
        except UserError as error:
            raise wrong(["scorers", index, "name"], error) from None
    if content.control is not None:
        beside = scenario_file_in(path.parent.parent / content.control)
        known = find_scenarios()
        if content.control not in known and beside is None:
            unknown = UnknownName("scenario", content.control, known)
            raise wrong(["control"], unknown)
    return Scenario(name, path, _digest(path), content)


def _with_paths(content: ScenarioFile, folder: Path) -> ScenarioFile:
    """Return the content with parameters like `./items.jsonl` as paths beside it."""
    here = folder.resolve()
    parameters = {
        name: os.path.normpath(here / value)
        if isinstance(value, str) and value.startswith(("./", "../"))
        else value
        for name, value in content.parameters.items()
    }
    return content.model_copy(update={"parameters": parameters})


def _shell_task(name: str) -> ScenarioFile:
    """Return what a `scenario.toml` would say of a task folder."""
    task = load_task(name)
    return ScenarioFile(
        description=task.description,
        environment=SHELL,
        parameters={"task": task.name, "sandbox": None},
        seeds=task.arena.seeds.default,
        limits=task.limits,
        scorers=[ScorerChoice(name=name) for name in ("milestones", "task-success")],
    )


def _digest(path: Path) -> str:
    """Return the digest of a scenario's folder, or of a file that stands alone."""
    if _stands_alone(path):
        return folder_digest(path.parent, iter([path]))
    return folder_digest(path.parent)


def _stands_alone(path: Path) -> bool:
    return path.name not in (SCENARIO_FILE, TASK_FILE)


def _file_in(folder: Path, name: str) -> Path:
    file = scenario_file_in(folder)
    if file is None:
        raise UserError(f"{name}: no {SCENARIO_FILE} and no {TASK_FILE} in this folder")
    return file


def _path_of(name: str, base: Path | None) -> Path | None:
    """Return the path that a name means, or None where it is a registered name."""
    path = (base or Path()) / name
    looks_like_one = name.startswith((".", "/", "~")) or name.endswith((".toml", "/"))
    if looks_like_one:
        path = path.expanduser()
        if not path.exists():
            raise UserError(f"{name}: no such file or folder")
        return path
    return path if scenario_file_in(path) else None
