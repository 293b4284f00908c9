"""The page of a run, and the tables that run and show print."""

import json
import re
import shutil
import sys
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from playing import play_run
from social_answers import item

from arena.analysis import (
    Block,
    Figure,
    Section,
    Table,
    analyse,
    read_episodes,
    written,
)
from arena.intervals import Estimate
from arena.item_files import write_items
from arena.report.page import page
from arena.run_folder import RunFolder
from arena.tables import print_main_tables

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[31m\u202e\ud800"
)
SCENARIO = """
description = "Two items by hand."
environment = "arena/Social-v1"
items = 2
[parameters]
file = "./items.jsonl"
[[scorers]]
name = "payoff"
"""


class Read(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def hostile_draw(canvas: Any) -> None:
    axes = canvas.subplots()
    axes.set_title("</svg><script>alert(1)</script> $\\frac{1}{2}$ \x1b[31m")
    axes.plot([0, 1], [0, 1])


def hostile_page() -> str:
    table = Table(
        title=HOSTILE,
        columns=(HOSTILE, "n"),
        rows=[(HOSTILE, Estimate(3, 0.5, 0.1, 0.9, 0.95, "wilson")), ("b", None)],
        note=HOSTILE,
    )
    figure = Figure(title=HOSTILE, caption=HOSTILE, draw=hostile_draw)
    block = Block(title=HOSTILE, text=HOSTILE, caption=HOSTILE)
    section = Section(
        title=HOSTILE, text=HOSTILE, tables=[table], figures=[figure], blocks=[block]
    )
    return page(HOSTILE, [section])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play_run(
        tmp_path_factory.mktemp("played") / "run", "games/blackjack", epochs=3
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two social items, by an agent that is always right."""
    folder = tmp_path_factory.mktemp("asked")
    write_items(folder / "items.jsonl", [item("a"), item("b", gold=2)])
    (folder / "scenario.toml").write_text(SCENARIO)
    return play_run(folder / "run", str(folder), agent="oracle", epochs=1)


def made(capsys: pytest.CaptureFixture[str], out: Path, *runs: Path) -> Read:
    code, _, complaint = call(capsys, "report", *runs, "-o", out)
    assert (0, "") == (code, complaint)
    return Read(out.read_text())


def test_hostile_text_is_shown_and_does_nothing() -> None:
    read = Read(hostile_page())
    assert not {"script", "img", "iframe", "object"} & {tag for tag, _ in read.tags}
    attributes = [name for _, held in read.tags for name in held]
    assert not [name for name in attributes if name.startswith("on")]
    assert "<script>alert(1)</script>" in read.text
    assert "\\x1b[31m" in read.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800-\udfff]", hostile_page())


def test_lines_and_spaces_of_a_block_stay() -> None:
    block = Block(title="A hand", text="┌──┐ ┌──┐\n│K♥│ │9♠│", caption="Two cards.")
    text = page("p", [Section(title="s", blocks=[block])])
    assert "<pre>┌──┐ ┌──┐\n│K♥│ │9♠│</pre>" in text
    told = Section(title="s", blocks=[block]).as_dict()["blocks"]
    held = {"title": "A hand", "text": block.text, "caption": "Two cards."}
    assert [{**held, "anchor": ""}] == told


def test_a_page_fetches_nothing() -> None:
    text = hostile_page()
    tags = Read(text).tags
    for _, held in tags:
        for name, value in held.items():
            local = name not in ("src", "href", "xlink:href") or str(value)[0] == "#"
            assert local, (name, value)
    assert "url(http" not in text
    assert "@import" not in text
    (policy,) = [held["content"] for _, held in tags if "http-equiv" in held]
    assert str(policy).startswith("default-src 'none'")


def test_figures_are_drawn_in_colours_of_the_page() -> None:
    text = hostile_page()
    assert 1 == text.count("<svg")
    assert "var(--ink)" in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_a_figure_that_fails_leaves_the_rest_of_the_page() -> None:
    def broken(canvas: Any) -> None:
        raise RuntimeError("no <ink>")

    figure = Figure(title="A", caption="B", draw=broken)
    read = Read(page("C", [Section(title="D", figures=[figure]), Section(title="E")]))
    assert "it could not be drawn: RuntimeError: no <ink>" in read.text
    assert "E" in read.text


def test_without_the_extra_there_are_tables_and_a_line_that_names_it(
    asked: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as if not installed
    code, said, _ = call(capsys, "report", asked, "-o", tmp_path / "page.html")
    assert 0 == code
    assert "pip install 'arena-evals[report]'" in said
    read = Read((tmp_path / "page.html").read_text())
    tags = [tag for tag, _ in read.tags]
    assert "svg" not in tags
    assert "table" in tags
    assert "they need the extra `report`" in read.text


def test_a_page_has_the_scores_and_what_was_played(
    played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = made(capsys, tmp_path / "page.html", played)
    manifest = RunFolder(played).manifest
    for told in ("games/blackjack", "random", "expected-loss", manifest.digest):
        assert told in read.text
    assert "3 of 3" in read.text


def test_what_stands_between_backticks_is_code_and_nothing_in_it_is_markup() -> None:
    read = Read(page("A", [Section(title="B", text="see `arena <b>` here", tables=[])]))
    tags = [tag for tag, _ in read.tags]
    assert 1 == tags.count("code")
    assert "b" not in tags
    assert "arena <b>" in read.words


def test_the_same_run_gives_the_same_page(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(capsys, tmp_path / "a.html", asked)
    made(capsys, tmp_path / "b.html", asked)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_several_runs_stand_on_one_page_and_one_named_twice_counts_once(
    played: Path, asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = made(capsys, tmp_path / "page.html", played, asked, asked)
    headings = [word for word in read.words if word.startswith("Scores, ")]
    assert 4 == len(headings), "twice each: in the contents, and where they are"
    assert "games/blackjack" in read.text


def test_an_agent_of_two_runs_is_told_apart_by_the_run(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()
    write_items(tmp_path / "items/items.jsonl", [item("a"), item("b", gold=2)])
    (tmp_path / "items/scenario.toml").write_text(SCENARIO)
    runs = [
        play_run(tmp_path / name, str(tmp_path / "items"), agent="oracle", epochs=1)
        for name in ("first", "second")
    ]
    folders = [RunFolder(run) for run in runs]
    both = read_episodes(folders, ["Social-v1"])
    assert {"oracle (first)", "oracle (second)"} == {e.agent for e in both}
    one = read_episodes(folders[:1], ["Social-v1"])
    assert {"oracle"} == {e.agent for e in one}
    assert [] == read_episodes(folders, ["Blackjack-v1"])


def test_runs_in_folders_of_one_name_are_told_apart(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [tmp_path / place / "run" for place in ("here", "there")]
    for run in runs:
        shutil.copytree(asked, run)
    both = read_episodes([RunFolder(run) for run in runs], ["Social-v1"])
    assert {"oracle (here/run)", "oracle (there/run)"} == {e.agent for e in both}
    read = made(capsys, tmp_path / "page.html", *runs)
    assert "Scores, here/run" in read.words
    assert "Scores, there/run" in read.words


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "nowhere: no run here (it has no run.json)"),
        ([], "Missing argument"),
        (["RUN", "-o", "missing/page.html"], "No such file or directory"),
        (["RUN", "-o", "."], "is a directory"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: Sequence[str],
    complaint: str,
    played: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [str(played) if a == "RUN" else a for a in arguments]
    code, _, told = call(capsys, "report", *given)
    assert 2 == code
    assert complaint in told
    assert 1 == len(told.splitlines())


def test_a_damaged_record_leaves_the_scores_and_says_so(
    asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = RunFolder(asked)
    for episode in folder.manifest.episodes:
        path = folder.episode_path(episode)
        kept = path.read_bytes()
        path.write_bytes(b"not a record\n" + kept)
        read = made(capsys, tmp_path / "page.html", asked)
        path.write_bytes(kept)
        assert "it failed: " in read.text
        assert "Scores" in read.text
        break


def test_show_prints_main_tables_and_gives_all_as_json(
    asked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said, _ = call(capsys, "show", asked)
    assert "belief 1" in said
    assert "theory of mind" in said
    _, said, _ = call(capsys, "show", asked, "--json")
    titles = {t["title"] for s in json.loads(said)["analyses"] for t in s["tables"]}
    assert {"Cells", "Indices", "Scenarios"} <= titles


def test_a_game_has_no_social_tables(played: Path) -> None:
    assert [] == analyse([RunFolder(played)])


def test_only_main_tables_are_printed_with_no_number_cut_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wide = Table(
        title="Wide",
        columns=("name", "κ"),
        rows=[
            ("w" * 300 + "\x1b[31m", Estimate(9, 0.5, 0.25, 0.75, 0.95, "wilson")),
            ("w" * 300 + "\x1b[31m", 3),
        ],
        main=True,
    )
    other = Table(title="Other", columns=("a",), rows=[("not here",)])
    print_main_tables(
        [Section(title="S", tables=[wide, other]), Section(title="T", text="why")]
    )
    told = capsys.readouterr().out
    assert "0.500 [0.250, 0.750]" in told
    assert "not here" not in told
    assert "T: why" in told
    assert "\x1b" not in told


def test_a_heading_is_no_wider_than_its_numbers_and_leaves_room_for_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    columns = ("cell", "no cell below")
    table = Table(title="T", columns=columns, rows=[("a", 0.5)], main=True)
    print_main_tables([Section(title="S", tables=[table])])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["no", "cell"] not in lines
    assert [["no"], ["cell"], ["cell", "below"]] == [
        line for line in lines if {"no", "cell", "below"}.intersection(line)
    ]


def test_rows_must_fit_their_columns() -> None:
    with pytest.raises(ValueError, match="'T': 1 values under 2 columns"):
        Table(title="T", columns=("a", "b"), rows=[("only one",)])


def test_values_are_written_with_their_interval() -> None:
    assert "–" == written(None)
    assert "0.333" == written(1 / 3)
    assert "7" == written(7)
    assert "0.500 [0.100, 0.900]" == written(Estimate(3, 0.5, 0.1, 0.9, 0.95, "t"))
    assert "0.500" == written(Estimate(1, 0.5, None, None, 0.95, "t"))
    assert "–" == written(Estimate(0, None, None, None, 0.95, "t"))
