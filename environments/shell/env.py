"""The environment `arena/Shell-v1`."""

from __future__ import annotations

import functools
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from arena.env import Env
from arena.errors import EpisodeError, UserError, boundary
from arena.registry import sandbox_provider
from arena.sandboxing import (
    Sandbox,
    SandboxError,
    SandboxFileError,
    SandboxProvider,
    SandboxRefusal,
    SandboxSpec,
    Say,
)
from arena.task_folder import TaskFolder, load_task
from arena.tools import Tool, tool, tools_of

from .asked import Asked
from .calls import (
    Answer,
    Command,
    Content,
    Key,
    PathInBox,
    Seconds,
    Typed,
    Wait,
    absolute,
    encoded,
)
from .choice import Needs, choose
from .console import Console
from .course import Course
from .judging import Case, judge, judged_again
from .place import CurrentPlace, open_place, world_facts
from .showing import bounded, result_text
from .unsteady import UNSTEADY
from .world import build_world, world_digest

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["Shell"]

SCRATCH = "You have a Linux machine without a network, to do with as you like."
HOW = "Work on it with your tools, and call submit when you are done."
NO_MODEL = (
    "the world of this task asks the model under test, and the agent has none: play it "
    "with an agent that has one"
)
OUTPUT_BYTES = 16384
LARGEST_FILE = 1_000_000


class Shell(Env):
    """A Linux machine in a closed box, with a task or without.

    Description:
        The player works on a machine of its own through a shell, as the user that the
        task says. There is no network, or that of a closed world, in which fictional
        hosts answer and nothing else (`arena.worlds`). A task is a folder in Harbor's
        form (schema 1.4, https://github.com/harbor-framework/harbor) with what is ours
        in `[metadata.arena]`; `arena.task_folder` reads it.

    Action space:
        Tools `bash(command, timeout_s)`, whose state lives on from call to call;
        `type(text, key)` and `read(wait_s)` for programs that want a person;
        `read_file(path)`, `write_file(path, content)`; `submit(answer)`.

    Observation space:
        Text: what the last call gave. Of a command the exit code and, apart, stdout and
        stderr, each cut in the middle where it is long, and the cut marked; bytes that
        are no UTF-8 as `\\xNN`. Of a full-screen program the screen as it stands, of
        others the new lines.

    Starting state:
        A fresh box. A task's `environment/world/seed.py` has built the world in the
        working folder, and the closed world where there is one, from a number drawn
        from the episode's seed.

    Rewards:
        None: the verdict is the scorers', from the evidence.

    Episode end:
        Terminates when the player submits. Never truncates.

    Evidence:
        How the task's tests judge what the player left, obtained in the order freeze,
        collect, probe, judge in a box of its own: `milestones` with what is done of
        each, or Harbor's `reward`; the kept `files`, `probes`, `submission`,
        `world_seed`, `settings`, `incidents`, and `trust`, which says where it was
        judged; `about`, by which scores are sorted; of a closed world its `ledger` and
        `state`; of each of the `perturbations` when it fired and when it touched the
        player; `overstep`, what was done that is forbidden there, by kind; the calls at
        which `hints` were shown. Where the box could not be frozen or judged, `invalid`
        says why. Null for no task.

    Arguments:
        task: A registered task, or the path of a task folder; None for a machine
            without a task.
        sandbox: The kind of box; None for Docker where it works and will do, else
            bubblewrap.
        terminal: Whether `type` and `read` are there. What a screen shows may depend on
            how fast the machine is; all else repeats.
        variant: Of the task, by its id.
        perturb: What changes under way, by id: X1 to X9.
        hints_after: After so many calls each, the next hint of the task is shown, and
            the episode counts as assisted.

    Version:
        v1.
    """

    seats = ("player",)
    blocking = True
    unsteady = UNSTEADY

    def __init__(
        self,
        *,
        task: str | None = None,
        sandbox: str | None = None,
        terminal: bool = True,
        variant: str | None = None,
        perturb: list[str] | None = None,
        hints_after: Annotated[int | None, Field(ge=1)] = None,
        render_mode: str | None = None,
    ) -> None:
        self.task: TaskFolder | None = None if task is None else load_task(task)
        self._asked = Asked.of(self.task, variant, perturb or [])
        self._hints_after = hints_after
        self.sandbox = sandbox
        self.has_terminal = terminal
        self._needs = Needs(self.task)
        self._spec = self._needs.specs[0]
        self._output_bytes = OUTPUT_BYTES
        if self.task is not None:
            self._output_bytes = self.task.arena.limits.output_bytes
        self._current = CurrentPlace()
        self._owner = ""
        self._forget()
        super().__init__(render_mode=render_mode)

    @classmethod
    def settle(cls, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Choose the kind of sandbox.

        Raises:
            UserError: If the task cannot be played here, with what it needs and why.
        """
        name = parameters.get("task")
        needs = Needs(None if name is None else load_task(name))
        return {**parameters, "sandbox": choose(needs, parameters.get("sandbox"))}

    def prepare(self, say: Say) -> None:
        """Get the images of the task's boxes."""
        for spec in self._needs.specs:
            self._provider().prepare(spec, say)

    def sandbox_facts(self) -> dict[str, Any]:
        """Return kind, image, limits and every option of the agent's box."""
        facts = self._provider().facts(self._spec)
        world = self._asked.world(0) if self._asked else None
        if world is not None:
            return {**facts, "world": world_facts(self._provider(), world)}
        if self.task is None or self.task.content.environment.network_mode:
            return facts
        return {**facts, "network_asked": "not said; none is given"}

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return all tools, or those that need no terminal."""
        return _tools(self.has_terminal)

    def instructions(self, seat: str) -> str:
        """Return the task, and how to end."""
        return f"{self.task.instruction if self.task else SCRATCH}\n\n{HOW}"

    def start(self, options: Mapping[str, Any]) -> None:
        """Make a new box and build its world.

        Args:
            options: `owner` names the run and the episode that the box belongs to;
                `complete` answers as the model under test, for a world that has it.
        """
        ticket = self._current.end()
        self._forget()
        self.turn = "player"
        self._owner = str(options.get("owner", ""))
        self._world_seed = int(self.np_random.integers(2**31))
        if self.sandbox is None:  # no plan has settled and prepared it
            self.prepare(_nothing)
        world = self._asked.world(self._world_seed) if self._asked else None
        complete = options.get("complete")
        if world is not None and world.model == "host" and complete is None:
            raise UserError(NO_MODEL)
        with boundary("sandbox"):
            place = open_place(
                self._provider(), self._spec, world, self._owner, complete
            )
            self._current.hold(place, ticket)
        try:
            if self._asked is not None:
                build_world(place.box, self._asked, self._world_seed)
            self._course.begin(place)
        except SandboxError as error:
            raise EpisodeError("sandbox", error) from error
        self._see(f"You are in {self._spec.workdir}.")

    @tool
    def bash(self, command: Command, timeout_s: Seconds = 60.0) -> None:
        """Run a command and see its exit code and output; its standard input is empty.

        Variables, functions and the working folder stay for the next call.
        """
        encoded(command, "the command")
        with self._working() as box:
            result = box.shell(
                command, timeout_s=timeout_s, max_output=self._output_bytes
            )
            told = self._happened()
        self._exit_code, self._stdout = result.exit_code, result.stdout.text
        self._seen = result_text(result, timeout_s, self._output_bytes, told)

    @tool
    def type(self, text: Typed = "", key: Key | None = None) -> None:
        """Type text and then a key on the terminal, and see what it shows then.

        The terminal is a shell beside that of bash, for programs that want a person.
        """
        data = encoded(text, "the text", nul=True)
        with self._working() as box:
            try:
                self._see(self._at_console(box).type(data, key))
            except SandboxRefusal as error:
                self._see(f"Not typed: {error}.")

    @tool
    def read(self, wait_s: Wait = 1.0) -> None:
        """See what is new on the terminal, waiting until it is quiet."""
        with self._working() as box:
            try:
                self._see(self._at_console(box).read(wait_s))
            except SandboxRefusal as error:
                self._see(f"Nothing to read: {error}.")

    @tool
    def read_file(self, path: PathInBox) -> None:
        """Read a file; of a long one its beginning and its end."""
        place = absolute(path, self._spec)
        with self._working() as box:
            try:
                data = box.read_file(place, max_bytes=LARGEST_FILE)
                self._see(bounded(data, self._output_bytes) or "The file is empty.")
            except SandboxFileError as error:
                self._see(f"Not read: {error}.")

    @tool
    def write_file(self, path: PathInBox, content: Content) -> None:
        """Write a text file, and the folders above it where they are missing."""
        place, data = (
            absolute(path, self._spec),
            encoded(content, "the content", nul=True),
        )
        with self._working() as box:
            try:
                box.write_file(place, data)
                self._see(f"Wrote {len(data)} bytes to {place}.")
            except SandboxFileError as error:
                self._see(f"Not written: {error}.")

    @tool
    def submit(self, answer: Answer = "") -> None:
        """End your work, with your answer where the task asks for one."""
        self._submission = answer
        self.over = True
        self._seen = "Submitted."

    def observe(self, seat: str) -> str:
        """Return what the last call gave."""
        return self._seen

    def step(self, action: ToolCall) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Play one tool call, and show a hint where it is time for one."""
        seen, reward, over, cut, info = super().step(action)
        if "error" not in info and not over and (hint := self._course.hint()):
            notes = [*info.get("notes", ()), ("hint", {"text": hint})]
            seen, info = f"{seen}\n\nHint: {hint}", {**info, "notes": notes}
        return seen, reward, over, cut, info

    def view(self, seat: str) -> dict[str, object]:
        """Return the task's name, and how the last command of `bash` ended."""
        return {
            "legal": self.legal(seat),
            "task": self.task.name if self.task else None,
            "exit_code": self._exit_code,
            "stdout": self._stdout,
        }

    def evidence(self) -> dict[str, object]:
        """Freeze the box, judge what is in it, and remove it."""
        if self._evidence is None:
            self._evidence = self._judged()
        return self._evidence

    def judged_again(self, evidence: Mapping[str, Any]) -> list[dict[str, object]]:
        """Return the milestones of a stored evidence as the checks judge it now.

        Raises:
            JudgingFailed: If a file was too large to be stored whole.
            SandboxError: If the box for it fails.
        """
        assert self._asked is not None
        return judged_again(evidence, self._asked, self._open)

    def world_digest(self) -> str:
        """Return a digest of the files below the working folder, as they are now."""
        return world_digest(self._current.box)

    def close(self) -> None:
        """Remove the box."""
        with boundary("sandbox"):
            self._current.end()
        super().close()

    @contextmanager
    def _working(self) -> Generator[Sandbox]:
        """Give the box for a call of the player's, which takes its time."""
        with boundary("sandbox"):
            self._course.call(self._current.place)
            yield self._current.box

    def _at_console(self, box: Sandbox) -> Console:
        if self._console is None:
            self._console = Console(box, self._output_bytes)
        return self._console

    def _provider(self) -> SandboxProvider:
        kind = self.sandbox = self.sandbox or choose(self._needs, None)
        return sandbox_provider(kind)

    def _forget(self) -> None:
        """Forget all that an episode has left."""
        self._course = Course(self._asked, self._hints_after)
        self._console: Console | None = None
        self._world_seed = 0
        self._seen = ""
        self._exit_code: int | None = None
        self._stdout = ""
        self._submission: str | None = None
        self._evidence: dict[str, object] | None = None
        self._incidents: list[str] = []
        self._noted = 0

    def _open(self, spec: SandboxSpec) -> Sandbox:
        return self._provider().open(spec, self._owner)

    def _judged(self) -> dict[str, object]:
        """Judge what is in the box, and remove it."""
        told: dict[str, Any] = {"task": None, "submission": self._submission}
        with boundary("sandbox"):
            if self._asked is None:
                told["invalid"] = "there was no task"
            else:
                told = judge(
                    Case(
                        self._asked,
                        self._current.place,
                        self._course,
                        self._open,
                        self._submission,
                        self._world_seed,
                        self._incidents,
                    )
                )
            self._current.end()
        return told

    def _happened(self) -> list[str]:
        """Return what has happened to the box since this was last asked."""
        new = self._current.box.incidents()
        self._incidents += new
        return new

    def _see(self, text: str) -> None:
        """Show a text, after what has happened to the box."""
        self._seen = "\n".join([*(f"Note: {told}." for told in self._happened()), text])

    def _info(self) -> dict[str, Any]:
        new, self._noted = self._incidents[self._noted :], len(self._incidents)
        if not new:
            return super()._info()
        notes = [("sandbox", {"what": told}) for told in new]
        return {**super()._info(), "notes": notes}


@functools.cache
def _tools(terminal: bool) -> Mapping[str, Tool]:
    every = tools_of(Shell)
    return {n: t for n, t in every.items() if terminal or n not in ("type", "read")}


def _nothing(text: str) -> None:
    """Tell nobody."""
