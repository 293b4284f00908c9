"""Playing recorded episodes again, to find out whether their records are true.

What agents said is taken from the record; the environment is a new one with the
recorded seed, and all it answers is compared with what it answered then.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .env import Env
from .overseen import Overseen
from .playback import Difference, Playback, Recorded, RecordedOverseer
from .redaction import REDACTED, Redactor
from .registry import make_env
from .seating import Player, tools_in_openai_form
from .specification import EpisodeSpec
from .table import Table, off_loop
from .trajectory import Header, Trajectory

__all__ = ["Replay", "replay"]

Ended = Literal["as recorded", "broken off"]


@dataclass
class Replay:
    """How a replay came out.

    Attributes:
        episode: Its id.
        steps: How many steps were played.
        differences: Those that are kept, the first one first; at most `MOST_KEPT`.
        count: How many events differed in all.
        ruled: How often a rule made equal what no replay repeats, by its name.
        redacted: How many of the calls had a secret in them, which the record does not
            hold: what they do may differ.
        ended: `broken off` where the record was, by a kill, an interruption, a limit
            of time or an error: compared is what came before.
    """

    MOST_KEPT = 10

    episode: str
    steps: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    count: int = 0
    ruled: Counter[str] = field(default_factory=Counter[str])
    redacted: int = 0
    ended: Ended = "as recorded"

    @property
    def identical(self) -> bool:
        """Whether nothing differed, but for what rules made equal."""
        return self.count == 0

    @property
    def only_evidence(self) -> bool:
        """Whether all that was seen came out as recorded, and what was judged not."""
        return self.count == 1 and _but_evidence(self.differences[0])

    def add(self, difference: Difference | None) -> None:
        """Count a difference, if there is one."""
        if difference is not None:
            self.count += 1
            if len(self.differences) < self.MOST_KEPT:
                self.differences.append(difference)


class _Comparison:
    """A recorder that compares in place of writing."""

    def __init__(self, playback: Playback, found: Replay) -> None:
        self._playback = playback
        self._found = found

    def write(self, kind: str, data: Mapping[str, object]) -> None:
        """Compare an event with what was recorded.

        Raises:
            EpisodeError: If the record ends here.
        """
        if kind == "end":
            self._end(data)
        elif self._playback.ended_from_outside:
            raise self._playback.stop()
        else:
            self._found.add(self._playback.take(kind, data))

    def note(self, about: str, data: Mapping[str, object]) -> None:
        """Compare a note."""
        self.write("note", {"about": about, **data})

    def _end(self, data: Mapping[str, object]) -> None:
        playback, found = self._playback, self._found
        recorded = playback.next
        if recorded is None:  # the record was broken off, or went another way
            found.ended = "broken off"
        elif playback.stopped and playback.ended_from_outside:
            found.ended = "broken off"
            told = _from_outside(recorded.data, data, waiting=playback.waiting)
            found.add(playback.take("end", told))
        else:
            found.add(playback.take("end", data))
        for difference in playback.rest():
            found.add(difference)
        found.steps = playback.steps
        found.ruled.update(playback.used)


def _from_outside(
    recorded: Mapping[str, Any], data: Mapping[str, object], *, waiting: bool
) -> dict[str, object]:
    """Return the end of a replay with that in it which came from outside.

    The reason is the record's; so is the evidence where a call was being played, since
    nobody knows how far it had come.
    """
    told = {**data, **{k: recorded[k] for k in ("reason", "error") if k in recorded}}
    if "error" not in recorded:
        told.pop("error", None)
    if recorded["reason"] == "interrupted":
        told["evidence"] = {}  # nothing of it is judged
    elif not waiting and "evidence" in recorded:
        told["evidence"] = recorded["evidence"]
    return told


async def replay(record: Trajectory) -> Replay:
    """Play an episode again and compare every event with its record.

    Args:
        record: As far as it goes: one that was broken off is compared up to there.

    Raises:
        UserError: If the environment cannot be made, or its image is missing.
        EpisodeError: If its sandbox fails.
    """
    header = record.header
    found = Replay(header.episode)
    env = make_env(header.scenario.environment, header.scenario.parameters)
    redactor = Redactor()
    facts = await off_loop(env, env.sandbox_facts)
    for difference in _of_header(header, env, facts, redactor):
        found.add(difference)
    found.redacted = sum(_has_secret(step["call"]) for step in record.of_kind("step"))
    playback = Playback(record.events, redactor, env.unsteady)
    comparison = _Comparison(playback, found)
    table = Table(
        env=env,
        players={s: Player(s, Recorded(playback, s)) for s in header.seats},
        spec=_specification(header),
        record=comparison,
        owner=f"replay/{header.episode}",
        overseen=Overseen(
            RecordedOverseer(playback), list(header.seats), comparison.note
        ),
    )
    _, error = await table.run()
    if error is not None and error.where == "sandbox" and found.count:
        raise error
    return found


def _specification(header: Header) -> EpisodeSpec:
    """Return what is played; time is no limit, since no agent is waited for."""
    return EpisodeSpec(
        episode=header.episode,
        scenario=header.scenario,
        seats=header.seats,
        tested=header.tested,
        label="",
        seed=header.seed,
        agents_seed=header.agents_seed,
        sample=header.sample,
        epoch=header.epoch,
        rotation=header.rotation,
        limits=header.limits.model_copy(update={"wall_s": None}),
    )


def _but_evidence(difference: Difference) -> bool:
    then, now = difference.recorded or {}, difference.replayed or {}
    ends = then.get("kind") == now.get("kind") == "end"
    return ends and {**then, "evidence": None} == {**now, "evidence": None}


def _has_secret(call: Mapping[str, Any]) -> bool:
    return REDACTED in json.dumps(call["args"])


def _of_header(
    header: Header, env: Env, facts: Mapping[str, Any] | None, redactor: Redactor
) -> Iterator[Difference]:
    """Yield what was told and given at the start and is other now."""
    now: dict[str, Any] = {
        "instructions": {seat: env.instructions(seat) for seat in env.seats},
        "tools": {s: tools_in_openai_form(env.tools(s)) for s in env.seats},
        "image": (facts or {}).get("image"),
    }
    then: dict[str, Any] = {
        "instructions": header.instructions,
        "tools": header.tools,
        "image": (header.sandbox or {}).get("image"),
    }
    for key, value in redactor.plain(now).items():
        if value != then[key]:
            yield Difference(1, 0, {key: then[key]}, {key: value})
