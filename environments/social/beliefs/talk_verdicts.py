"""Questions of the generator `talk` for a verdict: who knows, lied, was deceived.

Every verdict is right equally often, in tests and in twins.
"""

from __future__ import annotations

from arena.items import Label

from .derived import thinking
from .events import Tell
from .evidence import OTHER, SUBJECT
from .honesty import Honesty, told
from .plans import (
    PAIRS,
    belief_plan,
    deceiving_plan,
    decoy_plan,
    knowing_plan,
    unlearning_plan,
    who_knows_plan,
)
from .posed import Cell, Posed, Turn, case_of
from .scenes import Minds, Scene, draw_cast, scene_of
from .telling import listed

__all__ = ["VERDICT_CELLS"]

_NOBODY = frozenset[str]()
_GROUPS = (
    _NOBODY,
    frozenset({SUBJECT}),
    frozenset({OTHER}),
    frozenset({SUBJECT, OTHER}),
)
_GROUP_PAIRS = tuple((a, b) for i, a in enumerate(_GROUPS) for b in _GROUPS[i + 1 :])

_KNOWING = "Who thinks that a thing is where it is knows where it is; others do not."
_SENSIBLE = (
    "To look first where one thinks that a thing is, is sensible, and to look first "
    "anywhere else is odd, whatever is found there."
)
_LYING = (
    "Who says what they do not think tells a lie, even where it happens to be true; "
    "who says what they think, and is wrong, makes an honest mistake."
)
_WHY: dict[Honesty, str] = {
    "lie": "did not think what was said",
    "mistaken": "thought what was said, and it was false",
    "truthful": "thought what was said, and it was true",
}
_DECEIVING = (
    "Who says what is false and what they do not think deceives those who come to "
    "think so."
)


def _knowledge(turn: Turn) -> Posed:
    """Does the subject know where it is?"""
    kind, negative = case_of(turn.pair, 2, 2)
    plan = (knowing_plan, unlearning_plan)[kind](turn.rng)
    scene = scene_of(draw_cast(turn.rng), plan, twin=turn.twin)
    who, thing = scene.cast.subject, scene.cast.thing
    voice = turn.voice(who)

    def answer(minds: Minds) -> tuple[str, str]:
        mind = minds(len(scene.events))
        knows = mind((who,)) == mind(())
        because = thinking((who,), thing, mind((who,)), voice)
        because += f", and it is in the {mind(())}"
        return _yes(knows != bool(negative)), because

    asked = (
        f"{'Do' if voice.you else 'Does'} {voice.name(who)} know where the {thing} is?"
    )
    if negative:
        be = "Are" if voice.you else "Is"
        asked = f"{be} {voice.name(who)} wrong about where the {thing} is?"
    return Posed(
        scene=scene,
        voice=voice,
        question=asked,
        options=("Yes", "No"),
        labels=scene.labels((who,), answer),
        rules=_KNOWING,
        own=True,
    )


def _judgement(turn: Turn) -> Posed:
    """Is it sensible of the subject to look first in some place?

    The place is where the thing is, or where the subject thinks in the test that it
    is, equally often; it is the same in test and twin, and sensible in one of them.
    """
    real, negative = case_of(turn.pair, 2, 2)
    if real:
        plan = knowing_plan(turn.rng)
    else:
        plan = belief_plan(turn.rng, *turn.rng.choice(PAIRS))
    scene = scene_of(draw_cast(turn.rng), plan, twin=turn.twin)
    who, thing = scene.cast.subject, scene.cast.thing
    place = scene.reality if real else scene.cast.places[plan.before]
    voice = turn.voice(who)

    def answer(minds: Minds) -> tuple[str, str]:
        thinks = minds(len(scene.events))((who,))
        because = thinking((who,), thing, thinks, voice)
        return _yes((thinks == place) != bool(negative)), because

    name = "You" if voice.you else who
    wants, looks = voice.verb(who, "wants"), voice.verb(who, "looks")
    verdict = "odd" if negative else "sensible"
    return Posed(
        scene=scene,
        voice=voice,
        question=f"{name} now {wants} the {thing} and {looks} first into the {place}. "
        f"Is that {verdict}?",
        options=("Yes", "No"),
        labels=scene.labels((who,), answer),
        rules=_SENSIBLE,
        picks={"reality": _yes((place == scene.reality) != bool(negative))},
        own=True,
    )


def _lie(turn: Turn) -> Posed:
    """Was what the subject said at the end a lie, a mistake or the truth?

    What is true is no mistake, so who knows only where the thing is can rule one of
    three out; that is part of what is asked.
    """
    (kind,) = case_of(turn.pair, 3)
    plan = decoy_plan(turn.rng) if kind == 2 else knowing_plan(turn.rng)
    cast = draw_cast(turn.rng, second=True)
    said = cast.places[plan.last if kind == 0 else plan.before]
    scene = scene_of(cast, plan, twin=turn.twin, said=said)
    who, voice = cast.subject, turn.voice(cast.subject)

    def answer(minds: Minds) -> tuple[str, str]:
        mind = minds(len(scene.events) - 1)
        thinks, real = mind((who,)), mind(())
        because = (
            f"{thinking((who,), cast.thing, thinks, voice)}, says the {said}, "
            f"and it is in the {real}"
        ).replace("says", voice.verb(who, "says"))
        if thinks != said:
            return "a lie", because
        return ("the truth" if said == real else "an honest mistake"), because

    verdicts = {
        "lie": "a lie",
        "mistaken": "an honest mistake",
        "truthful": "the truth",
    }
    last = told(scene.setting, scene.events)[-1].honesty
    judged = Label("honesty", verdicts[last], f"{voice.name(who)} {_WHY[last]}")
    return Posed(
        scene=scene,
        voice=voice,
        question=f"Is what {voice.name(who)} {voice.verb(who, 'says')} at the end "
        "a lie, an honest mistake or the truth?",
        options=tuple(verdicts.values()),
        labels=scene.labels((who,), answer, judged),
        rules=_LYING,
        own=True,
    )


def _who_knows(turn: Turn) -> Posed:
    """Who of the two knows where it is?"""
    (at,) = case_of(turn.pair, len(_GROUP_PAIRS))
    plan = who_knows_plan(turn.rng, *_GROUP_PAIRS[at])
    scene = scene_of(draw_cast(turn.rng), plan, twin=turn.twin)
    groups, voice = _groups(scene), turn.voice(scene.cast.mover)
    two = scene.cast.subject, scene.cast.other

    def answer(minds: Minds) -> tuple[str, str]:
        mind = minds(len(scene.events))
        knowing = frozenset(who for who in two if mind((who,)) == mind(()))
        return groups[knowing], _by_whom(f"it is in the {mind(())}", knowing, two)

    return Posed(
        scene=scene,
        voice=voice,
        question=f"Who of {_either(turn, *two)} knows where the {scene.cast.thing} is?",
        options=tuple(groups.values()),
        labels=scene.labels(two, answer),
        rules=_KNOWING,
    )


def _deceived(turn: Turn) -> Posed:
    """Whom of the two did the last speaker deceive?"""
    (at,) = case_of(turn.pair, len(_GROUP_PAIRS))
    plan = deceiving_plan(turn.rng, *_GROUP_PAIRS[at])
    scene = scene_of(draw_cast(turn.rng), plan, twin=turn.twin)
    groups, voice = _groups(scene), turn.voice(scene.cast.mover)
    two, end = (scene.cast.subject, scene.cast.other), len(scene.events)
    at_last, said = next(
        (at, event)
        for at, event in reversed([*enumerate(scene.events)])
        if isinstance(event, Tell)
    )

    def answer(minds: Minds) -> tuple[str, str]:
        before, after = minds(at_last), minds(end)
        lied = before((said.speaker,)) != said.container != before(())
        fooled = frozenset(
            who
            for who in two
            if lied and before((who,)) != said.container == after((who,))
        )
        claim = voice.does(said.speaker, "says", f"the {said.container}")
        return groups[fooled], _by_whom(claim.removesuffix("."), fooled, two)

    last = told(scene.setting, scene.events)[-1].deceived
    among = voice.names(sorted(last)) or "nobody"
    judged = Label(
        "honesty", groups[last.intersection(two)], f"of all, deceived is: {among}"
    )
    return Posed(
        scene=scene,
        voice=voice,
        question=f"Whom of {_either(turn, *two)} does {said.speaker} deceive "
        f"with what {said.speaker} says last?",
        options=tuple(groups.values()),
        labels=scene.labels((*two, said.speaker), answer, judged),
        rules=_DECEIVING,
    )


def _groups(scene: Scene) -> dict[frozenset[str], str]:
    """Return how each group of the two is called as an option."""
    one, two = scene.cast.subject, scene.cast.other
    return {
        frozenset(): "neither of them",
        frozenset({one}): f"only {one}",
        frozenset({two}): f"only {two}",
        frozenset({one, two}): "both of them",
    }


def _either(turn: Turn, one: str, two: str) -> str:
    """Return both names, each first as often."""
    first, second = (one, two) if turn.pair // len(_GROUP_PAIRS) % 2 else (two, one)
    return f"{first} and {second}"


def _by_whom(what: str, some: frozenset[str], two: tuple[str, str]) -> str:
    """Return what is so, and who of two comes to think it."""
    who = listed(sorted(some)) if some else f"neither {two[0]} nor {two[1]}"
    return f"{what}, and so {'think' if len(some) == 2 else 'thinks'} {who}"


def _yes(true: bool) -> str:
    return "Yes" if true else "No"


VERDICT_CELLS = {
    "talk: knowledge": Cell(_knowledge, 2, 4),
    "talk: judgement": Cell(_judgement, 2, 4),
    "talk: lie": Cell(_lie, 3, 3),
    "talk: deceived": Cell(_deceived, 4, 2 * len(_GROUP_PAIRS)),
    "talk: who knows": Cell(_who_knows, 4, 2 * len(_GROUP_PAIRS)),
}
"""By name."""
