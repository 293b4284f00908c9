"""The lines of a record: found without parsing, as the file is now."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import UserError
from arena.redaction import Redactor
from arena.trajectory import TrajectoryWriter
from arena.view.lines import DAMAGED, Lines, lines_of
from arena.view.searching import search

SEATS = ("", "one", 'a "quoted" seat', "größe")


def write(path: Path, seats: list[str]) -> list[bytes]:
    """Write a record with a step of each seat; return its lines."""
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("header", {"format": "arena-trajectory"})
        for number, seat in enumerate(seats):
            about = {"seat": seat} if seat else {}
            writer.write("step", {**about, "call": {"args": {"x": "y" * number}}})
    return path.read_bytes().split(b"\n")[:-1]


@given(st.lists(st.sampled_from(SEATS), max_size=30))
def test_lines_have_place_kind_and_seat(
    tmp_path_factory: pytest.TempPathFactory, seats: list[str]
) -> None:
    path = tmp_path_factory.mktemp("record") / "a.jsonl"
    raw = write(path, seats)
    lines = Lines(path)
    assert [lines.raw(n) for n in range(len(lines))] == raw
    heads = [lines.head(n) for n in range(1, len(lines))]
    assert heads == [("step", seat) for seat in seats]
    for seat in set(seats) - {""}:
        own = [n for n, other in enumerate(seats, 1) if other in ("", seat)]
        assert lines.select(seats=[seat]) == own
    assert [*lines.each(range(len(lines)))] == [*enumerate(raw)]


@given(st.lists(st.binary(max_size=40)), st.binary(max_size=20))
def test_any_bytes_are_lines_of_some_kind(
    tmp_path_factory: pytest.TempPathFactory, whole: list[bytes], rest: bytes
) -> None:
    path = tmp_path_factory.mktemp("record") / "a.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in whole) + rest)
    lines = Lines(path)
    *expected, torn = path.read_bytes().split(b"\n")
    assert [lines.raw(n) for n in range(len(lines))] == expected
    assert lines.torn == len(torn)
    assert {lines.head(n)[0] for n in range(len(lines))} <= {DAMAGED}


def test_a_line_that_others_wrote_has_its_kind_and_seat(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"kind": "header", "n": 0, "prev": "", "t": 0}\n'
        '{"seat": "one", "t": 2.5, "kind": "step", "n": 1, "prev": ""}\n'
    )
    lines = Lines(path)
    assert lines.head(1) == ("step", "one")


def test_a_line_that_spans_blocks_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 9_000_000 + b"\n" + b"y\n")
    lines = Lines(path)
    assert [lines.bytes_of(n) for n in range(len(lines))] == [9_000_001, 2]
    assert lines.raw(0, 8_999_998, 10) == b"xx"


def test_a_record_that_grows_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    raw = write(path, ["one", "two"])
    path.write_bytes(b"\n".join(raw[:2]) + b"\n" + raw[2][:20])
    first = lines_of(path)
    assert (len(first), first.torn) == (2, 20)
    with path.open("ab") as file:
        file.write(raw[2][20:] + b"\n")
    again = lines_of(path)
    assert again is first
    assert (len(again), again.torn, again.head(2)[1]) == (3, 0, "two")


def test_a_record_that_was_replaced_or_cut_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, ["one", "two"])
    first = lines_of(path)
    other = tmp_path / "b.jsonl"
    write(other, ["three", "four", "five"])
    os.replace(other, path)
    assert lines_of(path).head(1)[1] == "three"
    os.truncate(path, 30)
    assert (len(lines_of(path)), lines_of(path).torn) == (0, 30)
    assert len(first) == 3


def test_a_file_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        lines_of(tmp_path / "none.jsonl")


def test_lines_are_chosen_by_seat_and_kind_without_the_header(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, ["one", "two", "", "one"])
    lines = Lines(path)
    assert [*lines.select()] == [1, 2, 3, 4]
    assert lines.select(seats=["one"]) == [1, 3, 4], "one that names no seat is of all"
    assert lines.select(seats=["two"], kinds=["step"]) == [2, 3]
    assert lines.select(kinds=["none"]) == []


def test_the_line_behind_a_step_is_the_next_message(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    kinds = ["observation", "message", "step", "step", "observation", "message", "end"]
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("header", {})
        for kind in kinds:
            writer.write(kind, {"seat": "one"})
    lines = Lines(path)
    assert [lines.after_steps(steps) for steps in (0, 1, 2, 3)] == [2, 6, 6, 7]


def test_search_finds_values_and_no_names(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("header", {})
        writer.write("observation", {"seat": "player", "text": "The Text is “Grün”."})
        writer.write("message", {"seat": "player", "content": [{"text": 'say "a\\b"'}]})
        writer.write("step", {"seat": "player", "call": {"args": {"number": 47}}})

    def found(text: str) -> list[int]:
        lines = Lines(path)
        return [hit.n for hit in search(lines, text, lines.select())]

    assert found("text") == [1]
    assert found("GRÜN") == [1]
    assert found('"A\\B"') == [2]
    assert found("47") == [3]
    assert found("player") == found("observation") == []


def test_a_hit_has_an_excerpt_around_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("header", {})
        writer.write(
            "observation", {"seat": "one", "text": "a" * 500 + "Needle" + "b" * 500}
        )
    lines = Lines(path)
    (hit,) = search(lines, "needle", lines.select())
    assert (hit.before, hit.found, hit.after) == ("a" * 60, "Needle", "b" * 60)
    assert (hit.n, hit.seat, hit.kind) == (1, "one", "observation")
