"""The contract of environments: seats, told text, bad calls, rewards, episodes."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import gymnasium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from pydantic import Field

from arena.agent import Action, Agent, AgentSpec, Note, calling
from arena.env import Env, View
from arena.errors import ArenaError, IllegalAction, UserError
from arena.registry import make_agent, make_env, names, register_envs
from arena.seating import Seated
from arena.spaces import ToolCalls
from arena.testing.checks import check_env, check_registered_env
from arena.tools import Tool, tool


class Chips(Env):
    """Two seats take chips from a heap in turn; each sees the heap, and no other's.

    Whoever takes keeps what it took; `peek` tells the caller a secret of its own and
    passes the turn; the episode ends with the heap.
    """

    seats = ("left", "right")

    def instructions(self, seat: str) -> str:
        return f"You are {seat}."

    def start(self, options: Mapping[str, Any]) -> None:
        self.heap = int(options.get("heap", 3 + self.np_random.integers(5)))
        self.secrets = {s: int(self.np_random.integers(10**9)) for s in self.seats}
        self.turn = "left"

    @tool
    def take(self, count: Annotated[int, Field(ge=1, le=3)]) -> str:
        """Take chips."""
        if count > self.heap:
            raise IllegalAction(f"there are only {self.heap} chips.")
        self.heap -= count
        self.payoffs[self.turn] += count
        told = f"{self.turn} took {count}."
        self._pass()
        return told

    @tool
    def peek(self) -> str:
        """See your secret."""
        told = f"secret {self.secrets[self.turn]}"
        self._pass()
        return told

    @tool
    def rob(self) -> None:
        """Take one chip from the other seat; only behind in chips."""
        other = self._other(self.turn)
        self.payoffs[other] -= 1
        self.payoffs[self.turn] += 1
        self._pass()

    @tool
    def wait(self) -> None:
        """Do nothing, and stay at the turn."""

    def legal(self, seat: str) -> list[str]:
        behind = self.payoffs[seat] < self.payoffs[self._other(seat)]
        return [n for n in super().legal(seat) if n != "rob" or behind]

    def observe(self, seat: str) -> str:
        return f"{seat} sees {self.heap} chips."

    def view(self, seat: str) -> dict[str, object]:
        return {"legal": self.legal(seat), "heap": self.heap, "seat": seat}

    def _other(self, seat: str) -> str:
        return "right" if seat == "left" else "left"

    def _pass(self) -> None:
        self.over = self.heap == 0
        if not self.over:
            self.turn = self._other(self.turn)


def call(name: str, **args: Any) -> ToolCall:
    return {"name": name, "args": args, "id": None}


def started(heap: int = 5, seed: int = 0) -> Chips:
    env = Chips()
    env.reset(seed=seed, options={"heap": heap})
    return env


def state(env: Chips) -> dict[str, object]:
    """Everything that a bad call might change."""
    return {
        "turn": env.turn,
        "over": env.over,
        "payoffs": dict(env.payoffs),
        "heap": env.heap,
        "generator": env.np_random.bit_generator.state,
        "views": [env.view(seat) for seat in env.seats],
    }


class Other:
    """Plays the given messages in order, each a list of calls."""

    def __init__(self, *messages: Sequence[Action]) -> None:
        self.messages = list(messages)
        self.seen: list[str] = []
        self.results: list[list[str]] = []

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        self.seat = seat
        self.instructions = instructions

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        self.seen.append(observation)
        self.results.append([str(r.content) for r in results])
        if len(self.seen) > len(self.messages):
            raise RuntimeError("asked more often than this test expects")
        return calling(*self.messages[len(self.seen) - 1])


class Waiting(Other):
    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        await asyncio.sleep(0)
        return calling(Action("take", {"count": 1}))


ONE = Action("take", {"count": 1})


def test_the_toy_keeps_the_contract() -> None:
    check_env(Chips)


def test_the_first_observation_is_for_the_first_seat() -> None:
    observation, info = Chips().reset(seed=0, options={"heap": 5})
    assert observation == "left sees 5 chips."
    assert info == {
        "seat": "left",
        "view": {"legal": ["take", "peek", "wait"], "heap": 5, "seat": "left"},
    }


def test_the_observation_goes_to_the_seat_to_act() -> None:
    observation, *_, info = started().step(call("take", count=2))
    assert observation == "right sees 3 chips."
    assert (info["seat"], info["view"]["seat"]) == ("right", "right")


def test_a_seat_is_told_the_result_of_its_own_call_at_its_next_turn() -> None:
    env = started()
    secret = env.secrets["left"]
    after_left, *_ = env.step(call("peek"))
    assert after_left == "right sees 5 chips."
    after_right, *_ = env.step(call("take", count=1))
    assert after_right == f"secret {secret}\nleft sees 4 chips."


def test_a_seat_is_told_only_once() -> None:
    env = started()
    env.step(call("peek"))
    env.step(call("take", count=1))
    observation, *_ = env.step(call("wait"))
    assert observation == "left sees 4 chips."


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(["peek", "take", "rob"])))
def test_no_observation_holds_the_secret_of_another_seat(
    seed: int, moves: list[str]
) -> None:
    env = started(heap=9, seed=seed)
    secrets = {seat: str(secret) for seat, secret in env.secrets.items()}
    for name in moves:
        args = {"count": 1} if name == "take" else {}
        observation, *_, info = env.step(call(name, **args))
        other = "right" if info["seat"] == "left" else "left"
        assert f"secret {secrets[other]}" not in observation


def test_the_end_is_told_to_the_seat_that_acted_last() -> None:
    observation, reward, terminated, truncated, info = started(heap=2).step(
        call("take", count=2)
    )
    assert observation == "left took 2.\nleft sees 0 chips."
    assert (reward, terminated, truncated) == (2.0, True, False)
    assert info == {"seat": "left", "view": {"legal": [], "heap": 0, "seat": "left"}}


BAD = {
    "unknown-tool": call("tak", count=1),
    "empty-name": call(""),
    "private-method": call("_pass"),
    "method-that-is-no-tool": call("observe", seat="right"),
    "long-name": call("x" * 10_000),
    "missing-argument": call("take"),
    "unknown-argument": call("take", count=1, all=True),
    "text-for-int": call("take", count="1"),
    "bool-for-int": call("take", count=True),
    "out-of-bounds": call("take", count=4),
    "against-the-rules": call("take", count=3),
    "not-legal-now": call("rob"),
    "no-object": cast(ToolCall, {"name": "take", "args": "count=1", "id": None}),
    "null": cast(ToolCall, {"name": "take", "args": None, "id": None}),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_call_changes_nothing_and_names_what_is_legal(bad: ToolCall) -> None:
    env = started(heap=2)
    before = state(env)
    observation, reward, terminated, truncated, info = env.step(bad)
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert "Legal now: take, peek, wait." in observation
    assert info["error"] in observation
    assert (info["seat"], info["view"]) == ("left", env.view("left"))
    assert state(env) == before
    assert len(observation) < 500


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_call_leaves_what_is_still_to_be_told(bad: ToolCall) -> None:
    env = started(heap=4)
    env.step(call("peek"))
    env.step(call("take", count=2))
    env.step(call("peek"))
    env.step(bad)
    observation, *_ = env.step(call("peek"))
    assert observation.startswith("secret ")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(BAD["unknown-tool"], "did you mean 'take'?", id="unknown-tool"),
        pytest.param(BAD["missing-argument"], "count: is missing", id="missing"),
        pytest.param(BAD["text-for-int"], "given '1'", id="text-for-int"),
        pytest.param(
            BAD["against-the-rules"], "there are only 2 chips.", id="against-the-rules"
        ),
        pytest.param(BAD["not-legal-now"], "'rob' is not allowed now.", id="not-now"),
    ],
)
def test_a_bad_call_is_answered_with_the_reason(bad: ToolCall, reason: str) -> None:
    *_, info = started(heap=2).step(bad)
    assert reason in info["error"]


@pytest.mark.parametrize("late", [call("peek"), call("nothing")], ids=["peek", "none"])
def test_a_call_after_the_end_changes_nothing(late: ToolCall) -> None:
    env = started(heap=1)
    env.step(call("take", count=1))
    before = state(env)
    observation, reward, terminated, truncated, info = env.step(late)
    assert (reward, terminated, truncated) == (0.0, True, False)
    assert "The episode is over." in observation
    assert "error" in info
    assert state(env) == before


arguments = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(max_examples=40)
@given(st.text() | st.sampled_from(["take", "peek", "rob"]), arguments)
def test_no_call_raises(name: str, args: object) -> None:
    env = started(heap=2)
    env.step(cast(ToolCall, {"name": name, "args": args, "id": None}))


def test_a_failure_of_a_tool_is_no_bad_call() -> None:
    class Broken(Chips):
        @tool
        def take(self, count: int) -> str:
            """Break."""
            raise ZeroDivisionError

    env = Broken()
    env.reset(seed=0)
    with pytest.raises(ZeroDivisionError):
        env.step(call("take", count=1))


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.lists(st.sampled_from([1, 2, 3, "peek", "rob"])))
def test_a_reward_is_what_the_callers_own_payoff_changed_by(
    seed: int, moves: list[int | str]
) -> None:
    env = started(heap=20, seed=seed)
    for move in moves:
        seat, before = env.turn, dict(env.payoffs)
        made = call("take", count=move) if isinstance(move, int) else call(move)
        _, reward, *_ = env.step(made)
        assert reward == env.payoffs[seat] - before[seat]


def test_a_payoff_that_another_seat_changes_is_no_reward_of_its_owner() -> None:
    env = started()
    env.step(call("take", count=2))
    _, reward, *_ = env.step(call("rob"))
    assert (reward, env.payoffs) == (1.0, {"left": 1.0, "right": 1.0})


def test_an_episode_holds_nothing_of_the_one_before() -> None:
    fresh, used = Chips(), Chips()
    used.reset(seed=5)
    used.step(call("peek"))
    used.step(call("take", count=1))
    used.step(call("peek"))
    assert used.reset(seed=1) == fresh.reset(seed=1)
    assert used.payoffs == {"left": 0.0, "right": 0.0}
    for made in (call("wait"), call("take", count=1), call("peek"), call("peek")):
        assert used.step(made) == fresh.step(made)


def test_an_episode_can_begin_anew_after_its_end() -> None:
    env = started(heap=1)
    env.step(call("take", count=1))
    observation, info = env.reset(options={"heap": 4})
    assert (env.over, observation) == (False, "left sees 4 chips.")
    assert info["view"]["legal"] == ["take", "peek", "wait"]


def test_two_environments_share_nothing() -> None:
    one, other = started(), started()
    one.step(call("take", count=2))
    assert state(other) == state(started())


def test_rendering_shows_what_the_seat_to_act_sees() -> None:
    env = Chips(render_mode="ansi")
    env.reset(seed=0, options={"heap": 5})
    env.step(call("take", count=2))
    assert env.render() == "right sees 3 chips."
    assert started().render() is None


def seated(other: Agent, *, seat: str = "left", heap: int = 5) -> Seated:
    env = Chips()
    rest = "right" if seat == "left" else "left"
    table = Seated(env, seat, {rest: other})
    table.reset(seed=0, options={"heap": heap})
    return table


def test_others_are_played_inside_a_step() -> None:
    other = Other([ONE])
    observation, reward, terminated, _, info = seated(other).step(call("take", count=2))
    assert observation == "left took 2.\nleft sees 2 chips."
    assert (reward, terminated, info["seat"]) == (2.0, False, "left")
    assert (other.seen, other.seat) == (["right sees 3 chips."], "right")
    assert other.instructions == "You are right."


def test_others_before_the_open_seat_are_played_inside_reset() -> None:
    env = Chips()
    table = Seated(env, "right", {"left": Other([ONE])})
    observation, info = table.reset(seed=0, options={"heap": 5})
    assert (observation, info["seat"]) == ("right sees 4 chips.", "right")


def test_the_reward_of_a_seat_includes_what_the_others_changed() -> None:
    table = seated(Other([Action("rob", {})]))
    _, reward, *_ = table.step(call("take", count=2))
    assert reward == 1.0


def test_the_end_by_another_seat_is_seen_from_the_open_seat() -> None:
    table = seated(Other([ONE]), heap=2)
    observation, reward, terminated, truncated, info = table.step(ONE_CALL)
    assert "left sees 0 chips." in observation
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert (info["seat"], info["view"]["seat"]) == ("left", "left")


def test_a_call_after_the_end_still_shows_only_the_open_seats_knowledge() -> None:
    table = seated(Other([ONE]), heap=2)
    table.step(ONE_CALL)
    observation, reward, terminated, _, info = table.step(ONE_CALL)
    assert (reward, terminated) == (0.0, True)
    assert "The episode is over." in observation
    assert (info["seat"], info["view"]["seat"]) == ("left", "left")


def test_a_bad_call_of_the_open_seat_asks_no_other() -> None:
    other = Other()
    observation, _, _, _, info = seated(other).step(call("nothing"))
    assert (other.seen, info["seat"]) == ([], "left")
    assert "Legal now: take, peek, wait." in observation


def test_an_other_may_make_several_calls_in_one_message() -> None:
    other = Other([Action("wait", {}), ONE], [ONE])
    table = seated(other)
    observation, *_ = table.step(ONE_CALL)
    assert observation.endswith("left sees 3 chips.")
    table.step(ONE_CALL)
    assert len(other.results[1]) == 2


def test_a_call_behind_the_end_of_its_turn_is_not_played_for_the_open_seat() -> None:
    table = seated(Other([ONE, ONE]))
    observation, reward, *_ = table.step(ONE_CALL)
    assert (reward, table.env.payoffs) == (1.0, {"left": 1.0, "right": 1.0})
    assert observation.endswith("left sees 3 chips.")


def test_a_call_behind_the_end_of_the_episode_is_not_played() -> None:
    _, _, terminated, *_ = seated(Other([ONE, ONE]), heap=2).step(ONE_CALL)
    assert terminated


def test_an_other_that_makes_a_bad_call_is_an_error() -> None:
    table = seated(Other([Action("rob", {"all": True})]))
    with pytest.raises(ArenaError, match=r"seat 'right'.*rob"):
        table.step(ONE_CALL)


def test_an_other_that_makes_no_call_is_an_error() -> None:
    with pytest.raises(ArenaError, match="right"):
        seated(Other([])).step(ONE_CALL)


def test_an_other_that_waits_for_something_outside_is_an_error() -> None:
    with pytest.raises(ArenaError, match="cannot play inside a Gymnasium step"):
        seated(Waiting()).step(ONE_CALL)


def test_the_action_space_is_that_of_the_open_seat() -> None:
    env = make_env("NumberGuessing-v1", {"players": 2})
    level = make_agent(AgentSpec(name="level-1"))
    table = Seated(env, "player-2", {"player-1": level})
    table.reset(seed=0)
    table.action_space.seed(0)
    *_, info = table.step(table.action_space.sample())
    assert "error" not in info


def test_the_seed_decides_what_random_others_play() -> None:
    def play(seed: int) -> list[object]:
        env = make_env("NumberGuessing-v1", {"rounds": 3, "players": 3})
        rest = {s: make_agent(AgentSpec(name="random")) for s in env.seats[1:]}
        table = Seated(env, "player-1", rest)
        table.reset(seed=seed)
        expected = {"player-2": 0, "player-3": 0}
        guess = call("guess", number=1, predictions=expected)
        return [table.step(guess) for _ in range(3)]

    assert play(1) == play(1)
    assert play(1) != play(2)


ONE_CALL = call("take", count=1)


@pytest.mark.parametrize("name", names("environments"))
def test_a_registered_environment_passes_gymnasiums_own_check(name: str) -> None:
    check_registered_env(f"arena/{name}")


@pytest.mark.parametrize("name", names("environments"))
def test_a_registered_environment_plays_behind_gymnasiums_wrappers(name: str) -> None:
    register_envs()
    env = cast("gymnasium.Env[str, ToolCall]", gymnasium.make(f"arena/{name}"))
    calls = cast(ToolCalls, env.action_space)
    calls.seed(3)
    _, info = env.reset(seed=3)
    rewards, done = 0.0, False
    while not done:
        mask = [name in info["view"]["legal"] for name in calls.tools]
        *_, reward, terminated, truncated, info = env.step(calls.sample(mask))
        rewards += float(reward)
        done = terminated or truncated
        assert "error" not in info
    assert "error" in env.step(calls.sample())[4]
    inside = env.unwrapped
    table = inside.env if isinstance(inside, Seated) else cast(Env, inside)
    env.close()
    assert rewards == pytest.approx(table.payoffs[table.seats[0]])


def test_parameters_reach_an_environment_through_gymnasium() -> None:
    register_envs()
    env = gymnasium.make("arena/NumberGuessing-v1", players=4, rounds=1)
    _, info = env.reset(seed=0)
    assert len(info["view"]["seats"]) == 4
    env.close()


def test_a_wrong_parameter_is_named_by_gymnasiums_make() -> None:
    register_envs()
    with pytest.raises(UserError, match="did you mean 'rounds'"):
        gymnasium.make("arena/NumberGuessing-v1", round=1)


def test_registering_twice_changes_nothing() -> None:
    register_envs()
    before = dict(gymnasium.registry)
    register_envs()
    assert dict(gymnasium.registry) == before
