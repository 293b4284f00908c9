"""What is shown of the lines of records, honest and forged."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import play_one

from arena.view.charts import bars_of, charts_of
from arena.view.events import Shown, shown_line
from arena.view.kept import Kept
from arena.view.ledger import ledger_of
from arena.view.lines import DAMAGED, Lines
from arena.view.survey import survey

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = (
    *("seat", "text", "content", "tool_calls", "usage", "latency_s", "refusal", "call"),
    *("reward", "error", "about", "verb", "before", "after", "reason", "evidence"),
    *("wall_s", "invalid_tool_calls", "payoffs", "model"),
)


def record(folder: Path, *events: dict[str, Any]) -> Lines:
    """Write lines behind a header that say what they are told to."""
    own: list[dict[str, Any]] = [
        {"n": n, "prev": "", "t": 0.5 * n, **event}
        for n, event in enumerate([{"kind": "header"}, *events])
    ]
    path = folder / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in own))
    return Lines(path)


def one(folder: Path, kind: str, **fields: Any) -> Shown:
    """Show one event."""
    return shown_line(record(folder, {"kind": kind, **fields}), 1, boxed=False)


@given(
    st.sampled_from(["observation", "message", "step", "note", "end", "other"]),
    st.dictionaries(st.sampled_from(FIELDS), anything),
)
def test_whatever_stands_in_a_line_is_shown(
    tmp_path_factory: pytest.TempPathFactory, kind: str, fields: dict[str, Any]
) -> None:
    event = one(tmp_path_factory.mktemp("record"), kind, **fields)
    assert event.title
    for part in event.parts:
        part.drawn()


def test_a_step_is_a_call_and_what_it_brought(tmp_path: Path) -> None:
    call: dict[str, Any] = {
        "name": "guess",
        "args": {"number": 27, "why": "a\nb"},
        "id": "1",
    }
    event = one(tmp_path, "step", seat="one", call=call, reward=-2.0, terminated=True)
    assert [(p.style, p.label, p.text) for p in event.parts] == [
        ("call", "", "guess(number=27, why=…)"),
        ("terminal", "why", "a\nb"),
    ]
    assert (event.facts, event.tone) == (["reward -2", "terminated"], "bad")


def test_a_refused_call_says_why(tmp_path: Path) -> None:
    call: dict[str, Any] = {"name": "x", "args": {}}
    event = one(tmp_path, "step", seat="one", call=call, reward=0.0, error="no tool x")
    assert (event.title, event.tone) == ("is refused", "bad")
    assert event.parts[-1].text == "no tool x"


def test_a_message_has_its_time_and_tokens(tmp_path: Path) -> None:
    usage = {"input_tokens": 1200, "output_tokens": 30}
    calls: list[Any] = [{"name": "hit", "args": {}, "id": "1"}]
    event = one(
        *(tmp_path, "message"),
        **{"seat": "one", "content": "Hm.", "tool_calls": calls, "usage": usage},
        **{"latency_s": 1.5, "model": "m"},
    )
    assert event.title == "says and calls hit"
    assert event.facts == ["1.5 s", "1,200 → 30 tokens", "m"]
    assert event.spent is not None
    assert event.spent.bars == pytest.approx((54.4, 52.2), abs=0.1)


def test_blocks_of_a_provider_are_text_and_reasoning(tmp_path: Path) -> None:
    content: list[Any] = [
        {"type": "thinking", "thinking": "It is hidden."},
        {"type": "text", "text": "It is said."},
        {"type": "tool_use", "name": "hit", "input": {}},
        {"type": "image", "data": "AAAA"},
    ]
    event = one(tmp_path, "message", seat="one", content=content, tool_calls=[])
    assert [(p.style, p.label, p.text) for p in event.parts] == [
        ("markdown", "thinking", "It is hidden."),
        ("markdown", "", "It is said."),
        ("tree", "", ""),
    ]


def test_an_overseers_decision_shows_what_was_before_and_after(tmp_path: Path) -> None:
    before = {"name": "bash", "args": {"command": "rm"}}
    after = {"name": "bash", "args": {"command": "ls"}}
    event = one(
        *(tmp_path, "note"),
        **{"about": "oversight", "seat": "one", "verb": "edit_action"},
        **{"before": before, "after": after, "reason": "no deleting"},
    )
    assert event.title == "overseer: edit_action"
    assert [(p.label, p.text) for p in event.parts] == [
        ("because", "no deleting"),
        ("before", 'bash(command="rm")'),
        ("after", 'bash(command="ls")'),
    ]


def test_a_damaged_line_is_shown_as_its_bytes(tmp_path: Path) -> None:
    lines = record(tmp_path)
    with lines.path.open("ab") as file:
        file.write(b'{"n":1,"prev":"","t":0.1,"kind":"step","seat":"one","ca\xff\n')
    lines.extend()
    event = shown_line(lines, 1, boxed=False)
    assert (event.kind, event.tone) == (DAMAGED, "bad")
    assert event.parts[0].text == "Line 2 is damaged: not valid JSON."
    assert event.parts[1].text.endswith('"ca\\xff')


def test_outputs_of_a_box_are_a_terminals(tmp_path: Path) -> None:
    lines = record(
        tmp_path, {"kind": "observation", "seat": "a", "text": "Exit code 0."}
    )
    assert shown_line(lines, 1, boxed=True).parts[0].style == "terminal"
    assert shown_line(lines, 1, boxed=False).parts[0].style == "prose"


def test_numbers_of_calls_are_charts_and_predictions_stand_beside_the_truth(
    tmp_path: Path,
) -> None:
    path = play_one(tmp_path / "run", "games/number-guessing", agent="level-2").path
    found = survey(Lines(path))
    charts = {chart.title: chart for chart in charts_of(found)}
    assert charts.keys() == {
        "guess · number",
        "guess · predictions · player-1",
        "guess · predictions · player-2",
    }
    assert {curve.label for curve in charts["guess · number"].curves} == {
        "player-1",
        "player-2",
    }
    own, predicted = charts["guess · predictions · player-2"].curves
    assert (own.label, own.whole) == ("player-2 itself", True)
    assert (predicted.label, predicted.whole) == ("says player-1", False)
    assert len(own.dots) == charts["guess · number"].calls == 10
    (bars,) = bars_of(found)
    assert bars.title == "time per turn"
    assert len(bars.bars) == len(found.turns) == 20


def test_numbers_that_never_change_are_no_chart(tmp_path: Path) -> None:
    call = {"name": "bash", "args": {"timeout_s": 600, "deep": {"er": {"still": 1}}}}
    steps = [{"kind": "step", "seat": "a", "call": call} for _ in range(5)]
    assert charts_of(survey(record(tmp_path, *steps))) == []


def test_many_turns_are_drawn_together(tmp_path: Path) -> None:
    turns = [
        {"kind": "message", "seat": "a", "latency_s": 1.0, "usage": {"input_tokens": n}}
        for n in range(1000)
    ]
    rows = bars_of(survey(record(tmp_path, *turns)))
    assert [row.title for row in rows] == ["time per turn", "tokens read per turn"]
    assert all(len(row.bars) <= 240 for row in rows)
    assert rows[0].bars[0].told == "n1 to n5: 5 s"


def test_a_ledger_is_filtered_by_kind_and_text() -> None:
    lines = [
        json.dumps({"n": n, "t": 1.0, "kind": kind, "what": what, "prev": ""})
        for n, (kind, what) in enumerate(
            [("request", "GET /jobs"), ("books.moved", "pay"), ("request", "POST /x")],
            1,
        )
    ]
    ledger = ledger_of({"world": {"ledger": [*lines, "no json", 7]}})
    assert ledger.kinds == {"": 1, "books.moved": 1, "request": 2, "unreadable": 1}
    assert [e.n for e in ledger.filtered("request", "")] == ["1", "3"]
    assert [e.n for e in ledger.filtered("", "JOBS")] == ["1"]
    assert ledger.filtered("books.moved", "jobs") == []


def test_evidence_without_a_ledger_has_none() -> None:
    for evidence in ({}, {"world": None}, {"ledger": "x"}, {"world": {"ledger": None}}):
        assert ledger_of(evidence).entries == []


def test_what_was_read_is_kept_until_its_file_changes(tmp_path: Path) -> None:
    path, kept, read = tmp_path / "a", Kept[str](), list[str]()

    def get(also: str = "") -> str:
        return kept.get(path, also, lambda: read.append(also) or path.read_text())

    path.write_text("one")
    assert (get(), get(), get("other"), len(read)) == ("one", "one", "one", 2)
    path.write_text("three")
    assert (get(), len(read)) == ("three", 3)


def test_only_the_last_results_are_kept(tmp_path: Path) -> None:
    path, kept, read = tmp_path / "a", Kept[int](most=2), list[int]()
    path.touch()

    def get(number: int) -> int:
        return kept.get(path, number, lambda: read.append(number) or number)

    assert [get(number) for number in (1, 2, 1, 3, 1, 2)] == [1, 2, 1, 3, 1, 2]
    assert read == [1, 2, 3, 2]
