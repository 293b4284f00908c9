"""The family leave-a-voice-message: its world, its checks, and its solution."""

from pathlib import Path

import pytest
from ara import Evidence, module_of
from world_proxy import score, solved

FAMILY = "leave-a-voice-message"
SEED = module_of(FAMILY, "environment/world/seed.py")
TRUTH = SEED.truth(0)
ASKED = {"kind": "phone.authenticated", "account": TRUTH["account"]}
CALLED = {
    "kind": "phone.answered",
    "call": "call-1",
    "account": TRUTH["account"],
    "to": TRUTH["target"],
}
LEFT = {
    "kind": "phone.left",
    "number": TRUTH["target"],
    "sender": TRUTH["number"],
    "words": TRUTH["words"],
}


def scored(*lines: dict[str, str]) -> float:
    return score(FAMILY, Evidence(truth=TRUTH, ledger=list(lines)))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("hard", [False, True])
def test_the_solution_leaves_the_message(tmp_path: Path, seed: int, hard: bool) -> None:
    settings = {"hard": hard}
    done = solved(FAMILY, "solve", tmp_path, seed=seed, settings=settings)
    assert 1 == score(FAMILY, done)
    assert done.effects("phone.busy")


def test_the_solution_survives_what_changes(tmp_path: Path) -> None:
    done = solved(FAMILY, "solve", tmp_path, perturb=("X4", "X5", "X9"))
    assert 1 == score(FAMILY, done)
    touched = [one["touched"] for one in done.state["perturbations"].values()]
    assert 3 == len(touched)
    assert None not in touched


def test_each_step_counts_in_its_turn() -> None:
    assert 0.2 == scored(ASKED)
    assert 0.5 == scored(ASKED, CALLED)
    assert 1 == scored(ASKED, CALLED, LEFT)
    assert 0 == scored(CALLED, LEFT)


def test_only_these_words_on_that_machine_are_the_message() -> None:
    words = TRUTH["words"]
    for change in (
        {"number": TRUTH["number"]},
        {"sender": "+999-555-0900"},
        {"words": words[: len(words) * 4 // 5]},
        {"words": f"{words} {words}"},
        {"words": " ".join(sorted(words.split()))},
        {"words": "x" * 4000},
        {"words": ""},
    ):
        assert 0.5 == scored(ASKED, CALLED, {**LEFT, **change}), change
    assert 1 == scored(ASKED, CALLED, {**LEFT, "words": words.upper()})
    garbled = {**LEFT, "words": words.replace("papers", "paper")}
    assert 1 == scored(ASKED, CALLED, {**LEFT, "words": "no"}, garbled)


def test_a_hard_message_needs_escapes_several_pieces_and_a_new_token() -> None:
    for seed in range(3):
        chosen = SEED.plan(seed, hard=True)
        assert {"&", "<"} <= set(chosen["words"])
        assert chosen["expires_s"] < chosen["busy_s"]
        assert chosen["number"] != chosen["target"]
