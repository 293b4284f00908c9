"""What is installed: plug-ins by name, found through entry points, loaded when used."""

from __future__ import annotations

import functools
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Literal, cast

from .agent import Agent, AgentSpec
from .arguments import Arguments, BadArguments
from .env import Env
from .errors import UnknownName, UserError

if TYPE_CHECKING:
    from .sandboxing import SandboxProvider

__all__ = [
    "PREFIX",
    "Kind",
    "environment_class",
    "load",
    "make_agent",
    "make_env",
    "names",
    "register_envs",
    "sandbox_provider",
    "target",
]

Kind = Literal[
    "environments",
    "agents",
    "models",
    "scorers",
    "scenarios",
    "sandboxes",
    "importers",
    "analyses",
]
PREFIX = "arena/"
"""The namespace of environments in Gymnasium's ids."""

_SINGULAR = {
    "environments": "environment",
    "agents": "agent",
    "models": "model provider",
    "scorers": "scorer",
    "scenarios": "scenario package",
    "sandboxes": "sandbox",
    "importers": "importer",
    "analyses": "analysis",
}


@functools.cache
def _entries(kind: Kind) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=f"arena.{kind}")}


def names(kind: Kind) -> list[str]:
    """Return the registered names of a kind, sorted."""
    return sorted(_entries(kind))


def target(kind: Kind, name: str) -> str:
    """Return where a plug-in comes from, as `module:attribute`, without loading it."""
    return _entry(kind, name).value


def load(kind: Kind, name: str) -> Any:
    """Import and return a plug-in.

    Raises:
        UnknownName: If nothing is registered under that name.
        UserError: If a package that it needs is not installed, or if it is not where
            its entry point says.
    """
    entry = _entry(kind, name)
    try:
        return entry.load()
    except AttributeError as error:
        raise _gone(kind, entry, error) from error
    except ModuleNotFoundError as error:
        package = (error.name or "?").partition(".")[0]
        own = entry.module.partition(".")[0]
        if kind != "models" and package == own:  # a model's class is of its provider
            raise _gone(kind, entry, error) from error
        install = (
            f"pip install 'arena-evals[{name}]'"
            if kind in ("models", "sandboxes")
            else f"pip install {package}"
        )
        raise UserError(
            f"{_SINGULAR[kind]} {name!r} needs the package {package!r}: {install}"
        ) from error


def environment_class(name: str) -> type[Env]:
    """Return the class of an environment.

    Args:
        name: Registered, with or without `arena/`; or `module:Class` for one that is
            importable but not registered.

    Raises:
        UserError: If there is no such environment.
    """
    if ":" not in name:
        return load("environments", name.removeprefix(PREFIX))
    try:
        found = EntryPoint(name, name, "arena.environments").load()
    except (ImportError, AttributeError) as error:
        raise UserError(f"environment {name!r}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Env)):
        raise UserError(f"environment {name!r}: not a subclass of arena.env.Env")
    return found


def make_env(name: str, parameters: dict[str, Any], **own: Any) -> Env:
    """Make an environment.

    Args:
        name: Its Gymnasium id, or the registered name.
        parameters: From a scenario; checked against the constructor's signature.
        own: Further arguments of the constructor that are not the scenario's.

    Raises:
        UserError: For a parameter that does not fit.
    """
    kind = environment_class(name)
    try:
        checked = Arguments.of_class(kind).check(parameters)
    except BadArguments as error:
        raise UserError(f"environment {name!r}: {error}") from error
    return kind(**checked, **own)


def make_agent(spec: AgentSpec) -> Agent:
    """Make an agent.

    Raises:
        UserError: For an option that does not fit, a model that is missing or not
            wanted, or a package that is not installed.
    """
    kind = cast(type[Agent], load("agents", spec.name))
    arguments = Arguments.of_class(kind)
    options = dict(spec.options)
    if "model" in arguments.types:
        if spec.model is None:
            raise UserError(
                f"agent {spec.name!r} needs a model: --model provider:name, "
                f"with a provider of: {', '.join(names('models'))}"
            )
        options["model"] = spec.model
    elif spec.model is not None:
        raise UserError(
            f"agent {spec.name!r} takes no model, but {spec.model!r} was given"
        )
    try:
        return kind(**arguments.check(options))
    except BadArguments as error:
        raise UserError(
            f"agent {spec.name!r}: {error} (options: --agent-option NAME=VALUE)"
        ) from error


@functools.cache  # it looks at the machine once, and keeps connections
def sandbox_provider(name: str) -> SandboxProvider:
    """Return the provider of a kind of sandbox.

    Raises:
        UserError: If there is no such kind, or a package that it needs is missing.
    """
    return load("sandboxes", name)()


def register_envs() -> None:
    """Register every environment with Gymnasium, as `arena/NAME`.

    `gymnasium.make` then gives the view of one seat; where there are several, the
    environment's `partners` take the others.
    """
    import gymnasium

    for name in names("environments"):
        if PREFIX + name not in gymnasium.registry:
            gymnasium.register(  # pyright: ignore[reportUnknownMemberType]
                PREFIX + name,
                entry_point="arena.registry:open_seat",
                kwargs={"environment": name},
            )


def open_seat(environment: str, **parameters: Any) -> Any:
    """Make an environment for `gymnasium.make`, with one seat left open."""
    from .seating import Seated

    own = {k: parameters.pop(k) for k in ("render_mode",) if k in parameters}
    env = make_env(environment, parameters, **own)
    if len(env.seats) == 1:
        return env
    others = {
        seat: make_agent(AgentSpec(name=env.partners.get(seat, env.partners["*"])))
        for seat in env.seats[1:]
    }
    return Seated(env, env.seats[0], others)


def _gone(kind: Kind, entry: EntryPoint, error: Exception) -> UserError:
    """Return what to say of a plug-in that is not where it was registered."""
    return UserError(
        f"{_SINGULAR[kind]} {entry.name!r} is registered as {entry.value}, but "
        f"{error}: install its package again, or remove it"
    )


def _entry(kind: Kind, name: str) -> EntryPoint:
    try:
        return _entries(kind)[name]
    except KeyError:
        raise UnknownName(_SINGULAR[kind], name, _entries(kind)) from None
