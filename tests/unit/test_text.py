"""Text and JSON that are shown cannot act on a terminal."""

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arena.text import json_text, shown

texts = st.text(
    st.characters() | st.sampled_from("\x1b\x9b\x7f\u202e\u2066\u2028\ud800")
)
values = st.recursive(
    texts | st.integers() | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


def acts(char: str) -> bool:
    reorders = unicodedata.bidirectional(char) in (
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"),
    )
    marks = char in "\u061c\u200e\u200f"
    return reorders or marks or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


@given(texts)
def test_shown_text_has_no_character_that_acts_but_line_breaks_and_tabs(
    text: str,
) -> None:
    assert not any(acts(char) for char in shown(text) if char not in "\n\t")


@given(values)
def test_shown_json_means_the_same_and_no_character_of_it_acts(value: Any) -> None:
    told = json_text(value)
    assert value == json.loads(told)
    assert not any(acts(char) for char in told)
