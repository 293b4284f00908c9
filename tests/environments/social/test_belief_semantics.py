"""What people believe, in stories written by hand; both labellers must say it.

In the kitchen stand a basket and a tray, open, and a box and a tin, closed; in the hall
a bowl, open, and a chest, closed.
"""

from collections.abc import Mapping, Sequence

import pytest

from arena.environments.social.beliefs.events import (
    Distract,
    Enter,
    Event,
    Leave,
    Look,
    Move,
    Noise,
    Setting,
    Tell,
)
from arena.environments.social.beliefs.filtering import believed, believed_by_all
from arena.environments.social.beliefs.honesty import told
from arena.environments.social.beliefs.orders import effective_order
from arena.environments.social.beliefs.table import BeliefTable, belief_table
from arena.environments.social.beliefs.world import Impossible, World

KITCHEN, HALL = "kitchen", "hall"
A, B, C, D = "Ada", "Bilal", "Chen", "Dara"
ALL_IN: Mapping[str, str | None] = dict.fromkeys((A, B, C), KITCHEN)


def setting(
    people: Mapping[str, str | None] = ALL_IN,
    ball: str = "basket",
    *,
    distrust: Sequence[tuple[str, str]] = (),
    announced: bool = True,
) -> Setting:
    return Setting(
        rooms=(KITCHEN, HALL),
        containers={
            "basket": KITCHEN,
            "tray": KITCHEN,
            "box": KITCHEN,
            "tin": KITCHEN,
            "bowl": HALL,
            "chest": HALL,
        },
        closed=frozenset({"box", "tin", "chest"}),
        things={"ball": ball, "key": "tin"},
        people=people,
        distrust=frozenset(distrust),
        announced=announced,
    )


def beliefs(
    world: Setting, *events: Event, order: int = 3
) -> dict[tuple[str, ...], str | None]:
    """What both labellers derive, for all paths."""
    table = belief_table(world, events, "ball", order)
    assert table == believed_by_all(world, events, "ball", order)
    return table


def move(person: str, to: str, thing: str = "ball", **watchers: int) -> Move:
    return Move(person, thing, to, watchers)


def whisper(speaker: str, hearer: str, container: str) -> Tell:
    return Tell(speaker, (hearer,), "ball", container, public=False)


def say(speaker: str, *hearers: str, container: str) -> Tell:
    return Tell(speaker, hearers, "ball", container, public=True)


# Coming, going and seeing.


def test_who_leaves_keeps_the_belief_and_who_stays_knows() -> None:
    found = beliefs(setting(), Leave(A), move(B, "tray"))
    assert found[(A,)] == "basket"
    assert found[(B,)] == found[(C,)] == "tray"
    assert found[(B, A)] == found[(C, B, A)] == "basket"
    assert found[(A, B)] == "basket"


def test_who_comes_back_sees_open_containers_and_is_seen_to() -> None:
    found = beliefs(setting(), Leave(A), move(B, "tray"), Enter(A, KITCHEN))
    assert set(found.values()) == {"tray"}


def test_who_comes_back_does_not_see_into_closed_containers() -> None:
    found = beliefs(
        setting(ball="box"), Leave(A), move(B, "tin"), Enter(A, KITCHEN), order=2
    )
    assert found[(A,)] == "box"
    assert found[(B, A)] == "box"
    assert found[(A, B)] == "box"


def test_who_sees_an_open_container_empty_has_no_belief_any_more() -> None:
    found = beliefs(setting(), Leave(A), move(B, "box"), Enter(A, KITCHEN))
    assert found[(A,)] is None
    assert found[(B, A)] is None
    assert found[(A, B)] is None
    assert found[(B,)] == found[(B, C)] == "box"


def test_who_comes_back_after_another_has_left_does_not_inform_that_one() -> None:
    found = beliefs(
        setting(), Leave(A), move(B, "tray"), Leave(B), Enter(A, KITCHEN), order=2
    )
    assert found[(A,)] == "tray"
    assert found[(B, A)] == "basket"
    assert found[(A, B)] == "basket"
    assert found[(A, C)] == found[(C, A)] == "tray"


def test_going_from_room_to_room_is_leaving_the_first() -> None:
    found = beliefs(setting(), Enter(A, HALL), move(B, "tray"), order=2)
    assert found[(A,)] == "basket"
    assert found[(B, A)] == "basket"


def test_who_goes_through_another_room_sees_what_is_there() -> None:
    world = setting({A: HALL, B: KITCHEN}, "bowl")
    found = beliefs(world, Leave(A), Enter(B, HALL), order=2)
    assert found[(A,)] == found[(B,)] == "bowl"
    assert found[(A, B)] is None
    assert found[(B, A)] is None


def test_who_was_never_there_has_no_belief() -> None:
    found = beliefs(setting({A: KITCHEN, B: None, C: HALL}), order=2)
    assert found[(A,)] == "basket"
    assert found[(B,)] is found[(C,)] is found[(A, B)] is found[(B, A)] is None


def test_all_present_see_the_start_together_even_of_a_closed_container() -> None:
    assert set(beliefs(setting(ball="box")).values()) == {"box"}


def test_nobody_knows_the_start_of_a_closed_container_that_is_not_announced() -> None:
    found = beliefs(setting(ball="box", announced=False))
    assert set(found.values()) == {None}


def test_all_present_see_an_open_container_at_the_start_announced_or_not() -> None:
    assert set(beliefs(setting(announced=False)).values()) == {"basket"}


def test_noise_changes_nothing() -> None:
    before = beliefs(setting(), Leave(A), move(B, "tray"))
    after = beliefs(setting(), Leave(A), Noise("It rains."), move(B, "tray"))
    assert before == after


def test_moving_another_thing_between_open_places_changes_nothing() -> None:
    events = (Leave(A), move(B, "tray"))
    noise = move(B, "basket", "key")
    assert beliefs(setting(), *events) == beliefs(setting(), *events, noise)


# Looking.


def test_who_looks_knows_and_the_others_know_only_what_they_themselves_believe() -> (
    None
):
    found = beliefs(
        setting(ball="box"), Leave(A), move(B, "tin"), Enter(A, KITCHEN), Look(A, "tin")
    )
    assert found[(A,)] == "tin"
    assert found[(B, A)] == "tin"  # B knows what A must have found
    assert found[(A, B)] == "box"  # A cannot know that B moved it


def test_who_looks_in_vain_has_no_belief_any_more() -> None:
    found = beliefs(
        setting(ball="box"), Leave(A), move(B, "tin"), Enter(A, KITCHEN), Look(A, "box")
    )
    assert found[(A,)] is None
    assert found[(B, A)] is None
    assert found[(A, B)] == "box"


def test_who_sees_a_look_thinks_that_the_other_found_what_they_believe() -> None:
    events = (Leave(A), move(B, "tin"), Leave(B), Enter(A, KITCHEN), Enter(D, KITCHEN))
    world = setting({**ALL_IN, D: None}, "box")
    found = beliefs(world, *events, Look(D, "box"))
    assert found[(D,)] is None
    assert found[(A, D)] == "box"  # A does not know that it was taken out
    assert found[(C, D)] is None
    assert found[(C, A, D)] == "box"
    found = beliefs(world, *events, Look(D, "tin"))
    assert found[(D,)] == found[(C, D)] == "tin"
    assert found[(A, D)] is None
    assert found[(C, A, D)] is None


def test_who_does_not_know_where_it_is_learns_nothing_from_a_look() -> None:
    world = setting(ball="box", announced=False)
    found = beliefs(world, Look(A, "box"))
    assert found[(A,)] == "box"
    assert found[(B,)] is found[(B, A)] is found[(A, B)] is None


def test_a_look_in_vain_is_known_to_who_has_looked_there_in_vain() -> None:
    events = (Leave(A), Leave(B), move(C, "tin"), Leave(C))
    back = (Enter(A, KITCHEN), Enter(B, KITCHEN))
    found = beliefs(setting(ball="box"), *events, *back, Look(A, "box"), Look(B, "box"))
    assert found[(A,)] is found[(B,)] is found[(A, B)] is None
    assert found[(B, A)] == "box"  # A's look came before B knew better


def test_who_found_a_container_empty_knows_that_others_find_it_empty() -> None:
    world = setting(ball="box", announced=False)
    lie = whisper(A, B, "tin")
    found = beliefs(world, lie, Look(B, "tin"))
    assert found[(B,)] is None
    assert found[(A, B)] == "tin"  # A does not know what is in the tin
    found = beliefs(world, lie, Look(A, "tin"), Look(B, "tin"))
    assert found[(A, B)] is None


def test_a_look_is_not_known_to_who_is_elsewhere() -> None:
    events = (Leave(A), move(B, "tin"), Leave(B), Enter(A, KITCHEN), Look(A, "tin"))
    found = beliefs(setting(ball="box"), *events)
    assert found[(A,)] == found[(C, A)] == "tin"
    assert found[(B, A)] == "box"


def test_who_moves_something_out_of_a_closed_container_sees_what_else_is_in() -> None:
    events = (Leave(A), move(B, "tin"), Leave(B), Enter(A, KITCHEN))
    found = beliefs(setting(ball="box"), *events, move(A, "tray", "key"))
    assert found[(A,)] == "tin"
    assert found[(C, A)] == "tin"
    assert found[(B, A)] == "box"


# Telling.


def test_who_is_told_believes_it_and_the_teller_knows() -> None:
    events = (Leave(A), move(B, "tin"), Enter(A, KITCHEN), whisper(B, A, "tin"))
    found = beliefs(setting(ball="box"), *events)
    assert found[(A,)] == found[(B, A)] == found[(A, B)] == found[(A, B, A)] == "tin"


def test_nobody_else_knows_of_a_whisper() -> None:
    events = (Leave(A), move(B, "tin"), Enter(A, KITCHEN), whisper(B, A, "tin"))
    found = beliefs(setting(ball="box"), *events)
    assert found[(C, A)] == "box"
    assert found[(C, A, B)] == found[(A, C)] == "box"


def test_what_is_said_aloud_is_shared_by_all_in_the_room() -> None:
    events = (
        Leave(A),
        move(B, "tin"),
        Enter(A, KITCHEN),
        say(B, A, C, container="tin"),
    )
    assert set(beliefs(setting(ball="box"), *events).values()) == {"tin"}


def test_who_has_left_does_not_hear_what_is_said_aloud() -> None:
    found = beliefs(setting(ball="box"), Leave(C), say(B, A, container="tin"))
    assert found[(C,)] == found[(A, C)] == "box"
    assert found[(A,)] == "tin"


def test_a_lie_is_believed_but_not_by_the_liar() -> None:
    found = beliefs(setting(ball="box"), whisper(A, B, "tin"))
    assert found[(A,)] == "box"
    assert found[(B,)] == found[(A, B)] == "tin"
    assert found[(B, A)] == found[(A, B, A)] == "tin"


def test_who_distrusts_the_speaker_learns_nothing_and_all_know_it() -> None:
    world = setting(ball="box", distrust=[(B, A)])
    found = beliefs(world, say(A, B, C, container="tin"))
    assert found[(B,)] == found[(A, B)] == found[(C, B)] == "box"
    assert found[(C,)] == found[(B, C)] == "tin"


def test_who_distrusts_the_speaker_does_not_think_that_it_is_meant() -> None:
    world = setting(ball="box", distrust=[(B, A)])
    found = beliefs(world, say(A, B, C, container="tin"))
    assert found[(B, A)] == "box"
    assert found[(C, A)] == "tin"
    assert found[(B, C, A)] == "tin"
    assert found[(C, B, A)] == "box"


def test_distrust_goes_one_way() -> None:
    world = setting(ball="box", distrust=[(B, A)])
    assert beliefs(world, whisper(B, A, "tin"))[(A,)] == "tin"


def test_a_mistake_is_passed_on() -> None:
    events = (Leave(A), move(B, "tin"), Leave(B), Enter(A, HALL), Enter(C, HALL))
    world = setting({A: KITCHEN, B: KITCHEN, C: None}, "box")
    found = beliefs(world, *events, whisper(A, C, "box"))
    assert found[(C,)] == found[(A,)] == found[(C, A)] == found[(A, C)] == "box"
    assert found[(B, A)] == "box"
    assert found[(B, C)] is None


def test_what_is_seen_later_counts_more_than_what_was_said() -> None:
    world = setting({A: HALL, B: HALL, C: None})
    found = beliefs(world, whisper(A, B, "box"), Enter(B, KITCHEN), order=2)
    assert found[(B,)] == "basket"
    assert found[(A, B)] == "box"


def test_what_is_said_later_counts_more_than_what_was_seen() -> None:
    found = beliefs(setting(), Enter(A, HALL), Enter(B, HALL), whisper(A, B, "tin"))
    assert found[(B,)] == "tin"
    assert found[(C, B)] == "basket"


def test_what_is_said_of_another_thing_changes_nothing() -> None:
    tell = Tell(A, (B,), "key", "chest", public=False)
    assert beliefs(setting(), tell) == beliefs(setting())


# Secret watching.


def test_a_secret_watcher_knows_and_nobody_knows_that() -> None:
    found = beliefs(setting(), Leave(A), move(B, "tray", Ada=1))
    assert found[(A,)] == found[(B,)] == "tray"
    assert found[(B, A)] == found[(C, A)] == "basket"
    assert found[(A, B)] == found[(A, C)] == found[(A, B, C)] == "tray"
    assert found[(A, B, A)] == "basket"


def test_a_watcher_of_level_two_knows_of_those_below() -> None:
    world = setting({**ALL_IN, D: None})
    events = (Leave(A), Enter(D, KITCHEN), Leave(D), move(B, "tray", Ada=1, Dara=2))
    found = beliefs(world, *events)
    assert found[(D, A)] == found[(D, A, B)] == "tray"
    assert found[(A, D)] is None  # A left before D came
    assert found[(B, D)] == "basket"
    assert found[(D, B, A)] is None


def test_watchers_of_the_same_level_do_not_know_of_each_other() -> None:
    found = beliefs(setting(), Leave(A), Leave(C), move(B, "tray", Ada=1, Chen=1))
    assert found[(A,)] == found[(C,)] == "tray"
    assert found[(A, C)] == found[(C, A)] == "basket"


def test_a_watcher_sees_only_the_event() -> None:
    world = setting({A: HALL, B: KITCHEN, C: None})
    found = beliefs(world, move(B, "basket", "key", Ada=1), order=2)
    assert found[(A,)] is None


def test_a_watcher_sees_that_the_mover_handled_a_closed_container() -> None:
    events = (Leave(A), move(B, "tin"), Leave(B), Leave(C))
    again = (Enter(C, KITCHEN), move(C, "tray", "key", Bilal=1))
    found = beliefs(setting({**ALL_IN, C: KITCHEN}, "box"), *events, *again)
    assert found[(C,)] == "tin"
    assert found[(B, C)] == "tin"


# Attention.


def test_a_distracted_person_perceives_nothing_and_all_in_the_room_know() -> None:
    found = beliefs(setting(), Distract(A, away=True), move(B, "box"))
    assert found[(A,)] == found[(B, A)] == found[(C, B, A)] == "basket"
    assert found[(A, B)] == "basket"


def test_who_attends_again_sees_open_containers_but_not_into_closed_ones() -> None:
    away, back = Distract(A, away=True), Distract(A, away=False)
    assert beliefs(setting(), away, move(B, "tray"), back)[(A,)] == "tray"
    world = setting(ball="box")
    found = beliefs(world, away, move(B, "tin"), back)
    assert found[(A,)] == found[(B, A)] == "box"


def test_a_distracted_person_does_not_hear() -> None:
    found = beliefs(
        setting(ball="box"), Distract(A, away=True), say(B, C, container="tin")
    )
    assert found[(A,)] == found[(C, A)] == "box"
    assert found[(C,)] == "tin"


def test_who_comes_while_one_is_distracted_does_not_reckon_with_that_one() -> None:
    world = setting({A: KITCHEN, B: KITCHEN, C: None})
    events = (Distract(A, away=True), move(B, "tray"), Enter(C, KITCHEN))
    found = beliefs(world, *events, move(C, "box"))
    assert found[(C, B)] == "box"
    assert found[(C, A)] is None
    assert found[(A, C)] is None
    assert found[(B, A)] == "basket"


# Lies, mistakes and who was deceived.


def test_a_tell_is_true_or_mistaken_or_a_lie_by_what_the_speaker_believes() -> None:
    events = [
        whisper(A, B, "box"),
        whisper(A, B, "tin"),
        Leave(A),
        move(C, "tin"),
        Enter(A, KITCHEN),
        whisper(A, B, "box"),
        whisper(A, B, "tin"),
    ]
    found = [(x.at, x.honesty, x.true) for x in told(setting(ball="box"), events)]
    assert found == [
        (0, "truthful", True),
        (1, "lie", False),
        (5, "mistaken", False),
        (6, "lie", True),
    ]


def test_deceived_are_those_who_come_to_believe_a_false_lie() -> None:
    world = setting({**ALL_IN, D: KITCHEN}, "box", distrust=[(C, A)])
    (only,) = told(world, [say(A, B, C, D, container="tin")])
    assert only.deceived == {B, D}


def test_who_hears_the_same_lie_again_is_not_deceived_again() -> None:
    events = [whisper(A, B, "tin"), say(A, B, C, container="tin")]
    first, second = told(setting(ball="box"), events)
    assert (first.deceived, second.deceived) == ({B}, {C})


def test_a_mistake_deceives_nobody() -> None:
    events = [Leave(A), move(C, "tin"), Enter(A, KITCHEN), whisper(A, B, "box")]
    (only,) = told(setting(ball="box"), events)
    assert (only.honesty, only.deceived) == ("mistaken", frozenset())


# Effective order.


def test_the_effective_order_is_that_of_the_shortest_path_with_the_answer() -> None:
    values: dict[tuple[str, ...], str | None] = {
        (A,): "tray",
        (B,): "box",
        (A, B): "basket",
        (B, A): "tray",
        (A, B, A): "tray",
    }
    assert effective_order(values.get, (A, B), "chest") == 2
    assert effective_order(values.get, (A, B, A), "chest") == 1
    assert effective_order(values.get, (A, B), "basket") == 0


def test_having_no_belief_has_an_order_too() -> None:
    found = beliefs(setting({A: KITCHEN, B: None, C: None}), order=2)
    assert effective_order(found.get, (A, B), "basket") == 1


# What cannot happen.


IMPOSSIBLE: list[tuple[Event, str]] = [
    (Enter("Zoe", KITCHEN), "there is nobody called 'Zoe'"),
    (Enter(A, "attic"), "there is no room 'attic'"),
    (Enter(A, KITCHEN), "Ada is in the kitchen already"),
    (Leave(D), "Dara is in none of the rooms"),
    (Look(A, "chest"), "there is no 'chest' in the kitchen"),
    (move(A, "chest"), "there is no 'chest' in the kitchen"),
    (move(A, "basket"), "the ball is in the basket already"),
    (move(A, "tray", "hat"), "there is no 'hat' in the kitchen"),
    (move(A, "tray", Bilal=1), "Bilal cannot watch secretly from the same room"),
    (move(A, "tray", Dara=0), "Dara watches with level 0"),
    (Move(A, "ball", "tray", {"Zoe": 1}), "there is nobody called 'Zoe'"),
    (whisper(A, D, "basket"), "Dara cannot hear Ada here"),
    (whisper(A, A, "basket"), "Ada cannot hear Ada here"),
    (Tell(A, (), "ball", "basket", public=False), "nobody hears Ada"),
    (Tell(A, (B,), "hat", "basket", public=False), "there is no 'hat'"),
    (whisper(A, B, "attic"), "there is no 'attic'"),
    (whisper(A, B, "chest"), "all see that the ball is in the basket"),
    (Tell(A, (B,), "key", "tray", public=True), "all see that the key is not in"),
    (Distract(A, away=False), "Ada is attentive already"),
    (Distract(D, away=True), "Dara is in none of the rooms"),
]


@pytest.mark.parametrize(("event", "reason"), IMPOSSIBLE)
def test_what_cannot_happen_is_refused_and_changes_nothing(
    event: Event, reason: str
) -> None:
    people = {**ALL_IN, D: None}
    table = BeliefTable(setting(people), "ball", 2)
    before = (dict(table.world.places), dict(table.world.rooms_of), table.beliefs())
    with pytest.raises(Impossible, match=reason):
        table.apply(event)
    after = (table.world.places, table.world.rooms_of, table.beliefs())
    assert before == after


def test_a_distracted_person_does_nothing() -> None:
    world = World(setting())
    world.apply(Distract(A, away=True))
    doings = (Leave(A), Look(A, "box"), move(A, "tray"), whisper(A, B, "basket"))
    for event in (*doings, Enter(A, HALL), Distract(A, away=True)):
        with pytest.raises(Impossible, match="Ada is distracted"):
            world.apply(event)
    with pytest.raises(Impossible, match="Ada cannot hear Bilal"):
        world.apply(whisper(B, A, "basket"))


@pytest.mark.parametrize(
    ("world", "reason"),
    [
        (setting(ball="attic"), "the ball lies in no container: 'attic'"),
        (setting({A: "attic"}), "Ada is in no room: 'attic'"),
        (setting(distrust=[(A, "Zoe")]), "in distrust, but nobody: Zoe"),
    ],
)
def test_a_setting_that_does_not_hold_together_is_refused(
    world: Setting, reason: str
) -> None:
    with pytest.raises(Impossible, match=reason):
        World(world)


def test_perceivers_are_told_by_who_may_know_of_whom() -> None:
    world = World(setting({A: KITCHEN, B: KITCHEN, C: HALL, D: HALL}))
    came = world.apply(Enter(A, HALL))
    assert (came.openly, came.behind) == ({A, C, D}, {B})
    moved = world.apply(move(B, "tray", Chen=1))
    assert (moved.openly, moved.watchers) == ({B}, {C: 1})
    looked = world.apply(Look(A, "chest"))
    assert (looked.openly, looked.learns) == ({A, C, D}, {A})
    assert world.apply(whisper(A, C, "tray")).openly == {A, C}
    assert world.apply(say(A, C, D, container="tray")).openly == {A, C, D}
    assert world.apply(Distract(A, away=True)).learns == set()
    assert world.apply(Noise("It rains.")).openly == {B, C, D}


def test_one_path_is_believed_as_all_paths_are() -> None:
    events = (Leave(A), move(B, "tray"))
    assert believed(setting(), events, "ball", ()) == "tray"
    assert believed(setting(), events, "ball", (B, A)) == "basket"


def test_a_table_of_fewer_people_says_the_same_of_them() -> None:
    events = (Leave(A), move(B, "tray"), Enter(A, KITCHEN), Look(C, "box"))
    table = BeliefTable(setting(), "ball", 3, (C, A))
    for event in events:
        table.apply(event)
    full = beliefs(setting(), *events)
    assert table.beliefs().items() <= full.items()
    assert len(table.beliefs()) == 6


def test_a_table_refuses_paths_and_things_that_it_does_not_have() -> None:
    table = BeliefTable(setting(), "ball", 2, (A, B))
    assert table.belief(()) == "basket"
    for path in ((C,), (A, A), (A, B, A)):
        with pytest.raises(Impossible, match="up to 2 of Ada, Bilal"):
            table.belief(path)
    with pytest.raises(Impossible, match="there is no 'hat'"):
        BeliefTable(setting(), "hat", 2)
