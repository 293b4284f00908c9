"""The record: what is written is what is read, and every later change is found."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playing import GAMES, play_run

from arena.__main__ import cli
from arena.chain import verify_trajectory
from arena.errors import RecordError
from arena.redaction import Redactor
from arena.run_folder import RunFolder
from arena.trajectory import (
    CorruptTrajectory,
    TrajectoryWriter,
    comparable,
    read_trajectory,
)
from arena.verify import verify_run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "run"
    play_run(path, "games/blackjack", "games/number-guessing", epochs=2)
    return path


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A run to damage: a copy of one that is intact."""
    copy = tmp_path / "run"
    shutil.copytree(made, copy)
    return copy


def test_an_intact_run_has_no_problems(made: Path) -> None:
    assert verify_run(RunFolder(made)) == []


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_change_of_any_one_byte_is_found_with_its_file_and_line(
    made: Path, data: st.DataObject
) -> None:
    folder = RunFolder(made)
    episode = data.draw(st.sampled_from(sorted(folder.manifest.episodes)))
    path = folder.episode_path(episode)
    original = path.read_bytes()
    place = data.draw(st.integers(0, len(original) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != original[place]))
    line = original.count(b"\n", 0, place) + 1
    try:
        path.write_bytes(original[:place] + bytes([byte]) + original[place + 1 :])
        problems = [(p.path, p.line) for p in verify_run(folder)]
    finally:
        path.write_bytes(original)
    assert [(path, line)] == problems


def test_every_byte_of_the_last_two_lines_counts(run: Path) -> None:
    folder = RunFolder(run)
    path = folder.episode_path(next(iter(folder.manifest.episodes)))
    original = path.read_bytes()
    begin = original.rstrip(b"\n").rfind(b"\n", 0, original.rstrip(b"\n").rfind(b"\n"))
    for place in range(begin + 1, len(original)):
        line = original.count(b"\n", 0, place) + 1
        changed = bytes([original[place] ^ 1])
        path.write_bytes(original[:place] + changed + original[place + 1 :])
        assert [(path, line)] == [(p.path, p.line) for p in verify_run(folder)], place


def test_a_dropped_line_is_found(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    (problem,) = verify_run(RunFolder(run))
    assert (path, 4) == (problem.path, problem.line)
    assert "dropped" in problem.text


def test_two_lines_that_changed_places_are_found(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]))
    (problem,) = verify_run(RunFolder(run))
    assert (path, 3) == (problem.path, problem.line)


def test_a_repeated_line_is_found(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join([*lines[:3], lines[2], *lines[3:]]))
    (problem,) = verify_run(RunFolder(run))
    assert (path, 4) == (problem.path, problem.line)


@pytest.mark.parametrize("kept", [0, 1, 3, -1])
def test_a_truncated_tail_is_found(run: Path, kept: int) -> None:
    path, lines = _first(run)
    left = lines[:kept]
    path.write_bytes(b"".join(left))
    (problem,) = verify_run(RunFolder(run))
    assert (path, len(left) + 1) == (problem.path, problem.line)
    assert "truncated" in problem.text


def test_a_line_added_behind_the_end_is_found(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join([*lines, lines[-1]]))
    (problem,) = verify_run(RunFolder(run))
    assert (path, len(lines) + 1) == (problem.path, problem.line)


def test_swapped_episodes_are_found_both(run: Path) -> None:
    folder = RunFolder(run)
    one, two = (folder.episode_path(e) for e in list(folder.manifest.episodes)[:2])
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_bytes)
    two.write_bytes(one_bytes)
    assert {one, two} == {problem.path for problem in verify_run(folder)}


def test_a_missing_and_a_strange_file_are_found(run: Path) -> None:
    path, _ = _first(run)
    stranger = path.with_name("stranger.jsonl")
    path.rename(stranger)
    assert {path, stranger} == {p.path for p in verify_run(RunFolder(run))}


def test_a_changed_plan_is_found(run: Path) -> None:
    file = run / "run.json"
    manifest = json.loads(file.read_text())
    manifest["plan"]["scenarios"][0]["limits"]["turns"] = 7
    file.write_text(json.dumps(manifest))
    assert [file] == [problem.path for problem in verify_run(RunFolder(run))]


def test_a_forged_record_with_a_forged_manifest_differs_in_the_runs_digest(
    run: Path, made: Path
) -> None:
    folder = RunFolder(run)
    episode = next(iter(folder.manifest.episodes))
    path = folder.episode_path(episode)
    forged = path.with_suffix(".new")
    with TrajectoryWriter(forged, Redactor({})) as writer:
        writer.header(read_trajectory(path).header)
        writer.write("end", {"reason": "completed", "evidence": {}})
        folder.manifest.episodes[episode] = writer.seal("completed")
    forged.replace(path)
    folder.save()
    assert verify_run(RunFolder(run)) == []
    told = RunFolder(made).manifest.digest
    answer = CliRunner().invoke(cli, ["verify", str(run), "--digest", told])
    assert answer.exception is not None
    assert told in str(answer.exception)


def test_what_is_written_is_what_is_read(made: Path) -> None:
    folder = RunFolder(made)
    for episode, seal in folder.manifest.episodes.items():
        trajectory = folder.trajectory(episode)
        assert seal == trajectory.seal
        assert episode == trajectory.header.episode
        assert (trajectory.end or {})["reason"] == "completed"
        assert None is trajectory.torn


def test_a_torn_last_line_reads_up_to_the_last_whole_one(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join(lines[:4]) + lines[4][:10])
    trajectory = read_trajectory(path)
    assert len(trajectory.events) == 3
    assert trajectory.torn == 5
    assert None is trajectory.end


def test_a_damaged_line_is_told_apart_from_a_torn_one(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join([*lines[:2], lines[2][:10] + b"\n", *lines[3:]]))
    with pytest.raises(CorruptTrajectory, match="line 3: not valid JSON"):
        read_trajectory(path)


def test_a_damaged_record_can_be_read_up_to_the_damage(run: Path) -> None:
    path, lines = _first(run)
    path.write_bytes(b"".join([*lines[:3], b"{}\n", *lines[4:]]))
    trajectory = read_trajectory(path, as_far_as_it_goes=True)
    assert len(trajectory.events) == 2
    assert "line 4: not an event of this format" in str(trajectory.damage)
    assert None is trajectory.end


def test_a_newer_format_is_refused_by_name(run: Path) -> None:
    path, lines = _first(run)
    header = json.loads(lines[0]) | {"version": 2}
    path.write_bytes(json.dumps(header).encode() + b"\n")
    with pytest.raises(CorruptTrajectory, match=r"arena-trajectory version 2 is newer"):
        read_trajectory(path)


def test_a_newer_manifest_is_refused_by_name(run: Path) -> None:
    file = run / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 2}))
    answer = CliRunner().invoke(cli, ["show", str(run)])
    assert "arena-run version 2 is newer" in str(answer.exception)


def test_a_minor_addition_is_read(run: Path) -> None:
    path, lines = _first(run)
    header = json.loads(lines[0]) | {"something_new": [1]}
    path.write_bytes(json.dumps(header).encode() + b"\n")
    assert read_trajectory(path).events == ()


@given(
    text=st.text(st.characters(exclude_categories=())),  # lone surrogates included
    number=st.floats(),
)
def test_any_text_and_number_can_be_recorded(
    tmp_path_factory: pytest.TempPathFactory, text: str, number: float
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("note", {"about": "x", "text": text, "number": number, text: 1})
        writer.write("end", {"reason": "completed"})
    raw = path.read_bytes()
    assert raw.count(b"\n") == 2
    assert [p for p in verify_trajectory(path) if "header" not in p.text] == []


def test_data_cannot_replace_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with TrajectoryWriter(path, Redactor({})) as writer:
        writer.write("note", {"n": 7, "prev": "x", "t": -1, "kind": "end"})
    line = json.loads(path.read_bytes())
    assert (line["n"], line["prev"], line["kind"]) == (0, "0" * 64, "note")


def test_a_record_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"kept")
    with pytest.raises(RecordError, match="cannot write"):
        TrajectoryWriter(path, Redactor({}))
    assert path.read_bytes() == b"kept"


FULL = """
import resource, sys
from arena.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
sys.argv = ["arena", "run", "games/number-guessing", "--agent", "level-2",
            "--out", sys.argv[1]]
main()
"""


def test_a_full_disk_is_said_in_one_line_and_nothing_written_is_lost(
    tmp_path: Path,
) -> None:
    """A limit on file size stands in for the disk: the same error at the same place."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", FULL, str(tmp_path / "run")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (said,) = [s for s in done.stderr.splitlines() if s.startswith("arena: ")]
    assert "cannot write" in said
    assert "File too large" in said
    (path,) = (tmp_path / "run" / "episodes").iterdir()
    assert read_trajectory(path).of_kind("message")


def test_two_plays_with_one_seed_are_equal_but_for_times_and_ids(
    tmp_path: Path,
) -> None:
    folders = [RunFolder(play_run(tmp_path / n, *GAMES, seed=7)) for n in "ab"]
    one, two = (
        [comparable(f.trajectory(e)) for e in f.manifest.episodes] for f in folders
    )
    assert len(one) == len(list(folders[0].manifest.plan.episodes()))
    assert len(one) >= 2 * len(GAMES)
    assert one == two
    other = RunFolder(play_run(tmp_path / "c", *GAMES, seed=8))
    three = [comparable(other.trajectory(e)) for e in other.manifest.episodes]
    assert all(a != b for a, b in zip(one, three, strict=True))


def _first(run: Path) -> tuple[Path, list[bytes]]:
    folder = RunFolder(run)
    path = folder.episode_path(next(iter(folder.manifest.episodes)))
    return path, path.read_bytes().splitlines(keepends=True)
