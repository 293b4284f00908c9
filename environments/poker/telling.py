"""What is said at a poker table: rules, what is asked, and how hands ended."""

from __future__ import annotations

from typing import NamedTuple

from .betting import Shape
from .rules import LimitPoker
from .session import Hand, Session

__all__ = ["Asked", "hand_over", "instructions", "now"]

RULES = {
    "holdem": (
        "heads-up limit Texas Hold'em",
        "For each hand the whole deck of 52 cards is shuffled anew, and each of you "
        "gets two cards that only the owner sees. The big blind puts in 2 chips, the "
        "small blind, who has the button, 1. There are four rounds of betting: before "
        "the flop, with no open card; on the flop, with three; on the turn, with a "
        "fourth; on the river, with a fifth. The small blind opens before the flop, "
        "the big blind every later round. A bet or raise is 2 chips before and on the "
        "flop, and 4 on the turn and the river. At most three raises are made before "
        "the flop, and four bets and raises in each later round. At the showdown the "
        "best five of a player's two and the five open cards win the pot; equal hands "
        "share it. A card is named by rank and suit, as Td, the ten of diamonds.",
    ),
    "leduc": (
        "Leduc poker",
        "The deck has six cards: J, Q and K in two suits, h and s. For each hand it is "
        "shuffled anew; both of you put in 1 chip and get one card that only the owner "
        "sees. After a first round of betting one card is laid open, and a second "
        "round follows; the same player opens both. A bet or raise is 2 chips in the "
        "first round and 4 in the second, with at most two in a round. At the showdown "
        "a card of the open card's rank wins; otherwise the higher rank does (K is the "
        "highest), and equal ranks share the pot.",
    ),
    "kuhn": (
        "Kuhn poker",
        "The deck has three cards, J, Q and K. For each hand it is shuffled anew; both "
        "of you put in 1 chip and get one card that only the owner sees. There is one "
        "round of betting, with at most one bet, of 1 chip. At the showdown the higher "
        "card wins (K is the highest).",
    ),
}
"""By shape: what the game is called, and how it goes."""

MOVES = (
    "Call fold to give a hand up, which is legal only where there is a bet to call; "
    "check_or_call to put in what is to call, if anything; bet_or_raise to put in a "
    "bet more than that. A hand is lost by too many bad calls in a row; after three "
    "such hands in a row so are all the rest."
)
NEXT = (
    "With every move you may state opponent_next: your probability of each action by "
    'which the opponent answers that move, as in {"check_or_call": 0.7, "fold": 0.3}. '
    "It is judged where the opponent does answer before another card is laid open."
)
TYPE = (
    "With every move you may state opponent_type: your probability of each player that "
    "the opponent may be. Of each hand the last such statement is judged."
)
SUM = "Stated probabilities must sum to 1; what you leave out counts 0."

PLAYERS = {
    "random": "every legal action is as likely as any other",
    "always-call": "checks or calls, whatever happens",
    "always-raise": "bets or raises wherever that is legal, and calls otherwise",
    "loose-passive": "stays in with most hands, mostly by calling; seldom raises",
    "tight-passive": "gives weak hands up and calls with the others; seldom raises",
    "loose-aggressive": "stays in with many hands, bets and raises often, bluffs",
    "tight-aggressive": "gives weak hands up, bets and raises the good ones",
    "cfr": "balanced play, found by counterfactual regret minimisation",
    "dqn-aggressive": "like cfr, but four times as inclined to bet or raise",
    "dqn-conservative": "like cfr, but four times as inclined to fold",
    "rule": "fixed preferences by the cards it holds",
    "equilibrium": "an equilibrium: nobody gains on it in the long run",
}
"""A line on each opponent of known policy."""


class Asked(NamedTuple):
    """What a table asks with each move, and whom it says the opponent may be."""

    action: bool
    """Whether the opponent's next action may be predicted."""
    type: bool
    """Whether it may be stated which player the opponent is."""
    types: tuple[str, ...]
    """The players that the opponent may be; none where that is not said."""
    switching: bool
    """Whether it may become another of them once."""


def instructions(shape: Shape, own: str, other: str, hands: int, asked: Asked) -> str:
    """Return the rules, the aim and what is asked, as the seat `own` is told them."""
    name, rules = RULES[shape.name]
    many = "1 hand" if hands == 1 else f"{hands} hands"
    lines = [
        f"You are {own} and play {many} of {name} against {other}. All amounts are in "
        "chips. Win as many chips as you can over the whole session. You and the "
        "opponent change places after every hand.",
        rules,
        MOVES,
    ]
    if asked.types:
        told = "\n".join(f"- {name}: {PLAYERS[name]}" for name in asked.types)
        once = (
            " Once in the session it may become another of them."
            if asked.switching
            else " It stays the same in all hands."
        )
        lines.append(f"The opponent is one of these players.{once}\n{told}")
    stated = [text for text, on in ((NEXT, asked.action), (TYPE, asked.type)) if on]
    if stated:
        lines.append(" ".join([*stated, SUM]))
    return "\n\n".join(lines)


def hand_over(game: LimitPoker, hand: Hand, seat: int, position: int) -> str:
    """Return how a hand ended, as a seat that sat at `position` may know it."""
    if hand.forfeited is None:
        return f"Hand {hand.part} is over. {game.text(hand.state, position)}"
    chips = abs(hand.payoffs[seat])
    if hand.forfeited == seat:
        why = "You have forfeited it by too many bad calls"
        return f"Hand {hand.part} is over. {why}, and lose {chips:g}."
    return (
        f"Hand {hand.part} is over. The opponent has forfeited it by too many bad "
        f"calls, and you win {chips:g}."
    )


def now(session: Session, seat: int, won: float) -> str:
    """Return the current hand as a seat may know it, or how the session ended.

    Args:
        session: What is played.
        seat: Whoever is told, 0 or 1.
        won: The chips that it has won in all.
    """
    if not session.over:
        state, part = session.state, session.part
        known = session.game.text(state, session.position(seat, part))
        return f"Hand {part} of {session.parts}. {known}"
    if session.ended_by is None:
        end = "That was the last hand."
    else:
        whose = "your" if session.ended_by == seat else "the opponent's"
        end = (
            f"After too many of {whose} hands were forfeited, no more are played. What "
            "each of the rest begins with is lost, too."
        )
    return f"{end} Over the session you have {_won(won)}."


def _won(chips: float) -> str:
    if chips == 0:
        return "come out even"
    return f"won {chips:g} chips" if chips > 0 else f"lost {-chips:g} chips"
