"""A reader's place in an episode: every way to move keeps its promises."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from arena.agent import AgentSpec
from arena.errors import UserError
from arena.limits import Limits
from arena.stepping import Stepping
from arena.trajectory import Event, Header, ScenarioRef, Trajectory

SEATS = ("a", "b", "c")
KINDS = ("observation", "message", "step", "note", "end")


def trajectory_of(*events: tuple[str, dict[str, Any]]) -> Trajectory:
    """Return a record with these events, of kind and data, as read from a file."""
    header = Header(
        run="run",
        episode="episode",
        started="2026-01-01T00:00:00+00:00",
        scenario=ScenarioRef(name="s", digest="", environment="e", parameters={}),
        seed=0,
        agents_seed=0,
        sample=0,
        epoch=0,
        seats={seat: AgentSpec(name="random") for seat in SEATS[:2]},
        tested=["a"],
        limits=Limits.model_validate({}),
        instructions={},
        tools={},
    )
    numbered = [Event(n, n / 10, k, d) for n, (k, d) in enumerate(events, 1)]
    return Trajectory(Path("x.jsonl"), header, tuple(numbered), "", None)


NO_REWARDS = ("3", None, float("nan"), 10**400)


@st.composite
def events(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An event, now and then of a line that somebody has changed."""
    kind = draw(st.sampled_from(KINDS))
    text = draw(st.sampled_from(["", "Fold", "raise", "FOLD or raise"]))
    data: dict[str, Any] = {"text": text}
    if draw(st.booleans()):
        data["seat"] = draw(st.sampled_from(SEATS))
    if draw(st.booleans()):
        data["reward"] = draw(st.floats(-9, 9) | st.sampled_from(NO_REWARDS))
    return kind, data


@st.composite
def trajectories(draw: st.DrawFn) -> Trajectory:
    """A record of some events."""
    return trajectory_of(*draw(st.lists(events(), max_size=20)))


def text_of(trajectory: Trajectory, number: int) -> str:
    return trajectory.events[number - 1].data["text"] if number else "beginning"


class Reader(RuleBasedStateMachine):
    """Somebody who presses keys; what holds after each."""

    stepping: Stepping

    @initialize(trajectory=trajectories())
    def opens(self, trajectory: Trajectory) -> None:
        self.stepping = Stepping(trajectory)
        assert (0, None) == (self.stepping.position, self.stepping.event)

    @rule(by=st.integers(-25, 25))
    def moves(self, by: int) -> None:
        entries, before = self.stepping.entries, self.stepping.position
        moved = self.stepping.move(by)
        there = entries.index(before) + by
        assert entries[min(max(there, 0), len(entries) - 1)] == self.stepping.position
        assert moved == (before != self.stepping.position)

    @rule(number=st.integers(-2, 25))
    def jumps(self, number: int) -> None:
        before = self.stepping.position
        if 0 <= number <= self.stepping.last:
            self.stepping.jump(number)
            rest = [n for n in self.stepping.entries if n >= number]
            there = rest[0] if rest else self.stepping.entries[-1]
            assert there == self.stepping.position
        else:
            with pytest.raises(UserError, match="there is no event"):
                self.stepping.jump(number)
            assert before == self.stepping.position

    @rule(seat=st.sampled_from([None, *SEATS]), kind=st.sampled_from([None, *KINDS]))
    def narrows(self, seat: str | None, kind: str | None) -> None:
        stepping = self.stepping
        before = (stepping.seat, stepping.kind, stepping.position, stepping.entries)
        if stepping.narrow(seat, kind):
            assert (seat, kind) == (stepping.seat, stepping.kind)
            if before[2] in stepping.entries:
                assert before[2] == stepping.position
        else:
            after = (stepping.seat, stepping.kind, stepping.position, stepping.entries)
            assert before == after

    @rule()
    def goes_through_the_seats(self) -> None:
        stepping, met = self.stepping, list[str | None]()
        before = (stepping.seat, stepping.kind)
        while not met or met[-1] != before[0]:
            stepping.next_seat()
            assert stepping.seat not in met
            met.append(stepping.seat)
        assert before == (stepping.seat, stepping.kind)
        seats = {event.data.get("seat") for event in self.let_through(stepping.kind)}
        assert seats - {None} == {seat for seat in met if seat is not None}

    @rule()
    def goes_through_the_kinds(self) -> None:
        stepping, met = self.stepping, list[str | None]()
        before = (stepping.seat, stepping.kind)
        while not met or met[-1] != before[1]:
            stepping.next_kind()
            assert stepping.kind not in met
            met.append(stepping.kind)
        assert before == (stepping.seat, stepping.kind)

    @rule(
        wanted=st.sampled_from(["fold", "RAISE", "d or r", "nowhere", "beginning"]),
        back=st.booleans(),
    )
    def searches(self, wanted: str, back: bool) -> None:
        stepping = self.stepping

        def text(number: int) -> str:
            return text_of(stepping.trajectory, number)

        places = [
            (number, at)
            for number in stepping.entries
            for at in range(len(text(number)))
            if text(number).lower().startswith(wanted.lower(), at)
        ]
        here = (stepping.position, -1 if stepping.match is None else stepping.match)
        found = stepping.find(wanted, text, back=back)
        assert bool(places) == found
        if not places:
            return
        if back:
            before = [p for p in places if p < here]
            there = before[-1] if before else places[-1]
        else:
            behind = [p for p in places if p > here]
            there = behind[0] if behind else places[0]
        assert there == (stepping.position, stepping.match)

    @invariant()
    def the_place_is_one_that_the_filters_let_through(self) -> None:
        stepping = self.stepping
        assert stepping.position in stepping.entries
        assert sorted(set(stepping.entries)) == stepping.entries
        for number in stepping.entries:
            if number:
                event = stepping.trajectory.events[number - 1]
                assert stepping.seat in (None, event.data.get("seat"))
                assert stepping.kind in (None, event.kind)

    @invariant()
    def what_was_played_and_won_so_far_is_added_up(self) -> None:
        stepping = self.stepping
        done = stepping.trajectory.events[: stepping.position]
        steps = [event.data for event in done if event.kind == "step"]
        assert len(steps) == stepping.steps
        for seat in SEATS:
            good = [
                reward
                for step in steps
                if step.get("seat") == seat
                and isinstance(reward := step.get("reward"), float)
                and reward == reward
            ]
            assert sum(good) == pytest.approx(stepping.rewards.get(seat, 0.0))

    def let_through(self, kind: str | None) -> list[Event]:
        events = self.stepping.trajectory.events
        return [event for event in events if kind in (None, event.kind)]


TestReader = Reader.TestCase


@given(trajectories(), st.integers(0, 25))
def test_it_begins_where_it_is_told_to(trajectory: Trajectory, at: int) -> None:
    if at <= len(trajectory.events):
        assert at == Stepping(trajectory, at=at).position
    else:
        with pytest.raises(UserError, match=f"there is no event {at}: the last one is"):
            Stepping(trajectory, at=at)


def test_what_the_episode_does_not_have_is_refused() -> None:
    trajectory = trajectory_of(("step", {"seat": "a"}), ("note", {"about": "x"}))
    with pytest.raises(UserError, match="unknown seat 'd'"):
        Stepping(trajectory, seat="d")
    with pytest.raises(UserError, match="did you mean 'note'"):
        Stepping(trajectory, kind="notes")
    with pytest.raises(UserError, match="there is no note of seat 'a'"):
        Stepping(trajectory, seat="a", kind="note")
    with pytest.raises(UserError, match="there is nothing of seat 'b'"):
        Stepping(trajectory, seat="b")
