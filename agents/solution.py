"""Agents that play what lies in a task's own folder: its solution, nothing, a cheat.

They show that a task can be solved, and that nothing else scores.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from arena.agent import Action, Note, calling
from arena.env import View
from arena.errors import UserError
from arena.scenario import SHELL
from arena.task_folder import TaskFolder, files_below, load_task
from arena.tools import Tool

from .social import SOCIAL, social_moves

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = ["CheatAgent", "NullAgent", "OracleAgent"]

LONGEST_S = 3600.0
LARGEST = 100_000
"""Characters of a script: the kernel takes no longer argument."""
NO_TASK = "it plays the folders of shell tasks, and no others"
NO_ANSWER = "it plays shell tasks and social items, and nothing else"
NO_MODEL = (
    "the task's world asks the model under test, and a script is none: play it with "
    "an agent that has one, as chat"
)
OWN_NAMES = ("solve.sh", "null.sh", "hints.md")


class _ScriptAgent:
    """Runs one script through the tool `bash`, then submits its last line."""

    def script(self, task: TaskFolder) -> str | None:
        """Return what to run; None for nothing."""
        raise NotImplementedError

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why it cannot play there: no task, no such script, or no model."""
        if ":" in environment:
            return None
        name = parameters.get("task")
        if environment != SHELL or not isinstance(name, str):
            return NO_TASK
        try:
            task = load_task(name)
            self.script(task)
        except UserError as error:
            return str(error)
        asks_model = task.arena.model_in(parameters.get("variant")) == "host"
        return NO_MODEL if asks_model else None

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Go back to the start."""
        self._ran = False

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the call of the script, and then the submission.

        Raises:
            UserError: If there is no task, or it lacks the script.
        """
        name = view.get("task")
        if not isinstance(name, str):
            raise UserError(NO_TASK)
        task = load_task(name)
        if not self._ran:
            self._ran = True
            script = self.script(task)
            if script is not None:
                command = _command(script, task)
                seconds = min(LONGEST_S, task.limits.wall_s or LONGEST_S)
                return calling(
                    Action("bash", {"command": command, "timeout_s": seconds})
                )
            return calling(Action("submit", {"answer": ""}))
        lines = str(view.get("stdout", "")).rstrip().splitlines()
        return calling(Action("submit", {"answer": lines[-1] if lines else ""}))


class OracleAgent(_ScriptAgent):
    """Knows the answer: a task's `solution/solve.sh`, or what a social item derives.

    Of a task it submits the last line of the script's output.
    """

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why it cannot play there."""
        if environment == SOCIAL:
            return None
        reason = super().refuses(environment, parameters)
        return NO_ANSWER if reason == NO_TASK else reason

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the script's call, or the right answer."""
        if "reference" in view:
            return calling(social_moves(view, "oracle")[0][1])
        return await super().act(observation, view, results)

    def script(self, task: TaskFolder) -> str:
        """Return the solution."""
        if task.oracle is None:
            raise UserError(f"{task.path}: there is no solution/solve.sh")
        return task.oracle


class NullAgent(_ScriptAgent):
    """Achieves nothing: plays `solution/null.sh` where there is one, and gives up."""

    def script(self, task: TaskFolder) -> str | None:
        """Return what acts without achieving anything."""
        return task.null


class CheatAgent(_ScriptAgent):
    """Plays one of a task's `solution/cheats`, which must not score.

    Args:
        name: Of the file, without its ending.
    """

    def __init__(self, *, name: str) -> None:
        self._name = name

    def script(self, task: TaskFolder) -> str:
        """Return the cheat."""
        return task.cheat(self._name)


def _command(script: str, task: TaskFolder) -> str:
    """Return the script as one command, in a bash of its own.

    What lies beside a solution comes to `/solution` first, as in Harbor, where the
    agent may write there.
    """
    if len(script.encode()) > LARGEST:
        raise UserError(f"{task.path}/solution: a script is above {LARGEST} bytes")
    env = [f"{key}={value}" for key, value in task.content.solution.env.items()]
    run = shlex.join([*(["env", *env] if env else []), "bash", "-c", script])
    return "\n".join([*_beside(task), run])


def _beside(task: TaskFolder) -> list[str]:
    lines: list[str] = []
    for name, path in files_below(task.path / "solution"):
        if name in OWN_NAMES or name.startswith("cheats/"):
            continue
        place = shlex.quote(f"/solution/{name}")
        data = base64.encodebytes(path.read_bytes()).decode()
        lines += [
            f"mkdir -p $(dirname {place}) && base64 -d > {place} <<'END_OF_FILE'",
            f"{data}END_OF_FILE",
            f"chmod {path.stat().st_mode & 0o777:o} {place}",
        ]
    return lines
