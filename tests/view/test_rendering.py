"""Hostile text as HTML: it is drawn, and nothing of it acts."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from arena.text import shown
from arena.view.ansi import terminal
from arena.view.cards import has_cards, with_cards
from arena.view.json_tree import tree
from arena.view.markdown import markdown
from arena.view.texts import text_part, tree_part

TAGS = {
    *("span", "p", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "hr", "br", "details", "summary"),
}
ATTRIBUTES = {"class", "role", "aria-label", "open", "start"}
PIECES = (
    *(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"'><svg/onload=x>",
    ),
    *(
        "[a](javascript:alert(1))",
        "![p](http://a.test/p)",
        "<http://a.test>",
        "&lt;&#60;",
    ),
    *(
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[38;5;300m",
        "\x1b]8;;http://a.test\x07",
        "\x1b]52;c;x\x1b\\",
    ),
    *(
        "\u202e",
        "\x00",
        "\ud800",
        "\r\n",
        "# ",
        "| a | b |\n|-|:-:|\n",
        "```x\n",
        "> ",
        "\n\n",
    ),
    *("cards: Ah Kd.", "Board: 9s 10h.", "9.", "ab"),
)
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12).map(
    "".join
)


class Read(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: Markup) -> Read:
    """Read HTML, which must hold nothing that acts."""
    found = Read(str(html))
    for tag, attributes in found.tags:
        assert tag in TAGS, html
        assert attributes.keys() <= ATTRIBUTES, html
    assert found.text == shown(found.text)
    return found


@given(hostile)
def test_terminal_output_is_all_there_but_for_its_colours(text: str) -> None:
    colourless = re.sub(r"\x1b\[[0-9;:]{0,64}m", "", text.replace("\r\n", "\n"))
    assert read(terminal(text)).text == shown(colourless)


@given(hostile)
def test_markdown_holds_no_link_no_picture_and_no_html_of_its_own(text: str) -> None:
    read(markdown(text))


@given(hostile)
def test_a_text_with_cards_is_safe(text: str) -> None:
    read(with_cards(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | hostile,
        lambda inner: st.lists(inner) | st.dictionaries(hostile, inner),
        max_leaves=30,
    )
)
def test_a_tree_of_any_json_is_safe(value: object) -> None:
    read(tree(value))


@given(hostile, st.sampled_from(["prose", "terminal", "markdown", "call", "problem"]))
def test_a_part_of_any_style_is_safe(text: str, style: str) -> None:
    read(text_part(style, text).drawn())  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("code", "classes"),
    [
        ("\x1b[1;31m", "ink-1 bold"),
        ("\x1b[92;44m", "ink-10 ground-4"),
        ("\x1b[38;5;196m", "ink-9"),
        ("\x1b[38;2;0;0;230m", "ink-4"),
        ("\x1b[48;5;250m", "ground-7"),
        ("\x1b[31m\x1b[39m\x1b[4m", "lined"),
        ("\x1b[1m\x1b[22m\x1b[7m", "turned"),
    ],
)
def test_colours_and_weights_become_classes(code: str, classes: str) -> None:
    assert terminal(f"{code}word") == f'<span class="{classes}">word</span>'


def test_concealed_text_is_seen() -> None:
    assert terminal("\x1b[8mword") == "word"


def test_other_terminal_codes_are_spelled_out() -> None:
    drawn = terminal("\x1b]52;c;cm0gLXJm\x07 \x1b]8;;http://a.test\x1b\\x \x1b[2J")
    assert '<span class="code">\\x1b]52;c;cm0gLXJm\\x07</span>' in drawn
    assert '<span class="code">\\x1b]8;;http://a.test\\x1b\\</span>' in drawn
    assert '<span class="code">\\x1b[2J</span>' in drawn


def test_a_link_is_its_text_with_its_address_behind_it() -> None:
    assert read(markdown("[here](http://a.test/x 'title')")).text.strip() == (
        "here (http://a.test/x)"
    )


def test_a_heading_of_a_message_is_none_of_the_page() -> None:
    assert markdown("# Big").startswith('<p class="heading h1">Big</p>')


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Your cards: 9h 9c.\nPot 3", ["9 of hearts", "9 of clubs"]),
        ("Board: Td As. Cards: K.", ["ten of diamonds", "ace of spades", "king"]),
        ("Your cards: Q, 10 (20). The dealer shows 7.", ["queen", "10", "7"]),
        ("Your cards: 7. The dealer has A, K (21).", ["7", "ace", "king"]),
        ("Your cards: none. As it is, Ah, she has 7 apples.", []),
    ],
)
def test_cards_are_found_where_a_text_names_them(text: str, names: list[str]) -> None:
    found = read(with_cards(text))
    assert [a["aria-label"] for _, a in found.tags if a.get("role") == "img"] == names


def test_a_text_that_does_not_speak_of_cards_has_none() -> None:
    assert not has_cards("Everyone shows 7. The box has K.")
    assert "card" not in text_part("prose", "The box has 7.").drawn()


def test_a_large_tree_is_cut_and_says_so() -> None:
    drawn = tree([{"a": [1, [2]]} for _ in range(100_000)])
    assert len(drawn) < 400_000
    assert "more</li>" in drawn


def test_a_tree_of_many_fields_is_folded_unless_it_is_asked_for() -> None:
    value = {str(number): number for number in range(20)}
    assert tree(value).startswith("<details><summary>{20}")
    assert tree(value, unfolded=True).startswith("<details open>")


def test_a_deep_tree_is_cut() -> None:
    value: object = 1
    for _ in range(500):
        value = {"in": value}
    assert "nested deeper" in tree(value)


def test_a_long_text_comes_in_pieces_that_make_up_all_of_it() -> None:
    text = "".join(f"line {n} <b>\n" for n in range(200_000))
    part, at, pieces = text_part("terminal", text), 0, 0
    told = ""
    while at < part.total:
        told += Read(str(part.drawn(at))).text
        at, pieces = part.end(at), pieces + 1
    assert told == text
    assert pieces > 20


def test_a_text_that_is_a_little_too_long_is_not_cut() -> None:
    assert text_part("prose", "x" * 6_100).end() == 6_100


def test_a_value_is_drawn_as_a_tree() -> None:
    assert "json-line" in tree_part({"a": 1}).drawn()
