"""The generator `talk`: beliefs from seeing, telling, lying, trusting and watching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import lcm
from typing import ClassVar, Literal

from arena.items import Item, check_item

from ..generator import Draw
from ..living import Life
from .drafts import Draft, Turn
from .events import Event
from .life import Lived
from .padding import evened, row_of
from .questions import placed
from .talk_places import LIVED, PLACE_CELLS, place_draft
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

    name: ClassVar[str] = "talk"
    version: ClassVar[int] = 1

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
        draft = self._cells[name].draft(turn)
        return _item(draw, name, number, draft, _story(draw, name, number, draft))

    def life(self, draw: Draw, index: int) -> Life:
        """Return a world to be lived by who is asked, with a question for a place."""
        names = [name for name in LIVED if name in self._cells] or list(LIVED)
        number, at = divmod(index, len(names))
        name = names[at]
        asked = LIVED[name](_turn(draw, name, number, first_person=True))
        scene, ego = asked.scene, asked.path[0]
        voice = Voice(ego)
        rules = rules_of(scene.setting, scene.events, act=True)

        def ask(events: Sequence[Event], story: Sequence[str]) -> Item:
            happened = replace(scene, events=tuple(events))
            draft = place_draft(asked._replace(scene=happened), voice)
            item = _item(draw, name, number, draft, tuple(story))
            item = replace(item, id=f"{item.id}-lived", rendering="lived", rules=rules)
            if happened.events == scene.events:
                return item
            return replace(item, variant="acted", pair=None)

        return Lived(scene.setting, scene.events, ego, scene.cast.thing, rules, ask)


def _turn(draw: Draw, name: str, number: int, *, first_person: bool) -> Turn:
    pair, twin = divmod(number, 2)
    rng = draw.rng("talk", 1, name, pair)
    return Turn(rng, pair, bool(twin), first_person)


def _item(
    draw: Draw, name: str, number: int, draft: Draft, story: tuple[str, ...]
) -> Item:
    pair, twin = divmod(number, 2)
    key = "talk", 1, name, pair
    person = "1p" if draft.voice.you else "3p"
    options, gold, _ = placed(
        draw.rng(*key, twin, "options"),
        draft.options,
        draft.options.index(draft.labels[0].answer),
        _position(draw, name, len(draft.options), number),
    )
    return check_item(
        Item(
            id=f"talk-1-{draw.digest(*key, twin, person)}",
            generator="talk",
            version=1,
            cell=name,
            measures="self-state" if draft.voice.you and draft.own else "tom",
            world=draw.digest(*key, twin, "world"),
            pair=draw.digest(*key, "pair"),
            variant="twin" if twin else "test",
            rendering=person,
            rules=_rules(draft),
            story=story,
            question=draft.question,
            options=tuple(options),
            gold=gold,
            labels=draft.labels,
            roles=tuple(_roles(draft, option) for option in options),
            picks={rule: options.index(x) for rule, x in draft.picks.items()},
            fair=draft.fair,
            order=draft.orders[0],
            nominal=draft.orders[1],
            facts={"events": len(draft.scene.events)},
        )
    )


def _position(draw: Draw, name: str, options: int, number: int) -> int:
    """Return where the right option stands: each position equally often."""
    group, at = divmod(number, options)
    rng = draw.rng("talk", "positions", name, group)
    return rng.sample(range(options), options)[at]


def _story(draw: Draw, name: str, number: int, draft: Draft) -> tuple[str, ...]:
    """Return the story, all places mentioned equally often."""
    scene = draft.scene
    setting = scene.setting
    lines = tell_story(setting, scene.events, draft.voice.you)
    begins = len(tell_story(setting, ()))
    rng = draw.rng("talk", "told", name, number // 2)
    stand = scene.cast.stand
    padded = evened(rng, lines, stand, begins)
    return (*padded, row_of(rng.sample(stand, len(stand))))


def _rules(draft: Draft) -> str:
    """Return the rules of the world, of the question, and who "you" are."""
    stance = _STANCE if draft.voice.you else ""
    world = rules_of(draft.scene.setting, draft.scene.events)
    return " ".join(rule for rule in (world, draft.rules, stance) if rule)


def _roles(draft: Draft, option: str) -> tuple[str, ...]:
    """Return what an option is: what the rules that pick it are called."""
    roles = [rule for rule, pick in draft.picks.items() if pick == option]
    if option == draft.labels[0].answer:
        return ("correct", *roles)
    return tuple(roles) or ("other",)
