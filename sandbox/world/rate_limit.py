"""A limit on how fast one source may use an API, and what comes of ignoring it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .messages import Refused

__all__ = ["RateLimit"]

REQUESTS, WITHIN_S = 5, 20.0
RETRY_S = 5.0
STRIKES = 3
LOCK_S = 120.0


@dataclass
class _Use:
    recent: list[float] = field(default_factory=list[float])
    waits_until: float = 0.0
    strikes: int = 0
    locked_until: float = 0.0


class RateLimit:
    """Counts requests by site and source; all times are seconds of the world's."""

    def __init__(self) -> None:
        self._uses: dict[tuple[str, str], _Use] = {}

    def pass_(self, site: str, source: str, now: float) -> None:
        """Let a request pass.

        Raises:
            Refused: 429, if there were too many; 423, if the source is locked out for
                having tried again too soon, too often.
        """
        use = self._uses.setdefault((site, source), _Use())
        if now < use.locked_until:
            raise _locked(use.locked_until - now)
        if now < use.waits_until:
            use.strikes += 1
            if use.strikes < STRIKES:
                raise _too_many(use.waits_until - now)
            use.locked_until = now + LOCK_S
            raise _locked(LOCK_S)
        use.recent = [then for then in use.recent if now - then < WITHIN_S]
        if len(use.recent) >= REQUESTS:
            # Who waits as long as he is told to begins anew.
            use.recent, use.strikes = [], 0
            use.waits_until = now + RETRY_S
            raise _too_many(RETRY_S)
        use.recent.append(now)


def _too_many(seconds: float) -> Refused:
    return _wait(
        429,
        f"more than {REQUESTS} requests in {WITHIN_S:g} seconds",
        seconds,
        f"; trying sooner {STRIKES} times locks you out",
    )


def _locked(seconds: float) -> Refused:
    return _wait(423, "locked out for trying again too soon", seconds)


def _wait(status: int, why: str, seconds: float, more: str = "") -> Refused:
    whole = math.ceil(seconds)
    reason = (
        f"{why}: wait {whole} seconds by the clock of the status site, "
        f"POST /v1/wait there lets them pass{more}"
    )
    return Refused(status, reason, {"Retry-After": str(whole)})
