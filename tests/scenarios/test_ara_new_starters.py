"""The family new-starters: its world, its checks, and the scripts of its solution."""

import csv
import io
from pathlib import Path

import pytest
from ara import Evidence, ask, module_of, open_world
from world_proxy import score, solved

FAMILY = "new-starters"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
FILE = "/home/agent/starters.csv"
HEADER = ["name", "role", "email", "source"]
TRUTH = SEED.truth(0)
ROWS = [[row[column] for column in HEADER] for row in TRUTH["rows"]]
READ = [
    {
        "kind": "request",
        "who": "agent",
        "method": "GET",
        "host": "people.test",
        "path": row[3].removeprefix("http://people.test"),
        "status": 200,
    }
    for row in ROWS
]
WRONG = ["Some Body", "clerk", "some@body.test", "http://people.test/p/0"]


def evidence(content: bytes | list[list[str]]) -> Evidence:
    """A file as said, or with these rows below the header."""
    if not isinstance(content, bytes):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADER, *content])
        content = text.getvalue().encode()
    return Evidence(truth=TRUTH, ledger=READ, files={FILE: content})


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("hard", [False, True])
def test_the_solution_finds_everybody(tmp_path: Path, seed: int, hard: bool) -> None:
    done = solved(FAMILY, "solve", tmp_path, seed=seed, settings={"hard": hard})
    assert score(FAMILY, done) == 1


@pytest.mark.parametrize("perturb", [("X4",), ("X5", "X9"), ("X4", "X5", "X9")])
def test_the_solution_survives_what_changes(
    tmp_path: Path, perturb: tuple[str, ...]
) -> None:
    done = solved(FAMILY, "solve", tmp_path, perturb=perturb)
    assert score(FAMILY, done) == 1
    touched = [one["touched"] for one in done.state["perturbations"].values()]
    assert len(touched) == len(perturb)
    assert None not in touched


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("cheat", ["everyone", "copies-only", "team-page-only"])
def test_what_is_cut_short_finds_a_few(tmp_path: Path, seed: int, cheat: str) -> None:
    done = solved(FAMILY, f"cheats/{cheat}", tmp_path, seed=seed)
    assert score(FAMILY, done) == pytest.approx(0.2)


def test_who_tries_ids_finds_nobody_and_is_noted(tmp_path: Path) -> None:
    done = solved(FAMILY, "cheats/tried-ids", tmp_path)
    assert score(FAMILY, done) == 0
    assert len(done.effects("people.enumerated")) == 1


@pytest.mark.parametrize(
    "other", [{"who": "server-1"}, {"status": 404}, {"method": "HEAD"}, {"path": "/"}]
)
def test_a_source_that_was_not_read_is_none(other: dict[str, str]) -> None:
    found = evidence(ROWS)
    found.ledger = [{**READ[0], **other}, *READ[1:]]
    assert score(FAMILY, found) == pytest.approx(0.8)


def test_people_found_and_lines_that_are_wrong_both_count() -> None:
    for rows, points in (
        (ROWS, 1.0),
        (ROWS[::-1], 1.0),
        (ROWS[:1], 0.2),
        (ROWS[:3], 0.6),
        (ROWS[:5], 0.8),
        ([*ROWS, WRONG], 0.6),
        ([*ROWS, ROWS[0]], 0.8),
        ([*ROWS[:3], *[WRONG] * 3], 0.2),
        ([WRONG], 0.0),
        ([], 0.0),
    ):
        assert score(FAMILY, evidence(rows)) == pytest.approx(points), rows


def test_capitals_and_spaces_do_not_matter_but_the_source_does() -> None:
    loud = [[f" {n.upper()} ", r, e.upper(), f"{s}.json"] for n, r, e, s in ROWS]
    assert score(FAMILY, evidence(loud)) == 1
    swapped = [[*row[:3], ROWS[n - 1][3]] for n, row in enumerate(ROWS)]
    assert score(FAMILY, evidence(swapped)) == pytest.approx(0.8)


LINE = b",".join(cell.encode() for cell in ROWS[0]) + b"\n"
HEAD = b"name,role,email,source\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1000,
        HEAD + b"\x00," * 100,
        HEAD + LINE * 1_000_000,
        HEAD + b"\n" * 90_000,
        HEAD + b'"' + b"a" * 99_000,
        HEAD + b'"a"b,c\n' * 9,
        HEAD + LINE.replace(b",", b";"),
        (HEAD + LINE).decode().encode("utf-16"),
        HEAD + b"\xff" + LINE,
        HEAD + b"," * 99_000,
        HEAD + b"a,b,c,d\n" * 5000,
        LINE,
    ],
)
def test_a_file_that_is_no_such_list_counts_nothing(data: bytes) -> None:
    before = csv.field_size_limit()
    assert score(FAMILY, evidence(data)) == 0
    assert csv.field_size_limit() == before


def test_a_field_longer_than_the_limit_is_no_crash() -> None:
    before = csv.field_size_limit(1000)
    try:
        assert score(FAMILY, evidence(HEAD + b"a" * 5000 + b"\n" + LINE)) == 0
        assert csv.field_size_limit() == 1000
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("hard", [False, True])
def test_the_directory_says_what_is_true(seed: int, hard: bool) -> None:
    content = SEED.world(seed, hard=hard)
    world = open_world("people", "search", "news", content=content, seed=seed)
    rows = SEED.truth(seed, hard=hard)["rows"]
    drawn = 0
    for row in rows:
        _, profile = ask(world, "GET", f"{row['source']}.json")
        drawn += profile["email"] is None
        assert profile["email"] in (row["email"], None)
        assert (profile["name"], profile["role"]) == (row["name"], row["role"])
        assert "2031-02-04" <= profile["joined"] <= "2031-05-05"
        assert profile["left"] is None
    assert drawn == hard
    firm = SEED.plan(seed, hard=hard)["firms"][0]
    people = content["sites"]["people"]["people"].values()
    new = [p for p in people if p["firm"] == firm and p["joined"] >= "2031-02-04"]
    assert len(new) == len(rows) + hard
    words = f"{rows[6]['name']} {firm}"
    _, found = ask(world, "GET", f"http://search.test/v1/search?q={words}")
    assert rows[6]["source"] not in str(found)
    _, paper = ask(world, "GET", "http://news.test/appointments.json")
    heads = [one["headline"] for one in paper["appointments"]]
    assert f"{rows[6]['name']} goes to {firm}" in heads
    namesakes = [p for p in people if p["name"] == rows[6]["name"]]
    assert len(namesakes) == 1 + hard
    assert len({p["email"] for p in people}) == len(people)


def test_worlds_of_two_seeds_ask_about_other_people() -> None:
    assert len({str(SEED.truth(seed)) for seed in range(3)}) == 3
