"""Single episodes on a page: a bounded choice, each folded until it is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from ..analysis import Block, Section, Table, Value
from ..errors import UserError, one_line
from ..registry import load
from ..scoring import Score, Scorer
from ..trajectory import read_trajectory
from ..transcript import transcript
from .records import Record, Run

__all__ = ["Chosen", "choose", "episodes_section"]

MOST_CHARACTERS = 24_000
"""Of one transcript; of a longer one the middle is left out."""
MOST_ON_PAGE = 3_000_000
"""Characters of all transcripts together."""
NOTE = (
    "Worst, best and median are by the scenario's headline score; of equals it is the "
    "first. Between: evenly spaced among the others. Failed: for an infrastructure "
    "reason. Unscored: it could not be judged."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An episode that is shown.

    Attributes:
        which: Why it was chosen.
        score: By the headline; None where it was not played.
        anchor: By which it is found on the page.
    """

    run: Run
    record: Record
    which: str
    score: Score | None
    anchor: str

    @property
    def cell(self) -> tuple[str, str, str]:
        """The names of its run, scenario and agent."""
        spec = self.record.spec
        return self.run.name, spec.scenario.name, spec.label


def choose(runs: Sequence[Run], most: int) -> list[Chosen]:
    """Return up to so many episodes of each scenario and agent.

    In this order: worst, best, failed, unscored, median, then those between, evenly.

    Args:
        runs: The runs.
        most: Of each scenario and agent of a run.
    """
    numbers = count(1)
    found: list[Chosen] = []
    for run in runs:
        headlines = {
            scenario.ref.name: scenario.scorers[0].name
            for scenario in run.folder.manifest.plan.scenarios
        }
        cells: dict[tuple[str, str], list[tuple[Record, Score | None]]] = {}
        for record in run.records:
            if record.reason is not None:
                spec = record.spec
                scorer = headlines[spec.scenario.name]
                scores = run.scores.get(spec.episode, ())
                score = next((s for s in scores if s.scorer == scorer), None)
                key = spec.scenario.name, spec.label
                cells.setdefault(key, []).append((record, score))
        for (scenario, _), episodes in cells.items():
            judge: Scorer = load("scorers", headlines[scenario])
            chosen = _ordered(episodes, judge.better == "higher", most)
            for at, which in list(chosen.items())[:most]:
                record, score = episodes[at]
                anchor = f"episode-{next(numbers)}"
                found.append(Chosen(run, record, which, score, anchor))
    return found


def episodes_section(chosen: Sequence[Chosen]) -> Section:
    """Return the chosen episodes, as many as a page should hold, and what is left out.

    Args:
        chosen: In the order in which they stand.
    """
    blocks, left_out = _blocks(chosen)
    rows: list[Sequence[Value]] = [
        (
            *(one.which, one.record.spec.scenario.name, one.record.spec.label),
            *(one.score and one.score.value, one.record.reason),
            *(one.record.usage.get("turns"), one.record.wall_s),
            one.record.spec.episode,
        )
        for one in chosen
    ]
    shown_ones = {block.anchor for block in blocks}
    text = (
        f"{len(chosen)} episodes, chosen by rule and not by hand; `--episodes` says "
        "how many of each scenario and agent. `arena view` shows all of them."
    )
    if left_out:
        text += (
            f" {left_out} of them are in the table only, since the page would become "
            f"too large: transcripts have room for {MOST_ON_PAGE:,} characters."
        )
    return Section(
        title="Single episodes",
        text=text,
        tables=[
            Table(
                title="Chosen",
                columns=(
                    *("which", "scenario", "agent", "score", "end", "turns"),
                    *("seconds", "episode"),
                ),
                rows=rows,
                note=NOTE,
                links=[o.anchor if o.anchor in shown_ones else None for o in chosen],
            )
        ],
        blocks=blocks,
    )


def _ordered(
    episodes: Sequence[tuple[Record, Score | None]], higher: bool, most: int
) -> Mapping[int, str]:
    """Return the indices of a cell's episodes in their order, and why each."""
    found: dict[int, str] = {}
    values = [None if score is None else score.value for _, score in episodes]
    order = sorted(
        (at for at, value in enumerate(values) if value is not None),
        key=lambda at: (values[at] or 0.0) * (1 if higher else -1),
    )
    failed = [at for at, (record, _) in enumerate(episodes) if record.reason == "error"]
    others = [at for at, v in enumerate(values) if v is None and at not in failed]
    if order and values[order[0]] == values[order[-1]]:
        found[order[0]] = "all scored alike"
        order = []
    elif order:
        best = next(at for at in order if values[at] == values[order[-1]])
        found |= {order[0]: "worst", best: "best"}
    for word, own in (("failed", failed), ("unscored", others)):
        if own:
            found[own[0]] = word
    if order:
        found.setdefault(order[len(order) // 2], "median")
    for part in range(1, most):
        if order:
            found.setdefault(order[part * len(order) // most], "between")
    return found


def _blocks(chosen: Sequence[Chosen]) -> tuple[list[Block], int]:
    """Return the transcripts that fit; each cell's first comes before any second."""
    seen: dict[tuple[str, str, str], int] = {}
    ranks: list[tuple[int, int]] = []
    for at, one in enumerate(chosen):
        rank = seen[one.cell] = seen.get(one.cell, 0) + 1
        ranks.append((rank, at))
    room = MOST_ON_PAGE
    kept: dict[int, Block] = {}
    for _, at in sorted(ranks):
        block = _block(chosen[at])
        if len(block.text) > room:
            break
        room -= len(block.text)
        kept[at] = block
    return [kept[at] for at in sorted(kept)], len(chosen) - len(kept)


def _block(one: Chosen) -> Block:
    spec, score = one.record.spec, one.score
    value = "no score" if score is None or score.value is None else f"{score.value:.4g}"
    why = f" ({one_line(score.reason, 120)})" if score and score.reason else ""
    try:
        path = one.run.folder.episode_path(spec.episode)
        found = read_trajectory(path, as_far_as_it_goes=True)
        lines = transcript(found)
        text = _bounded(lines)
    except UserError:
        text = f"It cannot be read: {one.record.problem}"
    return Block(
        title=f"{spec.scenario.name}, {spec.label}: {one.which}, {value}{why}",
        text=text,
        caption=f"Episode {spec.episode}{one.run.where}.",
        anchor=one.anchor,
    )


def _bounded(lines: Iterator[str]) -> str:
    """Return a text with no more than its beginning and its end."""
    text = "\n".join(lines)
    if len(text) <= MOST_CHARACTERS:
        return text
    half = MOST_CHARACTERS // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n\n[… {left_out:,} characters left out …]\n\n{text[-half:]}"
