"""The rules of a belief world in words: who perceives what, and what they make of it.

They are told before every story, because who sees into what, and who believes whom, is
what published labels disagree about. They say what `table.py` and `filtering.py` do.
"""

from __future__ import annotations

from collections.abc import Iterable

from .events import Distract, Event, Look, Move, Setting, Tell

__all__ = ["rules_of"]

_SEEING = (
    "People in a room perceive all that happens there, who is there and who perceives "
    "it with them; of what happens elsewhere they learn nothing."
)
_OPEN = (
    "Containers are open: who comes into a room sees what they hold, and the others "
    "there see that."
)
_CLOSED = (
    "Containers are closed: what is in one is seen only by who looks into it, and by "
    "who sees a thing being moved into it. Coming into the room does not show it."
)
_MIXED = (
    "Containers are open unless called closed: who comes into a room sees what the "
    "open ones hold, and the others there see that. What is in a closed one is seen "
    "only by who looks into it, and by who sees a thing being moved into it."
)
_LOOKING = (
    "Who sees others look into a closed container does not see what they find, and "
    "takes it that they find there what is there to the best of their own knowledge."
)
_GONE = (
    "Who sees that a thing is not where they thought it was no longer knows where it "
    "is, and looks for it nowhere in particular."
)
_HANDLING = (
    "Who moves a thing into or out of a closed container sees what else is in it."
)
_DISTRACTED = (
    "Who stops paying attention perceives nothing until paying attention again, as if "
    "elsewhere; the others in the room notice both."
)
_WATCHING = (
    "Who watches secretly perceives what happens from outside of the room and is "
    "noticed only by those who are said to see them watch."
)
_TALKING = (
    "What is said aloud is heard by all in the room who pay attention, and they notice "
    "that the others hear it; a whisper is heard only by whom it is for, and nobody "
    "else notices it. Who is told something believes it, and believes that the speaker "
    "believes it, whatever they saw before; unless it is said that they believe "
    "nothing that the speaker says."
)
_THINKING = (
    "People think that a thing is where they last saw it or were last told that it is, "
    "whichever came later. Everyone knows these rules and who trusts whom, forgets "
    "nothing and thinks everything through. Who wants a thing looks for it first where "
    "they think it is."
)


def rules_of(setting: Setting, events: Iterable[Event], *, act: bool = False) -> str:
    """Return the paragraph for a world, without rules for what does not occur.

    Args:
        setting: How it begins.
        events: What happens.
        act: Also say what looking and telling do, which "you" may do.
    """
    kinds = {type(event) for event in events}
    watched = any(isinstance(event, Move) and event.watchers for event in events)
    looks = Look in kinds or (act and setting.closed)
    told: tuple[tuple[object, str], ...] = (
        (True, _SEEING),
        (True, _containers(setting)),
        (looks, _LOOKING),
        (act and setting.closed, _GONE),
        (setting.closed and len(setting.things) > 1, _HANDLING),
        (Distract in kinds, _DISTRACTED),
        (watched, _WATCHING),
        (act or Tell in kinds, _TALKING),
        (True, _THINKING),
    )
    return " ".join(rule for applies, rule in told if applies)


def _containers(setting: Setting) -> str:
    if not setting.closed:
        return _OPEN
    return _CLOSED if len(setting.closed) == len(setting.containers) else _MIXED
