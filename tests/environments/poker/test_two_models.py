"""Two chat models across one table, each over HTTP: what either ever receives."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openai_server import OpenAIServer, Reply
from playing import play_run

from arena.agent import AgentSpec
from arena.environments.poker.env import LimitHoldem
from arena.run_folder import RunFolder
from arena.trajectory import Trajectory
from arena.verify import verify_run

HANDS = 3
SCENARIO = """
description = "Two models play each other."
environment = "arena/LimitHoldem-v1"
rotate = true
seeds = [{seed}]

[parameters]
hands = {hands}
ask = ["action"]

[seats]
player-2 = [{{ name = "chat:openai:beta", options = {{ base_url = "{beta}" }} }}]

[limits]
tool_errors = 3

[[scorers]]
name = "completed"
"""
CARD = re.compile(r"\b[2-9TJQKA][cdhs]\b")
Messages = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-" + "0" * 32)


def telling_seed() -> int:
    """A seed in whose deals no hole card is anything else in the whole session."""
    for seed in count():
        dealt: Counter[str] = Counter()
        holes: set[str] = set()
        for part in checked_down(seed):
            held = [card for cards in part["cards"].values() for card in cards]
            dealt.update([*held, *part["board"]])
            holes.update(held)
        if all(1 == dealt[card] for card in holes):
            return seed
    raise AssertionError


def checked_down(seed: int) -> list[Any]:
    """The hands of a seed, with their whole boards."""
    env = LimitHoldem(hands=HANDS)
    env.reset(seed=seed)
    while not env.over:
        env.step({"name": "check_or_call", "args": {}, "id": None})
    parts: Any = env.evidence()["parts"]
    return parts


def plays(name: str, stated: Mapping[str, float]) -> Callable[[dict[str, Any]], Reply]:
    """A model that mostly calls, sometimes raises, and gives hand 2 up when it can."""

    def model(body: dict[str, Any]) -> Reply:
        seen = str(body["messages"][-1]["content"])
        assert name == body["model"]
        legal = re.findall(r"fold|check_or_call|bet_or_raise", seen.rpartition("\n")[2])
        if f"Hand 2 of {HANDS}" in seen and "fold" in legal:
            move = "fold"
        elif "bet_or_raise" in legal and len(body["messages"]) % 5 == 2:
            move = "bet_or_raise"
        else:
            move = "check_or_call"
        return Reply(tool_calls=((move, json.dumps({"opponent_next": stated})),))

    return model


ALPHA, BETA = {"fold": 0.125, "check_or_call": 0.875}, {"bet_or_raise": 1.0}


def session(
    tmp_path: Path, alpha: Any, beta: Any, seed: int
) -> tuple[list[Trajectory], dict[str, list[Messages]]]:
    """Play both rotations; return the records, and what each model was sent."""
    with OpenAIServer(alpha) as one, OpenAIServer(beta) as other:
        folder = tmp_path / "scenario"
        folder.mkdir()
        text = SCENARIO.format(seed=seed, hands=HANDS, beta=other.base_url)
        (folder / "scenario.toml").write_text(text)
        options = {"base_url": one.base_url}
        agent = AgentSpec(name="chat", model="openai:alpha", options=options)
        run = play_run(tmp_path / "run", str(folder), agent=agent, epochs=1)
        sent = {
            "alpha": [request.body["messages"] for request in one.requests],
            "beta": [request.body["messages"] for request in other.requests],
        }
    played = RunFolder(run)
    assert [] == verify_run(played)
    return [played.trajectory(episode) for episode in played.manifest.episodes], sent


def model_at(record: Trajectory, seat: str) -> str:
    return str(record.header.seats[seat].model).removeprefix("openai:")


def received(record: Trajectory, seat: str, sent: dict[str, list[Messages]]) -> Any:
    """All that the model at a seat was sent in an episode, in order."""
    own = [
        messages
        for messages in sent[model_at(record, seat)]
        if messages[0]["content"] == record.header.instructions[seat]
    ]
    assert own
    return own


def test_neither_model_is_ever_sent_cards_that_were_not_shown(tmp_path: Path) -> None:
    """Every hole card of the session is dealt once, so that its name gives it away."""
    seed = telling_seed()
    records, sent = session(tmp_path, plays("alpha", ALPHA), plays("beta", BETA), seed)
    assert 2 == len(records)
    assert {"alpha", "beta"} == {model_at(r, "player-1") for r in records}
    hidden = shown = 0
    for record in records:
        assert "completed" == (record.end or {})["reason"]
        assert HANDS == len(record.evidence["parts"])
        for seat, other in (("player-1", "player-2"), ("player-2", "player-1")):
            bodies = received(record, seat, sent)
            for part in record.evidence["parts"]:
                assert cards_of(bodies[-1]) >= set(part["cards"][seat]), "its own"
                if part["betting"].endswith("f"):
                    hidden += 1
                    for body in bodies:
                        assert not cards_of(body) & set(part["cards"][other])
                else:
                    shown += 1
                    for body in bodies:
                        assert_shown_only_when_over(body, part, other)
    assert hidden
    assert shown


def assert_shown_only_when_over(body: Messages, part: Any, other: str) -> None:
    cards = set(part["cards"][other])
    for message in body[1:]:
        before, _, after = said(message).partition(f"Hand {part['part']} is over.")
        assert not cards & set(CARD.findall(before))
        if after:
            ended, _, later = after.partition("\\n\\n")
            assert not cards & set(CARD.findall(later))
            assert cards <= set(CARD.findall(ended.partition("Showdown")[2]))


def cards_of(body: Messages) -> set[str]:
    """The cards in all messages but the rules."""
    return {card for message in body[1:] for card in CARD.findall(said(message))}


def said(message: dict[str, Any]) -> str:
    return json.dumps(message)


def test_neither_model_is_sent_what_the_other_states(tmp_path: Path) -> None:
    records, sent = session(tmp_path, plays("alpha", ALPHA), plays("beta", BETA), 0)
    stated = [row["stated"] for r in records for row in r.evidence["predictions"]]
    assert any(row["fold"] == ALPHA["fold"] for row in stated)
    assert any(row["bet_or_raise"] == 1.0 for row in stated)
    assert all("0.125" not in said(m) for body in sent["beta"] for m in body)
    assert any("0.125" in said(m) for body in sent["alpha"] for m in body)


def test_a_model_that_forfeits_a_hand_is_told_so(tmp_path: Path) -> None:
    """It keeps folding where there is nothing to call, until it is the next hand."""

    def stubborn(body: dict[str, Any]) -> Reply:
        asked = body["messages"]
        over = any("You have forfeited it" in said(m) for m in asked)
        return Reply(tool_calls=(("check_or_call" if over else "no_such", "{}"),))

    records, sent = session(tmp_path, stubborn, plays("beta", BETA), 0)
    for record in records:
        (own,) = record.header.tested
        forfeited = [part["forfeited"] for part in record.evidence["parts"]]
        assert [own, None, None] == forfeited
        for body in received(record, own, sent):
            answers = [m["content"] for m in body if m["role"] == "tool"]
            told = ["You have forfeited it" in answer for answer in answers]
            assert [False, False, True][: len(told)] == told[:3]
            assert all("Nothing changed" in answer for answer in answers[:2])
