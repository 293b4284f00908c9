"""Speed of heads-up limit Hold'em in other engines, under uniformly random legal play.

Usage: python poker_engines.py ENGINE [SECONDS=1.0], where ENGINE is openspiel,
openspiel-best, rlcard, pokerkit or evaluators.

Run it with a Python that has ``open_spiel``, ``rlcard``, ``pokerkit``, ``eval7`` and
``phevaluator``. After a warm-up it plays hands for SECONDS, five times: a deal, random
legal actions to the end, payoffs. OpenSpiel is also measured with the information state
of whoever acts as a string; the others have no text. All by CPU time of one core.
Prints one line of JSON.

OpenSpiel plays the game of the Annual Computer Poker Competition. Its examples draw a
card from ``chance_outcomes``, and so does ``openspiel``; for ``openspiel-best`` all are
drawn at once by ``random.sample``. RLCard offers a fold also where checking is free, so
its hands are shorter: decisions compare better than hands. PokerKit deals by itself.
"""

# pyright: reportMissingImports=false

import json
import random
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

REPETITIONS = 5
HOLDEM = (
    "universal_poker(betting=limit,numPlayers=2,numRounds=4,blind=2 1,"
    "raiseSize=2 2 4 4,firstPlayer=2 1 1 1,maxRaises=3 4 4 4,numSuits=4,numRanks=13,"
    "numHoleCards=2,numBoardCards=0 3 1 1,stack=240 240,bettingAbstraction=fcpa)"
)
Hand = Callable[[], int]  # plays one hand and returns its number of decisions


def rates(hand: Hand, seconds: float) -> tuple[list[int], list[int]]:
    """Return hands and decisions a second, five times."""
    found = [play(hand, part) for part in (seconds / 4, *[seconds] * REPETITIONS)]
    return [hands for hands, _ in found[1:]], [decisions for _, decisions in found[1:]]


def play(hand: Hand, seconds: float) -> tuple[int, int]:
    """Play for at least the given time; return hands and decisions a second."""
    hands = decisions = 0
    started = time.process_time()
    while (elapsed := time.process_time() - started) < seconds:
        for _ in range(20):
            decisions += hand()
        hands += 20
    return round(hands / elapsed), round(decisions / elapsed)


def openspiel(*, text: bool, best: bool) -> Hand:
    """Return OpenSpiel's hand."""
    import pyspiel

    game = pyspiel.load_game(HOLDEM)
    cards = range(52)

    def hand() -> int:
        state, deck, decisions = game.new_initial_state(), random.sample(cards, 9), 0
        while not state.is_terminal():
            if state.is_chance_node():
                state.apply_action(deck.pop() if best else drawn(state))
                continue
            if text:
                state.information_state_string()
            legal = state.legal_actions()
            state.apply_action(legal[int(random.random() * len(legal))])
            decisions += 1
        state.returns()
        return decisions

    return hand


def drawn(state: Any) -> int:
    """Return the outcome of a chance node of OpenSpiel."""
    outcomes, chances = zip(*state.chance_outcomes(), strict=True)
    return random.choices(outcomes, chances)[0]


def rlcard() -> Hand:
    """Return RLCard's hand."""
    import rlcard

    env: Any = rlcard.make("limit-holdem", config={"seed": 1})

    def hand() -> int:
        state, _ = env.reset()
        decisions = 0
        while not env.is_over():
            legal = list(state["legal_actions"])
            state, _ = env.step(legal[int(random.random() * len(legal))])
            decisions += 1
        env.get_payoffs()
        return decisions

    return hand


def pokerkit() -> Hand:
    """Return PokerKit's hand; it deals, collects and pays by itself."""
    from pokerkit import Automation, FixedLimitTexasHoldem

    game = FixedLimitTexasHoldem(tuple(Automation), True, 0, (1, 2), 2, 4)

    def hand() -> int:
        state, decisions = game((1000, 1000), 2), 0
        while state.status:
            can = [
                act
                for may, act in (
                    (state.can_fold, state.fold),
                    (state.can_check_or_call, state.check_or_call),
                    (
                        state.can_complete_bet_or_raise_to,
                        state.complete_bet_or_raise_to,
                    ),
                )
                if may()
            ]
            can[int(random.random() * len(can))]()
            decisions += 1
        return decisions

    return hand


def evaluators(seconds: float) -> dict[str, Any]:
    """Return hands of seven cards evaluated a second, by evaluator."""
    import eval7
    from phevaluator import evaluate_cards
    from pokerkit import Card, StandardHighHand
    from rlcard.games.limitholdem.utils import Hand as RLCardHand

    names = [rank + suit for rank in "23456789TJQKA" for suit in "cdhs"]
    hands = [random.sample(range(52), 7) for _ in range(2000)]
    named = [[names[card] for card in hand] for hand in hands]

    def in_rlcard(cards: list[str]) -> None:
        hand = RLCardHand([suit.upper() + rank for rank, suit in cards])
        hand.evaluateHand()

    parts: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
        "eval7": (eval7.evaluate, [[*map(eval7.Card, each)] for each in named]),
        "phevaluator": (lambda hand: evaluate_cards(*hand), hands),
        "rlcard": (in_rlcard, named),
        "pokerkit": (
            lambda hand: StandardHighHand.from_game(hand[:2], hand[2:]),
            [list(Card.parse("".join(each))) for each in named],
        ),
    }
    return {
        name: [round(evaluated(*part, seconds)) for _ in range(REPETITIONS)]
        for name, part in parts.items()
    }


def evaluated(
    evaluate: Callable[[Any], object], hands: list[Any], seconds: float
) -> float:
    """Return how many hands a second are evaluated."""
    count = 0
    started = time.process_time()
    while (elapsed := time.process_time() - started) < seconds:
        for hand in hands:
            evaluate(hand)
        count += len(hands)
    return count / elapsed


def main() -> None:
    """Read the arguments, measure, and print one line of JSON."""
    warnings.simplefilter("ignore")
    engine = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    random.seed(0)
    if engine == "evaluators":
        print(json.dumps(evaluators(seconds)))
        return
    best = engine == "openspiel-best"
    made: dict[str, tuple[str, Callable[[], Hand]]] = {
        "openspiel": ("open_spiel", lambda: openspiel(text=False, best=False)),
        "openspiel-best": ("open_spiel", lambda: openspiel(text=False, best=True)),
        "rlcard": ("rlcard", rlcard),
        "pokerkit": ("pokerkit", pokerkit),
    }
    package, make = made[engine]
    hands, decisions = rates(make(), seconds)
    result: dict[str, Any] = {
        "name": engine,
        "version": version(package),
        "hands_per_s": hands,
        "decisions_per_s": decisions,
    }
    if package == "open_spiel":
        hands, decisions = rates(openspiel(text=True, best=best), seconds)
        result |= {"text_hands_per_s": hands, "text_decisions_per_s": decisions}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
