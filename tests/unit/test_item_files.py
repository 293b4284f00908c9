"""Files of items: what is written is read back, and what is no item is named."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import UserError
from arena.item_files import BadLine, item_line, read_items, write_items
from arena.items import Item, Label

ITEM = Item(
    id="one",
    generator="handmade",
    version=1,
    cell="belief 1",
    measures="tom",
    world="den",
    story=("Ana is out.", "Bo hides the kite."),
    question="Where will Ana look?",
    options=("box", "jar"),
    gold=0,
    labels=(Label("by hand", "box", "she saw it there"),),
    roles=(("correct", "initial"), ("reality",)),
    picks={"reality": 1},
    facts={"people": 2, "names": ["Ana", "Bo"]},
)
FIELDS: dict[str, Any] = json.loads(item_line(ITEM))
# No lone surrogates, which no file of UTF-8 can hold.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "items.jsonl"


def said_of(file: Path, **changed: Any) -> str:
    """Return what is said of an item with other fields; those that are ... are out."""
    fields = {k: v for k, v in {**FIELDS, **changed}.items() if v is not ...}
    file.write_text(item_line(ITEM) + json.dumps({**fields, "id": "two"}) + "\n")
    with pytest.raises(BadLine) as error:
        read_items(file)
    assert (file, 2) == (error.value.path, error.value.line)
    return str(error.value).removeprefix(f"{file}, line 2")


def test_items_are_read_as_they_were_written(file: Path) -> None:
    items = [replace(ITEM, id=str(i), gold=0, order=i, pair="p") for i in range(3)]
    items.append(replace(ITEM, id="plain", story=(), roles=(), picks={}, facts={}))
    assert 4 == write_items(file, items)
    assert items == read_items(file)


@given(line=TEXT, question=TEXT, key=TEXT, option=TEXT.filter(str.strip))
def test_any_text_comes_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory,
    line: str,
    question: str,
    key: str,
    option: str,
) -> None:
    options = (f"{option} 1", f"{option} 2")
    label = Label("by hand", options[0], line)
    item = replace(
        ITEM,
        story=(line,),
        question=question,
        options=options,
        labels=(label,),
        facts={key: line},
    )
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    write_items(file, [item])
    assert [item] == read_items(file)


def test_a_byte_order_mark_and_empty_lines_are_no_items(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + item_line(ITEM).encode() + b"\r\n\n  \n")
    assert [ITEM] == read_items(file)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"question": ...}, ", field 'question': is missing"),
        ({"story": "one text"}, ", field 'story': should be a valid array"),
        ({"gold": "0"}, ", field 'gold': should be a valid integer, given '0'"),
        ({"gold": 0.0}, ", field 'gold': should be a valid integer, given 0.0"),
        ({"measures": "iq"}, ", field 'measures': should be 'tom', 'self-state' or"),
        ({"storey": []}, ", field 'storey': is unknown; did you mean 'story'?"),
        ({"labels": [{"by": "x"}]}, ", field 'labels.0.answer': is missing"),
        ({"cell": " "}, ", field 'cell': is empty"),
        ({"question": "\ud800"}, ": not valid JSON: "),
        ({"facts": {"x": float("nan")}}, ": NaN is no JSON; leave the field out"),
        ({"gold": 2}, ": two: there is no option 2 (by hand: 'box', she saw it"),
        ({"gold": 1}, ": two: the answer is 'jar', but derived is by hand: 'box'"),
        ({"options": ["box", "Box "]}, ": two: its options are not two or more"),
        ({"picks": {"reality": 7}}, ": two: rule 'reality' picks option 7"),
        (
            {
                "options": [str(i) for i in range(27)],
                "roles": [],
                "labels": [{"by": "x", "answer": "0", "because": ""}],
            },
            ", field 'options': at most 26 options, here are 27",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_a_wrong_item_is_named_by_file_line_and_field(
    file: Path, changed: dict[str, Any], said: str
) -> None:
    assert said_of(file, **changed).startswith(said)


def test_two_labels_that_disagree_are_told_with_both_derivations(file: Path) -> None:
    labels = [
        {"by": "table", "answer": "box", "because": "Ana saw the box"},
        {"by": "filter", "answer": "jar", "because": "Ana saw the jar"},
    ]
    said = said_of(file, labels=labels)
    assert "table: 'box', Ana saw the box; filter: 'jar', Ana saw the jar" in said


def test_an_id_comes_once(file: Path) -> None:
    file.write_text(item_line(ITEM) + "\n" + item_line(ITEM))
    with pytest.raises(BadLine, match="line 3, field 'id': 'one' is the id of line 1"):
        read_items(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no item"),
        (b"\n\n", "holds no item"),
        (b"[1]\n", "line 1: not an item"),
        (b"null\n", "line 1: not an item"),
        (b"{\n", "line 1: not valid JSON: EOF while parsing an object at column"),
        (b"\xff\xfe{\n", "line 1: not valid JSON"),
        (b"[" * 100_000, "line 1: not valid JSON: recursion limit"),
        (b'{"id": "\x1b[2J"}', "line 1: not valid JSON: control character"),
    ],
)
def test_a_file_of_something_else_is_refused(
    file: Path, content: bytes, said: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(UserError) as error:
        read_items(file)
    assert said in str(error.value)
    assert "\x1b" not in str(error.value)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a file of items"):
        read_items(tmp_path)
    with pytest.raises(UserError, match="cannot be read: No such file"):
        read_items(tmp_path / "none.jsonl")
    with pytest.raises(UserError, match="cannot be written: No such file"):
        write_items(tmp_path / "none/items.jsonl", [ITEM])


@given(content=st.binary(max_size=200))
def test_no_file_brings_it_down(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.jsonl"
    file.write_bytes(content)
    with pytest.raises(UserError):
        read_items(file)
