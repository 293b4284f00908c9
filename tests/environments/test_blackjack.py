"""Blackjack against outside truth: published rules and separately computed values."""

import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.environments.blackjack import Blackjack
from arena.environments.blackjack.exact import ActionValues, Solver, solver
from arena.environments.blackjack.rules import (
    Hand,
    Rules,
    deal,
    hand_of,
    hit,
    is_natural,
    payoff,
    stand,
)
from arena.errors import UserError
from arena.registry import make_env

ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "blackjack_infinite.json").read_text()
)
NAMED = {
    "infinite/none/S17": Rules("infinite", "stand", "none"),
    "infinite/casino/H17": Rules("infinite", "hit", "casino"),
}
DECKS = ("infinite", "single")
SOFT_17 = ("stand", "hit")
NATURALS = ("none", "bonus", "sutton-barto", "casino")
ALL_RULES = [Rules(*r) for r in itertools.product(DECKS, SOFT_17, NATURALS)]

RANKS = st.integers(1, 13)
SEEDS = st.integers(0, 2**32 - 1)


def call(name: str, **args: object) -> Any:
    return {"name": name, "args": args, "id": None}


def identifier(value: object) -> str | None:
    return "-".join(map(str, value)) if isinstance(value, Rules) else None


def total_by_trying(cards: Sequence[int]) -> tuple[int, bool]:
    """Try every ace as 1 and as 11; the best is the highest that is not over 21."""
    choices = [(1, 11) if card == 1 else (min(card, 10),) for card in cards]
    sums = {sum(choice) for choice in itertools.product(*choices)}
    best = max((s for s in sums if s <= 21), default=min(sums))
    return best, best != sum(min(card, 10) for card in cards)


# --- Exact values ----------------------------------------------------------------


class Row(NamedTuple):
    """A row of the oracle's table."""

    rules: Rules
    total: int
    soft: bool
    up: int
    values: dict[str, float]
    best: str


ROWS = [
    Row(
        NAMED[name],
        row["total"],
        bool(row["soft"]),
        row["up"],
        {move: row[move] for move in ("stand", "hit")},
        row["best"],
    )
    for name, table in ORACLE.items()
    for row in table["table"]
]


def cards_of(total: int, soft: bool) -> list[int]:
    """Return cards of that total that are no natural."""
    if soft:
        return [1, 5, 5] if total == 21 else [1, total - 11]
    cards = [2] * (total // 2 - 1) + [2 + total % 2]
    assert hand_of(cards) == (total, False)
    return cards


@pytest.mark.parametrize("name", NAMED)
def test_every_row_of_the_oracle_has_its_exact_values(name: str) -> None:
    exact = solver(NAMED[name])
    rows = [row for row in ROWS if row.rules == NAMED[name]]
    assert len(rows) == 280
    for row in rows:
        values = exact.values(cards_of(row.total, row.soft), row.up)
        assert row.values == pytest.approx(
            {"stand": values.stand, "hit": values.hit}, abs=1e-12
        ), row
        best = "hit" if values.hit > values.stand else "stand"
        assert row.best == best, row


@pytest.mark.parametrize("up", [10, 11, 12, 13])
def test_a_face_is_worth_a_ten(up: int) -> None:
    exact = solver(Rules())
    assert exact.values([10, 6], 10) == exact.values([13, 6], up)


Hits = Callable[[Sequence[int], int, ActionValues], float]


def below(hard: int, soft: int) -> Hits:
    """Hit below a total, which may be another where an ace counts 11."""

    def hits(cards: Sequence[int], up: int, values: ActionValues) -> float:
        total, is_soft = hand_of(cards)
        return float(total < (soft if is_soft else hard))

    return hits


POLICIES: dict[str, Hits | None] = {
    "optimal": None,
    "random_50_50": lambda cards, up, values: 0.5,
    "always_stand": below(0, 0),
    "mimic_dealer_hit_below_17": below(17, 17),
    "never_bust_hit_below_12": below(12, 18),  # a soft hand cannot be bust by a card
    "hit_below_20": below(20, 20),
    "always_hit_until_21": below(21, 21),
}


def asked_at_most(times: int, policy: Hits | None) -> Hits | None:
    """Fail where a policy is asked more often than there are hands to ask about."""
    count = itertools.count(1)

    def counting(cards: Sequence[int], up: int, values: ActionValues) -> float:
        assert policy is not None
        assert next(count) <= times, "the same hands are valued again and again"
        return policy(cards, up, values)

    return policy and counting


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", NAMED)
def test_a_policy_is_worth_what_the_oracle_says(name: str, policy: str) -> None:
    expected = ORACLE[name]["policy_values"][policy]
    # Sets of cards that are not bust, by open card: 30,720 at most.
    hits = asked_at_most(31_000, POLICIES[policy])
    assert expected == pytest.approx(solver(NAMED[name]).game_value(hits), abs=1e-12)


def test_the_oracle_has_no_policy_that_is_not_tested() -> None:
    for table in ORACLE.values():
        assert set(table["policy_values"]) == set(POLICIES)


# Optimal play, research/games.md §3(b): S17 and H17.
GAME_VALUES = {
    ("infinite", "none"): (-0.046556, -0.048870),
    ("infinite", "bonus"): (-0.025729, -0.028091),
    ("infinite", "sutton-barto"): (-0.043113, -0.045332),
    ("infinite", "casino"): (-0.024208, -0.026427),
    ("single", "none"): (-0.042462, -0.044572),
    ("single", "bonus"): (-0.021063, -0.023212),
    ("single", "sutton-barto"): (-0.038768, -0.040798),
    ("single", "casino"): (-0.019284, -0.021313),
}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param(
            Rules(deck, soft_17, naturals),  # pyright: ignore[reportArgumentType]
            value,
            id=f"{deck}-{soft_17}-{naturals}",
            marks=[pytest.mark.slow] if deck == "single" else [],
        )
        for (deck, naturals), values in GAME_VALUES.items()
        for soft_17, value in zip(SOFT_17, values, strict=True)
    ],
)
def test_optimal_play_has_its_published_value(rules: Rules, expected: float) -> None:
    # A solver of its own, so that the values of one deck are not kept.
    assert expected == round(Solver(rules).game_value(), 6)


@pytest.mark.slow
def test_the_table_of_the_infinite_deck_costs_a_little_with_one_deck() -> None:
    table = solver(Rules("infinite"))

    def by_table(cards: Sequence[int], up: int, _: ActionValues) -> float:
        values = table.values(cards, up)
        return float(values.hit > values.stand)

    assert round(Solver(Rules("single")).game_value(by_table), 6) == -0.042806


def bust_chance_by_enumeration(
    player: Sequence[int], up: int, soft_17: str
) -> Fraction:
    """Deal the dealer every sequence of cards that one deck still holds."""
    left = Counter({card: 4 for card in range(1, 10)} | {10: 16})
    left.subtract(min(card, 10) for card in (*player, up))

    def busts(dealer: tuple[int, ...], cards: int) -> Fraction:
        total, soft = total_by_trying(dealer)
        if total > 21:
            return Fraction(1)
        goes_on = total < 17 or (total == 17 and soft and soft_17 == "hit")
        if len(dealer) > 1 and not goes_on:
            return Fraction(0)
        chance = Fraction(0)
        for card in range(1, 11):
            if count := left[card]:
                left[card] -= 1
                chance += Fraction(count, cards) * busts((*dealer, card), cards - 1)
                left[card] += 1
        return chance

    return busts((min(up, 10),), 52 - len(player) - 1)


@pytest.mark.parametrize(
    ("player", "up", "soft_17"),
    [
        pytest.param((10, 6), 10, "stand", id="16-against-10"),
        pytest.param((13, 10, 1), 9, "hit", id="21-against-9"),
        pytest.param((10, 10, 1), 7, "stand", id="21-against-7"),
        pytest.param((8, 8), 10, "hit", id="pair-of-8-against-king"),
    ],
)
def test_the_chance_of_a_bust_is_that_of_dealing_every_sequence_of_one_deck(
    player: tuple[int, ...], up: int, soft_17: Literal["stand", "hit"]
) -> None:
    values = solver(Rules("single", soft_17)).values(player, up)
    expected = float(bust_chance_by_enumeration(player, up, soft_17))
    assert expected == pytest.approx(values.dealer_busts, abs=1e-12)


@pytest.mark.parametrize("soft_17", SOFT_17)
def test_with_one_deck_an_order_of_cards_does_not_matter(
    soft_17: Literal["stand", "hit"],
) -> None:
    exact = solver(Rules("single", soft_17))
    for cards in itertools.permutations((4, 3, 10)):
        assert exact.values((3, 4, 10), 9) == exact.values(cards, 9)


# --- Rules -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        pytest.param([2, 3], (5, False), id="hard"),
        pytest.param([11, 12], (20, False), id="faces"),
        pytest.param([1, 6], (17, True), id="soft-17"),
        pytest.param([1, 13], (21, True), id="natural"),
        pytest.param([1, 1], (12, True), id="two-aces"),
        pytest.param([1, 6, 10], (17, False), id="ace-falls-to-1"),
        pytest.param([1, 1, 9], (21, True), id="one-of-two-aces-counts-11"),
        pytest.param([10, 5, 7], (22, False), id="bust"),
        pytest.param([1, 10, 5, 6], (22, False), id="bust-with-an-ace"),
    ],
)
def test_a_hand_has_its_total(cards: list[int], expected: tuple[int, bool]) -> None:
    assert expected == hand_of(cards)


@given(st.lists(RANKS, min_size=1, max_size=10))
def test_a_total_is_the_best_of_all_ways_to_count_aces(cards: list[int]) -> None:
    assert total_by_trying(cards) == hand_of(cards)


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        pytest.param([1, 10], True, id="ace-ten"),
        pytest.param([12, 1], True, id="queen-ace"),
        pytest.param([1, 9], False, id="soft-20"),
        pytest.param([1, 5, 5], False, id="21-of-three"),
        pytest.param([7, 7, 7], False, id="three-sevens"),
    ],
)
def test_a_natural_is_an_ace_and_a_ten(cards: list[int], expected: bool) -> None:
    assert expected is is_natural(cards)


NATURAL, LONG_21, TWENTY, BUST = (1, 13), (7, 7, 7), (10, 10), (10, 6, 9)
PAYOFFS = [
    # player, dealer, and what it pays under none, bonus, sutton-barto, casino
    pytest.param(TWENTY, (10, 9), (1, 1, 1, 1), id="higher-wins"),
    pytest.param(TWENTY, (10, 12), (0, 0, 0, 0), id="equal-draws"),
    pytest.param((10, 9), TWENTY, (-1, -1, -1, -1), id="lower-loses"),
    pytest.param((2, 3), BUST, (1, 1, 1, 1), id="dealer-bust"),
    pytest.param(BUST, (10, 7), (-1, -1, -1, -1), id="bust"),
    pytest.param(BUST, BUST, (-1, -1, -1, -1), id="both-bust"),
    pytest.param(BUST, NATURAL, (-1, -1, -1, -1), id="bust-against-natural"),
    pytest.param(NATURAL, TWENTY, (1, 1.5, 1, 1.5), id="natural-wins"),
    pytest.param(NATURAL, BUST, (1, 1.5, 1, 1.5), id="natural-against-bust"),
    pytest.param(NATURAL, NATURAL, (0, 0, 0, 0), id="two-naturals-draw"),
    pytest.param(NATURAL, LONG_21, (0, 0, 1, 1.5), id="natural-against-21"),
    pytest.param(LONG_21, NATURAL, (0, 0, 0, -1), id="21-against-natural"),
    pytest.param(TWENTY, NATURAL, (-1, -1, -1, -1), id="20-against-natural"),
    pytest.param(LONG_21, LONG_21, (0, 0, 0, 0), id="21-against-21"),
    pytest.param(LONG_21, TWENTY, (1, 1, 1, 1), id="21-wins-no-bonus"),
]


@pytest.mark.parametrize("soft_17", SOFT_17)
@pytest.mark.parametrize("deck", DECKS)
@pytest.mark.parametrize(("player", "dealer", "pays"), PAYOFFS)
def test_a_finished_hand_pays(
    player: tuple[int, ...],
    dealer: tuple[int, ...],
    pays: tuple[float, ...],
    deck: Literal["infinite", "single"],
    soft_17: Literal["stand", "hit"],
) -> None:
    hand = Hand((*player, *dealer), player, dealer, over=True)
    paid = tuple(payoff(hand, Rules(deck, soft_17, n)) for n in NATURALS)  # pyright: ignore[reportArgumentType]
    assert pays == paid


@given(SEEDS, st.sampled_from(ALL_RULES), st.integers(0, 6))
def test_a_dealer_draws_by_its_rule_and_never_after_it(
    seed: int, rules: Rules, hits: int
) -> None:
    hand = deal(np.random.default_rng(seed), rules)
    while hits and not hand.over:
        hand, hits = hit(hand), hits - 1
    if hand.over:
        assert len(hand.dealer) == 2
        return
    hand = stand(hand, rules)
    for size in range(2, len(hand.dealer)):
        total, soft = hand_of(hand.dealer[:size])
        assert total < 17 or ((total, soft) == (17, True) and rules.soft_17 == "hit")
    total, soft = hand_of(hand.dealer)
    assert total >= 17
    assert rules.soft_17 == "stand" or (total, soft) != (17, True)


@given(SEEDS, st.sampled_from(ALL_RULES))
def test_a_hand_deals_the_shoe_in_order_and_no_card_twice(
    seed: int, rules: Rules
) -> None:
    start = deal(np.random.default_rng(seed), rules)
    hand = start
    assert (hand.shoe[:2], hand.shoe[2:4]) == (hand.player, hand.dealer)
    while not hand.over and hand_of(hand.player)[0] < 17:
        hand = hit(hand)
    if not hand.over:
        hand = stand(hand, rules)
    dealt = len(hand.player) + len(hand.dealer)
    drawn = (*hand.player[2:], *hand.dealer[2:])
    assert hand.shoe[4:dealt] == drawn
    assert start.shoe == hand.shoe


@given(SEEDS, st.sampled_from(SOFT_17))
def test_one_deck_holds_each_rank_four_times(
    seed: int, soft_17: Literal["stand", "hit"]
) -> None:
    hand = deal(np.random.default_rng(seed), Rules("single", soft_17))
    assert dict.fromkeys(range(1, 14), 4) == Counter(hand.shoe)


def test_an_infinite_deck_deals_every_rank_equally_often() -> None:
    rng = np.random.default_rng(0)
    seen = Counter(c for _ in range(2000) for c in deal(rng, Rules()).shoe)
    expected = 2000 * 52 / 13
    chi_square = sum((seen[rank] - expected) ** 2 / expected for rank in range(1, 14))
    assert set(seen) == set(range(1, 14))
    assert chi_square < 40  # twelve degrees of freedom: exceeded once in 14,000


@given(SEEDS)
@settings(max_examples=30)
def test_a_hand_of_one_deck_never_shows_a_card_five_times(seed: int) -> None:
    env = Blackjack(deck="single")
    env.reset(seed=seed)
    while not env.over:
        low = cast(int, env.view("player")["total"]) < 19
        env.step(call("hit" if low else "stand"))
    evidence = env.evidence()
    dealt = cast(list[int], evidence["player"]) + cast(list[int], evidence["dealer"])
    assert max(Counter(dealt).values()) <= 4


# --- The environment -------------------------------------------------------------


@pytest.mark.parametrize("deck", DECKS)
@pytest.mark.parametrize("beliefs", [False, True], ids=["plain", "beliefs"])
def test_nothing_before_the_end_depends_on_the_hole_card_or_the_undealt_shoe(
    deck: Literal["infinite", "single"], beliefs: bool
) -> None:
    env = Blackjack(deck=deck, beliefs=beliefs)
    stated: dict[str, object] = (
        {"own_total": 12, "dealer_busts": 0.5} if beliefs else {}
    )
    seen: dict[tuple[object, ...], set[str]] = {}
    hidden: dict[tuple[object, ...], set[str]] = {}
    for seed in range(1500):
        observation, info = env.reset(seed=seed)
        told: list[tuple[tuple[object, ...], str]] = []
        while not env.over:
            view = info["view"]
            known = (tuple(view["cards"]), view["dealer_shows"])
            refused, _, _, _, refused_info = env.step(call("double"))
            shown = [observation, info, refused, refused_info, env.legal("player")]
            told.append((known, json.dumps([*shown, env.observe("player")])))
            move = "hit" if view["total"] < 9 else "stand"
            observation, _, _, _, info = env.step(call(move, **stated))
        hole = observation.partition("The dealer has ")[2].split(", ")[1].split()[0]
        for known, text in told:
            seen.setdefault(known, set()).add(text)
            hidden.setdefault(known, set()).add(hole)
    several = [known for known, holes in hidden.items() if len(holes) > 1]
    assert len(several) > 200
    for known in several:
        assert len(seen[known]) == 1, known


def test_the_end_shows_the_dealer_and_the_payoff() -> None:
    env = Blackjack()
    env.reset(seed=3)
    observation, reward, terminated, truncated, info = env.step(call("stand"))
    dealer = cast(list[int], env.evidence()["dealer"])
    total = hand_of(dealer)[0]
    assert f"{total})" in observation
    assert f"Payoff: {reward:+g}." in observation
    assert (True, False) == (terminated, truncated)
    assert (env.payoffs["player"], []) == (reward, info["view"]["legal"])


@given(SEEDS, st.sampled_from(ALL_RULES), st.integers(0, 8))
@settings(max_examples=60)
def test_a_reward_is_the_payoff_of_the_cards_on_the_table(
    seed: int, rules: Rules, hits: int
) -> None:
    env = Blackjack(deck=rules.deck, soft_17=rules.soft_17, naturals=rules.naturals)
    env.reset(seed=seed)
    rewards: list[float] = []
    while not env.over:
        name = "hit" if len(rewards) < hits else "stand"
        rewards.append(env.step(call(name))[1])
    evidence = env.evidence()
    player = tuple(cast(list[int], evidence["player"]))
    dealer = tuple(cast(list[int], evidence["dealer"]))
    assert [0.0] * (len(rewards) - 1) == rewards[:-1]
    assert payoff(Hand((), player, dealer, over=True), rules) == rewards[-1]
    assert len(player) == 2 + min(hits, len(rewards))


@pytest.mark.parametrize("name", ["hit", "stand"])
@pytest.mark.parametrize(
    ("args", "missing"),
    [
        pytest.param({}, ["own_total", "dealer_busts"], id="neither"),
        pytest.param({"own_total": 12}, ["dealer_busts"], id="own-total-alone"),
        pytest.param({"dealer_busts": 0.2}, ["own_total"], id="bust-alone"),
    ],
)
def test_with_beliefs_a_move_without_both_is_refused(
    name: str, args: dict[str, object], missing: list[str]
) -> None:
    env = Blackjack(beliefs=True)
    env.reset(seed=0)
    before = env.view("player")
    text, reward, terminated, _, info = env.step(call(name, **args))
    assert {"own_total", "dealer_busts"} == set(
        env.tools("player")[name].parameters["required"]
    )
    assert all(argument in info["error"] for argument in missing)
    assert "Legal now: hit, stand." in text
    assert (0.0, False, before) == (reward, terminated, env.view("player"))


@pytest.mark.parametrize(
    "args",
    [
        pytest.param({"own_total": 12, "dealer_busts": 1.01}, id="over-1"),
        pytest.param({"own_total": 12, "dealer_busts": -0.01}, id="below-0"),
        pytest.param({"own_total": 12, "dealer_busts": math.nan}, id="nan"),
        pytest.param({"own_total": 12.5, "dealer_busts": 0.5}, id="fraction"),
        pytest.param({"own_total": "12", "dealer_busts": 0.5}, id="text"),
        pytest.param({"own_total": -1, "dealer_busts": 0.5}, id="negative"),
    ],
)
def test_a_belief_out_of_its_range_is_refused(args: dict[str, object]) -> None:
    env = Blackjack(beliefs=True)
    env.reset(seed=0)
    info = env.step(call("stand", **args))[4]
    assert "error" in info
    assert not env.over


def test_without_beliefs_a_move_takes_none() -> None:
    env = Blackjack()
    env.reset(seed=0)
    info = env.step(call("stand", own_total=12, dealer_busts=0.5))[4]
    assert "own_total" in info["error"]
    assert not env.over


def test_evidence_keeps_what_was_stated_beside_what_is_true() -> None:
    env = Blackjack(beliefs=True)
    _, info = env.reset(seed=0)
    env.step(call("stand", own_total=7, dealer_busts=0.25))
    [decision] = cast(list[dict[str, object]], env.evidence()["decisions"])
    values = solver(Rules()).values(
        info["view"]["cards"], cast(int, info["view"]["dealer_shows"])
    )
    assert decision == {
        "cards": info["view"]["cards"],
        "move": "stand",
        "stated_total": 7,
        "stated_dealer_busts": 0.25,
        "total": info["view"]["total"],
        # To twelve digits: the last ones differ between processors.
        "value_of_stand": pytest.approx(values.stand, abs=1e-12),
        "value_of_hit": pytest.approx(values.hit, abs=1e-12),
        "chance_dealer_busts": pytest.approx(values.dealer_busts, abs=1e-12),
    }


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        pytest.param({"deck": "double"}, "deck", id="deck"),
        pytest.param({"soft_17": "17"}, "soft_17", id="soft-17"),
        pytest.param({"naturals": "sab"}, "naturals", id="naturals"),
        pytest.param({"beliefs": "yes"}, "beliefs", id="beliefs"),
        pytest.param({"decks": "single"}, "decks", id="unknown"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, object], named: str) -> None:
    with pytest.raises(UserError, match=rf"\b{named}\b"):
        make_env("arena/Blackjack-v1", parameters)


@pytest.mark.parametrize("rules", ALL_RULES, ids=identifier)
def test_instructions_state_the_rules_of_the_table(rules: Rules) -> None:
    env = Blackjack(deck=rules.deck, soft_17=rules.soft_17, naturals=rules.naturals)
    text = env.instructions("player")
    assert ("one deck of 52" in text) is (rules.deck == "single")
    assert f"{rules.soft_17}s on a 17 in which an ace counts 11" in text
    assert ("1.5" in text) is (rules.naturals in ("bonus", "casino"))


def test_no_two_tables_have_the_same_instructions() -> None:
    texts = {
        Blackjack(
            deck=r.deck, soft_17=r.soft_17, naturals=r.naturals, beliefs=beliefs
        ).instructions("player")
        for r in ALL_RULES
        for beliefs in (False, True)
    }
    assert 2 * len(ALL_RULES) == len(texts)


# --- Values met by play ----------------------------------------------------------

HANDS = 20_000


def z_of(values: Sequence[float], expected: float) -> float:
    return (fmean(values) - expected) * math.sqrt(len(values)) / stdev(values)


def played(
    rules: Rules, seed: int, hits: Callable[[Hand, ActionValues], bool]
) -> tuple[list[float], list[float]]:
    """Return the payoff, and the expected loss by exact values, of many hands."""
    exact, rng = solver(rules), np.random.default_rng(seed)
    payoffs: list[float] = []
    losses: list[float] = []
    for _ in range(HANDS):
        hand, loss = deal(rng, rules), 0.0
        while not hand.over:
            values = exact.values(hand.player, hand.dealer[0])
            takes = hits(hand, values)
            loss += values.best - (values.hit if takes else values.stand)
            hand = hit(hand) if takes else stand(hand, rules)
        payoffs.append(payoff(hand, rules))
        losses.append(loss)
    return payoffs, losses


@pytest.mark.parametrize("naturals", ["none", "casino"])
def test_optimal_play_earns_its_exact_value(
    naturals: Literal["none", "casino"],
) -> None:
    rules = Rules("infinite", "stand", naturals)
    payoffs, losses = played(rules, 1, lambda _, values: values.hit > values.stand)
    assert abs(z_of(payoffs, GAME_VALUES["infinite", naturals][0])) < 4
    assert max(losses) == 0


@pytest.mark.slow
@pytest.mark.parametrize("soft_17", SOFT_17)
def test_optimal_play_of_one_deck_earns_its_exact_value(
    soft_17: Literal["stand", "hit"],
) -> None:
    rules = Rules("single", soft_17, "casino")
    payoffs, _ = played(rules, 2, lambda _, values: values.hit > values.stand)
    expected = GAME_VALUES["single", "casino"][SOFT_17.index(soft_17)]
    assert abs(z_of(payoffs, expected)) < 4


@pytest.mark.parametrize("name", NAMED)
def test_a_random_player_loses_in_expectation_what_optimal_play_is_better_by(
    name: str,
) -> None:
    values = ORACLE[name]["policy_values"]
    coin = np.random.default_rng(4)
    payoffs, losses = played(NAMED[name], 3, lambda hand, values: coin.random() < 0.5)
    assert abs(z_of(losses, values["optimal"] - values["random_50_50"])) < 4
    assert abs(z_of(payoffs, values["random_50_50"])) < 4
    assert stdev(losses) < stdev(payoffs)


def test_a_hand_of_the_environment_is_worth_what_the_exact_solver_says() -> None:
    env = Blackjack()
    optimal = Blackjack.policies["basic-strategy"]()
    payoffs: list[float] = []
    for seed in range(4000):
        _, info = env.reset(seed=seed)
        while not env.over:
            [(_, action)] = optimal.probabilities(info["view"])
            _, _, _, _, info = env.step(call(action.name))
        payoffs.append(env.payoffs["player"])
    assert abs(z_of(payoffs, GAME_VALUES["infinite", "none"][0])) < 4
