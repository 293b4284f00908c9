"""What `arena report` writes for other programs, and that all of it agrees."""

import csv
import importlib
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from hostile_hands import hostile_hands
from playing import play_run

from arena.analysis import Block, Section, Table
from arena.intervals import Estimate
from arena.report.markdown import markdown
from arena.report.tidy import COLUMNS

FRAGILE = """
description = "A countdown."
environment = "broken:Fragile"
[parameters]
breaks = "step"
one_in = 3
[[scorers]]
name = "completed"
[[scorers]]
name = "payoff"
"""
parquet: Any = importlib.import_module("pyarrow.parquet")  # which has no types
READ: dict[str, Callable[[str], Any]] = {
    **{"text": str, "int": int, "float": float},
    "bool": lambda text: text == "true",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three runs: with failed episodes, a quiet one and a hostile one."""
    root = tmp_path_factory.mktemp("runs")
    (root / "scenario.toml").write_text(FRAGILE)
    play_run(root / "fragile", str(root), epochs=12)
    play_run(root / "cards", "games/blackjack", epochs=3)
    hostile_hands(root / "hostile")
    return [root / name for name in ("fragile", "cards", "hostile")]


def written(
    capsys: pytest.CaptureFixture[str], out: Path, *arguments: Path | str
) -> Path:
    code, _, complaint = call(capsys, "report", *arguments, "-o", out)
    assert (0, "") == (code, complaint)
    return out


def read_csv(text: str) -> list[dict[str, Any]]:
    def value(name: str, cell: str) -> Any:
        return READ[COLUMNS[name].kind](cell) if cell else None

    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: value(name, cell) for name, cell in row.items()} for row in rows]


def test_csv_json_and_parquet_hold_the_same_rows(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = written(capsys, tmp_path / "a.csv", *runs).read_bytes().decode()
    told = json.loads(written(capsys, tmp_path / "a.json", *runs).read_text())
    stored = parquet.read_table(written(capsys, tmp_path / "a.parquet", *runs))
    rows = read_csv(table)
    assert rows == told["episodes"] == stored.to_pylist()
    assert 12 * 2 + 3 * 4 + 2 * 4 == len(rows)
    assert list(COLUMNS) == list(rows[0]) == stored.column_names
    assert told["columns"] == {
        field.name: field.metadata[b"doc"].decode() for field in stored.schema
    }


def test_an_episode_that_failed_has_a_row_and_no_value(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = written(capsys, tmp_path / "a.csv", runs[0]).read_bytes().decode()
    failed = [row for row in read_csv(table) if row["reason"] == "error"]
    assert failed
    assert all(row["value"] is None for row in failed)
    assert all("the episode failed" in row["why_missing"] for row in failed)
    assert all("RuntimeError" in row["error"] for row in failed)


def test_the_numbers_of_json_are_those_of_score_and_show(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = runs[:2]  # scoring again would heal the third
    told = json.loads(written(capsys, tmp_path / "a.json", *played).read_text())
    for run, entry in zip(played, told["runs"], strict=True):
        _, scored, _ = call(capsys, "score", run, "--json")
        _, seen, _ = call(capsys, "show", run, "--json")
        assert json.loads(scored) == entry["results"]
        assert json.loads(seen).items() >= entry["results"].items()
        assert json.loads(seen)["digest"] == entry["digest"]


def test_sections_of_json_are_those_of_the_page(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(written(capsys, tmp_path / "a.json", *runs).read_text())
    text = written(capsys, tmp_path / "a.html", *runs).read_text()
    titles = re.findall(r'<section id="s\d+"><h2>(.*?)</h2>', text)
    assert titles == [section["title"] for section in told["sections"]]
    assert {"Limits and caveats", "Methods and versions"} <= set(titles)
    assert {"What would change this conclusion", "Single episodes"} <= set(titles)


@pytest.mark.parametrize("kind", ["csv", "json", "md", "html"])
def test_nothing_hostile_is_left_in_what_is_written(
    kind: str, runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = written(capsys, tmp_path / f"a.{kind}", runs[2]).read_bytes().decode()
    assert "window.ran" in text, "it is there, as text"
    allowed = "\r" if kind == "csv" else ""
    found = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert set(found) <= set(allowed)


def test_no_cell_is_a_formula_of_a_spreadsheet(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = written(capsys, tmp_path / "a.csv", *runs).read_bytes().decode()
    texts = [name for name, column in COLUMNS.items() if column.kind == "text"]
    cells = [row[name] or "" for row in read_csv(table) for name in texts]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_markdown_has_tables_in_which_nothing_is_markup(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = written(capsys, tmp_path / "a.md", *runs).read_text()
    for line in text.splitlines():
        bare = re.sub(r"`[^`]*`", "", re.sub(r"\\.", "", line))
        assert "<" not in bare
        assert not re.search(r"\]\(|!\[|://", bare)
    rows = [line for line in text.splitlines() if line.startswith("| games/blackjack")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} >= {10}


def test_markdown_keeps_lines_of_a_block_and_its_fence_holds() -> None:
    block = Block(title="A hand", text="```\n┌──┐\n````", caption="Two <b>cards</b>.")
    table = Table(
        title="T",
        columns=("a|b", "n"),
        rows=[("x|y\nz", Estimate(2, 1, 0, 1, 0.95, "t"))],
    )
    text = markdown(
        "M", [Section(title="S", text="`a|b`", tables=[table], blocks=[block])]
    )
    assert "`````text\n```\n┌──┐\n````\n`````" in text
    assert "| a\\|b | n |" in text
    assert "| x\\|y z | 1.000 [0.000, 1.000] |" in text
    assert "Two \\<b\\>cards\\</b\\>." in text
    assert "\n`a|b`\n" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["-o", "a.docx"], "what .docx is to be is not known"),
        (["--format", "docx"], "'docx' is not one of"),
        (["-o", "nowhere/a.csv"], "No such file or directory"),
        (["-o", "nowhere/a.parquet"], "nowhere"),
        (["--episodes", "-1"], "-1 is not in the range"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_line(
    arguments: list[str],
    complaint: str,
    runs: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, told = call(capsys, "report", runs[1], *arguments)
    assert 2 == code
    assert complaint in told
    assert 1 == len(told.splitlines())


@pytest.mark.parametrize(
    ("arguments", "file", "begins"),
    [
        ([], "report.html", "<!doctype html>"),
        (["--format", "md"], "report.md", "# Arena"),
        (["--format", "csv", "-o", "a.txt"], "a.txt", "run,suite,scenario"),
        (["-o", "a.JSON"], "a.JSON", "{"),
    ],
)
def test_a_format_follows_from_the_name_where_it_is_not_given(
    arguments: list[str],
    file: str,
    begins: str,
    runs: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, _ = call(capsys, "report", runs[1], *arguments)
    assert 0 == code
    assert file in said
    assert (tmp_path / file).read_text().startswith(begins)


def test_parquet_without_its_extra_names_it(
    runs: list[Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if not installed
    code, _, told = call(capsys, "report", runs[1], "-o", tmp_path / "a.parquet")
    assert (2, 1) == (code, len(told.splitlines()))
    assert "pip install 'arena-evals[parquet]'" in told
    assert not (tmp_path / "a.parquet").exists()


def test_the_documented_columns_are_those_that_are_written() -> None:
    page = (Path(__file__).parents[1] / "docs/report.md").read_text()
    told: Mapping[str, str] = dict(
        re.findall(r"^\| `(\w+)` \| \w+ \| (.*) \|$", page, re.M)
    )
    assert told == {name: column.meaning for name, column in COLUMNS.items()}
