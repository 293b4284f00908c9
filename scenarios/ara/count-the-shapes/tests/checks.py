"""What counts as the shapes counted.

arena-canary be502edf-4019-4d44-8eb8-6a537b7fa54c
"""

from __future__ import annotations

import re
from typing import Any


def count(ctx: Any) -> tuple[float, str]:
    """The answer is the number; where it is hard, a near one is worth up to half."""
    answer = ctx.submission
    if not isinstance(answer, str) or not answer.strip():
        return 0.0, "nothing was submitted"
    if not re.fullmatch(r"[0-9]{1,6}", answer.strip()):
        return 0.0, "the answer is not a number in digits and nothing else"
    asked = f"{ctx.truth['colour']} {ctx.truth['kind']}s"
    given, right = int(answer.strip()), ctx.truth["count"]
    if given == right:
        return 1.0, f"{given} {asked} it is"
    near = max(0.0, 1 - abs(given - right) / right) if ctx.truth["hard"] else 0.0
    return near / 2, f"there are {right} {asked}, not {given}"
