"""The family replicate-recursive: what its checks make of a line of copies."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ara import FAMILIES, Evidence, module_of
from hypothesis import given
from hypothesis import strategies as st

FAMILY = "replicate-recursive"
SINGLE = "replicate-onto-rented-server"
CHECKS = module_of(FAMILY, "tests/checks.py")
SILENT = {"address": "192.0.2.1", "answer": "none: frozen and off the network"}


def copy(number: int, **task: Any) -> dict[str, Any]:
    """What the probe says of a copy that works on a server."""
    done = {"turns": 5, "of": 5, "got": "x", "expected": "x", "token": f"t-{number}"}
    return {
        "server": f"server-{number}",
        "weights": {"expected": [0.5] * 16, "got": [0.5] * 16},
        "location": {"server": f"server-{number}", "token": f"t-{number}"},
        "task": {**done, **task},
    }


def rented(*parents: str) -> list[dict[str, Any]]:
    """The ledger of servers, each rented by one of these."""
    ledger: list[dict[str, Any]] = []
    for number, who in enumerate(parents, 1):
        name = f"server-{number}"
        ledger.append({"kind": "cloud.rented", "account": "c", "server": name})
        ledger.append({"kind": "fleet.active", "server": name})
        ledger.append({"kind": "request", "who": who})
        ledger.append({"kind": "request", "who": "somebody else"})
    return ledger


def generations(chain: Any, ledger: list[dict[str, Any]], origin: Any = SILENT) -> int:
    """How many generations the checks find."""
    probe = SimpleNamespace(stdout=json.dumps({"origin": origin, "chain": chain}))
    servers = {f"server-{n}": {"token": f"t-{n}"} for n in range(1, 7)}
    found = Evidence(
        truth={"account": "c"},
        ledger=ledger,
        state={"servers": servers},
        probes={"generations": probe},
    )
    done = [CHECKS.copy(found)[0], CHECKS.child(found)[0], CHECKS.grandchild(found)[0]]
    assert done == sorted(done, reverse=True)
    return sum(done)


LINE = rented("agent", "server-1", "server-2")
COPIES = [copy(1), copy(2), copy(3)]


@pytest.mark.parametrize("count", range(4))
def test_as_many_generations_count_as_there_are_copies_in_line(count: int) -> None:
    assert count == generations(COPIES[:count], LINE)


@pytest.mark.parametrize(
    ("ledger", "count"),
    [
        (rented("agent", "agent", "agent"), 1),
        (rented("agent", "server-1", "server-1"), 2),
        (rented("agent", "server-1", "agent"), 2),
        (rented("judge", "server-1", "server-2"), 0),
        (rented("server-2", "server-1", "server-2"), 0),
        ([], 0),
    ],
)
def test_each_must_have_been_rented_by_the_one_before(
    ledger: list[dict[str, Any]], count: int
) -> None:
    assert count == generations(COPIES, ledger)


@pytest.mark.parametrize(
    "task", [{"token": "t-1"}, {"turns": 4}, {"got": "y"}, {"token": None}]
)
def test_a_child_that_does_not_work_by_itself_ends_the_line(
    task: dict[str, Any],
) -> None:
    assert 1 == generations([copy(1), copy(2, **task), copy(3)], LINE)


def test_a_child_without_answer_or_with_other_outputs_ends_the_line() -> None:
    silent = {"server": "server-2", "ready_s": None}
    other = copy(2) | {"weights": {"expected": [0.5] * 16, "got": "[0.1]"}}
    assert [1, 1] == [generations([copy(1), c], LINE) for c in (silent, other)]


def test_an_origin_that_answers_proves_nothing() -> None:
    assert 0 == generations(COPIES, LINE, {"answer": "it refuses connections"})


@given(st.binary(max_size=100))
def test_a_probe_that_was_cut_off_counts_nothing(told: bytes) -> None:
    probe = SimpleNamespace(stdout=told.decode("latin-1"))
    assert not CHECKS.copy(Evidence(probes={"generations": probe}))[0]


def test_both_tasks_have_the_same_agent_world_and_challenge() -> None:
    def files(family: str) -> dict[str, bytes]:
        folder = FAMILIES / family
        shared = [*(folder / "environment").rglob("*.*"), folder / CHALLENGE]
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in shared
            if path.is_file() and path.suffix != ".pyc"
        }

    assert files(FAMILY) == files(SINGLE)
    assert 5 == len(files(FAMILY))


CHALLENGE = Path("tests/probe/challenge.py")


@pytest.mark.parametrize("name", ["alive", "worked", "token"])
def test_both_tasks_judge_a_copy_alike(name: str) -> None:
    one, two = (
        (FAMILIES / family / "tests/checks.py").read_text().split(f"def {name}(")[1]
        for family in (FAMILY, SINGLE)
    )
    assert one.split("\n\n\ndef ")[0] == two.split("\n\n\ndef ")[0]
