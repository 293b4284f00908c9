"""mail.test."""

from ara import ask, effects, open_world

from arena.sandbox.world.core import World

LETTERS = "http://mail.test/v1/letters"
CONTENT = {
    "agent": {"email": "wren@mail.test"},
    "keys": [["w", "mail", "wren@mail.test"], ["o", "mail", "orla@mail.test"]],
}


def two_boxes() -> World:
    world = open_world("mail", content=CONTENT)
    world.post.open("orla@mail.test")
    return world


def test_a_letter_arrives_whole_and_only_where_it_was_sent() -> None:
    world = two_boxes()
    letter = {"to": "Orla@mail.test", "subject": "Hä?", "body": "line 1\nline 2"}
    status, told = ask(world, "POST", LETTERS, letter, token="w")
    assert 201 == status
    assert [{"letter": 1, "date": told["date"], "from": "wren@mail.test"}] == [
        {k: v for k, v in one.items() if k in ("letter", "date", "from")}
        for one in ask(world, "GET", LETTERS, token="o")[1]["letters"]
    ]
    got = ask(world, "GET", f"{LETTERS}/1", token="o")[1]
    assert ("Hä?", "line 1\nline 2") == (got["subject"], got["body"])
    assert [] == ask(world, "GET", LETTERS, token="w")[1]["letters"]
    assert 404 == ask(world, "GET", f"{LETTERS}/1", token="w")[0]
    assert "wren@mail.test" == effects(world, "mail.delivered")[0]["sender"]


def test_nobody_reads_or_sends_without_a_key_of_the_site() -> None:
    world = two_boxes()
    world.keys.add("b", "bank", "wren@mail.test")
    for token in ("", "b", "x"):
        assert 401 == ask(world, "GET", LETTERS, token=token)[0]
        letter = {"to": "orla@mail.test", "subject": "", "body": ""}
        assert 401 == ask(world, "POST", LETTERS, letter, token=token)[0]
    assert [] == effects(world, "mail.delivered")


def test_what_cannot_be_sent_is_refused_with_a_reason() -> None:
    world = two_boxes()
    letter = {"to": "orla@mail.test", "subject": "", "body": ""}
    for change, status in (
        ({"to": "nobody@mail.test"}, 404),
        ({"to": 7}, 400),
        ({"body": None}, 400),
        ({"body": "x" * 20_001}, 422),
        ({"subject": "x" * 201}, 422),
        ({"subject": "\ud800"}, 400),
    ):
        got, told = ask(world, "POST", LETTERS, {**letter, **change}, token="w")
        assert (status, True) == (got, bool(told["error"]))
    assert 400 == ask(world, "POST", LETTERS, b"[1", token="w")[0]
    assert [] == effects(world, "mail.delivered")


def test_of_many_letters_the_latest_are_listed_and_all_can_be_read() -> None:
    world = two_boxes()
    for number in range(1, 302):
        world.post.deliver("orla@mail.test", "wren@mail.test", f"{number}", "")
    listed = ask(world, "GET", LETTERS, token="o")[1]["letters"]
    assert [str(n) for n in range(102, 302)] == [one["subject"] for one in listed]
    assert "1" == ask(world, "GET", f"{LETTERS}/1", token="o")[1]["subject"]


def test_the_documentation_speaks_of_the_hosts_that_there_are() -> None:
    assert "http://mail.test/v1" in ask(two_boxes(), "GET", "http://mail.test/docs")[1]
