"""Questions about norms and laws that depend on the place, and who knows of them."""

from __future__ import annotations

from collections.abc import Callable

from arena.items import Label

from ..drafts import Draft
from ..games_of_rules.asking import Asking, answers_of
from ..games_of_rules.ladders import inverse
from ..hearing import (
    Heard,
    effective_order,
    last_heard,
    last_shared,
    one_hearer,
    stages_of,
    two_hearers,
)
from .places import GESTURES, LAWS
from .towns import LEVELS, WHERE, WHO, Town, TownReader

__all__ = ["etiquette", "law", "local_reads", "norm", "visitor_acts", "visitor_reads"]

_ROLES: tuple[str, ...] = ("default-rule", "common", "hall", "reality")
_OWN_ROLES: tuple[str, ...] = ("default-rule", "common", "hall", "night")
_OF = ("the land outside", "the town", "its hall", "the long night")


def norm(asking: Asking) -> Draft:
    """What is understood by a gesture where the reader makes it."""
    town = Town(asking, "norms", GESTURES, 1)
    family = town.family
    key = asking.rng.choice(family.keys)
    return _here(
        asking,
        town,
        WHERE.format("norms"),
        f"{_capital(town.cast.companion)} {family.use} {key}. By the norms that hold "
        f"where and when it happened, what was that taken to {family.base}?",
        [level[key] for level in town.levels],
        lambda reader: reader.value(key, family.verb),
    )


def etiquette(asking: Asking) -> Draft:
    """Which gesture is right for a purpose where the reader is."""
    town = Town(asking, "norms", GESTURES, 1)
    family = town.family
    value = asking.rng.choice(family.values)
    return _here(
        asking,
        town,
        WHERE.format("norms"),
        f"{_capital(town.cast.companion)} {family.wish} {value}. What was right for "
        "that by the norms that hold where and when it happened?",
        [inverse(level, value) for level in town.levels],
        lambda reader: reader.key(value, family.verb),
    )


def law(asking: Asking) -> Draft:
    """What a thing does by the laws of the place."""
    town = Town(asking, "laws", LAWS, 1)
    family = town.family
    key = asking.rng.choice(family.keys)
    return _here(
        asking,
        town,
        WHERE.format("laws of nature"),
        f"{_capital(town.cast.companion)} {family.use.format(key)}. What did it "
        "do then and there?",
        [level[key] for level in town.levels],
        lambda reader: reader.value(key, family.verb),
    )


def _here(
    asking: Asking,
    town: Town,
    rules: str,
    question: str,
    by_level: list[str],
    read: Callable[[TownReader], str],
) -> Draft:
    """Return a draft about what holds where something happens."""
    level = stages_of(LEVELS, asking.design)[asking.twin]
    story = town.happening(level)
    picks = dict(zip(_OWN_ROLES, by_level, strict=True))
    return Draft(
        measures=asking.own,
        rules=rules,
        story=story,
        question=question,
        answers=answers_of(by_level, by_level[level], picks),
        labels=(
            Label("levels", by_level[level], f"what holds is of {_OF[level]}"),
            Label("story reader", read(TownReader(story)), "by the clauses that hold"),
        ),
        picks=picks,
        facts={"family": town.family.name, "level": level},
    )


def visitor_reads(asking: Asking) -> Draft:
    """What a visitor takes a gesture to be who knows some of the norms."""
    town = Town(asking, "norms", GESTURES, 2)
    family, visitor = town.family, town.cast.others[0]
    key = asking.rng.choice(family.keys)
    return _visitor(
        asking,
        town,
        f"{_capital(town.cast.companion)} {family.use} {key}, and {visitor}, a "
        f"visitor, saw it. What did {visitor} take it to {family.base}?",
        [level[key] for level in town.levels],
        lambda reader: reader.value(key, family.verb, visitor),
    )


def visitor_acts(asking: Asking) -> Draft:
    """What a visitor does for a purpose who knows some of the norms."""
    town = Town(asking, "norms", GESTURES, 2)
    family, visitor = town.family, town.cast.others[0]
    value = asking.rng.choice(family.values)
    return _visitor(
        asking,
        town,
        f"{visitor}, a visitor, {family.wish} {value}. What seemed right for that to "
        f"{visitor}?",
        [inverse(level, value) for level in town.levels],
        lambda reader: reader.key(value, family.verb, visitor),
    )


def _visitor(
    asking: Asking,
    town: Town,
    question: str,
    by_level: list[str],
    read: Callable[[TownReader], str],
) -> Draft:
    """Return a draft about the norms that a visitor goes by."""
    visitor = town.cast.others[0]
    plan = one_hearer(asking.rng, LEVELS, *stages_of(LEVELS, asking.design))
    level = last_heard(plan[asking.twin])
    story = town.reading({visitor: plan[asking.twin]})
    picks = dict(zip(_ROLES, by_level, strict=True))
    return Draft(
        measures="tom",
        rules=WHERE.format("norms") + WHO,
        story=story,
        question=question,
        answers=answers_of(by_level, by_level[level], picks),
        labels=_labels(by_level[level], f"{visitor} goes by", level, read, story),
        picks=picks,
        order=int(level < LEVELS - 1),
        nominal=1,
        facts={"family": town.family.name, "level": level},
    )


def local_reads(asking: Asking) -> Draft:
    """What somebody of the town thinks that a visitor meant by a gesture."""
    town = Town(asking, "norms", GESTURES, 3)
    family, (visitor, local, _) = town.family, town.cast.others
    key = asking.rng.choice(family.keys)
    seen, told = two_hearers(asking.rng, asking.design)[asking.twin]
    plans: dict[str, Heard] = {local: seen, visitor: told}
    story = town.reading(plans)
    by_level = [level[key] for level in town.levels]
    level, real = last_shared(seen, told), last_heard(told)
    order = effective_order(level, LEVELS - 1, real, LEVELS - 1)
    picks = {
        **dict(zip(_ROLES, by_level, strict=True)),
        "drop-first": by_level[real],
        "drop-last": by_level[-1],
    }
    return Draft(
        measures="tom",
        rules=WHERE.format("norms") + WHO,
        story=story,
        question=f"{visitor}, a visitor, {family.use} {key}, and {local}, who is of "
        f"the town, saw it. What did {local} think that {visitor} meant by it?",
        answers=answers_of(by_level, by_level[level], picks),
        labels=_labels(
            by_level[level],
            f"{local} thinks that {visitor} goes by",
            level,
            lambda reader: reader.value(key, family.verb, local, visitor),
            story,
        ),
        picks=picks,
        fair=() if order == 2 else ("drop-first", "drop-last"),
        order=order,
        nominal=2,
        facts={"family": family.name, "level": level},
    )


def _labels(
    answer: str,
    who: str,
    level: int,
    read: Callable[[TownReader], str],
    story: tuple[str, ...],
) -> tuple[Label, ...]:
    return (
        Label("levels", answer, f"{who} the norms of {_OF[level]}"),
        Label("story reader", read(TownReader(story)), "by the readings at the gate"),
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
