"""Questions about tables and weeks: what a thing means, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from arena.items import Label

from ..drafts import Draft
from ..hearing import (
    Heard,
    effective_order,
    last_heard,
    last_shared,
    one_hearer,
    stages_of,
    two_hearers,
)
from .asking import CHANGES, Asking, answers_of, stage_picks
from .families import TABLES, WEEKS, TableFamily
from .ladders import Table, after, inverse, table_ladder, week_ladder
from .reading import Reading
from .telling import RULES, Cast, table_clauses, tell, week_clauses

__all__ = [
    "acts",
    "counted",
    "counts",
    "expects",
    "inverted",
    "must_say",
    "outcome",
    "second_order",
    "surprise",
    "understood",
]

STAGES = 4
_ORDINALS = ("first rule", "first change", "second change", "last change")


def _story(
    asking: Asking,
    family: TableFamily,
    cast: Cast,
    ladder: Sequence[Table],
    plans: dict[str, Heard],
) -> tuple[str, ...]:
    clauses = [table_clauses(family, table) for table in ladder]
    return tell(asking.rng, family.place, cast, clauses, plans)


def _finals(asking: Asking) -> int:
    """Return which rule the last one equals; each, and each change of it, in turn."""
    turns, test = divmod(asking.design, STAGES)
    return (test + (1 + turns % 3 if asking.twin else 0)) % STAGES


def _labels(
    table: str, stage: int, read: str, of: str = "the rule in force"
) -> tuple[Label, ...]:
    return (
        Label("rule mapping", table, f"{of} is the {_ORDINALS[stage]}"),
        Label("story reader", read, f"{of} as read from the story's clauses"),
    )


def outcome(asking: Asking) -> Draft:
    """What a key does by the rule in force; the last rule may restore an earlier."""
    rng, final = asking.rng, _finals(asking)
    family, cast = rng.choice(TABLES), asking.cast(2)
    ladder = table_ladder(rng, family, final)
    key = rng.choice(family.keys)
    story = _story(asking, family, cast, ladder, {})
    by_stage = [table[key] for table in ladder]
    read = Reading(story).value(key, family.verb)
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} {family.use} {key}. By the "
        f"rule that holds then, what does it {family.base}?",
        answers=answers_of(family.values, by_stage[-1], stage_picks(by_stage)),
        labels=_labels(by_stage[-1], STAGES - 1, read),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": family.name, "restored": final},
    )


def inverted(asking: Asking) -> Draft:
    """Which key does something by the rule in force."""
    rng, final = asking.rng, _finals(asking)
    family, cast = rng.choice(TABLES), asking.cast(2)
    ladder = table_ladder(rng, family, final)
    value = rng.choice(family.values)
    story = _story(asking, family, cast, ladder, {})
    by_stage = [inverse(table, value) for table in ladder]
    read = Reading(story).key(value, family.verb)
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} {family.wish} {value}. "
        "Which is right for that by the rule that holds then?",
        answers=answers_of(family.keys, by_stage[-1], stage_picks(by_stage)),
        labels=_labels(by_stage[-1], STAGES - 1, read),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": family.name, "restored": final},
    )


def expects(asking: Asking) -> Draft:
    """What someone who missed some of the changes takes a key to do."""
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    person = cast.others[0]
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, asking.design))[asking.twin]
    ladder = table_ladder(rng, family, STAGES - 1)
    key = rng.choice(family.keys)
    story = _story(asking, family, cast, ladder, {person: plan})
    by_stage = [table[key] for table in ladder]
    stage = last_heard(plan)
    read = Reading(story).value(key, family.verb, person)
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} {family.use} {key}, and "
        f"{person} saw it. What did {person} take it to {family.base}?",
        answers=answers_of(family.values, by_stage[stage], stage_picks(by_stage)),
        labels=_labels(by_stage[stage], stage, read, f"the last that {person} heard"),
        picks=stage_picks(by_stage),
        order=int(stage < STAGES - 1),
        nominal=1,
        facts={"family": family.name, "heard": stage},
    )


def acts(asking: Asking) -> Draft:
    """Which key someone who missed some of the changes chooses for a purpose."""
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    person = cast.others[0]
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, asking.design))[asking.twin]
    ladder = table_ladder(rng, family, STAGES - 1)
    value = rng.choice(family.values)
    story = _story(asking, family, cast, ladder, {person: plan})
    by_stage = [inverse(table, value) for table in ladder]
    stage = last_heard(plan)
    read = Reading(story).key(value, family.verb, person)
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {person} {family.wish} {value}. What did "
        f"{person} choose for that?",
        answers=answers_of(family.keys, by_stage[stage], stage_picks(by_stage)),
        labels=_labels(by_stage[stage], stage, read, f"the last that {person} heard"),
        picks=stage_picks(by_stage),
        order=int(stage < STAGES - 1),
        nominal=1,
        facts={"family": family.name, "heard": stage},
    )


def understood(asking: Asking) -> Draft:
    """What one takes from another's choice when they go by different rules."""
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    speaker, hearer = cast.others[:2]
    turns, design = divmod(asking.design, 6)
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, design))[asking.twin]
    said = turns % STAGES
    plans = {speaker: _reaching(said), hearer: plan}
    ladder = table_ladder(rng, family, STAGES - 1)
    value = rng.choice(family.values)
    story = _story(asking, family, cast, ladder, plans)
    key, stage = inverse(ladder[said], value), last_heard(plan)
    by_stage = [table[key] for table in ladder]
    reading = Reading(story)
    read_key = reading.key(value, family.verb, speaker)
    read = reading.value(read_key, family.verb, hearer)
    picks = {**stage_picks(by_stage), "intended": value}
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {speaker} {family.wish} {value}, and chose "
        f"what seemed right for that. {hearer} saw what {speaker} had chosen. What did "
        f"{hearer} take it to {family.base}?",
        answers=answers_of(family.values, by_stage[stage], picks),
        labels=_labels(by_stage[stage], stage, read, f"the last that {hearer} heard"),
        picks=picks,
        order=int(stage < STAGES - 1) or int(said < STAGES - 1),
        nominal=1,
        facts={"family": family.name, "heard": stage, "said": said},
    )


def _reaching(stage: int) -> Heard:
    """Return the plan of who hears all rules up to one, and none after."""
    return tuple(number <= stage for number in range(STAGES))


def second_order(asking: Asking) -> Draft:
    """What one thinks that another takes a key to do."""
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    one, other = cast.others[:2]
    mine, theirs = two_hearers(rng, asking.design)[asking.twin]
    ladder = table_ladder(rng, family, STAGES - 1)
    key = rng.choice(family.keys)
    story = _story(asking, family, cast, ladder, {one: mine, other: theirs})
    by_stage = [table[key] for table in ladder]
    stage, own, real = last_shared(mine, theirs), last_heard(mine), last_heard(theirs)
    read = Reading(story).value(key, family.verb, one, other)
    order = effective_order(stage, own, real, STAGES - 1)
    dropped = {"drop-first": by_stage[real], "drop-last": by_stage[own]}
    picks = {**stage_picks(by_stage), **dropped}
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} {family.use} {key}; {one} "
        f"and {other} saw it. What did {one} think that {other} took it to "
        f"{family.base}?",
        answers=answers_of(family.values, by_stage[stage], picks),
        labels=_labels(
            by_stage[stage], stage, read, f"the last that {one} and {other} shared"
        ),
        picks=picks,
        fair=() if order == 2 else ("drop-first", "drop-last"),
        order=order,
        nominal=2,
        facts={"family": family.name, "shared": stage},
    )


def surprise(asking: Asking) -> Draft:
    """Whether what follows from the rule in force surprises someone.

    Half of the pairs differ in whether the person heard the last change, the other
    half in whether the last rule is new or again the one that the person knows. Half
    ask for surprise, half for what was expected.
    """
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    person = cast.others[0]
    by_ear, wording, low = (asking.design & 1, asking.design >> 1 & 1, asking.design)
    low = (low >> 2) % 3
    unheard, heard = one_hearer(rng, STAGES, low, STAGES - 1)
    plan = heard if by_ear and asking.twin else unheard
    ladder = table_ladder(
        rng, family, low if asking.twin and not by_ear else STAGES - 1
    )
    key = rng.choice(family.keys)
    story = _story(asking, family, cast, ladder, {person: plan})
    reading = Reading(story)
    expected = ladder[last_heard(plan)][key]
    real = ladder[-1][key]
    read = reading.value(key, family.verb, person) != reading.value(key, family.verb)
    surprised = expected != real
    ask = (
        f"Was {person} surprised?",
        f"Was it what {person} had expected?",
    )[wording]
    right, reread = (_yes(x != bool(wording)) for x in (surprised, read))
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} {family.use} {key}, and "
        f"what came of it was as the rule in force says; {person} saw it all. {ask}",
        answers=answers_of(("Yes", "No"), right, {}),
        labels=(
            Label(
                "rule mapping", right, f"expected was: {expected}; what came: {real}"
            ),
            Label("story reader", reread, "what both read from the story's clauses"),
        ),
        order=int(surprised),
        nominal=1,
        facts={"family": family.name, "heard": last_heard(plan)},
    )


def _yes(so: bool) -> str:
    return "Yes" if so else "No"


def must_say(asking: Asking) -> Draft:
    """What is news to someone who has all but one of three true things right.

    Which one it is depends on the last rule that they heard.
    """
    rng = asking.rng
    family, cast = rng.choice(TABLES), asking.cast(3)
    person = cast.others[0]
    plan = one_hearer(rng, STAGES, *stages_of(STAGES - 1, asking.design))[asking.twin]
    keys = rng.sample(family.keys, 4)
    usual = dict(zip(family.keys, family.values, strict=True))
    last = _swapped(usual, keys[0], keys[3])
    ladder = [*(_swapped(last, key, keys[3]) for key in keys[:3]), last]
    story = _story(asking, family, cast, ladder, {person: plan})
    claims = {key: f"{key} {family.verb} {last[key]}" for key in keys[:3]}
    stage, reading = last_heard(plan), Reading(story)
    right = next(claims[key] for key in claims if ladder[stage][key] != last[key])
    known = reading.known(person)
    read = next(x for x in claims.values() if x in reading.known() and x not in known)
    new_since = dict(zip(CHANGES, claims.values(), strict=False))
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} wanted to tell {person} "
        f"what is so by the rule in force and is not what {person} took to be so. "
        "Which of these is it?",
        answers=answers_of([*claims.values()], right, {}),
        labels=_labels(right, stage, read, f"the last that {person} heard"),
        picks={f"new since {change}": claim for change, claim in new_since.items()},
        order=1,
        nominal=1,
        facts={"family": family.name, "heard": stage},
    )


def _swapped(table: Table, one: str, other: str) -> Table:
    return {**table, one: table[other], other: table[one]}


def counted(asking: Asking) -> Draft:
    """Where one arrives who counts days by the order in force."""
    rng, final = asking.rng, _finals(asking)
    week, cast = rng.choice(WEEKS), asking.cast(2)
    day, steps = rng.choice(week.days), rng.randint(1, 3)
    ladder = week_ladder(rng, week, day, steps, final)
    clauses = [week_clauses(one) for one in ladder]
    story = tell(rng, "the almanac house", cast, clauses, {})
    by_stage = [after(one, day, steps) for one in ladder]
    options = [name for name in week.days if name != day]
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.companion} counted {_steps(steps)} on "
        f"from {day} by the order that holds then. Where does that lead?",
        answers=answers_of(options, by_stage[-1], stage_picks(by_stage)),
        labels=_labels(by_stage[-1], STAGES - 1, Reading(story).day(day, steps)),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": week.name, "steps": steps, "restored": final},
    )


def counts(asking: Asking) -> Draft:
    """Where someone arrives who counts days by the order that they know."""
    rng = asking.rng
    week, cast = rng.choice(WEEKS), asking.cast(3)
    person = cast.others[0]
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, asking.design))[asking.twin]
    day, steps = rng.choice(week.days), rng.randint(1, 3)
    ladder = week_ladder(rng, week, day, steps, STAGES - 1)
    clauses = [week_clauses(one) for one in ladder]
    story = tell(rng, "the almanac house", cast, clauses, {person: plan})
    by_stage = [after(one, day, steps) for one in ladder]
    options = [name for name in week.days if name != day]
    stage, read = last_heard(plan), Reading(story).day(day, steps, person)
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {person} counted {_steps(steps)} on from "
        f"{day}. Where did {person} arrive?",
        answers=answers_of(options, by_stage[stage], stage_picks(by_stage)),
        labels=_labels(by_stage[stage], stage, read, f"the last that {person} heard"),
        picks=stage_picks(by_stage),
        order=int(stage < STAGES - 1),
        nominal=1,
        facts={"family": week.name, "steps": steps, "heard": stage},
    )


def _steps(number: int) -> str:
    return ("one step", "two steps", "three steps")[number - 1]
