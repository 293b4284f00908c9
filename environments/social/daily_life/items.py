"""The generator `daily-life`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import lcm
from typing import ClassVar, Literal

from arena.items import Item, Label

from ..drafts import Draft, Made, chosen_cells
from ..generator import Draw
from ..vocabulary import PEOPLE, nonce
from .emotion import Emotion
from .faux_pas import FauxPas, FauxPasWho
from .hidden import HiddenEmotion
from .hint import Hint, HintAny
from .intent import Intent
from .lies import SARCASM, WHITE_LIE, Saying
from .persuasion import Persuasion
from .scene import Asked, Scene
from .wording import Wording

__all__ = ["DailyLife"]

_ASIDES = (
    "Outside, a cart rolls by.",
    "A bell rings somewhere.",
    "The wind turns to the west.",
    "A dog barks twice.",
    "The clouds are moving slowly.",
    "Somewhere a door falls shut.",
    "Pigeons settle on the roof.",
    "A kettle begins to sing.",
)
_MOST_ASIDES = 2


def _scenes() -> tuple[Scene, ...]:
    return (
        Emotion("emotion", deed=False),
        Emotion("reaction", deed=True),
        HiddenEmotion("hidden emotion: felt", "felt"),
        HiddenEmotion("hidden emotion: shown", "shown"),
        HiddenEmotion("hidden emotion: thought", "thought"),
        Intent(),
        FauxPas("faux pas: any", "any"),
        FauxPasWho(),
        FauxPas("faux pas: knew", "knew"),
        FauxPas("faux pas: purpose", "purpose"),
        Hint(),
        HintAny(),
        Saying(WHITE_LIE),
        Saying(SARCASM),
        Persuasion("persuasion", chosen=False),
        Persuasion("persuasion: chosen", chosen=True),
    )


class DailyLife:
    """Everyday situations whose answers follow from what people believe.

    State:
        What is the case, what each person has learned of it, and what the kind of
        situation adds: whom one likes, what one hopes, who made what, who gains.

    Answers:
        Computed by stated rules: feelings by the OCC appraisal theory (see
        `feelings.py`), deeds by action tendencies, lies by belief and gain, and so on.
        They are a model's norm and not what people were found to answer; so each item
        states the part of the norm that it needs. Each answer is derived twice, by
        unlike code.

    Cells:
        emotion, reaction: one of four feelings, or what one does next. hidden emotion:
        felt, shown, thought (what an onlooker believes). intent: which plan is acted
        on. faux pas: any, who, knew, purpose. hint: what the speaker wants; any:
        whether it is a hint at all. white lie: right, mistaken, or a lie for whose
        good. sarcasm: in earnest, mistaken, mocking or deceiving. persuasion: which
        sentence wins the other over; chosen: which one is tried.

    Twins:
        One line tells test and twin apart and flips the answer. Tests and twins
        alternate; over all designs of a cell each answer is right equally often.

    Lures:
        `reality`: the answer if everyone knew what is so; `told` and `initial`: if
        everyone believed what they learned first; `kindest`: the deed that pleases
        most; `felt`, `custom`: the feeling, or the face that custom asks for; `own`:
        what would win oneself over. A lure that is right because somebody does know,
        or knows no more, is fair there.

    Persons:
        In the first person "you" are the one who feels, acts or speaks, and what is
        asked about your own state measures that ("self-state"); of a hint and of
        sarcasm you are the hearer, and of persuasion the speaker, and are asked about
        the other's mind. World, pair and answer are equal in both persons.

    Args:
        person: Whether the story is told to somebody in it, or of others.
        cells: Which cells are made; by default all.
    """

    name: ClassVar[str] = "daily-life"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        cells: list[str] | None = None,
    ) -> None:
        self._first_person = person == "first"
        known = {scene.cell: scene for scene in _scenes()}
        wanted = chosen_cells(cells, known)
        self._scenes = [known[cell] for cell in wanted]
        longest = lcm(*(scene.designs for scene in self._scenes))
        self.period = 2 * longest * len(self._scenes)
        self.most_options = max(scene.options for scene in self._scenes)

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        scene = self._scenes[index % len(self._scenes)]
        number = index // len(self._scenes)
        pair, twin = divmod(number, 2)
        names = (self.name, self.version, scene.cell, pair)
        rng = draw.rng(*names)
        people = rng.sample(PEOPLE, 4)
        asked = scene.ask(rng, pair % scene.designs, twin=bool(twin))
        you = asked.you if self._first_person else None
        wording = Wording(dict(zip("abcd", people, strict=True)), you)
        lines = _with_asides(draw.rng(*names, "asides"), asked.lines)
        world, person = f"{self.name}-{draw.digest(*names)}", "1p" if you else "3p"
        made = Made(
            generator=self.name,
            version=self.version,
            cell=scene.cell,
            number=number,
            world=world,
            pair=world,
            variant="twin" if twin else "test",
            rendering=person,
            id=f"{self.name}-{self.version}-{draw.digest(*names, twin, person)}",
        )
        return made.item(draw, _told(asked, wording, lines))


def _told(asked: Asked, wording: Wording, lines: Sequence[str]) -> Draft:
    """Word the question for its reader."""
    texts = [wording.sentence(option) for option in asked.options]
    return Draft(
        measures=asked.measures if wording.you else "tom",
        rules=asked.rules,
        story=tuple(wording.sentence(line) for line in lines),
        question=wording.sentence(asked.question),
        answers={text: _roles(asked, at) for at, text in enumerate(texts)},
        labels=tuple(
            Label(reading.by, texts[reading.option], wording.phrase(reading.because))
            for reading in asked.readings
        ),
        picks={rule: texts[at] for rule, at in asked.picks.items()},
        fair=tuple(asked.fair),
        facts=dict(asked.facts),
    )


def _roles(asked: Asked, option: int) -> tuple[str, ...]:
    correct = ("correct",) if option == asked.readings[0].option else ()
    return (*correct, *(role for role, at in asked.roles.items() if at == option))


def _with_asides(rng: random.Random, lines: Sequence[str]) -> list[str]:
    """Add a day and lines that mean nothing; the same for test and twin."""
    told = list(lines)
    for aside in rng.sample(_ASIDES, rng.randint(0, _MOST_ASIDES)):
        told.insert(rng.randint(0, len(told)), aside)
    # Days and towns are many, so that no two worlds are told alike.
    day = f"It is day {rng.randint(1, 365)} of the year in {nonce(rng).capitalize()}."
    return [day, *told]
