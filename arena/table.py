"""The episode loop: agents and environment meet here, under limits, on the record."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import anyio
import anyio.to_thread

from .agent import Completing
from .env import Env
from .errors import EpisodeError, boundary, one_line
from .limits import EndReason, Usage, reached
from .overseen import Overseen
from .seating import NOT_RUN, Player, legal_text
from .specification import EpisodeSpec

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolCall

__all__ = ["Recorder", "Table", "off_loop"]

T = TypeVar("T")


class Recorder(Protocol):
    """Is told what happens in an episode, event by event."""

    def write(self, kind: str, data: Mapping[str, object]) -> None:
        """Take one event."""
        ...

    def note(self, about: str, data: Mapping[str, object]) -> None:
        """Take a note."""
        ...


@dataclass
class Table:
    """One episode while it is played.

    Attributes:
        env: Where; not started yet.
        players: Who sits where.
        spec: What is played.
        record: Is told everything that happens.
        owner: Names run and episode, for what is made outside this process.
        overseen: Who lets calls and observations pass.
    """

    env: Env
    players: Mapping[str, Player]
    spec: EpisodeSpec
    record: Recorder
    owner: str
    overseen: Overseen
    usage: dict[str, Usage] = field(default_factory=dict[str, Usage])
    started: float = field(default_factory=time.monotonic)

    async def run(self) -> tuple[EndReason, EpisodeError | None]:
        """Play to the end; return how it ended, and the error where one ended it.

        Cancellation ends it as interrupted, and passes on.
        """
        reason: EndReason = "error"
        error: EpisodeError | None = None
        try:
            reason = await self._play_in_time()
        except EpisodeError as failure:
            error = failure
        except anyio.get_cancelled_exc_class():
            reason = "interrupted"
            raise
        finally:
            with anyio.CancelScope(shield=True):
                reason, error = await self._close(reason, error)
        return reason, error

    async def _play_in_time(self) -> EndReason:
        """Reset, then let seats act until an end or a limit.

        The time that the environment takes to start is not the agent's.
        """
        self.usage = {seat: Usage() for seat in self.env.seats}
        with boundary("environment"):
            observation, info = await self._off_loop(
                lambda: self.env.reset(
                    seed=self.spec.seed,
                    options=self._options(),
                )
            )
        self.started = time.monotonic()
        with anyio.move_on_after(self.spec.limits.wall_s):
            return await self._play(observation, info)
        return "time_limit"

    def _options(self) -> dict[str, Any]:
        """Return what the environment is told, with the model under test if any."""
        options: dict[str, Any] = {"owner": self.owner, "sample": self.spec.sample}
        tested = self.players[self.spec.tested[0]].agent
        if isinstance(tested, Completing):
            options["complete"] = tested.complete
        return options

    async def _play(self, observation: str, info: Mapping[str, Any]) -> EndReason:
        self._note_down(info)
        for seat, player in self.players.items():
            with boundary("agent"):
                player.reset(self.env, self.spec.agents_seed, self._noting(seat))
        await self._tell(observation, info)
        while not self.env.over:
            limit = reached(self.spec.limits, self.usage, self.env.turn)
            if limit == "tool_error_limit" and await self._forfeit(self.env.turn):
                continue
            if limit:
                return limit
            if await self._turn(self.players[self.env.turn]):
                return "cut"
        return "completed"

    async def _forfeit(self, seat: str) -> bool:
        """Let a seat that makes no good call lose what is played, if rules say so."""
        with boundary("environment"):
            if not await self._off_loop(lambda: self.env.forfeit(seat)):
                return False
            observation, info = await self._off_loop(self.env.current)
        self.record.note("forfeit", {"seat": seat})
        self.usage[seat].errors_in_a_row = 0
        self.players[seat].answer_later()
        await self._tell(observation, info)
        return True

    async def _turn(self, player: Player) -> bool:
        """Let one seat act once; return whether the environment cut the episode."""
        seat = player.seat
        begun = time.monotonic()
        with boundary("agent"):
            message = await player.act()
            latency = time.monotonic() - begun
            # Within the boundary, since a plug-in may return anything.
            told = _message(seat, message, latency)
            self._count(seat, message)
        self.record.write("message", told)
        calls = list(message.tool_calls)
        for bad in message.invalid_tool_calls:
            call: ToolCall = {"name": bad["name"] or "", "args": {}, "id": bad["id"]}
            problem = one_line(bad["error"] or "the arguments are not valid JSON", 200)
            await self._refuse(player, call, problem)
        if not calls and not message.invalid_tool_calls:
            text = legal_text(self.env.legal(seat))
            self._bad_call(seat)
            await self._tell(text, self._seen_by(seat))
        for call in calls:
            if self._ended_turn(seat):
                player.answer(call, NOT_RUN)
                self.record.note("not_run", {"seat": seat, "call": call})
            elif await self._step(player, call):
                return True
        return False

    def _ended_turn(self, seat: str) -> bool:
        """Whether an earlier call of its message has ended a seat's turn."""
        errors = self.usage[seat].errors_in_a_row
        return (
            self.env.over
            or self.env.turn != seat
            or errors >= self.spec.limits.tool_errors
        )

    async def _step(self, player: Player, call: ToolCall) -> bool:
        """Play one call; return whether the environment cut the episode."""
        usage = self.usage[player.seat]
        usage.tool_calls += 1
        ruled = await self.overseen.call(player.seat, call)
        if isinstance(ruled, str):
            player.answer(call, ruled)
            self._show(ruled, self._seen_by(player.seat))
            return False
        call = ruled
        with boundary("environment"):
            observation, reward, terminated, truncated, info = await self._off_loop(
                lambda: self.env.step(call)
            )
        step = {
            "seat": player.seat,
            "call": {"name": call["name"], "args": call["args"], "id": call["id"]},
            "reward": reward,
            "terminated": terminated,
            "truncated": truncated,
        }
        if "error" in info:
            self._bad_call(player.seat)
            step["error"] = info["error"]
        else:
            usage.errors_in_a_row = 0
        self.record.write("step", step)
        self._note_down(info)
        stays = self.env.turn == player.seat
        seen = await self._tell(observation, info)
        player.answer(call, seen if stays else None)
        return truncated

    async def _refuse(self, player: Player, call: ToolCall, problem: str) -> None:
        """Answer a call that could not even be read."""
        seat = player.seat
        legal = ", ".join(self.env.legal(seat))
        text = f"Error: {problem} Nothing changed. Legal now: {legal}."
        self.usage[seat].tool_calls += 1
        self._bad_call(seat)
        step = {"seat": seat, "call": dict(call), "reward": 0.0, "error": problem}
        self.record.write("step", {**step, "terminated": False, "truncated": False})
        player.answer(call, await self._tell(text, self._seen_by(seat)))

    def _bad_call(self, seat: str) -> None:
        self.usage[seat].tool_errors += 1
        self.usage[seat].errors_in_a_row += 1

    async def _tell(self, observation: str, info: Mapping[str, Any]) -> str:
        """Pass an observation to the seat it is for; return what it sees of it."""
        if not self.env.over:  # nobody will act on it
            observation = await self.overseen.observation(info["seat"], observation)
        self._show(observation, info)
        return observation

    def _show(self, observation: str, info: Mapping[str, Any]) -> None:
        """Show a text to the seat it is for, on the record."""
        seat = cast(str, info["seat"])
        self.record.write("observation", {"seat": seat, "text": observation})
        self.players[seat].tell(observation, info["view"])

    def _seen_by(self, seat: str) -> dict[str, Any]:
        return {"seat": seat, "view": self.env.view(seat)}

    def _count(self, seat: str, message: AIMessage) -> None:
        usage = self.usage[seat]
        usage.turns += 1
        if message.usage_metadata is None:
            return
        tokens_in = message.usage_metadata["input_tokens"]
        tokens_out = message.usage_metadata["output_tokens"]
        usage.input_tokens += tokens_in
        usage.output_tokens += tokens_out
        if price := self.spec.seats[seat].price:
            usage.cost_usd += (tokens_in * price[0] + tokens_out * price[1]) / 1e6

    def _noting(self, seat: str) -> Callable[[str, Mapping[str, object]], None]:
        return lambda about, data: self.record.note(about, {"seat": seat, **data})

    def _note_down(self, info: Mapping[str, Any]) -> None:
        for about, data in info.get("notes", ()):
            self.record.note(about, data)

    async def _off_loop(self, call: Callable[[], T]) -> T:
        return await off_loop(self.env, call)

    async def _close(
        self, reason: EndReason, error: EpisodeError | None
    ) -> tuple[EndReason, EpisodeError | None]:
        """Gather the evidence, close the environment and write the last line.

        An interrupted episode is played again, so nothing of it is judged.
        """
        evidence: dict[str, object] = {}
        gather = self.env.evidence if reason != "interrupted" else dict[str, object]
        try:
            with boundary("environment"):
                try:
                    evidence = await self._off_loop(gather)
                finally:
                    await self._off_loop(self.env.close)
        except EpisodeError as failure:
            if error is None:
                reason, error = "error", failure
        end: dict[str, object] = {
            "reason": reason,
            "payoffs": dict(self.env.payoffs),
            "usage": {seat: usage.as_dict() for seat, usage in self.usage.items()},
            "wall_s": round(time.monotonic() - self.started, 6),
            "evidence": evidence,
        }
        if self.overseen.assisted:
            end["assisted"] = self.overseen.assisted
        if error is not None:
            end["error"] = {"where": error.where, "message": str(error)}
        self.record.write("end", end)
        return reason, error


async def off_loop(env: Env, call: Callable[[], T]) -> T:
    """Run what may wait for the outside in a thread of its own, the rest at once."""
    if not env.blocking:
        return call()
    # No shared limit: a run bounds its episodes, and each has one thread, beside
    # those that a time limit left waiting.
    alone = anyio.CapacityLimiter(1)
    return await anyio.to_thread.run_sync(call, abandon_on_cancel=True, limiter=alone)


def _message(seat: str, message: AIMessage, latency: float) -> dict[str, object]:
    """Return what the record keeps of a message; empty fields are left out."""
    metadata = message.response_metadata
    optional = {
        "invalid_tool_calls": message.invalid_tool_calls,
        "usage": message.usage_metadata,
        "model": metadata.get("model_name") or metadata.get("model"),
        "stop": metadata.get("finish_reason") or metadata.get("stop_reason"),
        "refusal": message.additional_kwargs.get("refusal"),
    }
    return {
        "seat": seat,
        "content": message.content,
        "tool_calls": [
            {"name": call["name"], "args": call["args"], "id": call["id"]}
            for call in message.tool_calls
        ],
        **{key: value for key, value in optional.items() if value},
        "latency_s": round(latency, 6),
    }
