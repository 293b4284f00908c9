"""Why an answer is right is said in plain words, as the reader knows the people."""

from __future__ import annotations

import re
from typing import Any

import pytest

from arena.environments.social.vocabulary import PEOPLE
from arena.items import Item
from arena.registry import environment_class

NOT_WORDS = re.compile(r"[\[\]{}<>=_|]|\bNone\b|\bTrue\b|\bFalse\b|'\w+'")
WORLDS: list[dict[str, Any]] = [
    {"generator": "beliefs", "knobs": {"rendering": "1p"}},
    {"generator": "beliefs", "knobs": {"rendering": "3p-ego"}},
    {"generator": "beliefs", "knobs": {"rendering": "1p-ego"}},
    {"generator": "beliefs", "knobs": {"design": "graded"}},
    {"generator": "beliefs", "knobs": {}, "mode": "lived"},
    {"generator": "talk", "knobs": {}, "mode": "lived"},
    {"generator": "blackjack"},
    *(
        {"generator": name, "knobs": {"person": person}}
        for name in (
            "talk",
            "conversations",
            "counterfactual",
            "daily-life",
            "dual-logic",
            "new-world",
            "relations",
        )
        for person in ("first", "third")
    ),
]


def items_of(parameters: dict[str, Any]) -> list[Item]:
    kind: Any = environment_class("Social-v1")
    return list(kind.items(parameters, 5, 240))


@pytest.mark.parametrize("parameters", WORLDS, ids=str)
def test_a_derivation_is_a_short_plain_sentence(parameters: dict[str, Any]) -> None:
    for item in items_of(parameters):
        for label in item.labels:
            assert len(label.because.split()) > 2, label
            assert len(label.because) <= 220, label
            assert not NOT_WORDS.search(label.because), label


@pytest.mark.parametrize("parameters", WORLDS, ids=str)
def test_it_names_nobody_whom_the_reader_does_not_know(
    parameters: dict[str, Any],
) -> None:
    for item in items_of(parameters):
        told = " ".join([*item.story, item.question, *item.options])
        known = set(re.findall(r"\w+", told))
        for label in item.labels:
            named = set(re.findall(r"\w+", label.because)).intersection(PEOPLE)
            assert named <= known, label
