"""What the index says of runs, and that it follows their files."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playing import play_run

from arena.chain import verify_trajectory
from arena.errors import UserError
from arena.redaction import Redactor
from arena.run_folder import RunFolder
from arena.trajectory import Parent, TrajectoryWriter, digest_of, read_trajectory
from arena.view.filters import Filter
from arena.view.index import EpisodeRow, Index

FIRST = "games.blackjack--basic-strategy--s0e00000"
ITEMS = """
description = "One item by hand."
environment = "arena/Social-v1"
items = 2
[parameters]
file = "./items.jsonl"
[[scorers]]
name = "payoff"
"""


@pytest.fixture
def run(hands: Path, tmp_path: Path) -> Path:
    """A run that may be changed: `cards`, with nothing beside it."""
    return shutil.copytree(hands, tmp_path / "runs" / "cards")


@pytest.fixture
def index(run: Path) -> Iterator[Index]:
    made = Index(run.parent)
    yield made
    made.close()


def read(index: Index, key: str = "cards") -> Index:
    """The index when everything is listed and searched."""
    until = time.monotonic() + 30
    while index.refresh(key).searched < index.refresh(key).records:
        assert time.monotonic() < until
        time.sleep(0.02)
    return index


def row(index: Index, episode: str = FIRST) -> EpisodeRow:
    found = index.episode("cards", episode)
    assert found is not None
    return found


def ids(index: Index, wanted: Filter) -> set[str]:
    rows, total = read(index).episodes("cards", wanted)
    assert total == len(rows)
    return {row.id for row in rows}


def record(run: Path, episode: str = FIRST) -> Path:
    return run / "episodes" / f"{episode}.jsonl"


def test_a_list_says_what_the_records_say(index: Index, run: Path) -> None:
    rows, total = read(index).episodes("cards")
    folder = RunFolder(run)
    scores = folder.scores()
    assert 20 == total == len(rows)
    for found in rows:
        told = folder.trajectory(found.id)
        assert told.end is not None
        header, usage = told.header, told.end["usage"]["player"]
        assert found.scenario == header.scenario.name
        assert found.agent == header.seats["player"].label
        assert (found.sample, found.epoch) == (header.sample, header.epoch)
        assert (found.seed, found.started) == (header.seed, header.started)
        assert found.reason == told.end["reason"]
        assert found.lines == len(told.events) + 1
        assert found.steps == len(told.of_kind("step"))
        assert found.turns == usage["turns"]
        assert found.wall_s == told.end["wall_s"]
        assert found.digest == told.digest
        assert found.size == told.path.stat().st_size
        assert found.problem is None
        assert found.scores == {s.scorer: s.value for s in scores[found.id]}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", ["id", "steps", "agent", "wall_s", "score:payoff"])
def test_windows_together_are_the_list_in_order(
    index: Index, sort: str, descending: bool
) -> None:
    def value(found: EpisodeRow) -> object:
        return found.scores["payoff"] if ":" in sort else getattr(found, sort)

    found: list[EpisodeRow] = []
    for offset in range(0, 20, 7):
        found += (
            read(index)
            .episodes("cards", sort=sort, descending=descending, offset=offset, limit=7)
            .rows
        )
    assert 20 == len({one.id for one in found})
    values = [value(one) for one in found]
    assert values == sorted(values, reverse=descending)  # type: ignore[type-var]


def test_what_has_no_score_comes_last_either_way(index: Index, run: Path) -> None:
    scores = (run / "scores.jsonl").read_text().splitlines()
    kept = [line for line in scores if FIRST not in line]
    (run / "scores.jsonl").write_text("\n".join(kept) + "\n")
    for descending in (False, True):
        found = read(index).episodes("cards", sort="score", descending=descending)
        assert FIRST == found.rows[-1].id


def test_filters_are_taken_together(index: Index) -> None:
    read(index)
    assert 10 == len(ids(index, Filter(agent="random")))
    assert 10 == len(ids(index, Filter(agent="random", scenario="games/blackjack")))
    assert set() == ids(index, Filter(agent="random", reason="error"))
    assert set() == ids(index, Filter(scenario="games/nothing"))


def test_text_is_found_in_all_records(index: Index, run: Path) -> None:
    folder = RunFolder(run)
    bust = {
        episode
        for episode in folder.manifest.episodes
        if any(
            "You are bust." in told["text"]
            for told in folder.trajectory(episode).of_kind("observation")
        )
    }
    assert 0 < len(bust) < 20
    for query in ("bust", "BUS", "payoff bust", '"are bust"', '"you are bus"'):
        assert bust == ids(index, Filter(query=query)), query
    assert set() == ids(index, Filter(query='"bust are"'))
    assert 20 == len(ids(index, Filter(query="dealer cards")))


@pytest.mark.parametrize(
    "query",
    ['"', "AND OR NOT", "NEAR(a b)", "*", "said:x", "a^b", "(", "-", "'; DROP", "\0"],
)
def test_nothing_in_a_query_is_an_operator(index: Index, query: str) -> None:
    assert ids(index, Filter(query=query)) <= ids(index, Filter())


def test_a_new_record_and_one_that_is_gone_are_noticed(index: Index, run: Path) -> None:
    read(index)
    shutil.copy(record(run), record(run, "copied"))
    record(run).rename(run / "episodes" / "moved.jsonl")
    read(index)
    assert row(index, "copied").lines == row(index, "moved").lines
    assert "missing, though the manifest lists it" == row(index).problem


def test_a_record_that_is_rewritten_at_the_same_size_is_read_again(
    index: Index, run: Path
) -> None:
    assert set() == ids(index, Filter(query="quetzal"))
    raw = record(run).read_bytes()
    raw = raw.replace(b"You play one", b"Quetzal  one")
    record(run).write_bytes(raw)
    assert {FIRST} == ids(index, Filter(query="quetzal"))


def test_a_record_that_grows_is_listed_as_running(index: Index, run: Path) -> None:
    lines = record(run).read_bytes().splitlines(keepends=True)
    growing = record(run, "growing")
    growing.write_bytes(b"".join(lines[:-1]))
    read(index)
    found = row(index, "growing")
    assert ("", None) == (found.reason, found.problem)
    assert {"growing"} == ids(index, Filter(reason="running"))
    growing.write_bytes(b"".join(lines))
    read(index)
    assert "completed" == row(index, "growing").reason
    assert set() == ids(index, Filter(reason="running"))


def test_a_long_record_that_grows_is_not_read_again_for_every_line(
    index: Index, run: Path
) -> None:
    parent = read_trajectory(record(run))
    with TrajectoryWriter(record(run, "long"), Redactor({})) as writer:
        writer.header(parent.header.model_copy(update={"episode": "long"}))
        writer.note("filler", {"text": "x" * 1_100_000})
        read(index)
        writer.note("one more", {})
        index.refresh("cards")
        assert 2 == row(index, "long").lines
        writer.note("filler", {"text": "x" * 200_000})
        index.refresh("cards")
        assert 4 == row(index, "long").lines
        writer.write("end", {"reason": "completed"})
    hour_ago = time.time() - 3600
    os.utime(record(run, "long"), (hour_ago, hour_ago))
    read(index)
    assert ("completed", 5) == (row(index, "long").reason, row(index, "long").lines)


def test_a_record_with_its_fields_in_another_order_is_as_good(
    index: Index, run: Path
) -> None:
    before = row(read(index))
    previous, lines = "0" * 64, list[bytes]()
    for raw in record(run).read_bytes().splitlines():
        line = json.loads(raw)
        turned = dict(reversed(line.items())) | {"prev": previous}
        lines.append(json.dumps(turned, indent=None).encode())
        previous = digest_of(lines[-1])
    copy = record(run, "copy")
    copy.write_bytes(b"\n".join([*lines, b""]))
    assert [] == verify_trajectory(copy)
    after = row(read(index), "copy")
    assert (None, before.steps) == (after.problem, after.steps)
    assert (before.reason, before.wall_s) == (after.reason, after.wall_s)


def cut(raw: bytes) -> bytes:
    return raw[:-20]


def without_a_line(raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    return b"".join(lines[:2] + lines[3:])


def with_another_card(raw: bytes) -> bytes:
    return raw.replace(b'"seat":"player","text":"', b'"seat":"player","text":"!', 1)


def with_another_end(raw: bytes) -> bytes:
    return raw.replace(b'"reason":"completed"', b'"reason":"cheating!"')


def other(raw: bytes) -> bytes:
    return b"\x00\xff not a record\n"


def nested(raw: bytes) -> bytes:
    return b'{"n":' + b"[" * 100_000 + b"\n"


def huge_numbers(raw: bytes) -> bytes:
    return raw.replace(b'"sample":0', b'"sample":' + b"9" * 400)


def emptied(raw: bytes) -> bytes:
    return b""


def with_more_behind_the_end(raw: bytes) -> bytes:
    return raw + b"{}\n"


@pytest.mark.parametrize(
    "damage",
    [
        *(cut, without_a_line, with_another_card, with_another_end, other, nested),
        *(huge_numbers, emptied, with_more_behind_the_end),
    ],
)
def test_a_damaged_record_is_marked_and_the_others_stand(
    index: Index, run: Path, damage: Callable[[bytes], bytes]
) -> None:
    record(run).write_bytes(damage(record(run).read_bytes()))
    assert {FIRST} == ids(index, Filter(reason="broken"))
    assert 20 == len(ids(index, Filter()))
    assert row(index).problem


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_arena_verify_finds_is_marked(
    index: Index, run: Path, data: st.DataObject
) -> None:
    path = record(run)
    whole = record(run, "whole")
    if not whole.exists():
        whole.write_bytes(path.read_bytes())
    raw = bytearray(whole.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    seal = RunFolder(run).manifest.episodes[FIRST]
    found = verify_trajectory(path, FIRST, seal)
    read(index)
    assert bool(found) == bool(row(index).problem)


def test_a_record_that_may_not_be_read_is_marked(index: Index, run: Path) -> None:
    record(run).unlink()
    record(run).symlink_to(run / "nowhere")
    read(index)
    assert row(index).problem


def test_an_old_or_damaged_index_is_made_anew(run: Path, cache: Path) -> None:
    first = Index(run.parent)
    read(first)
    first.close()
    (kept,) = (cache / "arena").glob("*.sqlite")
    assert 0o600 == kept.stat().st_mode & 0o777
    with sqlite3.connect(kept) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    for content in (None, b"nonsense" * 1000):
        if content is not None:
            kept.write_bytes(content)
        again = Index(run.parent)
        assert 20 == read(again).episodes("cards").total
        again.close()


def test_a_cache_that_cannot_be_written_is_one_line(
    run: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "arena").write_text("a file is in the way")
    with pytest.raises(UserError, match="XDG_CACHE_HOME"):
        Index(run.parent)


def test_the_index_writes_nothing_into_a_run(index: Index, run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    read(index)
    index.runs()
    assert before == {path: path.stat().st_mtime_ns for path in run.rglob("*")}


def test_runs_in_folders_have_keys_of_their_own(hands: Path, tmp_path: Path) -> None:
    names = ("a/b", "a~b", "a%7Eb", "a%b", "ä b", "x/y/z")
    for name in names:
        (tmp_path / name).mkdir(parents=True)
        shutil.copy(hands / "run.json", tmp_path / name)
    index = Index(tmp_path)
    assert {tmp_path / name for name in names} == set(index.paths().values())
    assert len(names) == len(index.paths())
    assert not any("/" in key for key in index.paths())


def test_names_that_are_no_text_do_no_harm(index: Index, run: Path) -> None:
    odd = os.fsdecode(b"\xff~\xfe")
    shutil.copytree(run, run.parent / odd)
    shutil.copy(record(run), record(run, odd))
    assert {"cards", "%FF%7E%FE"} == set(index.paths())
    for key in index.paths():
        assert 20 == read(index, key).episodes(key).total
    assert 2 == len(index.runs())


def test_a_run_can_be_looked_at_alone(hands: Path) -> None:
    index = Index(hands)
    assert ["hands"] == list(index.paths())
    assert 20 == read(index, "hands").episodes("hands").total
    index.close()


def test_a_run_that_is_not_there_is_no_run(index: Index) -> None:
    with pytest.raises(KeyError):
        index.refresh("../cards")


def test_a_run_in_short(index: Index, run: Path) -> None:
    read(index)
    (found,) = index.runs()
    assert ("cards", run, False) == (found.key, found.path, found.live)
    summary = found.summary
    assert (20, 20, 0) == (summary.planned, summary.ended, summary.errors)
    assert ["random", "basic-strategy"] == summary.agents
    assert RunFolder(run).manifest.digest == summary.digest
    assert ["expected-loss"] * 2 == [line.scorer for line in summary.headlines]


def test_a_manifest_that_cannot_be_read_is_told(index: Index, run: Path) -> None:
    (run / "run.json").write_text('{"format": "arena-run"')
    (found,) = read(index).runs()
    assert found.summary.problem
    assert "run.json" in found.summary.problem
    assert 20 == index.episodes("cards").total


def test_a_plan_without_end_is_not_counted(index: Index, run: Path) -> None:
    manifest = json.loads((run / "run.json").read_text())
    manifest["plan"]["scenarios"][0]["epochs"] = 10**12
    (run / "run.json").write_text(json.dumps(manifest))
    assert "epochs: Input should be less" in (index.summary("cards").problem or "")


def test_a_run_is_live_while_somebody_plays_it(index: Index, run: Path) -> None:
    before = read(index).state("cards").state
    with RunFolder.writing(run, RunFolder(run).manifest.plan):
        during = index.state("cards").state
    assert (False, True) == (before.live, during.live)
    assert not index.state("cards").playing
    assert before.version != during.version


def test_forks_are_found_by_their_parent(index: Index, run: Path) -> None:
    parent = read_trajectory(record(run))
    of = Parent(
        run=parent.header.run,
        episode=FIRST,
        digest=parent.digest,
        step=1,
        seats=["player"],
    )
    with TrajectoryWriter(record(run, "child"), Redactor({})) as writer:
        own = {"episode": "child", "parent": of, "people": ["player"]}
        writer.header(parent.header.model_copy(update=own))
    read(index)
    (child,) = index.forks(parent.header.run, FIRST)
    assert ("cards", "child", 1) == (child.run, child.id, child.parent_step)
    assert ["player"] == child.people
    assert [] == index.forks(parent.header.run, "child")


def test_cells_of_items_can_be_filtered_by(tmp_path: Path) -> None:
    from social_answers import item

    from arena.item_files import write_items

    write_items(tmp_path / "items.jsonl", [item("a"), item("b", gold=2)])
    (tmp_path / "scenario.toml").write_text(ITEMS)
    play_run(tmp_path / "asked", str(tmp_path), agent="oracle", epochs=1)
    index = Index(tmp_path)
    rows, _ = read(index, "asked").episodes("asked")
    cells = {row.cell for row in rows}
    assert "" not in cells
    assert sorted(cells) == index.choices("asked")["cell"]
    index.close()


def test_numbers_beyond_64_bits_are_kept_or_marked(index: Index, run: Path) -> None:
    lines = record(run).read_bytes().splitlines(keepends=True)
    header = json.loads(lines[0])
    header["seed"] = 2**80
    record(run).write_bytes(json.dumps(header, separators=(",", ":")).encode() + b"\n")
    read(index)
    assert 2**80 == row(index).seed


def test_a_folder_that_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        Index(tmp_path / "nowhere")


def test_a_folder_that_may_not_be_read_is_passed_over(index: Index, run: Path) -> None:
    closed = run.parent / "closed"
    closed.mkdir(mode=0)
    try:
        assert ["cards"] == list(index.paths())
    finally:
        os.chmod(closed, 0o700)
