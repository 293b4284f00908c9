"""Whatever agents say, its record comes out again and can be forked at any moment."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from wild import Sayer

import arena.episode
from arena.agent import AgentSpec
from arena.branch import Branch, Moment, moments
from arena.differences import difference_lines
from arena.limits import Limits
from arena.oversight import CallRule, ObservationRule, Oversight
from arena.redaction import Redactor
from arena.replay import replay
from arena.specification import Edit, EpisodeSpec, Fork
from arena.trajectory import (
    Parent,
    ScenarioRef,
    Trajectory,
    comparable,
    read_trajectory,
)

ANY_TEXT = st.text(max_size=8) | st.sampled_from(["\ud800", "\x00", "\u202e", "é" * 99])
# Numbers that JSON holds: of others the record has a name, which is another argument.
ODD: st.SearchStrategy[Any] = st.sampled_from([10**30, 1e300, 1.5, 7, -0.0, True])
JUNK: st.SearchStrategy[Any] = st.recursive(
    ANY_TEXT | st.none() | st.integers() | ODD,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY_TEXT, inner),
    max_leaves=4,
)
ARGS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.dictionaries(st.just("text"), ANY_TEXT, min_size=1),
    st.dictionaries(st.sampled_from(["number", "whole"]), ODD, min_size=1),
    st.dictionaries(ANY_TEXT, JUNK, max_size=2),
)
CALLS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["shout", "count", "count", "shut", ""]),
        "args": ARGS,
        "id": st.sampled_from(["call-1", "call-2", None]),
    }
)
UNREAD = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["shout", None]),
        "args": st.none() | ANY_TEXT,
        "id": st.none() | ANY_TEXT,
        "error": st.none() | ANY_TEXT,
    }
)
USAGE = {"input_tokens": 9, "output_tokens": 1, "total_tokens": 10}
MESSAGES = st.builds(
    AIMessage,
    content=ANY_TEXT | st.lists(st.fixed_dictionaries({"type": st.just("x")})),
    tool_calls=st.lists(CALLS, max_size=3),
    invalid_tool_calls=st.lists(UNREAD, max_size=1),
    usage_metadata=st.sampled_from([None, USAGE]),
)
THOUGHTS = st.none() | st.dictionaries(ANY_TEXT, JUNK, max_size=2)
SAYERS = st.builds(
    Sayer,
    st.lists(MESSAGES, min_size=1, max_size=5),
    st.lists(THOUGHTS, min_size=1, max_size=3),
)
CALL_RULES = st.sampled_from(
    [
        CallRule(verb="approve", matches="1"),
        CallRule(verb="reject", matches="0", reason="no noughts"),
        CallRule(verb="edit_action", tool="count", args={"number": 3}, reason="three"),
        CallRule(verb="edit_action", matches="text", args={"text": "hush"}),
        CallRule(verb="edit_action", matches="é", args={"loud": True}),
    ]
)
SIGHT_RULES = st.sampled_from(
    [
        ObservationRule(verb="approve", matches="2"),
        ObservationRule(verb="edit_observation", matches="[3-6]", text="some"),
        ObservationRule(verb="edit_observation", matches="Error", text="Fine"),
    ]
)
OVERSIGHT = st.none() | st.builds(
    Oversight,
    calls=st.lists(CALL_RULES, max_size=3).map(tuple),
    observations=st.lists(SIGHT_RULES, max_size=2).map(tuple),
)
LIMITS = st.builds(
    Limits,
    turns=st.sampled_from([1, 3, 30]),
    tool_errors=st.integers(1, 3),
    tokens=st.sampled_from([None, None, 1, 35]),
    cost_usd=st.sampled_from([None, None, 1e-6]),
)


@dataclass(frozen=True)
class Play:
    """A play of agents, by the names of their models."""

    agents: dict[str, Sayer]
    spec: EpisodeSpec


@st.composite
def plays(draw: st.DrawFn) -> Play:
    """Draw what is played."""
    agents = {name: draw(SAYERS) for name in ("a", "b", "other")}
    model = st.sampled_from([None, "model"])
    spec = EpisodeSpec(
        episode="wild",
        scenario=ScenarioRef(
            name="wild", digest="", environment="wild:Wild", parameters={}
        ),
        seats={
            seat: AgentSpec(name=seat, model=draw(model), price=(1.0, 2.0))
            for seat in ("a", "b")
        },
        tested=["a"],
        label="a",
        seed=draw(st.integers(0, 50)),
        agents_seed=1,
        sample=0,
        epoch=0,
        limits=draw(LIMITS),
        oversight=draw(OVERSIGHT),
    )
    return Play(agents, spec)


def _play(
    play: Play, spec: EpisodeSpec, path: Path, branch: Branch | None = None
) -> Trajectory:
    def make_agent(spec: AgentSpec) -> Sayer:
        return play.agents[spec.name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arena.episode, "make_agent", make_agent)
        asyncio.run(arena.episode.play(spec, path, "run", Redactor(), branch=branch))
    return read_trajectory(path)


def _comes_out_again(record: Trajectory) -> None:
    found = asyncio.run(replay(record))
    told = [line for d in found.differences for line in difference_lines(d)]
    assert found.identical, "\n".join(told)
    assert "as recorded" == found.ended


def _fork(record: Trajectory, moment: Moment, edit: Edit | None) -> Fork:
    parent = Parent(
        run="run",
        episode="wild",
        digest=record.digest,
        step=moment.steps,
        seats=[moment.seat or ""],
    )
    return Fork(parent=parent, edit=edit)


@settings(max_examples=60, deadline=None)
@given(plays(), st.data())
def test_anything_comes_out_again_and_is_forked_at_any_moment(
    play: Play, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record = _play(play, play.spec, Path(folder) / "parent.jsonl")
        _comes_out_again(record)
        moment = data.draw(st.sampled_from(moments(record.events)), "moment")
        seat = moment.seat
        if seat is None:
            return
        edits: list[Any] = [None, {"observation": "Hush."}, {"args": {"number": 2}}]
        chosen = data.draw(st.sampled_from(edits), "edit")
        edit = Edit(**chosen) if chosen else None
        spec = play.spec.model_copy(
            update={
                "fork": _fork(record, moment, edit),
                "oversight": None,
                "seats": {
                    **play.spec.seats,
                    seat: AgentSpec(name=data.draw(st.sampled_from([seat, "other"]))),
                },
            }
        )
        branch = Branch(record, moment, [seat])
        child = _play(play, spec, Path(folder) / "child.jsonl", branch)
        same = moment.at
        if edit is not None and edit.observation is not None:
            sights = [n for n in range(same) if record.events[n].kind == "observation"]
            same = sights[-1]
            while same and record.events[same - 1].data.get("about") == "oversight":
                same -= 1
        assert comparable(record)[1 : 1 + same] == comparable(child)[1 : 1 + same]
        _comes_out_again(child)
