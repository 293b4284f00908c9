"""Tournaments: pairings, duplicate matches, the cross table and ratings."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from statistics import NormalDist, fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import Quiet

from arena.agent import AgentSpec
from arena.analysis import Episode
from arena.cross_table import cross_table
from arena.limits import EndReason
from arena.ratings import Result, not_told_apart, ratings
from arena.results import results
from arena.run_folder import RunFolder
from arena.swiss import Round, next_pairs, standing
from arena.tournament import Tournament, game, play_round_robin, table_of

SEATS = ("player-1", "player-2")


def swiss(players: list[str], count: int, rng: random.Random) -> list[Round]:
    """Play rounds with results of chance."""
    rounds: list[Round] = []
    for _ in range(count):
        pairs = next_pairs(players, rounds, 7)
        points = dict.fromkeys(players, 1.0)
        for a, b in pairs:
            points[a] = rng.choice([0.0, 0.5, 1.0])
            points[b] = 1 - points[a]
        rounds.append(Round(pairs, points))
    return rounds


def pairings(players: list[str]) -> Iterator[list[frozenset[str]]]:
    """Every way to pair all players, or all but one."""
    if len(players) < 2:
        yield []
        return
    if len(players) % 2:
        for bye in players:
            yield from pairings([p for p in players if p != bye])
        return
    first, *others = players
    for second in others:
        for rest in pairings([p for p in others if p != second]):
            yield [frozenset((first, second)), *rest]


@given(
    count=st.integers(2, 9),
    rounds=st.integers(1, 10),
    rng=st.randoms(use_true_random=False),
)
def test_swiss_everybody_plays_at_most_once_a_round_and_byes_go_round(
    count: int, rounds: int, rng: random.Random
) -> None:
    players = [f"p{i}" for i in range(count)]
    byes: Counter[str] = Counter(dict.fromkeys(players, 0))
    for played in swiss(players, rounds, rng):
        seated = [p for pair in played.pairs for p in pair]
        assert len(seated) == len(set(seated)) == count - count % 2
        byes.update(set(players) - set(seated))
        assert max(byes.values()) - min(byes.values()) <= 1


@settings(max_examples=60)
@given(
    count=st.integers(2, 7),
    rounds=st.integers(1, 8),
    rng=st.randoms(use_true_random=False),
)
def test_swiss_never_pairs_twice_while_it_can_avoid_it(
    count: int, rounds: int, rng: random.Random
) -> None:
    """Against every pairing there is, of those that let the byes go round."""
    players = [f"p{i}" for i in range(count)]
    met: Counter[frozenset[str]] = Counter()
    byes: Counter[str] = Counter(dict.fromkeys(players, 0))
    for played in swiss(players, rounds, rng):
        fewest = min(byes.values())
        allowed = [
            sum(met[pair] for pair in pairing)
            for pairing in pairings(players)
            if all(byes[p] == fewest for p in set(players).difference(*pairing))
        ]
        chosen = [frozenset(pair) for pair in played.pairs]
        assert sum(met[pair] for pair in chosen) == min(allowed)
        met.update(chosen)
        byes.update(set(players).difference(*chosen))


def test_swiss_pairs_neighbours_and_follows_from_seed_and_results() -> None:
    players = list("abcdefgh")
    first = next_pairs(players, [], 1)
    assert first == next_pairs(list(reversed(players)), [], 1)
    assert len({next_pairs(players, [], seed) for seed in range(20)}) > 10
    points = {p: float(any(p == a for a, _ in first)) for p in players}
    rounds = [Round(first, points)]
    second = next_pairs(players, rounds, 1)
    assert [points[a] - points[b] for a, b in second] == [0, 0, 0, 0]
    assert [p for pair in second for p in pair][:4] == standing(players, rounds, 1)[:4]


@settings(max_examples=8)
@given(
    agents=st.lists(
        st.sampled_from(["random", "level-1", "level-2", "level-3", "level-4"]),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    sessions=st.integers(1, 2),
)
def test_a_round_robin_seats_every_pair_in_both_seats_of_the_same_worlds(
    tmp_path_factory: pytest.TempPathFactory, agents: list[str], sessions: int
) -> None:
    tournament = Tournament(
        scenario=game("number-guessing"),
        agents=tuple(map(AgentSpec.parse, agents)),
        sessions=sessions,
        seed=3,
    )
    path = tmp_path_factory.mktemp("robin") / "run"
    (folder,) = play_round_robin(tournament, path, observer=Quiet()).folders
    specs = list(folder.manifest.plan.episodes())
    seated = Counter(
        (spec.seats[SEATS[0]].label, spec.seats[SEATS[1]].label) for spec in specs
    )
    both = [pair for a, b in combinations(agents, 2) for pair in ((a, b), (b, a))]
    assert seated == dict.fromkeys(both, sessions)
    assert len({(spec.epoch, spec.seed) for spec in specs}) == sessions
    table = table_of(tournament, [folder])
    assert set(table.cells) == set(both)
    assert {cell.matches for cell in table.cells.values()} == {sessions}


def session(
    *payoffs: tuple[float, float],
    agents: tuple[str, str] = ("a", "b"),
    epoch: int = 0,
    rotation: int = 0,
    reason: EndReason = "completed",
    forfeited: Mapping[int, str] | None = None,
    **evidence: Any,
) -> Episode:
    """A session with payoffs of each seat by part; rotation 1 seats b first."""
    seats = SEATS if rotation == 0 else SEATS[::-1]
    parts = [
        {
            "part": number,
            "payoffs": dict(zip(SEATS, both, strict=True)),
            "forfeited": (forfeited or {}).get(number),
        }
        for number, both in enumerate(payoffs, 1)
    ]
    missing = reason in ("error", "interrupted")
    return Episode(
        run="run",
        scenario="game",
        environment="arena/Game-v1",
        parameters={},
        agent=agents[0],
        sample=0,
        epoch=epoch,
        rotation=rotation,
        seed=epoch,
        seats=dict(zip(seats, map(AgentSpec.parse, agents), strict=True)),
        tested=(seats[0],),
        reason=reason,
        evidence={} if missing else {"parts": parts, **evidence},
        payoffs={s: sum(p[i] for p in payoffs) for i, s in enumerate(SEATS)},
    )


def both_seats(
    *payoffs: tuple[float, float], epoch: int = 0, **more: Any
) -> list[Episode]:
    """A session in both seats that pays the players the same in either."""
    turned = [(y, x) for x, y in payoffs]
    return [
        session(*payoffs, epoch=epoch, **more),
        session(*turned, epoch=epoch, rotation=1, **more),
    ]


def test_the_luck_of_the_deal_and_of_the_seat_falls_out_of_a_match() -> None:
    """Deals worth ±100 to the first seat, a seat worth 7, and a skill worth 1."""
    rng = random.Random(1)
    episodes: list[Episode] = []
    for epoch in range(4):
        luck = [rng.choice([-100, 100]) + 7 for _ in range(5)]
        episodes += [
            session(*((x + 1, -x - 1) for x in luck), epoch=epoch),
            session(*((x - 1, 1 - x) for x in luck), epoch=epoch, rotation=1),
        ]
    table = cross_table(episodes)
    assert table.agents == ("a", "b")
    assert table.cells["a", "b"].estimate.value == pytest.approx(1)
    assert table.cells["b", "a"].estimate.value == pytest.approx(-1)
    assert [match.winner for match in table.matches] == ["a"] * 4
    assert {p for m in table.matches for p in m.parts} == {(1.0, -1.0)}


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=8)
)
def test_cells_of_a_game_without_gain_or_loss_mirror_each_other(
    pairs: list[tuple[float, float]],
) -> None:
    episodes = [
        session((x, -x), epoch=epoch, rotation=rotation)
        for epoch, both in enumerate(pairs)
        for rotation, x in enumerate(both)
    ]
    table = cross_table(episodes)
    one, other = (table.cells[key].estimate for key in (("a", "b"), ("b", "a")))
    expected = fmean((x - y) / 2 for x, y in pairs)
    assert one.value == pytest.approx(expected, abs=1e-9)
    assert other.value == pytest.approx(-expected, abs=1e-9)
    assert one.n == len(pairs) == table.cells["a", "b"].matches
    if one.low is not None and other.high is not None:
        assert one.low == pytest.approx(-other.high, abs=1e-9)


def test_sessions_are_the_units_and_parts_where_there_is_one_session() -> None:
    hands = [(4.0, -4.0), (0.0, 0.0), (2.0, -2.0)]
    unit: dict[str, Any] = {"unit": {"name": "mbb", "per_payoff": 500.0}}
    alone = cross_table(both_seats(*hands, **unit))
    several = cross_table(
        [e for epoch in range(3) for e in both_seats(*hands, epoch=epoch, **unit)]
    )
    assert (alone.unit, several.unit) == ("mbb", "mbb")
    one, three = alone.cells["a", "b"], several.cells["a", "b"]
    assert (one.n_of, one.estimate.n, one.matches, one.parts) == ("parts", 3, 1, 6)
    assert (three.n_of, three.estimate.n) == ("matches", 3)
    assert one.estimate.value == three.estimate.value == 1000.0
    assert one.estimate.low is not None
    assert three.estimate.low is None  # three equal values do not say how sure they are


def test_what_failed_is_missing_what_was_cut_is_left_out_and_both_are_counted() -> None:
    good = both_seats((3.0, -3.0))
    failed = [
        session((9.0, -9.0), epoch=1),
        session(epoch=1, rotation=1, reason="error"),
    ]
    cut = [
        session((9.0, -9.0), epoch=2, reason="tool_error_limit"),
        session((9.0, -9.0), epoch=2, rotation=1),
    ]
    half = [session((9.0, -9.0), epoch=3)]
    cell = cross_table([*good, *failed, *cut, *half]).cells["a", "b"]
    assert (cell.matches, cell.missing, cell.cut) == (1, 2, 1)
    assert cell.estimate.value == 3.0


def test_a_half_played_match_is_missing_even_where_no_second_half_is_there() -> None:
    half = [session((9.0, -9.0))]
    assert cross_table(half).cells["a", "b"].matches == 1
    assert cross_table(half, rotations=range(2)).cells["a", "b"].missing == 1


def test_forfeits_are_counted_for_who_made_them_and_cost_what_they_cost() -> None:
    episodes = [
        session((-2.0, 2.0), (1.0, -1.0), forfeited={1: "player-1"}),
        session((-2.0, 2.0), (1.0, -1.0), rotation=1, forfeited={2: "player-2"}),
    ]
    table = cross_table(episodes)
    assert table.cells["a", "b"].forfeits == 2
    assert table.cells["b", "a"].forfeits == 0
    assert table.cells["a", "b"].estimate.value == 0.0


def test_tables_of_more_seats_or_of_one_agent_are_no_matches() -> None:
    alike = both_seats((1.0, -1.0), agents=("a", "a"))
    assert cross_table(alike).cells == {}


def round_robin(players: list[str], each: int, rng: random.Random) -> list[Result]:
    """Results of players whose skills are their places: 5 points apart."""
    chance = 5 / (25 / 6 * 2**0.5)
    found: list[Result] = []
    for (i, a), (j, b) in combinations(enumerate(players), 2):
        wins = 1 / (1 + 2.718281828459045 ** (chance * (i - j)))
        found += [Result(a, b, a if rng.random() < wins else b) for _ in range(each)]
    return found


def test_ratings_do_not_depend_on_the_order_of_results() -> None:
    played = round_robin(["a", "b", "c"], 8, random.Random(2))
    turned = list(reversed(played))
    assert ratings(["a", "b", "c"], played) == ratings(["a", "b", "c"], turned)


def test_late_results_weigh_no_more_than_early_ones() -> None:
    """Five wins and then five losses are as good as they are bad."""
    swapped = [Result("a", "b", "a")] * 5 + [Result("a", "b", "b")] * 5
    one, two = ratings(["a", "b"], swapped)
    assert abs(one.mu - two.mu) < one.sigma / 4
    assert not_told_apart([one, two]) == [(one.player, two.player)]


def test_draws_pull_together_and_who_has_not_played_stays_where_all_begin() -> None:
    rated = ratings(["c", "b", "a"], [Result("a", "b", None)] * 10)
    *played, idle = rated
    assert [r.mu for r in played] == pytest.approx([25, 25])
    assert all(r.sigma < 25 / 3 and r.drawn == 10 for r in played)
    assert (idle.player, idle.results) == ("c", 0)
    assert (idle.mu, idle.sigma) == pytest.approx((25, 25 / 3))


def test_intervals_of_differences_cover_skills_that_are_known() -> None:
    """20 tournaments of four: 120 differences, 95 % intervals, at least 90 % right."""
    players = ["a", "b", "c", "d"]
    z = NormalDist().inv_cdf(0.975)
    right = total = 0
    for seed in range(20):
        played = round_robin(players, 10, random.Random(seed))
        rated = {r.player: r for r in ratings(players, played, seed=seed)}
        for (i, a), (j, b) in combinations(enumerate(players), 2):
            spread = z * (rated[a].sigma ** 2 + rated[b].sigma ** 2) ** 0.5
            right += abs(rated[a].mu - rated[b].mu - 5 * (j - i)) < spread
            total += 1
    assert 0.9 <= right / total


def test_many_results_tell_players_apart_and_few_do_not() -> None:
    players = ["a", "b", "c"]
    many = ratings(players, round_robin(players, 200, random.Random(4)))
    assert [r.player for r in many] == players
    assert not_told_apart(many) == []
    few = ratings(players, round_robin(players, 1, random.Random(4)))
    assert len(not_told_apart(few)) == 2


def test_rotations_of_one_deal_are_one_value_of_a_results_table(tmp_path: Path) -> None:
    """Scores of the tested seat are averaged over both seats, and n counts deals."""
    tournament = Tournament(
        scenario=game("number-guessing"),
        agents=(AgentSpec.parse("random"), AgentSpec.parse("level-1")),
        sessions=3,
    )
    path = tmp_path / "run"
    play_round_robin(tournament, path, observer=Quiet())
    folder = RunFolder(path)
    scores = folder.scores()
    by_epoch: dict[int, list[float]] = {}
    for spec in folder.manifest.plan.episodes():
        value = scores[spec.episode][1].value
        assert value is not None
        by_epoch.setdefault(spec.epoch, []).append(value)
    (_, row, *_) = results(folder.manifest, scores).rows
    assert {len(values) for values in by_epoch.values()} == {2}
    assert row.estimate.n == 3
    assert row.estimate.value == pytest.approx(fmean(map(fmean, by_epoch.values())))
