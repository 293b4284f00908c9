"""Lattice stories need exactly the order that they are built for."""

import random
from itertools import combinations, permutations

import pytest

from arena.environments.social.beliefs.events import Enter, Event, Leave, Move, Noise
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


def person_of(event: Event) -> str:
    assert isinstance(event, Enter | Leave)
    return event.person


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
def test_only_the_whole_chain_has_the_place_of_the_chain(k: int) -> None:
    rng = random.Random(k)
    for _ in range(20):
        of_chain, of_parts = stages(rng)
        story = lattice(rng, k, of_chain, of_parts)
        table = table_of(story)
        for path in permutations(story.chain):
            assert table.belief(path) == story.places[of_chain]
        later = story.places[of_chain + 1 : of_parts + 1]
        for size in range(1, k):
            for path in permutations(story.chain, size):
                assert table.belief(path) in later
        for person in story.chain if k > 1 else ():
            assert table.belief((person,)) == story.places[of_parts]


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


@pytest.mark.parametrize("k", [2, 3, 4])
def test_the_twin_is_the_test_with_one_line_moved(k: int) -> None:
    rng = random.Random(k)
    for _ in range(50):
        of_chain, of_parts = stages(rng)
        test = lattice(rng, k, of_chain, of_parts)
        twin = test.together_at(of_parts)
        assert test.setting == twin.setting
        here, there = test.events, twin.events
        assert any(
            [*here[:at], *here[at + 1 :]] == [*there[:to], *there[to + 1 :]]
            for at in range(len(here))
            for to in range(at, len(here))
            if here[at] == there[to] and here != there
        )


def test_in_the_test_of_one_person_another_comes_in_that_place() -> None:
    test = lattice(random.Random(1), 1, 1, 2)
    twin = test.together_at(2)
    changed = [x for x in zip(test.events, twin.events, strict=True) if x[0] != x[1]]
    assert [type(event) for event, _ in changed] == [Enter, Leave]
    assert {person_of(event) for event, _ in changed} <= {*test.passers}
    assert {person_of(event) for _, event in changed} == {*test.chain}


@pytest.mark.parametrize("k", ORDERS)
def test_who_is_asked_comes_first_and_goes_first_at_the_first_stage(k: int) -> None:
    rng = random.Random(k)
    for _ in range(50):
        for story in (lattice(rng, k, *stages(rng)), graded(rng, k, rng.randint(0, k))):
            assert all(story.visits(person)[0] == 0 for person in story.chain)


@pytest.mark.parametrize("k", ORDERS)
def test_the_last_to_come_and_go_are_passers_after_the_last_move(k: int) -> None:
    rng = random.Random(k)
    for _ in range(50):
        story = lattice(rng, k, *stages(rng))
        told = [event for event in story.events if not isinstance(event, Noise)]
        assert {person_of(event) for event in told[-2:]} <= {*story.passers}


@pytest.mark.parametrize("k", [2, 3, 4])
def test_all_but_the_first_of_the_chain_are_named_after_the_chain_has_gone(
    k: int,
) -> None:
    rng = random.Random(k)
    for _ in range(50):
        story = lattice(rng, k, *stages(rng))
        gone = max(
            at
            for at, event in enumerate(story.events)
            if isinstance(event, Leave) and event.person in story.chain
        )
        rest = [x.text for x in story.events[gone:] if isinstance(x, Noise)]
        assert all(any(name in text for text in rest) for name in story.chain[1:])
        assert not any(story.chain[0] in text for text in rest)


def test_names_are_drawn_from_those_given() -> None:
    people = ("Ivo", "Jun", "Kofi", "Ana", "Eli", "Sol")
    places = ("pot", "pan", "jar")
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
    assert {story.mover, *story.chain, *story.passers} == set(people)
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
