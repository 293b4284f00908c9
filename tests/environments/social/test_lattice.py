"""Lattice stories need exactly the order that they are built for."""

import random
from itertools import combinations, permutations

import pytest

from arena.environments.social.beliefs.events import Enter, Leave, Move
from arena.environments.social.beliefs.filtering import believed
from arena.environments.social.beliefs.lattice import Lattice, graded, lattice
from arena.environments.social.beliefs.orders import effective_order
from arena.environments.social.beliefs.table import BeliefTable

ORDERS = (1, 2, 3, 4)
STORIES = 1000


def table_of(story: Lattice) -> BeliefTable:
    table = BeliefTable(story.setting, story.thing, len(story.chain), story.chain)
    for event in story.events:
        table.apply(event)
    return table


def outcome(story: Lattice) -> tuple[int, str | None]:
    """Effective order and belief of the whole chain."""
    table = table_of(story)
    order = effective_order(table.belief, story.chain, table.reality)
    return order, table.belief(story.chain)


def stages(rng: random.Random) -> tuple[int, int]:
    of_chain, of_parts = sorted(rng.sample(range(5), 2))
    return of_chain, of_parts


@pytest.mark.parametrize("k", ORDERS)
def test_the_effective_order_is_exactly_k_and_of_the_twins_1(k: int) -> None:
    rng = random.Random(k)
    for _ in range(STORIES):
        of_chain, of_parts = stages(rng)
        test = lattice(rng, k, of_chain, of_parts)
        assert outcome(test) == (k, test.places[of_chain])
        twin = test.together_at(of_parts)
        assert outcome(twin) == (1 if of_parts < 4 else 0, test.places[of_parts])


@pytest.mark.parametrize("k", ORDERS)
def test_a_last_meeting_of_all_leaves_nothing_to_be_wrong_about(k: int) -> None:
    rng = random.Random(k)
    for _ in range(100):
        story = lattice(rng, k, *stages(rng)).together_at(4)
        assert outcome(story) == (0, story.reality)


@pytest.mark.parametrize("k", ORDERS)
def test_every_smaller_group_shares_the_place_of_the_parts(k: int) -> None:
    rng = random.Random(k)
    for _ in range(20):
        of_chain, of_parts = stages(rng)
        story = lattice(rng, k, of_chain, of_parts)
        table = table_of(story)
        for path in permutations(story.chain):
            assert table.belief(path) == story.places[of_chain]
        for size in range(1, k):
            for path in permutations(story.chain, size):
                assert table.belief(path) == story.places[of_parts]


@pytest.mark.parametrize(("k", "s"), [(k, s) for k in ORDERS for s in range(k + 1)])
def test_graded_stories_have_effective_order_s(k: int, s: int) -> None:
    rng = random.Random(10 * k + s)
    for _ in range(STORIES // (k + 1)):
        story = graded(rng, k, s)
        assert outcome(story) == (s, story.places[k - s])


@pytest.mark.parametrize("k", ORDERS)
def test_each_place_of_a_graded_story_is_the_belief_of_one_order(k: int) -> None:
    story = graded(random.Random(k), k, k)
    table = table_of(story)
    for order in range(k + 1):
        for path in permutations(story.chain, order):
            assert table.belief(path) == story.places[k - order]


@pytest.mark.parametrize("k", ORDERS)
def test_the_log_says_what_the_construction_says(k: int) -> None:
    rng = random.Random(k)
    for _ in range(30):
        for story in (lattice(rng, k, *stages(rng)), graded(rng, k, rng.randint(0, k))):
            for size in range(k + 1):
                for path in combinations(story.chain, size):
                    log = believed(story.setting, story.events, story.thing, path)
                    assert log == story.belief(path)


def test_the_twin_is_the_test_with_one_more_meeting_of_all() -> None:
    test = lattice(random.Random(1), 3, 1, 2)
    twin = test.together_at(2)
    assert (test.setting, test.chain) == (twin.setting, twin.chain)
    rest = list(twin.events)
    extra = [Enter(p, test.room) for p in test.again.comes]
    extra += [Leave(p) for p in test.again.goes]
    at = next(i for i in range(len(rest)) if rest[i : i + len(extra)] == extra)
    del rest[at : at + len(extra)]
    assert rest == test.events


def test_names_are_drawn_from_those_given() -> None:
    people, places = ("Ivo", "Jun", "Kofi"), ("pot", "pan", "jar")
    story = lattice(
        random.Random(3),
        2,
        0,
        1,
        3,
        people=people,
        places=places,
        room="shed",
        thing="ring",
    )
    assert {story.mover, *story.chain} == set(people)
    assert set(story.places) == set(places)
    moves = [event for event in story.events if isinstance(event, Move)]
    assert [event.thing for event in moves] == ["ring", "ring"]
    assert story.setting.rooms == ("shed",)


@pytest.mark.parametrize(("of_chain", "of_parts"), [(2, 2), (3, 1), (0, 5), (-1, 2)])
def test_stages_in_the_wrong_order_are_refused(of_chain: int, of_parts: int) -> None:
    with pytest.raises(ValueError, match="the chain's must come before the parts'"):
        lattice(random.Random(1), 2, of_chain, of_parts)


def test_an_order_beyond_the_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="effective order 3: a chain of 2 allows"):
        graded(random.Random(1), 2, 3)
