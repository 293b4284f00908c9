"""The agents' side of a record, given back in its order.

A replay is an episode whose agents and overseers are recorded ones. What they said and
decided is taken from the record; what the world answers is made anew, and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from .agent import Note
from .env import View
from .errors import ArenaError, EpisodeError
from .oversight import Decision, Verb
from .redaction import Redactor
from .tools import Tool
from .trajectory import Event, timeless

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolCall, ToolMessage

__all__ = [
    "Difference",
    "Playback",
    "Recorded",
    "RecordedOverseer",
    "of_agent",
]

_NOT_PLAYED = frozenset({"differs", "played_again", "resumed"})
"""Notes about the record itself: no replay makes them again."""
_OF_LOOP = _NOT_PLAYED | {"forfeit", "not_run", "oversight"}
_FROM_OUTSIDE = frozenset({"error", "interrupted", "time_limit"})
"""Ends that nothing within the episode brings about."""


class RecordEnds(ArenaError):
    """What is recorded goes no further."""


@dataclass(frozen=True)
class Difference:
    """One event that did not come out as recorded.

    Attributes:
        line: Its number in the file, from 1; 1 is the header.
        step: How many steps came before it.
        recorded: Kind and data; None where the record has nothing more.
        replayed: The same of what happened instead; None where nothing did.
    """

    line: int
    step: int
    recorded: Mapping[str, Any] | None
    replayed: Mapping[str, Any] | None


class Playback:
    """A record that is gone through while its episode is played again.

    Args:
        events: Of the record, or of its beginning.
        redactor: Of secrets.
        rules: Of what no replay repeats, by name; see `Env.unsteady`.
    """

    def __init__(
        self,
        events: Sequence[Event],
        redactor: Redactor,
        rules: Mapping[str, Callable[[str], str]],
    ) -> None:
        self._events = [e for e in events if not _is_note(e, _NOT_PLAYED)]
        self._redactor = redactor.for_one_record()
        self._read = 0
        self._rules = rules
        self._at = 0
        self._messages: dict[str, list[Event]] = {}
        for event in reversed(self._events):
            if event.kind == "message":
                self._messages.setdefault(event.data["seat"], []).append(event)
        self.steps = 0
        self.stopped = False
        """Whether the replay was ended where the record ends."""
        self.waiting = False
        """Whether a seat was to speak there, so that the world had come to rest."""
        self.used: list[str] = []
        """The names of rules without which an event would have differed."""

    @property
    def next(self) -> Event | None:
        """The event that is to happen now; None behind the last one."""
        return self._events[self._at] if self._at < len(self._events) else None

    @property
    def left(self) -> int:
        """How many events have not happened yet."""
        return len(self._events) - self._at

    @property
    def ended_from_outside(self) -> bool:
        """Whether the record ends here, by nothing that could happen again."""
        event = self.next
        return event is None or (
            event.kind == "end" and event.data["reason"] in _FROM_OUTSIDE
        )

    def has_message(self, seat: str) -> bool:
        """Return whether a seat has a recorded message left."""
        return bool(self._messages.get(seat))

    def message(self, seat: str) -> Event:
        """Return the next recorded message of a seat.

        Raises:
            RecordEnds: If there is none left.
        """
        event = self.next
        ended = event is not None and event.kind == "end"
        if ended or not self.has_message(seat):
            self.stopped = self.waiting = True
            raise RecordEnds(f"there is no further message of {seat}")
        return self._messages[seat].pop()

    def abandon(self) -> None:
        """Expect nothing any more; recorded messages are given on."""
        self._at = len(self._events)

    def stop(self) -> EpisodeError:
        """Return what ends the replay where the record ends."""
        self.stopped = True
        return EpisodeError("agent", RecordEnds("it was broken off here"))

    def take(self, kind: str, data: Mapping[str, object]) -> Difference | None:
        """Move on over one event, which has just happened; return how it differs."""
        expected = self.next
        step = self.steps
        self._at += 1
        self.steps += kind == "step"
        now = timeless(kind, data)
        then = None if expected is None else timeless(expected.kind, expected.data)
        if now == then:
            return None
        now = timeless(kind, self.plain(data))
        if now == then or (then is not None and self._alike(then, now)):
            return None
        return Difference(
            self._at if expected is None else expected.n + 1, step, then, now
        )

    def rest(self) -> Iterator[Difference]:
        """Yield all that the record has and that did not happen."""
        for event in self._events[self._at :]:
            then = timeless(event.kind, event.data)
            yield Difference(event.n + 1, self.steps, then, None)

    def plain(self, data: Mapping[str, object]) -> dict[str, Any]:
        """Return data as the record would hold them here."""
        for event in self._events[self._read : self._at - 1]:
            self._redactor.encode(event.data)  # it remembers what was shown
        self._read = max(self._read, self._at - 1)
        return self._redactor.plain(data)

    def _alike(self, then: dict[str, Any], now: dict[str, Any]) -> bool:
        """Return whether two events are equal but for what no replay repeats."""
        used: list[str] = []
        for name, rule in self._rules.items():
            then_ruled, now_ruled = _ruled(then, rule), _ruled(now, rule)
            if (then_ruled, now_ruled) != (then, now):
                used.append(name)
            then, now = then_ruled, now_ruled
            if then == now:
                self.used += used
                return True
        return False


class Recorded:
    """An agent that says again what was recorded of its seat."""

    def __init__(self, playback: Playback, seat: str) -> None:
        self._playback = playback
        self._seat = seat

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Write the notes that the agent wrote at its start."""
        self._note = note
        self.write_notes()

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the next recorded message, after the notes before it."""
        self.write_notes()
        return _message(self._playback.message(self._seat).data)

    def write_notes(self) -> None:
        """Write the notes of the agent that come next."""
        while (event := self._playback.next) and of_agent(event, self._seat):
            data = {k: v for k, v in event.data.items() if k not in ("about", "seat")}
            self._note(event.data["about"], data)
            if self._playback.next is event:  # nobody takes events any more
                return


class RecordedOverseer:
    """An overseer that decides again as is recorded."""

    def __init__(self, playback: Playback) -> None:
        self._playback = playback

    async def on_call(self, seat: str, call: ToolCall) -> Decision | None:
        """Return what was decided on this call; None for what was not worth a word.

        Raises:
            EpisodeError: If the call was not played any more.
        """
        if self._playback.ended_from_outside:
            raise self._playback.stop()
        told = self._decision(seat)
        if told is None or not isinstance(told.get("before"), Mapping):
            return None
        args = _mapping(_mapping(told.get("after", told["before"])).get("args"))
        return Decision(told["verb"], told.get("reason", ""), args=args)

    async def on_observation(self, seat: str, text: str) -> Decision | None:
        """Return what was decided on what a seat is about to see."""
        told = self._decision(seat)
        if told is None or isinstance(told.get("before"), Mapping):
            return None
        after = told.get("after")
        text = after if isinstance(after, str) else ""
        return Decision(told["verb"], told.get("reason", ""), text=text)

    def _decision(self, seat: str) -> Mapping[str, Any] | None:
        event = self._playback.next
        if event is None or not _is_note(event, {"oversight"}):
            return None
        told = event.data
        whole = told.get("verb") in get_args(Verb) and isinstance(
            told.get("reason", ""), str
        )
        return told if whole and told.get("seat") == seat else None


def of_agent(event: Event, seat: str) -> bool:
    """Return whether an event is a note that the agent of a seat wrote."""
    return (
        event.kind == "note"
        and event.data["about"] not in _OF_LOOP
        and event.data.get("seat") == seat
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return what may be no mapping in a record that somebody made up."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def _is_note(event: Event, about: Iterable[str]) -> bool:
    return event.kind == "note" and event.data["about"] in about


def _message(data: Mapping[str, Any]) -> AIMessage:
    """Return a message as it was when it was recorded."""
    from langchain_core.messages import AIMessage

    told = {"model_name": data.get("model"), "finish_reason": data.get("stop")}
    refusal = data.get("refusal")
    return AIMessage(
        content=data["content"],
        tool_calls=data["tool_calls"],
        invalid_tool_calls=data.get("invalid_tool_calls", []),
        usage_metadata=data.get("usage"),
        response_metadata={k: v for k, v in told.items() if v},
        additional_kwargs={"refusal": refusal} if refusal else {},
    )


def _ruled(value: Any, rule: Callable[[str], str]) -> Any:
    """Return a JSON value with a rule applied to all its texts."""
    if isinstance(value, str):
        return rule(value)
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return {key: _ruled(item, rule) for key, item in fields.items()}
    if isinstance(value, list):
        return [_ruled(item, rule) for item in cast(list[Any], value)]
    return value
