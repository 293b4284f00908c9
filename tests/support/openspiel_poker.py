"""Makes the files of `tests/data` by which poker is checked, with OpenSpiel.

Usage: python openspiel_poker.py FOLDER, with a Python that has `open_spiel` 2.0.2.

It shares no code with `environments/poker`. Hold'em hands come from the engine of the
Annual Computer Poker Competition in `universal_poker`; Leduc and Kuhn get a strategy
drawn at random, its exact value and its exploitability. In all of them a betting string
has "f", "c" (check or call) and "r" (bet or raise), "/" between rounds.
"""

# pyright: reportMissingImports=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUntypedBaseClass=false

import gzip
import json
import random
import sys
from pathlib import Path
from typing import Any

import pyspiel
from open_spiel.python import policy
from open_spiel.python.algorithms import (
    best_response,
    expected_game_score,
    exploitability,
)

HANDS = 5000
CARDS = [rank + suit for rank in "23456789TJQKA" for suit in "cdhs"]
HOLDEM = (
    "universal_poker(betting=limit,numPlayers=2,numRounds=4,blind=2 1,"
    "raiseSize=2 2 4 4,firstPlayer=2 1 1 1,maxRaises=3 4 4 4,numSuits=4,numRanks=13,"
    "numHoleCards=2,numBoardCards=0 3 1 1,stack=240 240,bettingAbstraction=fcpa)"
)
# Weights of fold, call and raise; with the first most hands end early.
PLAYS = ((1, 1, 1), (1, 4, 4), (0, 1, 1), (1, 6, 15))


def main() -> None:
    """Write the files into the folder `argv[1]`."""
    folder = Path(sys.argv[1])
    rng = random.Random(5)
    game = pyspiel.load_game(HOLDEM)
    lines = [json.dumps(hand(game, rng), separators=(",", ":")) for _ in range(HANDS)]
    packed = gzip.compress("\n".join(lines).encode(), mtime=0)
    (folder / "holdem_openspiel.jsonl.gz").write_bytes(packed)
    for name in ("leduc", "kuhn"):
        file = folder / f"{name}_openspiel.json"
        file.write_text(small_game(name, rng) + "\n")


def hand(game: Any, rng: random.Random) -> dict[str, Any]:
    """Play one hand of Hold'em at random, and write down all of it."""
    deck = rng.sample(range(52), 9)
    weights = rng.choice(PLAYS)
    state, dealt = game.new_initial_state(), 0
    actors, actions = "", ""
    legal: list[str] = []
    while not state.is_terminal():
        if state.is_chance_node():
            state.apply_action(deck[dealt])
            dealt += 1
            continue
        choices = state.legal_actions()
        odds = [weights[choice] for choice in choices]
        [action] = rng.choices(choices, odds)
        actors += str(state.current_player())
        legal.append("".join("fcr"[choice] for choice in choices))
        actions += "fcr"[action]
        state.apply_action(action)
    return {
        "deck": " ".join(CARDS[card] for card in deck),
        "actors": actors,
        "legal": " ".join(legal),
        "actions": actions,
        "payoffs": state.returns(),
    }


class Written(policy.Policy):
    """A strategy by card, board and betting; drawn at random where first asked for."""

    def __init__(self, game: Any, name: str, rng: random.Random):
        super().__init__(game, list(range(2)))
        self.name = name
        self.rng = rng
        self.rows: dict[tuple[str, str, str], dict[str, float]] = {}

    def action_probabilities(self, state: Any, player_id: Any = None) -> dict[int, Any]:
        """Return probabilities of OpenSpiel's actions."""
        player = state.current_player() if player_id is None else player_id
        card, board, betting = seen(self.name, state.history(), player)
        names = letters(self.name, betting, state.legal_actions(player))
        row = self.rows.get((card, board, betting))
        if row is None:
            parts = [self.rng.randint(1, 20) for _ in names]
            row = {letter: part / sum(parts) for letter, part in names_of(names, parts)}
            self.rows[(card, board, betting)] = row
        return {action: row[letter] for action, letter in names.items()}


def names_of(names: dict[int, str], parts: list[int]) -> list[tuple[str, int]]:
    """Return each action's letter with its share."""
    return list(zip(names.values(), parts, strict=True))


def seen(name: str, history: list[int], player: int) -> tuple[str, str, str]:
    """Return the player's card, the board (or nothing) and the betting string."""
    deal, moves = history[:2], history[2:]
    if name == "kuhn":
        betting = ""
        for move in moves:
            betting += letters(name, betting, [move])[move]
        return "JQK"[deal[player]], "", betting
    # The third card comes where a check or call has closed the first round.
    betting, board = "", ""
    for move in moves:
        if betting.endswith("c") and len(betting) > 1 and not board:
            board = "JQK"[move // 2]
            betting += "/"
        else:
            betting += "fcr"[move]
    return "JQK"[deal[player] // 2], board, betting


def letters(name: str, betting: str, actions: list[int]) -> dict[int, str]:
    """Return the letter of each action; Kuhn's are pass and bet."""
    if name == "leduc":
        return {action: "fcr"[action] for action in actions}
    words = "fc" if "r" in betting else "cr"
    return {action: words[action] for action in actions}


def small_game(name: str, rng: random.Random) -> str:
    """Return a random strategy of both players, its value and its exploitability."""
    game = pyspiel.load_game(f"{name}_poker")
    written = Written(game, name, rng)
    root = game.new_initial_state()
    values = expected_game_score.policy_value(root, [written, written])
    best = [
        best_response.BestResponsePolicy(game, player, written).value(root)
        for player in range(2)
    ]
    figures = {
        "value_of_first": values[0],
        "best_response_values": best,
        "nash_conv": exploitability.nash_conv(game, written),
        "exploitability": exploitability.exploitability(game, written),
    }
    rows = [
        json.dumps([card, board or None, betting, [row.get(a, 0.0) for a in "fcr"]])
        for (card, board, betting), row in sorted(written.rows.items())
    ]
    head = json.dumps(figures, indent=1).removesuffix("\n}")
    return head + ',\n "strategy": [\n  ' + ",\n  ".join(rows) + "\n ]\n}"


if __name__ == "__main__":
    main()
