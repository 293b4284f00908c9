"""Shell tasks as folders: Harbor's layout, with what is ours beside it.

What stands in `solution/` and `tests/` never enters the box in which an agent works;
`SandboxSpec`s made here name nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from .errors import UnknownName, UserError
from .limits import Limits
from .sandboxing import SandboxSpec
from .scenario_files import TASK_FILE, find_scenarios, registered_file
from .task_toml import ArenaFields, EnvironmentFields, Milestone, SandboxKind, TaskFile
from .toml_files import read_model

__all__ = [
    "BASE_IMAGE",
    "TESTS_IN_BOX",
    "VERIFIER_LOGS",
    "TaskFolder",
    "files_below",
    "load_task",
]

BASE_IMAGE = "arena/base"
"""What `docker_image` and `FROM` call the base image; it has the user `agent`."""
HOME = "/home/agent"
PUBLISHED = "/logs/artifacts"
SERVERS = "servers"
"""The service of an artifact that is kept from rented servers."""
TESTS_IN_BOX = "/tests"
VERIFIER_LOGS = "/logs/verifier"
_CANARY = re.compile(r"(<!--.*canary.*-->|#.*canary.*)", re.IGNORECASE)
_ROOTS = ("root", "0", 0)
_MOST_TTL_S = 6 * 3600.0


@dataclass(frozen=True)
class TaskFolder:
    """A task as it stands in its folder; files are read when they are asked for.

    Attributes:
        name: Registered name, or the absolute path of the folder.
        path: The folder.
        text: Of its `task.toml`.
        content: The same, with its fields checked.
    """

    name: str
    path: Path
    text: str
    content: TaskFile

    @property
    def toml(self) -> Path:
        """Its `task.toml`."""
        return self.path / TASK_FILE

    @property
    def arena(self) -> ArenaFields:
        """What is ours."""
        return self.content.metadata.arena

    @property
    def milestones(self) -> list[Milestone]:
        """Its milestones; none where `tests/test.sh` judges."""
        return self.arena.milestones

    @property
    def description(self) -> str:
        """One line: what is asked."""
        about = self.content.task.description if self.content.task else ""
        return about or next(iter(self.instruction.splitlines()), "")

    @cached_property
    def instruction(self) -> str:
        """What the agent is asked, without the marks against contamination.

        Raises:
            UserError: If it cannot be read.
        """
        lines = self._text("instruction.md", needed=True).splitlines()
        while lines and (not lines[0].strip() or _CANARY.fullmatch(lines[0].strip())):
            del lines[0]
        return "\n".join(lines).strip()

    @property
    def seed_source(self) -> str | None:
        """The program that builds the world, and knows the truth about it."""
        return self._text("environment/world/seed.py") or None

    @property
    def checks_file(self) -> Path:
        """The file of the functions that judge."""
        return self.path / "tests" / self.arena.scorer

    @property
    def dockerfile(self) -> Path | None:
        """The recipe of its own image, or None."""
        found = self.path / "environment" / "Dockerfile"
        return found if found.is_file() else None

    @property
    def oracle(self) -> str | None:
        """The solution, a bash script; None where there is none."""
        return self._text("solution/solve.sh") or None

    @property
    def null(self) -> str | None:
        """A script that acts and achieves nothing; None where there is none."""
        return self._text("solution/null.sh") or None

    def cheat(self, name: str) -> str:
        """Return a script that tries to score without solving the task.

        Raises:
            UnknownName: If there is none of that name.
        """
        known = {path.stem for path in (self.path / "solution/cheats").glob("*.sh")}
        if name not in known:
            raise UnknownName("cheat", name, known)
        return self._text(f"solution/cheats/{name}.sh", needed=True)

    @property
    def limits(self) -> Limits:
        """The limits of an episode."""
        own = self.arena.limits
        seconds = [own.wall_seconds, self.content.agent.timeout_sec]
        given = {
            "turns": own.steps,
            "tokens": own.tokens,
            "cost_usd": own.usd,
            "wall_s": min((s for s in seconds if s is not None), default=None),
        }
        return Limits.model_validate({k: v for k, v in given.items() if v is not None})

    @property
    def foreign(self) -> bool:
        """Whether it brings its own image, which only Docker can run."""
        image = self.content.environment.docker_image
        return self.dockerfile is not None or image not in (None, BASE_IMAGE)

    @property
    def user(self) -> str:
        """Who the agent is: `agent` or `root`."""
        return self._user(self.content.agent.user)

    @property
    def verifier_user(self) -> str:
        """As whom `tests/test.sh` runs: `agent` or `root`."""
        user = self.content.verifier.user
        own_image = self.bundled_tests and not self.shared_verifier
        return "root" if user is None and own_image else self._user(user)

    @property
    def shared_verifier(self) -> bool:
        """Whether `tests/test.sh` runs among the agent's files, in a clone."""
        mode = self.content.verifier.environment_mode
        if mode is None:
            separate = self.milestones or self.content.verifier.environment is not None
            return not separate
        return mode == "shared"

    @property
    def kinds(self) -> tuple[SandboxKind, ...]:
        """The kinds of sandbox that will do, the preferred one first."""
        able: tuple[SandboxKind, ...] = (
            ("docker",) if self.needs_docker else ("docker", "bubblewrap")
        )
        allowed = self.arena.sandboxes
        return able if allowed is None else tuple(k for k in able if k in allowed)

    @property
    def needs_docker(self) -> str | None:
        """Why only Docker will do, or None."""
        if self.arena.world is not None:
            return "is played in a closed world"
        if self.dockerfile is not None:
            return "has its own environment/Dockerfile"
        if self.foreign:
            return f"asks for the image {self.content.environment.docker_image!r}"
        if self.bundled_tests and not self.shared_verifier:
            return "has an image of its own for its tests"
        return "needs root in its box" if self.spec.root else None

    @cached_property
    def spec(self) -> SandboxSpec:
        """What the agent's box must offer."""
        writable = () if self.milestones else (PUBLISHED,)
        return self._spec(self.content.environment, "environment", self.user, writable)

    @cached_property
    def verifier_spec(self) -> SandboxSpec:
        """What the box of a separate `tests/test.sh` must offer."""
        own, fields = self.content.verifier.environment, self.content.environment
        image, folder = fields.docker_image, "environment"
        if self.bundled_tests:
            image, folder = own.docker_image if own else None, "tests"
        fields = (own or fields).model_copy(update={"docker_image": image})
        writable = ("/logs", TESTS_IN_BOX)
        return self._spec(fields, folder, self.verifier_user, writable)

    @property
    def bundled_tests(self) -> bool:
        """Whether the verifier has an image of its own, which holds the tests."""
        own = self.content.verifier.environment
        has_image = own is not None and own.docker_image is not None
        return has_image or (self.path / "tests/Dockerfile").is_file()

    @property
    def artifacts(self) -> list[str]:
        """The paths in the agent's box that are kept for judging, absolute."""
        paths = [a.source for a in self.content.artifacts if a.service != SERVERS]
        if not self.milestones and PUBLISHED not in paths:
            paths.insert(0, PUBLISHED)  # Harbor's place for what is to be kept
        return [str(PurePosixPath(self.spec.workdir, path)) for path in paths]

    @property
    def server_artifacts(self) -> list[str]:
        """The paths that are kept from every server that was rented, absolute."""
        return [a.source for a in self.content.artifacts if a.service == SERVERS]

    @property
    def hints(self) -> list[str]:
        """What helps on, one text for each numbered item of `solution/hints.md`."""
        text = self._text("solution/hints.md").partition("\n## ")[0]
        items = re.split(r"(?m)^\d+\.\s+", text)[1:]
        return [" ".join(item.split()) for item in items]

    def _user(self, user: str | int | None) -> str:
        if user is None:
            return "root" if self.foreign else "agent"
        return "root" if user in _ROOTS else "agent"

    def _spec(
        self,
        fields: EnvironmentFields,
        folder: str,
        user: str,
        writable: tuple[str, ...],
    ) -> SandboxSpec:
        image = None if fields.docker_image == BASE_IMAGE else fields.docker_image
        build = self.path / folder
        if image is not None or not (build / "Dockerfile").is_file():
            build = None
        foreign = build is not None or image is not None
        root = user == "root" or (not self.milestones and self.verifier_user == "root")
        sizes = {
            "memory_mb": fields.memory_mb or fields.memory,
            "storage_mb": fields.storage_mb or fields.storage,
            "cpus": fields.cpus,
        }
        return SandboxSpec.model_validate(
            {
                "image": image,
                "build": None if build is None else str(build.resolve()),
                "root": root,
                "user": user,
                "workdir": fields.workdir or _workdir_of(build, foreign),
                "env": fields.env,
                "writable": () if root else writable,
                "read_only": not (foreign or root),
                "ttl_s": max(_MOST_TTL_S, 3600.0 + (self.limits.wall_s or 0.0)),
                **{name: size for name, size in sizes.items() if size is not None},
            }
        )

    def _text(self, name: str, *, needed: bool = False) -> str:
        path = self.path / name
        if not needed and not path.is_file():
            return ""
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "is not text in UTF-8"
            raise UserError(f"{path}: {reason}") from None


def load_task(name: str) -> TaskFolder:
    """Read a task folder by registered name or path.

    Raises:
        UnknownName: If there is no such task.
        TomlError: If a field is wrong, or asks for what cannot be had here.
    """
    from .task_rules import broken_rules

    path = Path(name).expanduser()
    if path.is_absolute() or (path / TASK_FILE).is_file():
        path = path.absolute()
        name = str(path)
    else:
        file = registered_file(name)
        if file is None or file.name != TASK_FILE:
            tasks = [n for n, f in find_scenarios().items() if f.name == TASK_FILE]
            raise UnknownName("task", name, tasks)
        path = file.parent
    text, content = read_model(path / TASK_FILE, TaskFile)
    task = TaskFolder(name, path, text, content)
    for problem in broken_rules(task):
        raise problem
    return task


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder by relative name, caches left out, in order."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path


def _workdir_of(build: Path | None, foreign: bool) -> str:
    """Return where the commands of an image start, as far as its recipe says."""
    if not foreign:
        return HOME
    here = PurePosixPath("/")
    recipe = (
        "" if build is None else (build / "Dockerfile").read_text("utf-8", "replace")
    )
    if _from_base(recipe):
        here = PurePosixPath(HOME)
    for line in re.findall(r"(?im)^\s*WORKDIR\s+(\S+)\s*$", recipe):
        here /= line.strip("\"'")
    return str(here)


def _from_base(recipe: str) -> bool:
    stages = re.findall(r"(?im)^\s*FROM\s+(?:--\S+\s+)*(\S+)", recipe)
    return bool(stages) and stages[-1].partition(":")[0] == BASE_IMAGE
