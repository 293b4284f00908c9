"""What a person feels, what the face shows, and what an onlooker makes of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Literal, NamedTuple

from .scene import Asked, Reading, only

__all__ = ["HiddenEmotion"]

_FEELINGS = ("pleased", "sad", "angry", "afraid")
_EVENTS = (
    (
        "{a} {a:has|have} found the ring that was thought lost.",
        "{a} {a:has|have} got back the lute that was lent out years ago.",
        "{a} {a:has|have} been given the very book that {a} always wanted.",
        "{a} {a:has|have} been promised a journey to the southern islands.",
    ),
    (
        "{a's} old cat has died.",
        "{a's} best friend has moved across the sea.",
        "The chestnut under which {a} used to play is gone.",
        "The last letter of {a's} grandmother has been burnt with the waste.",
    ),
    (
        "Somebody has broken {a's} flute on purpose.",
        "Somebody has taken {a's} purse and boasts of it.",
        "Somebody has told lies about {a} to the whole street.",
        "Somebody has walked all over {a's} seedlings for a joke.",
    ),
    (
        "A flood may reach {a's} house within hours.",
        "{a} {a:has|have} to cross the cracked ice this evening.",
        "A storm is closing in on the boat that {a} must board tonight.",
        "{a} must walk home alone past the wolves.",
    ),
)
_FACES = (
    "smiles and laughs",
    "bows the head and speaks low",
    "frowns and speaks sharply",
    "trembles and looks for shelter",
)
_OCCASIONS = (
    "At the gathering, by custom, everyone {face}.",
    "It is a feast at which, by old custom, everyone {face}.",
    "In the game that is being played, everyone {face}.",
)
_RULES = (
    "Good news please; the loss of what is dear makes sad; a wrong done on purpose "
    "makes angry; danger makes afraid. Whoever is pleased smiles and laughs; whoever "
    "is sad bows the head and speaks low; whoever is angry frowns and speaks sharply; "
    "whoever is afraid trembles and looks for shelter. People show what they feel, "
    "unless they want to hide it from someone who is there: then they do as the custom "
    "of the occasion asks, and no longer than that person stays. An onlooker who has "
    "heard what happened to a person knows what that person feels; any other takes the "
    "face for the feeling."
)


class _State(NamedTuple):
    felt: int
    custom: int
    hides: bool
    there: bool
    informed: bool = False


Aspect = Literal["felt", "shown", "thought"]


def _pairs(aspect: Aspect) -> list[tuple[_State, _State]]:
    """Return tests, in which the face hides the feeling, with their twins.

    Of what is felt, the twin has another event; of what is shown, no wish to hide, or
    nobody to hide it from; of what is thought, an onlooker who knows of the event.
    """
    pairs: list[tuple[_State, _State]] = []
    for felt, custom in permutations(range(4), 2):
        test = _State(felt, custom, hides=True, there=True)
        if aspect == "thought":
            pairs += [(test, test._replace(informed=True))] * 2
        elif aspect == "shown":
            pairs.append((test, test._replace(hides=False)))
            pairs.append((test, test._replace(there=False)))
        else:
            others = [x for x in range(4) if x not in (felt, custom)]
            pairs += [(test, test._replace(felt=other)) for other in others]
    return pairs


class HiddenEmotion:
    """One of four feelings that is felt, shown to an onlooker, or thought of by one."""

    designs = 24
    options = 4

    def __init__(self, cell: str, aspect: Aspect) -> None:
        self.cell = cell
        self._aspect: Aspect = aspect
        self._pairs = _pairs(aspect)

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return the item of this design."""
        state = self._pairs[design][twin]
        about = rng.randrange(len(_EVENTS[0]))
        occasion = rng.choice(_OCCASIONS).replace("{face}", _FACES[state.custom])
        lines = (occasion, _EVENTS[state.felt][about], *_lines(state))
        if self._aspect == "felt":
            measures, question = "self-state", "What {a:does|do} {a} feel?"
        elif self._aspect == "shown":
            measures = "self-state"
            question = "What {a:does|do} {a} appear to feel at the end?"
        else:
            measures = "tom"
            question = "What does {b} think that {a} {a:feels|feel}?"
        return Asked(
            people="ab",
            you="a",
            measures=measures,
            rules=_RULES,
            lines=lines,
            question=question,
            options=_FEELINGS,
            readings=(_acted(self._aspect, state), _read(self._aspect, lines)),
            roles={"felt": state.felt, "custom": state.custom},
            picks={"felt": state.felt, "custom": state.custom},
            fair=self._fair(state),
            facts={"hidden": state.hides and state.there},
        )

    def _fair(self, state: _State) -> list[str]:
        """What is felt is asked for, or shown because nothing hides it, or known."""
        if self._aspect == "felt":
            return ["felt"]
        open_face = not (state.hides and state.there)
        return ["felt"] if open_face or state.informed else ["custom"]


def _lines(state: _State) -> tuple[str, str, str]:
    return (
        "{a} {a:wants|want} to hide from {b} what {a} {a:feels|feel}."
        if state.hides
        else "{a} {a:does|do} not mind if {b} notices what {a} {a:feels|feel}.",
        "{b} has heard what happened to {a}, though {a} {a:does|do} not know it."
        if state.informed
        else "{b} has not heard what happened to {a}.",
        "{b} stays with {a}." if state.there else "{b} goes away and leaves {a} alone.",
    )


def _acted(aspect: Aspect, state: _State) -> Reading:
    """Follow the feeling to the face, and from the face to the onlooker."""
    face = state.custom if state.hides and state.there else state.felt
    if aspect == "felt":
        return Reading("acting", state.felt, "what happened makes {a} feel so")
    if aspect == "shown":
        return Reading(
            "acting",
            face,
            "the face is as the custom asks"
            if face != state.felt
            else "the face shows it",
        )
    thought = state.felt if state.informed else face
    return Reading(
        "acting",
        thought,
        "{b} knows what happened" if state.informed else "{b} takes the face for it",
    )


def _read(aspect: Aspect, lines: Sequence[str]) -> Reading:
    """Take the answer from the lines as they are told, not from what made them."""
    told = " ".join(lines)
    felt = only(any(event in told for event in events) for events in _EVENTS)
    face = only(face in lines[0] for face in _FACES)
    masked = "to hide from {b}" in told and "{b} stays" in told
    knows = "{b} has heard" in told
    seen = face if masked else felt
    answer = {"felt": felt, "shown": seen, "thought": felt if knows else seen}[aspect]
    return Reading(
        "reading",
        answer,
        f"the face is {'put on' if masked else 'open'}, and {{b}} has "
        f"{'' if knows else 'not '}heard what happened",
    )
