"""The environment `arena/Social-v1`."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import Field, StringConstraints

from arena.audit.rules import text_picks
from arena.env import Env, View
from arena.errors import IllegalAction, UserError
from arena.item_files import MOST_OPTIONS
from arena.items import Item, letter
from arena.tools import Tool, tool, tools_of

from .believing import believed
from .generators import GENERATORS
from .living import Life, StoryLife
from .prompts import ACTS, LIVED, READ, TOLD, question_of
from .sources import Reference, draw_of, file_digest, item_of, salt_digest, source_of

__all__ = ["Social"]

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Confidence = Annotated[
    float,
    Field(ge=0, le=1, description="How likely it is that your option is right."),
]
FIRST_ITEMS = 100
"""Of a generator, to learn the names of its rules."""


class Social(Env):
    """One question about a social situation that was simulated, so its answer is known.

    Description:
        A situation is told, at once or line by line, or lived event by event as far as
        "you" perceive it; then one question is asked. The
        answer was derived twice, by independent labellers, from a run of the world;
        no model judges anything.

    Action space:
        `answer(option, confidence)` ends the episode. Lived, there is `wait()` before
        it, and `look(container)`, `move(room)`, `say(person, container)` where the
        generator lets "you" act: what is then true and believed is derived anew.

    Observation space:
        Text. Read: the rules of the world, the story, the question with its options as
        letters. Lived: one event at a time, only what "you" perceive.

    Starting state:
        Item `options["sample"]` of the set that the seed makes, or of the file.

    Rewards:
        1 for the right option, else 0; the observation does not tell which.

    Episode end:
        Terminates with the answer. Never truncates.

    Evidence:
        The item without its texts, with the roles of its options; the answer; what
        blind rules would answer; how often "you" acted.

    Arguments:
        generator: Of the items; see `generators.py`. Or else `file`.
        knobs: The generator's own arguments.
        mode: "read" or "lived"; what only can be told is then told line by line.
        acts: What "you" may do in what is lived, of "look", "move" and "say".
        file: A file of items, as `arena import social` writes them.
        salt_from: Name of an environment variable with a private salt (16 characters
            or more) for items that nobody else can make; the salt itself is in no
            record.
        salt_digest: Set when a run is planned: the salt must be the same later.
        file_digest: Set when a run is planned: the file must be the same later.

    Source:
        After the questions of EgoSocialArena (arXiv 2410.06195); the worlds are ours.

    Version:
        v1.
    """

    def __init__(
        self,
        *,
        generator: str | None = None,
        knobs: dict[str, Any] | None = None,
        mode: Literal["read", "lived"] = "read",
        acts: list[Literal["look", "move", "say"]] | None = None,
        file: str | None = None,
        salt_from: str | None = None,
        salt_digest: str | None = None,
        file_digest: str | None = None,
        render_mode: str | None = None,
    ) -> None:
        if file is not None and (generator is not None or knobs):
            raise UserError("file: items come from it or from a generator, not both")
        if file is None and generator is None:
            generator = "beliefs"
        _check_salt(salt_from, salt_digest)
        _check_file(file, file_digest)
        self.mode = mode
        self.acts = tuple(acts or ()) if mode == "lived" else ()
        if acts and mode == "read":
            raise UserError("acts: there is nothing to do while a story is read")
        self._salt_from = salt_from
        self._source = json.dumps(
            {"generator": generator, "knobs": knobs or {}, "file": file},
            sort_keys=True,
        )
        source = source_of(self._source)
        self._generator = source.generator
        if self.acts and not self._is_lived:
            told = "a file" if generator is None else f"generator {generator!r}"
            raise UserError(f"acts: what {told} tells cannot be lived, only told")
        self.most_items = len(source.file) or None
        self._most_options = min(MOST_OPTIONS, source.most_options)
        self._reference = Reference(self._source, salt_from, 0, 0)
        self._life: Life | None = None
        self._seen: list[str] = []
        self._item: Item | None = None
        self._answer: tuple[int, float] | None = None
        self._lived: list[tuple[str, ...]] = []
        super().__init__(render_mode=render_mode)

    @classmethod
    def settle(cls, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Fix salt and file by digests, so that no part of a run has others."""
        settled = dict(parameters)
        if settled.get("salt_from") is not None:
            settled["salt_digest"] = salt_digest(settled["salt_from"])
        if settled.get("file") is not None:
            settled["file_digest"] = file_digest(settled["file"])
        return settled

    @classmethod
    def items(
        cls, parameters: Mapping[str, Any], seed: int, count: int | None = None
    ) -> Iterator[Item]:
        """Yield items of the set of `seed`, the first `count` or one balanced period.

        Lived, they are as one finds them who only waits.

        Raises:
            UserError: For parameters that do not fit.
        """
        env = cls(**dict(parameters))
        most = env.most_items or count or cast(Any, env._generator).period
        for sample in range(min(most, count or most)):
            env._reference = env._reference._replace(seed=seed, sample=sample)
            yield (
                _lived_through(env._begin()) if env.mode == "lived" else env._as_told()
            )

    @classmethod
    def rules(cls, parameters: Mapping[str, Any]) -> list[str]:
        """Return the names of blind rules: of all generators, and of a scenario's file.

        A rule that is rare, and in none of the first items, may be missing.
        """
        return sorted({*_rules_of(cls.items(parameters, 0, FIRST_ITEMS)), *_rules()})

    @staticmethod
    def picks(view: View) -> Mapping[str, int]:
        """Return what rules answer to the item of a view, `oracle` the right answer."""
        reference = Reference(*cast(Sequence[Any], view["reference"]))
        lived = cast(Sequence[Sequence[str]] | None, view["lived"])
        if lived is None:
            item = item_of(reference)
        else:
            life = _life(reference)
            life.opening()
            for name, *args in lived:
                getattr(life, name)(*args)
            item = _lived_through(life)
        return {**text_picks(item), **item.picks, "oracle": item.gold}

    believed = staticmethod(believed)

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return `answer` with a letter an option; in lived mode the acts too."""
        return _tools(self._most_options, self.mode, self.acts)

    def instructions(self, seat: str) -> str:
        """Return how the question is asked; the rules of the world come with it."""
        if self.mode == "read":
            return READ
        if not self._is_lived:
            return TOLD
        able = "; ".join(f"{act}: {ACTS[act]}" for act in self.acts)
        return f"{LIVED} Before that you may act. {able}." if able else LIVED

    def start(self, options: Mapping[str, Any]) -> None:
        """Take the item, and in lived mode begin to live it."""
        seed = int(self.np_random.integers(2**62))
        sample = options.get("sample")
        if sample is None:
            sample = int(self.np_random.integers(2**31))
        self._reference = Reference(self._source, self._salt_from, seed, int(sample))
        self._answer, self._item = None, None
        self._lived.clear()
        self.turn = self.seats[0]
        if self.mode == "read":
            self._life = None
            self._item = item_of(self._reference)
            self._seen = list(self._item.story)
            return
        self._life = self._begin()
        self._seen = [self._life.opening()]

    @tool
    def wait(self) -> None:
        """Let the next thing happen."""
        self._next()

    @tool
    def look(self, container: Name) -> str:
        """Look into a container of the room you are in."""
        return self._did(self._living().look(container), "look", container)

    @tool
    def move(self, room: Name) -> str:
        """Go to another room."""
        return self._did(self._living().move(room), "move", room)

    @tool
    def say(self, person: Name, container: Name) -> str:
        """Say to someone in your room, heard by them only, where the thing is."""
        seen = self._living().say(person, container)
        return self._did(seen, "say", person, container)

    @tool
    def answer(self, option: str, confidence: float) -> None:
        """Answer the question, once."""
        item = self._asked()
        index = ord(option) - ord("A")
        if index >= len(item.options):
            last = letter(len(item.options) - 1)
            raise IllegalAction(f"answer: the options are A to {last}, not {option}.")
        self._answer = (index, confidence)
        self.payoffs[self.turn] = float(index == item.gold)
        self.over = True

    def legal(self, seat: str) -> list[str]:
        """Return `answer` where the question is asked, else what may be done."""
        if self.over:
            return []
        if self._item is not None:
            return ["answer"]
        able = self._living().legal()
        return ["wait", *(act for act in self.acts if act in able)]

    def observe(self, seat: str) -> str:
        """Return the story and the question, or what was perceived last."""
        if self.over:
            return "You have answered."
        if self.mode == "read":
            item = self._asked()
            parts = [item.rules, "\n".join(item.story), question_of(item)]
            return "\n\n".join(part for part in parts if part)
        last = self._seen[-1]
        if len(self._seen) == 1:
            last = "\n\n".join(t for t in (self._living().rules(), last) if t)
        return last if self._item is None else f"{last}\n\n{question_of(self._item)}"

    def view(self, seat: str) -> dict[str, object]:
        """Return the lines seen, the question once it is asked, and which item it is.

        `reference` and `lived`, what was called until then, are for `picks`.
        """
        item = self._item
        return {
            "legal": self.legal(seat),
            "story": list(self._seen),
            "question": item.question if item else None,
            "options": list(item.options) if item else [],
            "reference": list(self._reference),
            "lived": None if self.mode == "read" else list(self._lived),
        }

    def evidence(self) -> dict[str, object]:
        """Return the item without its texts, and what was answered."""
        # Of an episode that a limit cut short: what would have been asked.
        item = self._item or (_lived_through(self._life) if self._life else None)
        if item is None:
            return {}
        option, confidence = self._answer or (None, None)
        return {
            "mode": self.mode,
            "item": item.evidence(),
            "answer": {"option": option, "confidence": confidence},
            "blind": {**text_picks(item), **item.picks},
            "acts": sum(name != "advance" for name, *_ in self._lived),
        }

    @property
    def _is_lived(self) -> bool:
        """Whether there is a world to live in, and not only a story to tell."""
        return self.mode == "lived" and hasattr(self._generator, "life")

    def _as_told(self) -> Item:
        return item_of(self._reference)

    def _begin(self) -> Life:
        return _life(self._reference)

    def _living(self) -> Life:
        if self._life is None:
            raise IllegalAction("nothing is happening.")
        return self._life

    def _next(self) -> None:
        """Let an event happen; after the last one the question is asked."""
        happened = self._living().advance()
        self._lived.append(("advance",))
        if happened is None:
            self._item = self._living().item()
            happened = "Nothing more happens."
        self._seen.append(happened)

    def _did(self, seen: str, *call: str) -> str:
        self._lived.append(call)
        self._seen.append(seen)
        return ""

    def _asked(self) -> Item:
        if self._item is None:
            raise IllegalAction("answer: the question has not been asked yet.")
        return self._item


def _life(reference: Reference) -> Life:
    """Return the item's world to be lived; one that only tells where none is."""
    life = getattr(source_of(reference.source).generator, "life", None)
    if life is None:
        return StoryLife(item_of(reference))
    return life(draw_of(reference), reference.sample)


def _rules_of(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        yield from (*text_picks(item), *item.picks)


@functools.cache
def _rules() -> frozenset[str]:
    """Return the names of the blind rules of all generators."""
    made = (Social.items({"generator": n}, 0, FIRST_ITEMS) for n in GENERATORS)
    return frozenset(rule for items in made for rule in _rules_of(items))


def _lived_through(life: Life) -> Item:
    """Return the item of a life whose rest one only waits through."""
    while life.advance() is not None:
        pass
    return life.item()


def _check_salt(variable: str | None, digest: str | None) -> None:
    """Refuse another salt than the one that the run was planned with."""
    if variable is None or digest is None:
        return
    if salt_digest(variable) != digest:
        raise UserError(
            f"salt_from: {variable} holds another salt than this run was planned with "
            f"(digest {digest}); set that one again, or begin a new run"
        )


def _check_file(file: str | None, digest: str | None) -> None:
    """Refuse a file that is another one than when the run was planned."""
    if file is None or digest is None:
        return
    if file_digest(file) != digest:
        raise UserError(
            f"file: {file} was changed since this run was planned (digest {digest}); "
            "put it back as it was, or begin a new run"
        )


@functools.cache
def _tools(options: int, mode: str, acts: tuple[str, ...]) -> Mapping[str, Tool]:
    own = tools_of(Social)
    letters = Literal[tuple(letter(i) for i in range(options))]  # pyright: ignore
    chosen = {name: own[name] for name in ("wait", *acts)} if mode == "lived" else {}
    answer = own["answer"].taking(option=letters, confidence=Confidence)
    return {**chosen, "answer": answer}
