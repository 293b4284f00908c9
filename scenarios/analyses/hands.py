"""Hands of poker to read: cards as cards, street by street, and what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from ..minds_evidence import Chances, Part, Prediction, Session

__all__ = ["Structure", "replay_text"]

SUITS = {"c": "♣", "d": "♦", "h": "♥", "s": "♠"}
SHORT = {"fold": "fold", "check_or_call": "call", "bet_or_raise": "raise"}
WIDTH = 46


class Structure(Protocol):
    """The shape of a limit game, as poker environments have it in `game.shape`."""

    @property
    def board(self) -> tuple[int, ...]:
        """Cards laid open before each round."""
        ...

    @property
    def posts(self) -> tuple[int, int]:
        """What each position puts in before the first round."""
        ...

    @property
    def bets(self) -> tuple[int, ...]:
        """Size of a bet, by round."""
        ...

    @property
    def first(self) -> tuple[int, ...]:
        """The position that opens, by round."""
        ...

    @property
    def rounds(self) -> tuple[str, ...]:
        """Names of the rounds."""
        ...

    @property
    def positions(self) -> tuple[str, str]:
        """Names of the positions."""
        ...


class Step(NamedTuple):
    """One action, in words."""

    round: int
    seat: str
    action: str
    words: str
    pot: int
    """After it."""


def replay_text(
    part: Part,
    session: Session,
    structure: Structure,
    names: Mapping[str, str],
) -> str:
    """Return a hand as text, with every card and what one seat expected.

    Cards are those of both seats, for who studies the hand: where there was no showdown
    the text says that neither seat saw the other's.

    Args:
        part: The hand.
        session: Where it was played, from the side of the seat whose expectations and
            losses are told.
        structure: Of the game.
        names: Of whoever sits in each seat.
    """
    steps = list(_steps(part, structure))
    beside = _beside(part.part, session, steps)
    lines = [*_holes(part, structure, names), ""]
    laid = 0
    for number in range(1 + part.betting.count("/")):
        opened = part.board[laid : laid + structure.board[number]]
        laid += len(opened)
        lines.append(structure.rounds[number])
        lines += [f"  {line}" for line in drawn(part.board[:laid])] if opened else []
        for index, step in enumerate(steps):
            if step.round == number:
                told = f"  {step.seat} {step.words}"
                lines.append(f"{told:<{WIDTH}}pot {step.pot}")
                lines += [f"      {line}" for line in beside.get(index, ())]
    return "\n".join([*lines, *_end(part, session)])


def drawn(cards: Sequence[str]) -> list[str]:
    """Return cards side by side in three lines, as boxes with rank and suit."""
    faces = [f"{card[0]}{SUITS.get(card[1:], ' ')}" for card in cards]
    return [
        " ".join("┌──┐" for _ in faces),
        " ".join(f"│{face}│" for face in faces),
        " ".join("└──┘" for _ in faces),
    ]


def _holes(part: Part, structure: Structure, names: Mapping[str, str]) -> Iterator[str]:
    """Yield who holds what, the two seats side by side."""
    columns: list[list[str]] = []
    for seat, cards in part.cards.items():
        where = structure.positions[part.positions[seat]]
        post = structure.posts[part.positions[seat]]
        head = [f"{seat}: {names[seat]}", f"{where}, puts in {post}"]
        columns.append([*head, *drawn(cards)])
    widest = [max(map(len, column)) + 4 for column in columns]
    for line in zip(*columns, strict=True):
        cells = zip(line, widest, strict=True)
        yield "".join(f"{text:<{width}}" for text, width in cells).rstrip()


def _steps(part: Part, structure: Structure) -> Iterator[Step]:
    """Yield the actions that a betting string stands for."""
    seats = {position: seat for seat, position in part.positions.items()}
    put = list(structure.posts)
    for number, letters in enumerate(part.betting.split("/")):
        mover = structure.first[number]
        for letter in letters:
            owed = put[1 - mover] - put[mover]
            if letter == "f":
                action, words = "fold", "folds"
            elif letter == "c":
                put[mover] += owed
                action = "check_or_call"
                words = f"calls {owed}" if owed else "checks"
            else:
                put[mover] += owed + structure.bets[number]
                action = "bet_or_raise"
                size = f"{owed + structure.bets[number]}"
                words = f"raises, putting in {size}" if owed else f"bets {size}"
            yield Step(number, seats[mover], action, words, sum(put))
            mover = 1 - mover


def _beside(
    number: int, session: Session, steps: Sequence[Step]
) -> dict[int, list[str]]:
    """Return the lines below each step: what it gave away, what was then expected."""
    own = [i for i, step in enumerate(steps) if step.seat == session.seat]
    answers = [
        i
        for i in own
        if i + 1 < len(steps)
        and steps[i + 1].seat != session.seat
        and steps[i + 1].round == steps[i].round
    ]
    losses = [row for row in session.losses if row.part == number]
    expected = [row for row in session.predictions if row.part == number]
    below: dict[int, list[str]] = {}
    for i, row in zip(own, losses, strict=False):
        lost = row.by_type.get(session.type_of(row.of, number))
        if lost is not None and lost >= 0.005:
            below.setdefault(i, []).append(f"gives away {lost:.2f} chips")
    for i, row in zip(answers, expected, strict=False):
        below.setdefault(i, []).extend(_expectations(row))
    return below


def _expectations(row: Prediction) -> Iterator[str]:
    if row.stated is not None:
        yield f"expected:       {_chances(row.stated, row.uniform)}"
    if row.ideal is not None:
        yield f"ideal observer: {_chances(row.ideal, row.uniform)}"


def _chances(chances: Chances, legal: Mapping[str, float]) -> str:
    return ", ".join(
        f"{SHORT.get(name, name)} {chances.get(name, 0.0):.2f}"
        for name, chance in legal.items()
        if chance or chances.get(name)
    )


def _end(part: Part, session: Session) -> Iterator[str]:
    if part.forfeited is not None:
        yield f"{part.forfeited} forfeits the hand by too many bad calls"
    if part.forfeited is not None or part.betting.endswith("f"):
        yield "no showdown: neither seat saw the other's cards"
    else:
        yield "showdown"
    own = part.payoffs[session.seat]
    unit = session.evidence.unit
    yield f"{session.seat} {_won(own)} ({own * unit.per_payoff:+.0f} {unit.name})"
    for row in session.beliefs:
        true = session.type_of(row.of, part.part)
        if row.part == part.part and row.stated is not None and true in row.ideal:
            yield (
                f"{row.of} is {true}: stated {row.stated.get(true, 0.0):.2f}, "
                f"ideal observer {row.ideal.get(true, 0.0):.2f}"
            )


def _won(chips: float) -> str:
    if chips == 0:
        return "comes out even"
    return f"wins {chips:g}" if chips > 0 else f"loses {-chips:g}"
