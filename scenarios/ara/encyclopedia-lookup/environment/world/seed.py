"""Two firms of one name, and a third that one of them acquired.

arena-canary 742cd4ea-fdba-4c36-ad80-896469f3f5da
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

STEMS = str.split(
    "Orvane Pellick Quarrin Sothel Tarnwick Umbrick Veldane Wexlow Yarrick Brellan "
    "Cassory Dunnoth Elvery Fossick Garrowin Hexley Ivoren Jorvane"
)
PLACES = ("Aldmoor", "Brackholm", "Cressel", "Dunvale", "Fennick", "Ister Bay")
MADE = (
    "barometers",
    "bicycle bells",
    "lamp glass",
    "organ pipes",
    "sailcloth",
    "twine",
)
ENDINGS = ("Works", "Makers", "Brothers", "and Daughters")
TRADES = ("ferry company", "printing house", "brewery", "clock maker", "tile maker")
EDITORS = ("Ottiline", "Quillon", "Marrowby", "Tesk", "Wendle", "Yorrick")

Row = list[str]


def plan(seed: int, hard: bool = False) -> dict[str, Any]:
    """Choose firms, places and years."""
    draw = random.Random(f"encyclopedia-lookup:{seed}:{hard}")
    asked, old, partner, new, line = draw.sample(STEMS, 5)
    trade, other = draw.sample(TRADES, 2)
    founded, wrong, stale, namesake = draw.sample(range(1846, 1930), 4)
    return {
        "asked": f"{asked} {draw.choice(ENDINGS)}",
        "made": draw.choice(MADE),
        "town": draw.choice(PLACES),
        "old": f"{old} & {partner}",
        "new": f"{new} Company",
        "line": f"{line} Line" if hard else None,
        "trade": trade,
        "other": other,
        "founded": founded,
        "wrong": wrong,
        "stale": stale,
        "namesake": namesake,
        "acquired": draw.randint(1940, 1969),
        "renamed": draw.randint(1970, 1989),
        "begun": draw.randint(1995, 2009),
        "editors": draw.sample(EDITORS, 4),
    }


def truth(seed: int, hard: bool = False) -> dict[str, Any]:
    """Return the year, the article that says it, and those on the way."""
    chosen = plan(seed, hard)
    article = f"{chosen['new']} ({chosen['trade']})"
    way = [chosen["asked"], chosen["line"], article]
    return {
        "year": chosen["founded"],
        "article": article,
        "way": [title for title in way if title is not None],
    }


def world(seed: int, hard: bool = False) -> dict[str, Any]:
    """Return the encyclopedia's articles about the firms."""
    c = plan(seed, hard)
    new, trade, other = c["new"], c["trade"], c["other"]
    articles = {
        c["asked"]: _rows(c, _asked(c)),
        f"{new} ({trade})": _rows(
            c,
            f"{new} is a {trade} of [[Harrowby Quay]].",
            _firm(c, c["founded"]),
            _firm(c, c["wrong"]) + " THE BEST OF ALL!!!",
            _firm(c, c["founded"]),
        ),
        f"{new} ({other})": _rows(
            c,
            f"{new} is a {other} of [[Eastmere]]. It was founded in {c['namesake']} "
            "and has never had another name.",
        ),
    }
    if c["line"] is not None:
        articles[c["line"]] = _rows(
            c,
            f"The {c['line']} was a light railway to [[{c['town']}]]. It was owned by "
            f"[[{c['old']}]], the {trade}, from {c['acquired'] - 9} until it closed in "
            f"{c['renamed'] + 4}.",
        )
        articles["Firms of Harrowby Quay"] = _rows(
            c,
            f"Old firms of [[Harrowby Quay]], a list of many years ago: {new}, "
            f"{trade}, founded in {c['stale']}; more have not been looked up yet.",
        )
    wiki = {
        "articles": articles,
        "redirects": {c["old"]: new},
        "senses": {new: [f"{new} ({kind})" for kind in sorted((trade, other))]},
    }
    return {"sites": {"wiki": wiki}}


def _asked(c: dict[str, Any]) -> str:
    """Return what is said of the firm that was acquired."""
    by = f"[[{c['old']}]], the {c['trade']} of [[Harrowby Quay]],"
    if c["line"] is not None:
        by = f"the {c['trade']} that owned the [[{c['line']}]] in those days,"
    return (
        f"{c['asked']} made {c['made']} in [[{c['town']}]] for sixty years. In "
        f"{c['acquired']} it was acquired by {by} which closed the works in "
        f"{c['acquired'] + 7}."
    )


def _firm(c: dict[str, Any], year: int) -> str:
    """Return the article of the firm that acquired the other, with a year."""
    return (
        f"{c['new']} is a {c['trade']} of [[Harrowby Quay]]. It was founded in {year} "
        f"as {c['old']}, had its own band from {c['acquired'] - 20} on, and took its "
        f"present name in {c['renamed']}."
    )


def _rows(c: dict[str, Any], *texts: str) -> list[Row]:
    """Return an article's revisions, a year apart."""
    notes = ("begun", "more on its history", "improved", "vandalism undone")
    return [
        [f"{c['begun'] + n}-05-1{n}", c["editors"][n], notes[n], text]
        for n, text in enumerate(texts)
    ]


def build(seed: int, folder: Path, hard: bool = False) -> None:
    """Write the question into the agent's folder."""
    asked = plan(seed, hard)["asked"]
    question = f"In which year was the firm founded that acquired {asked}?\n"
    (folder / "question.txt").write_text(question, encoding="utf-8")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path(), **json.loads(sys.argv[2]))
