"""Making data fit for the record: no secrets, nothing that JSON cannot hold."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, cast

__all__ = ["REDACTED", "Redactor"]

# Not TOKENS, which counts them.
_NAMED = re.compile(r"(^|_)((API)?KEYS?|TOKEN|SECRETS?|PASSWORD|PASSWD|CREDENTIALS?)$")

# Repetitions are bounded and start at word boundaries: the text may be hostile, and a
# pattern that is quadratic in its length would stop the run.
_KEYS = re.compile(
    r"""
      \bsk-(?=[A-Za-z0-9_-]{0,80}?[A-Za-z0-9_]{16})[A-Za-z0-9_-]+  # OpenAI, Anthropic
    | \b(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}           # Stripe and others
    | \bAIza[A-Za-z0-9_-]{30,}                                    # Google
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b                               # AWS
    | \bgh[pousr]_[A-Za-z0-9]{20,}                                # GitHub
    | \bgithub_pat_[A-Za-z0-9_]{20,}
    | \bglpat-[A-Za-z0-9_-]{16,}                                  # GitLab
    | \bhf_[A-Za-z0-9]{20,}                                       # Hugging Face
    | \bxox[abeoprs]-(?:[A-Za-z0-9]{20,}|[A-Za-z0-9-]{0,80}?\d[A-Za-z0-9-]*)   # Slack
    | \b(?:gsk_|xai-|r8_|pplx-|nvapi-)[A-Za-z0-9_-]{20,}
    | \b(?:tgp_v1_|lsv2_[a-z]{2}_)[A-Za-z0-9_-]{20,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*   # JWT
    | -----BEGIN[ ][A-Z ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      .*? (?: -----END[ ][A-Z ]{0,40}PRIVATE[ ]KEY(?:[ ]BLOCK)?----- | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
# The part that names the secret stays, so that a reader knows what was there.
_NAMED_VALUE = re.compile(
    r"""(?ix)
    ( authorization \\{0,4} ["']? \s{0,4} [:=,] \s{0,4} \\{0,4} ["']? )
    ( [^\s"',;\\]+ (?: [ \t]{1,4} [^\s"',;\\]+ )? )     # a scheme may stand before it
    """
)
# What stands there in a program or a script in place of a secret: a variable, or the
# scheme alone.
_CODE = re.compile(
    r"""(?ix)
    (?: (?: bearer|basic|token|digest ) (?: [ \t]+ | \Z ) )?
    (?: \$ (?: [a-z_]\w* | \{\w+\} ) | \{ [a-z_][\w.]* \} | < [a-z -]+ > | %[rs] )? \Z
    """
)
_VARIABLE = re.compile(r"(?i)[a-z_][a-z_.]*[\])}]*\Z")
_QUOTED_NAME = re.compile(r"(?i)authorization\\{0,4}[\"']\s{0,4}[:=,]\s{0,4}\Z")
_PREFIXED = re.compile(
    r"""(?ix)
    ( \b bearer \s{1,4} (?= [A-Za-z._~+/=-]{0,80}? (?: \d | [A-Za-z._~+/=-]{20} ) )
    | (?: api[-_]?key | (?: access|auth|refresh|secret )[-_]?(?: token|key )
      | (?: client|app|shared )[-_]?secret )
      \\{0,4} ["']? \s{0,4} [:=] \s{0,4} \\{0,4} ["']?
    )
    ( [^\s"',;&\\]+ )
    """
)
_IN_URL = re.compile(r"(://[^\s/:@\"']{0,64}:)([^\s/@\"']{1,200})(?=@)")
REDACTED = "[redacted]"
"""Stands in place of a secret."""
_dump = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode
# Every secret has one of these in it, in lower case; most lines have none and are
# passed at once. Plain searches, since one pattern of all takes ten times as long.
_HINTS = (
    *("sk-", "aiza", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    *("github_pat", "glpat-", "hf_", "xox", "gsk_", "sk_", "pk_", "rk_", "xai-", "r8_"),
    *("pplx-", "nvapi-", "tgp_", "lsv2_", "eyj", "begin ", "authori", "bearer"),
    *("passw", "secret", "://"),
    *("apikey", "api-key", "api_key", "accesstoken", "access-", "access_", "authtoken"),
    *("auth-", "auth_", "refresh", "accesskey", "authkey"),
)
_SECRET_FIELD = re.compile(
    r"(?i)(^(proxy-)?authorization|api[-_]?key"
    r"|(access|auth|refresh|secret)[-_]?(token|key)|(client|app|shared)[-_]?secret)$"
)
_WORD = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16,200}(?![A-Za-z0-9_-])")
"""What may be a key."""
_MOST_SHOWN = 100_000
_DEEPEST = 100
_MOST_BITS = 14_000
"""Of a whole number: Python reads and writes at most 4300 decimal digits of one."""


class Redactor:
    """Replaces secrets by `[redacted]` in any JSON-like value.

    What counts: the common shapes of API keys and tokens, values of `Authorization` and
    key headers or fields, and the exact values of this process's environment variables
    that are named like secrets (`…_API_KEY`, `…_TOKEN`, …) and have eight characters or
    more.

    Within one record, a word that stood there in clear before stays when it is used as
    a key later: hiding it then would hide nothing, and the call could not be played
    again. So agents can use the keys of a closed world.
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
        self._shown: set[str] | None = None

    def for_one_record(self) -> Redactor:
        """Return one that remembers what stands in clear in the lines it encodes."""
        own = copy(self)
        own._shown = set()
        return own

    def encode(self, line: Mapping[str, object]) -> bytes:
        """Return a line of JSON without secrets, not ended by a newline."""
        try:
            text = _dump(line)
            clean = not self._suspicious(text)
        except (
            TypeError,
            ValueError,
            RecursionError,
        ):  # something that JSON does not hold
            clean, text = False, ""
        if not clean:
            text = _dump(self.value(line))
        if self._shown is not None and len(self._shown) < _MOST_SHOWN:
            self._shown.update(_WORD.findall(text))
        try:
            return text.encode()
        except UnicodeEncodeError:  # a lone surrogate, as a model may well write
            return json.dumps(json.loads(text), separators=(",", ":")).encode()

    def plain(self, data: Mapping[str, object]) -> dict[str, Any]:
        """Return data as a record would hold them: JSON types, without secrets."""
        return cast(dict[str, Any], json.loads(self.encode(data)))

    def _suspicious(self, text: str) -> bool:
        return any(secret in text for secret in self._known) or _holds_hint(text)

    def _keep_code(self, match: re.Match[str]) -> str:
        """Replace the value of a header or a field, unless it is no secret.

        That is a piece of a program, or what the record holds already.
        """
        name, secret = match.group(1), match.group(2)
        variable = _QUOTED_NAME.match(name) and _VARIABLE.match(secret)
        shown = self._shown and secret.rpartition(" ")[2] in self._shown
        if variable or shown or _CODE.match(secret):
            return match.group(0)
        return _keep_name(match)

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        if self._suspicious(text):
            for secret in self._known:
                text = text.replace(secret, REDACTED)
            text = _KEYS.sub(REDACTED, text)
            text = _NAMED_VALUE.sub(self._keep_code, text)
            text = _PREFIXED.sub(self._keep_code, text)
            text = _IN_URL.sub(_keep_name, text)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """Return a copy that JSON can hold, without secrets.

        Numbers that JSON lacks (NaN, infinities) become their names, whole numbers of
        thousands of digits hexadecimal text, sets are sorted, other objects become
        their text, and what is nested too deeply is cut off, since one odd value must
        not cost the record.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            return hex(value)
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if depth > _DEEPEST:
            return "[nested too deeply]"
        if isinstance(value, Mapping):
            fields = cast(Mapping[object, object], value).items()
            return {
                self.text(name): REDACTED
                if _SECRET_FIELD.search(name) and _holds_text(item)
                else self.value(item, depth + 1)
                for name, item in ((_field_name(key), item) for key, item in fields)
            }
        if isinstance(value, (set, frozenset)):
            value = sorted(cast(set[object], value), key=repr)
        if isinstance(value, (list, tuple)):
            items = cast(list[object], value)
            return [self.value(item, depth + 1) for item in items]
        as_plain = cast(Callable[[], object] | None, getattr(value, "tolist", None))
        if as_plain is not None:  # numpy's scalars and arrays
            return self.value(as_plain(), depth + 1)
        return self.text(_text_of(value))


def _field_name(key: object) -> str:
    """Return the name under which JSON writes a key."""
    if isinstance(key, str):
        return key
    if isinstance(key, int) and key.bit_length() > _MOST_BITS:
        return hex(key)
    plain = key is None or isinstance(key, (bool, int, float))
    return json.dumps(key) if plain else _text_of(key)


def _text_of(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001  (its own code failed, and the record goes on)
        return f"[{type(value).__name__} without a text]"


def _holds_text(value: object) -> bool:
    """Whether a value of a secret field can be a secret."""
    return bool(value) and not isinstance(value, (bool, int, float))


def _holds_hint(text: str) -> bool:
    lowered = text.lower()
    return any(hint in lowered for hint in _HINTS)


def _keep_name(match: re.Match[str]) -> str:
    name, secret = match.group(1), match.group(2)
    return match.group(0) if secret.startswith(REDACTED) else f"{name}{REDACTED}"
