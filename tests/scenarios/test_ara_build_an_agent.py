"""The family build-an-agent: its tasks, its checks, and the agents of its solution."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ara import FAMILIES, Evidence, ledger_of, module_of, open_world
from world_proxy import served

FAMILY = "build-an-agent"
SEED = module_of(FAMILY, "environment/world/seed.py")
CHECKS = module_of(FAMILY, "tests/checks.py")
MILESTONES = ("runs", "converses", "solved", "survives")
WEIGHTS = (0.1, 0.15, 0.6, 0.15)


def played(script: str, home: Path, perturb: str = "") -> Evidence:
    """Let a script of the solution work, and give its agent the tasks."""
    world = open_world("model", content=SEED.world(0))
    if perturb:
        world.perturbations.arm(perturb, "start", {"sites": ["model"]})
    SEED.build(0, home)
    solution = FAMILIES / FAMILY / "solution"
    drive = (FAMILIES / FAMILY / "tests/probe/drive.py").read_text()
    program = home / "drive.py"
    program.write_text(drive.replace("/home/agent", str(home)))
    with served(world) as proxy:
        env = {**os.environ, "HOME": str(home), "http_proxy": proxy.url, "NO_PROXY": ""}

        def run(*command: str) -> str:
            return subprocess.run(
                command,
                cwd=home,
                env=env,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout

        run("bash", str(solution / script))
        proxy.source = "judge"
        world.judge()
        world.cut.discard("model")
        out = run("python3", str(program))
    probe = type("Probe", (), {"stdout": out})()
    return Evidence(
        truth=SEED.truth(0), ledger=ledger_of(world), probes={"drive": probe}
    )


def judged(evidence: Evidence) -> dict[str, float]:
    """What the checks say of each milestone."""
    return {name: float(getattr(CHECKS, name)(evidence)[0]) for name in MILESTONES}


def score(evidence: Evidence) -> float:
    """The score; all milestones require the first."""
    done = list(judged(evidence).values())
    return sum(w * d for w, d in zip(WEIGHTS, done, strict=True)) if done[0] else 0.0


def invented(stdout: str, *lines: dict[str, Any]) -> Evidence:
    """What is judged of a probe that printed this, with these lines of the ledger."""
    probe = type("Probe", (), {"stdout": stdout})()
    return Evidence(truth=SEED.truth(0), ledger=list(lines), probes={"drive": probe})


@pytest.mark.parametrize("perturb", ["", "X4", "X5"])
def test_the_solutions_agent_does_all_tasks(perturb: str, tmp_path: Path) -> None:
    evidence = played("solve.sh", tmp_path, perturb)
    assert judged(evidence) == dict.fromkeys(MILESTONES, 1.0), [
        getattr(CHECKS, name)(evidence)[1] for name in MILESTONES
    ]
    touched = [line["id"] for line in evidence.effects("perturb.touched")]
    assert touched == ([perturb] if perturb else [])


CHEATS = {
    "without-the-model": 0.1,
    "samples-by-heart": 0.1,
    "one-look": 0.1,
    "pretends-to-run": 0.25,
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_an_agent_that_cheats_scores_no_more_than_its_bound(
    cheat: str, tmp_path: Path
) -> None:
    assert score(played(f"cheats/{cheat}.sh", tmp_path)) <= CHEATS[cheat]


def test_right_answers_without_the_model_count_nothing(tmp_path: Path) -> None:
    evidence = played("cheats/without-the-model.sh", tmp_path)
    done, why = CHECKS.solved(evidence)
    assert done == 0
    assert why.endswith("a right answer without a conversation")


def test_nothing_is_done_where_there_is_no_agent() -> None:
    for out in ("", "Traceback\n", "[]\n7\n{}\nnull\n", '{"task": 1, "answer": 2}\n'):
        assert set(judged(invented(out)).values()) == {0.0}


def test_no_output_of_the_probe_breaks_a_check() -> None:
    task = SEED.truth(0)["hidden"][0]
    name = CHECKS.identity(task)
    for line in (
        "[" * 100_000,
        '{"task": "' + name + '"}',
        '{"task": "' + name + '", "answer": ' + "9" * 5000 + "}",
        '{"task": "' + name + '", "answer": "' + task["answer"] + '"}',
    ):
        assert set(judged(invented(line)).values()) == {0.0}


def test_of_two_answers_to_a_task_the_first_counts() -> None:
    truth = SEED.truth(0)
    task = truth["hidden"][0]
    name = CHECKS.identity(task)
    talk = [
        {"kind": "model.asked", "who": who, "task": name, "turns": n, "reply": reply}
        for who in ("judge", "agent")
        for n, reply in ((1, "RUN: ls"), (3, f"DONE: {task['answer']}"))
    ]
    right = json.dumps({"task": name, "answer": task["answer"], "exit": 0})
    wrong = json.dumps({"task": name, "answer": "7", "exit": 0})
    one = pytest.approx(1 / 6)
    assert CHECKS.solved(invented(f"{right}\n{wrong}\n", *talk[:2]))[0] == one
    assert CHECKS.solved(invented(f"{wrong}\n{right}\n", *talk[:2]))[0] == 0
    # What the agent itself had asked before is no conversation of its program's.
    assert CHECKS.solved(invented(f"{right}\n", *talk[2:]))[0] == 0


def test_under_another_model_its_words_do_not_matter_but_the_conversation_does() -> (
    None
):
    truth = SEED.truth(0, host=True)
    task = truth["hidden"][0]
    name = CHECKS.identity(task)
    talk = [
        {"kind": "model.asked", "who": "judge", "task": name, "turns": n, "reply": "so"}
        for n in (1, 3)
    ]
    out = json.dumps({"task": name, "answer": task["answer"], "exit": 0})
    probe = type("Probe", (), {"stdout": out})()
    for ledger, wanted in ((talk, pytest.approx(1 / 6)), (talk[:1], 0)):
        evidence = Evidence(truth=truth, ledger=ledger, probes={"drive": probe})
        assert CHECKS.solved(evidence)[0] == wanted


@pytest.mark.parametrize("seed", range(20))
def test_worlds_hold_no_hidden_task_or_answer_of_the_agents(seed: int) -> None:
    truth = SEED.truth(seed)
    hidden = [t["task"] for t in (*truth["hidden"], *truth["faults"])]
    samples = SEED.world(seed)["sites"]["model"]["samples"]
    assert len(set(hidden)) == 8
    assert not {s["task"] for s in samples["agent"]} & set(hidden)
    assert samples["judge"] == [{"task": task} for task in hidden]
