"""The ledger: no line can be changed, added or taken out unseen."""

import json

from hypothesis import assume, given
from hypothesis import strategies as st

from arena.sandbox.world.ledger import MOST_LINES, Ledger, broken_at

NAMES = st.text("abc", min_size=1, max_size=3)
LINES = st.lists(
    st.tuples(NAMES, st.dictionaries(NAMES.map("x".__add__), st.text(max_size=5))),
    min_size=1,
    max_size=6,
)


def written(lines: list[tuple[str, dict[str, str]]]) -> list[str]:
    ledger = Ledger(lambda: 1.5)
    for kind, data in lines:
        ledger.write(kind, **data)
    return ledger.lines


@given(LINES)
def test_what_was_written_is_whole_and_says_what_it_was_given(
    lines: list[tuple[str, dict[str, str]]],
) -> None:
    told = written(lines)
    assert None is broken_at(told)
    for number, (line, (kind, data)) in enumerate(zip(told, lines, strict=True), 1):
        found = json.loads(line)
        assert {"n": number, "t": 1.5, "kind": kind, **data} == {
            key: value for key, value in found.items() if key != "prev"
        }


@given(LINES, st.data())
def test_a_change_of_any_character_but_of_the_last_line_is_found(
    lines: list[tuple[str, dict[str, str]]], data: st.DataObject
) -> None:
    told = written([*lines, ("end", {})])
    number = data.draw(st.integers(0, len(told) - 2))
    at = data.draw(st.integers(0, len(told[number]) - 1))
    other = data.draw(st.characters(codec="ascii"))
    assume(other != told[number][at])
    told[number] = told[number][:at] + other + told[number][at + 1 :]
    assert broken_at(told) in (number + 1, number + 2)


@given(LINES, st.data())
def test_a_line_that_is_missing_doubled_or_out_of_place_is_found(
    lines: list[tuple[str, dict[str, str]]], data: st.DataObject
) -> None:
    told = written([*lines, ("end", {})])
    number = data.draw(st.integers(0, len(told) - 2))
    without = told[:number] + told[number + 1 :]
    doubled = [*told[:number], told[number], *told[number:]]
    swapped = [*told[:number], told[number + 1], told[number], *told[number + 2 :]]
    assert number + 1 == broken_at(without)
    assert number + 2 == broken_at(doubled)
    assert number + 1 == broken_at(swapped)


@given(st.text())
def test_what_is_no_line_breaks_the_chain(line: str) -> None:
    assert 1 == broken_at([line])


def test_a_ledger_is_full_at_its_bound_and_effects_are_still_written() -> None:
    ledger = Ledger(lambda: 0.0)
    for _ in range(MOST_LINES):
        assert not ledger.full
        ledger.write("request")
    assert ledger.full
    ledger.write("bank.moved")
    assert MOST_LINES + 1 == len(ledger.lines)
    assert None is broken_at(ledger.lines)


def test_whoever_listens_is_told_every_line() -> None:
    ledger = Ledger(lambda: 0.0)
    heard: list[object] = []
    ledger.listen(lambda kind, data: heard.append((kind, data)))
    ledger.write("a.b", x=1)
    assert [("a.b", {"x": 1})] == heard
