"""The generator `relations`."""

from __future__ import annotations

from typing import ClassVar, Literal

from arena.items import Item, Label

from .daily_life.wording import Wording
from .drafts import Draft, Made, chosen_cells
from .generator import Draw
from .relation_puzzles import PUZZLES, VARIATIONS, Puzzle, Turn
from .vocabulary import nonce

__all__ = ["Relations"]

_DESIGNS = 8
_HOUSES = (30, 999)  # no number that can be an answer

# Of those of `vocabulary.py` that are girls' as well as boys' names: here it is told.
_PEOPLE = ("Akira", "Chidi", "Jaya", "Joon", "Noor", "Quyen", "Selam", "Thandi", "Wei")


class Relations:
    """Problems of who is what to whom, after "Alice in Wonderland".

    Source:
        Nezhurina et al. 2024 (arXiv 2406.02061) ask how many sisters Alice's brother
        has, who has Alice for a sister; and vary numbers, order and wording of the
        same structure, which should not matter. `facts` has structure and variation.

    Cells:
        siblings; cousins by an only aunt; friends: the same structure of people who
        are no kin; two families, added up; known: whether it can be known at all.
        They measure reasoning, not minds: controls.

    Answers:
        Walked in a graph of everyone, and reckoned from the numbers.

    Twins:
        One line flips the kind of the person told of, who then counts or does not.
        The options are the numbers told of both kinds and their neighbours; over all
        designs each is right equally often.

    Lures:
        `told`: the number as it was told; fair where it is right.

    Args:
        person: Whether "you" are the person told of.
        cells: Which cells are made; by default all.
    """

    name: ClassVar[str] = "relations"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        cells: list[str] | None = None,
    ) -> None:
        self._first_person = person == "first"
        self._cells = chosen_cells(cells, PUZZLES)
        self.period = 2 * _DESIGNS * len(VARIATIONS) * len(self._cells)
        self.most_options = 2 if self._cells == ("known",) else 4

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        cell = self._cells[index % len(self._cells)]
        pair, twin = divmod(index // len(self._cells), 2)
        names = (self.name, self.version, cell, pair)
        rng = draw.rng(*names)
        people = rng.sample(_PEOPLE, 2)
        home = f"{rng.randint(*_HOUSES)} in {nonce(rng).capitalize()}"
        variation = VARIATIONS[pair // _DESIGNS % len(VARIATIONS)]
        turn = Turn(rng, pair % _DESIGNS, bool(twin), variation)
        puzzle = PUZZLES[cell](turn)
        you = "a" if self._first_person else None
        wording = Wording(dict(zip("ab", people, strict=True)), you)
        lines = [f"{{a}} {{a:lives|live}} at number {home}.", *puzzle.lines]
        world, person = f"{self.name}-{draw.digest(*names)}", "1p" if you else "3p"
        made = Made(
            generator=self.name,
            version=self.version,
            cell=cell,
            number=index // len(self._cells),
            world=world,
            pair=world,
            variant="twin" if twin else "test",
            rendering=person,
            id=f"{self.name}-{self.version}-{draw.digest(*names, twin, person)}",
        )
        draft = Draft(
            measures="control",
            rules=wording.sentence(puzzle.rules),
            story=tuple(wording.sentence(line) for line in lines),
            question=wording.sentence(puzzle.question),
            answers={option: _roles(puzzle, option) for option in puzzle.options},
            labels=(
                Label(
                    "graph walk", puzzle.walked, "counted among the people who follow"
                ),
                Label("reckoning", puzzle.reckoned, "from the numbers told"),
            ),
            picks={} if puzzle.told is None else {"told": puzzle.told},
            fair=("told",) if puzzle.told == puzzle.walked else (),
            facts={"structure": puzzle.structure, "variation": variation},
        )
        return made.item(draw, draft)


def _roles(puzzle: Puzzle, option: str) -> tuple[str, ...]:
    named = {"correct": puzzle.walked, "told": puzzle.told}
    return tuple(role for role, text in named.items() if text == option)
