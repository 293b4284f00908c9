"""Text in rows: all of it, once, none too wide."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.formatted_text import fragment_list_to_text
from prompt_toolkit.utils import get_cwidth

from arena.scrolling import MORE, Page, Rows

texts = st.text(st.sampled_from("ab \n漢é́👍🏽"), max_size=200)
widths = st.integers(2, 12)


@given(texts, widths)
def test_rows_hold_the_whole_text_in_order_and_fit(text: str, width: int) -> None:
    rows = Rows(text, width)
    spans = rows.spans(0, 1000)
    assert (0, len(text)) == (spans[0][0], spans[-1][1])
    for start, end in spans:
        assert "\n" not in text[start:end]
        bearer = start < end and not get_cwidth(text[start])
        assert bearer + sum(map(get_cwidth, text[start:end])) <= width
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


def test_accents_without_end_do_not_heap_up_or_stand_on_the_row_above() -> None:
    page = Page(lambda: "a" + "\u0301" * 1000, lambda: 0, lambda: "")
    lines = lines_of(page, 10, 500)
    assert all(1 <= line.count("\u0301") <= 6 for line in lines)
    assert all(line[0] in "a◌" for line in lines)
    assert 1000 == sum(line.count("\u0301") for line in lines)


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
    page = Page(lambda: text, lambda: 0, lambda: "")
    seen = dict.fromkeys(lines_of(page, 20, 10))
    assert MORE == list(seen)[-1]
    while MORE in lines_of(page, 20, 10):
        page.scroll(1)
        seen |= dict.fromkeys(lines_of(page, 20, 10))
    assert text.split("\n") == [line for line in seen if line != MORE]
    page.scroll(1)
    assert "row 29" == lines_of(page, 20, 10)[-1]
    page.scroll(-9)
    assert [*(f"row {n}" for n in range(9)), MORE] == lines_of(page, 20, 10)


def test_a_window_without_columns_or_rows_is_no_error() -> None:
    page = Page(lambda: "漢字 ab", lambda: 0, lambda: "a")
    page.seek = 4
    assert 1 == len(lines_of(page, 0, 0))


@pytest.mark.parametrize("height", [1, 2, 3])
def test_a_page_of_hardly_any_rows_can_be_paged(height: int) -> None:
    text = "\n".join(f"row {n}" for n in range(9))
    page = Page(lambda: text, lambda: 0, lambda: "")
    seen = dict.fromkeys(lines_of(page, 20, height))
    for _ in range(9):
        page.scroll(1)
        seen |= dict.fromkeys(lines_of(page, 20, height))
    assert text.split("\n") == [line for line in seen if line != MORE]


def test_a_page_of_another_width_begins_at_the_same_place() -> None:
    text = "".join(f"{n:05}" for n in range(1000))
    page = Page(lambda: text, lambda: 0, lambda: "")
    page.seek = 2500  # number 500
    assert lines_of(page, 50, 3)[1].startswith("00500")
    assert "00490" in lines_of(page, 30, 3)[0]


def test_a_place_comes_into_sight_and_the_page_moves_only_if_it_must() -> None:
    text = "\n".join(f"row {n}" for n in range(99))
    page = Page(lambda: text, lambda: 0, lambda: "")
    page.seek = text.index("row 8")
    assert "row 0" == lines_of(page, 20, 10)[0]
    page.seek = text.index("row 50")
    assert "row 45" == lines_of(page, 20, 10)[0]
    page.scroll(1)
    assert "row 53" == lines_of(page, 20, 10)[0]


def test_another_text_begins_at_its_top() -> None:
    read = [0]
    page = Page(lambda: "\n".join("abcdefghi"), lambda: read[0], lambda: "")
    lines_of(page, 20, 4)
    page.scroll(1)
    assert "c" == lines_of(page, 20, 4)[0]
    read[0] = 1
    assert "a" == lines_of(page, 20, 4)[0]


def test_what_is_wanted_is_marked_also_across_rows() -> None:
    page = Page(lambda: "xxxxFindme and findME", lambda: 0, lambda: "findme")
    content = page.create_content(8, 9)
    lines = [content.get_line(n) for n in range(content.line_count)]
    marked = [piece[1] for line in lines for piece in line if piece[0]]
    assert ["Find", "me", "findME"] == marked
