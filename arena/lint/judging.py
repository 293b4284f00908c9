"""Rules over what is judged: is it asked for, and can it be known?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..task_folder import TaskFolder
from ..toml_files import line_of
from .findings import Finding
from .scripts import read

__all__ = ["judging_findings"]

PATH = re.compile(r"(?:/|~/)[\w.-]+(?:/[\w.-]+)*")
PORT = re.compile(r"://[^/\s\"']*:(\d{2,5})\b|(?i:port)\w*\s*=\s*(\d{2,5})\b")
SCHEMA = re.compile(r"[{\[]|\b(field|list|object|array|map)s?\b", re.I)
OWN_PLACES = ("/tests", "/tmp", "/logs", "/usr", "/bin", "/etc", "/dev", "/proc")


def judging_findings(task: TaskFolder) -> Iterator[Finding]:
    """Yield what is judged and nobody was told."""
    tree = _parsed(task)
    yield from _paths(task, tree)
    yield from _ports(task)
    yield from _schemas(task)
    if tree is None:
        return
    source = task.seed_source
    asks = any(
        isinstance(n, ast.Attribute) and n.attr == "truth" for n in ast.walk(tree)
    )
    if asks and not (source and re.search(r"(?m)^def truth\(", source)):
        what = (
            "asks for ctx.truth, and environment/world/seed.py defines no truth(seed)"
        )
        yield Finding(task.checks_file, 1, "truth-missing", what, "write it")


def _parsed(task: TaskFolder) -> ast.Module | None:
    if not task.milestones or not task.checks_file.is_file():
        return None
    try:
        return ast.parse(read(task.checks_file))
    except (SyntaxError, ValueError):
        return None  # which is a broken rule of the format


def _paths(task: TaskFolder, tree: ast.Module | None) -> Iterator[Finding]:
    """Every path that counts stands in the instruction, or a folder above it does."""
    instruction = read(task.path / "instruction.md")
    rule, fix = "checked-not-instructed", "name it in instruction.md"
    for index, artifact in enumerate(task.content.artifacts):
        if not _named(artifact.source, instruction):
            line = line_of(task.text, ["artifacts", index])
            what = f"the instruction says nothing of {artifact.source}"
            yield Finding(task.toml, line, rule, what, fix)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            path = node.value
            if (
                PATH.fullmatch(path)
                and not path.startswith(OWN_PLACES)
                and not _named(path, instruction)
            ):
                what = f"the instruction says nothing of {path}"
                yield Finding(task.checks_file, node.lineno, rule, what, fix)


def _ports(task: TaskFolder) -> Iterator[Finding]:
    """Every port that a check or a probe asks stands in the instruction."""
    instruction = read(task.path / "instruction.md")
    for path in sorted((task.path / "tests").rglob("*.py")):
        for number, line in enumerate(read(path).splitlines(), 1):
            for port in filter(None, (p for m in PORT.findall(line) for p in m)):
                if not re.search(rf"\b{port}\b", instruction):
                    what = f"the instruction says nothing of port {port}"
                    fix = "name it in instruction.md"
                    yield Finding(path, number, "checked-not-instructed", what, fix)


def _schemas(task: TaskFolder) -> Iterator[Finding]:
    """What is to be written in JSON is shown, or its fields are said."""
    instruction = read(task.path / "instruction.md")
    for index, artifact in enumerate(task.content.artifacts):
        if artifact.source.endswith(".json") and not SCHEMA.search(instruction):
            line = line_of(task.text, ["artifacts", index])
            what = f"the instruction does not say what is in {artifact.source}"
            fix = "show an example, or name its fields"
            yield Finding(task.toml, line, "schema-not-stated", what, fix)


def _named(path: str, instruction: str) -> bool:
    """Whether a text names a path: its last part, or a folder that it lies in."""
    if path.rstrip("/").rpartition("/")[2] in instruction:
        return True
    parts = path.rstrip("/").split("/")
    above = ["/".join(parts[:end]) for end in range(4, len(parts))]  # below the home
    return any(folder in instruction for folder in above)
