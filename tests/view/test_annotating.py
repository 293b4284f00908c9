"""Writing notes over HTTP: bad input breaks nothing, and nobody's words are lost."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playing import play_run
from starlette.testclient import TestClient
from viewing import entered

from arena.annotations import LONGEST_TEXT, read_annotations
from arena.run_folder import RunFolder

HOSTILE = (
    "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[2J\u202e"
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    play_run(root / "deep" / "cards", "games/blackjack", epochs=3)
    return root


@pytest.fixture
def run(root: Path) -> Path:
    (root / "deep" / "cards" / "annotations.jsonl").unlink(missing_ok=True)
    return root / "deep" / "cards"


@pytest.fixture
def client(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return entered(run.parent.parent)


@pytest.fixture
def address(run: Path) -> str:
    return f"/run/deep~cards/episode/{min(RunFolder(run).manifest.episodes)}/notes"


def write(client: TestClient, address: str, **note: Any) -> dict[str, Any]:
    answer = client.post(address, json={"author": "Ada", "text": "so", **note})
    assert 201 == answer.status_code, answer.text
    return answer.json()


def test_a_note_is_written_and_shown(
    client: TestClient, address: str, run: Path
) -> None:
    told = write(client, address, event=2, labels=["Spurious", "loop"])
    (note,) = read_annotations(run).current
    assert (note.id, note.event) == (told["note"], told["event"])
    shown = client.get(address).text
    assert '<a href="#n2">Event 2</a>' in shown
    assert "<li>spurious</li><li>loop</li>" in shown
    assert "No notes yet" in client.get(address.replace("e00000", "e00001")).text


def test_the_author_is_asked_once(client: TestClient, address: str) -> None:
    assert 'autocomplete="name" value=""' in client.get(address).text
    write(client, address, author='Ada "Ö" <i>')
    shown = client.get(address).text
    assert 'autocomplete="name" value="Ada &#34;Ö&#34; &lt;i&gt;"' in shown


def test_an_edit_that_was_overtaken_is_kept_and_told(
    client: TestClient, address: str
) -> None:
    first = write(client, address, text="one")["written"]
    write(client, address, author="Bo", text="Bo's", replaces=[first])
    edit = {"author": "Ada", "text": "Ada's", "replaces": [first]}
    answer = client.post(address, json=edit)
    assert 409 == answer.status_code
    told = answer.json()
    assert ["Bo's", "Ada's"] == [version["text"] for version in told["current"]]
    shown = client.get(address).text
    assert "Edited by several readers at once" in shown
    both = [version["id"] for version in told["current"]]
    write(client, address, text="ours", replaces=both)
    shown = client.get(address).text
    assert "Edited by several readers at once" not in shown
    assert "3 earlier versions" in shown


def test_a_removal_hides_what_its_author_saw_only(
    client: TestClient, address: str
) -> None:
    first = write(client, address, text="one")["written"]
    gone = write(client, address, text="", removed=True, replaces=[first])
    assert [] == gone["current"]
    assert "No notes yet" in client.get(address).text
    second = write(client, address, text="two")["written"]
    write(client, address, author="Bo", text="three", replaces=[second])
    late = {"author": "Ada", "removed": True, "replaces": [second]}
    answer = client.post(address, json=late)
    assert (409, ["three"]) == (
        answer.status_code,
        [version["text"] for version in answer.json()["current"]],
    )


def test_readers_at_once_lose_nothing(
    client: TestClient, address: str, run: Path
) -> None:
    first = write(client, address)["written"]

    def edit(number: int) -> int:
        note = {"author": f"R{number}", "text": f"{number}", "replaces": [first]}
        return client.post(address, json=note).status_code

    with ThreadPoolExecutor(8) as readers:
        statuses = list(readers.map(edit, range(16)))
    assert [201] + [409] * 15 == sorted(statuses)
    (note,) = read_annotations(run).current
    assert {f"{number}" for number in range(16)} == {v.text for v in note.current}


def test_hostile_words_are_only_words(
    client: TestClient, address: str, run: Path
) -> None:
    write(client, address, author="<b>", labels=["<script>", "a'\"b"], text=HOSTILE)
    (note,) = read_annotations(run).current
    assert HOSTILE == note.current[0].text
    for shown in (
        client.get(address).text,
        client.get("/run/deep~cards/notes").text,
        client.get("/run/deep~cards/notes", params={"label": "<script>"}).text,
    ):
        ours = re.sub(r'<script type="module" src="[^"]*"></script>', "", shown)
        assert not re.search(r"<(script|img|b>&lt;b>)", ours)
        outside = re.sub(r'data-text="[^"]*"', "", shown)
        assert not {"\x1b", "\u202e"} & set(outside)
        assert "\\x1b[2J\\u202e" in outside


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        (b"", 400, "what was sent is no JSON"),
        (b"{", 400, "what was sent is no JSON"),
        (b"\xff\xfe", 400, "what was sent is no JSON"),
        (b"[" * 100_000, 400, "what was sent is no JSON"),
        (b"[]", 422, "valid dictionary"),
        (b"null", 422, "valid dictionary"),
        (b"{}", 422, "author: Field required"),
        (b'{"author": 3, "text": "a"}', 422, "author: Input should be a valid string"),
        (b'{"author": "A", "text": "a", "event": 1e99}', 422, "event"),
        (b'{"author": "A", "text": "a", "event": 99}', 422, "no event 99; it has"),
        (b'{"author": "A", "text": "a", "replaces": [{}]}', 422, "replaces.0"),
        (b'{"author": "A", "text": "a", "replaces": ["x"]}', 422, "load the notes"),
        (b'{"author": "A", "text": "\\ud800"}', 422, "valid string"),
        (b'{"author": "A", "labels": ["' + b"a" * 81 + b'"]}', 422, "at most 80"),
    ],
)
def test_what_is_no_note_is_refused_with_a_reason(
    client: TestClient, address: str, run: Path, body: bytes, status: int, problem: str
) -> None:
    answer = client.post(address, content=body)
    assert status == answer.status_code
    assert problem in answer.json()["problem"]
    assert not read_annotations(run).notes


def test_the_longest_text_is_kept_and_a_longer_one_is_not(
    client: TestClient, address: str, run: Path
) -> None:
    write(client, address, text="ö" * LONGEST_TEXT)
    assert [LONGEST_TEXT] == [
        len(note.current[0].text) for note in read_annotations(run).current
    ]
    for more in (1, 10 * LONGEST_TEXT):
        note = {"author": "Ada", "text": "a" * (LONGEST_TEXT + more)}
        answer = client.post(address, json=note)
        assert 422 == answer.status_code
        assert f"{LONGEST_TEXT}" in answer.json()["problem"]


def test_unknown_places_have_no_notes(client: TestClient, address: str) -> None:
    note = {"author": "Ada", "text": "a"}
    for other in (
        "/run/nowhere/episode/x/notes",
        "/run/deep~cards/episode/no/notes",
        "/run/deep~cards/episode/..%2F..%2Frun/notes",
        "/run/..~..~etc/episode/x/notes",
    ):
        assert 404 == client.get(other).status_code
        assert 404 == client.post(other, json=note).status_code
    assert 404 == client.get("/run/nowhere/notes").status_code
    assert 405 == client.delete(address).status_code


def test_another_page_cannot_write(client: TestClient, address: str, run: Path) -> None:
    for origin in ("http://evil.example", "null", ""):
        answer = client.post(
            address, json={"author": "A", "text": "a"}, headers={"Origin": origin}
        )
        assert 403 == answer.status_code
    assert not read_annotations(run).notes


def test_where_nothing_can_be_written_it_is_said(
    client: TestClient, address: str, run: Path
) -> None:
    (run / "annotations.jsonl").mkdir()
    try:
        answer = client.post(address, json={"author": "Ada", "text": "a"})
        assert 507 == answer.status_code
        assert "the note is not saved" in answer.json()["problem"]
        assert 422 == client.get(address).status_code
    finally:
        (run / "annotations.jsonl").rmdir()


def test_the_notes_of_a_run_are_filtered_and_counted(
    client: TestClient, address: str
) -> None:
    other = address.replace("e00000", "e00001")
    write(client, address, text="first", labels=["real"], event=1)
    write(client, address, author="Bo", text="second", labels=["spurious"])
    write(client, other, text="third", labels=["spurious"])
    shown = client.get("/run/deep~cards/notes").text
    assert "Agreement of readers" in shown
    assert f'href="{address.removesuffix("/notes")}#n1"' in shown
    some = client.get("/run/deep~cards/notes", params={"label": "spurious"}).text
    texts = re.findall(r">(first|second|third)</div>", some)
    assert ["second", "third"] == texts


def test_a_note_of_a_record_that_is_gone_says_so(
    client: TestClient, address: str, run: Path
) -> None:
    write(client, address)
    file = run / "annotations.jsonl"
    kept = json.loads(file.read_text())
    assert "About an earlier record" not in client.get(address).text
    file.write_text(json.dumps({**kept, "record": "0" * 64}) + "\n")
    assert "About an earlier record" in client.get(address).text


def test_damaged_lines_are_told(client: TestClient, address: str, run: Path) -> None:
    write(client, address, text="whole")
    with (run / "annotations.jsonl").open("a") as file:
        file.write(json.dumps({"id": 1}) + "\n{torn")
    for shown in (client.get(address).text, client.get("/run/deep~cards/notes").text):
        assert "2 lines of annotations.jsonl cannot be read." in shown
        assert "whole" in shown
