"""Making data fit for the record: no secrets, nothing that JSON cannot hold."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from typing import cast

__all__ = ["Redactor"]

_NAMED = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)S?$")

_KEYS = re.compile(
    r"""
      \bsk-[A-Za-z0-9_-]{16,}                  # OpenAI, Anthropic and the like
    | \bAIza[A-Za-z0-9_-]{30,}                 # Google
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b            # AWS
    | \bgh[pousr]_[A-Za-z0-9]{20,}             # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bglpat-[A-Za-z0-9_-]{16,}               # GitLab
    | \bhf_[A-Za-z0-9]{20,}                    # Hugging Face
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}         # Slack
    | \b(?:gsk|pk|rk|xai|r8|tgp)[-_][A-Za-z0-9_]{20,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JWT
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----
      .*? (?: -----END[ ][A-Z ]*PRIVATE[ ]KEY----- | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
# The part that names the secret stays, so that a reader knows what was there.
_AUTHORIZATION = re.compile(
    r"""(?ix)
    ( authorization ["']? \s* [:=] \s* ["']? (?: (?:bearer|basic|token|digest) \s+ )?
    | \b bearer \s+ (?= [A-Za-z0-9._~+/=-]{12} )
    | \b (?: x-)? api[-_]?key ["']? \s* [:=] \s* ["']?
    | \b (?: access|auth|refresh|secret)[-_]?(?: token|key) ["']? \s* [:=] \s* ["']?
    )
    ( [^\s"',;]+ )
    """
)
_MARK = "[redacted]"
_dump = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode
# Every secret has one of these in it, in lower case; most lines have none and are
# passed at once. Plain searches, since one pattern of all takes ten times as long.
_HINTS = (
    *("sk-", "aiza", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    *("github_pat", "glpat", "hf_", "xox", "gsk", "pk-", "pk_", "rk-", "rk_", "xai"),
    *("r8_", "r8-", "tgp", "eyj", "begin ", "authori", "bearer", "password", "secret"),
    *("apikey", "api-key", "api_key", "accesstoken", "access-", "access_", "authtoken"),
    *("auth-", "auth_", "refresh", "accesskey", "authkey"),
)
_SECRET_FIELD = re.compile(
    r"(?i)^(authorization|proxy-authorization|x-api-key|api[-_]?key|password"
    r"|secret|(access|auth|refresh)[-_]token|client[-_]secret)$"
)


class Redactor:
    """Replaces secrets by `[redacted]` in any JSON-like value.

    What counts: the common shapes of API keys and tokens, values of `Authorization` and
    key headers or fields, and the exact values of this process's environment variables
    that are named like secrets (`…_API_KEY`, `…_TOKEN`, …) and have eight characters or
    more.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        values = {
            value
            for name, value in environment.items()
            if _NAMED.search(name.upper()) and len(value) >= 8
        }
        # As they stand in text and, where that differs, as they stand in JSON.
        values |= {json.dumps(v, ensure_ascii=False)[1:-1] for v in values}
        self._known = sorted(values, key=len, reverse=True)

    def encode(self, line: Mapping[str, object]) -> bytes:
        """Return a line of JSON without secrets, not ended by a newline."""
        try:
            text = _dump(line)
            clean = not self._suspicious(text)
        except (TypeError, ValueError):  # something that JSON does not hold
            clean, text = False, ""
        if not clean:
            text = _dump(self.value(line))
        try:
            return text.encode()
        except UnicodeEncodeError:  # a lone surrogate, as a model may well write
            return json.dumps(json.loads(text), separators=(",", ":")).encode()

    def _suspicious(self, text: str) -> bool:
        return any(secret in text for secret in self._known) or _holds_hint(text)

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if self._suspicious(text):
            for secret in self._known:
                text = text.replace(secret, _MARK)
            text = _KEYS.sub(_MARK, text)
            text = _AUTHORIZATION.sub(_keep_name, text)
        return text

    def value(self, value: object) -> object:
        """Return a copy that JSON can hold, without secrets.

        Numbers that JSON lacks (NaN, infinities) become their names, and other objects
        their text, since one odd value must not cost the record.
        """
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, Mapping):
            fields = cast(Mapping[object, object], value)
            return {
                self.text(str(key)): _MARK
                if isinstance(item, str) and item and _SECRET_FIELD.match(str(key))
                else self.value(item)
                for key, item in fields.items()
            }
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.value(item) for item in cast(list[object], value)]
        as_plain = cast(Callable[[], object] | None, getattr(value, "tolist", None))
        if as_plain is not None:  # numpy's scalars and arrays
            return self.value(as_plain())
        return self.text(str(value))


def _holds_hint(text: str) -> bool:
    lowered = text.lower()
    return any(hint in lowered for hint in _HINTS)


def _keep_name(match: re.Match[str]) -> str:
    name, secret = match.group(1), match.group(2)
    return match.group(0) if secret.startswith(_MARK) else f"{name}{_MARK}"
