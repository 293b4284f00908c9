"""Two labellers, written apart, must say the same of whatever happens."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.environments.social.beliefs.events import (
    Distract,
    Event,
    Look,
    Move,
    Setting,
    Tell,
)
from arena.environments.social.beliefs.filtering import believed, believed_by_all
from arena.environments.social.beliefs.honesty import told
from arena.environments.social.beliefs.orders import effective_order
from arena.environments.social.beliefs.random_worlds import random_world
from arena.environments.social.beliefs.table import BeliefTable, belief_table

SEEDS = st.integers(0, 2**32)


def labels_agree(setting: Setting, events: list[Event], order: int) -> int:
    """Whether both labellers agree on all paths; returns how many there are."""
    table = belief_table(setting, events, "ball", order)
    assert table == believed_by_all(setting, events, "ball", order)
    return len(table)


def test_the_labellers_agree_on_all_paths_to_order_4_of_300_worlds() -> None:
    paths = sum(labels_agree(*random_world(random.Random(i)), 4) for i in range(300))
    assert paths == 300 * (4 + 12 + 36 + 108)


@pytest.mark.slow
def test_the_labellers_agree_on_all_paths_to_order_4_of_5000_worlds() -> None:
    for seed in range(300, 5300):
        labels_agree(*random_world(random.Random(seed)), 4)


@given(
    seed=SEEDS,
    people=st.integers(1, 6),
    events=st.integers(0, 40),
    rooms=st.integers(1, 3),
    containers=st.integers(3, 8),
    closed=st.sampled_from([0.0, 0.5, 1.0]),
    distrust=st.sampled_from([0.0, 0.5]),
    secrets=st.sampled_from([0.0, 0.9]),
)
def test_the_labellers_agree_in_worlds_of_any_shape(
    seed: int,
    people: int,
    events: int,
    rooms: int,
    containers: int,
    closed: float,
    distrust: float,
    secrets: float,
) -> None:
    setting, happened = random_world(
        random.Random(seed),
        people,
        events=events,
        rooms=rooms,
        containers=containers,
        closed=closed,
        distrust=distrust,
        secrets=secrets,
    )
    assert len(happened) == events
    labels_agree(setting, happened, 3)


@given(seed=SEEDS)
def test_each_step_of_the_table_is_what_the_log_so_far_says(seed: int) -> None:
    setting, events = random_world(random.Random(seed), 3, events=10)
    table = BeliefTable(setting, "ball", 2)
    for count, event in enumerate(events, 1):
        table.apply(event)
        assert table.beliefs() == believed_by_all(setting, events[:count], "ball", 2)


@given(seed=SEEDS)
def test_one_path_alone_is_believed_as_among_all(seed: int) -> None:
    rng = random.Random(seed)
    setting, events = random_world(rng)
    table = belief_table(setting, events, "ball", 4)
    for path in rng.sample(list(table), 5):
        assert believed(setting, events, "ball", path) == table[path]


@given(seed=SEEDS)
def test_who_attends_in_a_room_knows_what_its_open_containers_hold(seed: int) -> None:
    setting, events = random_world(random.Random(seed))
    table = BeliefTable(setting, "ball", 2)
    for event in events:
        table.apply(event)
        for room in setting.rooms:
            view, there = table.world.in_view(room), table.world.attending(room)
            paths = [(a,) for a in there]
            paths += [(a, b) for a in there for b in there if a != b]
            for path in paths:
                if table.reality in view:
                    assert table.belief(path) == table.reality
                else:
                    assert table.belief(path) not in view


@given(seed=SEEDS)
def test_a_table_of_some_people_says_the_same_of_them(seed: int) -> None:
    rng = random.Random(seed)
    setting, events = random_world(rng)
    some = tuple(rng.sample(list(setting.people), 2))
    table = BeliefTable(setting, "ball", 3, some)
    for event in events:
        table.apply(event)
    full = belief_table(setting, events, "ball", 3)
    assert table.beliefs() == {p: b for p, b in full.items() if set(p) <= set(some)}


@given(seed=SEEDS)
def test_the_effective_order_is_at_most_that_of_the_words(seed: int) -> None:
    setting, events = random_world(random.Random(seed), 3)
    table = BeliefTable(setting, "ball", 3)
    for event in events:
        table.apply(event)
    for path in table.beliefs():
        order = effective_order(table.belief, path, table.reality)
        assert 0 <= order <= len(path)
        assert (order == 0) == (table.belief(path) == table.reality)


@given(seed=SEEDS)
def test_only_lies_that_are_false_deceive(seed: int) -> None:
    for each in told(*random_world(random.Random(seed), events=20)):
        assert each.tell.speaker not in each.deceived
        if each.deceived:
            assert (each.honesty, each.true) == ("lie", False)


def test_random_worlds_are_the_same_again_from_the_same_seed() -> None:
    assert random_world(random.Random(1)) == random_world(random.Random(1))


def test_random_worlds_have_all_that_can_happen() -> None:
    kinds: Counter[str] = Counter()
    honesty: Counter[str] = Counter()
    for seed in range(200):
        setting, events = random_world(random.Random(seed))
        kinds.update(type(event).__name__ for event in events)
        kinds["closed"] += bool(setting.closed)
        kinds["distrust"] += bool(setting.distrust)
        for event in events:
            kinds["watched"] += isinstance(event, Move) and bool(event.watchers)
            kinds["private"] += isinstance(event, Tell) and not event.public
            kinds["back"] += isinstance(event, Distract) and not event.away
            kinds["into closed"] += (
                isinstance(event, Look) and event.container in setting.closed
            )
        honesty.update(each.honesty for each in told(setting, events))
    assert min(kinds.values()) >= 50, kinds
    assert honesty.keys() == {"truthful", "mistaken", "lie"}
    assert min(honesty.values()) >= 10, honesty
