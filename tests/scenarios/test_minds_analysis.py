"""What is said of minds in play: from sessions written by hand, and from real ones."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from minds_play import (
    EVEN,
    OTHER,
    OWN,
    belief,
    chances,
    episode,
    evidence,
    loss,
    part,
    prediction,
    switcher,
    types,
)
from playing import play_run
from sections import rows, table

from arena.agent import AgentSpec
from arena.analysis import Episode, read_episodes
from arena.intervals import Estimate
from arena.registry import environment_class, load
from arena.report.figures import can_draw, svg
from arena.run_folder import RunFolder
from arena.scenarios.analyses.egosocialarena import egosocialarena
from arena.scenarios.analyses.hands import Structure, replay_text
from arena.scenarios.analyses.minds import minds
from arena.scenarios.minds_evidence import Session

FORESEEN = "Minds: what was foreseen"
WORTH = "Minds: what moves were worth, in mbb a hand"
KNOWN = "Hands until the type is known"
NEEDED = "How many hands each score needs"
CALL, IDEAL = chances(0, 1), chances(0.25, 0.75)


def played(*stated: Any, won: Sequence[float] = (), **more: Any) -> dict[str, Any]:
    """A session with a prediction, a belief and a loss of ½ chip a hand."""
    numbers = range(1, len(stated) + 1)
    gains = won or [0.0] * len(stated)
    return evidence(
        [part(n, gain) for n, gain in zip(numbers, gains, strict=True)],
        predictions=[
            prediction(n, told, IDEAL) for n, told in zip(numbers, stated, strict=True)
        ],
        beliefs=[belief(n, types(0.8), types(0.9)) for n in numbers],
        losses=[loss(n, 0.5) for n in numbers],
        **more,
    )


def sessions(count: int, left: Any, **more: Any) -> list[Episode]:
    return [episode(left, epoch=epoch, **more) for epoch in range(count)]


def test_scores_stand_by_match_with_skill_first_and_winnings_last() -> None:
    """Off by nothing and by half: gained ½ and 0 of ⅜ and ⅜."""
    found = minds(sessions(3, played(CALL, EVEN, won=(2, -1))))
    (row,) = rows(found, FORESEEN)
    assert ("games/mini: caller", "it", 6) == (row["match"], row["agent"], row["hands"])
    assert pytest.approx((1 / 2) / (3 / 4)) == row["prediction skill"]
    assert pytest.approx((0.5 - 0.08) / (0.5 - 0.02)) == row["type skill"]
    (row,) = rows(found, WORTH)
    assert pytest.approx(250) == row["regret"]
    assert pytest.approx(250) == row["winnings"]
    main = [t.title for s in found for t in s.tables if t.main]
    assert [FORESEEN, WORTH] == main
    columns = table(found, WORTH).columns
    assert columns.index("winnings") > columns.index("regret")


def test_what_is_as_it_should_be_takes_no_room() -> None:
    found = minds(sessions(1, played(CALL, EVEN)))
    assert "predictions made" not in table(found, FORESEEN).columns
    assert "forfeits" not in table(found, WORTH).columns
    left = played(CALL, None)
    left["parts"][0]["forfeited"] = OWN
    found = minds(sessions(1, left))
    assert 0.5 == rows(found, FORESEEN)[0]["predictions made"]
    assert 0.5 == rows(found, WORTH)[0]["forfeits"]
    worth = table(found, WORTH)
    cell = worth.rows[0][worth.columns.index("forfeits")]
    assert isinstance(cell, Estimate)
    assert cell.low is not None, "a rate always has an interval"


def winnings_of(episodes: Sequence[Episode]) -> Estimate:
    found = table(minds(episodes), WORTH)
    cell = found.rows[0][found.columns.index("winnings")]
    assert isinstance(cell, Estimate)
    return cell


def test_five_sessions_are_the_clusters_and_hands_where_they_are_fewer() -> None:
    """Hands differ much and sessions hardly, so that five of these say more of luck."""

    def some(count: int) -> list[Episode]:
        return [
            episode(played(*[CALL] * 6, won=(9, -9, 3, -3, 1, epoch)), epoch=epoch)
            for epoch in range(count)
        ]

    four, five = (rows(minds(some(n)), NEEDED)[0] for n in (4, 5))
    assert ("deals", "sessions") == (four["drawn again"], five["drawn again"])
    assert four["winnings"] > 10 * five["winnings"] > 0


def test_sessions_that_do_not_differ_have_no_interval() -> None:
    left = played(*[CALL] * 6, won=(9, -9, 3, -3, 1, -1))
    assert winnings_of(sessions(4, left)).low is not None
    assert winnings_of(sessions(5, left)).low is None


def test_both_seats_of_one_deal_are_drawn_together() -> None:
    """What one rotation wins the other loses: all that luck cancels."""
    luck = (9.0, -7.0, 3.0, -1.0, 5.0, 20.0)
    there = [episode(played(*[CALL] * 6, won=luck), rotation=0)]
    back = [episode(played(*[CALL] * 6, won=[-x for x in luck]), rotation=1)]
    assert 0 == winnings_of([*there, *back]).value
    assert winnings_of([*there, *back]).low is None
    apart = [replace(back[0], epoch=1)]
    assert winnings_of([*there, *apart]).low is not None


def test_every_score_says_how_many_hands_it_would_need() -> None:
    luck = [9.0, -7.0, 3.0, -1.0, 5.0, 20.0, -8.0, 2.0]
    left = played(*[CALL, EVEN] * 4, won=luck)
    left["losses"] = [loss(n, n / 10) for n in range(1, 9)]
    (row,) = rows(minds([episode(left)]), NEEDED)
    # Skill is 1.33 in one hand and 0 in the other: a residual of ±0.67 a hand of 8.
    expected = 1.96**2 * (2 / 3) ** 2 * (8 / 7) / 0.1**2
    assert pytest.approx(expected, rel=0.01) == row["prediction skill"]
    assert pytest.approx(0.1 * 500 * 0.45) == row["± of regret"]
    assert row["winnings"] > 100 * row["regret"] > 0
    (short,) = rows(minds([episode(left)]), WORTH)
    assert "regret, winnings" == short["too few for"]


def test_identification_stands_beside_the_ideal_observer() -> None:
    stated = [types(0.5), types(0.5), types(0.9), types(0.9), types(0.9), types(0.1)]
    ideal = [types(0.5), types(0.9), types(0.9), types(0.9), types(0.1), types(0.1)]
    told = [
        belief(n, s, i) for n, (s, i) in enumerate(zip(stated, ideal, strict=True), 1)
    ]
    left = evidence([part(n) for n in range(1, 7)], beliefs=told)
    (row,) = rows(minds([episode(left, switcher(5))]), KNOWN)
    assert (2, 1) == (row["to identify"], row["ideal observer"])
    assert (1, 0) == (row["to recover"], row["ideal observer, after the switch"])


def test_no_interval_of_a_number_of_hands_goes_beyond_those_there_are() -> None:
    """After 0 and after 4 hands of 4: Student's t alone would reach from -23 to 27."""

    def session(until: int) -> dict[str, Any]:
        sure = [types(0.9 if n > until else 0.1) for n in range(1, 5)]
        rows = [belief(n, stated, stated) for n, stated in enumerate(sure, 1)]
        return evidence([part(n) for n in range(1, 5)], beliefs=rows)

    found = table(minds([episode(session(0)), episode(session(4), epoch=1)]), KNOWN)
    estimate = found.rows[0][found.columns.index("to identify")]
    assert isinstance(estimate, Estimate)
    assert (2.0, 0.0, 4.0) == (estimate.value, estimate.low, estimate.high)


def test_records_that_cannot_be_read_are_counted_and_leave_the_rest() -> None:
    good = sessions(2, played(CALL, EVEN))
    bad = [
        episode({"parts_planned": 0}, epoch=7),
        episode({}, epoch=8, reason="error"),
    ]
    found = minds([*good, *bad])
    assert rows(minds(good), FORESEEN) == rows(found, FORESEEN)
    assert "1 failed for an infrastructure reason" in found[0].text
    assert (
        "1 cannot be read (evidence that does not fit: parts_planned" in found[0].text
    )


def test_sessions_that_ended_early_are_said_to_have() -> None:
    whole = evidence([part(1), part(2)], losses=[loss(1, 1)])
    forfeited = {**whole, "ended_by_forfeit": OWN}
    (section,) = minds(
        [
            episode(whole),
            episode(whole, epoch=1, reason="limit"),
            episode(forfeited, epoch=2),
            episode({}, epoch=3, reason="error"),
        ]
    )
    assert "2 were cut short, by a limit or by forfeits" in section.text
    assert "1 failed for an infrastructure reason" in section.text
    (section,) = minds([episode(whole)])
    assert "cut short" not in section.text


def test_what_few_deals_have_no_interval_for_is_said_to_be_of_too_few() -> None:
    few = [1, -1, 2, 0]
    found = minds(sessions(1, played(*[CALL] * 4, won=few)))
    assert "winnings" in rows(found, WORTH)[0]["too few for"]
    assert "prediction skill" in rows(found, FORESEEN)[0]["too few for"]


def test_rounds_without_types_are_not_of_minds() -> None:
    left = played(CALL) | {"types": list[str]()}
    environment = "arena/NumberGuessing-v1"
    assert [] == minds([episode(left, environment=environment)])


def test_figures_show_skill_types_and_switches() -> None:
    agents = [
        episode(played(*[CALL, EVEN] * 5), other, agent=agent, epoch=epoch)
        for agent in ("it", "she <b>")
        for epoch, other in enumerate(["caller", switcher(6)])
    ]
    (section,) = minds(agents)
    assert [
        "Prediction skill over hands",
        "Whom it took its opponents for",
        "Whom she <b> took its opponents for",
        "Seeing that the opponent has changed",
    ] == [figure.title for figure in section.figures]
    if can_draw():
        for number, figure in enumerate(section.figures):
            assert "mini" in svg(figure, number) or "new type" in svg(figure, number)


def meeting(first: str, second: str, won: Sequence[float], rotation: int) -> Episode:
    left = played(*[CALL] * len(won), won=won)
    seats = {OWN: AgentSpec(name=first), OTHER: AgentSpec(name=second)}
    return episode(left, agent=first, rotation=rotation, seats=seats)


def test_agents_that_meet_each_other_have_a_cross_table_and_a_heat_map() -> None:
    """a wins 2 and 4 chips of b; b wins 1 and 3 of c; each in one seat only."""
    found = minds([meeting("a", "b", (2, 4), 0), meeting("b", "c", (1, 3), 0)])
    crossed = found[-1]
    assert "Who beats whom" == crossed.title
    matrix = {row["agent"]: row for row in rows(found, "Cross table, mbb a hand")}
    assert (1500, -1500) == (matrix["a"]["b"], matrix["b"]["a"])
    assert (1000, -1000) == (matrix["b"]["c"], matrix["c"]["b"])
    assert matrix["a"]["c"] is matrix["a"]["a"] is None
    if can_draw():
        assert "+1500" in svg(crossed.figures[0], 0)


def test_one_agent_against_opponents_makes_no_cross_table() -> None:
    found = minds([meeting("a", "b", (2, 4), 0), meeting("a", "c", (1, 3), 0)])
    assert ["Minds in play: LeducPoker-v1"] == [section.title for section in found]


HAND = part(
    3,
    12.0,
    cards={OWN: ["Ah", "Kd"], OTHER: ["Ts", "9c"]},
    board=["2c", "Kh", "5s", "Td", "9h"],
    betting="rc/crc/cc/rc",
    positions={OWN: 0, OTHER: 1},
)


def structure_of(environment: str) -> Structure:
    return cast(Any, environment_class(environment)).game.shape


def replayed(hand: dict[str, Any], other: str = "caller", **more: Any) -> str:
    left = evidence([hand], **more)
    seats = {OWN: AgentSpec(name="it"), OTHER: AgentSpec(name=other)}
    session = Session.of(left, OWN, seats)
    structure = structure_of("LimitHoldem-v1")
    names = {OWN: "it", OTHER: other}
    return replay_text(session.parts[hand["part"]], session, structure, names)


STORY = """\
player-1: it                player-2: caller
the big blind, puts in 2    the small blind, on the button, puts in 1
┌──┐ ┌──┐                   ┌──┐ ┌──┐
│A♥│ │K♦│                   │T♠│ │9♣│
└──┘ └──┘                   └──┘ └──┘

Pre-flop
  player-2 raises, putting in 3               pot 6
  player-1 calls 2                            pot 8
Flop
  ┌──┐ ┌──┐ ┌──┐
  │2♣│ │K♥│ │5♠│
  └──┘ └──┘ └──┘
  player-1 checks                             pot 8
      gives away 1.50 chips
      expected:       fold 0.00, call 1.00
      ideal observer: fold 0.25, call 0.75
  player-2 bets 2                             pot 10
  player-1 calls 2                            pot 12
Turn
  ┌──┐ ┌──┐ ┌──┐ ┌──┐
  │2♣│ │K♥│ │5♠│ │T♦│
  └──┘ └──┘ └──┘ └──┘
  player-1 checks                             pot 12
      ideal observer: fold 0.25, call 0.75
  player-2 checks                             pot 12
River
  ┌──┐ ┌──┐ ┌──┐ ┌──┐ ┌──┐
  │2♣│ │K♥│ │5♠│ │T♦│ │9♥│
  └──┘ └──┘ └──┘ └──┘ └──┘
  player-1 bets 4                             pot 16
      gives away 0.25 chips
  player-2 calls 4                            pot 20
showdown
player-1 wins 12 (+6000 mbb)
player-2 is caller: stated 0.80, ideal observer 0.90
"""


def test_a_hand_is_told_with_its_cards_street_by_street() -> None:
    """The button raises to 4; 2 more each on the flop; 4 more each on the river.

    Checks on the flop and the turn are the first that are answered before a card comes.
    """
    text = replayed(
        HAND,
        predictions=[prediction(3, CALL, IDEAL), prediction(3, None, IDEAL)],
        losses=[loss(3, x) for x in (0.0, 1.5, 0.0, 0.0, 0.25)],
        beliefs=[belief(3, types(0.8), types(0.9))],
    )
    assert STORY.strip() == text


def test_a_fold_and_a_forfeit_are_told_as_such() -> None:
    folded = replayed({**HAND, "betting": "rf", "board": []})
    assert "player-1 folds" in folded
    assert "showdown" not in folded.splitlines()
    lost = replayed({**HAND, "betting": "r", "board": [], "forfeited": OWN})
    assert "player-1 forfeits the hand by too many bad calls" in lost
    for text in (folded, lost):
        assert "no showdown: neither seat saw the other's cards" in text.splitlines()


def test_of_an_opponent_that_is_none_of_the_types_no_type_is_told() -> None:
    beliefs = [belief(3, types(0.8), types(0.9))]
    assert "player-2 is caller: stated 0.80" in replayed(HAND, beliefs=beliefs)
    assert "player-2 is" not in replayed(HAND, "a-model", beliefs=beliefs)


def test_the_costliest_hand_is_there_to_read() -> None:
    parts = [{**HAND, "part": n} for n in (1, 2, 3)]
    left = evidence(parts, losses=[loss(1, 0.5), loss(2, 2.0), loss(3, 1.0)])
    (section,) = minds([episode(left, environment="arena/LimitHoldem-v1")])
    titles = [block.title for block in section.blocks]
    assert [
        "it against caller: the first hand",
        "it against caller: the costliest hand, 1000 mbb given away",
    ] == titles
    assert "Hand 2 of 3" in section.blocks[1].caption
    assert "gives away 2.00 chips" in section.blocks[1].text


def test_opponents_of_known_strength_make_a_ladder_the_easiest_first() -> None:
    holdem = {"environment": "arena/LimitHoldem-v1", "scenario": "games/holdem"}
    names = ("cfr", "loose-passive", "random")
    left = evidence(
        [part(1)], losses=[loss(1, 0) | {"by_type": dict.fromkeys(names, 1)}]
    )
    against = [episode(left, name, **holdem) for name in names]
    found = rows(minds(against), "Ladder")
    assert ["random", "loose-passive", "cfr"] == [row["opponent"] for row in found]
    assert {500} == {row["regret"] for row in found}
    assert found[0]["cfr wins"] > found[1]["cfr wins"] > found[2]["cfr wins"] == 0
    assert "predictions made" not in found[0]
    assert "Ladder" not in [t.title for s in minds(against[:2]) for t in s.tables]


def test_a_ladder_shows_beside_skill_how_many_predictions_it_stands_on() -> None:
    holdem = {"environment": "arena/LimitHoldem-v1", "scenario": "games/holdem"}
    names = ("cfr", "loose-passive", "random")
    by_type = dict.fromkeys(names, CALL)
    told = [
        prediction(1, CALL, IDEAL, by_type=by_type),
        prediction(1, None, IDEAL, by_type=by_type),
    ]
    against = [
        episode(evidence([part(1)], predictions=told), name, **holdem) for name in names
    ]
    found = rows(minds(against), "Ladder")
    assert {0.5} == {row["predictions made"] for row in found}


@pytest.fixture(scope="module")
def leduc(tmp_path_factory: pytest.TempPathFactory) -> list[Episode]:
    run = tmp_path_factory.mktemp("leduc") / "run"
    play_run(run, "games/leduc", agent="ideal-observer", epochs=2)
    return read_episodes([RunFolder(run)], ["LeducPoker-v1"])


def test_real_hands_replay_to_the_pot_that_was_paid(leduc: Sequence[Episode]) -> None:
    """At a showdown the loser has put in half of the pot."""
    structure = structure_of("LeducPoker-v1")
    shown = 0
    for one in leduc:
        session = Session.of(one.evidence, one.tested[0], one.seats)
        names = {seat: spec.label for seat, spec in one.seats.items()}
        for hand in session.parts.values():
            text = replay_text(hand, session, structure, names)
            pot = int(re.findall(r"pot (\d+)", text)[-1])
            won = abs(hand.payoffs[session.seat])
            if "showdown" in text.splitlines():
                shown += 1
                assert won in (0, pot / 2)
            else:
                assert won < pot
    assert shown > 20


def test_an_ideal_observer_has_skill_1_and_known_types(
    leduc: Sequence[Episode],
) -> None:
    found = minds(leduc)
    for row in rows(found, FORESEEN):
        assert pytest.approx(1) == row["prediction skill"]
        assert pytest.approx(1) == row["type skill"]
    assert found[0].blocks


def of_holdem(left: Any, other: str, **more: Any) -> Episode:
    return episode(
        left,
        other,
        scenario="games/texas-holdem",
        environment="arena/LimitHoldem-v1",
        **more,
    )


def test_the_papers_holdem_counts_the_style_stated_last_and_actions() -> None:
    """Rotations are one value: of the style 1 and 0; of actions 1, ½, and 0, 0."""
    right = played(CALL, EVEN)
    wrong = played(chances(1, 0), None)
    wrong["beliefs"] = [
        belief(1, types(0.9), types(0.9)),
        belief(2, types(0.1), types(0.9)),
    ]
    guessed = evidence(
        [part(1)],
        rounds=[{"numbers": {OWN: 1}, "predictions": {OWN: {}}}],
        rounds_planned=1,
    )
    episodes = [
        of_holdem(right, "caller"),
        of_holdem(wrong, "caller", rotation=1),
        episode(
            guessed,
            scenario="games/number-guessing",
            environment="arena/NumberGuessing-v1",
        ),
    ]
    found = rows(list(egosocialarena(episodes)), "EgoSocialArena's scenarios")
    by_name = {row["paper's scenario"]: row for row in found}
    style = by_name["Limit Texas Hold'em: style"]
    action = by_name["Limit Texas Hold'em: next action"]
    assert (1, 0.5, 0.5) == (style["n"], style["accuracy"], style["chance"])
    assert pytest.approx(0.75 / 2) == action["accuracy"]
    assert 0.5 == action["chance"]


STYLES = ("loose-passive", "tight-passive", "loose-aggressive", "tight-aggressive")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("agent", "skill"), [("ideal-observer", 1.0), ("uniform-observer", 0.0)]
)
def test_both_ends_of_the_scale_are_reached_against_every_style(
    agent: str, skill: float, tmp_path: Path
) -> None:
    """200 hands against each: four epochs of 25 hands, in both seats."""
    run = play_run(tmp_path / "run", "games/holdem", agent=agent, epochs=16)
    found = rows(minds(read_episodes([RunFolder(run)], ["LimitHoldem-v1"])), FORESEEN)
    assert {f"games/holdem: {style}" for style in STYLES} == {r["match"] for r in found}
    for row in found:
        assert 200 == row["hands"]
        assert pytest.approx(skill, abs=0.05) == row["prediction skill"]


@pytest.mark.parametrize("name", ["minds", "egosocialarena"])
def test_analyses_say_nothing_of_nothing(name: str) -> None:
    assert [] == list(load("analyses", name)([]))
