"""Numbers and times in lists."""

from datetime import UTC, datetime

import pytest

from arena.view.formats import age, count, duration, money, number

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0.0 ms"),
        (0.0004, "0.4 ms"),
        (7.84, "7.8 s"),
        (185, "3 min 5 s"),
        (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_duration_has_its_largest_units(seconds: float, told: str) -> None:
    assert told == duration(seconds)


@pytest.mark.parametrize(
    ("started", "told"),
    [
        ("2026-11-25T11:59:30+00:00", "just now"),
        ("2026-11-25T11:48:00+00:00", "12 min ago"),
        ("2026-11-25T10:00:00+01:00", "3 h ago"),
        ("2026-11-20T12:00:00+00:00", "5 d ago"),
        ("2026-11-25T10:00:00", "2026-11-25T10:00:00"),
        ("<b>soon</b>", "<b>soon</b>"),
        ("", ""),
    ],
)
def test_an_age_is_told_in_its_largest_unit(started: str, told: str) -> None:
    assert told == age(started, NOW)


def test_cents_keep_their_digits_and_nothing_is_a_dash() -> None:
    assert ["–", "$0.0123", "$1,234.50"] == [money(x) for x in (0, 0.0123, 1234.5)]


def test_a_missing_score_is_a_dash_and_no_zero() -> None:
    assert ["–", "0.000", "1e+09"] == [number(x) for x in (None, 0.0, 1e9)]
    assert "12,345" == count(12345)
