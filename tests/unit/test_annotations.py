"""Notes of readers: nobody's words are lost, and agreement is counted as it is said."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playing import play_run
from sections import rows

from arena.annotations import (
    LONGEST_TEXT,
    Annotation,
    annotate,
    of_other_records,
    read_annotations,
)
from arena.errors import RecordError, UserError
from arena.label_agreement import agreements, label_counts
from arena.metrics.agreement import cohens_kappa
from arena.report.annotations import annotations_section
from arena.run_folder import RunFolder
from arena.verify import verify_run

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\x00 =cmd|' /C calc'!A0\r\n\u2028ö"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play_run(
        tmp_path_factory.mktemp("runs") / "run", "games/blackjack", epochs=6
    )


@pytest.fixture
def run(played: Path) -> Path:
    (played / "annotations.jsonl").unlink(missing_ok=True)
    return played


def ids(run: Path) -> list[str]:
    return sorted(RunFolder(run).manifest.episodes)


def write(run: Path, author: str = "Ada", episode: int = 0, **more: Any) -> Annotation:
    given = {"author": author, "text": "so", **more}
    return annotate(run, ids(run)[episode], given).version


def texts(run: Path) -> list[list[str]]:
    """The current texts of every note."""
    return [[v.text for v in note.current] for note in read_annotations(run).current]


def test_a_note_comes_back_as_it_was_written(run: Path) -> None:
    version = write(run, "  Ada\n L. ", labels=["Real", "real", " odd  one "], event=2)
    assert ("Ada L.", ("real", "odd one"), 2) == (
        *(version.author, version.labels, version.event),
    )
    (note,) = read_annotations(run).current
    assert [version] == note.current
    assert version.time.endswith("+00:00")
    assert verify_run(RunFolder(run)) == []


@given(text=st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_letter_by_letter(run: Path, text: str) -> None:
    version = write(run, text=text)
    note = read_annotations(run).note_of(version.id)
    assert note is not None
    assert [text] == [v.text for v in note.current]


def test_an_edit_replaces_and_keeps_what_was_there(run: Path) -> None:
    first = write(run, text="one")
    written = annotate(
        run,
        first.episode,
        {"author": "Bo", "text": "two", "replaces": [first.id]},
    )
    assert not written.overtaken
    (note,) = read_annotations(run).current
    assert ["two"] == [v.text for v in note.current]
    assert ["one", "two"] == [v.text for v in note.versions]


def test_of_two_edits_of_one_version_both_stay_until_one_replaces_both(
    run: Path,
) -> None:
    first = write(run, text="one")
    ada = write(run, "Ada", text="Ada's", replaces=[first.id])
    bo = annotate(
        run, first.episode, {"author": "Bo", "text": "Bo's", "replaces": [first.id]}
    )
    assert bo.overtaken
    assert [["Ada's", "Bo's"]] == texts(run)
    write(run, "Bo", text="ours", replaces=[ada.id, bo.version.id])
    assert [["ours"]] == texts(run)


def test_a_removal_takes_only_what_its_author_has_seen(run: Path) -> None:
    first = write(run, text="one")
    write(run, "Bo", text="two", replaces=[first.id])
    gone = annotate(
        run, first.episode, {"author": "Ada", "removed": True, "replaces": [first.id]}
    )
    assert gone.overtaken
    assert [["two"]] == texts(run)


def test_what_is_removed_is_still_in_the_file(run: Path) -> None:
    first = write(run, text="one")
    write(run, text="", removed=True, replaces=[first.id])
    assert [] == texts(run)
    (note,) = read_annotations(run).notes.values()
    assert ["one", ""] == [v.text for v in note.versions]


Move = tuple[int, int, bool]
"""Whose turn, which of the versions that are known is replaced, and by nothing."""


@given(
    moves=st.lists(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 9), st.booleans()), max_size=4
        ),
        min_size=2,
        max_size=5,
    )
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_writers_at_once_lose_nothing(run: Path, moves: list[list[Move]]) -> None:
    (run / "annotations.jsonl").unlink(missing_ok=True)
    first = write(run, text="first")

    def act(writer: int) -> list[Annotation]:
        own = [first]
        for kind, which, removed in moves[writer]:
            old = own[which % len(own)]
            replaces = [] if kind == 0 else [old.id]
            gone = removed and bool(replaces)
            text = f"{writer}: {len(own)}"
            own.append(
                write(run, f"{writer}", text=text, replaces=replaces, removed=gone)
            )
        return own[1:]

    with ThreadPoolExecutor(len(moves)) as writers:
        written = [v for own in writers.map(act, range(len(moves))) for v in own]
    known = read_annotations(run)
    there = {v.id: v for note in known.notes.values() for v in note.versions}
    assert {v.id: v for v in [first, *written]} == there
    replaced = {old for v in there.values() for old in v.replaces}
    standing = {i for i, v in there.items() if i not in replaced and not v.removed}
    assert standing == {v.id for note in known.current for v in note.current}


WRITER = """
import sys
from pathlib import Path
from arena.annotations import annotate, read_annotations
run, author = Path(sys.argv[1]), sys.argv[2]
for i in range(40):
    (note,) = read_annotations(run).current
    seen = [version.id for version in note.current]
    given = {"author": author, "text": "a" * 9999, "replaces": seen}
    written = annotate(run, note.episode, given)
    print(written.version.id, written.overtaken, *seen)
"""


def test_processes_at_once_lose_nothing_and_one_is_told_of_the_other(
    run: Path,
) -> None:
    first = write(run, text="first")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, run, name], stdout=subprocess.PIPE, text=True
        )
        for name in ("Ada", "Bo", "Cy")
    ]
    told = [line.split() for p in started for line in p.communicate()[0].splitlines()]
    known = read_annotations(run)
    (note,) = known.current
    assert 0 == known.unreadable
    assert {first.id, *(own for own, *_ in told)} == {v.id for v in note.versions}
    alone = [old for _, late, *seen in told if late == "False" for old in seen]
    assert len(set(alone)) == len(alone)  # nobody else has replaced it unawares
    assert 121 == len(note.versions)


def test_damaged_lines_are_counted_and_spoil_no_others(run: Path) -> None:
    write(run, text="one")
    with (run / "annotations.jsonl").open("ab") as file:
        file.write(b'{"id": 3}\n\xff\xfe\n[[[[\n{"author": "torn')
    write(run, text="two")
    assert [["one"], ["two"]] == texts(run)
    assert 4 == read_annotations(run).unreadable


def test_thousands_of_versions_of_one_note_are_read_at_once(run: Path) -> None:
    first = write(run)
    versions = [
        first.model_copy(update={"id": str(n), "replaces": (first.id,)})
        for n in range(10_000)
    ]
    with (run / "annotations.jsonl").open("a") as file:
        file.writelines(version.model_dump_json() + "\n" for version in versions)
    begun = time.perf_counter()
    (note,) = read_annotations(run).current
    assert (10_000, [first]) == (len(note.current), note.earlier)
    assert time.perf_counter() - begun < 2


def test_two_copies_of_a_run_can_be_put_together(run: Path) -> None:
    file = run / "annotations.jsonl"
    first = write(run, text="one")
    common = file.read_bytes()
    write(run, "Ada", text="Ada's", replaces=[first.id])
    ours = file.read_bytes()
    file.write_bytes(common)
    write(run, "Bo", text="Bo's", replaces=[first.id])
    file.write_bytes(ours + file.read_bytes())
    assert [["Ada's", "Bo's"]] == texts(run)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"author": "Ada"}, "it needs a text or a label"),
        ({"author": "Ada", "text": " \n"}, "it needs a text or a label"),
        ({"author": " ", "text": "a"}, "author: String should have at least 1"),
        ({"author": "a" * 81, "text": "a"}, "author: String should have at most 80"),
        ({"text": "a"}, "author: Field required"),
        ({"author": "Ada", "text": "a" * (LONGEST_TEXT + 1)}, "at most 100000"),
        ({"author": "Ada", "text": "\ud800"}, "text: Input should be a valid string"),
        ({"author": "Ada", "labels": "real"}, "labels: Input should be a valid tuple"),
        ({"author": "Ada", "labels": [""]}, "labels.0: String should have at least 1"),
        ({"author": "Ada", "labels": [f"{i}" for i in range(21)]}, "at most 20"),
        ({"author": "Ada", "text": "a", "event": -1}, "greater than or equal to 0"),
        ({"author": "Ada", "text": "a", "event": 10**9}, "no event 1000000000; it has"),
        ({"author": "Ada", "text": "a", "replaces": ["no"]}, "load the notes again"),
        ({"author": "Ada", "removed": True}, "name what is to be removed"),
        ([], "note: Input should be a valid dictionary"),
        (None, "note: Input should be a valid dictionary"),
    ],
)
def test_what_is_no_note_is_refused_in_one_line(
    run: Path, given: object, complaint: str
) -> None:
    with pytest.raises(UserError) as error:
        annotate(run, ids(run)[0], given)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert not read_annotations(run).notes


@pytest.mark.parametrize("episode", ["", "no", "../run", "/etc/passwd", "a\nb" * 999])
def test_an_unknown_episode_is_refused(run: Path, episode: str) -> None:
    with pytest.raises(UserError, match="no episode"):
        annotate(run, episode, {"author": "Ada", "text": "a"})


def test_a_note_of_another_event_is_not_replaced(run: Path) -> None:
    first = write(run, event=1)
    with pytest.raises(UserError, match="of another episode or event"):
        write(run, event=2, replaces=[first.id])
    with pytest.raises(UserError, match="of another episode or event"):
        write(run, episode=1, event=1, replaces=[first.id])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_neither_read_nor_written(run: Path, make: Any) -> None:
    file = run / "annotations.jsonl"
    make(file)
    try:
        with pytest.raises(UserError):
            read_annotations(run)
        with pytest.raises(RecordError, match="the note is not saved"):
            write(run)
    finally:
        (os.rmdir if make is os.mkdir else os.unlink)(file)


def test_a_link_in_its_place_is_not_followed(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("as it was")
    (run / "annotations.jsonl").symlink_to(target)
    with pytest.raises(RecordError, match="the note is not saved"):
        write(run)
    with pytest.raises(UserError):
        read_annotations(run)
    assert "as it was" == target.read_text()


def test_a_note_of_an_episode_that_was_played_again_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = play_run(tmp_path / "run", "games/blackjack", epochs=2)
    old, kept = write(run, episode=0), write(run, episode=1)
    again = play_run(tmp_path / "again", "games/blackjack", epochs=2)
    record = f"episodes/{old.episode}.jsonl"
    (run / record).write_bytes((again / record).read_bytes())
    assert {old.id} == of_other_records(run, read_annotations(run))
    told = call(capsys, "notes", run)[1].splitlines()
    (line,) = [line for line in told if line.endswith("(of a record that is gone)")]
    assert line.startswith(old.episode)
    (run / f"episodes/{kept.episode}.jsonl").unlink()
    assert {old.id, kept.id} == of_other_records(run, read_annotations(run))


def test_labels_are_counted_by_note_episode_and_reader(run: Path) -> None:
    write(run, "Ada", labels=["real"])
    write(run, "Ada", labels=["real", "loop"], event=1)
    write(run, "Bo", labels=["real"], episode=1)
    old = write(run, "Bo", labels=["gone"], episode=2)
    write(run, "Bo", removed=True, episode=2, replaces=[old.id])
    found = [
        (c.label, c.notes, c.episodes, c.readers)
        for c in label_counts(read_annotations(run))
    ]
    assert [("real", 3, 2, ("Ada", "Bo")), ("loop", 1, 1, ("Ada",))] == found


def test_readers_are_compared_where_both_have_judged(run: Path) -> None:
    ada = ["real", "real", "spurious", "spurious", "trade-off"]
    bo = ["real", "spurious", "spurious", "spurious", None]
    for episode, (one, other) in enumerate(zip(ada, bo, strict=True)):
        write(run, "Ada", episode, labels=[one])
        write(run, "Bo", episode, labels=[] if other is None else [other])
    found = {a.label: a for a in agreements(read_annotations(run))}
    assert ["which of real, spurious, trade-off", "real", "spurious"] == list(found)
    spurious = found["spurious"]
    assert (("Ada", "Bo"), 2, 3, 2) == (
        *(spurious.readers, spurious.first, spurious.second, spurious.both),
    )
    assert (4, 0.75) == (spurious.observed.n, spurious.observed.value)
    # p_e = 1/2 · 3/4 + 1/2 · 1/4 = 1/2
    assert spurious.kappa.value == pytest.approx(0.5)
    assert (None, None) == (spurious.kappa.low, spurious.kappa.high)


def test_an_edit_by_another_takes_no_judgement_away(run: Path) -> None:
    first = write(run, "Ada", labels=["real"])
    second = write(run, "Bo", labels=["spurious"], replaces=[first.id])
    (which, *_) = agreements(read_annotations(run))
    assert (1, 0.0) == (which.observed.n, which.observed.value)
    write(run, "Ada", labels=["spurious"], replaces=[second.id])
    (which, *_) = agreements(read_annotations(run))
    assert 1.0 == which.observed.value
    (note,) = read_annotations(run).current
    write(run, "Bo", removed=True, replaces=[v.id for v in note.current])
    assert [] == agreements(read_annotations(run))


def test_kappa_is_that_of_the_textbook() -> None:
    # Cohen's own example form: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: κ = 0.4.
    counts = {("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}
    found = cohens_kappa([pair for pair, n in counts.items() for _ in range(n)])
    assert (50, pytest.approx(0.4)) == (found.n, found.value)
    # By the delta method the standard error is 0.128 (Fleiss, Cohen & Everitt 1969).
    assert found.low == pytest.approx(0.4 - 1.96 * 0.128, abs=0.04)
    assert found.high == pytest.approx(0.4 + 1.96 * 0.128, abs=0.04)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"))))
@settings(max_examples=50)
def test_kappa_is_at_most_one_and_its_interval_holds_it(
    pairs: list[tuple[str, str]],
) -> None:
    found = cohens_kappa(pairs, resamples=200)
    assert len(pairs) == found.n
    if len({label for pair in pairs for label in pair}) < 2:
        assert found.value is None
    else:
        assert found.value is not None
        assert -1 - 1e-9 <= found.value <= 1 + 1e-9
    if found.low is not None:
        assert found.high is not None
        assert -1 - 1e-9 <= found.low <= found.high <= 1 + 1e-9


def test_the_command_lists_and_counts(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(run, "Ada", labels=["real"], text=HOSTILE, event=2)
    write(run, "Bo", labels=["spurious"], text="no")
    code, told, _ = call(capsys, "notes", run)
    assert 0 == code
    assert f"{ids(run)[0]}#n2  Ada" in told
    assert "Agreement of readers" in told
    assert "\\x1b[31m" in told
    assert not {"\x1b", "\u202e", "\x00", "\r"} & set(told)


def test_the_command_gives_all_versions_as_json(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = write(run, labels=["real"], text=HOSTILE)
    second = write(run, text="two", replaces=[first.id])
    code, told, _ = call(capsys, "notes", run, "--json")
    assert 0 == code
    (note,) = json.loads(told)["notes"]
    assert [second.id] == note["current"]
    assert [HOSTILE, "two"] == [version["text"] for version in note["versions"]]


def test_the_command_gives_a_table_without_formulas(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(run, text="=HYPERLINK(1)\nb", labels=["real", "loop"])
    _, told, _ = call(capsys, "notes", run, "--csv")
    (row,) = csv.DictReader(io.StringIO(told))
    assert ("'=HYPERLINK(1)\nb", "real; loop") == (row["text"], row["labels"])


def test_the_command_says_what_is_wrong(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told, _ = call(capsys, "notes", run)
    assert (0, "no notes; they are written in `arena view`\n") == (code, told)
    (run / "annotations.jsonl").write_text("{\n")
    assert "left out: 1 damaged lines" in call(capsys, "notes", run)[2]
    assert 2 == call(capsys, "notes", tmp_path)[0]
    assert 2 == call(capsys, "notes", run, "--csv", "--json")[0]


def test_the_report_has_a_section_where_there_are_notes(run: Path) -> None:
    folder = RunFolder(run)
    assert annotations_section(folder, "") is None
    write(run, "Ada", labels=["real"])
    write(run, "Bo", labels=["real"])
    section = annotations_section(folder, ", run")
    assert section is not None
    assert "Notes of readers, run" == section.title
    (label,) = rows([section], "Labels")
    assert (2, 1, "Ada, Bo") == (label["notes"], label["episodes"], label["readers"])
    first, _ = rows([section], "Agreement of readers")
    assert (1.0, None) == (first["agreement"], first["κ"])
