"""`arena check` of scenarios with items: their gates, in the command line."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import call
from fair_items import fair_item, labelled
from planted import Lucky

from arena.audit import audit, text_picks
from arena.item_files import write_items
from arena.items import Item
from arena.scenario import load_scenario
from arena.testing import audit_scenario

N = 600


def written(folder: Path, items: Iterable[Item]) -> Path:
    """A scenario that asks items of a file."""
    count = write_items(folder / "items.jsonl", items)
    told = f"""
        description = "Where is it?"
        environment = "arena/Social-v1"
        items = {count}
        parameters.file = "./items.jsonl"
        [[scorers]]
        name = "right-answer"
    """
    (folder / "scenario.toml").write_text(told)
    return folder


def test_fair_items_pass_and_the_oracle_has_all_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, map(fair_item, range(N)))
    code, out, _ = call(capsys, "check", folder)
    assert 0 == code
    assert f"{folder.name}: ok: 1 cell of 600 items pass; oracle 1, reality 0." in out
    assert "in 40 items played" in out
    assert "worst rule" in out
    assert 1 == out.count("\n   belief 1 ")


def test_every_rule_is_shown_if_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, map(fair_item, range(N)))
    _, out, _ = call(capsys, "check", folder, "--all")
    for rule in ("always-A", "last-mentioned", "reality", "options n-grams"):
        assert re.search(rf"  belief 1 +{rule} ", out)
    code, out, _ = call(capsys, "check", folder, "--json")
    told = json.loads(out)
    assert (0, {folder.name: None}) == (code, told["failed"])
    rows = {row["rule"]: row for row in told["audit"][folder.name]}
    assert rows["always-A"]["passed"]
    assert N == rows["always-A"]["n"]


def test_a_cell_with_a_shortcut_is_named_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [fair_item(number) for number in range(N)]
    for at in range(0, N, 2):
        last = text_picks(items[at])["last-mentioned"]
        items[at] = labelled(items[at], gold=last)
    folder = written(tmp_path, (replace(item, cell="belief 2") for item in items))
    code, out, _ = call(capsys, "check", folder)
    assert 2 == code
    assert f"{folder.name}: belief 2: the rule 'last-mentioned' is right in 6" in out
    assert "FAILS" in out


def test_a_wrong_label_in_a_file_is_refused_with_both_derivations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = fair_item(1)
    wrong = bad.options[bad.gold - 1]
    bad = replace(bad, labels=(bad.labels[0], bad.labels[1]._replace(answer=wrong)))
    code, _, err = call(capsys, "check", written(tmp_path, [fair_item(0), bad]))
    assert 2 == code
    assert f"table: {bad.answer!r}" in err
    assert f"filter: {wrong!r}" in err


def made_by(environment: str, folder: Path) -> Path:
    """A scenario whose items another environment makes."""
    written(folder, map(fair_item, range(4)))
    path = folder / "scenario.toml"
    path.write_text(path.read_text().replace("arena/Social-v1", environment))
    return folder


def test_a_wrong_label_of_a_generator_is_caught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_by("planted:Mislabelled", tmp_path)
    code, out, _ = call(capsys, "check", folder)
    assert 2 == code
    assert "belief 1: item-0: the answer is " in out
    assert "197 more such as: belief 1: item-10: " in out


def test_an_item_that_its_generator_refuses_fails_its_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_by("planted:Refused", tmp_path)
    code, out, _ = call(capsys, "check", "games/number-series", folder)
    assert 2 == code
    assert out.startswith(
        f"games/number-series: ok\n{folder.name}: item-0: the answer is "
    )


def test_a_rule_that_is_right_by_accident_in_one_set_passes(tmp_path: Path) -> None:
    scenario = load_scenario(str(made_by("planted:Lucky", tmp_path)))
    assert not audit(Lucky.items({}, 0, N), learn=False).passed
    assert audit_scenario(scenario, items=N).passed
