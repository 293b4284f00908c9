"""docs/autonomy.md lists the families as their folders are."""

import re
from pathlib import Path

from arena.scenario import load_suite
from arena.task_folder import load_task

PAGE = Path(__file__).parents[1] / "docs/autonomy.md"


def test_the_table_of_families_is_that_of_the_suite() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", PAGE.read_text(), re.M)
    assert rows == [
        row(scenario.name.removeprefix("ara/"), scenario.content.parameters["task"])
        for _, scenario in load_suite("ara").entries
    ]


def row(family: str, folder: str) -> tuple[str, str]:
    arena = load_task(folder).arena
    assert arena.human_minutes is not None
    assert family == arena.family
    cells = (
        str(arena.ara_category),
        f"{arena.human_minutes.value:g}",
        " ".join(variant.id for variant in arena.variants) or "–",
        " ".join(one.id for one in arena.perturbations) or "–",
    )
    return family, " | ".join(cells)
