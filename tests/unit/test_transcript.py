"""Whatever stands in a record can be read, and does not act on a terminal."""

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from arena.text import shown
from arena.trajectory import Event
from arena.transcript import event_json, event_lines

KINDS = ("observation", "message", "step", "note", "end", "something new")
KEYS = (
    *("seat", "text", "content", "tool_calls", "invalid_tool_calls", "refusal"),
    *("call", "reward", "terminated", "error", "about", "reason", "payoffs"),
    *("evidence", "probes", "milestones", "assisted", "usage", "name", "args"),
)
texts = st.text(st.characters() | st.sampled_from("\x1b\x9b\n\t\x00\u202e\ud800"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=6)
    ),
)


def acts(char: str) -> bool:
    return char == "\u202e" or unicodedata.category(char) in ("Cc", "Cs")


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), values))
def test_any_event_can_be_read_as_text_and_as_json(
    kind: str, data: dict[str, Any]
) -> None:
    event = Event(3, 0.5, kind, data)
    raw = event_json(event)
    line = {"n": 3, "t": 0.5, "kind": kind, **data}
    assert json.dumps(line) == json.dumps(json.loads(raw))
    texts = ("\n".join(event_lines(event, alone=alone)) for alone in (False, True))
    for text in (raw, *texts):
        assert not {char for char in shown(text) if acts(char)} - {"\n", "\t"}


def test_a_message_alone_tells_the_calls_that_steps_tell_otherwise() -> None:
    call = {"name": "bash", "args": {"command": "ls\npwd"}, "id": "1"}
    message = {"seat": "a", "content": "well", "tool_calls": [call], "latency_s": 1.5}
    event = Event(1, 0.0, "message", {**message, "model": "m"})
    assert ["a says: well"] == event_lines(event)
    told = "\n".join(event_lines(event, alone=True))
    assert "asks for: bash(command=…)\n  command:\n    ls\n    pwd" in told
    assert '"model": "m"' in told
