"""The list of runs and the page of one, as answers of the server."""

import json
import os
import re
import shutil
import sqlite3
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_line import call
from hostile_run import hostile_run
from starlette.testclient import TestClient
from viewing import entered

FIRST = "games.blackjack--basic-strategy--s0e00000"
ACTING = re.compile("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]")


class Read(HTMLParser):
    """What a browser would see of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def links(self, start: str) -> list[str]:
        hrefs = [str(held.get("href")) for tag, held in self.tags if tag == "a"]
        return [href for href in hrefs if href.startswith(start)]


@pytest.fixture
def root(hands: Path, tmp_path: Path) -> Path:
    shutil.copytree(hands, tmp_path / "runs" / "some" / "cards")
    return tmp_path / "runs"


@pytest.fixture
def client(root: Path) -> TestClient:
    return entered(root)


def read(client: TestClient, path: str, **params: str) -> Read:
    answer = client.get(path, params=params)
    assert 200 == answer.status_code, answer.text
    return Read(answer.text)


def test_the_list_has_each_run_with_its_scores(client: TestClient) -> None:
    page = read(client, "/")
    assert ["/run/some~cards"] == page.links("/run/")
    assert "some/cards" in page.text
    for word in ("random", "basic-strategy", "games/blackjack", "expected-loss", "20"):
        assert word in page.text


def test_a_folder_without_runs_says_how_to_make_one(tmp_path: Path) -> None:
    assert "arena run quickstart" in read(entered(tmp_path), "/").text


def test_scores_on_the_page_are_those_of_arena_score(
    client: TestClient, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told, _ = call(capsys, "score", root / "some" / "cards", "--json")
    page = read(client, "/run/some~cards/results")
    rows = json.loads(told)["rows"]
    assert rows
    for row in rows:
        estimate = row["estimate"]
        assert f"{estimate['value']:.3f}" in page.text
        if estimate["low"] is not None:
            assert f"{estimate['low']:.3f} to {estimate['high']:.3f}" in page.text


def test_a_run_lists_its_episodes_with_links(client: TestClient) -> None:
    page = read(client, "/run/some~cards")
    assert 20 == len(page.links("/run/some~cards/episode/"))
    assert f"/run/some~cards/episode/{FIRST}" in page.links("/run/")


def test_an_address_sorts_and_filters(client: TestClient) -> None:
    read(client, "/run/some~cards")
    rows = read(client, "/run/some~cards/rows", agent="random", sort="score", down="")
    assert 10 == len(rows.links("/run/"))
    assert all("--random--" in link for link in rows.links("/run/"))
    cells = [
        float(n) for n in re.findall(r"(?<= )-?\d\.\d{3}(?= completed)", rows.text)
    ]
    assert 10 == len(cells)
    assert cells == sorted(cells, reverse=True)
    assert [] == read(client, "/run/some~cards/rows", reason="error").links("/run/")


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "id; DROP TABLE episodes"},
        {"sort": "score:"},
        {"sort": "score", "scorer": "'\"nobody"},
        {"offset": "-1"},
        {"offset": "9" * 30},
        {"offset": "9" * 5000},
        {"query": "a\0b"},
        {"offset": "²"},
        {"query": '"\0\ud800'.encode("utf-8", "replace").decode()},
        {"query": "a " * 5000},
        {"unknown": "x"},
    ],
)
def test_an_odd_question_is_answered(
    client: TestClient, params: dict[str, str]
) -> None:
    read(client, "/run/some~cards/rows", **params)
    assert 20 == len(read(client, "/run/some~cards").links("/run/some~cards/episode/"))


@pytest.mark.parametrize("content", [None, b"x" * 200_000])
def test_an_index_that_is_deleted_or_damaged_meanwhile_is_made_anew(
    client: TestClient, cache: Path, content: bytes | None
) -> None:
    read(client, "/run/some~cards")
    kept = list((cache / "arena").iterdir())
    for file in kept:
        file.unlink()
    if content is not None:
        next(f for f in kept if f.suffix == ".sqlite").write_bytes(content)
    answer = client.get("/run/some~cards")
    assert 503 == answer.status_code
    assert "load again" in answer.text
    assert 20 == len(read(client, "/run/some~cards").links("/run/some~cards/episode/"))


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE runs SET summary = '{\"planned\": []}'",
        "UPDATE episodes SET assisted = 'nothing'",
        "ALTER TABLE episodes RENAME COLUMN cell TO other",
    ],
)
def test_an_index_with_wrong_things_in_it_is_made_anew(
    client: TestClient, cache: Path, forged: str
) -> None:
    read(client, "/run/some~cards")
    (kept,) = (cache / "arena").glob("*.sqlite")
    with sqlite3.connect(kept) as connection:
        connection.execute(forged)
    connection.close()
    assert 503 == client.get("/run/some~cards").status_code
    assert 20 == len(read(client, "/run/some~cards").links("/run/some~cards/episode/"))


@pytest.mark.parametrize("path", ["/run/other", "/run/some", "/run/other/rows"])
def test_what_is_not_there_is_told(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert 404 == answer.status_code
    assert "There is no run" in answer.text


def test_a_damaged_record_is_marked_in_the_list(client: TestClient, root: Path) -> None:
    file = root / "some" / "cards" / "episodes" / f"{FIRST}.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    page = read(client, "/run/some~cards", reason="broken")
    assert [f"/run/some~cards/episode/{FIRST}"] == page.links("/run/some~cards/episode")
    assert "broken" in page.text


def test_a_run_whose_manifest_is_damaged_is_listed(
    client: TestClient, root: Path
) -> None:
    (root / "some" / "cards" / "run.json").write_text("{}")
    assert "not a manifest" in read(client, "/").text
    page = read(client, "/run/some~cards")
    assert "not a manifest" in page.text
    assert 20 == len(page.links("/run/some~cards/episode/"))
    assert 422 == client.get("/run/some~cards/results").status_code


def test_nothing_hostile_becomes_a_tag_or_a_character_that_acts(tmp_path: Path) -> None:
    hostile_run(tmp_path / "cards")
    client = entered(tmp_path)
    for path in ("/", "/rows", "/run/cards", "/run/cards/rows", "/run/cards/results"):
        answer = client.get(path)
        assert 200 == answer.status_code
        page = Read(answer.text)
        told = {name for _, held in page.tags for name in held}
        assert not {name for name in told if name.startswith("on")}
        assert "img" not in {tag for tag, _ in page.tags}
        inline = [held for tag, held in page.tags if tag == "script"]
        assert all(str(held.get("src")).startswith("/static/") for held in inline)
        assert not ACTING.search(answer.text)
        assert "<script>window.hacked=1</script>" in page.text
        assert "{{ 7*7 }}" in page.text


def test_a_manifest_that_no_encoding_can_hold_is_told(
    client: TestClient, root: Path
) -> None:
    manifest = root / "some" / "cards" / "run.json"
    manifest.write_text(manifest.read_text().replace("games/", "\\ud800"))
    assert "broken" in read(client, "/").text
    assert 20 == len(read(client, "/run/some~cards").links("/run/some~cards/episode/"))
    assert 422 == client.get("/run/some~cards/results").status_code
    assert 422 == client.get("/run/some~cards/analyses").status_code


def test_a_plot_is_a_picture_that_may_do_nothing(tmp_path: Path) -> None:
    from playing import play_run

    play_run(tmp_path / "kuhn", "games/kuhn", epochs=4)
    client = entered(tmp_path)
    page = read(client, "/run/kuhn/analyses")
    pictures = [held for tag, held in page.tags if tag == "img"]
    assert pictures
    for number, held in enumerate(pictures):
        assert f"/run/kuhn/figure/{number}.svg" == held["src"]
        answer = client.get(str(held["src"]))
        assert "image/svg+xml" == answer.headers["content-type"]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; style-src 'unsafe-inline'" == policy
        assert "prefers-color-scheme: dark" in answer.text
        assert "<script" not in answer.text
    assert 404 == client.get(f"/run/kuhn/figure/{len(pictures)}.svg").status_code


def test_a_page_asks_whether_something_is_new(client: TestClient, root: Path) -> None:
    for path in ("/live", "/live/some~cards"):
        before = settled(client, path)
        assert before == settled(client, path)
        with (root / "some" / "cards" / "scores.jsonl").open("a") as file:
            file.write("\n")
        assert before["version"] != settled(client, path)["version"]


def settled(client: TestClient, path: str) -> dict[str, object]:
    """The state when nothing is being read any more."""
    while True:
        state = client.get(path).json()
        if not state["live"]:
            return state
        time.sleep(0.05)


@pytest.mark.parametrize("name", ["scores.jsonl", "parent.jsonl", "an episode"])
def test_a_pipe_in_a_run_keeps_nobody_waiting(
    client: TestClient, root: Path, name: str
) -> None:
    run = root / "some" / "cards"
    records = sorted((run / "episodes").iterdir())
    pipe = records[0] if name == "an episode" else run / name
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    address = f"/run/some~cards/episode/{records[-1].stem}"
    for path in ("/", "/run/some~cards", "/run/some~cards/analyses", address):
        assert client.get(path).status_code in {200, 422}, path
    assert client.get(f"{address}/verdict").status_code in {200, 422}
