"""The contract of analyses: functions of a run's episodes that give tables and figures.

An analysis reads what environments left as evidence. `arena run` and `arena show` print
its main tables, `arena report` puts all of it on a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .agent import AgentSpec
from .baselines import time_on_task
from .errors import UserError, one_line
from .intervals import Estimate
from .limits import EndReason
from .registry import PREFIX, load, names
from .trajectory import CorruptTrajectory, Trajectory, read_trajectory

if TYPE_CHECKING:
    from pathlib import Path

    from .run_folder import RunFolder

__all__ = [
    "Analysis",
    "Block",
    "Effort",
    "Episode",
    "Figure",
    "Section",
    "Table",
    "Value",
    "analyse",
    "analysis",
    "read_episodes",
    "read_part",
    "run_names",
    "written",
]

Value = str | int | float | Estimate | None
"""What stands in a cell of a table; None where there is nothing to say."""

_MISSING: frozenset[EndReason] = frozenset({"error", "interrupted"})


@dataclass(frozen=True, slots=True)
class Effort:
    """What an agent was given for an episode, and what it used."""

    tools: tuple[str, ...]
    """That it could call."""
    used: Mapping[str, float]
    """The totals of `arena.limits.Usage`, of all its seats together."""
    refusals: int
    """Messages that its provider marks as refused."""
    choices: tuple[Mapping[str, Any], ...]
    """Notes about `expert`: at a step, of how many `samples` an expert has `chosen`
    which, from 1 or None for none, and how many were `acceptable`, where that was
    judged."""
    budget: int | None = None
    """Tokens that all seats together might use; None without such a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What an analysis sees of one episode that has ended."""

    run: str
    """The name of the run's folder, with those above it where runs share it."""
    scenario: str
    environment: str
    """Gymnasium id, as `arena/Social-v1`."""
    parameters: Mapping[str, Any]
    """Of the environment."""
    agent: str
    """Label of the agent under test."""
    sample: int
    epoch: int
    rotation: int = 0
    """By how many seats everybody has moved up."""
    seed: int
    seats: Mapping[str, AgentSpec]
    """Who sits where."""
    tested: tuple[str, ...]
    """The seats of the agent under test."""
    reason: EndReason
    evidence: Mapping[str, Any]
    """What the environment left; empty for one that is missing."""
    payoffs: Mapping[str, float]
    """By seat; empty for one that is missing."""
    id: str = ""
    """Of the episode in its run."""
    effort: Effort | None = None
    """What the agent under test was given and used; None for one that is missing."""
    assisted: tuple[str, ...] = ()
    """How the agent was helped: `hint`, and verbs of oversight but approval."""
    forked: bool = False
    """Whether it goes on from another episode, whose beginning it shares."""
    people: tuple[str, ...] = ()
    """The seats in which people play; empty for one that is missing."""
    active_s: float | None = None
    """Seconds that people took in tested seats, pauses left out; None of others."""

    @property
    def missing(self) -> bool:
        """Whether it failed for an infrastructure reason: it says nothing."""
        return self.reason in _MISSING


class Left(NamedTuple):
    """What analyses need of a record."""

    evidence: Mapping[str, Any]
    payoffs: Mapping[str, float]
    effort: Effort | None
    assisted: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    active_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of values under named columns."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Value]]
    """Each as long as `columns`."""
    note: str = ""
    """What the columns mean, in a sentence or two."""
    main: bool = False
    """Whether `arena run` and `arena show` print it."""
    links: Sequence[str | None] = ()
    """For each row the `anchor` of the block that its first cell leads to, or None;
    empty for a table without links."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.title!r}: {len(row)} values under "
                    f"{len(self.columns)} columns"
                )

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON types."""
        rows = [
            [v.as_dict() if isinstance(v, Estimate) else v for v in row]
            for row in self.rows
        ]
        told = {"title": self.title, "columns": list(self.columns), "rows": rows}
        return {**told, "note": self.note, "main": self.main}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture, drawn when a page is made and not before."""

    title: str
    caption: str
    """What is to be seen, so that a reader without the picture knows it too."""
    draw: Callable[[Any], None]
    """Draws on an empty `matplotlib.figure.Figure`, in colours of
    `arena.report.figures`."""
    size: tuple[float, float] = (7.0, 3.6)
    """Inches, width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Text whose lines and columns stand as they are, such as cards on a table."""

    title: str
    text: str
    caption: str = ""
    anchor: str = ""
    """What links lead to it by, one only on its page; with it the block is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One subject of a report."""

    title: str
    text: str = ""
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    blocks: Sequence[Block] = ()
    caveats: Sequence[str] = ()
    """What a reader must not conclude from it; a report gathers them from all."""

    def as_dict(self) -> dict[str, Any]:
        """Return all but the figures as JSON types."""
        tables = [table.as_dict() for table in self.tables]
        told = {"title": self.title, "text": self.text, "tables": tables}
        blocks = [asdict(block) for block in self.blocks]
        return {**told, "blocks": blocks, "caveats": list(self.caveats)}


@dataclass(frozen=True, slots=True)
class Analysis:
    """A registered analysis.

    Attributes:
        environments: Registered names of those that it reads.
        part: Returns a hand or a round of an episode to read, by its number from 1;
            None where it has no such thing. Raises `UserError` if there is no such
            part.
    """

    function: Callable[[Sequence[Episode]], Sequence[Section]]
    environments: tuple[str, ...]
    part: Callable[[Episode, int], Block] | None = None

    def __call__(self, episodes: Sequence[Episode]) -> Sequence[Section]:
        """Return what there is to say of episodes of its environments."""
        return self.function(episodes)


def analysis(
    *, environments: Sequence[str], part: Callable[[Episode, int], Block] | None = None
) -> Callable[[Callable[[Sequence[Episode]], Sequence[Section]]], Analysis]:
    """Make an analysis of a function, for the entry points `arena.analyses`."""
    read = tuple(name.removeprefix(PREFIX) for name in environments)
    return lambda function: Analysis(function, read, part)


def analyse(folders: Sequence[RunFolder]) -> list[Section]:
    """Return the sections of every analysis that some episode of the runs is for.

    One that fails gives a section that says so, since the run stands without it.
    """
    sections: list[Section] = []
    read: dict[Path, Left] = {}
    for name in names("analyses"):
        try:
            made: Analysis = load("analyses", name)
            episodes = read_episodes(folders, made.environments, read)
            if episodes:
                sections += made(episodes)
        except Exception as error:  # noqa: BLE001  (it may come from anywhere)
            why = f"it failed: {one_line(_reason(error))}"
            sections.append(Section(title=f"Analysis {name!r}", text=why))
    return sections


def _reason(error: Exception) -> str:
    """Return why an analysis failed; of a record its name, as pages are passed on."""
    if isinstance(error, CorruptTrajectory):
        return f"{error.path.name}, line {error.line}: {error.problem}"
    if isinstance(error, UserError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def read_part(folder: RunFolder, episode: str, number: int) -> Block:
    """Return a hand or a round of an episode to read.

    Raises:
        UserError: If there is no such episode or part, or if no analysis has parts of
            its environment to read.
    """
    environment = folder.trajectory(episode).header.scenario.environment
    for name in names("analyses"):
        made: Analysis = load("analyses", name)
        if made.part is None or environment not in map(_id, made.environments):
            continue
        for found in read_episodes([folder], made.environments, only=episode):
            return made.part(found, number)
    raise UserError(f"{episode}: {environment} has no single parts to read")


def read_episodes(
    folders: Sequence[RunFolder],
    environments: Sequence[str],
    read: dict[Path, Left] | None = None,
    *,
    only: str | None = None,
) -> list[Episode]:
    """Read the ended episodes of some environments.

    Where several runs have an agent of one name, its label says which run it is of.

    Args:
        folders: The runs.
        environments: Registered names, or `module:Class`.
        read: What was read of records before; others are added.
        only: The one episode that is wanted.

    Raises:
        UserError: If a record is damaged.
    """
    ids = {_id(name) for name in environments}
    read = {} if read is None else read
    found = [
        episode
        for folder, run in zip(folders, run_names(folders), strict=True)
        for episode in _of_folder(folder, run, ids, read, only)
    ]
    runs = {(e.agent, e.run) for e in found}
    several = Counter(agent for agent, _ in runs)
    return [
        replace(e, agent=f"{e.agent} ({e.run})") if several[e.agent] > 1 else e
        for e in found
    ]


def run_names(folders: Sequence[RunFolder]) -> list[str]:
    """Return the shortest ends of the folders' paths that tell them apart."""
    paths = [folder.path.resolve().parts for folder in folders]
    depth, deepest = 1, max(map(len, paths), default=1)
    while len({path[-depth:] for path in paths}) < len(paths) and depth < deepest:
        depth += 1
    return ["/".join(path[-depth:]) for path in paths]


def _of_folder(
    folder: RunFolder,
    run: str,
    ids: Collection[str],
    read: dict[Path, Left],
    only: str | None,
) -> Iterator[Episode]:
    for spec in folder.manifest.plan.episodes():
        seal = folder.manifest.episodes.get(spec.episode)
        if seal is None or spec.scenario.environment not in ids:
            continue
        if only not in (None, spec.episode):
            continue
        left = Left({}, {}, None)
        if seal.reason not in _MISSING:
            path = folder.episode_path(spec.episode)
            if path not in read:
                read[path] = _left(read_trajectory(path))
            left = read[path]
        yield Episode(
            run=run,
            scenario=spec.scenario.name,
            environment=spec.scenario.environment,
            parameters=spec.scenario.parameters,
            agent=spec.label,
            sample=spec.sample,
            epoch=spec.epoch,
            rotation=spec.rotation,
            seed=spec.seed,
            seats=spec.seats,
            tested=tuple(spec.tested),
            reason=seal.reason,
            evidence=left.evidence,
            payoffs=left.payoffs,
            assisted=left.assisted,
            people=left.people,
            active_s=left.active_s,
            id=spec.episode,
            forked=spec.fork is not None,
            effort=left.effort,
        )


def _left(record: Trajectory) -> Left:
    end, tested = record.end or {}, record.header.tested
    used: Counter[str] = Counter()
    for seat in tested:
        used.update(end.get("usage", {}).get(seat, {}))
    messages = [m for seat in tested for m in record.of_kind("message", seat)]
    effort = Effort(
        tools=tuple(
            dict.fromkeys(
                tool["function"]["name"]
                for seat in tested
                for tool in record.header.tools.get(seat, ())
            )
        ),
        used=used,
        refusals=sum(1 for message in messages if message.get("refusal")),
        choices=tuple(n for n in record.of_kind("note") if n["about"] == "expert"),
        budget=record.header.limits.tokens,
    )
    return Left(
        *(record.evidence, end["payoffs"], effort, record.assisted),
        people=tuple(record.header.people),
        active_s=time_on_task(record)[0],
    )


def _id(name: str) -> str:
    return name if ":" in name else PREFIX + name


def written(value: Value) -> str:
    """Return a value of a table as text."""
    if value is None:
        return "–"
    if isinstance(value, Estimate):
        if value.low is None or value.high is None:
            return written(value.value)
        told = (value.value or 0.0, value.low, value.high)
        point, low, high = (f"{n:.{_digits(*told)}f}" for n in told)
        return f"{point} [{low}, {high}]"
    return f"{value:.{_digits(value)}f}" if isinstance(value, float) else str(value)


def _digits(*numbers: float) -> int:
    """Return how many digits behind the point numbers of one cell have."""
    return 3 if max(map(abs, numbers)) < 100 else 0
