"""The page of an episode and its parts, as the server sends them."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_line import call
from playing import play_run
from starlette.testclient import TestClient
from viewing import entered
from written_records import HOSTILE, big, hostile, written

from arena.run_folder import RunFolder

CARDS = "/run/cards/episode/games.blackjack--random--s0e00000"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cards`, `guess`, its forks, `hostile`, `big` and `growing`."""
    root = tmp_path_factory.mktemp("runs")
    play_run(root / "cards", "games/blackjack", epochs=3)
    play_run(root / "guess", "games/number-guessing", agent="level-2", epochs=1)
    hostile(root / "hostile")
    big(root / "big", 400)
    written(root / "growing", [{"kind": "note", "about": "x"}], end=False)
    return root


@pytest.fixture
def client(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return entered(root)


def address(root: Path, run: str) -> str:
    """Return where the page of a run's first episode is."""
    first = min(path.stem for path in (root / run / "episodes").glob("*.jsonl"))
    return f"/run/{run}/episode/{first}"


def record(root: Path, run: str) -> Path:
    return min((root / run / "episodes").glob("*.jsonl"))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


class Tags(HTMLParser):
    """The tags of a page, with the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_a_page_says_who_played_what_and_leads_to_its_neighbours(
    client: TestClient,
) -> None:
    second = CARDS.replace("e00000", "e00001")
    page = client.get(second)
    assert page.status_code == 200
    assert "player random under test" in text_of(page.text)
    assert "2 of 3" in text_of(page.text)
    links = {a.get("rel"): a["href"] for tag, a in Tags(page.text).seen if tag == "a"}
    assert links["prev"] == CARDS
    assert links["next"] == CARDS.replace("e00000", "e00002")


@pytest.mark.parametrize(
    "path",
    [
        *("/run/none/episode/x", "/run/cards/episode/none", f"{CARDS}/raw/99"),
        *("/run/cards/episode/..%2F..%2Frun", f"{CARDS}/more/1/7", f"{CARDS}/beside"),
        *(f"{CARDS}/events?of=parent", f"{CARDS}/more/99/0"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("raw/{0}", 404),
        ("more/{0}/0", 404),
        ("more/1/{0}", 404),
        ("ledger?from={0}", 200),
        ("events?window={0}", 200),
    ],
)
def test_endless_numbers_are_answered(
    client: TestClient, root: Path, part: str, status: int
) -> None:
    answer = client.get(f"{address(root, 'cards')}/{part.format('9' * 5000)}")
    assert status == answer.status_code


def test_windows_hold_every_event_once(client: TestClient, root: Path) -> None:
    page = address(root, "big")
    plan = client.get(f"{page}/plan").json()
    assert (plan["lines"], plan["ended"]) == (1202, True)
    seen: list[int] = []
    for number, (first, count, height) in enumerate(plan["windows"]):
        html = client.get(f"{page}/events", params={"window": number}).text
        shown = [int(n) for n in re.findall(r'data-n="(\d+)"', html)]
        assert (shown[0], len(shown)) == (first, count)
        assert 20 * count < height < 2000 * count
        seen += shown
    assert seen == [*range(1, 1202)]


def test_windows_are_of_chosen_seats_and_kinds(client: TestClient, root: Path) -> None:
    page = address(root, "guess")
    chosen = {"seat": "player-2", "kind": ["step", "end"]}
    html = client.get(f"{page}/events", params=chosen).text
    shown = re.findall(r'data-kind="(\w+)"', html)
    assert shown == ["step"] * 10 + ["end"]
    assert "says player-1" not in html
    windows = client.get(f"{page}/plan", params=chosen).json()["windows"]
    assert sum(count for _, count, _ in windows) == 11


def test_a_plan_that_is_known_is_not_sent_again(client: TestClient) -> None:
    known = client.get(f"{CARDS}/plan").json()["lines"]
    assert "windows" not in client.get(f"{CARDS}/plan", params={"known": known}).json()


def test_pages_of_many_events_are_not_too_high_to_scroll(
    client: TestClient, tmp_path: Path, root: Path
) -> None:
    # 40 MB would be 20 million pixels.
    path = record(root, "growing")
    before = path.read_bytes()
    line = b'{"n":2,"prev":"","t":1.0,"kind":"observation","seat":"player","text":"'
    path.write_bytes(before + (line + b"x" * 3000 + b'"}\n') * 30_000)
    try:
        windows = client.get(f"{address(root, 'growing')}/plan").json()["windows"]
        assert 7e6 < sum(height for *_, height in windows) < 9e6
    finally:
        path.write_bytes(before)


def test_a_long_text_is_cut_and_sent_in_pieces(client: TestClient, root: Path) -> None:
    page = address(root, "hostile")
    lines = record(root, "hostile").read_bytes().split(b"\n")
    n, text = next(
        (line["n"], line["text"])
        for line in map(json.loads, lines[:-1])
        if len(line.get("text", "")) > 1_000_000
    )
    plan = client.get(f"{page}/plan").json()
    last = len(plan["windows"]) - 1
    html = client.get(f"{page}/events", params={"window": last}).text
    assert f"of {len(text):,} characters" in html
    assert len(html) < 100_000
    at, told, pieces = re.search(rf"{n}/0\?from=(\d+)", html), "", 0
    while at:
        piece = client.get(f"{page}/more/{n}/0", params={"from": at[1]}).text
        told += re.sub(r"<button.*", "", piece, flags=re.DOTALL)
        at, pieces = re.search(rf"{n}/0\?from=(\d+)", piece), pieces + 1
    assert pieces > 20
    assert told.count("&lt;b&gt;long") > 250_000
    assert "<b>" not in told


def test_raw_lines_come_in_pieces_of_whole_letters(
    client: TestClient, root: Path, tmp_path: Path
) -> None:
    run = tmp_path / "runs"
    written(
        run / "raw", [{"kind": "observation", "seat": "player", "text": "€" * 90_000}]
    )
    other = entered(run)
    path, at, told = f"{address(run, 'raw')}/raw/1", 0, ""
    while True:
        answer = other.get(path, params={"from": at})
        told += answer.text
        at += int(answer.headers["X-Sent"])
        if at == int(answer.headers["X-Bytes"]):
            break
        assert int(answer.headers["X-Sent"]) > 199_000
    assert told.encode() == record(run, "raw").read_bytes().split(b"\n")[1]


def test_the_chain_is_checked_against_the_manifest(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    play_run(root / "cards", "games/blackjack", epochs=1)
    client, path = entered(root), record(root, "cards")
    assert client.get(f"{CARDS}/chain").json()["state"] == "whole"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:-2], b""]))
    told = client.get(f"{CARDS}/chain").json()
    assert (told["state"], told["line"]) == ("broken", len(lines) - 1)
    assert "truncated" in told["text"]
    path.write_bytes(b"\n".join(lines).replace(b'"reward":', b'"reward": '))
    told = client.get(f"{CARDS}/chain").json()
    assert told["state"] == "broken"
    assert "changed" in told["text"]


def test_a_record_that_still_grows_is_not_called_broken(
    client: TestClient, root: Path
) -> None:
    told = client.get(f"{address(root, 'growing')}/chain").json()
    assert (told["state"], told["text"]) == ("open", "chain intact so far; not ended")


NO_HEADER = "header, line 1, is missing or damaged"
CUTS: list[tuple[Callable[[bytes], bytes], list[str]]] = [
    (lambda raw: raw[:-40], ["is not whole"]),
    (lambda raw: raw.replace(b'"kind":"step"', b'"kind":"st', 1), ["is damaged"]),
    (lambda raw: b"no header\n" + raw, [NO_HEADER]),
    (lambda raw: raw[:100], [NO_HEADER, "is not whole"]),
    (lambda raw: b"", [NO_HEADER]),
    (lambda raw: b"\x00\xff\n" * 50, [NO_HEADER, "is damaged"]),
]


@pytest.mark.parametrize(("cut", "marks"), CUTS)
def test_a_damaged_record_is_shown_with_a_mark(
    tmp_path: Path, cut: Callable[[bytes], bytes], marks: list[str]
) -> None:
    root = tmp_path / "runs"
    play_run(root / "cards", "games/blackjack", epochs=1)
    path = record(root, "cards")
    path.write_bytes(cut(path.read_bytes()))
    client = entered(root)
    page = client.get(CARDS)
    assert page.status_code == 200
    for mark in marks:
        assert mark in text_of(page.text)
    for part in ("plan", "chain", "survey", "verdict", "ledger", "setup", "search?q=x"):
        assert client.get(f"{CARDS}/{part}").status_code == 200, part
    assert client.get(f"{CARDS}/chain").json()["state"] == "broken"


def test_a_manifest_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    play_run(root / "cards", "games/blackjack", epochs=1)
    client = entered(root)
    (root / "cards" / "run.json").write_text("{")
    assert client.get(CARDS).status_code == 200
    answer = client.get(f"{CARDS}/chain")
    assert answer.status_code == 422
    assert "not valid JSON" in answer.text


def test_scores_payoffs_and_numbers_stand_around_it(
    client: TestClient, root: Path
) -> None:
    page = address(root, "guess")
    shown = text_of(client.get(f"{page}/verdict").text)
    (scores,) = RunFolder(root / "guess").scores().values()
    for score in scores:
        assert score.scorer in shown
        assert score.value is not None
        assert f"{score.value:.4g}" in shown
    charts = client.get(f"{page}/survey").text
    assert "guess · predictions · player-2" in charts
    assert charts.count('<path class="dot"') == 60
    setup = text_of(client.get(f"{page}/setup").text)
    assert "player-2 was told You are player-2 in a game" in setup


def test_milestones_probes_and_the_ledger_are_shown(tmp_path: Path) -> None:
    root = tmp_path / "runs"
    ledger = [
        json.dumps({"n": n, "t": 2.0 * n, "kind": kind, "path": f"/{n}<b>", "prev": ""})
        for n, kind in enumerate(["request", "bank.paid"] * 150, 1)
    ]
    evidence = {
        "milestones": [
            {"id": "M1_<i>", "done": 0.5, "weight": 0.4, "reason": "half <b>done</b>"}
        ],
        "trust": "separate",
        "probes": {"ping": {"exit_code": 0, "stdout": "\x1b[31mred"}},
        "world": {"ledger": ledger},
    }
    end = {"kind": "end", "reason": "completed", "payoffs": {}, "evidence": evidence}
    written(root / "world", [end], end=False)
    client, page = entered(root), address(root, "world")
    verdict = client.get(f"{page}/verdict").text
    assert "M1_&lt;i&gt;" in verdict
    assert "half &lt;b&gt;done&lt;/b&gt;" in verdict
    assert "probe ping" in verdict
    whole = client.get(f"{page}/ledger").text
    assert whole.count("<tr>") == 201
    assert 'data-from="200"' in whole
    rest = client.get(f"{page}/ledger", params={"from": 200}).text
    assert rest.count("<tr>") == 101
    paid = client.get(f"{page}/ledger", params={"kind": "bank.paid", "q": "/2<B>"})
    assert "1 line of 300" in text_of(paid.text)
    assert "<b>" not in paid.text


def test_hits_come_one_a_line(client: TestClient) -> None:
    answer = client.get(f"{CARDS}/search", params={"q": "THE DEALER SHOWS"})
    (hit, *_) = map(json.loads, answer.text.splitlines())
    assert (hit["n"], hit["seat"], hit["found"]) == (1, "player", "The dealer shows")
    assert client.get(f"{CARDS}/search").text == ""


def test_a_search_that_finds_too_much_says_so(client: TestClient, root: Path) -> None:
    answer = client.get(f"{address(root, 'big')}/search", params={"q": "l"})
    lines = answer.text.splitlines()
    assert len(lines) == 1001
    assert json.loads(lines[-1]) == {"more": True}


def test_forks_and_their_parent_lead_to_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "runs"
    play_run(root / "guess", "games/number-guessing", agent="level-2", epochs=1)
    (parent,) = RunFolder(root / "guess").manifest.episodes
    told = ("--at", 6, "--agent", "level-4", "--out", root / "forks")
    assert call(capsys, "fork", f"{root / 'guess'}/{parent}", *told)[0] == 0
    client = entered(root)
    child, page = address(root, "forks"), address(root, "guess")
    assert f'<a href="{page}">{parent}</a>' in client.get(child).text
    assert f'href="{child}"' in client.get(page).text
    beside = client.get(f"{child}/beside").text
    starts = re.findall(r'data-start="(\d+)"', beside)
    assert len(starts) == 2
    for start, of in zip(starts, ("parent", ""), strict=True):
        window = {"start": start, "of": of} if of else {"start": start}
        html = client.get(f"{child}/events", params=window).text
        kind, n = re.findall(r'data-n="(\d+)" data-kind="(\w+)"', html)[0][::-1]
        assert (kind, n) == ("message", start)
    assert 'id="p' in client.get(f"{child}/events", params={"of": "parent"}).text


def test_nothing_hostile_is_a_tag_or_an_attribute(
    client: TestClient, root: Path
) -> None:
    page = address(root, "hostile")
    windows = client.get(f"{page}/plan").json()["windows"]
    parts = [f"events?window={n}" for n in range(len(windows))]
    for part in ("", *parts, "survey", "verdict", "setup", "ledger"):
        answer = client.get(f"{page}/{part}".rstrip("/"))
        assert answer.status_code == 200
        assert not re.search("[\x00\x1b\u202e\u2066\u2028]", answer.text)
        for tag, attributes in Tags(answer.text).seen:
            assert tag not in {"img", "style", "iframe", "object", "base", "form2"}
            assert not [name for name in attributes if name.startswith("on")]
            assert "style" not in attributes
            assert not (attributes.get("href") or "").startswith("javascript")
            if tag == "script":
                assert (attributes.get("src") or "").startswith("/static/")
    assert HOSTILE[0] not in client.get(page).text
