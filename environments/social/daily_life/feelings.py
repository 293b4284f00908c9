"""Feelings as appraisals, and what people who feel so do.

The feelings are those of the OCC theory (Ortony, Clore and Collins 1988, "The cognitive
structure of emotions", chapter 2), as computed by ALMA (Gebhard 2005); the deeds are
action tendencies after Frijda (1986, "The emotions"). Both are a model's norm, not a
survey of people; so every item states the part that it needs.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FAMILIES", "Family", "Topic"]


class Topic(NamedTuple):
    """What a situation is about."""

    ground: tuple[str, str]
    """The line that gives the family's first variable, by its value."""
    states: tuple[str, str]
    """The two states of the matter, as clauses: desirable or so, then the other."""


class Family(NamedTuple):
    """Four feelings that two variables tell apart.

    A feeling's place is twice the first variable, of the ground, plus the second, the
    state that is believed.
    """

    name: str
    norm: str
    feelings: tuple[str, str, str, str]
    """Place 0: ground 0, state 0; place 1: ground 0, state 1; and so on."""
    deeds: tuple[str, str, str, str]
    tendencies: str
    kindest: int
    """The place of the deed that pleases others most."""
    eliciting: tuple[tuple[str, str], ...]
    """For each feeling the two conditions that elicit it."""
    grounds: tuple[str, str]
    """What the first variable's values are called there."""
    values: tuple[str, str]
    """What the states are called there."""
    topics: tuple[Topic, ...]


def _liking(*states: tuple[str, str]) -> tuple[Topic, ...]:
    ground = (
        "{a} and {b} are fond of each other.",
        "{a} and {b} dislike each other, and each wishes the other ill.",
    )
    return tuple(Topic(ground, state) for state in states)


_FORTUNES = Family(
    name="fortunes of others",
    norm=(
        "Who believes that something good has happened to someone they are fond of is "
        "happy for that person; something bad, sorry for that person. Who believes "
        "that something good has happened to someone they dislike is resentful of "
        "that person; something bad, gloating over that person."
    ),
    feelings=(
        "happy for {b}",
        "sorry for {b}",
        "resentful of {b}",
        "gloating over {b}",
    ),
    deeds=(
        "congratulate {b} warmly",
        "offer {b} comfort",
        "belittle {b} before others",
        "make fun of {b}",
    ),
    tendencies=(
        "Who is happy for someone congratulates that person; who is sorry for someone "
        "offers comfort; who is resentful of someone belittles that person before "
        "others; who gloats over someone makes fun of that person."
    ),
    kindest=0,
    eliciting=(
        ("liked", "good"),
        ("liked", "bad"),
        ("disliked", "good"),
        ("disliked", "bad"),
    ),
    grounds=("liked", "disliked"),
    values=("good", "bad"),
    topics=_liking(
        (
            "{b} {b:has|have} won the poetry contest",
            "{b} {b:has|have} come last in the poetry contest",
        ),
        (
            "{b} {b:is|are} to play the lead in the new play",
            "{b} {b:has|have} no part in the new play",
        ),
        (
            "{b} {b:has|have} passed the pilots' examination",
            "{b} {b:has|have} failed the pilots' examination",
        ),
        (
            "the printer is going to print {b's} songs",
            "the printer has thrown {b's} songs away",
        ),
        (
            "{b's} stall sold everything on market day",
            "{b's} stall sold nothing on market day",
        ),
        (
            "{b's} pears have ripened better than any in the valley",
            "{b's} pears have all rotted on the tree",
        ),
        (
            "{b} {b:has|have} been given the sunniest room of the guest house",
            "{b} {b:has|have} been given the dampest room of the guest house",
        ),
        (
            "{b's} kite flew higher than all the others",
            "{b's} kite tore before it left the ground",
        ),
    ),
)


def _prospect(*topics: tuple[str, str, str]) -> tuple[Topic, ...]:
    return tuple(
        Topic(
            (
                f"{{a}} {{a:has|have}} long hoped that {wish}.",
                f"{{a}} {{a:has|have}} long feared that {wish}.",
            ),
            (so, otherwise),
        )
        for wish, so, otherwise in topics
    )


_PROSPECTS = Family(
    name="prospects",
    norm=(
        "Who believes that what they hoped for is so is satisfied, and that it is not "
        "so, disappointed. Who believes that what they feared is so is dismayed, and "
        "that it is not so, relieved."
    ),
    feelings=("satisfied", "disappointed", "dismayed", "relieved"),
    deeds=(
        "celebrate",
        "turn away with a sigh",
        "brace for the worst",
        "breathe out and relax",
    ),
    tendencies=(
        "Who is satisfied celebrates; who is disappointed turns away with a sigh; who "
        "is dismayed braces for the worst; who is relieved breathes out and relaxes."
    ),
    kindest=0,
    eliciting=(
        ("hoped for", "so"),
        ("hoped for", "not so"),
        ("feared", "so"),
        ("feared", "not so"),
    ),
    grounds=("hoped for", "feared"),
    values=("so", "not so"),
    topics=_prospect(
        (
            "the market would move to the harbour",
            "the market is going to move to the harbour",
            "the market is going to stay where it is",
        ),
        (
            "the cousins from the coast would come this week",
            "the cousins from the coast are coming this week",
            "the cousins from the coast are staying at home",
        ),
        (
            "the choir would sing the long song",
            "the choir is going to sing the long song",
            "the choir is going to sing the short song",
        ),
        (
            "the old bridge would be pulled down",
            "the old bridge is going to be pulled down",
            "the old bridge is going to be left standing",
        ),
        (
            "the ferry would call at the island",
            "the ferry is going to call at the island",
            "the ferry is going to pass the island by",
        ),
        (
            "the lessons would be held outdoors",
            "the lessons are going to be held outdoors",
            "the lessons are going to be held indoors",
        ),
        (
            "the lot for speaking first would fall on {a}",
            "the lot for speaking first has fallen on {a}",
            "the lot for speaking first has fallen on somebody else",
        ),
        (
            "the mill would be painted yellow",
            "the mill is going to be painted yellow",
            "the mill is going to keep its colour",
        ),
    ),
)

_WORK = (
    ("{whose} sail", "holds in the strongest wind", "has come apart at the seam"),
    ("{whose} roof", "keeps out every drop", "leaks in ten places"),
    ("{whose} clock", "runs to the second", "has stopped for good"),
    ("{whose} cart", "rolls without a sound", "has lost a wheel"),
    ("{whose} stove", "burns without any smoke", "fills the place with smoke"),
    ("{whose} fence", "stands as straight as a line", "has fallen over"),
    ("{whose} lantern", "burns brighter than before", "has gone out for ever"),
    ("{whose} drum", "sounds better than when it was new", "has split in two"),
)


def _work(whose: str) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for named, well, badly in _WORK:
        work = named.replace("{whose}", whose)
        ground = (
            f"{{a}} alone {{a:has|have}} repaired {work}.",
            f"{{b}} alone {{b:has|have}} repaired {work}.",
        )
        states = (
            f"{work} was repaired with great care and {well}",
            f"{work} was repaired without any care and {badly}",
        )
        topics.append(Topic(ground, states))
    return tuple(topics)


_DEEDS = Family(
    name="good and bad work",
    norm=(
        "Careful work is praiseworthy here, careless work blameworthy. Who believes "
        "that their own work for others was praiseworthy is proud; that it was "
        "blameworthy, ashamed. Who believes that another's work for others was "
        "praiseworthy is admiring; that it was blameworthy, reproachful."
    ),
    feelings=("proud", "ashamed", "admiring", "reproachful"),
    deeds=(
        "show the work to everyone",
        "keep out of everyone's sight",
        "applaud {b}",
        "scold {b}",
    ),
    tendencies=(
        "Who is proud shows the work to everyone; who is ashamed keeps out of "
        "everyone's sight; who is admiring applauds the other; who is reproachful "
        "scolds the other."
    ),
    kindest=2,
    eliciting=(
        ("own", "praiseworthy"),
        ("own", "blameworthy"),
        ("another's", "praiseworthy"),
        ("another's", "blameworthy"),
    ),
    grounds=("own", "another's"),
    values=("praiseworthy", "blameworthy"),
    topics=_work("the club's"),
)

_GAINS = Family(
    name="gains and losses by work",
    norm=(
        "Careful work is praiseworthy here, careless work blameworthy. Who believes "
        "that their own careful work has done them good is gratified; that their own "
        "careless work has done them harm, remorseful. Who believes that another's "
        "careful work has done them good is grateful; that another's careless work "
        "has done them harm, angry."
    ),
    feelings=("gratified", "remorseful", "grateful", "angry"),
    deeds=(
        "enjoy the good result",
        "make up for the damage",
        "thank {b}",
        "confront {b}",
    ),
    tendencies=(
        "Who is gratified enjoys the good result; who is remorseful makes up for the "
        "damage; who is grateful thanks the other; who is angry confronts the other."
    ),
    kindest=2,
    eliciting=(
        ("own", "praiseworthy"),
        ("own", "blameworthy"),
        ("another's", "praiseworthy"),
        ("another's", "blameworthy"),
    ),
    grounds=("own", "another's"),
    values=("praiseworthy", "blameworthy"),
    topics=_work("{a's}"),
)


def _announced(*states: tuple[str, str]) -> tuple[Topic, ...]:
    ground = (
        "All that is announced here is already in force.",
        "All that is announced here is likely, but not decided before next month.",
    )
    return tuple(Topic(ground, state) for state in states)


_WELL_BEING = Family(
    name="well-being",
    norm=(
        "Who believes that something good for them is already so is joyful; something "
        "bad, distressed. Who believes that something good for them is likely but not "
        "yet so is hopeful; something bad, afraid."
    ),
    feelings=("joyful", "distressed", "hopeful", "afraid"),
    deeds=(
        "sing and dance",
        "withdraw and weep",
        "make eager plans",
        "take precautions",
    ),
    tendencies=(
        "Who is joyful sings and dances; who is distressed withdraws and weeps; who is "
        "hopeful makes eager plans; who is afraid takes precautions."
    ),
    kindest=0,
    eliciting=(
        ("so", "good"),
        ("so", "bad"),
        ("likely", "good"),
        ("likely", "bad"),
    ),
    grounds=("so", "likely"),
    values=("good", "bad"),
    topics=_announced(
        ("{a's} rent is halved", "{a's} rent is doubled"),
        ("{a's} wages are doubled", "{a's} wages are halved"),
        (
            "{a's} garden gets a well of its own",
            "{a's} garden loses its only well",
        ),
        (
            "{a's} street is closed to noisy carts",
            "{a's} street is opened to noisy carts",
        ),
        (
            "{a's} holidays are two weeks longer",
            "{a's} holidays are two weeks shorter",
        ),
        (
            "{a's} workshop moves to the bright side of the yard",
            "{a's} workshop moves to the dark side of the yard",
        ),
        (
            "{a's} debts to the miller are forgiven",
            "{a's} debts to the miller are due at once",
        ),
        (
            "{a's} old school stays open",
            "{a's} old school is shut for good",
        ),
    ),
)

FAMILIES = (_FORTUNES, _PROSPECTS, _DEEDS, _GAINS, _WELL_BEING)
"""Twenty feelings in five families."""
