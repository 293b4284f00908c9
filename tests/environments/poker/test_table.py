"""A poker table: what a seat is told, may do and may state; forfeits."""

import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import ToolCall

from arena.agent import AgentSpec
from arena.environments.poker.env import KuhnPoker, LeducPoker, LimitHoldem
from arena.environments.poker.rules import LimitPoker, State
from arena.episode import play
from arena.errors import UserError
from arena.limits import Limits
from arena.redaction import Redactor
from arena.registry import make_env
from arena.specification import EpisodeSpec
from arena.trajectory import ScenarioRef, Trajectory, read_trajectory

Table = LimitHoldem | LeducPoker | KuhnPoker
KINDS: list[type[Table]] = [LimitHoldem, LeducPoker, KuhnPoker]
NAMES = [kind.registered for kind in KINDS]
PASSIVE = ["random", "always-call"]
kinds = st.sampled_from(KINDS)
seeds = st.integers(0, 2**32 - 1)


def call(name: str, **args: Any) -> ToolCall:
    return {"name": name, "args": args, "id": None}


def dealing(kind: type[Table], deals: Sequence[State], **parameters: Any) -> Table:
    """A table at which these hands are dealt, in this order."""

    class Rigged(LimitPoker):
        def __init__(self) -> None:
            super().__init__(kind.game.shape)
            self._next = iter(deals)

        def new(self, rng: np.random.Generator) -> State:
            return next(self._next)

    rigged: Any = type(kind.__name__, (kind,), {"game": Rigged()})
    env = rigged(hands=len(deals), **parameters)
    env.reset(seed=0)
    return env


def steps(env: Table, choose: Callable[[list[str]], str]) -> Iterator[str]:
    """Play to the end, yielding each seat before it moves."""
    while not env.over:
        seat = env.turn
        yield seat
        env.step(call(choose(env.legal(seat))))


def played_out(env: Table, seed: int) -> Table:
    rng = np.random.default_rng(seed)
    for _ in steps(env, lambda legal: legal[int(rng.integers(len(legal)))]):
        pass
    return env


def at_random(kind: type[Table], seed: int, **parameters: Any) -> Table:
    env = kind(**parameters)
    env.reset(seed=seed)
    return played_out(env, seed)


# Secrecy


@given(kinds, seeds, st.integers(0, 1), st.data())
def test_what_a_seat_is_told_depends_only_on_what_it_may_know(
    kind: type[Table], seed: int, seat: int, data: st.DataObject
) -> None:
    """Two sessions that differ only in cards that it has not seen are equal to it."""
    rng = np.random.default_rng(seed)
    deals = [kind.game.new(rng) for _ in range(4)]
    env = dealing(kind, deals, ask=["action"])
    moves, stop = data.draw(st.lists(st.integers(0, 11), max_size=40)), 0
    for move in moves:  # the first of the two sessions, up to some decision
        if env.over:
            break
        legal = env.legal(env.turn)
        env.step(call(legal[move % len(legal)]))
        stop += 1
    others = [
        unlike(kind.game, deal, ended, seat, part, rng)
        for part, (deal, ended) in enumerate(zip(deals, ends(env), strict=True), 1)
    ]
    told = [follow(kind, d, moves[:stop], seat) for d in (deals, others)]
    assert told[0] == told[1]


def ends(env: Table) -> list[str | None]:
    """The betting of every hand as far as it was played, None where it was not."""
    view = env.view(env.turn)
    past: Any = view["past"]
    over = [str(hand["betting"]) for hand in past]
    now = [] if env.over else [str(view["betting"])]
    return (over + now + [None] * env.hands)[: env.hands]


def unlike(
    game: LimitPoker,
    deal: State,
    betting: str | None,
    seat: int,
    part: int,
    rng: np.random.Generator,
) -> State:
    """Another deal that gave a seat the same to see, where a hand was bet so far."""
    if betting is None:
        return game.new(rng)
    state = deal
    for letter in betting.replace("/", ""):
        action = {"f": "fold", "c": "check_or_call", "r": "bet_or_raise"}[letter]
        state = game.apply(state, {state.mover: action})
    other = game.alike(state, (seat + part - 1) % 2, rng)
    return State(other.cards, deal.public)


def follow(
    kind: type[Table], deals: Sequence[State], moves: list[int], seat: int
) -> list[object]:
    """All that one seat is told while the moves are made, illegal ones between."""
    env = dealing(kind, deals, ask=["action"])
    name = env.seats[seat]
    told: list[object] = [env.instructions(name), env.observe(name), env.view(name)]
    for move in moves:
        mine = env.turn == name
        refused = env.step(call("no_such_tool"))
        legal = env.legal(env.turn)
        # What the other states is for nobody else.
        stated = {legal[0]: 1.0} if mine else {legal[-1]: 1.0}
        seen = env.step(call(legal[move % len(legal)], opponent_next=stated))
        told += [refused] if mine else []
        told += [seen] if env.turn == name else []
        told += [env.observe(name), env.view(name)]
    return told


@given(kinds, seeds)
def test_what_the_other_states_is_never_told(kind: type[Table], seed: int) -> None:
    seen: list[list[object]] = []
    for stated in ({"fold": 1.0}, {"check_or_call": 0.5, "bet_or_raise": 0.5}):
        env = kind(hands=3, ask=["action"])
        env.reset(seed=seed)
        told: list[object] = []
        while not env.over:
            args = {"opponent_next": stated} if env.turn == "player-1" else {}
            legal = env.legal(env.turn)
            env.step(call(legal[len(told) % len(legal)], **args))
            told.append((env.observe("player-2"), env.view("player-2")))
        seen.append(told)
    assert seen[0] == seen[1]


@given(kinds, seeds)
def test_a_showdown_shows_both_hands_and_a_fold_none(
    kind: type[Table], seed: int
) -> None:
    env = at_random(kind, seed, hands=8)
    parts: Any = env.evidence()["parts"]
    for seat, other in zip(env.seats, reversed(env.seats), strict=True):
        past: Any = env.view(seat)["past"]
        for seen, part in zip(past, parts, strict=True):
            folded = part["betting"].endswith("f")
            assert seen["shown"] == (None if folded else part["cards"][other])
            assert seen["cards"] == part["cards"][seat]


# Sessions


@given(kinds, seeds)
def test_chips_are_conserved(kind: type[Table], seed: int) -> None:
    env = kind(hands=8)
    env.reset(seed=seed)
    rng = np.random.default_rng(seed)
    rewards = dict.fromkeys(env.seats, 0.0)
    while not env.over:
        seat, before = env.turn, dict(env.payoffs)
        legal = env.legal(seat)
        _, reward, *_ = env.step(call(legal[int(rng.integers(len(legal)))]))
        rewards[seat] += reward
        assert reward == env.payoffs[seat] - before[seat]
        assert 0 == sum(env.payoffs.values())
    parts: Any = env.evidence()["parts"]
    for seat in env.seats:
        assert env.payoffs[seat] == sum(part["payoffs"][seat] for part in parts)


@pytest.mark.parametrize("kind", KINDS)
def test_seats_change_places_with_every_hand(kind: type[Table]) -> None:
    env = at_random(kind, 5, hands=4)
    parts: Any = env.evidence()["parts"]
    positions = [[part["positions"][seat] for seat in env.seats] for part in parts]
    assert [[0, 1], [1, 0], [0, 1], [1, 0]] == positions
    past: Any = env.view("player-2")["past"]
    assert [1, 0, 1, 0] == [hand["position"] for hand in past]


@given(kinds, seeds)
def test_the_deals_depend_on_the_seed_and_not_on_the_play(
    kind: type[Table], seed: int
) -> None:
    dealt: list[object] = []
    for choice in (0, -1):
        env = kind(hands=5)
        env.reset(seed=seed)
        for _ in steps(env, lambda legal: legal[choice]):  # noqa: B023
            pass
        parts: Any = env.evidence()["parts"]
        by_position = [
            sorted((part["positions"][s], part["cards"][s]) for s in env.seats)
            for part in parts
        ]
        dealt.append(by_position)
    assert dealt[0] == dealt[1]


@given(kinds, seeds)
def test_nothing_that_was_given_out_changes_later(kind: type[Table], seed: int) -> None:
    env = kind(hands=4, ask=["action"])
    kept = [env.reset(seed=seed)]
    copies = copy.deepcopy(kept)
    rng = np.random.default_rng(seed)
    while not env.over:
        legal = env.legal(env.turn)
        *_, info = env.step(call(legal[int(rng.integers(len(legal)))]))
        kept += [info, env.view(env.seats[0]), env.evidence()]
        copies += copy.deepcopy(kept[-3:])
    env.reset(seed=seed + 1)
    assert copies == kept


def test_two_sessions_in_one_table_share_nothing() -> None:
    used, fresh = LeducPoker(hands=3), LeducPoker(hands=3)
    used.reset(seed=1)
    played_out(used, 1)
    assert fresh.reset(seed=2) == used.reset(seed=2)
    assert played_out(fresh, 3).evidence() == played_out(used, 3).evidence()


def test_a_seat_is_told_of_every_hand_that_ended_since_it_acted() -> None:
    """In hand 1 player-2 opens, in hand 2 player-1: each folds where it opens."""
    env = LimitHoldem(hands=3)
    first, info = env.reset(seed=0)
    assert ("player-2", "player-2") == (env.turn, info["seat"])
    assert first.startswith("Hand 1 of 3. You are the small blind, on the button.")
    second, *_ = env.step(call("fold"))
    assert "player-1" == env.turn
    assert second.startswith("Hand 1 is over.")
    assert "You win 1; no cards are shown." in second
    assert "Hand 2 of 3. You are the small blind, on the button." in second
    third, *_ = env.step(call("fold"))
    assert "player-2" == env.turn
    assert "Hand 1 is over." in third
    assert "You lose 1; no cards are shown." in third
    assert "Hand 2 is over." in third
    assert "Hand 2 is over." in env.observe("player-1")
    assert "Hand 1 is over." not in env.observe("player-1")
    env.step(call("check_or_call"))
    assert "Hand 2 is over." not in env.observe("player-2")
    assert "the opponent calls" in env.observe("player-1")


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_says_what_was_won(kind: type[Table]) -> None:
    env = kind(hands=1)
    env.reset(seed=0)
    for _ in steps(env, lambda _: "check_or_call"):
        pass
    for seat in env.seats:
        won = env.payoffs[seat]
        said = f"won {won:g}" if won > 0 else f"lost {-won:g}"
        assert said in env.observe(seat) or (won == 0 and "even" in env.observe(seat))
        assert "Showdown: the opponent has" in env.observe(seat)
        assert [] == env.view(seat)["legal"]


def test_a_view_says_where_in_the_session_it_is() -> None:
    env = LeducPoker(hands=2, ask=["type"], types=PASSIVE, switching=True)
    _, info = env.reset(seed=0)
    view: Any = info["view"]
    assert "LeducPoker-v1" == view["environment"]
    assert (1, 2) == (view["part"], view["parts"])
    assert "player-1" == view["seat"]
    assert (["type"], PASSIVE, True) == (view["ask"], view["types"], view["switching"])
    assert [] == view["past"]
    for _ in steps(env, lambda _: "check_or_call"):
        pass
    view = env.view("player-2")
    assert (2, 2) == (view["part"], len(view["past"]))
    assert json.loads(json.dumps(view)) == view


@pytest.mark.parametrize("kind", KINDS)
def test_instructions_name_what_is_asked_and_no_more(kind: type[Table]) -> None:
    plain = kind().instructions("player-1")
    assert "opponent_next" not in plain
    assert "opponent_type" not in plain
    asked = kind(ask=["action", "type"], types=PASSIVE, switching=True)
    told = asked.instructions("player-1")
    assert "opponent_next" in told
    assert "opponent_type" in told
    assert "- always-call: checks or calls, whatever happens" in told
    assert "may become another of them" in told
    assert "may become" not in kind(types=PASSIVE).instructions("player-1")


@pytest.mark.parametrize("name", NAMES)
def test_every_known_player_has_a_line_and_gives_probabilities(name: str) -> None:
    env = make_env(name, {"hands": 1})
    types = [name for name in env.policies if not name.endswith("-observer")]
    env = make_env(name, {"hands": 1, "types": types})
    assert all(f"- {type_}: " in env.instructions("player-1") for type_ in types)
    _, info = env.reset(seed=0)
    for type_ in types:
        moves = env.policies[type_]().probabilities(info["view"])
        assert pytest.approx(1.0) == sum(chance for chance, _ in moves)
        assert {move.name for _, move in moves} <= set(info["view"]["legal"])


# What is refused


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"hands": 0}, "hands"),
        ({"hands": 5001}, "hands"),
        ({"ask": ["mood"]}, "ask"),
        ({"ask": ["type"]}, "list at least two players, since the type is asked for"),
        ({"ask": ["type"], "types": ["random"]}, "list at least two players"),
        ({"types": ["random"], "switching": True}, "since they may switch"),
        ({"types": ["random", "random"]}, "name each once, given random, random"),
        ({"types": ["randon"]}, "did you mean 'random'?"),
        ({"types": ["ideal-observer"]}, "unknown type 'ideal-observer'"),
    ],
    ids=str,
)
def test_parameters_that_do_not_fit_are_refused(
    parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(UserError) as refused:
        make_env("LimitHoldem-v1", parameters)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels):
        found = [found]
    return found


BAD: list[tuple[Any, str]] = [
    ({"fold": 0.5, "check_or_call": 0.4}, "should sum to 1; the sum seen is 0.9"),
    ({"fold": 1.00001}, "should sum to 1; the sum seen is 1.00001"),
    ({}, "should sum to 1; the sum seen is 0"),
    (
        {"fold": float("nan")},
        "fold is nan, which is no probability; the sum seen is nan",
    ),
    (
        {"fold": float("inf")},
        "fold is inf, which is no probability; the sum seen is inf",
    ),
    ({"fold": 10**400}, "fold is inf, which is no probability; the sum seen is inf"),
    ({"fold": 10**5000}, "fold is inf, which is no probability; the sum seen is inf"),
    (
        {"fold": -0.5, "check_or_call": 1.5},
        "fold is -0.5, which is no probability; the sum seen is 1",
    ),
    (
        {"call": 1.0},
        "'call' is none of fold, check_or_call, bet_or_raise; the sum seen is 1",
    ),
    ({"{x}": 0.25}, "'{x}' is none of"),
    ({"fold": "1"}, "opponent_next.fold: should be a valid number"),
    ({"fold": True}, "opponent_next.fold: should be a valid number"),
    ([1.0], "opponent_next: should be a valid dictionary"),
    ({"fold": nested(10_000)}, "opponent_next.fold: should be a valid number"),
]


@pytest.mark.parametrize(("stated", "said"), BAD, ids=[said for _, said in BAD])
def test_what_is_no_distribution_is_refused_and_changes_nothing(
    stated: Any, said: str
) -> None:
    env = LimitHoldem(hands=2, ask=["action"])
    env.reset(seed=0)
    before = env.view(env.turn), env.observe(env.turn)
    text, reward, *_, info = env.step(call("check_or_call", opponent_next=stated))
    assert said in info["error"]
    assert said in text
    assert "Legal now: fold, check_or_call, bet_or_raise." in text
    assert 0 == reward
    assert before == (env.view(env.turn), env.observe(env.turn))


def test_null_is_nothing_stated() -> None:
    """Some models send it for what they leave out."""
    env = LimitHoldem(hands=2, ask=["action"])
    env.reset(seed=0)
    *_, info = env.step(call("check_or_call", opponent_next=None))
    assert "error" not in info
    assert {"player-1": 0, "player-2": 0} == env.evidence()["statements_not_judged"]


def test_an_unknown_type_is_refused_with_those_there_are() -> None:
    env = KuhnPoker(ask=["type"], types=PASSIVE)
    env.reset(seed=0)
    *_, info = env.step(call("check_or_call", opponent_type={"cfr": 1.0}))
    assert "'cfr' is none of random, always-call; the sum seen is 1" in info["error"]


def test_within_a_millionth_a_sum_is_made_one() -> None:
    env = KuhnPoker(hands=1, ask=["action"])
    env.reset(seed=0)
    stated = {"fold": 0.25, "check_or_call": 0.7500008}
    *_, info = env.step(call("bet_or_raise", opponent_next=stated))
    assert "error" not in info
    env.step(call("fold"))
    (row,) = [r for r in rows(env, "predictions") if r["by"] == "player-1"]
    assert 1 == pytest.approx(sum(row["stated"].values()), abs=2e-9)
    assert row["stated"]["fold"] < 0.25


def rows(env: Table, kind: str) -> list[Any]:
    found: Any = env.evidence()[kind]
    return found


def test_nothing_may_be_stated_where_nothing_is_asked() -> None:
    env = KuhnPoker(types=PASSIVE)
    env.reset(seed=0)
    *_, info = env.step(call("check_or_call", opponent_type={"random": 1.0}))
    assert "opponent_type: is not an argument here" in info["error"]


@given(kinds, seeds)
def test_an_illegal_action_names_the_legal_ones_and_changes_nothing(
    kind: type[Table], seed: int
) -> None:
    env = kind(hands=3)
    env.reset(seed=seed)
    rng = np.random.default_rng(seed)
    while not env.over:
        seat = env.turn
        legal = env.legal(seat)
        before = [(env.view(s), env.observe(s)) for s in env.seats]
        for name in {"fold", "check_or_call", "bet_or_raise"} - set(legal):
            text, reward, over, _, info = env.step(call(name))
            assert f"{name!r} is not allowed now." in text
            assert f"Legal now: {', '.join(legal)}." in text
            assert (0, False, seat) == (reward, over, info["seat"])
            assert before == [(env.view(s), env.observe(s)) for s in env.seats]
        env.step(call(legal[int(rng.integers(len(legal)))]))


# Forfeits


@given(kinds, seeds)
def test_a_forfeited_hand_costs_what_was_put_in(kind: type[Table], seed: int) -> None:
    env = kind(hands=3)
    env.reset(seed=seed)
    rng = np.random.default_rng(seed)
    for _ in range(int(rng.integers(4))):
        if not env.over:
            legal = env.legal(env.turn)
            env.step(call(legal[int(rng.integers(len(legal)))]))
    if env.over:
        return
    seat, view, before = env.turn, env.view(env.turn), dict(env.payoffs)
    put: Any = view["put"]
    position: Any = view["position"]
    assert env.forfeit(seat)
    assert env.payoffs[seat] == before[seat] - put[position]
    assert 0 == sum(env.payoffs.values())
    past: Any = env.view(seat)["past"]
    assert seat == past[-1]["forfeited"]
    assert past[-1]["shown"] is None
    assert "You have forfeited it" in env.observe(seat)
    (other,) = set(env.seats) - {seat}
    assert "The opponent has forfeited it" in env.observe(other)


def looped(
    path: Path,
    environment: str,
    hands: int,
    seats: dict[str, AgentSpec],
    tool_errors: int,
) -> Trajectory:
    """Play a session through the real loop, and read its record."""
    spec = EpisodeSpec(
        episode="one",
        scenario=ScenarioRef(
            name="test",
            digest="",
            environment=environment,
            parameters={"hands": hands},
        ),
        seats=seats,
        tested=["player-1"],
        label="test",
        seed=0,
        agents_seed=0,
        sample=0,
        epoch=0,
        limits=Limits.model_validate({"tool_errors": tool_errors, "turns": 100_000}),
    )
    record = path / f"{hands}.jsonl"
    anyio.run(play, spec, record, "run", Redactor())
    return read_trajectory(record)


def loop(path: Path, first: list[ToolCall], second: list[ToolCall]) -> Trajectory:
    """Seat two scripts that repeat; two bad calls in a row are the limit."""
    seats: dict[str, AgentSpec] = {}
    for seat, calls in (("player-1", first), ("player-2", second)):
        actions = [{"name": c["name"], "args": c["args"]} for c in calls]
        seats[seat] = AgentSpec(name="scripted", options={"actions": actions})
    return looped(path, "arena/KuhnPoker-v1", 6, seats, tool_errors=2)


GOOD, BAD_CALL = call("check_or_call"), call("check_or_call", no_such=1)


def test_a_hand_is_forfeited_after_the_limit_and_the_session_goes_on(
    tmp_path: Path,
) -> None:
    """Player 1 opens hand 1 with two bad calls, and plays on from there."""
    script = [BAD_CALL, BAD_CALL, *[GOOD] * 20]
    trajectory = loop(tmp_path, script, [GOOD])
    end: Any = trajectory.end
    assert "completed" == end["reason"]
    parts = trajectory.evidence["parts"]
    assert ["player-1", *[None] * 5] == [part["forfeited"] for part in parts]
    assert {"player-1": -1.0, "player-2": 1.0} == parts[0]["payoffs"]
    assert trajectory.evidence["ended_by_forfeit"] is None
    notes = [n for n in trajectory.of_kind("note") if n["about"] == "forfeit"]
    assert ["player-1"] == [note["seat"] for note in notes]
    assert 2 == end["usage"]["player-1"]["tool_errors"]
    told = [o["text"] for o in trajectory.of_kind("observation")]
    assert any("The opponent has forfeited it" in text for text in told)


def test_three_forfeits_in_a_row_end_the_session(tmp_path: Path) -> None:
    trajectory = loop(tmp_path, [GOOD], [BAD_CALL])
    end: Any = trajectory.end
    assert "completed" == end["reason"]
    assert "player-2" == trajectory.evidence["ended_by_forfeit"]
    parts = trajectory.evidence["parts"]
    assert ["player-2"] * 6 == [part["forfeited"] for part in parts]
    notes = [n for n in trajectory.of_kind("note") if n["about"] == "forfeit"]
    assert 3 == len(notes)
    assert 6.0 == end["payoffs"]["player-1"]
    told = trajectory.of_kind("observation")[-1]["text"]
    assert "After too many of your hands were forfeited, no more are played." in told
    assert "you have lost 6 chips" in told


@pytest.mark.parametrize("kind", KINDS)
def test_who_ends_a_session_by_forfeits_loses_what_all_further_hands_begin_with(
    kind: type[Table],
) -> None:
    """Else whoever is ahead could stop playing and keep that."""
    env = kind(hands=20)
    env.reset(seed=0)
    while not env.over:
        if env.turn == "player-1":
            env.forfeit("player-1")
        else:
            env.step(call("check_or_call"))
    first: Any = env.view("player-1")["past"]
    parts: Any = env.evidence()["parts"]
    assert (3, 20) == (len(first), len(parts))
    for part in parts[3:]:
        position: int = part["positions"]["player-1"]
        posted = kind.game.shape.posts[position]
        assert -posted == part["payoffs"]["player-1"] == -part["payoffs"]["player-2"]
        assert ("player-1", "", []) == (
            part["forfeited"],
            part["betting"],
            part["board"],
        )
    paid = sum(part["payoffs"]["player-1"] for part in parts)
    assert paid == env.payoffs["player-1"] == -env.payoffs["player-2"]
    assert 3 == env.view("player-2")["part"]


def test_a_move_between_forfeits_keeps_the_session_going(tmp_path: Path) -> None:
    """Every hand is forfeited by player 2, but each third time it moves before."""
    script = [BAD_CALL, BAD_CALL, BAD_CALL, BAD_CALL, GOOD]
    trajectory = loop(tmp_path, [call("bet_or_raise"), GOOD], script)
    assert trajectory.evidence["ended_by_forfeit"] is None
    assert 6 == len(trajectory.evidence["parts"])
    forfeited = [part["forfeited"] for part in trajectory.evidence["parts"]]
    assert 3 <= forfeited.count("player-2")


# Speed


@pytest.mark.slow
def test_a_thousand_hands_through_the_loop_take_less_than_five_seconds(
    tmp_path: Path,
) -> None:
    """Of the processor, which nothing here waits for, however busy the machine is."""
    seats = {
        "player-1": AgentSpec(name="tight-aggressive"),
        "player-2": AgentSpec(name="loose-passive"),
    }
    looped(tmp_path, "arena/LimitHoldem-v1", 2, seats, 5)  # loads what stays loaded
    begun = time.process_time()
    trajectory = looped(tmp_path, "arena/LimitHoldem-v1", 1000, seats, 5)
    took = time.process_time() - begun
    assert 1000 == len(trajectory.evidence["parts"])
    assert took < 5
