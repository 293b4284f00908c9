"""An episode as text to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .text import shown
from .trajectory import Event, Header, Trajectory

__all__ = [
    "breaks",
    "event_json",
    "event_lines",
    "header_json",
    "header_lines",
    "judgement",
    "transcript",
]

_TOO_DEEP = "nested too deeply to show"


def transcript(
    trajectory: Trajectory, numbers: Iterable[int] | None = None
) -> Iterator[str]:
    """Yield the lines of an episode, with nothing in them that acts on a terminal.

    Args:
        trajectory: The episode.
        numbers: Which lines of the record to show, 0 for the header; None for all.
    """
    if numbers is None:
        numbers = range(len(trajectory.events) + 1)
    for number in numbers:
        if number == 0:
            lines = header_lines(trajectory.header)
        else:
            lines = event_lines(trajectory.events[number - 1])
        yield from (shown(line) for line in lines)
    for mark in breaks(trajectory):
        yield shown(f"\n{mark}")


def header_lines(header: Header) -> Iterator[str]:
    """Yield what was played, and what each seat was told, as it was written."""
    seats = ", ".join(f"{seat} = {spec.label}" for seat, spec in header.seats.items())
    yield (
        f"{header.episode}: {header.scenario.name} ({header.scenario.environment}), "
        f"seed {header.seed}; {seats}"
    )
    if header.people:
        yield f"played by a person: {', '.join(header.people)}"
    if parent := header.parent:
        yield (
            f"forked from {parent.run}/{parent.episode} after {parent.step} steps; "
            f"played anew: {', '.join(parent.seats)}"
        )
    if header.sandbox is not None:
        yield f"in the sandbox {header.sandbox.get('kind')}"
    for seat, text in header.instructions.items():
        yield f"\n[{seat}] {text}"


def event_lines(event: Event, *, alone: bool = False) -> list[str]:
    """Return one event to read, as it was written.

    Args:
        event: The event.
        alone: With what its neighbours tell as well: the calls that a message asks for.
    """
    try:
        lines = list(_lines(event))
        if alone and event.kind == "message":
            lines += _asked(event.data)
        return lines
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # Only a line that somebody has changed has no such fields.
        return [f"({event.kind}, not of this format: {_json(event.data)})"]


def header_json(header: Header) -> str:
    """Return the header as line 1 of the record, indented and without its numbers."""
    try:
        line = header.model_dump(mode="json")
    except ValueError:  # pydantic goes less deep than JSON
        return _TOO_DEEP
    return _json({"kind": "header", **line}, indent=1)


def event_json(event: Event) -> str:
    """Return an event as its line of the record, indented and without its digest."""
    line = {"n": event.n, "t": event.t, "kind": event.kind, **event.data}
    return _json(line, indent=1)


def breaks(trajectory: Trajectory) -> Iterator[str]:
    """Yield where and why a record breaks off; nothing of a whole one."""
    if (damage := trajectory.damage) is not None:
        yield f"line {damage.line} is damaged: {damage.problem}; shown up to there"
    elif trajectory.torn is not None:
        yield f"line {trajectory.torn} was cut off while it was written"
    if trajectory.end is None and trajectory.damage is None:
        yield "the episode has no end: it was broken off"


def judgement(trajectory: Trajectory) -> Iterator[str]:
    """Yield what the judging of an episode has left, safe for a terminal."""
    evidence = (trajectory.end or {}).get("evidence", {})
    yield from (shown(line) for line in _judgement(evidence))


def _lines(event: Event) -> Iterator[str]:
    data = event.data
    match event.kind:
        case "observation":
            yield f"\n{data['seat']} sees: {data['text']}"
        case "message":
            if content := _text(data["content"]):
                yield f"{data['seat']} says: {content}"
            if refusal := data.get("refusal"):
                yield f"{data['seat']} refuses: {refusal}"
        case "step":
            yield f"{data['seat']} calls: {_call(data['call'])}{_outcome(data)}"
            yield from _blocks(data["call"]["args"])
        case "note":
            rest = {k: v for k, v in data.items() if k != "about"}
            yield f"({data['about']}: {_json(rest)})"
        case "end":
            yield from _judgement(data.get("evidence", {}))
            yield f"\nend: {data['reason']}, payoffs {_json(data.get('payoffs', {}))}"
            evidence = data.get("evidence", {})
            if helped := [*data.get("assisted", ()), *evidence.get("assisted", ())]:
                yield f"assisted: {', '.join(helped)}"
            if "error" in data:
                yield f"error: {data['error']['message']}"
        case _:
            yield f"({event.kind}: {_json(data)})"


def _asked(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the calls that a message asks for, and what it took."""
    for call in message["tool_calls"]:
        yield f"asks for: {_call(call)}"
        yield from _blocks(call["args"])
    for call in message.get("invalid_tool_calls", ()):
        yield f"asks for what cannot be read: {_json(call)}"
    told = ("model", "stop", "usage", "latency_s")
    yield _json({key: message[key] for key in told if key in message})


def _outcome(step: Mapping[str, Any]) -> str:
    if "error" in step:
        return f"  → refused: {step['error']}"
    reward = f"  → reward {step['reward']:+g}" if step["reward"] else ""
    return f"{reward}, over" if step["terminated"] and reward else reward


def _call(call: Mapping[str, Any]) -> str:
    args = ", ".join(
        f"{name}={'…' if _is_block(value) else _json(value)}"
        for name, value in call["args"].items()
    )
    return f"{call['name']}({args})"


def _blocks(args: Mapping[str, Any]) -> Iterator[str]:
    """Yield the arguments of several lines, which the call leaves out."""
    for name, value in args.items():
        if _is_block(value):
            yield f"  {name}:"
            yield from (f"    {line}" for line in value.split("\n"))


def _is_block(value: object) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _judgement(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the judging of a shell task has left."""
    probes: Mapping[str, Any] = evidence.get("probes") or {}
    for id, probe in probes.items():
        how = "timed out" if probe["timed_out"] else f"exit code {probe['exit_code']}"
        yield f"\nprobe {id}: {how}"
        yield from (f"  {line}" for line in probe["stdout"].splitlines())
    milestones = evidence.get("milestones") or ()
    if milestones:
        yield f"\njudged, with trust {evidence.get('trust')}:"
    for milestone in milestones:
        why = f": {milestone['reason']}" if milestone["reason"] else ""
        done, weight = milestone["done"], milestone["weight"]
        yield f"  {milestone['id']}: {done:g} done, weight {weight:g}{why}"


def _text(content: object) -> str:
    """Return a message's text; providers give it whole or in blocks."""
    return content if isinstance(content, str) else _json(content)


def _json(value: object, indent: int | None = None) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except RecursionError:
        return _TOO_DEEP
