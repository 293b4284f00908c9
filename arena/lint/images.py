"""Rules over Dockerfiles, compose files and the scripts that judge."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..task_folder import BASE_IMAGE, TaskFolder
from ..toml_files import line_of
from .findings import Finding
from .scripts import copied_into_image, fetches, installs, read, statements

__all__ = ["image_findings"]

HIDDEN = ("tests", "solution", "run-tests.sh", "solution.sh")
COMPOSE = (
    (r"^\s*privileged:\s*(true|yes|on)\b", "compose-privileged"),
    (r"^\s*cap_add:", "compose-additional-capabilities"),
    (r"^\s*(network_mode|pid|ipc|userns_mode):\s*['\"]?host\b", "host-escape"),
    (r"docker\.sock\b", "host-escape"),
    (r"^\s*-\s*['\"]?/(proc|sys|dev|etc|root|var/run)?\s*:", "host-escape"),
)
# SOURCE:TARGET or SOURCE:TARGET:OPTIONS, where the source is a path and no volume.
BIND = re.compile(
    r"^\s*-\s*['\"]?([./~$][^:'\"]*):/[^:'\"]*(?::([\w,]*))?['\"]?\s*(?:#.*)?$"
)
SMALLEST_LEAK = 80
"""Files of fewer bytes may be equal by chance."""


def image_findings(folder: Path, task: TaskFolder | None) -> Iterator[Finding]:
    """Yield what is wrong with the images, and with the scripts that judge.

    Args:
        folder: Of the task.
        task: The same, where its `task.toml` can be read.
    """
    if task is not None:
        yield from _named_images(task)
    for path in sorted(folder.glob("environment/**/Dockerfile*")):
        yield from _dockerfile(path, leaks=True)
    for path in sorted(folder.glob("tests/**/Dockerfile*")):
        yield from _dockerfile(path, leaks=False)
    for path in sorted(folder.glob("environment/**/*.y*ml")):
        yield from _compose(path)
    yield from _equal_files(folder)
    for path in sorted(folder.glob("tests/**/*.sh")):
        yield from _verifier(path)


def _named_images(task: TaskFolder) -> Iterator[Finding]:
    boxes = {
        ("environment",): task.content.environment,
        ("verifier", "environment"): task.content.verifier.environment,
    }
    for place, fields in boxes.items():
        image = fields.docker_image if fields else None
        if image and not _pinned(image):
            line = line_of(task.text, [*place, "docker_image"])
            yield _unpinned(task.toml, line, image)


def _pinned(image: str) -> bool:
    """Whether an image's name says which content is meant."""
    if image == BASE_IMAGE or image == "scratch" or "@sha256:" in image:
        return True
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag not in ("", "latest")


def _unpinned(path: Path, line: int, image: str) -> Finding:
    what = f"the image {image!r} may be another one tomorrow"
    return Finding(path, line, "unpinned-image", what, "name a tag, or a digest")


def _dockerfile(path: Path, *, leaks: bool) -> Iterator[Finding]:
    text = read(path)
    stages: set[str] = set()
    for line, statement in statements(text):
        words = [word for word in statement.split() if not word.startswith("--")]
        if words[0].upper() == "FROM" and len(words) > 1:
            if words[1] not in stages and "$" not in words[1] and not _pinned(words[1]):
                yield _unpinned(path, line, words[1])
            stages |= set(words[3:])
    yield from _unpinned_packages(path, text)
    for line, source in copied_into_image(text):
        if leaks and source.split("/")[0] in HIDDEN:
            what = f"{source} is copied into the box of the agent"
            fix = "leave tests and solutions to the verifier"
            yield Finding(path, line, "agent-image-test-leak", what, fix)


def _unpinned_packages(path: Path, text: str) -> Iterator[Finding]:
    for line, statement in statements(text):
        found = re.search(r"\bpip3?\s+install\s+(.*?)(?:&&|;|\|\||$)", statement)
        names = [
            word.strip("'\"")
            for word in (found.group(1).split() if found else ())
            if re.match(r"['\"]?[A-Za-z][\w.\[\]-]*(['\"]|$)", word)
        ]
        if names and not re.search(r"\s-(r|e|c)\s|--requirement", statement):
            what = f"pip takes whichever version of {', '.join(names)} is newest"
            fix = "write NAME==VERSION"
            yield Finding(path, line, "unpinned-python-dependency", what, fix)


def _compose(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(read(path).splitlines(), 1):
        escapes = [rule for pattern, rule in COMPOSE if re.search(pattern, line)]
        for rule in escapes:
            what = f"{line.strip()!r} opens the host to the agent"
            yield Finding(path, number, rule, what, "take it out")
        if not escapes and (found := BIND.match(line)):
            for rule, what in _bind_mount(path.parent, *found.groups(default="")):
                fix = "copy the files in the Dockerfile"
                yield Finding(path, number, rule, what, fix)


def _bind_mount(folder: Path, source: str, options: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a part of the host that a container gets to see."""
    if "ro" not in options.split(","):
        yield "compose-writable-bind-mount", f"{source} can be written from inside"
    within = Path(os.path.normpath(folder / source))
    if source.startswith(("/", "~", "$")) or not within.is_relative_to(folder):
        yield "compose-external-bind-mount", f"{source} lies outside of environment/"
    elif any(
        path.is_symlink()
        for path in (within, *within.parents)
        if path != folder and path.is_relative_to(folder)
    ):
        yield "compose-symlink-bind-mount", f"{source} is a link"


def _equal_files(folder: Path) -> Iterator[Finding]:
    """A test or a solution that lies in the build context under any name."""
    hidden: dict[str, Path] = {}
    for part in ("tests", "solution"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and path.stat().st_size >= SMALLEST_LEAK:
                hidden.setdefault(_digest(path), path)
    for path in sorted((folder / "environment").rglob("*")):
        if path.is_file() and path.stat().st_size >= SMALLEST_LEAK:
            same = hidden.get(_digest(path))
            if same is not None:
                what = f"is the same file as {same.relative_to(folder)}"
                fix = "keep it out of environment/"
                yield Finding(path, 1, "agent-image-test-leak", what, fix)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _verifier(path: Path) -> Iterator[Finding]:
    text = read(path)
    installed = dict(installs(text))
    fix = "do it in the Dockerfile: there is no network while tests run"
    for line, what in fetches(text):
        if line in installed:
            yield Finding(
                path, line, "verifier-runtime-install", f"{what} installs here", fix
            )
        else:
            yield Finding(
                path, line, "verifier-network-download", f"{what} downloads here", fix
            )
    yield from _unpinned_packages(path, text)
