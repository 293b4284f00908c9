"""Rules over what the agent can read: the instruction and the files of its box."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from pathlib import Path

from ..task_folder import TaskFolder
from .findings import Finding
from .scripts import read

__all__ = ["text_findings"]

LARGEST = 5_000_000
INVENT = "use .test, 192.0.2.x, +999 or made-up names, or say real_world_refs = true"
RESERVED = ("test", "internal", "example", "invalid", "localhost", "local", "lan")
RESERVED_HOSTS = ("example.com", "example.org", "example.net", "localhost")
URL = re.compile(r"\b(?:https?|ftp|ssh|git|wss?)://(?:[^\s/@'\"<>]*@)?([\w.-]+)")
EMAIL = re.compile(r"\b[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})\b")
HOST = re.compile(
    r"(?<![\w./@-])((?:[\w-]{1,63}\.){1,8}(?:com|org|net|edu|gov))\b(?![\w./(-]*\()"
)
PHONE = re.compile(r"(?<![\w+])\+[1-9][-. ()\d]{6,}\d\b")
# No country has +999; 555-01xx of North America is kept for fiction.
RESERVED_PHONE = re.compile(r"999\d*|1\d{3}55501\d\d")
REAL_FIRMS = re.compile(
    r"\b(Google|Gmail|Amazon|AWS|Azure|Microsoft|GitHub|Facebook|Twitter|PayPal|Twilio"
    r"|Bitcoin|Ethereum|Coinbase|Cloudflare|DigitalOcean|Hetzner)\b"
)
ADDRESS = re.compile(r"(?<![\w.-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.-]|\.\d)")
TELLS = (
    (re.compile(r"\b(ARENA|EVAL|BENCH(MARK)?|HARBOR|INSPECT)_[A-Z_]+\b"), "a variable"),
    (re.compile(r"\b(TASK|RUN|TRIAL|EPISODE)_(ID|NAME|FAMILY)\b"), "a variable"),
    (
        re.compile(
            r"\b(this|the|an?) (evaluation|benchmark|test harness|capability test)\b"
            r"|\byou(r| are| will)\b[^.]{0,40}\b(graded|scored|evaluated|benchmarked)\b"
            r"|\b(terminal-bench|harbor task)\b",
            re.I,
        ),
        "wording",
    ),
)
LITERAL_ANSWER = re.compile(r"^(?:echo|printf)\s+(['\"]?)([^'\"$`\\|>]{4,})\1\s*$")


def text_findings(folder: Path, task: TaskFolder | None) -> Iterator[Finding]:
    """Yield what the agent's files should not hold.

    Args:
        folder: Of the task.
        task: The same, where its `task.toml` can be read.
    """
    seen = [folder / "instruction.md", *sorted((folder / "environment").rglob("*"))]
    files = [path for path in seen if path.is_file()]
    for path in (p for p in sorted(folder.rglob("*")) if p.is_file()):
        if (size := path.stat().st_size) > LARGEST:
            what, fix = f"has {size / 1e6:.0f} MB", "make it from a seed, or smaller"
            yield Finding(path, 1, "oversized-asset", what, fix)
    real = task is not None and task.arena.safety.real_world_refs
    for path in files:
        text = read(path)
        if not real and not path.name.startswith("Dockerfile"):
            yield from _real_world(path, text)
        yield from _tells(path, text)
    yield from _answers(folder, files)
    if task is not None:
        yield from _tells(task.toml, _names_in_box(task))


def _real_world(path: Path, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        found = {
            match.group(1).lower().rstrip(".")
            for pattern in (URL, EMAIL, HOST, ADDRESS)
            for match in pattern.finditer(line)
        }
        real = {name for name in found if not _is_reserved(name)}
        real |= {name for name in PHONE.findall(line) if not _is_fiction(name)}
        real |= set(REAL_FIRMS.findall(line))
        for name in sorted(real):
            what = f"{name} may exist in the real world"
            yield Finding(path, number, "real-world-ref", what, INVENT)


def _is_reserved(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        known = any(host == h or host.endswith("." + h) for h in RESERVED_HOSTS)
        return known or last in RESERVED or "." not in host
    return not address.is_global


def _is_fiction(phone: str) -> bool:
    return RESERVED_PHONE.fullmatch(re.sub(r"\D", "", phone)) is not None


def _tells(path: Path, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, kind in TELLS:
            if found := pattern.search(line):
                what = f"{found.group(0)!r} tells the agent that it is tested ({kind})"
                yield Finding(path, number, "eval-tell", what, "take it out")


def _names_in_box(task: TaskFolder) -> str:
    """Return `task.toml` with only the lines that set variables of the agent's box."""
    names = [re.escape(name) for name in task.content.environment.env]
    pattern = re.compile(rf"\b({'|'.join(names)})\b" if names else r"(?!)")
    lines = task.text.splitlines()
    return "\n".join(line if pattern.search(line) else "" for line in lines)


def _answers(folder: Path, files: list[Path]) -> Iterator[Finding]:
    """A solution that only prints its answer, which the agent can read somewhere."""
    script = folder / "solution/solve.sh"
    lines = [line.strip() for line in read(script).splitlines() if line.strip()]
    found = LITERAL_ANSWER.match(lines[-1]) if lines else None
    if found is None:
        return
    answer = found.group(2).strip()
    for path in files:
        for number, line in enumerate(read(path).splitlines(), 1):
            if answer in line:
                what = f"the answer {answer!r} of solution/solve.sh stands here"
                fix = "let it depend on the seed, and out of the agent's sight"
                yield Finding(path, number, "leak-solution-string", what, fix)
