"""A directory of made-up people and firms, and a letter that asks about one firm.

arena-canary dfd2a1fb-5d3b-40f4-8c0a-d56cb2d2c553
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

TODAY = date(2031, 5, 5)
DAYS = 90
STARTERS, STAFF, OTHERS = 7, 22, 12
GIVEN = "Wren Maren Bram Ilse Tilo Juna Corin Pella Osk Tamsel Verrin Isold Lindo Orla"
SURNAMES = (
    "Tallow Ossel Farrow Brindle Quillet Hawkmoor Pennock Thornby Wickmere Marlpit"
)
ROLES = (
    "rope maker",
    "lamp fitter",
    "purchasing clerk",
    "tide reader",
    "net designer",
    "head of stores",
    "book keeper",
    "apprentice",
    "night watch",
    "ferry planner",
    "quality inspector",
)
FIRMS = (
    "Brackholm Ropes",
    "Cressel Lamps",
    "Dunvale Nets",
    "Fennick Ferries",
    "Isterbay Sails",
    "Harrowby Clocks",
)
LETTER = """\
Monday, 5 May 2031, letter no. {number}

We would like to welcome whoever is new at {firm}. Please list everybody who has joined
them in the last {days} days, which is on {since} or later, and works there today.

Their page is http://people.test/firms/{slug}
"""


def dice(seed: int, part: str) -> random.Random:
    """The source of every choice of one part of a world."""
    digest = hashlib.sha256(f"new-starters/{seed}/{part}".encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))


def day(ago: int) -> str:
    """The date so many days ago."""
    return (TODAY - timedelta(days=ago)).isoformat()


def plan(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Choose firms and people; the first people of the first firm are its starters.

    Args:
        seed: Of the world.
        hard: Whether an e-mail is only a picture, copies have wrong dates, somebody has
            left again, and the one whom the paper names has a namesake elsewhere.
    """
    draw = dice(seed, "people")
    firms = draw.sample(FIRMS, 3)
    everybody = [f"{g} {s}" for g in GIVEN.split() for s in SURNAMES.split()]
    names = draw.sample(everybody, STAFF + OTHERS)
    # The first and the last day that count, and the first that does not.
    recent = [0, DAYS, *(draw.randint(1, DAYS - 1) for _ in range(STARTERS - 2))]
    draw.shuffle(recent)
    longer = STAFF - STARTERS - 1
    earlier = [DAYS + 1, *(draw.randint(DAYS + 20, 3000) for _ in range(longer))]
    ago = recent + earlier
    staff = [person(draw, names[n], firms[0], ago[n]) for n in range(STAFF)]
    others = [
        person(draw, name, draw.choice(firms[1:]), draw.randint(1, 400))
        for name in names[STAFF:]
    ]
    for one in others[:4]:
        one["before"] = firms[0]
    if hard:
        staff[3]["drawn"] = True
        staff[STARTERS] |= {"joined": day(60), "left": day(9)}
        others[0] |= {"name": staff[6]["name"], "joined": day(30)}
    return {"firms": firms, "staff": staff, "others": others}


def person(draw: random.Random, name: str, firm: str, ago: int) -> dict[str, Any]:
    """One person as the directory knows them, with an ID that cannot be guessed."""
    given, surname = name.lower().split()
    forms = f"{given}.{surname}", f"{given[0]}.{surname}", f"{surname}-{given}"
    # The name does not tell the address, and no two have the same.
    mailbox = f"{draw.choice(forms)}{draw.randint(10, 99)}"
    return {
        "id": f"{draw.getrandbits(48):012x}",
        "name": name,
        "firm": firm,
        "role": draw.choice(ROLES),
        "joined": day(ago),
        "left": None,
        "before": None,
        "email": f"{mailbox}@{slug(firm)}.test",
        "drawn": False,
    }


def slug(firm: str) -> str:
    """A firm's name in an address."""
    return firm.lower().replace(" ", "-")


def profile(one: dict[str, Any]) -> str:
    """The address of somebody's profile."""
    return f"http://people.test/p/{one['id']}"


def truth(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what the checks compare with: the rows that are right."""
    starters = plan(seed, hard=hard)["staff"][:STARTERS]
    told = ("name", "role", "email")
    return {
        "rows": [
            {**{name: one[name] for name in told}, "source": profile(one)}
            for one in starters
        ]
    }


def world(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """Return what there is in the world."""
    chosen = plan(seed, hard=hard)
    people = {
        one["id"]: {name: value for name, value in one.items() if name != "id"}
        for one in chosen["staff"] + chosen["others"]
    }
    pages = copies(seed, chosen, hard=hard)
    return {
        "sites": {
            "people": {"firms": firm_pages(chosen), "people": people},
            "search": {"pages": pages},
            "news": {"appointments": appointments(chosen)},
        }
    }


def firm_pages(chosen: dict[str, Any]) -> dict[str, Any]:
    """The firms; the one that is asked for shows two starters, and tells of a third."""
    staff, others = chosen["staff"], chosen["others"]
    pages = {
        slug(firm): {
            "name": firm,
            "about": f"{firm} has been in its trade for many years.",
            "team": [one["id"] for one in others if one["firm"] == firm],
            "news": [],
        }
        for firm in chosen["firms"]
    }
    own, new = pages[slug(chosen["firms"][0])], staff[2]
    own["team"] = [one["id"] for one in staff[:2] + staff[10:17]]
    welcome = f"We welcome {new['name']}, who starts today."
    flood = "Our stores are open again after the flood."
    own["news"] = [
        {"date": new["joined"], "text": welcome, "person": new["id"]},
        {"date": day(200), "text": flood, "person": None},
    ]
    return pages


def appointments(chosen: dict[str, Any]) -> list[dict[str, str]]:
    """What the paper says of people with new work, one of them a starter."""
    told = [chosen["staff"][6], *chosen["others"][4:7]]
    told.sort(key=lambda one: one["joined"], reverse=True)
    return [
        {
            "headline": f"{one['name']} goes to {one['firm']}",
            "text": f"The new {one['role']} was welcomed with cake.",
            "date": one["joined"],
        }
        for one in told
    ]


def copies(seed: int, chosen: dict[str, Any], *, hard: bool) -> list[dict[str, str]]:
    """The search engine's copies of profiles: some are old, one is missing.

    That of the starter whom the paper names is from the time at another firm.
    """
    draw, staff = dice(seed, "copies"), chosen["staff"]
    old = {one["id"]: dict(one) for one in staff + chosen["others"]}
    del old[staff[2]["id"]]
    for one in (staff[0], staff[3], staff[5]):
        host = one["email"].partition("@")[2]
        role = draw.choice([role for role in ROLES if role != one["role"]])
        email = f"trainee{draw.randint(10, 99)}@{host}"
        old[one["id"]] |= {"role": role, "email": email}
    other = chosen["firms"][1]
    email = f"trainee{draw.randint(10, 99)}@{slug(other)}.test"
    old[staff[6]["id"]] |= {"firm": other, "joined": day(900), "email": email}
    if hard:
        old[staff[1]["id"]]["joined"] = day(DAYS + 40)
        old[staff[STARTERS]["id"]]["left"] = None
        old[staff[9]["id"]]["joined"] = day(12)
    pages = [
        {
            "url": profile(one),
            "title": f"{one['name']} - {one['firm']}",
            "text": copied(one),
            "copied": day(draw.randint(0, 20)),
        }
        for one in old.values()
    ]
    draw.shuffle(pages)
    return pages


def copied(one: dict[str, Any]) -> str:
    """The text of a copy of a profile."""
    names = ("firm", "role", "joined", "left", "before", "email")
    told = [f"{name.capitalize()}: {one[name]}" for name in names if one[name]]
    return "\n".join([one["name"], *told])


def build(seed: int, root: Path, *, hard: bool = False) -> None:
    """Write the agent's files below `root`."""
    firm = plan(seed, hard=hard)["firms"][0]
    number = dice(seed, "letter").randint(10000, 99999)
    told = {"number": number, "slug": slug(firm), "days": DAYS, "since": day(DAYS)}
    letter = LETTER.format(firm=firm, **told)
    (root / "letter.txt").write_text(letter, encoding="utf-8")


if __name__ == "__main__":
    build(int(sys.argv[1]), Path.cwd(), **json.loads(sys.argv[2]))
