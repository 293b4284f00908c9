"""Questions about imitations, where the best likeness may be unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from arena.items import ItemError, Label

from ..drafts import Draft
from ..games_of_rules.asking import Asking, answers_of
from ..games_of_rules.telling import was
from ..hearing import one_hearer, stages_of
from ..vocabulary import nonce
from .fence import Fence, inconsistencies, ranked_animals
from .places import ANIMALS, SETTINGS, a

__all__ = ["imitation", "seen_imitation"]

STAGES = 4
RULES = (
    "An almanac tells you, who read this, what animals do; the people of the town have "
    "no almanac. They know an animal only if it is said that everybody there knows it, "
    "or that they saw a picture of it; nobody there can imitate, or think of, any "
    "other. People imitate an animal that they know; and whoever sees someone imitate "
    "takes it to be an animal that they themselves know. Of these it is the one that "
    "does more of the things that were done than any other of them does."
)
_KNOWN = re.compile(r"^Everybody in \w+ knows (an? \w+)\.$")
_SHOWN = re.compile(r"^There was a picture evening about (an? \w+), and (\w+) went\.$")
_DOES = re.compile(r"^Almanac: (an? \w+) is known for (.+)\.$")
_HOME = re.compile(
    r"^Everybody in \w+ knows the animals of the (\w+), and no others\.$"
)
_LIVES = re.compile(r"^(An? \w+) is an animal of the (\w+)\.$")
_HOMES = ("marsh", "hills", "steppe", "shore", "heath", "dunes")
_ROLES: tuple[str, ...] = ("best-match", "second-match", "third-match", "worst-match")


class _Scene:
    """A town, four animals from the best likeness to the worst, and who knows which."""

    def __init__(self, asking: Asking, *, invented: bool) -> None:
        rng = self.rng = asking.rng
        self.town = nonce(rng).capitalize()
        self.cast = asking.cast(2)
        self.done, animals = ranked_animals(rng)
        # Drawn in any case, so that a name changes nothing else.
        words = [nonce(rng) for _ in range(STAGES)]
        names = words if invented and len(set(words)) == STAGES else animals
        self.animals = [a(name) for name in names]
        self.does = dict(zip(self.animals, (ANIMALS[x] for x in animals), strict=True))
        # Reversed, since of all known ranks the first decides, not the last.
        low, high = stages_of(STAGES, asking.design)
        plan = one_hearer(rng, STAGES, low, high)[asking.twin]
        self.known = dict(zip(self.animals, plan[::-1], strict=True))
        self.flipped = self.animals[STAGES - 1 - high]

    def story(self, fence: list[str], more: list[str], seen: str) -> tuple[str, ...]:
        """Return where it is, what is known and what is done.

        Args:
            fence: A line for each animal; they are shuffled.
            more: What else is known.
            seen: What is done.
        """
        rng = self.rng
        almanac: list[str] = []
        for animal in self.animals:
            motions = sorted(self.does[animal])
            rng.shuffle(motions)
            almanac.append(f"Almanac: {animal} is known for {', '.join(motions)}.")
        rng.shuffle(almanac)
        rng.shuffle(fence)
        first = f"{self.town} is {rng.choice(SETTINGS)}."
        return (first, *almanac, *fence, *more, seen)

    def draft(self, asking: Asking, story: tuple[str, ...], question: str) -> Draft:
        """Return the draft, as one about the own mind."""
        known = frozenset(animal for animal, there in self.known.items() if there)
        fence = Fence(self.does, known, frozenset(self.done))
        if wrong := inconsistencies(fence, [story[0], story[-1], question]):
            raise ItemError(f"new-world, {self.town}: {wrong[0]}")
        gold, picks = fence.likeliest(), dict(zip(_ROLES, self.animals, strict=True))
        return Draft(
            measures=asking.own,
            rules=RULES,
            story=story,
            question=question,
            answers=answers_of(self.animals, gold, picks),
            labels=(
                Label("fence", gold, "the best match of those known"),
                Label("story reader", *_read(story, self.cast.others[0])),
            ),
            picks=picks,
            facts={"rank": self.animals.index(gold)},
        )


def _read(story: Sequence[str], onlooker: str) -> tuple[str, str]:
    """Return what the story's lines say was imitated, and why."""
    known = {found[1] for line in story if (found := _KNOWN.match(line))}
    for line in story:
        if (found := _SHOWN.match(line)) and found[2] == onlooker:
            known.add(found[1])
    homes = [found[1] for line in story if (found := _HOME.match(line))]
    for line in story:
        if (found := _LIVES.match(line)) and found[2] in homes:
            known.add(found[1].lower())
    done = story[-1].rpartition("seen ")[2].removesuffix(".").split(", ")
    likeness = {
        found[1]: sum(motion in found[2].split(", ") for motion in done)
        for line in story
        if (found := _DOES.match(line)) and found[1] in known
    }
    best = max(likeness.values())
    [animal] = [x for x, match in likeness.items() if match == best]
    return animal, f"of those known it does most of what was done, {best}"


def imitation(asking: Asking, *, invented: bool, implied: bool) -> Draft:
    """What someone imitates who lives in the world."""
    scene = _Scene(asking, invented=invented)
    town, person = scene.town, scene.cast.companion
    near, far = scene.rng.sample(_HOMES, 2)
    if implied:
        fence = [
            f"{_capital(animal)} is an animal of the {near if known else far}."
            for animal, known in scene.known.items()
        ]
        told = [f"Everybody in {town} knows the animals of the {near}, and no others."]
    else:
        told = []
        fence = [
            f"Everybody in {town} knows {animal}."
            if known
            else f"Nobody in {town} has ever seen or heard of {animal}."
            for animal, known in scene.known.items()
        ]
    seen = (
        f"{_capital(person)}, who never left {town}, {was(person)} seen "
        f"{', '.join(scene.done)}."
    )
    story = scene.story(fence, told, seen)
    return scene.draft(asking, story, f"What did {person} imitate?")


def seen_imitation(asking: Asking, *, invented: bool) -> Draft:
    """What an onlooker takes an imitation to be, who knows less than who does it."""
    scene = _Scene(asking, invented=invented)
    rng, town, cast = scene.rng, scene.town, scene.cast
    onlooker = cast.others[0]
    fence: list[str] = []
    for animal, known in scene.known.items():
        everybody = rng.random() < 0.5 and animal != scene.flipped
        if known and everybody:
            fence.append(f"Everybody in {town} knows {animal}.")
            continue
        went = "went" if known else "did not go"
        fence.append(
            f"There was a picture evening about {animal}, and {onlooker} {went}."
        )
    person = cast.companion
    seen = (
        f"{_capital(person)}, who had been at all the picture evenings, {was(person)} "
        f"seen {', '.join(scene.done)}."
    )
    story = scene.story(fence, [], seen)
    question = f"{onlooker} saw it. What did {onlooker} take {person} to imitate?"
    draft = scene.draft(asking, story, question)
    return _of_another(draft, scene.animals[0])


def _of_another(draft: Draft, real: str) -> Draft:
    """Return the draft as one about another's mind; `real` is what was imitated."""
    roles = draft.answers[real]
    return replace(
        draft,
        measures="tom",
        answers={**draft.answers, real: (*roles, "reality")},
        picks={**draft.picks, "reality": real},
        order=int("correct" not in roles),
        nominal=1,
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
