"""Skeletons of scenarios: working ones, to be changed into what the user wants."""

from __future__ import annotations

import inspect
import json
import re
import uuid
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from .arguments import Arguments
from .env import Env
from .errors import UserError, one_line
from .registry import PREFIX, environment_class, load, names

__all__ = ["write_scenario", "write_shell_task"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
GENERAL = ("payoff", "completed", "tool-errors")
"""Scorers that fit every environment, the headline first."""


def write_shell_task(folder: Path) -> None:
    """Write a shell task with everything that a good one has.

    Raises:
        UserError: If the folder exists, or its name is no task's name.
    """
    _make(folder)
    words = {"name": folder.resolve().name, "canary": str(uuid.uuid4())}
    _fill(files("arena") / "templates" / "shell", folder, words)


def write_scenario(folder: Path, environment: str) -> None:
    """Write a `scenario.toml` for an environment, with all its parameters.

    Raises:
        UserError: If the folder exists, its name is no scenario's name, or there is no
            such environment.
    """
    kind = environment_class(environment)
    text = _scenario_toml(folder.resolve().name, environment, kind)
    _make(folder)
    (folder / "scenario.toml").write_text(text, encoding="utf-8")


def _make(folder: Path) -> None:
    if not NAME.fullmatch(folder.resolve().name):
        raise UserError(
            f"{folder}: a name has lower-case letters, digits, '-', '_' and '.' only"
        )
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise UserError(f"{folder}: exists, and nothing is overwritten") from None
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None


def _fill(template: Traversable, folder: Path, words: dict[str, str]) -> None:
    for entry in template.iterdir():
        target = folder / entry.name
        if entry.is_dir():
            if entry.name != "__pycache__":
                target.mkdir()
                _fill(entry, target, words)
            continue
        text = entry.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace("{{" + word + "}}", value)
        target.write_text(text, encoding="utf-8")


def _scenario_toml(name: str, environment: str, kind: type[Env]) -> str:
    own = environment if ":" in environment else PREFIX + environment.split("/")[-1]
    lines = [
        f'description = "{name}: one sentence that says what is asked."',
        f'environment = "{own}"',
        "# seeds = [1, 2, 3]         # fixed worlds; without, a new one an epoch",
        "",
        "[parameters]                # of the environment; these are its defaults",
    ]
    lines += [f"# {line}" for line in _parameters(kind)]
    if others := _partners(environment, kind):
        lines += [
            "",
            "[seats]                     # who sits where, besides you",
        ]
    lines += [f"{seat} = {json.dumps(who)}" for seat, who in others.items()]
    lines += ["", "[limits]", "turns = 500"]
    registered = names("scorers")
    for scorer in (s for s in GENERAL if s in registered):
        load("scorers", scorer)
        lines += ["", "[[scorers]]", f'name = "{scorer}"']
    return "\n".join(lines) + "\n"


def _partners(environment: str, kind: type[Env]) -> dict[str, str]:
    """Return who takes each seat but the first, as the environment proposes it."""
    try:
        env = kind()
    except TypeError as error:
        raise UserError(
            f"environment {environment!r}: {one_line(str(error))}"
        ) from None
    partners = {s: env.partners.get(s) or env.partners["*"] for s in env.seats[1:]}
    env.close()
    return partners


def _parameters(kind: type[Env]) -> list[str]:
    """Return each parameter with its default, as TOML, and what it may be."""
    signature = inspect.signature(kind)
    found: list[str] = []
    for name, schema in Arguments.of_class(kind).json_schema()["properties"].items():
        default: Any = signature.parameters[name].default
        if name == "render_mode":
            continue
        shown = "" if default is None else json.dumps(default)
        found.append(f"{name} = {shown}".rstrip() + f"   # {_allowed(schema)}")
    return found


def _allowed(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_allowed(each) for each in schema["anyOf"])
    text = str(schema.get("type", "any value"))
    bounds = [schema.get(bound) for bound in ("minimum", "maximum")]
    if bounds != [None, None]:
        text += f" from {bounds[0]} to {bounds[1]}".replace(" to None", " on")
    return text
