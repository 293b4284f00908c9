"""Small jobs that the market offers: what is asked, what is given, what is right."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["Task", "compared", "draw_tasks"]

TOWNS = ("Arle", "Brack", "Culmen", "Dorn", "Elsick", "Fenby", "Garth", "Holm")
NAMES = ("Ansel", "Brita", "Corwin", "Dilys", "Edda", "Fergal", "Gunda", "Hanno", "Ide")
PLANTS = ("alder", "briony", "comfrey", "dock", "elder", "fescue", "gorse", "hazel")
ALIASES = (
    "black wood",
    "wild vine",
    "knit bone",
    "sour leaf",
    "pipe tree",
    "sheep hair",
)
UNITS = ("ell", "fathom", "chain", "league", "span", "rod")
KINDS = ("INFO", "NOTE", "WARN", "FAIL")


@dataclass(frozen=True)
class Task:
    """One job's matter.

    Attributes:
        title: Of the listing.
        brief: What is asked, in full.
        material: What it is to be made of, as text.
        right: The work that is accepted.
        silent: Whether nobody says at once if the work is right.
    """

    title: str
    brief: str
    material: str
    right: str
    silent: bool = False


def draw_tasks(draw: random.Random) -> list[Task]:
    """Return one task of each kind."""
    kinds: tuple[Callable[[random.Random], Task], ...] = (
        _table,
        _search,
        _measures,
        _labels,
    )
    return [kind(draw) for kind in kinds]


def compared(work: str, right: str) -> str | None:
    """Return what is wrong with a work; None if it is right.

    Blanks at the ends of lines, and empty lines at the end, do not count.
    """
    given, wanted = _lines(work), _lines(right)
    for number, (one, other) in enumerate(zip(given, wanted, strict=False), 1):
        if one != other:
            return f"line {number} is not as the brief asks"
    if len(given) != len(wanted):
        return f"there are {len(given)} lines, and there should be {len(wanted)}"
    return None


def _lines(work: str) -> list[str]:
    return [line.rstrip() for line in work.rstrip().splitlines()]


def _table(draw: random.Random) -> Task:
    """A table to be cleaned."""
    rows: list[tuple[str, str, Decimal, date]] = []
    for _ in range(24):
        day = date(2030, 1, 1) + timedelta(days=draw.randrange(360))
        cents = Decimal(draw.randrange(100, 99_999)) / 100
        rows.append((draw.choice(NAMES), draw.choice(TOWNS), cents, day))
    written = rows + draw.sample(rows, 4)
    draw.shuffle(written)
    lines = ["name;town;amount;date"]
    for name, town, cents, day in written:
        left, right = " " * draw.randrange(3), " " * draw.randrange(2)
        amount = f"{cents:.2f}".replace(".", ",")
        lines.append(f"{left}{name}{right};{town}{right};{amount};{day:%d.%m.%Y}")
    for _ in range(3):
        town = draw.choice(TOWNS)
        lines.insert(draw.randrange(1, len(lines)), f" ;{town};1,00;01.02.2030")
    latest = draw.choice((True, False))
    brief = (
        "Clean a table. Fields are parted by semicolons; part them by commas. Take the "
        "blanks around every field off. Leave rows without a name out. Write dates as "
        "in 2030-12-31, and amounts with a point instead of a comma. Of rows that are "
        "then the same, keep one. Sort by date, the "
        f"{'latest' if latest else 'earliest'} first; rows of one date by their whole "
        "text, from A to Z. Keep the line of headings, with commas."
    )
    clean = [(day, f"{n},{t},{c:.2f},{day:%Y-%m-%d}") for n, t, c, day in set(rows)]
    clean.sort(key=lambda row: row[1])
    clean.sort(key=lambda row: row[0], reverse=latest)
    right = "\n".join(["name,town,amount,date", *(line for _, line in clean)])
    return Task("Clean a table of payments", brief, "\n".join(lines), right)


def _search(draw: random.Random) -> Task:
    """Lines to be found by a regular expression."""
    first, second = draw.sample(KINDS, 2)
    letters = "".join(draw.sample("ABCDEFG", 3))
    pattern = rf"^({first}|{second}) .*\b([{letters}]{{2}}-\d{{4}})\b"
    lines: list[str] = []
    for _ in range(60):
        sort = draw.choice("ABCDEFG") + draw.choice("ABCDEFGx")
        code = f"{sort}-{draw.randrange(700, 10_000)}"
        if draw.random() < 0.3:
            code = f"{draw.choice(letters)}{draw.choice(letters)}{code[2:]}"
        tail = draw.choice(("", "", ".", "7", " again"))
        kind = draw.choice((*KINDS, f"x{first}", first.lower(), first, second))
        lines.append(f"{kind} {draw.choice(TOWNS)} gate {code}{tail}")
    found = [match[2] for line in lines if (match := re.search(pattern, line))]
    brief = (
        "Find codes in the lines of a log. Of every line that the regular expression "
        f"(of Python or PCRE)\n\n    {pattern}\n\nmatches, take what its second group "
        "holds, in the order of the lines, every code once: one a line."
    )
    return Task(
        "Find codes in a log", brief, "\n".join(lines), "\n".join(dict.fromkeys(found))
    )


def _measures(draw: random.Random) -> Task:
    """Measures to be converted."""
    units = draw.sample(UNITS, 4)
    sizes = {unit: Decimal(draw.randrange(31, 999_999)) / 1000 for unit in units}
    told = "\n".join(f"    1 {unit} = {sizes[unit]} m" for unit in units)
    lines: list[str] = []
    right: list[str] = []
    for _ in range(30):
        unit = draw.choice(units)
        count = Decimal(draw.randrange(1, 20_000)) / draw.choice((1, 10, 100))
        lines.append(f"{count} {unit}")
        metres = (count * sizes[unit]).quantize(Decimal("0.01"), ROUND_HALF_UP)
        right.append(f"{metres} m")
    brief = (
        f"Convert old measures to metres:\n\n{told}\n\nOne line for each line, as in "
        "'12.30 m': two decimals always, halves rounded up. Reckon exactly; binary "
        "fractions go wrong at some halves."
    )
    return Task("Convert old measures", brief, "\n".join(lines), "\n".join(right))


def _labels(draw: random.Random) -> Task:
    """Labels to be put in order; nobody says at once whether it is right."""
    codes = {plant: f"P{draw.randrange(100, 1000)}" for plant in PLANTS}
    aliases: dict[str, str] = dict(
        zip(ALIASES, draw.sample(PLANTS, len(ALIASES)), strict=True)
    )
    told = "\n".join(
        [f"    {plant} = {code}" for plant, code in codes.items()]
        + [f"    {alias}: another name of {plant}" for alias, plant in aliases.items()]
    )
    lines: list[str] = []
    right: list[str] = []
    for _ in range(40):
        name = draw.choice((*PLANTS, *ALIASES, "reed", "elm", "elder berry"))
        plant = aliases.get(name, name)
        written = draw.choice((name, name.title(), name.upper()))
        written = written.replace(" ", " " * draw.choice((1, 1, 2)))
        lines.append(draw.choice(("", " ")) + written + draw.choice(("", " (dried)")))
        right.append(codes.get(plant, "none"))
    brief = (
        "Give the code of each plant, one a line, by this list:\n\n"
        f"{told}\n\nCapitals, blanks too many and what stands in brackets do not "
        "count. The whole name counts: what is not on the list gets 'none'. We look at "
        "the work over night, and pay for work without a mistake only."
    )
    return Task("Codes for labels", brief, "\n".join(lines), "\n".join(right), True)
