"""Probabilities stated with a move: one type, which refuses what is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, cast

from pydantic import (
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

__all__ = ["probabilities_of"]

NEAR = 1e-6
"""How far from 1 a sum may be; within it, probabilities are divided by their sum."""


def probabilities_of(title: str, names: Sequence[str], description: str) -> Any:
    """Return the type of an argument: an object of probabilities by name.

    A name that is missing counts 0; null, which some models send for what they leave
    out, is None. Checking refuses, with the sum that was seen,
    unknown names, what is negative or not finite, and a sum other than 1; it returns
    probabilities that sum to 1.

    Args:
        title: Of its JSON schema.
        names: What has a probability.
        description: For whoever states them.
    """
    one = Annotated[float, Field(ge=0, le=1)]
    shape = TypedDict(title, dict.fromkeys(names, one), total=False)  # pyright: ignore
    shape.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore
    known = tuple(names)

    def check(given: object, inner: ValidatorFunctionWrapHandler) -> object:
        return None if given is None else inner(_normalised(given, known))

    return Annotated[
        shape,  # pyright: ignore
        WrapValidator(check),
        Field(description=description),
    ]


def _normalised(given: object, known: tuple[str, ...]) -> object:
    """Return what is not even an object of numbers as it is: its type is refused."""
    if not isinstance(given, dict):
        return given
    stated = cast(dict[object, object], given)
    numbers: dict[str, float] = {}
    for name, value in stated.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            return stated
        numbers[str(name)] = _float(value)
    total = sum(numbers.values())
    if problem := _problem(numbers, known, total):
        # Pydantic fills in what stands in braces, and a name may hold any text.
        raise PydanticCustomError(
            "probabilities",
            "{problem}; the sum seen is {total}",
            {"problem": problem, "total": f"{total:.9g}"},
        )
    return {name: value / total for name, value in numbers.items()}


def _problem(
    numbers: dict[str, float], known: tuple[str, ...], total: float
) -> str | None:
    for name, value in numbers.items():
        if name not in known:
            return f"{name[:40]!r} is none of {', '.join(known)}"
        if not math.isfinite(value) or value < 0:
            return f"{name} is {value:.9g}, which is no probability"
    return None if abs(total - 1) <= NEAR else "should sum to 1"


def _float(value: float) -> float:
    """Return a number as a float; JSON knows whole numbers that are too large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
