"""encyclopedia-lookup: the way to the year, and what its checks accept."""

import json
import re
from typing import Any

import pytest
from ara import Evidence, ask, ledger_of, module_of, open_world

FAMILY = "encyclopedia-lookup"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
FILE = "/home/agent/answer.json"
ALL = (CHECKS.read, CHECKS.year, CHECKS.source)


def url(title: str) -> str:
    return f"http://wiki.test/wiki/{title.replace(' ', '_')}"


def evidence(
    year: object, source: object, *, read: int | None = None, hard: bool = False
) -> Evidence:
    """An answer after so many of the articles on the way were read, or all."""
    world = open_world("wiki", content=SEED.world(0, hard))
    truth = SEED.truth(0, hard)
    for title in truth["way"][:read]:
        assert ask(world, "GET", url(title))[0] == 200
    answer = json.dumps({"year": year, "source": source}).encode()
    return Evidence(truth=truth, ledger=ledger_of(world), files={FILE: answer})


def done(found: Evidence) -> list[bool]:
    return [check(found)[0] for check in ALL]


@pytest.mark.parametrize("hard", [False, True])
def test_who_goes_the_way_and_says_the_year_has_done_all(hard: bool) -> None:
    truth = SEED.truth(0, hard)
    right = url(truth["article"])
    assert [True] * 3 == done(evidence(truth["year"], right, hard=hard))
    assert [True] * 3 == done(evidence(truth["year"], f"{right}.json", hard=hard))
    assert [False, True, True] == done(
        evidence(truth["year"], right, read=len(truth["way"]) - 1, hard=hard)
    )


def test_another_year_or_page_does_not_do() -> None:
    truth = SEED.truth(0)
    right = url(truth["article"])
    for year in (truth["year"] + 1, str(truth["year"]), float(truth["year"]), True):
        assert [True, False, True] == done(evidence(year, right))
    for source in (f"{right}/history", f"{right}/revision/2", url("Eastmere"), "", 5):
        assert [True, True, False] == done(evidence(truth["year"], source))


@pytest.mark.parametrize(
    "data", [None, b"", b"\xff{", b"[" * 9000, b"[]", b"7" * 20_000]
)
def test_what_is_no_object_is_not_done(data: bytes | None) -> None:
    files = {} if data is None else {FILE: data}
    found = Evidence(truth=SEED.truth(0), files=files)
    assert [False] * 3 == done(found)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("hard", [False, True])
def test_only_the_right_article_says_the_year(seed: int, hard: bool) -> None:
    """Of all that stands now; a stale list and the other firm say other years."""
    truth: dict[str, Any] = SEED.truth(seed, hard)
    articles = SEED.world(seed, hard)["sites"]["wiki"]["articles"]
    saying = [t for t, rows in articles.items() if str(truth["year"]) in rows[-1][3]]
    assert [truth["article"]] == saying
    told = {
        int(year)
        for rows in articles.values()
        for year in re.findall(r"founded in (\d{4})", rows[-1][3])
    }
    assert len(told) == (3 if hard else 2)
