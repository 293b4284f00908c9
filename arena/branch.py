"""Going on from a moment of a recorded episode.

The beginning is played again: the recorded messages against a new environment. If that
comes out as recorded, the state is the same, and agents take over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .agent import Agent, Completing, Note, Watching, is_person
from .env import Env, View
from .errors import RecordError, UserError
from .overseen import Overseen, overseer_of
from .oversight import Decision, Overseer
from .playback import Difference, Playback, Recorded, RecordedOverseer, of_agent
from .redaction import Redactor
from .seating import derive_seed
from .specification import Edit, EpisodeSpec
from .tools import Tool
from .trajectory import Event, Parent, Trajectory, TrajectoryWriter

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolCall, ToolMessage

__all__ = ["Branch", "Branching", "Moment", "StateDiffers", "branch_of", "moments"]


class StateDiffers(RecordError):
    """The beginning of a branch did not come out as recorded; there is no record."""

    def __init__(self, difference: Difference) -> None:
        self.difference = difference
        super().__init__(
            f"the state differs at line {difference.line} of the record, after "
            f"{difference.step} steps: see `arena replay --verify`, or go on --anyway"
        )


@dataclass(frozen=True)
class Moment:
    """A moment at which a seat is about to say something, and nothing is open.

    Attributes:
        at: How many events came before it.
        steps: How many of those were steps.
        seat: Whose message follows; None where the record ends.
    """

    at: int
    steps: int
    seat: str | None


def moments(events: Sequence[Event]) -> list[Moment]:
    """Return every moment of a record at which somebody else could go on."""
    found: list[Moment] = []
    steps = open_calls = 0
    for number, event in enumerate(events):
        match event.kind:
            case "message":
                seat, at = event.data["seat"], number
                while at and of_agent(events[at - 1], seat):
                    at -= 1
                found.append(Moment(at, steps, seat))
                data = event.data
                calls = (*data["tool_calls"], *data.get("invalid_tool_calls", ()))
                open_calls = len(calls)
            case "step":
                steps += 1
                open_calls -= 1
            case "note":
                open_calls -= _answers_a_call(event.data)
            case _:
                pass
    end = len(events) - bool(events and events[-1].kind == "end")
    last = end - 1
    while last > 0 and events[last].kind == "note" and _own(events[last]):
        last -= 1  # what an agent noted when it was interrupted
    if not open_calls and last >= 0 and events[last].kind == "observation":
        found.append(Moment(end, steps, None))
    return found


def _own(note: Event) -> bool:
    """Whether an agent wrote a note, and neither the loop nor the environment."""
    return of_agent(note, note.data.get("seat", ""))


def _answers_a_call(note: Mapping[str, Any]) -> bool:
    """Whether a note stands in place of a step."""
    rejected = note["about"] == "oversight" and note.get("verb") == "reject"
    return rejected or note["about"] == "not_run"


@dataclass(frozen=True)
class Branch:
    """The beginning of a record, and who goes on from there.

    Attributes:
        record: What is played again.
        moment: Where its beginning ends.
        seats: Where somebody goes on who has not played the beginning; other agents
            without a model play it themselves, with the recorded seed.
    """

    record: Trajectory
    moment: Moment
    seats: Sequence[str]


def branch_of(record: Trajectory, parent: Parent) -> Branch:
    """Return the branch that a fork's header names.

    Raises:
        UserError: If the record has no such moment.
    """
    for moment in moments(record.events):
        if moment.steps == parent.step:
            return Branch(record, moment, parent.seats)
    raise UserError(
        f"{record.header.episode}: nobody can go on after {parent.step} steps"
    )


class Branching:
    """A record that is written, and compared with another one as far as that goes.

    Args:
        writer: Of the new record.
        redactor: Of secrets.
        branch: What is played again.
        spec: What is played then.
        env: Where.
    """

    def __init__(
        self,
        writer: TrajectoryWriter,
        redactor: Redactor,
        branch: Branch,
        spec: EpisodeSpec,
        env: Env,
    ) -> None:
        self._writer = writer
        self._branch = branch
        self._spec = spec
        self._edit = (spec.fork and spec.fork.edit) or Edit()
        beginning = _beginning(branch, self._edit)
        self._playback = Playback(beginning, redactor, env.unsteady)

    def agents(self, made: Mapping[str, Agent]) -> dict[str, Agent]:
        """Return who sits at the table: recorded ones, until their agents go on."""
        return {seat: self._agent(seat, agent) for seat, agent in made.items()}

    def overseen(self) -> Overseen:
        """Return the overseeing: recorded, then a fork's edit, then the run's own."""
        overseers = _InTurn(
            self._playback,
            self._edit,
            overseer_of(self._spec.oversight),
            self._spec.tested,
        )
        return Overseen(overseers, list(self._spec.seats), self.note)

    def write(self, kind: str, data: Mapping[str, Any]) -> None:
        """Write an event, after comparing it where it is of the beginning.

        Raises:
            StateDiffers: If it did not come out as recorded, and must.
        """
        if kind == "end" and _from_outside(data):
            self._playback.abandon()  # it was stopped on the way, and says nothing
        if self._playback.left:
            difference = self._playback.take(kind, data)
            if difference is not None:
                self._differ(difference)
        self._writer.write(kind, data)

    def note(self, about: str, data: Mapping[str, object]) -> None:
        """Write a note."""
        self.write("note", {"about": about, **data})

    def _differ(self, difference: Difference) -> None:
        self._playback.abandon()
        # A person who resumes goes on all the same: hours would be lost otherwise.
        if self._spec.fork and not self._spec.fork.anyway:
            raise StateDiffers(difference)
        line, step = difference.line, difference.step
        self._writer.note("differs", {"line": line, "step": step})

    def _agent(self, seat: str, agent: Agent) -> Agent:
        taken, fork = seat in self._branch.seats, self._spec.fork
        by_itself = (
            self._spec.seats[seat].model is None
            and not is_person(agent)
            and self._branch.record.header.parent is None  # else it went on itself
        )
        if by_itself and not taken:
            return agent
        parts = (fork.parent.step, self._spec.epoch) if fork and taken else ()
        kind = _ContinuingModel if isinstance(agent, Completing) else _Continuing
        return kind(Recorded(self._playback, seat), agent, self._playback, seat, parts)


def _from_outside(end: Mapping[str, Any]) -> bool:
    """Whether an episode was ended by what says nothing of its state."""
    failed = end.get("error", {}).get("where") == "sandbox"
    return failed or end["reason"] in ("interrupted", "time_limit")


def _beginning(branch: Branch, edit: Edit) -> Sequence[Event]:
    """Return what is played again: up to the moment, or to what is edited there."""
    events, at = branch.record.events, branch.moment.at
    if edit.args is not None:  # the message whose call is edited is still the old one
        at = next(n for n in range(at, len(events)) if events[n].kind == "message") + 1
    if edit.observation is not None:
        at = max(n for n in range(at) if events[n].kind == "observation")
        while at and events[at - 1].data.get("about") == "oversight":
            at -= 1
    return events[:at]


class _Continuing:
    """A seat that says what is recorded, until its agent goes on."""

    def __init__(
        self,
        recorded: Recorded,
        agent: Agent,
        playback: Playback,
        seat: str,
        parts: Sequence[object],
    ) -> None:
        self._recorded = recorded
        self.agent: Any = agent
        self._playback = playback
        self._seat = seat
        self._parts = parts

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Get both ready; the one that goes on draws anew where it is another one."""
        own_seed = derive_seed(seed, "fork", *self._parts) if self._parts else seed
        told: dict[str, Any] = {
            "seat": seat,
            "instructions": instructions,
            "tools": tools,
        }
        self._recorded.reset(**told, seed=seed, note=note)
        self.agent.reset(**told, seed=own_seed, note=self._noting(note))

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return what is recorded, or what the agent says now."""
        if not self._playback.has_message(self._seat):
            self._recorded.write_notes()
            return await self.agent.act(observation, view, results)
        message = await self._recorded.act(observation, view, results)
        if isinstance(self.agent, Watching):
            self.agent.watch(observation, view, results, message)
        return message

    def _noting(self, note: Note) -> Note:
        """Return what writes the agent's notes once it goes on."""

        def write(about: str, data: Mapping[str, object]) -> None:
            if not self._playback.left:
                note(about, data)

        return write


class _ContinuingModel(_Continuing):
    """The same, of a language model that others may ask."""

    def complete(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer as the agent does."""
        return self.agent.complete(request)


class _InTurn:
    """Overseers one after another: recorded, for one edit, and the run's own."""

    def __init__(
        self,
        playback: Playback,
        edit: Edit,
        then: Overseer | None,
        tested: Collection[str],
    ) -> None:
        self._playback = playback
        self._recorded = RecordedOverseer(playback)
        self._edit = edit
        self._then = then
        self._tested = tested

    async def on_call(self, seat: str, call: ToolCall) -> Decision | None:
        """Return what is decided on a call."""
        if self._playback.left:
            return await self._recorded.on_call(seat, call)
        if self._edit.args is not None:
            args, self._edit = self._edit.args, Edit()
            return Decision("edit_action", "fork", args={**call["args"], **args})
        if self._then is None or seat not in self._tested:
            return None
        return await self._then.on_call(seat, call)

    async def on_observation(self, seat: str, text: str) -> Decision | None:
        """Return what is decided on what is seen."""
        if self._playback.left:
            return await self._recorded.on_observation(seat, text)
        if (edited := self._edit.observation) is not None:
            self._edit = Edit()
            return Decision("edit_observation", "fork", text=edited)
        if self._then is None or seat not in self._tested:
            return None
        return await self._then.on_observation(seat, text)
