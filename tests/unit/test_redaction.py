"""What the record must not hold, and what it must keep as it is."""

import base64
import json
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import PurePosixPath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.redaction import Redactor

MARK = "[redacted]"
A = "a" * 40  # No real key has one letter forty times.
REDACTOR = Redactor({})

KEYS = {
    "openai": "sk-" + A,
    "openai-project": "sk-proj-" + A,
    "anthropic": "sk-ant-api03-" + A,
    "google": "AIza" + "a" * 35,
    "aws": "AKIA" + "A" * 16,
    "aws-temporary": "ASIA" + "A" * 16,
    "github": "ghp_" + A,
    "github-app": "ghs_" + A,
    "github-fine": "github_pat_" + A,
    "gitlab": "glpat-" + A,
    "hugging-face": "hf_" + A,
    "slack": "xoxb-" + A,
    "groq": "gsk_" + A,
    "xai": "xai-" + A,
    "replicate": "r8_" + A,
    "together": "tgp_v1_" + A,
    "stripe": "rk_live_" + A,
    "stripe-secret": "sk_live_" + A,
    "perplexity": "pplx-" + A,
    "langsmith": "lsv2_pt_" + A,
    "nvidia": "nvapi-" + A,
    "jwt": f"eyJ{A}.{A}.{A}",
    "jwt-unsigned": f"eyJ{A}.{A}.",
    "private-key": (
        f"-----BEGIN PRIVATE KEY-----\n{A}\n{A}\n-----END PRIVATE KEY-----"
    ),
    "rsa-key": f"-----BEGIN RSA PRIVATE KEY-----\n{A}\n-----END RSA PRIVATE KEY-----",
    "private-key-cut-short": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{A}\n{A}",
}
KEY = KEYS["openai"]


WRAPS: dict[str, Callable[[str], object]] = {
    "bare": lambda key: key,
    "nested-list": lambda key: [1, [key]],
    "tuple": lambda key: (key,),
    "set": lambda key: {key},
    "dict-key": lambda key: {key: 1},
    "nested-dict": lambda key: {"a": {"b": [{"c": key}]}},
    "tool-argument": lambda key: {
        "tool_calls": [{"name": "run", "args": {"command": f"login {key}"}}]
    },
    "bytes": lambda key: key.encode(),
    "exception": lambda key: ValueError(f"refused: {key}"),
    "numpy-array": lambda key: np.array([key]),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_redacted_in_text(key: str) -> None:
    assert REDACTOR.text(key) == MARK
    assert REDACTOR.text(f"It is {key}") == f"It is {MARK}"


@pytest.mark.parametrize("key", [KEY, KEYS["jwt"]], ids=["openai", "jwt"])
@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_a_key_is_redacted_wherever_it_stands(
    wrap: Callable[[str], object], key: str
) -> None:
    as_value = json.dumps(REDACTOR.value(wrap(key)))
    as_line = REDACTOR.encode({"x": wrap(key)}).decode()
    for text in (as_value, as_line):
        assert A not in text
        assert MARK in text


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer {}",
        "authorization: bearer {}",
        "AUTHORIZATION: Basic {}",
        "Authorization: Token {}",
        "Authorization: {}",
        "Proxy-Authorization: Basic {}",
        "Authorization: ApiKey {}",
        "Authorization: Unheard-Of {}",
        "Authorization={}",
        '{{"Authorization": "Bearer {}"}}',
        "{{'Authorization': 'Bearer {}'}}",
        "curl -H 'Authorization: Bearer {}' https://host/",
        "Bearer {}",
        "X-Api-Key: {}",
        "x-goog-api-key: {}",
        "api-key: {}",
        "api_key={}",
        'api_key="{}"',
        '{{"api_key": "{}"}}',
        "https://host/?access_token={}&page=1",
        "auth-token: {}",
        "refresh_token={}",
        "MISTRAL_API_KEY={}",
        "export SOME_API_KEY='{}'",
        "aws_secret_access_key = {}",
        "client_secret={}",
        "https://user:{}@host.example/path",
    ],
)
def test_what_a_header_or_field_names_as_secret_is_redacted(header: str) -> None:
    secret = "not-a-key-but-secret"
    found = REDACTOR.text(header.format(secret))
    assert secret not in found
    assert MARK in found
    assert found.startswith(header.partition("{}")[0].format()[:6])


@pytest.mark.parametrize(
    "name",
    [
        "authorization",
        "Authorization",
        "Proxy-Authorization",
        "x-api-key",
        "X-API-Key",
        "api_key",
        "api-key",
        "apiKey",
        "access_token",
        "auth_token",
        "refresh_token",
        "client_secret",
        "openai_api_key",
        "aws_secret_access_key",
        "x-goog-api-key",
    ],
)
def test_a_field_that_is_named_like_a_secret_is_redacted(name: str) -> None:
    held = {"headers": [{name: "Bearer not-a-key"}]}
    assert REDACTOR.value(held) == {"headers": [{name: MARK}]}


def test_a_secret_field_with_a_list_of_values_is_redacted() -> None:
    found = REDACTOR.value({"authorization": ["not-a-key"]})
    assert "not-a-key" not in json.dumps(found)


@pytest.mark.parametrize(
    "name",
    ["SOME_API_KEY", "some_token", "DB_PASSWORD", "GOOGLE_CREDENTIALS", "A_SECRET"],
)
def test_the_value_of_a_secret_environment_variable_is_redacted(name: str) -> None:
    redactor = Redactor({name: "hush-hush"})
    assert redactor.text("It is hush-hush.") == f"It is {MARK}."
    assert redactor.value({"hush-hush": ["hush-hush"]}) == {MARK: [MARK]}
    assert redactor.encode({"x": "hush-hush"}) == b'{"x":"[redacted]"}'


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"HOME": "hush-hush"}, id="another-name"),
        pytest.param({"KEYBOARD": "hush-hush"}, id="a-name-that-only-begins-so"),
        pytest.param({"SOME_KEY": "hush"}, id="too-short"),
        pytest.param({"SOME_KEY": ""}, id="empty"),
        pytest.param({"MONKEY": "hush-hush"}, id="a-name-that-only-ends-so"),
    ],
)
def test_other_environment_variables_are_kept(environment: Mapping[str, str]) -> None:
    assert Redactor(environment).text("It is hush-hush.") == "It is hush-hush."


def test_the_environment_of_the_process_is_used_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ARENA_TEST_API_KEY", "hush-hush")
    assert Redactor().text("hush-hush") == MARK


def test_the_longer_of_two_secrets_is_redacted_whole() -> None:
    redactor = Redactor({"A_KEY": "hush-hush", "B_KEY": "hush-hush-hush"})
    assert redactor.text("hush-hush-hush") == MARK


secrets = st.text(min_size=8, max_size=20).filter(lambda text: text not in MARK)


@settings(max_examples=100)
@given(secrets, st.text(max_size=5))
def test_any_environment_secret_is_redacted_from_any_line(
    secret: str, around: str
) -> None:
    line = {"x": [around + secret + around]}
    found = json.loads(Redactor({"A_KEY": secret}).encode(line))
    if secret not in around + MARK + around:
        assert secret not in found["x"][0]


INNOCENT = {
    "prose": "The key: value of the game. A token of trust; the bearer of bad news.",
    "password-prose": "She forgot her password, and it was a secret.",
    "token-count": "max_tokens: 512, tokens=7, token: 5, total_token_count 9",
    "keys": "key=3 keyboard: qwerty monkey: 1 turkey=2",
    "authors": "author: Bob; authors = 3; authority: none",
    "short-sk": "sk-1 risk-averse task-force desk-lamp ask-me-anything-you-like",
    "call-id": "call_abc123DEF456",
    "openai-id": "chatcmpl-" + "Ab1" * 10,
    "anthropic-id": "toolu_01" + "Ab1" * 8,
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "sha256": "0123456789abcdef" * 4,
    "base64": base64.b64encode(b"an innocent picture of a cat").decode(),
    "url": "https://host.example/path?key=1&page=2",
    "pem-certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "public-key": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    "eyes": "eyJust kidding.",
    "code": "def f(key: str, token: int) -> None: secret = key",
    "basic": "Basic strategy: hit a soft 17.",
    "bearer": "A bearer congratulated the standard-bearer, understandably.",
    "primary-key": "CONSTRAINT pk_customer_order_history_2024 PRIMARY KEY (id)",
    "package": "pip install sk-learn-compatible-estimator",
    "kisses": "xoxo-hugs-and-kisses",
}


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
def test_innocent_text_is_kept(text: str) -> None:
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize(
    "part",
    ["sk-", "xoxb-", "eyJaaaaaaaa-", "bearer ", "api_key ", "authorization: ", "hf_a "],
)
def test_a_hostile_text_does_not_stop_the_run(part: str) -> None:
    text = part * (40_000 // len(part))
    start = time.process_time()
    REDACTOR.text(text)
    assert time.process_time() - start < 1


words = st.sampled_from(
    [
        "the",
        "a",
        "key",
        "token",
        "secret",
        "password",
        "tokens",
        "keys",
        "value",
        "of",
        "game",
        "basic",
        "digest",
        "player",
        "api",
        "access",
        "auth",
        "author",
        "sk",
        "hf",
        "pk",
        "17",
        "3.14",
        "-1",
        "key:",
        "token:",
        "secret:",
        "=",
        ":",
        ",",
        ".",
        "hit",
        "stand",
        "naïve",
        "日本",
        "call_1",
        "x=1",
    ]
)
prose = st.lists(words, max_size=30).map(" ".join)


@given(prose)
def test_ordinary_prose_is_kept(text: str) -> None:
    assert REDACTOR.text(text) == text


@given(st.text(alphabet="0123456789 .,-+eE"))
def test_numbers_are_kept(text: str) -> None:
    assert REDACTOR.text(text) == text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=12))
def test_short_ids_are_kept(text: str) -> None:
    assert REDACTOR.text(f"id {text}") == f"id {text}"


names = st.text("abcdefgh", min_size=1, max_size=5)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | prose,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=10,
)


@given(plain)
def test_innocent_data_is_kept(value: object) -> None:
    assert REDACTOR.value(value) == value
    assert json.loads(REDACTOR.encode({"x": value})) == {"x": value}


def test_what_is_given_is_not_changed() -> None:
    given_ = {"a": [KEY], "api_key": "x"}
    REDACTOR.value(given_)
    REDACTOR.encode(given_)
    assert given_ == {"a": [KEY], "api_key": "x"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(math.nan, "nan", id="nan"),
        pytest.param(math.inf, "inf", id="inf"),
        pytest.param(-math.inf, "-inf", id="minus-inf"),
        pytest.param(np.float64("nan"), "nan", id="numpy-nan"),
        pytest.param(np.float32(0.5), 0.5, id="numpy-float"),
        pytest.param(np.int64(3), 3, id="numpy-int"),
        pytest.param(np.bool_(True), True, id="numpy-bool"),
        pytest.param(np.array([[1, 2]]), [[1, 2]], id="numpy-array"),
        pytest.param(np.array([0.5, np.inf]), [0.5, "inf"], id="numpy-inf"),
        pytest.param(np.array(7), 7, id="numpy-scalar-array"),
        pytest.param((1, (2,)), [1, [2]], id="tuple"),
        pytest.param(10**5000, hex(10**5000), id="more-digits-than-json-may-have"),
        pytest.param({10**5000: 1}, {hex(10**5000): 1}, id="so-of-a-key"),
        pytest.param({1}, [1], id="set"),
        pytest.param(frozenset([1]), [1], id="frozenset"),
        pytest.param(b"ab", "b'ab'", id="bytes"),
        pytest.param({1: 2, b"a": 3}, {"1": 2, "b'a'": 3}, id="dict-keys"),
        pytest.param(Decimal("1.5"), "1.5", id="decimal"),
        pytest.param(PurePosixPath("a/b"), "a/b", id="path"),
        pytest.param(
            datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00", id="time"
        ),
    ],
)
def test_what_json_lacks_becomes_plain(value: object, expected: object) -> None:
    found = REDACTOR.value(value)
    assert json.loads(json.dumps(found, allow_nan=False)) == expected
    assert json.loads(REDACTOR.encode({"x": value})) == {"x": expected}


def test_a_set_is_written_in_an_order_that_no_hash_seed_changes() -> None:
    fruits = {"pear", "fig", "apple", "plum", "kiwi", "date", "lime", "melon"}
    assert REDACTOR.value(fruits) == sorted(fruits)


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


def test_an_object_without_a_text_does_not_cost_the_record() -> None:
    assert isinstance(REDACTOR.value([Unspeakable()]), list)


def test_a_value_that_holds_itself_does_not_cost_the_record() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert json.loads(REDACTOR.encode({"x": loop}))["x"][0] == 1


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.complex_numbers(),
    st.dates(),
    st.sampled_from(list(KEYS.values())),
    st.floats(width=32).map(np.float32),
    st.integers(-100, 100).map(np.int8),
)
hashable = st.one_of(st.integers(), st.text(), st.binary())
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.sets(hashable, max_size=4),
        st.dictionaries(hashable, inner, max_size=4),
    ),
    max_leaves=8,
)


@given(anything)
def test_anything_becomes_json(value: object) -> None:
    json.dumps(REDACTOR.value(value), allow_nan=False)
    json.loads(REDACTOR.encode({"x": value}))


@given(anything)
def test_redacting_twice_changes_nothing_more(value: object) -> None:
    once = REDACTOR.value(value)
    assert REDACTOR.value(once) == once


@given(st.dictionaries(st.text(), anything, max_size=3))
def test_an_encoded_line_is_the_redacted_value_on_one_line(
    line: dict[str, object],
) -> None:
    encoded = REDACTOR.encode(line)
    assert b"\n" not in encoded
    expected = json.loads(json.dumps(REDACTOR.value(line), allow_nan=False))
    assert json.loads(encoded) == expected


@pytest.mark.parametrize("key", [None, True, 0.5], ids=repr)
def test_a_key_that_is_no_text_is_written_alike_beside_a_secret(key: object) -> None:
    alone = json.loads(REDACTOR.encode({"x": {key: 1}}))
    beside = json.loads(REDACTOR.encode({"x": {key: 1}, "y": KEY}))
    assert alone["x"] == beside["x"]


def test_a_lone_surrogate_does_not_cost_the_record() -> None:
    assert json.loads(REDACTOR.encode({"x": "\ud800é"})) == {"x": "\ud800é"}
    assert MARK in json.loads(REDACTOR.encode({"x": f"\ud800 {KEY}"}))["x"]


@pytest.mark.parametrize(
    "text",
    [
        'headers = {"Authorization": f"Bearer {token}"}',
        'curl -H "Authorization: Bearer $TOKEN" http://bank.test',
        '{"Authorization": "Bearer " + token}',
        '{"Authorization": self.token}',
        'api_key="${KEY}"',
    ],
)
def test_a_program_that_names_no_secret_stays_as_it_is(text: str) -> None:
    assert text == Redactor({}).text(text)
    told = {"command": text}
    assert told == json.loads(Redactor({}).encode(told))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: hunter",
        '{"Authorization": "hunter"}',
        "Authorization: Bearer bank-3f9a8c7d6e5f",
        "http://user:b@host.test",
        "http://user:$ecret9@host.test",
        'api_key="b1"',
    ],
)
def test_what_may_be_a_secret_goes(text: str) -> None:
    assert "[redacted]" in Redactor({}).text(text)


def test_a_key_that_the_record_shows_already_stays_where_it_is_used() -> None:
    key = "3f9a8c7d6e5f4a3b2c1d0e9f"
    use = {"command": f"curl -H 'Authorization: Bearer {key}' http://bank.test"}
    redactor = Redactor({}).for_one_record()
    assert "[redacted]" in redactor.encode(use).decode()
    redactor.encode({"text": f'{{"token": "{key}"}}'})
    assert use == json.loads(redactor.encode(use))
    assert "[redacted]" in Redactor({}).for_one_record().encode(use).decode()


def test_a_known_secret_goes_though_it_was_shown_before() -> None:
    redactor = Redactor({"BANK_TOKEN": "3f9a8c7d6e5f4a3b2c1d0e9f"}).for_one_record()
    line = {"text": "token 3f9a8c7d6e5f4a3b2c1d0e9f"}
    for _ in range(2):
        assert "3f9a" not in redactor.encode(line).decode()
