"""What a page shows of one line of a record, whatever may stand in it.

A record may be damaged or forged, so nothing is taken for granted: what is not as the
format says is shown as the JSON that it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from ..text import json_text
from ..trajectory import CorruptTrajectory, parse_line
from .lines import DAMAGED, Lines
from .texts import Part, text_part, tree_part

__all__ = [
    "Shown",
    "Spent",
    "number_of",
    "object_of",
    "shown_line",
    "spent_by",
    "texts_of",
]

Tone = Literal["", "good", "bad", "aside"]
_INLINE = 240
"""Characters of one argument that still stand within its call."""


@dataclass(frozen=True)
class Spent:
    """What one turn took; None where it was not measured."""

    seconds: float | None
    tokens_in: int | None
    tokens_out: int | None

    @property
    def bars(self) -> tuple[float, float]:
        """Time from 10 ms to 100 s and tokens from 10 to 100,000, as parts of 100."""
        tokens = (self.tokens_in or 0) + (self.tokens_out or 0)
        return _bar(self.seconds or 0, 0.01), _bar(tokens, 10)


@dataclass
class Shown:
    """One event as it is drawn.

    Attributes:
        n: Its line, from 0.
        title: What happened, behind the name of the seat.
        facts: Short remarks: time, tokens, reward.
        tone: Whether it is to be seen as good, bad, or less important.
    """

    n: int
    kind: str
    seat: str
    t: float | None
    title: str = ""
    tone: Tone = ""
    facts: list[str] = field(default_factory=list[str])
    parts: list[Part] = field(default_factory=list[Part])
    spent: Spent | None = None

    @property
    def clock(self) -> str:
        """The time since the start, as minutes and seconds."""
        if self.t is None or not 0 <= self.t < 1e9:
            return ""
        return f"{int(self.t // 60)}:{self.t % 60:04.1f}"


def shown_line(lines: Lines, n: int, *, boxed: bool) -> Shown:
    """Return what is drawn of a line.

    Args:
        lines: The record.
        n: Which line, from 0.
        boxed: Whether what seats see are outputs of commands.
    """
    raw = lines.raw(n)
    try:
        line = parse_line(lines.path, n + 1, raw)
    except CorruptTrajectory as error:
        return _damaged(n, raw, error.problem)
    event = Shown(n, line["kind"], _text(line.get("seat", "")), line["t"])
    data = {
        k: v for k, v in line.items() if k not in ("n", "prev", "t", "kind", "seat")
    }
    match line["kind"]:
        case "observation":
            event.title = "sees"
            style = "terminal" if boxed else "prose"
            event.parts = [text_part(style, _text(data.get("text", "")))]
        case "message":
            _message(event, data)
        case "step":
            _step(event, data)
        case "note":
            _note(event, data)
        case "end":
            _end(event, data)
        case _:
            event.title, event.parts = line["kind"], [tree_part(data)]
    return event


def object_of(value: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one in place of anything else."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def number_of(value: object) -> float | None:
    """Return a number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e15 else None


def texts_of(value: object) -> list[str]:
    """Return the texts of a JSON list, without anything else."""
    return [item for item in _list(value) if isinstance(item, str)]


def spent_by(message: Mapping[str, Any]) -> Spent:
    """Return what the turn of a message took."""
    usage = object_of(message.get("usage"))
    into, out = (number_of(usage.get(f"{way}_tokens")) for way in ("input", "output"))
    return Spent(
        number_of(message.get("latency_s")),
        None if into is None else int(into),
        None if out is None else int(out),
    )


def _damaged(n: int, raw: bytes, problem: str) -> Shown:
    text = raw.decode("utf-8", "backslashreplace")
    parts = [
        text_part("problem", f"Line {n + 1} is damaged: {problem}."),
        text_part("terminal", text, "its bytes"),
    ]
    return Shown(n, DAMAGED, "", None, "damaged line", "bad", parts=parts)


def _message(event: Shown, data: Mapping[str, Any]) -> None:
    calls = [_text(object_of(c).get("name")) for c in _list(data.get("tool_calls"))]
    event.parts = list(_said(data.get("content")))
    if refusal := data.get("refusal"):
        event.tone = "bad"
        event.parts.append(text_part("markdown", _text(refusal), "refuses"))
    if bad := data.get("invalid_tool_calls"):
        event.tone = "bad"
        event.parts.append(tree_part(bad, "calls that cannot be read"))
    says = ["says"] if event.parts else []
    named = ", ".join(calls[:6]) + (" …" if len(calls) > 6 else "")
    event.title = " and ".join([*says, *([f"calls {named}"] if calls else [])])
    event.title = event.title or "says nothing"
    event.spent = spent_by(data)
    event.facts = list(_facts(event.spent))
    event.facts += [_text(data[key]) for key in ("model", "stop") if key in data]


def _said(content: object) -> Iterator[Part]:
    """Yield the parts of a message; providers give it whole or in blocks."""
    blocks = cast(list[Any], content) if isinstance(content, list) else [content]
    for block in blocks:
        if isinstance(block, str):
            if block.strip():
                yield text_part("markdown", block)
            continue
        fields = object_of(block)
        kind = fields.get("type")
        told = fields.get("text") or fields.get("thinking") or fields.get("reasoning")
        if kind == "text" and isinstance(told, str):
            yield text_part("markdown", told)
        elif isinstance(told, str):
            yield text_part("markdown", told, _text(kind))
        elif kind not in ("tool_use", "tool_call", "function_call") and block:
            yield tree_part(block)


def _step(event: Shown, data: Mapping[str, Any]) -> None:
    event.title = "plays"
    event.parts = list(_call(data.get("call")))
    reward = number_of(data.get("reward"))
    if reward:
        event.facts.append(f"reward {reward:+g}")
        event.tone = "good" if reward > 0 else "bad"
    event.facts += [key for key in ("terminated", "truncated") if data.get(key) is True]
    if "error" in data:
        event.tone, event.title = "bad", "is refused"
        event.parts.append(text_part("problem", _text(data["error"])))


def _call(call: object, label: str = "") -> Iterator[Part]:
    """Yield a call on one line, and the long ones of its arguments."""
    if not isinstance(call, dict):
        yield tree_part(call, label)
        return
    told = object_of(cast(object, call))
    args = object_of(told.get("args"))
    long = {name: value for name, value in args.items() if _is_long(value)}
    inline = ", ".join(
        f"{name}={'…' if name in long else json_text(value)}"
        for name, value in args.items()
    )
    yield text_part("call", f"{_text(told.get('name'))}({inline})", label)
    for name, value in long.items():
        if isinstance(value, str):
            yield text_part("terminal", value, name)
        else:
            yield tree_part(value, name)


def _note(event: Shown, data: Mapping[str, Any]) -> None:
    rest = {key: value for key, value in data.items() if key != "about"}
    event.title, event.tone = _text(data.get("about", "note")), "aside"
    if event.title == "oversight":
        event.title = f"overseer: {_text(rest.get('verb'))}"
        if "reason" in rest:
            event.parts.append(text_part("prose", _text(rest["reason"]), "because"))
        for when in ("before", "after"):
            if isinstance(rest.get(when), dict):
                event.parts += _call(rest[when], when)
            elif when in rest:
                event.parts.append(text_part("prose", _text(rest[when]), when))
    elif rest:
        event.parts = [tree_part(rest)]


def _end(event: Shown, data: Mapping[str, Any]) -> None:
    event.title = f"end: {_text(data.get('reason', '?'))}"
    if (wall := number_of(data.get("wall_s"))) is not None:
        event.facts.append(f"{_seconds(wall)} in all")
    if "error" in data:
        event.tone = "bad"
        error = object_of(data["error"])
        told = _text(error.get("message", data["error"]))
        event.parts.append(text_part("problem", told, _text(error.get("where", ""))))
    known = ("payoffs", "usage", "assisted", "evidence")
    rest = {
        k: v for k, v in data.items() if k not in (*known, "reason", "error", "wall_s")
    }
    event.parts += [tree_part(data[key], key) for key in known if data.get(key)]
    if rest:
        event.parts.append(tree_part(rest))


def _facts(spent: Spent) -> Iterator[str]:
    if spent.seconds is not None:
        yield _seconds(spent.seconds)
    if spent.tokens_in is not None or spent.tokens_out is not None:
        yield f"{spent.tokens_in or 0:,} → {spent.tokens_out or 0:,} tokens"


def _bar(value: float, least: float) -> float:
    """Return a value on a scale of four powers of ten, from 0 to 100."""
    if value <= least:
        return 0.0
    return round(min(100.0, 25 * math.log10(value / least)), 1)


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _is_long(value: object) -> bool:
    if isinstance(value, str):
        return "\n" in value.rstrip("\n") or len(value) > _INLINE
    nested = isinstance(value, (dict, list))
    return nested and len(json_text(cast(object, value))) > _INLINE


def _text(value: object) -> str:
    return value if isinstance(value, str) else json_text(value)


def _list(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []
