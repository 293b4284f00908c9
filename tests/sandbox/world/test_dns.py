"""Names: what is asked is answered, and what is no question is dropped."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.dns import answer

ADDRESS = "10.1.2.3"
A, PTR, TXT, AAAA, ANY = 1, 12, 16, 28, 255
LABELS = st.lists(
    st.text("abcxyz019-_", min_size=1, max_size=63), min_size=1, max_size=3
)


def question(
    name: str, kind: int = A, *, class_: int = 1, flags: int = 0x0100, number: int = 7
) -> bytes:
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".") if p)
    head = struct.pack(">HHHHHH", number, flags, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack(">HH", kind, class_)


def resolve(name: str) -> str | None:
    return ADDRESS if name == "bank.test" else None


def told(packet: bytes) -> tuple[int, int, bytes]:
    """The code of an answer, how many records it has, and all after its header."""
    found = answer(packet, resolve)
    assert found is not None
    number, flags, questions, records, _, _ = struct.unpack_from(">HHHHHH", found)
    assert (7, 0x8000, 1) == (number, flags & 0x8000, questions)
    return flags & 15, records, found[12:]


def test_a_known_name_has_one_address_and_the_question_comes_back_as_it_was() -> None:
    asked = question("BaNk.test")
    code, records, rest = told(asked)
    assert (0, 1) == (code, records)
    assert asked[12:] == rest[: len(asked) - 12]
    record = rest[len(asked) - 12 :]
    same, kind, class_, ttl, size = struct.unpack(">HHHIH", record[:-4])
    assert (0xC00C, A, 1, 4) == (same, kind, class_, size)
    assert 0 < ttl < 300
    assert bytes([10, 1, 2, 3]) == record[-4:]


def test_of_a_known_name_there_is_nothing_else() -> None:
    for kind in (AAAA, TXT, PTR, ANY, 0, 65535):
        assert (0, 0) == told(question("bank.test", kind))[:2]


def test_there_is_no_other_name() -> None:
    for name, kind in (
        ("bank.example", A),
        ("example.com", AAAA),
        ("3.2.1.10.in-addr.arpa", PTR),
        ("", A),
    ):
        assert (3, 0) == told(question(name, kind))[:2]


def test_what_is_not_offered_is_said_to_be_so() -> None:
    assert 4 == told(question("bank.test", flags=0x2900))[0]
    assert 5 == told(question("bank.test", class_=3))[0]


@given(LABELS, st.integers(0, 65535), st.booleans())
def test_whatever_name_is_asked_for_is_looked_up_in_lower_case(
    labels: list[str], kind: int, upper: bool
) -> None:
    name = ".".join(labels)
    seen: list[str] = []
    packet = question(name.upper() if upper else name, kind)
    found = answer(packet, lambda asked: seen.append(asked))
    assert found is not None
    assert [name] == seen


@given(st.binary(max_size=80))
def test_any_bytes_are_answered_or_dropped(packet: bytes) -> None:
    found = answer(packet, resolve)
    assert found is None or found[:2] == packet[:2]


@given(st.binary(max_size=300), st.data())
def test_a_damaged_question_is_answered_or_dropped(
    extra: bytes, data: st.DataObject
) -> None:
    whole = question("bank.test")
    cut = data.draw(st.integers(0, len(whole)))
    answer(whole[:cut] + extra, resolve)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = bytes([data.draw(st.integers(0, 255))])
    answer(whole[:at] + other + whole[at + 1 :], resolve)


def test_an_answer_a_pointer_and_a_second_question_are_dropped() -> None:
    asked = question("bank.test")
    assert None is answer(asked[:2] + b"\x81" + asked[3:], resolve)
    assert None is answer(asked[:12] + b"\xc0\x0c" + asked[-4:], resolve)
    assert None is answer(asked[:5] + b"\x02" + asked[6:], resolve)
    assert None is answer(asked[:12] + b"\x3f" + b"a" * 10, resolve)
    assert None is answer(b"", resolve)


def test_a_name_that_is_too_long_is_dropped() -> None:
    most = ".".join(["a" * 63] * 3 + ["b" * 61])
    assert answer(question(most), resolve) is not None
    assert None is answer(question(most + "b"), resolve)
