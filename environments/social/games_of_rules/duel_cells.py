"""Questions about duels: who wins, how to win, and who thinks so."""

from __future__ import annotations

from arena.items import Label

from ..drafts import Draft
from ..hearing import Heard, last_heard, one_hearer, stages_of
from .asking import Asking, answers_of, stage_picks
from .families import DUELS, DuelFamily
from .ladders import Duel, best_reply, duel_ladder, reply_ladder, tally, tally_ladder
from .reading import Reading
from .telling import RULES, Cast, duel_clauses, tell

__all__ = ["expects_reply", "expects_winner", "reply", "tallied", "winner"]

STAGES = 3
NOBODY = "nobody"
PLACE = "the games table"
_UNIQUE = tuple(family for family in DUELS if family.unique)


def _story(
    asking: Asking, cast: Cast, ladder: list[Duel], plans: dict[str, Heard]
) -> tuple[str, ...]:
    clauses = [duel_clauses(asking.rng, duel) for duel in ladder]
    return tell(asking.rng, PLACE, cast, clauses, plans)


def _finals(asking: Asking) -> int:
    """Return which rule the last one equals; each, and each change of it, in turn."""
    turns, test = divmod(asking.design, STAGES)
    return (test + (1 + turns % 2 if asking.twin else 0)) % STAGES


class _Bout:
    """One round: two players, what each shows, and who wins."""

    def __init__(self, asking: Asking, family: DuelFamily, cast: Cast) -> None:
        rng = asking.rng
        self.players = rng.sample((cast.companion, cast.others[0]), 2)
        # Of the first three of a unique family one always usually wins.
        among = family.things[:3] if family.unique else family.things
        one, other = rng.sample(among, 2)
        self.shown = (one, other)

    def told(self) -> str:
        mine, theirs = self.players
        return f"{mine} showed {self.shown[0]} and {theirs} showed {self.shown[1]}"

    def who(self, winner: str | None) -> str:
        if winner is None:
            return NOBODY
        return self.players[self.shown.index(winner)]

    def by(self, duel: Duel) -> str:
        return self.who(duel[frozenset(self.shown)])


def winner(asking: Asking) -> Draft:
    """Who wins a round by the rule in force; the last rule may restore an earlier."""
    rng, final = asking.rng, _finals(asking)
    family, cast = rng.choice(DUELS), asking.cast(2)
    bout = _Bout(asking, family, cast)
    turned = asking.design // 6 % 2
    ladder = duel_ladder(rng, family, bout.shown, turned)
    ladder = [*ladder[:2], ladder[final]]
    story = _story(asking, cast, ladder, {})
    by_stage = [bout.by(duel) for duel in ladder]
    read = bout.who(Reading(story).winner(*bout.shown))
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {bout.told()}. Who won?",
        answers=answers_of(
            (*bout.players, NOBODY), by_stage[-1], stage_picks(by_stage)
        ),
        labels=_labels(by_stage[-1], read),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": family.name, "restored": final},
    )


def expects_winner(asking: Asking) -> Draft:
    """Who won, as someone sees it who missed some of the changes."""
    rng = asking.rng
    family, cast = rng.choice(DUELS), asking.cast(3)
    person = cast.others[1]
    bout = _Bout(asking, family, cast)
    turns, design = divmod(asking.design, 3)
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, design))[asking.twin]
    ladder = duel_ladder(rng, family, bout.shown, turns % 2)
    story = _story(asking, cast, ladder, {person: plan})
    by_stage = [bout.by(duel) for duel in ladder]
    stage = last_heard(plan)
    read = bout.who(Reading(story).winner(*bout.shown, person))
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {bout.told()}, and {person} saw it. Who won, "
        f"as {person} sees it?",
        answers=answers_of(
            (*bout.players, NOBODY), by_stage[stage], stage_picks(by_stage)
        ),
        labels=_labels(by_stage[stage], read),
        picks=stage_picks(by_stage),
        order=int(stage < STAGES - 1),
        nominal=1,
        facts={"family": family.name, "heard": stage},
    )


def tallied(asking: Asking) -> Draft:
    """Who won more of three rounds by the rule in force."""
    rng = asking.rng
    family, cast = rng.choice(_UNIQUE), asking.cast(2)
    players = rng.sample((cast.companion, cast.others[0]), 2)
    turns, test = divmod(asking.design, 9)
    usual, now = test % 3, test // 3
    between, twin = usual + 1 + turns // 2 % 2, now + 1 + turns % 2
    leads = [number % 3 - 1 for number in (usual, between, now, twin)]
    ladder, rounds = tally_ladder(rng, family, *leads)
    ladder.pop(-2 if asking.twin else -1)
    story = _story(asking, cast, ladder, {})
    names = {1: players[0], -1: players[1], 0: NOBODY}
    by_stage = [names[tally(duel, rounds)] for duel in ladder]
    reading = Reading(story)
    wins = [reading.winner(*shown) for shown in rounds]
    lead = sum(
        (one == won) - (other == won)
        for won, (one, other) in zip(wins, rounds, strict=True)
    )
    read = names[(lead > 0) - (lead < 0)]
    told = ", then ".join(f"{one} against {other}" for one, other in rounds)
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {players[0]} and {players[1]} played three "
        f"rounds: {told}; what {players[0]} showed is named first. Who won more often?",
        answers=answers_of((*players, NOBODY), by_stage[-1], stage_picks(by_stage)),
        labels=_labels(by_stage[-1], read),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": family.name},
    )


def reply(asking: Asking) -> Draft:
    """What beats a thing by the rule in force; the last rule may restore an earlier."""
    rng, final = asking.rng, _finals(asking)
    family, cast = rng.choice(_UNIQUE), asking.cast(2)
    against = rng.choice(family.things[:3])
    ladder = reply_ladder(rng, family, against)
    ladder = [*ladder[:2], ladder[final]]
    story = _story(asking, cast, ladder, {})
    by_stage = [_best(duel, against) for duel in ladder]
    options = [thing for thing in family.things if thing != against]
    [read] = Reading(story).beating(against)
    return Draft(
        measures=asking.own,
        rules=RULES,
        story=story,
        question=f"After the last reading {cast.others[0]} will show {against}. What "
        f"must {cast.companion} show to beat it?",
        answers=answers_of(options, by_stage[-1], stage_picks(by_stage)),
        labels=_labels(by_stage[-1], read),
        picks=stage_picks(by_stage),
        fair=("reality",),
        facts={"family": family.name, "restored": final},
    )


def expects_reply(asking: Asking) -> Draft:
    """What someone who missed some of the changes shows in order to win."""
    rng = asking.rng
    family, cast = rng.choice(_UNIQUE), asking.cast(3)
    person = cast.others[1]
    plan = one_hearer(rng, STAGES, *stages_of(STAGES, asking.design))[asking.twin]
    against = rng.choice(family.things[:3])
    ladder = reply_ladder(rng, family, against)
    story = _story(asking, cast, ladder, {person: plan})
    by_stage = [_best(duel, against) for duel in ladder]
    options = [thing for thing in family.things if thing != against]
    stage = last_heard(plan)
    [read] = Reading(story).beating(against, person)
    return Draft(
        measures="tom",
        rules=RULES,
        story=story,
        question=f"After the last reading {person} was sure that {cast.others[0]} "
        f"would show {against}, and wanted to beat it. What did {person} show?",
        answers=answers_of(options, by_stage[stage], stage_picks(by_stage)),
        labels=_labels(by_stage[stage], read),
        picks=stage_picks(by_stage),
        order=int(stage < STAGES - 1),
        nominal=1,
        facts={"family": family.name, "heard": stage},
    )


def _best(duel: Duel, against: str) -> str:
    best = best_reply(duel, against)
    assert best is not None, "a ladder of replies has one best reply in each rule"
    return best


def _labels(table: str, read: str) -> tuple[Label, ...]:
    return (
        Label("rule mapping", table, "by the winner that the rule has for the two"),
        Label("story reader", read, "by the clauses that were read out and heard"),
    )
