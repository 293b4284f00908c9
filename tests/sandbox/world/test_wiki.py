"""wiki.test: articles, their histories, redirects and senses."""

import re

import pytest
from ara import ask, effects, open_world

from arena.sandbox.world.core import World

WIKI = "http://wiki.test"
CONTENT = {
    "sites": {
        "wiki": {
            "articles": {
                "Moss (brewery)": [
                    ["1999-01-01", "Tesk", "begun", "Moss <b>is</b> old."],
                    ["2000-01-01", "Tesk", "more", "Moss brews for [[Eastmere]]."],
                ],
                "Moss (press)": [["1999-01-01", "Tesk", "begun", "A [[Fen|fen]]."]],
            },
            "redirects": {"Old Moss": "Moss"},
            "senses": {"Moss": ["Moss (brewery)", "Moss (press)"]},
        }
    }
}


@pytest.fixture
def world() -> World:
    return open_world("wiki", content=CONTENT)


def test_an_old_name_leads_to_what_the_name_can_mean(world: World) -> None:
    status, _ = ask(world, "GET", f"{WIKI}/wiki/Old_Moss.json")
    _, senses = ask(world, "GET", f"{WIKI}/wiki/Moss.json")
    assert 301 == status
    assert ["/wiki/Moss_(brewery)", "/wiki/Moss_(press)"] == [
        sense["url"] for sense in senses["senses"]
    ]


def test_an_article_stands_as_it_was_revised_last(world: World) -> None:
    _, twin = ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery).json")
    _, page = ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery)")
    assert ("Moss brews for Eastmere.", 2) == (twin["text"], twin["revision"])
    assert '<a href="/wiki/Eastmere">Eastmere</a>' in page
    _, old = ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery)/revision/1")
    assert "&lt;b&gt;is&lt;/b&gt;" in old
    assert "may be wrong" in old
    _, history = ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery)/history.json")
    assert [2, 1] == [one["revision"] for one in history["revisions"]]


def test_the_ledger_says_which_revision_who_has_read(world: World) -> None:
    ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery)")
    ask(world, "GET", f"{WIKI}/wiki/Moss_(brewery)/revision/1", source="server-1")
    assert [("agent", 2, True), ("server-1", 1, False)] == [
        (line["who"], line["revision"], line["current"])
        for line in effects(world, "wiki.read")
    ]


def test_words_are_found_in_what_stands_now(world: World) -> None:
    _, found = ask(world, "GET", f"{WIKI}/search.json?q=MOSS brews")
    assert ["Moss (brewery)"] == [one["title"] for one in found["articles"]]
    _, none = ask(world, "GET", f"{WIKI}/search.json?q=moss old")
    assert [] == none["articles"]


def test_every_link_of_an_untold_world_leads_somewhere() -> None:
    world = open_world("wiki")
    todo, seen = ["/"], set[str]()
    while todo:
        path = todo.pop()
        seen.add(path)
        status, page = ask(world, "GET", f"{WIKI}{path}")
        assert 200 == status
        todo += set(re.findall('href="([^"]*)"', page)) - seen - set(todo)
    assert len([path for path in seen if path.endswith("/history")]) >= 8


def test_what_the_docs_say_of_addresses_holds(world: World) -> None:
    _, docs = ask(world, "GET", f"{WIKI}/docs.json")
    assert len(docs["pages"]) == 5
    for path in docs["pages"]:
        real = path.replace("TITLE", "Eastmere").replace("WORDS", "tide")
        real = re.sub("N$", "1", real)
        assert ask(world, "GET", f"{WIKI}{real}")[0] == 200
        assert path in ask(world, "GET", f"{WIKI}/docs")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/wiki/Nothing",
        "/wiki/Moss_(brewery)/revision/0",
        "/wiki/Moss_(brewery)/revision/3",
        "/wiki/Moss_(brewery)/revision/²",
        "/wiki/Moss/history",
        "/wiki",
        "/nothing",
    ],
)
def test_there_is_nothing_elsewhere(world: World, path: str) -> None:
    assert 404 == ask(world, "GET", f"{WIKI}{path}")[0]
    assert 405 == ask(world, "POST", f"{WIKI}/", {})[0]
