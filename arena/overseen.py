"""What passes between the agent under test and the environment, as overseers let it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from .agent import Note
from .oversight import ByRules, Decision, Overseer, Oversight

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["Overseen", "overseer_of"]

REJECTED = "Rejected by the overseer: {reason}. Nothing changed."
EDITED = "(The overseer changed this call. Played was {name} with {args}.)\n"


class Overseen:
    """The asking, in one episode.

    Args:
        overseer: Who is asked; None where nobody is.
        tested: The seats that are overseen.
        note: Writes every decision on the record.
    """

    def __init__(
        self, overseer: Overseer | None, tested: Collection[str], note: Note
    ) -> None:
        self._overseer = overseer
        self._tested = tested
        self._note = note
        self._notices: dict[str, str] = {}
        self._verbs: set[str] = set()

    @property
    def assisted(self) -> list[str]:
        """The verbs that were used so far but approval, sorted."""
        return sorted(self._verbs)

    async def call(self, seat: str, call: ToolCall) -> ToolCall | str:
        """Return the call to be played, or the answer to one that is rejected."""
        if self._overseer is None or seat not in self._tested:
            return call
        decided = await self._overseer.on_call(seat, call)
        if decided is None:
            return call
        before = {"name": call["name"], "args": call["args"], "id": call["id"]}
        if decided.verb == "edit_action":
            after = {**before, "args": dict(decided.args)}
            self._write(seat, decided, {"before": before, "after": after})
            args = json.dumps(after["args"], ensure_ascii=False, default=str)
            self._notices[seat] = EDITED.format(name=call["name"], args=args)
            return {**call, "args": dict(decided.args)}
        self._write(seat, decided, {"before": before})
        if decided.verb == "reject":
            return REJECTED.format(reason=decided.reason.rstrip("."))
        return call

    async def observation(self, seat: str, text: str) -> str:
        """Return what a seat sees: the text, or what stands in its place.

        After an edited call it begins by saying so.
        """
        if self._overseer is None or seat not in self._tested:
            return text
        decided = await self._overseer.on_observation(seat, text)
        seen = text
        if decided is not None:
            told: Mapping[str, object] = {}
            if decided.verb == "edit_observation":
                seen = decided.text
                told = {"before": text, "after": seen}
            self._write(seat, decided, told)
        return self._notices.pop(seat, "") + seen

    def _write(self, seat: str, decided: Decision, told: Mapping[str, object]) -> None:
        if decided.verb != "approve":
            self._verbs.add(decided.verb)
        reason = {"reason": decided.reason} if decided.reason else {}
        about = {"seat": seat, "verb": decided.verb}
        self._note("oversight", {**about, **told, **reason})


def overseer_of(oversight: Oversight | None) -> Overseer | None:
    """Return who oversees an episode: a person, rules, or nobody."""
    if oversight is None:
        return None
    if not oversight.person:
        return ByRules(oversight)
    from .asking import Person

    return Person()
