"""The generators by name, each imported when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from arena.arguments import Arguments, BadArguments
from arena.errors import UnknownName, UserError

from .generator import Generator

__all__ = ["GENERATORS", "make_generator"]

GENERATORS = {
    "beliefs": "beliefs.lattice_items:Beliefs",
    "blackjack": "blackjack_items:BlackjackBeliefs",
    "conversations": "conversations.items:Conversations",
    "counterfactual": "games_of_rules.items:Counterfactual",
    "daily-life": "daily_life.items:DailyLife",
    "dual-logic": "dual_logic:DualLogic",
    "new-world": "other_worlds.items:NewWorld",
    "relations": "relation_items:Relations",
    "talk": "beliefs.talk_items:Talk",
}


def make_generator(name: str, knobs: dict[str, Any]) -> Generator:
    """Return a generator.

    Args:
        name: One of the above.
        knobs: Its constructor's keyword arguments, from a scenario.

    Raises:
        UserError: For an unknown name, or a knob that does not fit.
    """
    if name not in GENERATORS:
        raise UnknownName("generator", name, GENERATORS)
    module, _, kind = GENERATORS[name].partition(":")
    found = getattr(import_module(f".{module}", __package__), kind)
    try:
        return found(**Arguments.of_class(found).check(knobs))
    except BadArguments as error:
        raise UserError(f"generator {name!r}: {error}") from None
    except ValueError as error:
        raise UserError(f"generator {name!r}: {error}") from None
