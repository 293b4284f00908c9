"""Makes `tests/data/holdem_rlcard_rule.txt`: what RLCard's rule does, by its own code.

Usage: python rlcard_rule.py FOLDER, with a Python that has `rlcard` 1.2.0.

A line holds a hand, the board ("-" for none), and what `limit-holdem-rule-v1` does when
it faces a bet, when it faces a bet and may not raise, and when it may check.
"""

# pyright: reportMissingImports=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

import random
import sys
from pathlib import Path

from rlcard.models.limitholdem_rule_models import LimitholdemRuleAgentV1

RANKS, SUITS = "23456789TJQKA", "cdhs"
LEGAL = (["call", "raise", "fold"], ["call", "fold"], ["raise", "fold", "check"])
HANDS = 2000
KEPT = 20  # of each answer on a board of each size, so that rare ones are there


def main() -> None:
    """Ask about random hands, many paired or with an ace, some on low boards."""
    rng = random.Random(20_261_125)
    deck = [rank + suit for rank in RANKS for suit in SUITS]
    lines: list[str] = []
    for size in (0, 3, 4, 5):
        counts: dict[tuple[str, ...], int] = {}
        for number in range(HANDS):
            board = rng.sample(deck[:16] if number % 4 == 0 else deck, size)
            left = [card for card in deck if card not in board]
            first = rng.choice(left[-4:] if number % 3 == 0 else left)
            left.remove(first)
            alike = [card for card in left if card[0] == first[0]]
            second = rng.choice(alike if number % 5 == 0 and alike else left)
            answers = _answers([first, second], board)
            counts[answers] = counts.get(answers, 0) + 1
            if counts[answers] <= KEPT:
                cards = f"{first}{second} {''.join(board) or '-'}"
                lines.append(f"{cards} {' '.join(answers)}")
    path = Path(sys.argv[1], "holdem_rlcard_rule.txt")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _answers(hand: list[str], board: list[str]) -> tuple[str, ...]:
    seen = {
        "hand": [card[1].upper() + card[0] for card in hand],
        "public_cards": [card[1].upper() + card[0] for card in board],
    }
    return tuple(
        LimitholdemRuleAgentV1.step({"raw_legal_actions": legal, "raw_obs": seen})
        for legal in LEGAL
    )


if __name__ == "__main__":
    main()
