"""Text in rows: all of it, once, none too wide."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.formatted_text import fragment_list_to_text
from prompt_toolkit.utils import get_cwidth

from arena.scrolling import Page, Rows

texts = st.text(st.sampled_from("ab \n漢é́👍🏽"), max_size=200)
widths = st.integers(2, 12)


@given(texts, widths)
def test_rows_hold_the_whole_text_in_order_and_fit(text: str, width: int) -> None:
    rows = Rows(text, width)
    spans = rows.spans(0, 1000)
    assert (0, len(text)) == (spans[0][0], spans[-1][1])
    for start, end in spans:
        assert "\n" not in text[start:end]
        assert sum(map(get_cwidth, text[start:end])) <= width
    for (_, end), (start, _) in pairwise(spans):
        # Only the line break, or the space at which a line was broken, is not drawn.
        assert text[end:start] in ("", " ", "\n")
    assert text.count("\n") <= len(spans) - 1


@given(texts, widths, st.data())
def test_every_place_is_in_the_row_that_is_said(
    text: str, width: int, data: st.DataObject
) -> None:
    rows = Rows(text, width)
    offset = data.draw(st.integers(0, len(text)))
    row = rows.row_of(offset)
    spans = rows.spans(0, 1000)
    following = spans[row + 1][0] if row + 1 < len(spans) else len(text) + 1
    assert spans[row][0] <= offset < following


def test_accents_without_end_do_not_heap_up_on_one_row() -> None:
    rows = Rows("a" + "\u0301" * 1000, 10)
    assert max(end - start for start, end in rows.spans(0, 1000)) == 40


def test_a_line_of_five_megabytes_is_broken_only_as_far_as_one_looks() -> None:
    rows = Rows("x" * 5_000_000, 80)
    assert [(0, 80), (80, 160)] == rows.spans(0, 2)
    assert 2 == len(vars(rows)["_ends"])
    assert 62_499 == rows.row_of(4_999_999)


def lines_of(page: Page, width: int, height: int) -> list[str]:
    content = page.create_content(width, height)
    lines = [content.get_line(n) for n in range(content.line_count)]
    return [fragment_list_to_text(line) for line in lines]


def test_paging_shows_every_row_and_comes_back() -> None:
    text = "\n".join(f"row {n}" for n in range(30))
    page = Page(lambda: text, lambda: "")
    seen = dict.fromkeys(lines_of(page, 20, 10))
    while page.more:
        page.scroll(1)
        seen |= dict.fromkeys(lines_of(page, 20, 10))
    assert text.split("\n") == list(seen)
    page.scroll(1)
    assert "row 29" in lines_of(page, 20, 10)
    page.scroll(-9)
    assert [f"row {n}" for n in range(10)] == lines_of(page, 20, 10)


def test_a_page_of_another_width_begins_at_the_same_place() -> None:
    text = "".join(f"{n:05}" for n in range(1000))
    page = Page(lambda: text, lambda: "")
    page.offset = 2500  # number 500
    assert lines_of(page, 50, 3)[0].startswith("00500")
    assert "00500" in lines_of(page, 30, 3)[0]


def test_what_is_wanted_is_marked_also_across_rows() -> None:
    page = Page(lambda: "xxxxFindme and findME", lambda: "findme")
    content = page.create_content(8, 9)
    lines = [content.get_line(n) for n in range(content.line_count)]
    marked = [piece[1] for line in lines for piece in line if piece[0]]
    assert ["Find", "me", "findME"] == marked
