"""Sets of social questions become scenarios; what cannot be asked is counted."""

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from hypothesis import given, settings
from hypothesis import strategies as st
from social_rows import SETS, json_lines, write_set

from arena.errors import UserError
from arena.importing import Imported, Importer
from arena.item_files import read_items
from arena.items import Item
from arena.registry import load
from arena.scenario import load_scenario

FORMATS = sorted({name.split()[0] for name in SETS})
SIGHT = "Whoever is in a room sees everything that happens in it"


def bring(source: Path, target: Path, name: str, **options: Any) -> Imported:
    importer: Importer = load("importers", "social")
    (told,) = importer(source, target, format=name, say=lambda line: None, **options)
    assert isinstance(told, Imported)
    return told


def bring_set(folder: Path, name: str, **options: Any) -> tuple[Imported, list[Item]]:
    source = write_set(folder / "source", name)
    told = bring(source, folder / "out", name.split()[0], **options)
    return told, read_items(folder / "out/items.jsonl")


def bring_rows(
    folder: Path, name: str, rows: list[dict[str, Any]], **options: Any
) -> tuple[Imported, list[Item]]:
    folder.mkdir(exist_ok=True)
    (folder / "rows.jsonl").write_text(json_lines(rows), encoding="utf-8")
    told = bring(folder / "rows.jsonl", folder / "out", name, **options)
    return told, read_items(folder / "out/items.jsonl")


def dropped(told: Imported) -> list[str]:
    return [
        f"{d['file']} {d['row']} {d['field']}: {d['reason']}"
        for d in told.details["dropped"]
    ]


def choice(number: int, **more: Any) -> dict[str, Any]:
    options = [f"{number} plums", f"{number} pears", f"{number} figs", f"{number} nuts"]
    row = {"question": f"What is in box {number}?", "choices": options, "answer": 0}
    return {**row, **more}


@pytest.mark.parametrize("name", SETS)
def test_every_format_becomes_a_scenario_whose_rows_are_all_accounted_for(
    name: str, tmp_path: Path
) -> None:
    told, items = bring_set(tmp_path, name)
    scenario = load_scenario(str(tmp_path / "out"))
    assert "arena/Social-v1" == scenario.environment
    assert len(items) == scenario.content.items == told.details["items"]
    assert len(items) == len({item.id for item in items})
    assert {"source"} == {item.labels[0].by for item in items}
    report = json.loads((tmp_path / "out/import.json").read_text())
    assert report["dropped"] == told.details["dropped"]
    assert report["audit"]["rows"]
    assert sum(report["gold_places"].values()) == len(items)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("tombench", "a.jsonl 3 ANSWER: should be a letter from A to B, is 'C'"),
        ("socialiqa", "train.jsonl 2 label: should be a number from 1 to 3, is '9'"),
        ("hi-tom", "data.json 5 : asks what data.json, row 1 asks"),
        (
            "fantom",
            "fantom.json 1 answerabilityQAs_binary.2.correct_answer: holds only over "
            "the full conversation",
        ),
        (
            "opentom",
            "location_fg_fo.json 3 : story 's2' is not in meta_data.json beside the "
            "file",
        ),
        (
            "negotiationtom",
            "data.json 1 utterance2_intent: has several labels, and one option should "
            "be right",
        ),
        (
            "introspection",
            "a.jsonl 2 option_matching_ethical_stance: is empty: second_character is "
            "what the model itself does; play arena/SelfPrediction-v1 for that",
        ),
        ("multiple-choice", "a.json 2 answer: should be a number from 0 to 3, is '4'"),
        (
            "egosocialarena",
            "rows.jsonl 3 Answer: is missing: a prompt of a game, without its answer",
        ),
        (
            "inspect",
            "samples.jsonl 3 choices: is missing, and the input is no story that names "
            "two places",
        ),
        (
            "agieval",
            "sums.jsonl 2 options: is empty: an open question, which has no choice",
        ),
    ],
)
def test_what_cannot_be_asked_is_listed_with_file_row_and_field(
    name: str, lost: str, tmp_path: Path
) -> None:
    told, _ = bring_set(tmp_path, name)
    assert lost in dropped(told)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("tomi", ["green_box", "red_jar", "pot", "tin"]),
        ("hi-tom", ["green_tin", "blue_crate", "red_box", "red_pot"]),
        ("tombench", ["Bag", "Jar"]),
        ("socialiqa", ["annoyed", "hungry", "rested"]),
        ("opentom", ["wicker basket", "negative"]),
        ("negotiationtom", ["Food", "Not Given", "Describe-Need", "Food"]),
        ("agieval", ["2"]),
        ("multiple-choice", ["10", "14", "16", "0"]),
        ("introspection", ["Share it"]),
        ("egosocialarena", ["I am glad", "jar"]),
        ("inspect", ["green box", "It is"]),
        (
            "fantom",
            [
                "Bo bought a boat.",
                "Cy does not know.",
                "Ana, Bo",
                "Ana, Bo",
                "yes",
                "no",
                "no",
            ],
        ),
    ],
)
def test_every_form_of_label_finds_its_option(
    name: str, answers: list[str], tmp_path: Path
) -> None:
    _, items = bring_set(tmp_path, name)
    assert sorted(answers) == sorted(item.answer for item in items)


def test_an_empty_option_moves_no_label(tmp_path: Path) -> None:
    """Left out of the middle, `answer: 2` or `C` would mean the option after it."""
    rows = [
        choice(1, choices=["a", None, "c", "d"], answer=2),
        choice(2, choices=["a", "", "c", "d"], answer="C"),
        choice(3, choices=["a", "b", "c", None], answer=2),
    ]
    told, (item,) = bring_rows(tmp_path / "json", "multiple-choice", rows)
    assert "c" == item.answer
    said = "choices.1: is empty, and one after it is not"
    assert [f"rows.jsonl 1 {said}", f"rows.jsonl 2 {said}"] == dropped(told)
    (tmp_path / "a.csv").write_text("What?,a,,c,d,C\nWhich?,a,b,c,,C\n")
    told = bring(tmp_path / "a.csv", tmp_path / "csv", "multiple-choice")
    (item,) = read_items(tmp_path / "csv/items.jsonl")
    assert ("Which?", "c") == (item.question, item.answer)


def test_the_titles_of_columns_are_no_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("question,A,B,C,answer\nWhat?,1,2,3,B\n")
    told = bring(tmp_path / "a.csv", tmp_path / "out", "multiple-choice")
    assert (1, 1) == (told.details["rows"], told.details["items"])


def test_a_label_that_is_an_option_letter_by_letter_is_that_one(tmp_path: Path) -> None:
    rows = [choice(1, choices=["red box", "red_box"], answer="red_box")]
    _, (item,) = bring_rows(tmp_path, "multiple-choice", rows)
    assert "red_box" == item.answer


def test_conditions_of_bigtom_are_put_together_as_twins(tmp_path: Path) -> None:
    _, items = bring_set(tmp_path, "bigtom")
    cells = {item.cell: item for item in items}
    true = cells["forward belief, true belief"]
    false = cells["forward belief, false belief"]
    assert true.pair == false.pair
    assert ("twin", "test") == (true.variant, false.variant)
    assert "Ana believes that the pot holds syrup." == true.answer
    assert "Ana believes that the pot holds honey." == false.answer
    assert false.story[0].endswith(
        "A guest swaps the honey for syrup. Ana does not see the guest swap the honey."
    )
    assert "control" == cells["forward action, true control"].measures
    assert "It is late." == cells["0 forward belief true control"].answer


def test_options_are_shuffled_by_the_seed_and_an_ever_first_answer_is_told(
    tmp_path: Path,
) -> None:
    rows = [choice(number) for number in range(80)]
    told, items = bring_rows(tmp_path / "a", "multiple-choice", rows)
    assert {item.answer for item in items} == {f"{i} plums" for i in range(80)}
    places = Counter(item.gold for item in items)
    assert all(8 < places[place] < 32 for place in range(4))
    assert (
        "the right option is always number 1 in the source; options are shuffled here"
        in told.notes
    )
    _, same = bring_rows(tmp_path / "b", "multiple-choice", rows)
    _, other = bring_rows(tmp_path / "c", "multiple-choice", rows, seed=1)
    assert items == same
    assert [i.id for i in items] == [i.id for i in other]
    assert [i.options for i in items] != [i.options for i in other]


def test_options_that_speak_of_others_stay_where_they_are(tmp_path: Path) -> None:
    texts = ["red", "blue", "Both A and B", "None of the above"]
    _, items = bring_rows(
        tmp_path / "a",
        "multiple-choice",
        [choice(number, choices=texts, answer=2) for number in range(9)],
    )
    assert {tuple(texts)} == {item.options for item in items}


def test_a_question_asked_twice_is_one_item(tmp_path: Path) -> None:
    rows = [choice(1), choice(2), choice(1), choice(2, answer=3)]
    told, items = bring_rows(tmp_path / "a", "multiple-choice", rows)
    assert ["1 plums", "2 plums"] == [item.answer for item in items]
    assert [
        "rows.jsonl 3 : asks what rows.jsonl, row 1 asks",
        "rows.jsonl 4 answer: says '2 nuts', where rows.jsonl, row 2, asks the same "
        "and says '2 plums'",
    ] == dropped(told)
    assert [items[1].id] == [doubt["item"] for doubt in told.details["doubted"]]
    _, kept = bring_rows(tmp_path / "b", "multiple-choice", rows, drop_doubted=True)
    assert ["1 plums"] == [item.answer for item in kept]


def test_cells_have_one_number_of_options(tmp_path: Path) -> None:
    rows = [choice(1), choice(2, choices=["yes", "no"])]
    _, items = bring_rows(tmp_path / "a", "multiple-choice", rows)
    assert ["rows, 4 options", "rows, 2 options"] == [item.cell for item in items]


def test_hostile_text_is_kept_unchanged_and_shown_safely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "\u202eflip \x1b[2J \x00 👩‍🚀 \u2028 " + "long" * 5000
    rows = [
        choice(1, question=odd, story=odd, subject="\x1b[31mred"),
        choice(2, answer=odd[:40]),
    ]
    _, items = bring_rows(tmp_path / "a", "multiple-choice", rows)
    assert odd == items[0].question
    assert (odd,) == items[0].story
    source = tmp_path / "a/rows.jsonl"
    code, out, err = call(
        capsys, "import", "social", source, "--format", "multiple-choice",
        "-o", tmp_path / "b",
    )  # fmt: skip
    assert 0 == code
    assert not {"\x1b", "\u202e", "\x00"} & {*out, *err}


@pytest.mark.parametrize(
    "row",
    [
        {"question": "\ud800?"},
        {"question": None},
        {"question": True},
        {"choices": "one, two"},
        {"choices": ["one"]},
        {"choices": ["one", "ONE "]},
        {"choices": ["one", {"two": 2}]},
        {"choices": [str(i) for i in range(27)]},
        {"answer": None},
        {"answer": -1},
        {"answer": float("nan")},
        {"answer": "none of them"},
    ],
    ids=str,
)
def test_one_bad_row_does_not_stop_the_rest(
    row: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    rows = [choice(1), choice(2, **row), choice(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    told = bring(path, tmp_path / "out", "multiple-choice")
    assert 4 == told.details["rows"]
    assert [2, 4] == [d["row"] for d in told.details["dropped"]]
    assert 2 == told.details["items"]


STORY = """\
1 Ana entered the den.
2 Bo entered the den.
3 The kite is in the box.
4 The box is in the den.
"""


@pytest.mark.parametrize(
    ("events", "question", "answer"),
    [
        # Left before the move, and did not come back.
        ("Ana exited the den.|Bo moved the kite to the jar.", "Ana", "box"),
        # Came back, and saw into what is open.
        (
            "Ana exited the den.|Bo moved the kite to the jar.|Ana entered the den.",
            "Ana",
            "jar",
        ),
        # Bo did not see that Ana came back, so thinks her still misled.
        (
            "Ana exited the den.|Bo moved the kite to the jar.|Bo exited the den.|"
            "Ana entered the den.",
            "Bo Ana",
            "box",
        ),
        # A third came after the move, so never believed in the box.
        (
            "Bo moved the kite to the jar.|Cy entered the den.|Bo exited the den.|"
            "Ana moved the kite to the tin.",
            "Cy Bo",
            "jar",
        ),
        ("Ana exited the den.|Ana entered the hall.", "Bo Ana Bo", "box"),
        ("Bo moved the kite to the box.|Ana exited the den.", "Ana", "box"),
        ("Bo moved the kite to the jar.|Ana moved the kite to the box.", "", "box"),
    ],
)
def test_stories_are_simulated_by_who_saw_what(
    events: str, question: str, answer: str, tmp_path: Path
) -> None:
    lines = [f"{i} {line}" for i, line in enumerate(events.split("|"), start=5)]
    first, *others = question.split() or [""]
    path = " ".join(f"thinks that {name}" for name in others)
    asked = f"Where does {first} {path} searches for the kite?".replace("  ", " ")
    if len(question.split()) < 2:
        asked = f"Where will {first} look for the kite?"
    row = {
        "story": STORY + "\n".join(lines),
        "question": asked if first else "Where is the kite really?",
        "containers": ["box", "jar", "tin"],
        "answer": answer,
    }
    wrong = next(c for c in ("box", "jar") if c != answer)
    told, (item,) = bring_rows(tmp_path / "right", "tomi", [row])
    assert 1 == told.details["simulated"]
    assert [] == told.details["doubted"]
    assert ["source", "simulation"] == [label.by for label in item.labels]
    told, (item,) = bring_rows(tmp_path / "wrong", "tomi", [{**row, "answer": wrong}])
    assert ["source"] == [label.by for label in item.labels]
    (doubt,) = told.details["doubted"]
    assert f"says {wrong!r}; simulated, it is {answer!r}" in doubt["reason"]
    assert ("rows.jsonl", 1) == (doubt["file"], doubt["row"])


CHAPTERS = """\
1 Cy saw a dog.
2 Ana, Bo and Cy entered the loft.
3 The pear is in the red_box.
4 Ana moved the pear to the tin.
5 Ana exited the loft.
6 Bo made no movements and stayed in the loft for 1 minute.
7 Bo exited the loft.
8 Cy moved the pear to the red_box.
9 Cy exited the loft.
10 Ana, Bo and Cy entered the hall.
11 Ana and Cy entered the barn.
12 Ana lost his hat.
13 The plum is in the tin.
14 Ana moved the plum to the red_box.
15 Ana exited the barn.
16 Cy moved the plum to the jar.
17 Bo and Ana entered the loft.
18 The pear is in the red_box.
19 Ana moved the pear to the jar.
"""


@pytest.mark.parametrize(
    ("order", "question", "answer"),
    [
        (1, "Where does Cy really think the pear is?", "red_box"),
        (1, "Where does Bo really think the pear is?", "jar"),
        (2, "Where does Cy think Bo thinks the pear is?", "tin"),
        (3, "Where does Ana think Bo thinks Ana thinks the pear is?", "jar"),
        (1, "Where does Ana really think the plum is?", "red_box"),
        (2, "Where does Cy think Ana thinks the plum is?", "red_box"),
        (0, "Where is the plum really?", "jar"),
    ],
)
def test_chapters_may_use_names_of_containers_again_in_other_rooms(
    order: int, question: str, answer: str, tmp_path: Path
) -> None:
    row = {
        "question_order": order,
        "story": CHAPTERS,
        "question": question,
        "choices": "A. red_box, B. tin, C. jar",
        "answer": answer,
    }
    (tmp_path / "a.json").write_text(json.dumps({"data": [row]}))
    told = bring(tmp_path / "a.json", tmp_path / "out", "hi-tom")
    assert (1, []) == (told.details["simulated"], told.details["doubted"])


@pytest.mark.parametrize(
    "told",
    [
        "The story tells of a dance.",
        "Bo lost his way in the wood, Ana.",
    ],
)
def test_a_story_in_another_manner_is_not_simulated(told: str, tmp_path: Path) -> None:
    row = {
        "story": f"{STORY}5 {told}",
        "question": "Where will Ana look for the kite?",
        "containers": ["box", "jar"],
        "answer": "jar",
    }
    brought, _ = bring_rows(tmp_path / "a", "tomi", [row])
    assert {"it has a sentence of another kind": 1} == brought.details["not_simulated"]


def test_the_rule_of_sight_is_told_with_stories_that_depend_on_it(
    tmp_path: Path,
) -> None:
    _, items = bring_set(tmp_path, "tomi")
    assert all(item.rules.startswith(SIGHT) for item in items)
    by_cell = {item.cell: item for item in items}
    belief = by_cell["first_order_0_tom"]
    assert (1, 1) == (belief.order, belief.nominal)
    assert "red_jar" == belief.options[belief.picks["reality"]]
    assert ("reality",) == by_cell["reality"].fair
    assert ("initial",) == by_cell["memory"].fair


def test_doubted_labels_are_left_out_where_that_is_asked(tmp_path: Path) -> None:
    told, items = bring_set(tmp_path, "tomi", drop_doubted=True)
    assert 3 == len(items)
    assert 1 == len(told.details["doubted"])
    assert not any("doubted" in item.facts for item in items)


def test_stories_with_tells_are_not_simulated_and_that_is_said(tmp_path: Path) -> None:
    told, _ = bring_set(tmp_path, "hi-tom")
    assert {"people tell others something in it": 1} == told.details["not_simulated"]
    assert 3 == told.details["simulated"]


def test_a_story_with_a_broken_line_is_not_asked_about(tmp_path: Path) -> None:
    text = SETS["tomi"]["test.txt"].replace("2 The hat is", "The hat is", 1)
    (tmp_path / "test.txt").write_text(text)
    told = bring(tmp_path / "test.txt", tmp_path / "out", "tomi")
    assert [
        "test.txt 19 : should begin with its number",
        "test.txt 22 story: row 19 of its story cannot be read",
    ] == dropped(told)


def test_the_audit_names_shortcuts_and_does_not_stop_the_import(tmp_path: Path) -> None:
    rows = [
        choice(i, choices=[f"{i} plums, a good many more", f"{i} pears", f"{i} figs"])
        for i in range(60)
    ]
    told, items = bring_rows(tmp_path / "a", "multiple-choice", rows)
    assert 60 == len(items)
    assert told.audit is not None
    failing = {row.rule for row in told.audit.rows if not row.passed}
    assert "longest" in failing
    assert any(note.startswith("audit: rows: ") for note in told.notes)


def test_the_command_writes_a_scenario_that_plays(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path, "tomi")
    code, out, err = call(
        capsys, "import", "social", "test.txt", "--format", "tomi", "-o", "mine"
    )
    assert (0, "reading test.txt\nauditing 4 items\n") == (code, err)
    assert "mine: written, from tomi\n" in out
    assert "  note: doubtful: test.txt, row 17: says 'red_jar'; simulated" in out
    assert "worst rule" in out
    assert "next: arena run ./mine --agent blind" in out
    code, out, _ = call(capsys, "run", "./mine", "--agent", "oracle", "--out", "runs")
    assert 0 == code
    code, out, _ = call(
        capsys, "import", "social", "test.txt", "--format", "tomi", "-o", "two",
        "--json", "--drop-doubted",
    )  # fmt: skip
    (told,) = json.loads(out)["imported"]
    assert (3, "two") == (told["details"]["items"], told["folder"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ["test.txt", "--format", "tomy"],
            "unknown format 'tomy': did you mean 'tomi'?",
        ),
        (["test.txt"], "importer 'social' needs --format NAME"),
        (["none.txt", "--format", "tomi"], "none.txt: no such file or folder"),
        (["empty", "--format", "tomi"], "empty: no file there, with a name that ends"),
        (["test.txt", "--format", "agieval"], "none of its"),
        (["test.txt", "--format", "tomi", "--image", "x"], "takes no --image"),
        (["test.txt", "--format", "tomi", "-o", "full"], "exists, and an import"),
        (["test.txt", "--format", "tomi", "-o", "test.txt/x"], "Not a directory"),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_line(
    given: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path, "tomi")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    out = [] if "-o" in given else ["-o", "out"]
    code, _, err = call(capsys, "import", "social", *given, *out)
    assert 2 == code
    assert said in err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_other_importers_refuse_options_that_are_not_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = call(
        capsys, "import", "metr", tmp_path, "-o", tmp_path / "out", "--seed", "1"
    )
    assert (2, True) == (code, "importer 'metr' takes no --seed" in err)


@pytest.mark.parametrize("name", FORMATS)
def test_no_damage_to_a_file_brings_an_import_down(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 10**9))
    def damaged(seed: int) -> None:
        folder = tmp_path_factory.mktemp("damaged")
        source = write_set(folder / "source", name)
        rng = random.Random(seed)
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            path.write_bytes(_damage(rng, path.read_bytes()))
        try:
            told = bring(source, folder / "out", name)
        except UserError:
            assert not (folder / "out").exists()
        else:
            items = read_items(folder / "out/items.jsonl")
            assert told.details["items"] == len(items)

    damaged()


def _damage(rng: random.Random, content: bytes) -> bytes:
    tokens = [b"null", b"NaN", b"[]", b"{}", b"1e999", b'"', b"\xff", b"\n", b"\\ud800"]
    kinds: list[Callable[[bytes, int], bytes]] = [
        lambda c, at: c[:at],
        lambda c, at: c[:at] + rng.choice(tokens) + c[at:],
        lambda c, at: c[:at] + rng.choice(tokens) + c[at + rng.randrange(30) :],
        lambda c, at: c.replace(rng.choice([b'"', b"the", b":", b"1"]), b"", 1),
    ]
    for _ in range(rng.randrange(1, 4)):
        content = rng.choice(kinds)(content, rng.randrange(len(content) + 1))
    return content
