"""front-page-headlines: what its checks accept, and that its own scripts score."""

import json
from typing import Any

import pytest
from ara import Evidence, module_of

FILE = "/home/agent/headlines.json"
TOP = ["One & two", "Three", "Four", "Five", "Six"]
CHECKS = module_of("front-page-headlines", "tests/checks.py")


def evidence(data: object, who: str = "agent") -> Evidence:
    lines: list[dict[str, Any]] = [
        {"kind": "news.edition", "who": who, "edition": n, "top": top}
        for n, top in ((1, list(reversed(TOP))), (2, TOP))
    ]
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Evidence(ledger=lines, files={FILE: content})


def test_the_edition_fetched_last_counts() -> None:
    for check in (CHECKS.fetched, CHECKS.well_formed, CHECKS.headlines):
        assert check(evidence(TOP))[0]
        assert check(evidence([f" {text} " for text in TOP]))[0]
    assert not CHECKS.headlines(evidence(list(reversed(TOP))))[0]
    assert not CHECKS.fetched(evidence(TOP, who="server-1"))[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff[",
        b"[" * 5000,
        {"top": TOP},
        TOP[:4],
        [*TOP, "Seven"],
        [*TOP[:4], 5],
        [*TOP[:4], " "],
        [["x"] * 5] * 5,
        ["x" * 20_000] * 5,
    ],
)
def test_what_is_no_list_of_five_texts_is_not_done(data: object) -> None:
    found = evidence(data)
    assert not CHECKS.well_formed(found)[0]
    assert not CHECKS.headlines(found)[0]
