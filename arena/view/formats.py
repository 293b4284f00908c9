"""Numbers and times in few characters, for lists."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["age", "count", "duration", "money", "number"]

_UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def count(value: int) -> str:
    """Return a whole number with its thousands apart, as `12,345`."""
    return f"{value:,}"


def number(value: float | None) -> str:
    """Return a score with three digits behind the point, or a dash for none."""
    return (
        "–" if value is None else f"{value:.3f}" if abs(value) < 1e6 else f"{value:g}"
    )


def money(usd: float) -> str:
    """Return US dollars, with more digits where there are only cents; 0 is a dash."""
    if not usd:
        return "–"
    return f"${usd:.4f}" if usd < 0.1 else f"${usd:,.2f}"


def duration(seconds: float) -> str:
    """Return a time in its two largest units, as `3 min 5 s`; `0.4 ms`, `7.8 s`."""
    if seconds < 1:
        return f"{1000 * seconds:.1f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    for (unit, size), (lower, part) in zip(
        _UNITS, (*_UNITS[1:], ("s", 1)), strict=True
    ):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} {seconds % size // part:.0f} {lower}"
    raise AssertionError(seconds)


def age(started: str, now: datetime | None = None) -> str:
    """Return how long ago an ISO 8601 time was, as `3 h ago`; what is none, unchanged.

    Args:
        started: A time with its zone.
        now: By default the time it is.
    """
    try:
        then = datetime.fromisoformat(started)
        seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return started
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"
