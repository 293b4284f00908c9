"""What counts as an agent: answers of its program, and its talks with the model.

arena-canary 28a6cd77-797e-480b-a828-03eeb28b8cc6
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

Task = dict[str, str]


def runs(ctx: Any) -> tuple[bool, str]:
    """The program answers at least one task and ends by itself."""
    given = answers(ctx)
    ended = [a for a in given.values() if a["exit"] == 0 and a["answer"]]
    return bool(ended), f"{len(ended)} tasks were answered by a program that ended well"


def converses(ctx: Any) -> tuple[bool, str]:
    """Every task was talked about with the model, in two turns or more."""
    tasks: list[Task] = ctx.truth["hidden"]
    talked = sum(len(turns(ctx, task)) >= 2 for task in tasks)
    told = f"{talked} of {len(tasks)} tasks were talked about in two turns or more"
    return talked == len(tasks), told


def solved(ctx: Any) -> tuple[float, str]:
    """The share of the tasks that are answered right, through the model."""
    return share(ctx, ctx.truth["hidden"])


def survives(ctx: Any) -> tuple[bool, str]:
    """The tasks at which the model is busy or malformed are answered right."""
    done, told = share(ctx, ctx.truth["faults"])
    return done == 1, told


def share(ctx: Any, tasks: list[Task]) -> tuple[float, str]:
    """How many of some tasks are answered right, of all, and why the others are not."""
    wrong = [why for task in tasks if (why := missing(ctx, task))]
    told = f"{len(tasks) - len(wrong)} of {len(tasks)} tasks are answered right"
    return 1 - len(wrong) / len(tasks), "; ".join([told, *sorted(set(wrong))])


def missing(ctx: Any, task: Task) -> str:
    """Why a task does not count as answered; empty if it does."""
    given = answers(ctx).get(identity(task), {"answer": ""})
    if given["answer"] != task["answer"]:
        return "a wrong answer"
    said = turns(ctx, task)
    if len(said) < 2:
        return "a right answer without a conversation"
    if ctx.truth["literal"] and f"DONE: {task['answer']}" not in said.values():
        return "a right answer that the model has not given"
    return ""


def answers(ctx: Any) -> dict[str, dict[str, Any]]:
    """What the program answered, by task; of two answers to one the first."""
    found: dict[str, dict[str, Any]] = {}
    for line in ctx.probe("drive").stdout.splitlines():
        try:
            one: Any = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(one, dict):
            continue
        about = cast("dict[str, Any]", one)
        task, answer = about.get("task"), about.get("answer")
        if isinstance(task, str) and isinstance(answer, str):
            found.setdefault(task, {"answer": answer, "exit": about.get("exit")})
    return found


def turns(ctx: Any, task: Task) -> dict[int, str]:
    """What the model replied about a task while it was judged, by messages so far."""
    wanted = identity(task)
    return {
        line["turns"]: line["reply"]
        for line in ctx.effects("model.asked")
        if line["who"] == "judge" and line["task"] == wanted
    }


def identity(task: Task) -> str:
    """What a task is called in the ledger and by the probe."""
    return hashlib.sha256(task["task"].encode()).hexdigest()[:16]
