"""The generator `talk`: beliefs from seeing, telling, lying, trusting and watching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import lcm
from typing import ClassVar, Literal

from arena.items import Item

from ..drafts import Draft, Made
from ..generator import Draw
from ..living import Life
from .events import Event
from .life import Lived
from .padding import closing, evened, row_of
from .posed import Posed, Turn
from .talk_places import LIVED, PLACE_CELLS, pose_place
from .talk_verdicts import VERDICT_CELLS
from .telling import Voice, tell_story
from .visibility import rules_of

__all__ = ["Talk"]

Name = Literal[
    "belief 1",
    "belief 2",
    "knowledge",
    "action",
    "judgement",
    "lie",
    "deceived",
    "because",
    "who knows",
]
_NAME, _VERSION = "talk", 1
_CELLS = PLACE_CELLS | VERDICT_CELLS
_STANCE = (
    'You are one of the people, called "you". The story also tells what you do not '
    "perceive; what you think and know is meant as it is in the story."
)


class Talk:
    """What people think, know, say and do after being told true and false things.

    Description:
        Everything lies in closed containers. A thing is in v0, where all see it; then
        come four steps about v1 to v4, each a move of the thing or a claim where it is
        (`evidence.py`). A step reaches someone or not: they are in the room, elsewhere,
        distracted, watch secretly, see the other watch, hear it aloud or whispered,
        believe nothing that this speaker says. What counts is the last step that
        reaches.

    Cells:
        `talk: belief 1` and `talk: action`: where someone thinks it is; will look for
        it. `talk: belief 2`: where someone thinks that someone thinks it is.
        `talk: because`: which step made someone think so. `talk: knowledge`: whether
        someone knows where it is, or is wrong. `talk: judgement`: whether it is
        sensible (odd) to look in some place first. `talk: lie`: whether what someone
        says is a lie, a mistake or the truth. `talk: deceived`: which of two a speaker
        deceives. `talk: who knows`: which of two know where it is.

    Twins:
        Test and twin differ in one line: in who hears, who trusts, who watches, which
        thing is moved, or in that one line stands before or after the next.

    Balance:
        Of places each stage is right equally often, of verdicts each. In the tests of
        `belief 2` the answer is neither's own belief, nor reality. Yes is as often
        right as no, for either wording.

    Args:
        person: Told in third person, or with "you" for who is asked about first (in
            `deceived` and `who knows`, for who moves the thing).
        cells: Some of the cells; all by default.
    """

    name: ClassVar[str] = _NAME
    version: ClassVar[int] = _VERSION

    def __init__(
        self,
        *,
        person: Literal["third", "first"] = "third",
        cells: list[Name] | None = None,
    ) -> None:
        self._person = person
        names = [f"talk: {cell}" for cell in cells] if cells else list(_CELLS)
        self._cells = {name: _CELLS[name] for name in dict.fromkeys(names)}
        pairs = lcm(*(cell.pairs for cell in self._cells.values()))
        self.period = 2 * pairs * len(self._cells)
        self.most_options = max(cell.options for cell in self._cells.values())

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        number, at = divmod(index, len(self._cells))
        name = list(self._cells)[at]
        turn = _turn(draw, name, number, first_person=self._person == "first")
        posed = self._cells[name].pose(turn)
        story = _story(draw, name, number, posed)
        rendering = "1p" if posed.voice.you else "3p"
        return _item(draw, name, number, posed, story, _rules(posed), rendering)

    def life(self, draw: Draw, index: int) -> Life:
        """Return a world to be lived by who is asked, with a question for a place."""
        names = [name for name in LIVED if name in self._cells] or list(LIVED)
        number, at = divmod(index, len(names))
        name = names[at]
        asked = LIVED[name](_turn(draw, name, number, first_person=True))
        scene, ego = asked.scene, asked.path[0]
        rules = rules_of(scene.setting, scene.events, act=True)

        def ask(events: Sequence[Event], story: Sequence[str]) -> Item:
            happened = replace(scene, events=tuple(events))
            posed = pose_place(asked._replace(scene=happened), Voice(ego))
            item = _item(draw, name, number, posed, tuple(story), rules, "lived")
            acted = happened.events != scene.events
            return replace(item, variant="acted", pair=None) if acted else item

        def close(story: Sequence[str]) -> list[str]:
            rng = draw.rng(_NAME, _VERSION, name, number // 2, "closing")
            return closing(rng, story, sorted(scene.setting.containers))

        thing = scene.cast.thing
        return Lived(scene.setting, scene.events, ego, thing, rules, ask, close)


def _turn(draw: Draw, name: str, number: int, *, first_person: bool) -> Turn:
    pair, twin = divmod(number, 2)
    rng = draw.rng(_NAME, _VERSION, name, pair)
    return Turn(rng, pair, bool(twin), first_person)


def _item(
    draw: Draw,
    name: str,
    number: int,
    posed: Posed,
    story: tuple[str, ...],
    rules: str,
    rendering: str,
) -> Item:
    pair, twin = divmod(number, 2)
    key = _NAME, _VERSION, name, pair
    draft = Draft(
        measures="self-state" if posed.voice.you and posed.own else "tom",
        rules=rules,
        story=story,
        question=posed.question,
        answers={option: _roles(posed, option) for option in posed.options},
        labels=posed.labels,
        picks=posed.picks,
        fair=posed.fair,
        order=posed.orders[0],
        nominal=posed.orders[1],
        facts={"events": len(posed.scene.events)},
    )
    made = Made(
        generator=_NAME,
        version=_VERSION,
        cell=name,
        number=number,
        world=draw.digest(*key, twin, "world"),
        pair=draw.digest(*key, "pair"),
        variant="twin" if twin else "test",
        rendering=rendering,
        id=f"{_NAME}-{_VERSION}-{draw.digest(*key, twin, rendering)}",
    )
    return made.item(draw, draft)


def _story(draw: Draw, name: str, number: int, posed: Posed) -> tuple[str, ...]:
    """Return the story, all places mentioned equally often."""
    scene = posed.scene
    setting = scene.setting
    lines = tell_story(setting, scene.events, posed.voice.you)
    begins = len(tell_story(setting, ()))
    rng = draw.rng(_NAME, _VERSION, name, number // 2, "told")
    stand = scene.cast.stand
    padded = evened(rng, lines, stand, begins)
    return (*padded, row_of(rng.sample(stand, len(stand))))


def _rules(posed: Posed) -> str:
    """Return the rules of the world, of the question, and who "you" are."""
    stance = _STANCE if posed.voice.you else ""
    world = rules_of(posed.scene.setting, posed.scene.events)
    return " ".join(rule for rule in (world, posed.rules, stance) if rule)


def _roles(posed: Posed, option: str) -> tuple[str, ...]:
    """Return what an option is: what the rules that pick it are called."""
    roles = [rule for rule, pick in posed.picks.items() if pick == option]
    if option == posed.labels[0].answer:
        return ("correct", *roles)
    return tuple(roles) or ("other",)
