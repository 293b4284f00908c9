"""search.test: pages by their words, and copies that may be old."""

import pytest
from ara import ask, open_world

from arena.sandbox.world.core import World

API = "http://search.test/v1/search"


def engine(count: int = 12) -> World:
    pages = [
        {
            "url": f"http://people.test/p/{n}",
            "title": f"Page {n}",
            "text": f"Ropes and nets, {'ropes ' * n}",
            "copied": "2031-04-01",
        }
        for n in range(count)
    ]
    return open_world("search", content={"sites": {"search": {"pages": pages}}})


def test_pages_with_every_word_are_found_the_best_first() -> None:
    world, urls = engine(), list[str]()
    for number in (1, 2, 3):
        _, told = ask(world, "GET", f"{API}?q=ROPES+nets&page={number}")
        assert (told["found"], told["pages"], told["page"]) == (12, 3, number)
        urls += [hit["url"] for hit in told["hits"]]
    assert urls == [f"http://people.test/p/{n}" for n in reversed(range(12))]
    assert ask(world, "GET", f"{API}?q=ropes&page=4")[1]["hits"] == []
    nothing = ask(world, "GET", f"{API}?q=ropes+lamps")[1]
    assert (nothing["found"], nothing["pages"]) == (0, 0)


def test_a_copy_says_how_old_it_is() -> None:
    world = engine()
    hit = ask(world, "GET", f"{API}?q=ropes")[1]["hits"][0]
    _, copy = ask(world, "GET", hit["cached"] + ".json")
    assert (copy["url"], copy["copied"]) == (hit["url"], hit["copied"])
    assert copy["text"].startswith(hit["snippet"])
    _, page = ask(world, "GET", "http://search.test/search?q=ropes")
    assert hit["cached"] in page


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=+", "q=" + "a+" * 21, "q=a&page=0", "q=a&page=x", "q=a&page="],
)
def test_a_question_that_is_none_is_refused(query: str) -> None:
    assert ask(engine(), "GET", f"{API}?{query}")[0] == 400


def test_other_paths_lead_nowhere() -> None:
    for path in ("cache/12", "cache/x", "cache/²", "v1", "v1/pages"):
        assert ask(engine(), "GET", f"http://search.test/{path}")[0] == 404
    assert ask(engine(), "POST", API)[0] == 405
    for path in ("", "docs"):
        assert ask(engine(), "GET", f"http://search.test/{path}")[0] == 200


def test_version_two_has_the_names_that_are_documented() -> None:
    world = engine()
    world.perturbations.arm("X5", "start", {})
    assert ask(world, "GET", f"{API}?q=ropes")[0] == 410
    told = ask(world, "GET", "http://search.test/docs.json")[1]["text"]
    assert "/v2/search?terms=WORDS" in told
    found = ask(world, "GET", "http://search.test/v2/search?terms=ropes")[1]
    assert len(found["results"]) == 4
