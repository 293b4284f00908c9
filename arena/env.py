"""The contract of environments: Gymnasium's, with tools as methods and seats."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium

from .arguments import BadArguments
from .errors import IllegalAction, nearest
from .sandboxing import Say
from .spaces import ToolCalls, Utf8
from .tools import Tool, tools_of

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

    from .agent import Policy

__all__ = ["Env", "View"]

View = Mapping[str, object]
"""What a seat may know, as plain data: the observation for scripted agents.

`legal` lists the names of the tools that may be called now. Where an environment is
played in equal parts, as hands or rounds, `part` is the number of the current one from
1 on, and `parts` how many there are.
"""


class Env(gymnasium.Env[str, "ToolCall"], ABC):
    """A world with one or more seats, played through tool calls.

    A subclass defines `start`, `observe`, `view`, `instructions` and its tools (methods
    marked with `@tool`), and keeps `turn`, `over` and `payoffs` true. All randomness is
    drawn from `self.np_random`. Its class docstring is its specification.

    Attributes:
        seats: Names of the places at the table, in order of play.
        turn: The seat to act; after the end, the seat that acted last.
        over: Whether the episode has ended by its own rules.
        payoffs: The game's own payoff of each seat so far.
        policies: Players of this game whose exact action probabilities are known, made
            by name; some take keyword arguments. Agents find them here, without
            importing the environment.
        partners: Registered agents that take the other seats where only one agent is
            given, as in `gymnasium.make`.
        unsteady: Rules by name for what no replay of an episode repeats, such as times
            of day: each takes a text and returns it with that made equal. Empty where
            the seed and the calls decide everything.
        most_items: How many different items it can be reset to by `options["sample"]`;
            None where it makes as many as are asked for, or has no items.
        apart: Sets the draws of its agents apart from those of other scenarios of the
            same seed; empty, so that a scenario and its control are played alike.
        blocking: Whether `reset` and `step` may wait for something outside this
            process; the loop then runs them in a worker thread.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}  # noqa: RUF012  (Gymnasium's declaration)
    policies: ClassVar[Mapping[str, Callable[..., Policy]]] = {}
    partners: ClassVar[Mapping[str, str]] = {}
    unsteady: ClassVar[Mapping[str, Callable[[str], str]]] = {}
    blocking: bool = False

    seats: tuple[str, ...] = ("player",)
    most_items: int | None = None
    apart: tuple[str, ...] = ()
    turn: str
    over: bool
    payoffs: dict[str, float]

    def __init__(self, *, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.turn = self.seats[0]
        self.over = False
        self.payoffs = dict.fromkeys(self.seats, 0.0)
        self._tools = {seat: self.define_tools(seat) for seat in self.seats}
        self._told = dict.fromkeys(self.seats, "")
        self.action_space = ToolCalls(self._tools[self.turn])
        self.observation_space = Utf8()

    @abstractmethod
    def instructions(self, seat: str) -> str:
        """Return the rules and the aim, as `seat` is told them before the start."""

    @abstractmethod
    def start(self, options: Mapping[str, Any]) -> None:
        """Set up a new episode from `self.np_random`, and `turn`.

        Args:
            options: As given to `reset`; in a run, `owner` names run and episode, for
                whatever is made outside this process, and `sample` says which item of
                those that the seed makes.
        """

    @abstractmethod
    def observe(self, seat: str) -> str:
        """Return what `seat` sees now; nothing that it may not know."""

    @abstractmethod
    def view(self, seat: str) -> dict[str, object]:
        """Return the same knowledge as plain data (JSON types)."""

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return the tools of `seat`; called once, while the environment is made.

        By default the methods marked with `@tool`. An environment whose arguments
        depend on its parameters narrows them with `Tool.taking`, and keeps the result,
        as the schema of a tool takes a millisecond to build.
        """
        return tools_of(type(self))

    @classmethod
    def settle(cls, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters with everything decided that a plan must fix.

        Called once, while a run is planned: what depends on the machine, such as the
        kind of sandbox, is chosen here, and is then the same for every episode.

        Raises:
            UserError: If this machine cannot give what the parameters ask for.
        """
        return dict(parameters)

    def prepare(self, say: Say) -> None:
        """Get what all episodes of this environment need, once, before the first.

        Args:
            say: Is told how it goes on.

        Raises:
            UserError: If it cannot be had.
        """

    def sandbox_facts(self) -> dict[str, Any] | None:
        """Return what the record says of the sandbox, or None where there is none."""
        return None

    def tools(self, seat: str) -> Mapping[str, Tool]:
        """Return the tools of `seat` by name, the same for every episode."""
        return self._tools[seat]

    def legal(self, seat: str) -> list[str]:
        """Return the names of the tools that `seat` may call now."""
        return [] if self.over else list(self._tools[seat])

    def forfeit(self, seat: str) -> bool:
        """Let a seat lose what is being played, where the rules provide for it.

        Called when it has made as many bad calls in a row as a limit allows.

        Returns:
            Whether it has lost that and the episode goes on; if not, it ends.
        """
        return False

    def evidence(self) -> dict[str, object]:
        """Return what scorers need to know at the end, as JSON types.

        Called once, before `close`; it may hold what no seat was allowed to know.
        """
        return {}

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start a new episode.

        Returns:
            The observation of the seat whose turn it is, and `info` with its name in
            `seat` and its knowledge as data in `view`.
        """
        super().reset(seed=seed)
        self.over = False
        self.payoffs = dict.fromkeys(self.seats, 0.0)
        self._told = dict.fromkeys(self.seats, "")
        self.start(options or {})
        return self.current()

    def current(self) -> tuple[str, dict[str, Any]]:
        """Return the observation and `info` of the seat whose turn it is."""
        return self._observation(), self._info()

    def step(self, action: ToolCall) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Play one tool call of the seat whose turn it is.

        A bad call (unknown tool, wrong arguments, illegal now) is answered with what is
        legal, changes nothing and never raises; `info["error"]` holds the reason.

        Returns:
            observation: For the seat whose turn it is then, and only what it may know.
            reward: What the caller's own payoff changed by.
            terminated: The episode has ended by its own rules.
            truncated: The environment itself cut the episode short.
            info: `seat`, `view`, and `error` for a bad call. `notes` may hold pairs of
                a kind and data, for the record only.
        """
        seat = self.turn
        try:
            tool, args = self._checked(seat, action)
            before = self.payoffs[seat]
            told = tool.function(self, **args)
        except IllegalAction as error:
            text = f"Error: {error} Nothing changed. {self._legal_text(seat)}"
            return text, 0.0, self.over, False, {**self._info(), "error": str(error)}
        if told:
            self._told[seat] = told
        reward = self.payoffs[seat] - before
        observation, info = self.current()
        return observation, reward, self.over, False, info

    def render(self) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return what the seat to act sees, in the render mode "ansi"."""
        return self.observe(self.turn) if self.render_mode == "ansi" else None

    def _checked(self, seat: str, action: ToolCall) -> tuple[Tool, dict[str, Any]]:
        name, legal = str(action["name"]), self.legal(seat)
        tool = self._tools[seat].get(name)
        if tool is None:
            close = nearest(name, legal)
            hint = f", did you mean {close!r}?" if close else "."
            raise IllegalAction(f"there is no tool {name[:80]!r}{hint}")
        if name not in legal:
            raise IllegalAction(f"{name!r} is not allowed now.")
        try:
            return tool, tool.check(action["args"])
        except BadArguments as error:
            raise IllegalAction(f"{name}: {error}.") from None

    def _legal_text(self, seat: str) -> str:
        names = self.legal(seat)
        return f"Legal now: {', '.join(names)}." if names else "The episode is over."

    def _observation(self) -> str:
        """Join what a tool told the seat to act with what it sees now."""
        told, self._told[self.turn] = self._told[self.turn], ""
        seen = self.observe(self.turn)
        return f"{told}\n{seen}" if told and seen else told or seen

    def _info(self) -> dict[str, Any]:
        return {"seat": self.turn, "view": self.view(self.turn)}
