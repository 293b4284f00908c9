"""Records that were made up or damaged: `arena replay --verify` finds what is false."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed import ladder_run
from click.testing import CliRunner, Result

from arena.__main__ import cli

Lines = list[dict[str, Any]]


def _verify(path: Path) -> Result:
    words = ["replay", str(path), "--verify"]
    return CliRunner().invoke(cli, words, standalone_mode=False)


def _record(tmp_path: Path) -> Path:
    return next((ladder_run(tmp_path, epochs=1) / "episodes").iterdir())


def _forge(path: Path, change: Callable[[Lines], Lines]) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    changed = [{**line, "n": n} for n, line in enumerate(change(lines))]
    path.write_text("".join(json.dumps(line) + "\n" for line in changed))


def _behind_the_end(lines: Lines) -> Lines:
    return [*lines, {**lines[-2], "text": "You have won."}]


def _two_ends(lines: Lines) -> Lines:
    early = _cut_off(8, "interrupted", evidence={})(lines)[-1:]
    return [*lines[:8], *early, *lines[8:-1], {**lines[-1], "payoffs": {"a": 1e9}}]


def _cut_off(at: int, reason: str, **more: Any) -> Callable[[Lines], Lines]:
    def change(lines: Lines) -> Lines:
        before = lines[:at]
        used = {
            seat: {
                **lines[-1]["usage"][seat],
                "turns": sum(
                    line["kind"] == "message" and line["seat"] == seat
                    for line in before
                ),
                "tool_calls": sum(
                    line["kind"] == "step" and line["seat"] == seat for line in before
                ),
            }
            for seat in ("a", "b")
        }
        won = {
            seat: sum(
                line["reward"]
                for line in before
                if line["kind"] == "step" and line["seat"] == seat
            )
            for seat in ("a", "b")
        }
        end = {**lines[-1], "reason": reason, "usage": used, "payoffs": won, **more}
        return [*before, end]

    return change


@pytest.mark.parametrize("change", [_behind_the_end, _two_ends])
def test_events_behind_an_end_are_found(
    change: Callable[[Lines], Lines], tmp_path: Path
) -> None:
    path = _record(tmp_path)
    _forge(path, change)
    answer = _verify(path)
    assert 2 == answer.return_value, answer.output
    assert "the replay ended, the record goes on" in answer.output
    assert "0 identical, 1 differ" in answer.output


@pytest.mark.parametrize("reason", ["time_limit", "error"])
def test_an_end_from_outside_is_compared_but_for_its_reason(
    reason: str, tmp_path: Path
) -> None:
    path = _record(tmp_path)
    original = path.read_text()
    _forge(path, _cut_off(8, reason))
    answer = _verify(path)
    assert 0 == answer.return_value, answer.output
    assert "1 broken off" in answer.output
    for told, value in (("evidence", {"worth": -1}), ("assisted", ["edit_action"])):
        path.write_text(original)
        _forge(path, _cut_off(8, reason, **{told: value}))
        answer = _verify(path)
        assert 2 == answer.return_value, answer.output
        assert "end differ" in answer.output


def test_an_interrupted_record_has_no_evidence(tmp_path: Path) -> None:
    path = _record(tmp_path)
    original = path.read_text()
    _forge(path, _cut_off(8, "interrupted", evidence={}))
    assert 0 == _verify(path).return_value
    path.write_text(original)
    _forge(path, _cut_off(8, "interrupted"))
    assert 2 == _verify(path).return_value


_ODD: list[Any] = [None, 7, -1.5, "x", [], ["x"], {}, {"x": 1}, [{}], True]


def test_fields_of_the_wrong_type_are_told_and_never_raise(tmp_path: Path) -> None:
    path = _record(tmp_path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    note = {"n": 3, "prev": "", "t": 0, "kind": "note", "about": "oversight"}
    call = {"name": "climb", "args": {"rungs": 1}}
    note |= {"seat": "a", "verb": "edit_action", "before": call, "after": call}
    lines.insert(3, note | {"reason": "why"})
    for number, line in enumerate(lines):
        for key in set(line) - {"n", "prev", "t", "kind"}:
            for odd, value in enumerate(_ODD):
                changed = [*lines[:number], {**line, key: value}, *lines[number + 1 :]]
                file = path.with_name(f"{number}-{key}-{odd}.jsonl")
                file.write_text("".join(json.dumps(one) + "\n" for one in changed))
    path.unlink()
    answer = _verify(path.parent.parent)
    assert answer.exception is None, repr(answer.exception)
    assert 2 == answer.return_value
    assert ": 0 identical" in answer.output
