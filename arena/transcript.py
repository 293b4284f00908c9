"""An episode as text to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .text import shown
from .trajectory import Event, Trajectory

__all__ = ["judgement", "transcript"]


def transcript(trajectory: Trajectory) -> Iterator[str]:
    """Yield the lines of an episode, with nothing in them that acts on a terminal."""
    header = trajectory.header
    seats = ", ".join(f"{seat} = {spec.label}" for seat, spec in header.seats.items())
    yield shown(
        f"{header.episode}: {header.scenario.name} ({header.scenario.environment}), "
        f"seed {header.seed}; {seats}"
    )
    if header.sandbox is not None:
        yield shown(f"in the sandbox {header.sandbox.get('kind')}")
    for seat, text in header.instructions.items():
        yield shown(f"\n[{seat}] {text}")
    for event in trajectory.events:
        yield from (shown(line) for line in _lines(event))
    if trajectory.torn is not None:
        yield f"\nline {trajectory.torn} was cut off while it was written"
    if trajectory.end is None:
        yield "\nthe episode has no end: it was broken off"


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


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
