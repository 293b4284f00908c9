"""The world's clock: what is due happens in its order, at its time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.world.clock import Clock


@given(st.lists(st.integers(0, 50), max_size=12), st.lists(st.integers(0, 20)))
def test_what_is_due_happens_once_in_order_and_at_its_own_time(
    whens: list[int], steps: list[int]
) -> None:
    clock = Clock()
    seen: list[tuple[float, int, float]] = []
    for number, when in enumerate(whens):

        def happen(when: int = when, number: int = number) -> None:
            seen.append((when, number, clock.now))

        clock.at(when, happen)
    for step in (0, *steps):
        clock.pass_(step)
    assert sum(steps) == clock.now
    due = sorted((w, n) for n, w in enumerate(whens) if w <= sum(steps))
    assert due == [(when, number) for when, number, _ in seen]
    assert all(now == when for when, _, now in seen)


def test_what_is_due_may_ask_for_more_within_the_same_wait() -> None:
    clock = Clock()
    days: list[float] = []

    def day() -> None:
        days.append(clock.now)
        clock.after(10, day)

    clock.after(10, day)
    clock.pass_(35)
    assert [10, 20, 30] == days
    assert 35 == clock.now


def test_what_should_have_happened_before_now_happens_next() -> None:
    clock = Clock()
    clock.pass_(10)
    seen: list[float] = []
    clock.at(3, lambda: seen.append(clock.now))
    clock.pass_(0)
    assert [10] == seen


def test_without_a_rate_real_time_does_not_count() -> None:
    clock = Clock()
    clock.begin()
    time.sleep(0.02)
    clock.pass_(1)
    assert 1 == clock.now


def test_with_a_rate_real_time_counts_once_begun() -> None:
    clock = Clock(rate=1000)
    time.sleep(0.02)
    clock.pass_(0)
    assert 0 == clock.now
    clock.begin()
    time.sleep(0.02)
    clock.begin()
    clock.pass_(0)
    assert 20 <= clock.now < 20_000


def test_once_stopped_nothing_passes_or_happens() -> None:
    clock = Clock(rate=1000)
    clock.begin()
    seen: list[int] = []
    clock.at(1, lambda: seen.append(1))
    clock.stop()
    clock.pass_(5)
    assert (0, []) == (clock.now, seen)


def test_the_date_follows_the_clock() -> None:
    clock = Clock()
    clock.pass_(86_461)
    assert "2031-05-06 08:01:01" == f"{clock.date:%Y-%m-%d %H:%M:%S}"
